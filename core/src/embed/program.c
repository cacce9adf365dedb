/* SPDX-License-Identifier: Apache-2.0 */
/* Where the program srt is. */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "embed/error.h"
#include "embed/private.h"

static gboolean is_program(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* A path that a caller or the environment names. */
static char *named(const char *path, const char *who, srt_error **error)
{
    if (*path != '/')
        srt_embed_fail(error, SRT_E_USAGE, "%s: found \"%s\", expected the absolute path of srt",
                       who, path);
    else if (!is_program(path))
        srt_embed_fail(error, SRT_E_NOT_FOUND,
                       "%s: found \"%s\", which is no program, expected the path of srt", who,
                       path);
    else
        return g_strdup(path);
    return NULL;
}

/* The one that was installed with the library. */
static char *beside_library(void)
{
    Dl_info info;
    if (!dladdr((const void *)&srt_version, &info) || !info.dli_fname)
        return NULL;
    g_autofree char *directory = g_path_get_dirname(info.dli_fname);
    char *real = realpath(directory, NULL);
    if (!real)
        return NULL;
    g_autofree char *path = g_build_filename(real, SRT_REL_BIN, "srt", NULL);
    free(real);
    g_autofree char *clean = g_canonicalize_filename(path, "/");
    return is_program(clean) ? g_steal_pointer(&clean) : NULL;
}

/* Absolute directories of PATH alone: where the program is must not depend on where it is called.
 */
static char *in_path(void)
{
    g_auto(GStrv) directories = g_strsplit(g_getenv("PATH") ? g_getenv("PATH") : "", ":", -1);
    for (char **d = directories; *d; d++) {
        g_autofree char *path = g_build_filename(*d, "srt", NULL);
        if (*path == '/' && is_program(path))
            return g_steal_pointer(&path);
    }
    return NULL;
}

char *srt_embed_program(const char *wanted, srt_error **error)
{
    const char *variable = g_getenv("SRT_PROGRAM");
    if (wanted)
        return named(wanted, "options.program", error);
    if (variable && *variable)
        return named(variable, "SRT_PROGRAM", error);
    char *found = beside_library();
    if (!found)
        found = in_path();
    if (!found)
        srt_embed_fail(error, SRT_E_NOT_FOUND,
                       "the program srt was found neither where libsrt is installed nor in PATH; "
                       "install it, or set SRT_PROGRAM to its absolute path");
    return found;
}
