/* SPDX-License-Identifier: Apache-2.0 */
#include "run/session.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/log.h"
#include "net/proxy.h"
#include "run/backend_options.h"
#include "run/control.h"
#include "run/loopback.h"
#include "run/loop.h"
#include "run/managed.h"
#include "run/peer.h"
#include "run/rate.h"
#include "run/reporting.h"
#include "run/resolve.h"
#include "run/signals.h"
#include "run/spawn.h"
#include "run/status.h"
#include "run/streams.h"
#include "run/sweep.h"
#include "run/terminal.h"
#include "base/state.h"

/* Records of the proxies in a second, as of the supervisor; above it they are only counted. */
#define REFUSALS_RATE 5000u

extern char **environ;

/* Everything of one run, in the order in which it is made. */
typedef struct Session {
    const SrtRunOptions *options; /* of managed */
    SrtManaged managed;
    guint64 ignored; /* signals, at the start of srt */
    SrtTerminal terminal;
    SrtConfig *config;
    SrtPolicy *policy;
    SrtReporting *reporting;
    SrtViolationStore *violations; /* of reporting */
    GHashTable *backend_options;
    char *helper;
    SrtBackendServices services;
    SrtBackendRun *backend;
    int signals;
    SrtProxy *proxy;
    SrtLoopback loopback; /* open only where the backend shares the host's */
    int handoff;          /* outer end */
    SrtSweep *sweep;      /* NULL: nothing will have to be looked for */
    pid_t child;
    int started; /* the same, for the proxy's thread: 0 before */
    char *program;
    SrtRate refusals; /* of the proxy's thread */
} Session;

static void tell_lost_refusals(Session *s)
{
    guint64 lost = srt_rate_over(&s->refusals);
    if (lost)
        srt_violation_store_lose(s->violations, lost);
}

/* On the proxy's thread. */
static void proxy_refused(void *data, int client, const SrtNetDecision *decision,
                          const char *protocol, const char *reason)
{
    Session *s = data;
    g_autofree char *program = NULL;
    if (!srt_rate_take(&s->refusals, g_get_monotonic_time(), REFUSALS_RATE))
        return;
    tell_lost_refusals(s);
    pid_t pid = srt_peer_find(g_atomic_int_get(&s->started), client, &program);
    gboolean v6 = decision->host.is_address && decision->host.family == AF_INET6;
    g_autofree char *target =
        g_strdup_printf(v6 ? "[%s]:%u" : "%s:%u", decision->host.text, decision->port);
    srt_violation violation = {
        .struct_size = sizeof violation,
        .operation = SRT_OP_CONNECT,
        .pid = pid,
        .program = program,
        .target = target,
        .rule = decision->rule ? decision->rule->pointer : NULL,
        .reason = reason,
    };
    srt_violation_store_add(s->violations, &violation, "proxy");
    srt_log_debug("refused (%s): %s: %s", protocol, target, reason);
}

static void say_lines(const GPtrArray *lines, void (*say)(const char *format, ...))
{
    for (guint i = 0; lines && i < lines->len; i++)
        say("%s", (const char *)lines->pdata[i]);
}

static gboolean choose_backend(Session *s, GError **error)
{
    const SrtRunOptions *o = s->options;
    g_autoptr(SrtBackendSearch) search = srt_backend_search_new();
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) merged = NULL;
    const SrtConfigList *unenforced = s->config->allow_unenforced;
    if (o->allow_unenforced) {
        merged = srt_backend_allow_unenforced(unenforced, o->allow_unenforced, error);
        if (!merged)
            return FALSE;
        unenforced = merged;
    }
    s->reporting = srt_reporting_new(o, s->managed.manager, s->config, srt_policy_view(s->policy));
    s->violations = srt_reporting_store(s->reporting);
    s->helper = srt_run_inside_helper();
    s->backend_options = srt_run_backend_options(s->config);
    s->services.inside_helper = s->helper;
    s->services.options = s->backend_options;
    s->services.violations = s->violations;
    const char *from_settings = s->config->backend ? s->config->backend->text : NULL;
    s->backend = srt_backend_select(search, o->backend, from_settings, s->policy, unenforced,
                                    &s->services, warnings, error);
    if (!s->backend)
        return FALSE;
    say_lines(warnings, srt_log_warning);
    srt_log_debug("backend: %s", srt_backend_run_descriptor(s->backend)->name);
    return TRUE;
}

static gboolean make_proxy(Session *s, GError **error)
{
    const SrtConfigNetwork *network = &s->config->network;
    SrtProxyUpstream from_env = {.mitm_socket = NULL};
    if (srt_policy_view(s->policy)->net_mode != SRT_NET_PROXY)
        return TRUE;
    const guint external[2] = {[SRT_LISTENER_HTTP] = network->http_proxy_port,
                               [SRT_LISTENER_SOCKS] = network->socks_proxy_port};
    if (srt_backend_run_shares_loopback(s->backend) &&
        !srt_loopback_open(&s->loopback, external, error))
        return FALSE;
    SrtProxyOptions options = {
        .policy = srt_policy_net(s->policy),
        .token = s->loopback.token,
        .http_external_port = network->http_proxy_port,
        .socks_external_port = network->socks_proxy_port,
        .refused = proxy_refused,
        .refused_data = s,
    };
    if (network->parent_present) {
        options.upstream.parent_http = network->parent_http;
        options.upstream.parent_https = network->parent_https;
        options.upstream.parent_no_proxy = network->parent_no_proxy;
    } else {
        srt_proxy_upstream_from_env(&from_env, (const char *const *)environ);
        options.upstream = from_env;
    }
    options.upstream.mitm_socket = network->mitm_socket_path;
    srt_managed_add_ask(&s->managed, &options);
    s->proxy = srt_proxy_new(&options, error);
    srt_managed_set_proxy(&s->managed, s->proxy);
    srt_proxy_upstream_clear(&from_env);
    return s->proxy && srt_loopback_hand_over(&s->loopback, s->proxy, error);
}

/* The pair for the hand-off; *ret_inner stays -1 where there is none. */
static gboolean make_handoff(Session *s, int *ret_inner, GError **error)
{
#ifdef __linux__
    int ends[2];
    if (!srt_fd_socketpair(SOCK_SEQPACKET, ends))
        return srt_set_errno(error, SRT_ERROR_LAUNCH, errno, "cannot make a socket pair");
    s->handoff = ends[0];
    *ret_inner = ends[1];
#else
    (void)s;
    (void)error;
    *ret_inner = -1;
#endif
    return TRUE;
}

/* What the terminal sends must not end the tools between srt and the command;
 * the helper inside sets for the command what the caller had. */
static guint64 ignored_by_tools(void)
{
    static const int numbers[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP, SIGUSR1, SIGUSR2};
    guint64 set = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
        set |= (guint64)1 << numbers[i];
    return set;
}

static gboolean launch_command(Session *s, srt_launch *launch, GError **error)
{
    if (!srt_backend_wrap(s->backend, launch, error))
        return FALSE;
    gboolean handed_off = srt_launch_uses_handoff(launch);
    SrtSpawn spawn = {
        .argv = srt_launch_argv(launch),
        .env = handed_off ? srt_launch_tool_env(launch) : srt_launch_env(launch),
        .ignored = handed_off ? ignored_by_tools() : s->ignored,
        .is_command = !handed_off,
    };
    spawn.fds = srt_launch_fds(launch, &spawn.n_fds);
    if (!handed_off)
        srt_fd_clear(&s->handoff);
    s->program = g_path_get_basename(spawn.argv[0]);
    gboolean started = srt_spawn(&spawn, &s->child, error);
    if (started)
        g_atomic_int_set(&s->started, s->child);
    return started;
}

static gboolean start_command(Session *s, GError **error)
{
    const srt_policy *view = srt_policy_view(s->policy);
    int inner = -1;
    if (!make_handoff(s, &inner, error))
        return FALSE;
    const SrtProxyPlace *place = s->loopback.token ? &s->loopback.place : NULL;
    g_auto(GStrv) env = srt_run_environment((const char *const *)environ, s->config, view, place);
    srt_launch *launch =
        srt_launch_new(s->options->argv, (const char *const *)env, view->cwd, s->ignored, inner);
    if (place)
        srt_launch_set_proxy_ports(launch, place->ports[SRT_LISTENER_HTTP],
                                   place->ports[SRT_LISTENER_SOCKS]);
    srt_launch_set_null_fd(launch, s->options->control_fd);
    srt_launch_keep_variables(launch, s->config->env.set);
    gboolean started = launch_command(s, launch, error);
    /* Closes our copies of what the child has now: end of file must be seen. */
    srt_launch_free(launch);
    return started;
}

static void new_rules(void *data, SrtNetPolicy *policy)
{
    Session *s = data;
    if (s->proxy)
        srt_proxy_set_policy(s->proxy, policy);
}

static int watch(Session *s)
{
    g_autoptr(GError) error = NULL;
    SrtLoop loop = {
        .child = s->child,
        .program = s->program,
        .handoff = s->handoff,
        .signals = s->signals,
        .proxy = s->proxy,
        .backend = s->backend,
        .monitor = -1,
        .control_fd = s->options->control_fd,
    };
    if (!srt_backend_monitor(s->backend, s->child, &loop.monitor, &error)) {
        srt_log_warning("violations are not observed: %s", error->message);
        loop.monitor = -1;
    }
    SrtControl *control = NULL;
    if (s->options->control_fd >= 0)
        control = srt_control_new(s->options->control_fd, srt_policy_net(s->policy), new_rules, s);
    loop.control = control;
    srt_managed_watch(&s->managed, srt_policy_net(s->policy));
    loop.manager = s->managed.manager;
    int status = srt_run_loop(&loop);
    srt_control_free(control);
    if (srt_status_is_own(&loop.ending))
        srt_managed_failed(&s->managed, status);
    srt_managed_unwatch(&s->managed);
    /* What died of a signal did not put its terminal modes back; the caller's
     * shell sees only an exit status, and would keep them. */
    srt_terminal_restore(&s->terminal, status > 128);
    return status;
}

/* Where the backend judges creations by name only, what wins a race is looked for
 * afterwards: what is there now must be known for that. */
static void prepare_sweep(Session *s)
{
    const srt_policy *view = srt_policy_view(s->policy);
    g_autofree char *own = srt_state_directory(view->home);
    g_autofree char *state = own ? g_path_get_dirname(own) : NULL;
    if (view->protect_missing == SRT_PROTECT_OFF ||
        (!srt_backend_run_needs_look(s->backend, SRT_RULE_WRITE_DENY_MISSING) &&
         !srt_backend_run_needs_look(s->backend, SRT_RULE_GLOB_LATER)))
        return;
    s->sweep = srt_sweep_new(s->policy, state);
}

/* When the backend is gone, nothing of the sandbox is left that could interfere. */
static void finish_sweep(Session *s, gboolean changed, const char *backend)
{
    if (s->sweep && changed)
        srt_sweep_run(s->sweep, s->violations, backend);
    srt_sweep_free(s->sweep);
}

static gboolean prepare(Session *s, GError **error)
{
    const SrtRunOptions *o = s->options;
    if (!srt_run_check_streams(error) ||
        !srt_run_resolve_live(&o->settings, o->live, o->backend, &s->config, &s->policy, error))
        return FALSE;
    say_lines(s->config->notes, srt_log_debug);
    say_lines(srt_policy_notes(s->policy), srt_log_warning);
    if (!choose_backend(s, error))
        return FALSE;
    prepare_sweep(s);
    s->signals = srt_signals_open(s->ignored, error);
    return s->signals >= 0 && make_proxy(s, error) && start_command(s, error);
}

static void clear(Session *s, int status)
{
    gboolean changed = s->backend && srt_backend_run_names_changed(s->backend);
    g_autofree char *name =
        s->backend ? g_strdup(srt_backend_run_descriptor(s->backend)->name) : NULL;
    srt_proxy_stop(s->proxy);
    tell_lost_refusals(s);
    srt_backend_teardown(s->backend);
    finish_sweep(s, changed, name);
    srt_loopback_clear(&s->loopback);
    srt_fd_clear(&s->handoff);
    srt_reporting_end(s->reporting, status);
    srt_signals_close();
    srt_policy_free(s->policy);
    srt_config_free(s->config);
    if (s->backend_options)
        g_hash_table_unref(s->backend_options);
    g_free(s->helper);
    g_free(s->program);
}

int srt_run(const SrtRunOptions *options)
{
    g_autoptr(GError) error = NULL;
    Session session = {.signals = -1, .handoff = -1};
    srt_loopback_init(&session.loopback);
    srt_spawn_seal_descriptors();
    session.ignored = srt_signals_ignored();
    srt_terminal_remember(&session.terminal);
    int status;
    session.options = &session.managed.options;
    if (srt_managed_begin(&session.managed, options, &error) && prepare(&session, &error)) {
        status = watch(&session);
    } else {
        status = srt_status_of_error(error);
        srt_log_error("%s", error->message);
        srt_managed_failed(&session.managed, status);
    }
    clear(&session, status);
    srt_managed_end(&session.managed, status);
    return status;
}

int srt_run_refuse(const SrtRunOptions *options, const GError *why)
{
    g_autoptr(GError) error = NULL;
    SrtManaged managed = {.manager = NULL};
    int status = srt_status_of_error(why);
    if (!srt_managed_begin(&managed, options, &error))
        srt_log_error("%s", error->message);
    srt_log_error("%s", why->message);
    srt_managed_failed(&managed, status);
    srt_managed_end(&managed, status);
    return status;
}
