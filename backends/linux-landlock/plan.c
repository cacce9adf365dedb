/* SPDX-License-Identifier: Apache-2.0 */
#include "plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nodes.h"
#include "srt-filters/landlock.h"

#define FS(name) SRT_LANDLOCK_ACCESS_FS_##name

#define READS (FS(EXECUTE) | FS(READ_FILE) | FS(READ_DIR))
#define WRITES (FS(WRITE_FILE) | FS(TRUNCATE) | FS(REMOVE_FILE) | FS(REMOVE_DIR))
/* No devices: nothing in a sandbox has the privilege. */
#define CREATES                                                                                    \
    (FS(MAKE_DIR) | FS(MAKE_REG) | FS(MAKE_SOCK) | FS(MAKE_FIFO) | FS(MAKE_SYM) | FS(REFER))
#define DEVICE (FS(READ_FILE) | FS(WRITE_FILE) | FS(IOCTL_DEV))

typedef struct maker {
    ll_plan *plan;
    const ll_plan_input *input;
    ll_node *nodes;
    size_t n_nodes;
} maker;

/* A directory whose entries are granted one by one. */
typedef struct level {
    maker *m;
    const char *path;
    srt_access access;
    size_t first, last; /* nodes that lie in it */
    uint64_t granted;
} level;

static const char *const devices[] = {
    "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty",
};

static int visit(maker *m, const char *path, srt_access access, size_t first, size_t last,
                 uint64_t granted);

static int out_of_memory(maker *m)
{
    snprintf(m->plan->problem, sizeof m->plan->problem, "out of memory");
    return -ENOMEM;
}

/* Below a directory with this access. */
static uint64_t rights(const maker *m, srt_access access)
{
    uint64_t wanted = access == SRT_ACCESS_HIDDEN ? 0 : READS;
    if (access == SRT_ACCESS_WRITE)
        wanted |= WRITES | (m->input->supervised ? 0 : CREATES);
    return wanted & m->plan->fs;
}

/* What may be granted on a directory around the node. */
static uint64_t rights_around(const maker *m, const ll_node *node)
{
    return rights(m, node->access) | (node->lists ? FS(READ_DIR) : 0);
}

static int add(maker *m, const char *path, uint64_t access, bool optional)
{
    ll_plan *p = m->plan;
    if (access == 0)
        return 0;
    if (p->n_rules == LL_RULES_MAX) {
        snprintf(p->problem, sizeof p->problem,
                 "the rules need more than %u Landlock rules, the last on \"%.120s\": a directory "
                 "with that many entries holds, somewhere below, something that is denied. Deny "
                 "a directory in place of what is in it, or use another backend",
                 LL_RULES_MAX, path);
        return -E2BIG;
    }
    if (p->n_rules == p->size) {
        size_t size = p->size ? p->size * 2 : 64;
        ll_rule *rules = reallocarray(p->rules, size, sizeof *rules);
        if (!rules)
            return out_of_memory(m);
        p->rules = rules;
        p->size = size;
    }
    p->rules[p->n_rules++] = (ll_rule){path, access, optional};
    return 0;
}

/* directory/name, which lives as long as the plan. */
static const char *own_path(maker *m, const char *directory, const char *name)
{
    ll_plan *p = m->plan;
    if (p->n_owned == p->owned_size) {
        size_t size = p->owned_size ? p->owned_size * 2 : 64;
        char **owned = reallocarray(p->owned, size, sizeof *owned);
        if (!owned)
            return NULL;
        p->owned = owned;
        p->owned_size = size;
    }
    char *path = NULL;
    if (asprintf(&path, "%s/%s", directory[1] ? directory : "", name) < 0)
        return NULL;
    p->owned[p->n_owned++] = path;
    return path;
}

/* The first node in [first, last) that does not stand before path. */
static size_t find(const maker *m, size_t first, size_t last, const char *path)
{
    while (first < last) {
        size_t middle = first + (last - first) / 2;
        if (ll_path_compare(m->nodes[middle].path, path) < 0)
            first = middle + 1;
        else
            last = middle;
    }
    return first;
}

static size_t end_of(const maker *m, size_t first, size_t last, const char *path)
{
    while (first < last && ll_path_in(m->nodes[first].path, path))
        first++;
    return first;
}

static int visit_entry(void *data, const char *name, bool is_link)
{
    const level *l = data;
    if (is_link)
        return 0; /* what it leads to is granted where that is */
    const char *path = own_path(l->m, l->path, name);
    if (!path)
        return out_of_memory(l->m);
    size_t first = find(l->m, l->first, l->last, path);
    size_t last = end_of(l->m, first, l->last, path);
    if (first == last)
        return add(l->m, path, rights(l->m, l->access), true);
    bool named = strcmp(l->m->nodes[first].path, path) == 0;
    return visit(l->m, path, named ? l->m->nodes[first].access : l->access,
                 named ? first + 1 : first, last, l->granted);
}

/* Only to the nodes: what lies between has all it may have. */
static int visit_nodes(maker *m, size_t first, size_t last, uint64_t granted)
{
    int r = 0;
    while (r == 0 && first < last) {
        const ll_node *node = &m->nodes[first];
        size_t end = end_of(m, first + 1, last, node->path);
        r = visit(m, node->path, node->access, first + 1, end, granted);
        first = end;
    }
    return r;
}

static int visit_entries(level *l)
{
    maker *m = l->m;
    int r = m->input->list(m->input->data, l->path, visit_entry, l);
    if (r == -EACCES) /* nobody inside can list it either; what the policy names is still there */
        return visit_nodes(m, l->first, l->last, l->granted);
    if (r == -ENOENT || r == -ENOTDIR)
        return 0;
    if (r < 0 && !m->plan->problem[0])
        snprintf(m->plan->problem, sizeof m->plan->problem, "cannot list %.200s: %s", l->path,
                 strerror(-r));
    return r;
}

/* Grants on path and below, where nodes [first, last) lie in it. granted: what rules on
 * directories above give already. */
static int visit(maker *m, const char *path, srt_access access, size_t first, size_t last,
                 uint64_t granted)
{
    const uint64_t wanted = rights(m, access);
    uint64_t common = wanted;
    for (size_t i = first; i < last; i++)
        common &= rights_around(m, &m->nodes[i]);
    if ((common & ~granted) != 0) {
        /* "/" is always there, and a path of the policy was. */
        int r = add(m, path, common, path[1] != '\0');
        if (r < 0)
            return r;
        granted |= common;
    }
    if ((wanted & ~granted) == 0)
        return visit_nodes(m, first, last, granted);
    level l = {m, path, access, first, last, granted};
    return visit_entries(&l);
}

/* A rule of the policy's own on something in /dev. */
static bool is_denied(const srt_policy *policy, const char *path)
{
    for (size_t i = 0; i < policy->n_regions; i++) {
        const srt_region *r = policy->regions[i];
        if (r->path[1] != '\0' && r->access == SRT_ACCESS_HIDDEN && ll_path_in(path, r->path))
            return true;
    }
    return false;
}

static int add_devices(maker *m)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < sizeof devices / sizeof *devices; i++)
        if (!is_denied(m->input->policy, devices[i]))
            r = add(m, devices[i], DEVICE & m->plan->fs, true);
    for (size_t i = 0; r == 0 && i < 3; i++)
        if (m->input->terminals[i] && !is_denied(m->input->policy, m->input->terminals[i]))
            r = add(m, m->input->terminals[i], DEVICE & m->plan->fs, true);
    return r;
}

static int add_helper(maker *m)
{
    return add(m, m->input->helper, (FS(EXECUTE) | FS(READ_FILE)) & m->plan->fs, false);
}

static int list_native(maker *m)
{
    ll_plan *p = m->plan;
    size_t n = 0;
    p->native = calloc(p->n_rules + 1, sizeof *p->native);
    if (!p->native)
        return out_of_memory(m);
    for (size_t i = 0; i < p->n_rules; i++)
        if (p->rules[i].access & FS(WRITE_FILE))
            p->native[n++] = p->rules[i].path;
    return 0;
}

static int make_rules(maker *m)
{
    int r = ll_nodes_make(m->input, &m->nodes, &m->n_nodes);
    if (r == -ENOMEM)
        return out_of_memory(m);
    if (r < 0) {
        snprintf(m->plan->problem, sizeof m->plan->problem,
                 "the policy does not say what holds for \"/\"");
        return r;
    }
    r = visit(m, "/", m->nodes[0].access, 1, m->n_nodes, 0);
    if (r == 0)
        r = add_devices(m);
    if (r == 0)
        r = add_helper(m);
    return r == 0 ? list_native(m) : r;
}

/* Moving between directories is refused by any rules whatever, unless they grant it; and
 * rules that handle nothing are none, but a domain is what keeps other processes out of reach. */
static int make_open(maker *m)
{
    m->plan->fs = m->input->abi >= 2 ? FS(REFER) : FS(MAKE_BLOCK);
    int r = add(m, "/", m->plan->fs, false);
    return r == 0 ? list_native(m) : r;
}

int ll_plan_make(ll_plan *plan, const ll_plan_input *input)
{
    maker m = {.plan = plan, .input = input};
    const srt_policy *policy = input->policy;
    plan->fs = srt_landlock_known(SRT_LANDLOCK_OF_FS, input->abi);
    plan->net = srt_landlock_known(SRT_LANDLOCK_OF_NET, input->abi);
    plan->scoped = srt_landlock_known(SRT_LANDLOCK_OF_SCOPE, input->abi);
    if (policy->unix_all) /* those with a path; abstract ones of the host stay out of reach */
        plan->fs &= ~FS(RESOLVE_UNIX);
    int r = policy->fs_disabled ? make_open(&m) : make_rules(&m);
    free(m.nodes);
    return r;
}

void ll_plan_clear(ll_plan *plan)
{
    for (size_t i = 0; i < plan->n_owned; i++)
        free(plan->owned[i]);
    free(plan->owned);
    free(plan->rules);
    free((void *)(uintptr_t)plan->native);
    memset(plan, 0, sizeof *plan);
}

uint64_t ll_plan_private_access(const ll_plan *plan)
{
    return (READS | WRITES | CREATES) & plan->fs;
}
