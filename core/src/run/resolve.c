/* SPDX-License-Identifier: Apache-2.0 */
#include "run/resolve.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "run/own_files.h"

#define HTTP_PORT 3128
#define SOCKS_PORT 1080

static char *home_directory(void)
{
    const char *home = g_getenv("HOME");
    if (home && g_path_is_absolute(home))
        return g_strdup(home);
    const struct passwd *entry = getpwuid(getuid());
    return entry && entry->pw_dir && *entry->pw_dir == '/' ? g_strdup(entry->pw_dir) : NULL;
}

/* The kernel's name of the working directory, whatever PWD says. */
static char *working_directory(GError **error)
{
    char *cwd = getcwd(NULL, 0);
    if (!cwd) {
        srt_set_errno(error, SRT_ERROR_POLICY, errno, "the working directory cannot be found");
        return NULL;
    }
    char *copy = g_path_is_absolute(cwd) ? g_strdup(cwd) : NULL;
    free(cwd);
    if (!copy)
        g_set_error_literal(error, SRT_ERROR, SRT_ERROR_POLICY,
                            "the working directory lies outside of the root directory");
    return copy;
}

gboolean srt_run_resolve_live(const char *settings, gboolean live, const char *backend,
                              SrtConfig **ret_config, SrtPolicy **ret_policy, GError **error)
{
    g_autofree char *home = home_directory();
    g_autofree char *cwd = working_directory(error);
    if (!cwd)
        return FALSE;
    g_autoptr(SrtConfig) config = srt_config_load(settings, home, error);
    if (!config)
        return FALSE;
    g_auto(GStrv) own_files =
        srt_run_own_files(backend, config->backend ? config->backend->text : NULL);
    SrtPolicyInputs inputs = {.cwd = cwd,
                              .home = home,
                              .own_files = (const char *const *)own_files,
                              .http_port = HTTP_PORT,
                              .socks_port = SOCKS_PORT,
                              .live_network = live};
    SrtPolicy *policy = srt_policy_new(config, &inputs, error);
    if (!policy)
        return FALSE;
    *ret_config = g_steal_pointer(&config);
    *ret_policy = policy;
    return TRUE;
}

gboolean srt_run_resolve(const char *settings, SrtConfig **ret_config, SrtPolicy **ret_policy,
                         GError **error)
{
    return srt_run_resolve_live(settings, FALSE, NULL, ret_config, ret_policy, error);
}
