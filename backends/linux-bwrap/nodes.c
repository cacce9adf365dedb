/* SPDX-License-Identifier: Apache-2.0 */
/* The regions of a policy as a tree, in the order in which they are mounted. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "srt-filters/enclose.h"

#include "plan_private.h"

/* Parents right before what lies in them: '/' sorts before every other byte. */
static int compare_nodes(const void *a, const void *b)
{
    const unsigned char *x = (const unsigned char *)((const bw_node *)a)->path;
    const unsigned char *y = (const unsigned char *)((const bw_node *)b)->path;
    while (*x && *x == *y)
        x++, y++;
    int p = *x == '/' ? 1 : *x ? *x + 1 : 0;
    int q = *y == '/' ? 1 : *y ? *y + 1 : 0;
    return p - q;
}

/* /sys has switches of the machine and of other processes (cgroups) that belong
 * to the user or to root; a general permission to write does not mean them. */
static void collect_sys(bw_maker *m)
{
    for (size_t i = 0; i < m->n_nodes; i++)
        if (strcmp(m->nodes[i].path, "/sys") == 0)
            return;
    if (srt_access_at(m->input->policy, "/sys") == SRT_ACCESS_WRITE)
        m->nodes[m->n_nodes++] =
            (bw_node){.path = "/sys", .access = SRT_ACCESS_READ, .is_dir = true, .optional = true};
}

static int collect(bw_maker *m)
{
    const srt_policy *policy = m->input->policy;
    size_t most = policy->n_regions + m->input->n_protect + 1; /* and /sys */
    m->nodes = calloc(most, sizeof *m->nodes);
    if (!m->nodes)
        return -ENOMEM;
    for (size_t i = 0; i < policy->n_regions; i++) {
        const srt_region *r = policy->regions[i];
        const char *closed = m->input->closed ? m->input->closed[i] : NULL;
        if (closed) {
            m->nodes[m->n_nodes++] =
                (bw_node){.path = closed, .access = SRT_ACCESS_HIDDEN, .is_dir = true};
            continue;
        }
        m->nodes[m->n_nodes++] = (bw_node){.path = r->path,
                                           .access = r->access,
                                           .is_dir = (r->flags & SRT_PATH_DIR) != 0,
                                           .region = r,
                                           .mask = m->input->masks ? m->input->masks[i] : NULL};
    }
    for (size_t i = 0; i < m->input->n_protect; i++) {
        const char *path = m->input->protect[i];
        if (srt_access_at(policy, path) == SRT_ACCESS_WRITE)
            m->nodes[m->n_nodes++] = (bw_node){.path = path, .access = SRT_ACCESS_READ};
    }
    collect_sys(m);
    qsort(m->nodes, m->n_nodes, sizeof *m->nodes, compare_nodes);
    if (m->n_nodes == 0 || strcmp(m->nodes[0].path, "/") != 0)
        return -EINVAL;
    return 0;
}

/* Finds the enclosing region of each; a path that stands twice (a writable file
 * that is one of ours) keeps the tighter access. */
static void nest(bw_maker *m)
{
    size_t kept = 1;
    for (size_t i = 1; i < m->n_nodes; i++) {
        bw_node n = m->nodes[i];
        size_t parent = kept - 1;
        while (!srt_path_in(n.path, m->nodes[parent].path))
            parent = m->nodes[parent].parent;
        if (strcmp(n.path, m->nodes[parent].path) == 0) {
            if (n.access < m->nodes[parent].access)
                m->nodes[parent].access = n.access;
            continue;
        }
        n.parent = parent;
        n.around = m->nodes[parent].access;
        m->nodes[parent].has_inner = true;
        m->nodes[kept++] = n;
    }
    m->n_nodes = kept;
}

int bw_nodes_make(bw_maker *m)
{
    int r = collect(m);
    if (r == 0)
        nest(m);
    return r;
}
