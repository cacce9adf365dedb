/* SPDX-License-Identifier: Apache-2.0 */
#include "nodes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool ll_path_in(const char *path, const char *dir)
{
    size_t n = strlen(dir);
    if (n == 1 && dir[0] == '/')
        return true;
    return strncmp(path, dir, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

static const srt_region *region_at(const srt_policy *policy, const char *path)
{
    const srt_region *found = NULL;
    size_t best = 0;
    for (size_t i = 0; i < policy->n_regions; i++) {
        const srt_region *r = policy->regions[i];
        size_t n = strlen(r->path);
        if (n >= best && ll_path_in(path, r->path)) {
            best = n;
            found = r;
        }
    }
    return found;
}

srt_access ll_access_at(const srt_policy *policy, const char *path)
{
    const srt_region *r = region_at(policy, path);
    return r ? r->access : SRT_ACCESS_WRITE; /* without rules everything is open */
}

int ll_path_compare(const char *a, const char *b)
{
    const unsigned char *x = (const unsigned char *)a, *y = (const unsigned char *)b;
    while (*x && *x == *y)
        x++, y++;
    int p = *x == '/' ? 1 : *x ? *x + 1 : 0;
    int q = *y == '/' ? 1 : *y ? *y + 1 : 0;
    return p - q;
}

/* Of two for one path the tighter one first. */
static int compare_nodes(const void *a, const void *b)
{
    const ll_node *x = a, *y = b;
    int order = ll_path_compare(x->path, y->path);
    return order ? order : (int)x->access - (int)y->access;
}

/* What a general rule does not mean. Only where the policy says nothing of its own. */
static const struct {
    const char *path;
    srt_access access; /* at most */
    bool lists;
} usual[] = {
    /* Switches of the machine and of other processes. */
    {"/proc", SRT_ACCESS_READ, false},
    {"/sys", SRT_ACCESS_READ, false},
    /* Cameras, keyboards, disks, and the user's other terminals. */
    {"/dev", SRT_ACCESS_HIDDEN, true},
};
#define N_USUAL (sizeof usual / sizeof *usual)

static void add_usual(const srt_policy *policy, ll_node *nodes, size_t *count)
{
    for (size_t i = 0; i < N_USUAL; i++) {
        const srt_region *r = region_at(policy, usual[i].path);
        if (r && strcmp(r->path, usual[i].path) != 0 && r->access > usual[i].access)
            nodes[(*count)++] = (ll_node){usual[i].path, usual[i].access, usual[i].lists};
    }
}

static bool is_built_in(const srt_region *r)
{
    return r->access == SRT_ACCESS_HIDDEN && (r->flags & SRT_PATH_DEFAULT) != 0;
}

/* Of what nobody asked to have hidden (srt's own records) the names may show: otherwise the home
 * directory around it could not be listed. */
static bool shows_names(const srt_region *r)
{
    return r->access == SRT_ACCESS_HIDDEN && ((r->flags & SRT_PATH_DIR) == 0 || is_built_in(r));
}

bool ll_is_for_namespaces(const srt_region *r)
{
    return is_built_in(r) && strcmp(r->path, "/etc/ssh/ssh_config.d") == 0;
}

const char *ll_hidden_in_writable(const srt_policy *policy)
{
    for (size_t i = 0; i < policy->n_regions; i++) {
        const srt_region *r = policy->regions[i];
        if (!is_built_in(r) || ll_is_for_namespaces(r))
            continue;
        for (size_t k = 0; k < policy->n_regions; k++)
            if (policy->regions[k]->access == SRT_ACCESS_WRITE &&
                ll_path_in(r->path, policy->regions[k]->path))
                return r->path;
    }
    return NULL;
}

static size_t without_doubles(ll_node *nodes, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (i == 0 || strcmp(nodes[i].path, nodes[kept - 1].path) != 0)
            nodes[kept++] = nodes[i];
    return kept;
}

int ll_nodes_make(const ll_plan_input *input, ll_node **ret, size_t *ret_count)
{
    const srt_policy *policy = input->policy;
    size_t count = 0;
    ll_node *nodes = calloc(policy->n_regions + N_USUAL + 1, sizeof *nodes);
    *ret = nodes;
    *ret_count = 0;
    if (!nodes)
        return -ENOMEM;
    for (size_t i = 0; i < policy->n_regions; i++) {
        const srt_region *r = policy->regions[i];
        if (ll_is_for_namespaces(r))
            continue;
        nodes[count++] = (ll_node){.path = r->path, .access = r->access, .lists = shows_names(r)};
    }
    add_usual(policy, nodes, &count);
    if (input->protect_helper && ll_access_at(policy, input->helper) == SRT_ACCESS_WRITE)
        nodes[count++] = (ll_node){input->helper, SRT_ACCESS_READ, false};
    qsort(nodes, count, sizeof *nodes, compare_nodes);
    *ret_count = without_doubles(nodes, count);
    return count > 0 && strcmp(nodes[0].path, "/") == 0 ? 0 : -EINVAL;
}

static int compare_regions(const void *a, const void *b)
{
    const srt_region *const *x = a, *const *y = b;
    return ll_path_compare((*x)->path, (*y)->path);
}

static void add_region(ll_regions *ret, size_t *n_own, const char *path, uint32_t flags)
{
    srt_region *r = &ret->own[(*n_own)++];
    *r = (srt_region){.struct_size = sizeof *r,
                      .flags = flags | SRT_PATH_DEFAULT,
                      .access = SRT_ACCESS_READ,
                      .path = path};
    ret->list[ret->count++] = r;
}

int ll_regions_make(const ll_plan_input *input, ll_regions *ret)
{
    const srt_policy *policy = input->policy;
    size_t n_own = 0;
    ret->count = 0;
    ret->list = calloc(policy->n_regions + N_USUAL + 1, sizeof(const srt_region *));
    if (!ret->list)
        return -ENOMEM;
    const bool guarded =
        input->protect_helper && ll_access_at(policy, input->helper) == SRT_ACCESS_WRITE;
    for (size_t i = 0; i < policy->n_regions; i++)
        if (!ll_is_for_namespaces(policy->regions[i]) &&
            (!guarded || strcmp(policy->regions[i]->path, input->helper) != 0))
            ret->list[ret->count++] = policy->regions[i];
    for (size_t i = 0; i < N_USUAL; i++) {
        const srt_region *r = region_at(policy, usual[i].path);
        if (r && strcmp(r->path, usual[i].path) != 0 && r->access == SRT_ACCESS_WRITE)
            add_region(ret, &n_own, usual[i].path, SRT_PATH_DIR);
    }
    if (guarded)
        add_region(ret, &n_own, input->helper, 0);
    qsort(ret->list, ret->count, sizeof(const srt_region *), compare_regions);
    return 0;
}
