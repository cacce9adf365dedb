/* SPDX-License-Identifier: Apache-2.0 */
/* What the supervisor does for the policy on this machine, and one for each launch. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "srt-filters/landlock.h"
#include "srt-filters/supervise.h"

#include "enclose.h"

#define YAMA_NOBODY 3

const char *srt_no_supervisor(long ptrace_scope, bool can_notify)
{
    if (!can_notify)
        return "the kernel takes none here: another one watches this process already "
               "(srt inside srt), or it has no notification of system calls";
    if (ptrace_scope == YAMA_NOBODY)
        return "kernel.yama.ptrace_scope is 3, so that nobody may look into another process";
    return NULL;
}

static long read_ptrace_scope(void)
{
    char text[16];
    int fd = open("/proc/sys/kernel/yama/ptrace_scope", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return -1;
    text[n] = '\0';
    return strtol(text, NULL, 10);
}

static int check_layers(srt_enclosure *e)
{
    if (!(e->policy->layers & SRT_LAYER_LANDLOCK))
        return 0;
    if (e->means.landlock == 0)
        return e->host->fail(
            e->host, ENOTSUP,
            "layers: \"landlock\" is asked for, and this kernel has no Landlock or "
            "it is turned off; remove it from the settings, or boot with "
            "\"landlock\" in lsm=");
    return 0;
}

static void warn(const srt_enclosure *e)
{
    const srt_policy *policy = e->policy;
    bool landlocked = e->watch.exact || (policy->layers & SRT_LAYER_LANDLOCK);
    if (e->watch.wanted && !e->watch.filter)
        e->host->log(e->host, SRT_LOG_WARNING,
                     "no supervisor: %s. %sWhat is refused is not recorded", e->means.no_supervisor,
                     policy->protect_missing != SRT_PROTECT_OFF && policy->n_pending > 0
                         ? "Protected names that do not exist yet can be created. "
                         : "");
    if (landlocked && policy->allow_user_namespaces)
        e->host->log(e->host, SRT_LOG_WARNING,
                     "allowUserNamespaces: nothing can be mounted in them, since Landlock lies "
                     "beneath (%s)",
                     e->watch.exact ? "filesystem.protectMissing \"exact\"" : "layers");
}

int srt_enclosure_settle(srt_enclosure *e)
{
    e->means.no_supervisor =
        e->reason ? e->reason : srt_no_supervisor(read_ptrace_scope(), srt_supervisor_possible());
    int abi = srt_landlock_abi();
    if (abi < 0)
        return e->host->fail(e->host, EINVAL, "SRT_LANDLOCK_ABI is no number of a Landlock ABI");
    e->means.landlock = abi;
    srt_watch_decide(&e->watch, e->policy, &e->means);
    if (e->watch.filter) {
        e->notify.code = e->notify_code;
        e->notify.count = srt_notify_program(NULL, e->watch.filter, e->notify_code);
        if (e->notify.count == 0)
            return e->host->fail(e->host, ENOTSUP,
                                 "there is no notify filter for this machine's architecture");
    }
    int r = check_layers(e);
    if (r == 0)
        warn(e);
    return r;
}

static void on_names_changed(void *data)
{
    const srt_host *host = data;
    host->names_changed(host);
}

static int keep(srt_enclosure *e, srt_supervisor *supervisor)
{
    srt_supervisor **more =
        reallocarray(e->supervisors, e->n_supervisors + 1, sizeof *e->supervisors);
    if (!more)
        return -ENOMEM;
    e->supervisors = more;
    e->supervisors[e->n_supervisors++] = supervisor;
    return 0;
}

int srt_enclosure_supervise(srt_enclosure *e, srt_launch *launch, int *ret_channel)
{
    srt_supervisor *supervisor = NULL;
    int inner = -1;
    const srt_supervise_options options = {
        .policy = e->policy,
        .notify = e->watch.judged,
        .exact = e->watch.exact,
        .native_create = e->private_dirs,
        .private_dirs = e->tmp_dirs,
        .observe_sockets = !e->watch.unix_paths,
        .refuses_calls = e->watch.refusals,
        .base_variant = e->variant,
        .names_changed = on_names_changed,
        .data = (void *)(uintptr_t)e->host,
    };
    *ret_channel = -1;
    if (!e->watch.filter)
        return 0;
    int r = srt_supervisor_new(&options, &supervisor, &inner);
    if (r < 0)
        return e->host->fail(e->host, -r, "cannot start the supervisor: %s", strerror(-r));
    r = keep(e, supervisor);
    if (r < 0) {
        close(inner);
        srt_supervisor_free(supervisor);
        return e->host->fail(e->host, -r, "out of memory");
    }
    *ret_channel = e->host->launch_take_fd(launch, inner);
    return *ret_channel < 0 ? e->host->fail(e->host, EMFILE, "too many descriptors") : 0;
}
