/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that one policy needs once: the tool, a look at the machine, the
 * plan of the mounts, the filter. Nothing is changed outside of memory. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "srt-filters/filter.h"

#include "backend.h"
#include "render.h"
#include "supervise.h"

#define ROOT_LINKS_MAX 64

static int find_helper(bw_state *s)
{
    s->helper = s->host->path(s->host, SRT_PATH_INSIDE);
    if (!s->helper || s->helper[0] != '/')
        return s->host->fail(s->host, ENOTSUP,
                             "the helper srt-inside is missing from this installation");
    if (access(s->helper, X_OK) != 0)
        return s->host->fail(s->host, ENOTSUP, "the helper %s cannot be executed: %s", s->helper,
                             strerror(errno));
    return 0;
}

static int find_tool(bw_state *s)
{
    char why[BW_TEXT] = "";
    const char *chosen = s->host->option(s->host, "bwrapPath");
    if (bw_tool_find(chosen, bw_tool_directories, &s->tool, why) != 0)
        return s->host->fail(s->host, ENOTSUP, "%s", why);
    if (chosen && !s->policy->fs_disabled &&
        bw_access_at(s->policy, s->tool.path) == SRT_ACCESS_WRITE)
        return s->host->fail(s->host, EACCES,
                             "bwrapPath: the sandbox may write to %s, so that a command could "
                             "replace it; choose one outside of allowWrite",
                             s->tool.path);
    if (s->tool.is_setuid)
        s->host->log(s->host, SRT_LOG_WARNING,
                     "%s is setuid, which srt does not need and which has been a way to gain "
                     "rights (CVE-2026-41163): \"chmod u-s\" it if the system permits user "
                     "namespaces",
                     s->tool.path);
    s->host->log(s->host, SRT_LOG_DEBUG, "uses %s%s", s->tool.path,
                 s->tool.binds_fds ? "" : ", which cannot bind by descriptor");
    return 0;
}

/* Whether bwrap works, and with which /proc. The weaker one is taken only where
 * it is permitted and the other one does not work. */
static int examine_machine(bw_state *s, const bw_facts *facts)
{
    char why[BW_TEXT] = "";
    bw_verdict verdict = bw_judge(facts, s->tool.is_setuid, why);
    if (verdict == BW_REFUSED)
        return s->host->fail(s->host, ENOTSUP, "%s", why);
    if (verdict == BW_WORKS && !s->policy->weaker_nested)
        return 0;
    bool tried = !(s->policy->weaker_nested && facts->is_proc_masked);
    if (tried && bw_try_tool(&s->tool, s->helper, facts, false, why) == 0)
        return 0;
    if (tried)
        s->host->log(s->host, SRT_LOG_DEBUG, "%s", why);
    s->host_proc = s->policy->weaker_nested;
    if (!s->host_proc || bw_try_tool(&s->tool, s->helper, facts, true, why) != 0)
        return s->host->fail(s->host, ENOTSUP, "%s", why);
    return 0;
}

static void choose_net(bw_state *s, const bw_facts *facts)
{
    if (s->policy->net_mode != SRT_NET_PROXY)
        return;
    bw_verdict verdict = bw_judge_outer_net(facts);
    s->outer_net = verdict == BW_WORKS || (verdict == BW_DOUBTFUL && bw_try_outer_net());
    if (!s->outer_net)
        s->host->log(s->host, SRT_LOG_DEBUG,
                     "bwrap makes the network namespace: the helper may not make one");
}

static int find_filter(bw_state *s)
{
    uint32_t variant = 0;
    const char *why = NULL;
    if (s->policy->unix_all)
        variant |= SRT_FILTER_ALLOW_UNIX;
    else if (s->watch.unix_paths)
        variant |= SRT_FILTER_SUPERVISED_UNIX;
    if (s->policy->allow_user_namespaces)
        variant |= SRT_FILTER_ALLOW_NAMESPACES;
    const srt_filter_program *program = srt_filter_native(variant);
    if (!program)
        return s->host->fail(s->host, ENOTSUP,
                             "there is no system call filter for this machine's architecture");
    if (srt_filter_verify(program->code, program->count, &why) != 0)
        return s->host->fail(s->host, ENOTSUP, "the system call filter is damaged: %s",
                             why ? why : "it does not make sense");
    s->variant = variant;
    s->filter = (bw_filter){program->code, program->count};
    return bw_supervise_refusals(s, program);
}

/* One link of "/" into the lists; what cannot be read is left out. */
static int add_link(bw_state *s, int root, const char *name)
{
    char target[PATH_MAX];
    ssize_t n = readlinkat(root, name, target, sizeof target - 1);
    if (n <= 0 || s->n_links >= ROOT_LINKS_MAX)
        return 0;
    target[n] = '\0';
    char **pair = &s->links[2 * s->n_links];
    if (asprintf(&pair[0], "/%s", name) < 0)
        pair[0] = NULL;
    pair[1] = strdup(target);
    s->link_pairs[s->n_links++] = (bw_link){pair[0], pair[1]};
    return pair[0] && pair[1] ? 0 : -ENOMEM;
}

/* "/lib64" and the like are names without which no program starts; what they
 * lead to is as the rules say. */
static int find_root_links(bw_state *s)
{
    s->links = calloc(2 * ROOT_LINKS_MAX, sizeof *s->links);
    s->link_pairs = calloc(ROOT_LINKS_MAX, sizeof *s->link_pairs);
    DIR *root = s->links && s->link_pairs ? opendir("/") : NULL;
    int r = root ? 0 : -ENOMEM;
    for (struct dirent *e; r == 0 && (e = readdir(root)) != NULL;)
        if (e->d_type == DT_LNK || e->d_type == DT_UNKNOWN)
            r = add_link(s, dirfd(root), e->d_name);
    if (root)
        closedir(root);
    return r;
}

static int check_words(bw_state *s)
{
    bw_words words = {0};
    bw_render(&words, &s->plan, true, NULL);
    size_t count = words.count;
    int error = words.error;
    bw_words_clear(&words);
    if (error)
        return s->host->fail(s->host, error, "out of memory");
    if (count <= BW_WORDS_LEFT)
        return 0;
    return s->host->fail(s->host, E2BIG,
                         "%zu path rules make %zu words for bwrap, which takes %u: use fewer, for "
                         "instance by denying a directory in place of many files in it, or a "
                         "backend without this limit",
                         s->policy->n_regions, count, BW_WORDS_LEFT);
}

static int make_plan(bw_state *s, const bw_facts *facts)
{
    const char *protect[2];
    bw_plan_input input = {
        .policy = s->policy,
        .helper = s->helper,
        .host_proc = s->host_proc,
        .is_root = facts->uid == 0,
        .protect = protect,
        .masks = s->masks.sources,
    };
    int r = 0;
    if (bw_tool_is_replaceable(s->helper))
        protect[input.n_protect++] = s->helper;
    if (bw_tool_is_replaceable(s->tool.path))
        protect[input.n_protect++] = s->tool.path;
    if (!s->policy->fs_disabled && bw_access_at(s->policy, "/") == SRT_ACCESS_HIDDEN)
        r = find_root_links(s);
    input.links = s->link_pairs;
    input.n_links = s->n_links;
    if (r == 0 && input.is_root)
        r = bw_reach_find(&s->reach, s->policy, bw_closed_to_root, NULL);
    input.closed = s->reach.closed;
    if (r == 0)
        r = bw_plan_make(&s->plan, &input);
    for (size_t i = 0; i < s->reach.count; i++)
        s->host->log(s->host, SRT_LOG_DEBUG, "%s is closed to root in a sandbox, and hidden",
                     s->reach.owned[i]);
    if (r == -EINVAL)
        return s->host->fail(s->host, EINVAL, "the policy does not say what holds for \"/\"");
    if (r < 0)
        return s->host->fail(s->host, -r, "cannot plan the mounts: %s", strerror(-r));
    return check_words(s);
}

int bw_prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    bw_facts facts;
    if (policy->struct_size < sizeof *policy || host->struct_size < sizeof *host)
        return host->fail(host, EINVAL, "this srt is older than its module bwrap");
    bw_state *s = calloc(1, sizeof *s);
    if (!s)
        return host->fail(host, ENOMEM, "out of memory");
    s->host = host;
    s->policy = policy;
    *ret_state = s;
    bw_facts_read(&facts, "");
    int r = find_helper(s);
    if (r == 0)
        r = find_tool(s);
    if (r == 0)
        r = bw_masks_prepare(s, &facts);
    if (r == 0)
        r = bw_supervise_prepare(s, &facts);
    if (r == 0)
        r = find_filter(s);
    if (r == 0)
        r = examine_machine(s, &facts);
    if (r == 0)
        r = make_plan(s, &facts);
    if (r != 0)
        return r;
    choose_net(s, &facts);
    bw_report(host, policy, &s->means, s->host_proc);
    return 0;
}

void bw_teardown(srt_backend_state *state)
{
    bw_state *s = state;
    if (!s)
        return;
    bw_masks_end(s);
    bw_supervise_clear(s);
    bw_plan_clear(&s->plan);
    bw_reach_clear(&s->reach);
    for (size_t i = 0; s->links && i < 2 * s->n_links; i++)
        free(s->links[i]);
    free(s->links);
    free(s->link_pairs);
    free(s);
}
