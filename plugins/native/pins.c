/* SPDX-License-Identifier: Apache-2.0 */
#include "pins.h"

#include <stdlib.h>
#include <string.h>

/* What lies deeper comes before what holds it. */
static int compare(const void *a, const void *b)
{
    const nt_part *x = a, *y = b;
    if (x->length != y->length)
        return x->length < y->length ? 1 : -1;
    return memcmp(x->path, y->path, x->length);
}

/* Something private is mounted between the two: the path is not in the tree of the root at all. */
static bool is_elsewhere(const char *path, const char *root)
{
    return nt_path_in(path, "/proc") || (nt_path_in(path, "/dev") && !nt_path_in(root, "/dev"));
}

static bool is_protected_in(const nt_node *n, const nt_node *nodes, size_t root)
{
    return n->parent == root && n->access != SRT_ACCESS_WRITE &&
           !is_elsewhere(n->path, nodes[root].path);
}

static size_t count_slashes(const char *s)
{
    size_t n = 0;
    for (; *s; s++)
        n += *s == '/';
    return n;
}

static size_t unique(nt_part *parts, size_t n)
{
    size_t kept = 0;
    if (n > 1)
        qsort(parts, n, sizeof *parts, compare);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || compare(&parts[i], &parts[kept - 1]) != 0)
            parts[kept++] = parts[i];
    return kept;
}

bool nt_pins_find(const nt_node *nodes, size_t n_nodes, size_t root, nt_part **ret_parts,
                  size_t *ret_n)
{
    const size_t base = root ? strlen(nodes[root].path) : 0;
    size_t room = 0, n = 0;
    for (size_t i = root + 1; i < n_nodes && nt_path_in(nodes[i].path, nodes[root].path); i++)
        if (is_protected_in(&nodes[i], nodes, root))
            room += count_slashes(nodes[i].path + base + 1);
    nt_part *parts = calloc(room + 1, sizeof *parts);
    if (!parts)
        return false;
    for (size_t i = root + 1; i < n_nodes && nt_path_in(nodes[i].path, nodes[root].path); i++) {
        const char *path = nodes[i].path;
        if (!is_protected_in(&nodes[i], nodes, root))
            continue;
        for (const char *s = strchr(path + base + 1, '/'); s; s = strchr(s + 1, '/'))
            parts[n++] = (nt_part){path, (size_t)(s - path)};
    }
    *ret_parts = parts;
    *ret_n = unique(parts, n);
    return true;
}
