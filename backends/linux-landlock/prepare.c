/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that one policy needs once: a look at the machine, the rules, the filter.
 * Nothing is changed outside of memory. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "backend.h"
#include "watch.h"

#define ABI_WITH_LOG 7

static int find_helper(ll_state *s)
{
    s->helper = s->host->path(s->host, SRT_PATH_INSIDE);
    if (!s->helper || s->helper[0] != '/')
        return s->host->fail(s->host, ENOTSUP,
                             "the helper srt-inside is missing from this installation");
    if (access(s->helper, X_OK) != 0)
        return s->host->fail(s->host, ENOTSUP, "the helper %s cannot be executed: %m", s->helper);
    return 0;
}

/* By the user's wish. The kernel takes a while to say whether audit is on. */
static bool hides_something(const srt_policy *policy)
{
    for (size_t i = 0; i < policy->n_regions; i++)
        if (policy->regions[i]->access == SRT_ACCESS_HIDDEN &&
            !(policy->regions[i]->flags & SRT_PATH_DEFAULT))
            return true;
    return false;
}

static int examine_machine(ll_state *s)
{
    char why[LL_TEXT];
    ll_facts_read(&s->facts);
    int r = ll_judge(&s->facts, why);
    if (r < 0)
        return s->host->fail(s->host, -r, "%s", why);
    s->host->log(s->host, SRT_LOG_DEBUG, "Landlock ABI %d, %s supervisor", s->facts.abi,
                 s->facts.supervised ? "with a" : "without a");
    s->audited = s->facts.supervised && s->facts.abi >= ABI_WITH_LOG &&
                 s->policy->monitor != SRT_MONITOR_OFF && hides_something(s->policy) &&
                 srt_audit_possible() == 0;
    if (s->facts.supervised)
        s->notify = ll_watch(s->policy, s->facts.abi);
    s->refusals = s->facts.supervised && s->policy->monitor == SRT_MONITOR_FULL;
    return 0;
}

static int find_filter(ll_state *s)
{
    uint32_t variant = SRT_FILTER_SHARED_NET;
    const char *why = NULL;
    if (s->policy->unix_all)
        variant |= SRT_FILTER_ALLOW_UNIX;
    else if (s->facts.supervised && (s->policy->unix_paths[0] || s->refusals))
        variant |= SRT_FILTER_SUPERVISED_UNIX;
    if (s->policy->allow_user_namespaces)
        variant |= SRT_FILTER_ALLOW_NAMESPACES;
    s->filter = srt_filter_native(variant);
    if (!s->filter || s->filter->count == 0)
        return s->host->fail(s->host, ENOTSUP,
                             "there is no system call filter for this machine's architecture");
    if (srt_filter_verify(s->filter->code, s->filter->count, &why) != 0)
        return s->host->fail(s->host, ENOTSUP, "the system call filter is damaged: %s",
                             why ? why : "it does not make sense");
    return 0;
}

static int make_plan(ll_state *s)
{
    ll_plan_input input = {
        .policy = s->policy,
        .abi = s->facts.abi,
        .supervised = s->facts.supervised,
        .helper = s->helper,
        .protect_helper = ll_is_replaceable(s->helper),
        .list = ll_list_directory,
    };
    for (int i = 0; i < 3; i++) {
        ll_terminal(i, s->terminals[i]);
        input.terminals[i] = s->terminals[i][0] ? s->terminals[i] : NULL;
    }
    int r = ll_plan_make(&s->plan, &input);
    if (r < 0)
        return s->host->fail(s->host, -r, "%s", s->plan.problem);
    s->seen = *s->policy;
    if (ll_regions_make(&input, &s->regions) < 0)
        return s->host->fail(s->host, ENOMEM, "out of memory");
    s->seen.regions = s->regions.list;
    s->seen.n_regions = s->regions.count;
    s->host->log(s->host, SRT_LOG_DEBUG, "%zu Landlock rules", s->plan.n_rules);
    return 0;
}

/* Rules on directories reach what is made in them later, so there are none around what is hidden.
 */
static void warn(const ll_state *s)
{
    const char *hidden = ll_hidden_in_writable(s->policy);
    if (hidden && !s->policy->fs_disabled)
        s->host->log(s->host, SRT_LOG_WARNING,
                     "%s is hidden: what the command makes in the directories around it, it cannot "
                     "read. allowWrite of less, or allowRead of that directory, changes it",
                     hidden);
}

int ll_prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    if (policy->struct_size < sizeof *policy || host->struct_size < sizeof *host)
        return host->fail(host, EINVAL, "this srt is older than its module landlock");
    ll_state *s = calloc(1, sizeof *s);
    if (!s)
        return host->fail(host, ENOMEM, "out of memory");
    s->host = host;
    s->policy = policy;
    *ret_state = s;
    int r = find_helper(s);
    if (r == 0)
        r = examine_machine(s);
    if (r == 0)
        r = find_filter(s);
    if (r == 0)
        r = make_plan(s);
    if (r != 0)
        return r;
    warn(s);
    if (policy->net_mode == SRT_NET_PROXY)
        host->share_loopback(host);
    ll_report(host, policy, &s->facts);
    return 0;
}

void ll_teardown(srt_backend_state *state)
{
    ll_state *s = state;
    if (!s)
        return;
    while (s->runs) {
        ll_run *run = s->runs;
        s->runs = run->next;
        ll_run_free(run);
    }
    ll_plan_clear(&s->plan);
    free((void *)(uintptr_t)s->regions.list);
    free(s);
}
