/* SPDX-License-Identifier: Apache-2.0 */
/* What a module gets to call. Everything that comes from it is bounded, copied
 * and checked here. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/log.h"
#include "plugin/internal.h"
#include "violation/text.h"

static SrtBackendRun *run_of(const srt_host *host)
{
    return host->data;
}

/* One bounded line. */
static char *format_line(const char *format, va_list args) G_GNUC_PRINTF(1, 0);

static char *format_line(const char *format, va_list args)
{
    char *text = g_strdup_vprintf(format, args);
    if (strlen(text) > SRT_BACKEND_TEXT_MAX)
        text[SRT_BACKEND_TEXT_MAX] = '\0';
    return g_strdelimit(text, "\r\n", ' ');
}

const char *srt_doing_name(SrtDoing doing)
{
    static const char *const names[] = {"no operation", "prepare", "wrap",
                                        "monitor",      "drain",   "teardown"};
    return names[doing];
}

void srt_backend_fault(const SrtBackendRun *run, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    char *line =
        g_strdup_printf("backend %s: %s: %s", run->backend->file, srt_doing_name(run->doing), text);
    if (run->services.faults) {
        g_ptr_array_add(run->services.faults, line);
        return;
    }
    srt_log_debug("%s", line);
    g_free(line);
}

static void host_log(const srt_host *host, srt_log_level level, const char *format, ...)
    SRT_PRINTF(3, 4);
static int host_fail(const srt_host *host, int error, const char *format, ...) SRT_PRINTF(3, 4);

static void host_log(const srt_host *host, srt_log_level level, const char *format, ...)
{
    const char *name = run_of(host)->backend->descriptor.name;
    va_list args;
    va_start(args, format);
    g_autofree char *text = format_line(format, args);
    va_end(args);
    if (level == SRT_LOG_WARNING)
        srt_log_warning("%s: %s", name, text);
    else
        srt_log_debug("%s: %s", name, text);
}

static int host_fail(const srt_host *host, int error, const char *format, ...)
{
    SrtBackendRun *run = run_of(host);
    va_list args;
    va_start(args, format);
    g_free(run->fail_text);
    run->fail_text = format_line(format, args);
    va_end(args);
    if (error <= 0 || error > 4095) {
        srt_backend_fault(run, "called fail with %d, which is no errno value", error);
        error = EIO;
    }
    return -error;
}

/* What the descriptor does not list cannot be enforced: a module that says so
 * all the same contradicts itself, and then the weaker of both counts. */
static srt_enforcement judge_report(const SrtBackendRun *run, srt_rule_class rule,
                                    srt_enforcement how, const char **why)
{
    if (how != SRT_ENFORCED && how != SRT_SNAPSHOT && how != SRT_UNSUPPORTED &&
        how != SRT_CHECKED) {
        srt_backend_fault(run, "reported %d for a rule class, which is no srt_enforcement",
                          (int)how);
        *why = "the backend gave an answer that means nothing";
        return SRT_UNSUPPORTED;
    }
    if (how == SRT_CHECKED && rule != SRT_RULE_WRITE_DENY_MISSING && rule != SRT_RULE_GLOB_LATER) {
        srt_backend_fault(run, "reported rule class %d as checked, which nobody looks after",
                          (int)rule);
        *why = "the backend only checks this, and nothing looks afterwards at what got through";
        return SRT_UNSUPPORTED;
    }
    if (how != SRT_UNSUPPORTED && !(run->backend->descriptor.classes & (UINT64_C(1) << rule))) {
        srt_backend_fault(run, "reported rule class %d, which its descriptor does not list",
                          (int)rule);
        *why = "the backend says that it enforces this, but its descriptor does not list it";
        return SRT_UNSUPPORTED;
    }
    if (how != SRT_ENFORCED && (!*why || !**why)) {
        srt_backend_fault(run, "reported no reason for rule class %d", (int)rule);
        *why = "the backend gives no reason";
    }
    return how;
}

static void host_report(const srt_host *host, srt_rule_class rule, srt_enforcement how,
                        const char *why)
{
    SrtBackendRun *run = run_of(host);
    if (run->doing != SRT_DOING_PREPARE) {
        srt_backend_fault(run, "reported outside prepare; ignored");
        return;
    }
    if ((unsigned)rule >= SRT_RULE_CLASS_COUNT) {
        /* A newer module may know more classes than this host. */
        srt_log_debug("%s: reports the unknown rule class %d", run->backend->descriptor.name,
                      (int)rule);
        return;
    }
    SrtRuleReport *report = &run->reports[rule];
    if (report->reported)
        srt_backend_fault(run, "reported rule class %d more than once; the last answer counts",
                          (int)rule);
    report->how = judge_report(run, rule, how, &why);
    report->reported = TRUE;
    g_free(report->why);
    report->why = why && *why ? g_strndup(why, SRT_BACKEND_TEXT_MAX) : NULL;
    if (report->why)
        g_strdelimit(report->why, "\r\n", ' ');
}

static void host_violation(const srt_host *host, const srt_violation *violation)
{
    SrtBackendRun *run = run_of(host);
    srt_violation ours;
    memset(&ours, 0, sizeof ours);
    if (run->doing != SRT_DOING_MONITOR && run->doing != SRT_DOING_DRAIN) {
        srt_backend_fault(run, "reported a violation outside monitor; ignored");
        return;
    }
    memcpy(&ours, violation, MIN(violation->struct_size, sizeof ours));
    ours.struct_size = sizeof ours;
    if (!ours.target || (unsigned)ours.operation > SRT_OP_SYSCALL) {
        srt_backend_fault(run, "reported a violation without target or with operation %d; ignored",
                          (int)ours.operation);
        return;
    }
    g_autofree char *target = srt_violation_clean(ours.target);
    srt_log_debug("refused: %s: %s%s%s%s", target, ours.reason ? ours.reason : "",
                  ours.rule ? " (" : "", ours.rule ? ours.rule : "", ours.rule ? ")" : "");
    if (run->services.violations)
        srt_violation_store_add(run->services.violations, &ours, run->backend->descriptor.name);
}

static void host_violations_lost(const srt_host *host, uint64_t count)
{
    SrtBackendRun *run = run_of(host);
    if (run->doing != SRT_DOING_MONITOR && run->doing != SRT_DOING_DRAIN)
        srt_backend_fault(run, "reported lost violations outside monitor; ignored");
    else if (run->services.violations)
        srt_violation_store_lose(run->services.violations, count);
}

static void host_share_loopback(const srt_host *host)
{
    SrtBackendRun *run = run_of(host);
    if (run->doing == SRT_DOING_PREPARE)
        run->shares_loopback = TRUE;
    else
        srt_backend_fault(run, "called share_loopback outside prepare; ignored");
}

/* Any thread: touches nothing else. */
static void host_names_changed(const srt_host *host)
{
    g_atomic_int_set(&run_of(host)->names_changed, 1);
}

static const char *host_path(const srt_host *host, srt_path_name name)
{
    return name == SRT_PATH_INSIDE ? run_of(host)->services.inside_helper : NULL;
}

static const char *host_option(const srt_host *host, const char *name)
{
    GHashTable *options = run_of(host)->services.options;
    return options && name ? g_hash_table_lookup(options, name) : NULL;
}

void srt_host_init(SrtBackendRun *run)
{
    run->host = (srt_host){
        .struct_size = sizeof(srt_host),
        .abi = SRT_BACKEND_ABI,
        .data = run,
        .log = host_log,
        .fail = host_fail,
        .report = host_report,
        .violation = host_violation,
        .path = host_path,
        .option = host_option,
        .share_loopback = host_share_loopback,
        .names_changed = host_names_changed,
        .violations_lost = host_violations_lost,
    };
    srt_launch_fill_host(&run->host);
    srt_inside_fill_host(&run->host);
}
