/* SPDX-License-Identifier: Apache-2.0 */
/* One command into its sandbox. What gets started is the helper, which leaves two keepers
 * (there is no pid namespace to end everything), puts on the rules and the filters, and becomes the
 * command. The supervisor runs in srt itself. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend.h"
#include "render.h"
#include "srt-filters/plan.h"

void ll_run_free(ll_run *run)
{
    srt_audit_free(run->audit);
    srt_supervisor_free(run->supervisor);
    ll_private_remove(&run->tmp);
    free((void *)(uintptr_t)run->native_write);
    free(run);
}

static int make_private(ll_state *s, ll_run *run)
{
    /* The last one within another srt, whose commands write to no other place. */
    const char *const names[] = {"XDG_RUNTIME_DIR", "TMPDIR"};
    const char *places[4] = {"/tmp"};
    for (size_t i = 0, n = 1; i < sizeof names / sizeof *names; i++) {
        const char *place = getenv(names[i]);
        if (place && place[0] == '/')
            places[n++] = place;
    }
    if (!s->policy->private_tmp || s->policy->fs_disabled)
        return 0;
    int r = ll_private_make(&run->tmp, places);
    if (r < 0)
        return s->host->fail(
            s->host, -r,
            "cannot make a private temporary directory in /tmp, XDG_RUNTIME_DIR or "
            "TMPDIR (%s): one of them must be writable, and what is in "
            "it safe from others (the sticky bit, mode 1777)",
            strerror(-r));
    run->private_dirs[0] = run->tmp.path;
    return 0;
}

static void names_changed(void *data)
{
    const srt_host *host = data;
    host->names_changed(host);
}

/* The rules' own directories, and the private one. */
static int list_native(const ll_state *s, ll_run *run)
{
    size_t n = 0;
    while (s->plan.native[n])
        n++;
    run->native_write = calloc(n + 2, sizeof *run->native_write);
    if (!run->native_write)
        return -ENOMEM;
    memcpy(run->native_write, s->plan.native, n * sizeof *run->native_write);
    run->native_write[n] = run->private_dirs[0];
    return 0;
}

/* The number of the inner end in the launch, or a negative errno value. */
static int start_supervisor(ll_state *s, ll_run *run, srt_launch *launch)
{
    const bool files = !s->policy->fs_disabled;
    int inner = -1, r = list_native(s, run);
    run->options = (srt_supervise_options){
        .policy = &s->seen,
        .notify = s->notify,
        .exact = files,
        .perform_writes = files,
        .native_write = run->native_write,
        .native_create = run->private_dirs,
        .private_dirs = run->private_dirs,
        .judge_tcp = true,
        .refuses_calls = s->refusals,
        .base_variant = s->filter->variant,
        .names_changed = names_changed,
        .data = (void *)(uintptr_t)s->host,
    };
    for (int i = 0, n = 0; i < 2; i++) {
        uint16_t port = s->host->launch_proxy_port(launch, (srt_listener_role)i);
        if (port)
            run->options.tcp_ports[n++] = port;
    }
    if (r == 0)
        r = srt_supervisor_new(&run->options, &run->supervisor, &inner);
    if (r < 0)
        return s->host->fail(s->host, -r, "cannot start the sandbox's supervisor: %s",
                             strerror(-r));
    if (s->audited && srt_audit_new(run->supervisor, &run->audit) < 0)
        s->host->log(s->host, SRT_LOG_DEBUG, "the kernel's audit cannot be heard any more");
    return s->host->launch_take_fd(launch, inner);
}

static int write_plan(ll_state *s, const ll_run *run, srt_launch *launch, int channel)
{
    const srt_host *host = s->host;
    srt_plan_writer w = {0};
    const ll_stage stage = {
        .plan = &s->plan,
        .private_dir = run->private_dirs[0],
        .ports = {host->launch_proxy_port(launch, SRT_LISTENER_HTTP),
                  host->launch_proxy_port(launch, SRT_LISTENER_SOCKS)},
        .argv = host->launch_argv(launch),
        .env = host->launch_env(launch),
        .cwd = host->launch_cwd(launch),
        .ignored_signals = host->launch_ignored_signals(launch),
        .filter = s->filter,
        .refusals = s->refusals,
        .notify = s->notify,
        .channel = channel,
        .logs = run->audit != NULL,
        .null_fd = host->launch_null_fd(launch),
    };
    ll_render(&w, &stage);
    int fd = srt_plan_finish(&w);
    if (fd < 0)
        return host->fail(host, -fd, "cannot write what the sandbox is made from: %s",
                          strerror(-fd));
    return host->launch_take_fd(launch, fd);
}

int ll_wrap(srt_backend_state *state, srt_launch *launch)
{
    ll_state *s = state;
    const srt_host *host = s->host;
    char plan_number[16], handoff_number[16];
    int channel = -1, handoff = host->launch_handoff_fd(launch);
    ll_run *run = calloc(1, sizeof *run);
    if (!run)
        return host->fail(host, ENOMEM, "out of memory");
    run->tmp = (ll_private){.place = -1, .fd = -1};
    run->next = s->runs;
    s->runs = run;
    if (handoff < 0)
        return host->fail(host, EINVAL, "the launch has no hand-off socket");
    int r = make_private(s, run);
    if (r == 0 && s->notify)
        r = channel = start_supervisor(s, run, launch);
    if (r < 0)
        return r;
    if (run->private_dirs[0])
        host->launch_set_tmpdir(launch, run->private_dirs[0]);
    host->launch_set_connector(launch, s->helper);
    int plan = write_plan(s, run, launch, channel);
    if (plan < 0)
        return plan;
    snprintf(handoff_number, sizeof handoff_number, "%d", handoff);
    snprintf(plan_number, sizeof plan_number, "%d", plan);
    const char *const argv[] = {s->helper, "run", plan_number, handoff_number, NULL};
    host->launch_set_argv(launch, argv);
    return 0;
}
