/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

bool nt_path_in(const char *path, const char *dir)
{
    const size_t n = strlen(dir);
    if (n == 1 && dir[0] == '/')
        return true;
    return strncmp(path, dir, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

srt_access nt_access_at(const srt_policy *policy, const char *path)
{
    srt_access access = SRT_ACCESS_WRITE;
    size_t best = 0;
    for (size_t i = 0; i < policy->n_regions; i++) {
        const size_t n = strlen(policy->regions[i]->path);
        if (n >= best && nt_path_in(path, policy->regions[i]->path)) {
            best = n;
            access = policy->regions[i]->access;
        }
    }
    return access;
}

bool nt_lies_in_writable(const srt_policy *policy, srt_access access)
{
    for (size_t i = 0; i < policy->n_regions; i++) {
        char parent[PATH_MAX];
        const srt_region *region = policy->regions[i];
        const size_t n = strlen(region->path);
        if (region->access != access || n <= 1 || n >= sizeof parent)
            continue;
        memcpy(parent, region->path, n + 1);
        char *slash = strrchr(parent, '/');
        slash[slash == parent] = '\0';
        if (nt_access_at(policy, parent) == SRT_ACCESS_WRITE)
            return true;
    }
    return false;
}

/* A parent right before what lies in it: '/' sorts before every other byte. */
static int compare(const void *a, const void *b)
{
    const unsigned char *x = (const unsigned char *)((const nt_node *)a)->path;
    const unsigned char *y = (const unsigned char *)((const nt_node *)b)->path;
    for (; *x && *x == *y; x++, y++)
        ;
    const int p = *x == '/' ? 1 : *x ? *x + 1 : 0, q = *y == '/' ? 1 : *y ? *y + 1 : 0;
    return p - q;
}

static size_t collect(const nt_plan_input *input, nt_node *nodes)
{
    const srt_policy *policy = input->policy;
    bool has_sys = false;
    size_t n = 0;
    for (size_t i = 0; i < policy->n_regions; i++) {
        const srt_region *r = policy->regions[i];
        if (input->closed && input->closed[i]) {
            nodes[n++] =
                (nt_node){.path = input->closed[i], .access = SRT_ACCESS_HIDDEN, .is_dir = true};
            continue;
        }
        nodes[n++] = (nt_node){.path = r->path,
                               .access = r->access,
                               .is_dir = (r->flags & SRT_PATH_DIR) != 0,
                               .is_region = true};
        has_sys = has_sys || strcmp(r->path, "/sys") == 0;
    }
    for (size_t i = 0; i < input->n_protect; i++)
        if (nt_access_at(policy, input->protect[i]) == SRT_ACCESS_WRITE)
            nodes[n++] = (nt_node){.path = input->protect[i], .access = SRT_ACCESS_READ};
    /* Its switches are the machine's and other processes' (cgroups): a general permission to
     * write does not mean them. */
    if (!has_sys && nt_access_at(policy, "/sys") == SRT_ACCESS_WRITE)
        nodes[n++] =
            (nt_node){.path = "/sys", .access = SRT_ACCESS_READ, .is_dir = true, .optional = true};
    return n;
}

/* Of a path that is there twice, the tighter access counts. */
static size_t nest(nt_node *nodes, size_t n)
{
    size_t kept = 1;
    for (size_t i = 1; i < n; i++) {
        nt_node one = nodes[i];
        size_t parent = kept - 1;
        while (!nt_path_in(one.path, nodes[parent].path))
            parent = nodes[parent].parent;
        if (strcmp(one.path, nodes[parent].path) == 0) {
            if (one.access < nodes[parent].access)
                nodes[parent].access = one.access;
            continue;
        }
        one.parent = parent;
        one.around = nodes[parent].access;
        nodes[parent].has_inner = true;
        nodes[kept++] = one;
    }
    return kept;
}

int nt_nodes_make(const nt_plan_input *input, nt_node **ret, size_t *ret_n)
{
    nt_node *nodes = calloc(input->policy->n_regions + input->n_protect + 1, sizeof *nodes);
    if (!nodes)
        return -ENOMEM;
    *ret = nodes;
    size_t n = collect(input, nodes);
    qsort(nodes, n, sizeof *nodes, compare);
    if (n == 0 || strcmp(nodes[0].path, "/") != 0)
        return -EINVAL;
    *ret_n = nest(nodes, n);
    return 0;
}
