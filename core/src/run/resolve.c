/* SPDX-License-Identifier: Apache-2.0 */
#include "run/resolve.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "run/own_files.h"
#include "base/state.h"
#include "channel/place.h"

/* Variables by which programs find a service that could be used to leave a sandbox,
 * and what stands before the path. */
static const struct {
    const char *name, *before;
} services[] = {
    {"DBUS_SESSION_BUS_ADDRESS", "unix:path="},
    {"DBUS_SYSTEM_BUS_ADDRESS", "unix:path="},
    {"DOCKER_HOST", "unix://"},
    {"CONTAINER_HOST", "unix://"},
    {"CONTAINERD_ADDRESS", ""},
    {"BUILDKIT_HOST", "unix://"},
    {"WAYLAND_DISPLAY", ""},
    {"TMUX", ""},
    {"NVIM", ""},
    {"SWAYSOCK", ""},
    {"I3SOCK", ""},
    {"LIBVIRT_DEFAULT_URI", "unix://"},
    {"KITTY_LISTEN_ON", "unix:"},
    {"EMACS_SOCKET_NAME", ""},
};

#define HTTP_PORT 3128
#define SOCKS_PORT 1080

char *srt_run_home(void)
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

/* A path in the value ends at a ',' or ';'. Free with g_strfreev. */
static char **service_sockets(void)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    for (gsize i = 0; i < G_N_ELEMENTS(services); i++) {
        const char *value = g_getenv(services[i].name);
        gsize n = strlen(services[i].before);
        if (value && strncmp(value, services[i].before, n) == 0 && value[n] == '/')
            g_ptr_array_add(paths, g_strndup(value + n, strcspn(value + n, ",;")));
    }
    g_ptr_array_add(paths, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&paths), FALSE);
}

static SrtConfig *load_settings(const SrtSettingsSource *source, const char *home, GError **error)
{
    if (!source->text)
        return srt_config_load(source->file, home, error);
    SrtConfig *config = srt_config_parse_at(source->text, strlen(source->text), source->label,
                                            source->directory, home, error);
    /* The file that the text came from is a settings file like any other. */
    if (config && g_path_is_absolute(source->label))
        g_ptr_array_add(config->files, g_strdup(source->label));
    return config;
}

static gboolean resolve(const SrtSettingsSource *source, gboolean is_run, gboolean live,
                        const char *backend, SrtConfig **ret_config, SrtPolicy **ret_policy,
                        GError **error)
{
    g_autofree char *home = srt_run_home();
    g_autofree char *cwd = working_directory(error);
    if (!cwd)
        return FALSE;
    g_autoptr(SrtConfig) config = load_settings(source, home, error);
    if (!config)
        return FALSE;
    const char *runtime = g_getenv("XDG_RUNTIME_DIR");
    g_auto(GStrv) sockets = service_sockets();
    g_auto(GStrv) own_files =
        srt_run_own_files(backend, config->backend ? config->backend->text : NULL);
    g_autofree char *state = srt_state_directory(home);
    g_autofree char *sockets_place = srt_channel_directory(home);
    const char *own_sockets[] = {sockets_place, NULL};
    if (is_run && config->network.allow_all_unix_sockets == SRT_TRI_TRUE)
        srt_channel_make_directory(home);
    SrtPolicyInputs inputs = {.cwd = cwd,
                              .home = home,
                              .runtime = runtime && *runtime == '/' ? runtime : NULL,
                              .sockets = (const char *const *)sockets,
                              .own_files = (const char *const *)own_files,
                              .state = state,
                              .own_sockets = own_sockets,
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

gboolean srt_run_resolve_live(const SrtSettingsSource *source, gboolean live, const char *backend,
                              SrtConfig **ret_config, SrtPolicy **ret_policy, GError **error)
{
    return resolve(source, TRUE, live, backend, ret_config, ret_policy, error);
}

gboolean srt_run_resolve(const char *settings, SrtConfig **ret_config, SrtPolicy **ret_policy,
                         GError **error)
{
    const SrtSettingsSource source = {.file = settings};
    return resolve(&source, FALSE, FALSE, NULL, ret_config, ret_policy, error);
}
