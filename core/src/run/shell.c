/* SPDX-License-Identifier: Apache-2.0 */
/* Things that are found by place, never through PATH. */
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

#include "base/error.h"
#include "run/session.h"

static const char *const trusted_directories[] = {
    "/bin",
    "/usr/bin",
    "/usr/local/bin",
    "/run/current-system/sw/bin",
};

static char *find_program(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(trusted_directories); i++) {
        struct stat st;
        g_autofree char *path = g_build_filename(trusted_directories[i], name, NULL);
        if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0)
            return g_steal_pointer(&path);
    }
    return NULL;
}

char **srt_run_shell_argv(const char *text, GError **error)
{
    char *shell = find_program("bash");
    if (!shell)
        shell = find_program("sh");
    if (!shell) {
        g_set_error(error, SRT_ERROR, SRT_ERROR_NOT_FOUND,
                    "there is neither bash nor sh in /bin, /usr/bin, /usr/local/bin or "
                    "/run/current-system/sw/bin to run shell text; give the command as words");
        return NULL;
    }
    char **argv = g_new0(char *, 4);
    argv[0] = shell;
    argv[1] = g_strdup("-c");
    argv[2] = g_strdup(text);
    return argv;
}

char *srt_run_program(void)
{
#ifdef __APPLE__
    char path[PATH_MAX];
    uint32_t size = sizeof path;
    if (_NSGetExecutablePath(path, &size) != 0)
        return NULL;
    char *resolved = realpath(path, NULL);
    char *copy = g_strdup(resolved);
    free(resolved);
    return copy;
#else
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path);
    return n > 0 && n < (ssize_t)sizeof path ? g_strndup(path, (gsize)n) : NULL;
#endif
}

char *srt_run_inside_helper(void)
{
    g_autofree char *program = srt_run_program();
    if (!program)
        return NULL;
    g_autofree char *directory = g_path_get_dirname(program);
    g_autofree char *relative = g_build_filename(directory, SRT_REL_LIBEXEC, "srt-inside", NULL);
    return g_canonicalize_filename(relative, "/");
}
