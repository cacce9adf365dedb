/* SPDX-License-Identifier: Apache-2.0 */
/* srtctl backends --select: the choice for the whole machine. */
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "cli/ctl.h"

/* The installed ones alone: nobody else has the caller's SRT_BACKEND_PATH. */
static GPtrArray *installed(const SrtBackendSearch *search)
{
    guint n = g_strv_length(search->directories);
    SrtBackendSearch own = {.directories = search->directories + (n > 0 ? n - 1 : 0)};
    return srt_backend_list(&own);
}

static gboolean check_path(const char *path, GError **error)
{
    if (!g_path_is_absolute(path)) {
        g_set_error(error, SRT_ERROR, SRT_ERROR_USAGE,
                    "\"%.200s\" is a relative path, which depends on where srt is started. Name "
                    "an absolute one, or an installed backend",
                    path);
        return FALSE;
    }
    if (strpbrk(path, " \t\r\n#")) {
        g_set_error(error, SRT_ERROR, SRT_ERROR_USAGE,
                    "\"%.200s\" holds a blank or '#', where a line of the site file ends. Give "
                    "the module another name",
                    path);
        return FALSE;
    }
    g_autoptr(SrtBackend) backend = srt_backend_load(path, error);
    return backend != NULL;
}

/* Whether name can stand in the site file: installed, and no module that srt refuses. */
static gboolean check_name(const GPtrArray *list, const char *name, GError **error)
{
    g_autoptr(GString) names = g_string_new(NULL);
    if (strchr(name, '/'))
        return check_path(name, error);
    for (guint i = 0; i < list->len; i++) {
        const SrtBackendCandidate *c = list->pdata[i];
        g_string_append_printf(names, "%s%s", i ? ", " : "", c->name);
        if (strcmp(c->name, name) != 0)
            continue;
        if (!c->backend)
            g_set_error_literal(error, SRT_ERROR, SRT_ERROR_BACKEND, c->problem);
        return c->backend != NULL;
    }
    g_set_error(error, SRT_ERROR, SRT_ERROR_BACKEND,
                "no backend \"%.100s\" is installed. Installed: %s. Name one of these, the "
                "absolute path of a module, or auto",
                name, names->len ? names->str : "none");
    return FALSE;
}

static int refuse(GError *error)
{
    int status = srt_ctl_fail(error);
    g_error_free(error);
    return status;
}

static int forget(const char *file)
{
    GError *error = NULL;
    if (!srt_site_remove(file, &error))
        return refuse(error);
    srt_ctl_line("%s: none; backends are tried by their priority", file);
    return SRT_CTL_OK;
}

int srt_ctl_select(const char *choice, gboolean mixed)
{
    g_autoptr(SrtBackendSearch) search = srt_backend_search_new();
    g_auto(GStrv) names = g_strsplit(choice, ",", -1);
    GError *error = NULL;
    if (mixed)
        return refuse(g_error_new(SRT_ERROR, SRT_ERROR_USAGE,
                                  "--select stands alone: found --json or --check with it"));
    if (!search->site_file)
        return refuse(g_error_new(SRT_ERROR, SRT_ERROR_FAILED,
                                  "the place of the site file is not known here, because that of "
                                  "srtctl is not. Is /proc mounted?"));
    if (strcmp(choice, "auto") == 0)
        return forget(search->site_file);
    g_autoptr(GPtrArray) list = installed(search);
    for (char **name = names; *name || name == names; name++)
        if (!check_name(list, *name ? *name : "", &error))
            return refuse(error);
    if (!srt_site_write(search->site_file, (const char *const *)names, &error))
        return refuse(error);
    g_autofree char *text = g_strjoinv(", ", names);
    srt_ctl_line("%s: %s", search->site_file, text);
    const char *own = g_getenv("SRT_BACKEND");
    if (own && *own)
        srt_log_warning("SRT_BACKEND is set and comes first here: \"%.100s\"", own);
    return SRT_CTL_OK;
}
