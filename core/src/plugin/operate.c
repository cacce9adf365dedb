/* SPDX-License-Identifier: Apache-2.0 */
/* The four operations, called and policed: whatever a module answers, the rest
 * of the program sees success or an error with a text. */
#include <string.h>

#include "plugin/internal.h"

#define BUG "This is a mistake in the backend: choose another one (--backend), tell its author"

static void begin(SrtBackendRun *run, SrtDoing doing, SrtGuard *guard)
{
    g_clear_pointer(&run->fail_text, g_free);
    run->doing = doing;
    srt_guard_enter(guard, run->services.faults != NULL);
}

static gboolean complain(const SrtBackendRun *run, GError **error, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static gboolean complain(const SrtBackendRun *run, GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    srt_backend_fault(run, "%s", text);
    g_set_error(error, SRT_ERROR, SRT_ERROR_BACKEND, "backend %s (%s): %s %s. " BUG,
                run->backend->descriptor.name, run->backend->file, srt_doing_name(run->doing),
                text);
    return FALSE;
}

static gboolean judge_result(const SrtBackendRun *run, int result, GError **error)
{
    if (result == 0)
        return TRUE;
    if (result > 0 || result < -4095)
        return complain(run, error, "returned %d, which is neither 0 nor a negative errno value",
                        result);
    if (run->fail_text && *run->fail_text)
        g_set_error(error, SRT_ERROR, SRT_ERROR_BACKEND, "backend %s: %s",
                    run->backend->descriptor.name, run->fail_text);
    else
        complain(run, error, "failed without giving a reason: %s", g_strerror(-result));
    return FALSE;
}

/* A module that writes to standard output mixes with what the command prints,
 * and one that moves descriptors may have sent that somewhere else: the first is
 * reported when somebody looks for faults, the second always ends the run. */
static gboolean end(SrtBackendRun *run, SrtGuard *guard, int result, GError **error)
{
    gboolean strict = guard->caught >= 0;
    const char *done = srt_guard_leave(guard);
    gboolean ok = judge_result(run, result, error);
    run->result = result;
    if (done && ok && !strict)
        ok = complain(run, error, "%s", done);
    else if (done)
        srt_backend_fault(run, "%s", done);
    return ok;
}

static void done(SrtBackendRun *run)
{
    run->doing = SRT_DOING_NOTHING;
}

static gboolean contains(const GArray *numbers, int number)
{
    for (guint i = 0; i < numbers->len; i++)
        if (g_array_index(numbers, int, i) == number)
            return TRUE;
    return FALSE;
}

static void find_leaks(const SrtBackendRun *run)
{
    g_autoptr(GArray) now = srt_guard_descriptors();
    for (guint i = 0; i < now->len; i++) {
        int fd = g_array_index(now, int, i);
        if (!contains(run->open_before, fd) && !contains(run->lent, fd))
            srt_backend_fault(run, "left descriptor %d open", fd);
    }
}

static void run_free(SrtBackendRun *run)
{
    for (int i = 0; i < SRT_RULE_CLASS_COUNT; i++)
        g_free(run->reports[i].why);
    g_clear_pointer(&run->open_before, g_array_unref);
    g_clear_pointer(&run->lent, g_array_unref);
    g_free(run->fail_text);
    srt_backend_unref(run->backend);
    g_free(run);
}

void srt_backend_teardown(SrtBackendRun *run)
{
    SrtGuard guard;
    if (!run)
        return;
    begin(run, SRT_DOING_TEARDOWN, &guard);
    run->backend->descriptor.teardown(run->state);
    end(run, &guard, 0, NULL);
    srt_inside_end(run);
    if (run->services.faults)
        find_leaks(run);
    run_free(run);
}

static SrtBackendRun *run_new(SrtBackend *backend, const srt_policy *policy,
                              const SrtBackendServices *services)
{
    SrtBackendRun *run = g_new0(SrtBackendRun, 1);
    run->backend = srt_backend_ref(backend);
    run->policy = policy;
    if (services)
        run->services = *services;
    for (int i = 0; i < SRT_RULE_CLASS_COUNT; i++)
        run->reports[i].how = SRT_UNSUPPORTED;
    if (run->services.faults) {
        run->open_before = srt_guard_descriptors();
        run->lent = g_array_new(FALSE, FALSE, sizeof(int));
    }
    srt_host_init(run);
    return run;
}

SrtBackendRun *srt_backend_prepare_view(SrtBackend *backend, const srt_policy *policy,
                                        const SrtBackendServices *services, int *ret_result,
                                        GError **error)
{
    SrtGuard guard;
    SrtBackendRun *run = run_new(backend, policy, services);
    begin(run, SRT_DOING_PREPARE, &guard);
    int result = backend->descriptor.prepare(&run->host, policy, &run->state);
    gboolean ok = end(run, &guard, result, error);
    done(run);
    if (ret_result)
        *ret_result = result;
    if (ok)
        return run;
    srt_backend_teardown(run);
    return NULL;
}

SrtBackendRun *srt_backend_prepare_result(SrtBackend *backend, const SrtPolicy *policy,
                                          const SrtBackendServices *services, int *ret_result,
                                          GError **error)
{
    return srt_backend_prepare_view(backend, srt_policy_view(policy), services, ret_result, error);
}

SrtBackendRun *srt_backend_prepare(SrtBackend *backend, const SrtPolicy *policy,
                                   const SrtBackendServices *services, GError **error)
{
    return srt_backend_prepare_result(backend, policy, services, NULL, error);
}

static gboolean check_launch(const SrtBackendRun *run, const srt_launch *launch, GError **error)
{
    const char *const *argv = srt_launch_argv(launch);
    if (srt_launch_problem(launch))
        return complain(run, error, "%s", srt_launch_problem(launch));
    if (!argv[0] || !g_path_is_absolute(argv[0]))
        return complain(run, error, "left \"%.200s\" to be executed, which is no absolute path",
                        argv[0] ? argv[0] : "");
    return TRUE;
}

static void remember_lent(SrtBackendRun *run, const srt_launch *launch)
{
    gsize n = 0;
    const int *fds = srt_launch_fds(launch, &n);
    if (run->lent && n > 0)
        g_array_append_vals(run->lent, fds, (guint)n);
}

gboolean srt_backend_wrap(SrtBackendRun *run, srt_launch *launch, GError **error)
{
    SrtGuard guard;
    srt_launch_set_net(launch, run->policy->net_mode == SRT_NET_PROXY);
    srt_launch_default_ports(launch, run->policy->http_port, run->policy->socks_port);
    begin(run, SRT_DOING_WRAP, &guard);
    int result = run->backend->descriptor.wrap(run->state, launch);
    gboolean ok = end(run, &guard, result, error) && check_launch(run, launch, error);
    remember_lent(run, launch);
    done(run);
    return ok;
}

gboolean srt_backend_monitor(SrtBackendRun *run, int pid, int *ret_fd, GError **error)
{
    SrtGuard guard;
    int fd = -1;
    begin(run, SRT_DOING_MONITOR, &guard);
    int result = run->backend->descriptor.monitor(run->state, pid, &fd);
    gboolean ok = end(run, &guard, result, error);
    if (ok && fd < -1)
        ok = complain(run, error, "gave %d as a descriptor", fd);
    done(run);
    *ret_fd = ok ? fd : -1;
    return ok;
}

gboolean srt_backend_drain(SrtBackendRun *run, GError **error)
{
    SrtGuard guard;
    begin(run, SRT_DOING_DRAIN, &guard);
    int result = run->backend->descriptor.monitor(run->state, 0, NULL);
    gboolean ok = end(run, &guard, result, error);
    done(run);
    return ok;
}

gboolean srt_backend_run_shares_loopback(const SrtBackendRun *run)
{
    return run->shares_loopback;
}

gboolean srt_backend_run_names_changed(SrtBackendRun *run)
{
    return g_atomic_int_get(&run->names_changed) != 0;
}

gboolean srt_backend_run_needs_look(const SrtBackendRun *run, srt_rule_class rule)
{
    const SrtRuleReport *report = &run->reports[rule];
    return report->reported && (report->how == SRT_CHECKED || report->how == SRT_ENFORCED);
}

const srt_backend *srt_backend_run_descriptor(const SrtBackendRun *run)
{
    return &run->backend->descriptor;
}

const SrtRuleReport *srt_backend_run_report(const SrtBackendRun *run, srt_rule_class rule)
{
    return (unsigned)rule < SRT_RULE_CLASS_COUNT ? &run->reports[rule] : NULL;
}
