/* SPDX-License-Identifier: Apache-2.0 */
/* The launch: argv, environment and descriptors of one command, owned here and
 * edited by a backend through the host table. A mistake of the backend is
 * remembered and ends the run after wrap. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "plugin/internal.h"

#define FIRST_FD 3

struct srt_launch {
    GPtrArray *argv; /* char *, all NULL-terminated */
    GPtrArray *env;
    GPtrArray *tool_env;
    char *cwd;
    guint64 ignored_signals;
    GArray *fds;        /* int, owned */
    int handoff;        /* owned until it is among fds; -1 */
    int handoff_number; /* -1: not asked for */
    int null_fd;        /* -1: none */
    gboolean net;
    gboolean ports_set;
    guint16 ports[2]; /* by srt_listener_role */
    GHashTable *kept; /* names of variables that stay as they are; not owned, or NULL */
    char *problem;
};

static GPtrArray *copy_vector(const char *const *vector)
{
    GPtrArray *copy = g_ptr_array_new_with_free_func(g_free);
    for (; vector && *vector; vector++)
        g_ptr_array_add(copy, g_strdup(*vector));
    g_ptr_array_add(copy, NULL);
    return copy;
}

static void replace_vector(GPtrArray **array, const char *const *vector)
{
    GPtrArray *copy = copy_vector(vector); /* first: vector may be the old one */
    g_ptr_array_unref(*array);
    *array = copy;
}

static const char *const *view(const GPtrArray *array)
{
    return (const char *const *)array->pdata;
}

static void problem(srt_launch *launch, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void problem(srt_launch *launch, const char *format, ...)
{
    va_list args;
    if (launch->problem)
        return;
    va_start(args, format);
    launch->problem = g_strdup_vprintf(format, args);
    va_end(args);
}

srt_launch *srt_launch_new(const char *const *argv, const char *const *env, const char *cwd,
                           guint64 ignored_signals, int handoff_fd)
{
    srt_launch *launch = g_new0(srt_launch, 1);
    launch->argv = copy_vector(argv);
    launch->env = copy_vector(env);
    launch->tool_env = copy_vector(NULL);
    launch->cwd = g_strdup(cwd);
    launch->ignored_signals = ignored_signals;
    launch->fds = g_array_new(FALSE, FALSE, sizeof(int));
    launch->handoff = handoff_fd;
    launch->handoff_number = -1;
    launch->null_fd = -1;
    return launch;
}

void srt_launch_free(srt_launch *launch)
{
    if (!launch)
        return;
    for (guint i = 0; i < launch->fds->len; i++)
        close(g_array_index(launch->fds, int, i));
    srt_fd_clear(&launch->handoff);
    g_array_unref(launch->fds);
    g_ptr_array_unref(launch->argv);
    g_ptr_array_unref(launch->env);
    g_ptr_array_unref(launch->tool_env);
    g_free(launch->cwd);
    g_free(launch->problem);
    g_free(launch);
}

const char *const *srt_launch_argv(const srt_launch *launch)
{
    return view(launch->argv);
}

const char *const *srt_launch_env(const srt_launch *launch)
{
    return view(launch->env);
}

const char *const *srt_launch_tool_env(const srt_launch *launch)
{
    return view(launch->tool_env);
}

const char *srt_launch_cwd(const srt_launch *launch)
{
    return launch->cwd;
}

const int *srt_launch_fds(const srt_launch *launch, gsize *ret_count)
{
    *ret_count = launch->fds->len;
    return (const int *)(const void *)launch->fds->data;
}

gboolean srt_launch_uses_handoff(const srt_launch *launch)
{
    return launch->handoff_number >= 0;
}

void srt_launch_set_net(srt_launch *launch, gboolean on)
{
    launch->net = on;
}

void srt_launch_set_proxy_ports(srt_launch *launch, guint16 http, guint16 socks)
{
    launch->ports[SRT_LISTENER_HTTP] = http;
    launch->ports[SRT_LISTENER_SOCKS] = socks;
    launch->ports_set = TRUE;
}

void srt_launch_default_ports(srt_launch *launch, guint16 http, guint16 socks)
{
    if (!launch->ports_set)
        srt_launch_set_proxy_ports(launch, http, socks);
}

void srt_launch_set_null_fd(srt_launch *launch, int fd)
{
    launch->null_fd = fd;
}

void srt_launch_keep_variables(srt_launch *launch, GHashTable *names)
{
    launch->kept = names;
}

const char *srt_launch_problem(const srt_launch *launch)
{
    return launch->problem;
}

static void launch_set_argv(srt_launch *launch, const char *const *argv)
{
    if (!argv || !argv[0])
        problem(launch, "set an empty argument vector");
    else
        replace_vector(&launch->argv, argv);
}

/* Index of NAME in the environment, or of its end. */
static guint find_name(const GPtrArray *env, const char *name, gsize length)
{
    guint i = 0;
    for (; i < env->len - 1; i++) {
        const char *entry = env->pdata[i];
        if (strncmp(entry, name, length) == 0 && entry[length] == '=')
            break;
    }
    return i;
}

static void launch_setenv(srt_launch *launch, const char *name, const char *value)
{
    if (!name || !*name || strchr(name, '=')) {
        problem(launch, "set an environment variable named \"%.100s\"", name ? name : "");
        return;
    }
    GPtrArray *env = launch->env;
    guint at = find_name(env, name, strlen(name));
    if (at < env->len - 1)
        g_ptr_array_remove_index(env, at);
    if (value)
        g_ptr_array_insert(env, (gint)at, g_strconcat(name, "=", value, NULL));
}

/* What the settings set wins over what the host finds best. */
static void set_unless_kept(srt_launch *launch, const char *name, const char *value)
{
    if (!launch->kept || !g_hash_table_contains(launch->kept, name))
        launch_setenv(launch, name, value);
}

static void launch_set_tmpdir(srt_launch *launch, const char *directory)
{
    static const char *const names[] = {"TMPDIR", "TMP", "TEMP"};
    if (!directory || !g_path_is_absolute(directory)) {
        problem(launch, "set \"%.200s\" as the temporary directory, which is no absolute path",
                directory ? directory : "");
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        set_unless_kept(launch, names[i], directory);
    g_autofree char *prefix = g_build_filename(directory, "zsh", NULL);
    set_unless_kept(launch, "TMPPREFIX", prefix);
}

/* git gives GIT_SSH_COMMAND to a shell; ssh expands %-tokens of ProxyCommand and
 * gives it to a shell again. So a blank in the path is quoted twice, and '%' is
 * doubled. */
static char *ssh_command(const char *helper)
{
    g_auto(GStrv) parts = g_strsplit(helper, "%", -1);
    g_autofree char *escaped = g_strjoinv("%%", parts);
    gboolean plain = strspn(escaped, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                     "0123456789/._-+%") == strlen(escaped);
    g_autofree char *word = plain ? g_strdup(escaped) : g_shell_quote(escaped);
    g_autofree char *proxy = g_strdup_printf("%s connect %%h %%p", word);
    g_autofree char *quoted = g_shell_quote(proxy);
    return g_strdup_printf("ssh -o ControlMaster=no -o ControlPath=none -o ProxyCommand=%s",
                           quoted);
}

static void launch_set_connector(srt_launch *launch, const char *helper)
{
    if (!helper || !g_path_is_absolute(helper) || strchr(helper, '\n')) {
        problem(launch, "set \"%.200s\" as the connector, which is no absolute path",
                helper ? helper : "");
        return;
    }
    if (!launch->net)
        return;
    g_autofree char *command = ssh_command(helper);
    set_unless_kept(launch, "GIT_SSH_COMMAND", command);
}

static int launch_take_fd(srt_launch *launch, int fd)
{
    if (fd < FIRST_FD || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) {
        problem(launch, "gave %d into the launch, which is no open descriptor above 2", fd);
        return -1;
    }
    for (guint i = 0; i < launch->fds->len; i++)
        if (g_array_index(launch->fds, int, i) == fd)
            return FIRST_FD + (int)i;
    if (launch->fds->len >= SRT_LAUNCH_FDS_MAX) {
        problem(launch, "gave more than %d descriptors into the launch", SRT_LAUNCH_FDS_MAX);
        close(fd);
        return -1;
    }
    g_array_append_val(launch->fds, fd);
    return FIRST_FD + (int)launch->fds->len - 1;
}

/* Only who asks gets the socket: a command that is started directly does not
 * inherit it. */
static int launch_handoff_fd(srt_launch *launch)
{
    if (launch->handoff_number < 0 && launch->handoff >= 0)
        launch->handoff_number = launch_take_fd(launch, srt_fd_steal(&launch->handoff));
    else if (launch->handoff_number < 0)
        problem(launch, "asked for a hand-off socket where there is none");
    return launch->handoff_number;
}

static uint64_t launch_ignored_signals(const srt_launch *launch)
{
    return launch->ignored_signals;
}

static uint16_t launch_proxy_port(const srt_launch *launch, srt_listener_role role)
{
    return (unsigned)role < G_N_ELEMENTS(launch->ports) ? launch->ports[role] : 0;
}

static int launch_null_fd(const srt_launch *launch)
{
    return launch->null_fd;
}

static void launch_set_tool_env(srt_launch *launch, const char *const *env)
{
    replace_vector(&launch->tool_env, env);
}

void srt_launch_fill_host(srt_host *host)
{
    host->launch_argv = srt_launch_argv;
    host->launch_set_argv = launch_set_argv;
    host->launch_env = srt_launch_env;
    host->launch_setenv = launch_setenv;
    host->launch_cwd = srt_launch_cwd;
    host->launch_set_tmpdir = launch_set_tmpdir;
    host->launch_set_connector = launch_set_connector;
    host->launch_take_fd = launch_take_fd;
    host->launch_handoff_fd = launch_handoff_fd;
    host->launch_ignored_signals = launch_ignored_signals;
    host->launch_set_tool_env = launch_set_tool_env;
    host->launch_proxy_port = launch_proxy_port;
    host->launch_null_fd = launch_null_fd;
}
