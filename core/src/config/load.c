/* SPDX-License-Identifier: Apache-2.0 */
/* Settings files: read, followed through "extends", merged. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/fd.h"
#include "config/fill.h"
#include "config/merge.h"

#define DEFAULT_NAME ".srt-settings.json"

typedef struct Load {
    const char *home; /* NULL: "~" means nothing */
    SrtProblems *problems;
    GPtrArray *chain; /* char *, canonical: the files that are being read, outermost first */
    guint n_files;
} Load;

static SrtLayer *load_file(Load *load, const char *name, const SrtConfigItem *from);

static const char *why(int error)
{
    switch (error) {
    case ENOENT:
        return "no such file";
    case EISDIR:
        return "a directory";
    case EINVAL:
        return "something that is not a regular file";
    case EFBIG:
        return "more than 4 MiB";
    case EACCES:
        return "no permission to read it";
    default:
        return g_strerror(error);
    }
}

/* About a file as a whole: at the entry that names it, or at the file itself. */
static void G_GNUC_PRINTF(4, 5)
    complain(Load *load, const char *name, const SrtConfigItem *from, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    if (from)
        srt_problems_add(load->problems, from->file, from->line, from->column, from->pointer,
                         "%s: %s", name, text);
    else
        srt_problems_add(load->problems, name, 0, 0, NULL, "%s", text);
}

/* Where an entry of "extends" leads; NULL when nobody can say. */
static char *resolve(Load *load, const SrtConfigItem *item, const char *base_dir)
{
    const char *text = item->text;
    if (!base_dir)
        complain(load, text, item,
                 "found a file to read, expected none; these settings do not come "
                 "from a file");
    else if (*text == '/')
        return g_strdup(text);
    else if (*text != '~' || (text[1] != '/' && text[1]))
        return g_build_filename(base_dir, text, NULL);
    else if (load->home)
        return g_build_filename(load->home, text + 1, NULL);
    else
        complain(load, text, item,
                 "found '~', expected a path without it; the home directory is "
                 "not known");
    return NULL;
}

/* All bases, merged from left to right; NULL without one, or when one is bad. */
static SrtLayer *load_bases(Load *load, const SrtConfigList *extends, const char *base_dir)
{
    g_autoptr(SrtLayer) all = NULL;
    for (guint i = 0; extends && i < extends->len; i++) {
        const SrtConfigItem *item = g_ptr_array_index(extends, i);
        g_autofree char *name = resolve(load, item, base_dir);
        g_autoptr(SrtLayer) next = name ? load_file(load, name, item) : NULL;
        if (next && all) {
            g_autofree char *both = g_strdup_printf("%s and %s", all->name, next->name);
            srt_layer_tighten(next, all, load->problems);
            g_free(next->name);
            next->name = g_steal_pointer(&both);
        }
        if (next) {
            srt_layer_free(all);
            all = g_steal_pointer(&next);
        }
    }
    return g_steal_pointer(&all);
}

static SrtLayer *load_text(Load *load, const char *text, gsize length, const char *name,
                           const char *base_dir)
{
    g_autoptr(SrtLayer) layer = srt_layer_new(name);
    g_autoptr(SrtDocument) document = srt_document_new(text, length, name, load->problems);
    if (!document)
        return NULL;
    srt_layer_fill(layer, document, load->problems);
    srt_layer_cross_check(layer, document, load->problems);
    g_autoptr(SrtLayer) base = load_bases(load, layer->extends, base_dir);
    if (base)
        srt_layer_tighten(layer, base, load->problems);
    return g_steal_pointer(&layer);
}

static char *absolute(const char *name)
{
    if (*name == '/')
        return g_strdup(name);
    g_autofree char *cwd = g_get_current_dir();
    return g_build_filename(cwd, name, NULL);
}

static gboolean may_follow(Load *load, const char *canonical, const char *name,
                           const SrtConfigItem *from)
{
    for (guint i = 0; i < load->chain->len; i++)
        if (strcmp(g_ptr_array_index(load->chain, i), canonical) == 0) {
            complain(load, name, from,
                     "found a file that is being read already, expected files "
                     "that do not extend each other in a circle");
            return FALSE;
        }
    if (load->chain->len >= SRT_CONFIG_MAX_DEPTH)
        complain(load, name, from,
                 "found one more file, expected at most %d that extend each "
                 "other in a row",
                 SRT_CONFIG_MAX_DEPTH);
    else if (load->n_files >= SRT_CONFIG_MAX_FILES)
        complain(load, name, from, "found one more file, expected at most %d in all",
                 SRT_CONFIG_MAX_FILES);
    else
        return TRUE;
    return FALSE;
}

/* The file's text; *ret_missing tells that there is nothing at all of that name. */
static char *read_text(Load *load, const char *name, const SrtConfigItem *from, gsize *ret_length,
                       gboolean *ret_missing)
{
    struct stat st;
    int error = 0;
    g_autoptr(GError) ignored = NULL; /* it names the file as well, in another form */
    char *text = srt_fd_read_file(name, SRT_CONFIG_MAX_BYTES, ret_length, &error, &ignored);
    if (text)
        return text;
    gboolean missing = error == ENOENT && lstat(name, &st) != 0 && errno == ENOENT;
    if (ret_missing)
        *ret_missing = missing;
    if (!missing || !ret_missing)
        complain(load, name, from, "found %s, expected a settings file",
                 error == ENOENT && !missing ? "a link that leads nowhere" : why(error));
    return NULL;
}

static SrtLayer *load_named(Load *load, const char *name, const SrtConfigItem *from,
                            gboolean *ret_missing)
{
    gsize length = 0;
    g_autofree char *text = read_text(load, name, from, &length, ret_missing);
    if (!text)
        return NULL;
    char *real = realpath(name, NULL);
    g_autofree char *canonical = g_strdup(real ? real : name);
    free(real);
    if (!may_follow(load, canonical, name, from))
        return NULL;
    g_autofree char *directory = g_path_get_dirname(name);
    load->n_files++;
    g_ptr_array_add(load->chain, g_steal_pointer(&canonical));
    SrtLayer *layer = load_text(load, text, length, name, directory);
    g_ptr_array_remove_index(load->chain, load->chain->len - 1);
    if (layer)
        g_ptr_array_add(layer->config->files, absolute(name));
    return layer;
}

static SrtLayer *load_file(Load *load, const char *name, const SrtConfigItem *from)
{
    return load_named(load, name, from, NULL);
}

static SrtConfig *finish(Load *load, SrtLayer *layer, GError **error)
{
    SrtConfig *config = NULL;
    if (srt_problems_settle(load->problems, error) && layer)
        config = g_steal_pointer(&layer->config);
    srt_layer_free(layer);
    srt_problems_free(load->problems);
    g_ptr_array_unref(load->chain);
    return config;
}

static void begin(Load *load, const char *home)
{
    load->home = home && *home ? home : NULL;
    load->problems = srt_problems_new();
    load->chain = g_ptr_array_new_with_free_func(g_free);
    load->n_files = 0;
}

SrtConfig *srt_config_load(const char *path, const char *home, GError **error)
{
    Load load;
    gboolean missing = FALSE;
    begin(&load, home);
    if ((path && !*path) || (load.home && *load.home != '/')) {
        const char *bad = path && !*path ? path : home;
        complain(&load, path && !*path ? "settings" : "HOME", NULL, "found \"%s\", expected %s",
                 bad, bad == path ? "the path of a file" : "an absolute path");
        return finish(&load, NULL, error);
    }
    if (path)
        return finish(&load, load_named(&load, path, NULL, NULL), error);
    if (!load.home)
        return finish(&load, srt_layer_new("built-in"), error);
    g_autofree char *name = g_build_filename(load.home, DEFAULT_NAME, NULL);
    SrtLayer *layer = load_named(&load, name, NULL, &missing);
    return finish(&load, missing ? srt_layer_new("built-in") : layer, error);
}

SrtConfig *srt_config_parse_at(const char *text, gsize length, const char *file,
                               const char *base_dir, const char *home, GError **error)
{
    Load load;
    begin(&load, home);
    if (length > SRT_CONFIG_MAX_BYTES) {
        complain(&load, file, NULL, "found %s, expected a settings file", why(EFBIG));
        return finish(&load, NULL, error);
    }
    return finish(&load, load_text(&load, text, length, file, base_dir), error);
}

SrtConfig *srt_config_parse(const char *text, gsize length, const char *file, const char *base_dir,
                            GError **error)
{
    return srt_config_parse_at(text, length, file, base_dir, NULL, error);
}
