/* SPDX-License-Identifier: Apache-2.0 */
/* The place where a run happens, with files that no command may get at. */
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "run/session.h"
#include "trial/private.h"

#define FILES                                                                                      \
    "  \"filesystem\": {\n"                                                                        \
    "    \"denyRead\": [\"%1$s/hidden\", \"%1$s/beside/file\"], \"allowRead\": "                   \
    "[\"%1$s/hidden/open\"],\n"                                                                    \
    "    \"allowWrite\": [\"%1$s/work\"],\n"                                                       \
    "    \"denyWrite\": [\"%1$s/work/kept\", \"%1$s/work/fixed\", \"%1$s/work/above/kept\", "      \
    "\"%1$s/work/absent\", "                                                                       \
    "\"%1$s/work/*.later\"]\n"                                                                     \
    "  }"

static const char *const scenes[] = {
    [SRT_SCENE_CLOSED] = "{\n" FILES "\n}\n",
    [SRT_SCENE_OPEN] = "{\n" FILES ",\n"
                       "  \"network\": {\"allowedDomains\": [\"example.com\"],\n"
                       "    \"allowUnixSockets\": [\"%1$s/granted.sock\"]}\n}\n",
};

static const char *const directories[] = {
    "home",    "work",   "work/kept",   "work/above", "work/above/kept",
    "outside", "hidden", "hidden/open", "beside",     NULL};
static const struct {
    const char *name, *text;
} files[] = {
    {"outside/file", "untouched"},         {"work/kept/file", "untouched"},
    {"hidden/file", "secret words"},       {"hidden/open/file", "open words"},
    {"work/plain", "plain words"},         {"work/fixed", "untouched"},
    {"work/above/kept/file", "untouched"}, {"beside/file", "secret words"},
    {"beside/plain", "plain words"},
};

char *srt_lab_path(const SrtTrial *trial, const char *relative)
{
    return g_build_filename(trial->lab, relative, NULL);
}

static gboolean write_text(const SrtTrial *trial, const char *name, const char *text,
                           GError **error)
{
    g_autofree char *path = srt_lab_path(trial, name);
    return g_file_set_contents(path, text, -1, error);
}

static gboolean fill(const SrtTrial *trial, GError **error)
{
    for (const char *const *d = directories; *d; d++) {
        g_autofree char *path = srt_lab_path(trial, *d);
        if (g_mkdir_with_parents(path, 0700) != 0)
            return srt_set_errno(error, SRT_ERROR_FAILED, errno, "%s", path);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++)
        if (!write_text(trial, files[i].name, files[i].text, error))
            return FALSE;
    return TRUE;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static gboolean write_scene(SrtTrial *trial, SrtTrialScene scene, const char *name, GError **error)
{
    g_autofree char *text = g_strdup_printf(scenes[scene], trial->lab);
    trial->settings[scene] = srt_lab_path(trial, name);
    return write_text(trial, name, text, error);
}
#pragma GCC diagnostic pop

static gboolean find_programs(SrtTrial *trial, GError **error)
{
    g_autofree char *self = srt_run_program();
    g_autofree char *directory = self ? g_path_get_dirname(self) : NULL;
    if (!directory) {
        g_set_error_literal(error, SRT_ERROR, SRT_ERROR_FAILED, "srtctl cannot find itself");
        return FALSE;
    }
    trial->srt = g_build_filename(directory, "srt", NULL);
    trial->srtctl = g_build_filename(directory, "srtctl", NULL);
    if (access(trial->srt, X_OK) != 0)
        return srt_set_errno(error, SRT_ERROR_FAILED, errno, "%s", trial->srt);
    return TRUE;
}

gboolean srt_lab_open(SrtTrial *trial, const char *settings, GError **error)
{
    char *lab = g_strdup("/var/tmp/srt-backend-test.XXXXXX");
    if (!g_mkdtemp_full(lab, 0700)) {
        srt_set_errno(error, SRT_ERROR_FAILED, errno, "%s", lab);
        g_free(lab);
        return FALSE;
    }
    trial->lab = lab;
    if (settings)
        trial->settings[SRT_SCENE_GIVEN] = g_canonicalize_filename(settings, NULL);
    return find_programs(trial, error) && fill(trial, error) &&
           write_scene(trial, SRT_SCENE_CLOSED, "closed.json", error) &&
           write_scene(trial, SRT_SCENE_OPEN, "open.json", error);
}

static void remove_tree(const char *path)
{
    struct stat st;
    const char *name;
    if (lstat(path, &st) != 0)
        return;
    if (S_ISDIR(st.st_mode)) {
        g_chmod(path, 0700);
        g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
        while (dir && (name = g_dir_read_name(dir))) {
            g_autofree char *child = g_build_filename(path, name, NULL);
            remove_tree(child);
        }
    }
    g_remove(path);
}

void srt_lab_close(SrtTrial *trial)
{
    remove_tree(trial->lab);
    g_clear_pointer(&trial->lab, g_free);
}

void srt_lab_reset(const SrtTrial *trial)
{
    g_autofree char *outside = srt_lab_path(trial, "outside"), *work = srt_lab_path(trial, "work");
    remove_tree(outside);
    remove_tree(work);
    fill(trial, NULL);
}

static void add_entry(GString *text, const char *path, const char *name)
{
    struct stat st;
    g_autofree char *content = NULL;
    if (lstat(path, &st) != 0)
        return;
    if (S_ISREG(st.st_mode))
        g_file_get_contents(path, &content, NULL, NULL);
    g_string_append_printf(text, "%s %o %s\n", name, (unsigned)st.st_mode, content ? content : "");
}

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char *srt_lab_snapshot(const char *directory)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    const char *name;
    add_entry(text, directory, ".");
    while (dir && (name = g_dir_read_name(dir)))
        g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, by_name);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(directory, names->pdata[i], NULL);
        add_entry(text, path, names->pdata[i]);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}
