/* SPDX-License-Identifier: Apache-2.0 */
#include "supervise.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "srt-filters/filter.h"
#include "srt-filters/landlock.h"
#include "srt-filters/supervise.h"

#include "floor.h"

#define YAMA_NOBODY 3

const char *bw_no_supervisor(const bw_facts *facts, bool tool_is_setuid, bool can_notify)
{
    if (!can_notify)
        return "the kernel takes none here: another one watches this process already "
               "(srt inside srt), or it has no notification of system calls";
    if (tool_is_setuid && facts->uid != 0)
        return "bwrap is setuid, so that its sandboxes are root's and cannot be supervised by you";
    if (facts->ptrace_scope == YAMA_NOBODY)
        return "kernel.yama.ptrace_scope is 3, so that nobody may look into another process";
    return NULL;
}

static int check_layers(bw_state *s)
{
    if (!(s->policy->layers & SRT_LAYER_LANDLOCK))
        return 0;
    if (s->means.landlock == 0)
        return s->host->fail(
            s->host, ENOTSUP,
            "layers: \"landlock\" is asked for, and this kernel has no Landlock or "
            "it is turned off; remove it from the settings, or boot with "
            "\"landlock\" in lsm=");
    return 0;
}

static void warn(const bw_state *s)
{
    const srt_policy *policy = s->policy;
    bool landlocked = s->watch.exact || (policy->layers & SRT_LAYER_LANDLOCK);
    if (s->watch.wanted && !s->watch.filter)
        s->host->log(s->host, SRT_LOG_WARNING,
                     "no supervisor: %s. %sWhat is refused is not recorded", s->means.no_supervisor,
                     policy->protect_missing != SRT_PROTECT_OFF && policy->n_pending > 0
                         ? "Protected names that do not exist yet can be created. "
                         : "");
    if (landlocked && policy->allow_user_namespaces)
        s->host->log(s->host, SRT_LOG_WARNING,
                     "allowUserNamespaces: nothing can be mounted in them, since Landlock lies "
                     "beneath (%s)",
                     s->watch.exact ? "filesystem.protectMissing \"exact\"" : "layers");
}

int bw_supervise_prepare(bw_state *s, const bw_facts *facts)
{
    s->means.no_supervisor = bw_no_supervisor(facts, s->tool.is_setuid, srt_supervisor_possible());
    int abi = srt_landlock_abi();
    if (abi < 0)
        return s->host->fail(s->host, EINVAL, "SRT_LANDLOCK_ABI is no number of a Landlock ABI");
    s->means.landlock = abi;
    bw_watch_decide(&s->watch, s->policy, &s->means);
    bw_private_dirs(s->policy, s->private_dirs);
    s->tmp_dirs[0] = s->policy->private_tmp && !s->policy->fs_disabled ? BW_INSIDE_TMP : NULL;
    if (s->watch.filter) {
        s->notify.code = s->notify_code;
        s->notify.count = srt_notify_program(NULL, s->watch.filter, s->notify_code);
        if (s->notify.count == 0)
            return s->host->fail(s->host, ENOTSUP,
                                 "there is no notify filter for this machine's architecture");
    }
    int r = check_layers(s);
    if (r == 0)
        warn(s);
    return r;
}

int bw_supervise_refusals(bw_state *s, const srt_filter_program *base)
{
    if (!s->watch.refusals)
        return 0;
    uint32_t most = 2 * base->count + s->notify.count;
    s->seen_code = calloc(most, sizeof *s->seen_code);
    if (!s->seen_code)
        return s->host->fail(s->host, ENOMEM, "out of memory");
    uint64_t *notify = s->seen_code + base->count;
    s->filter = (bw_filter){s->seen_code, srt_filter_unseen(base, s->seen_code)};
    s->notify = (bw_filter){notify, srt_notify_seen(base, s->notify.code, s->notify.count, notify)};
    return 0;
}

static void on_names_changed(void *data)
{
    const srt_host *host = data;
    host->names_changed(host);
}

static int keep(bw_state *s, srt_supervisor *supervisor)
{
    srt_supervisor **more =
        reallocarray(s->supervisors, s->n_supervisors + 1, sizeof *s->supervisors);
    if (!more)
        return -ENOMEM;
    s->supervisors = more;
    s->supervisors[s->n_supervisors++] = supervisor;
    return 0;
}

int bw_supervise_launch(bw_state *s, srt_launch *launch, int *ret_channel)
{
    srt_supervisor *supervisor = NULL;
    int inner = -1;
    const srt_supervise_options options = {
        .policy = s->policy,
        .notify = s->watch.judged,
        .exact = s->watch.exact,
        .native_create = s->private_dirs,
        .private_dirs = s->tmp_dirs,
        .observe_sockets = !s->watch.unix_paths,
        .refuses_calls = s->watch.refusals,
        .base_variant = s->variant,
        .names_changed = on_names_changed,
        .data = (void *)(uintptr_t)s->host,
    };
    *ret_channel = -1;
    if (!s->watch.filter)
        return 0;
    int r = srt_supervisor_new(&options, &supervisor, &inner);
    if (r < 0)
        return s->host->fail(s->host, -r, "cannot start the supervisor: %s", strerror(-r));
    r = keep(s, supervisor);
    if (r < 0) {
        close(inner);
        srt_supervisor_free(supervisor);
        return s->host->fail(s->host, -r, "out of memory");
    }
    *ret_channel = s->host->launch_take_fd(launch, inner);
    return 0;
}

void bw_supervise_clear(bw_state *s)
{
    free(s->seen_code);
    s->seen_code = NULL;
    for (size_t i = 0; i < s->n_supervisors; i++)
        srt_supervisor_free(s->supervisors[i]);
    free(s->supervisors);
    s->supervisors = NULL;
    s->n_supervisors = 0;
}
