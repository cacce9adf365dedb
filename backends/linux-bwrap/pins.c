/* SPDX-License-Identifier: Apache-2.0 */
/* Pins. A protected path inside a writable region could be moved away together
 * with one of its parents, and another put in its place. So every directory
 * between the two is made busy: something is mounted on it *before* the writable
 * region is bound over all of it. The mount is never seen, but the kernel refuses
 * to rename or remove the directory (EBUSY), while renames and links across it
 * go on to work, which they would not across a visible mount. An empty file
 * system serves best as that something: mounting it costs bwrap a tenth of a bind
 * (which makes it read the whole mount table again). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "srt-filters/enclose.h"

#include "plan_private.h"

/* The longest first, so that what lies deeper comes before what holds it. */
static int compare_parts(const void *a, const void *b)
{
    const bw_part *x = a, *y = b;
    if (x->length != y->length)
        return x->length < y->length ? 1 : -1;
    return memcmp(x->path, y->path, x->length);
}

static bool is_protected_in(const bw_node *n, size_t root)
{
    return n->parent == root && n->access != SRT_ACCESS_WRITE;
}

/* Whether something private is mounted between the two, so that the path is not
 * in the tree of the root at all. */
static bool is_elsewhere(const char *path, const char *root)
{
    return srt_path_in(path, "/proc") || (srt_path_in(path, "/dev") && !srt_path_in(root, "/dev"));
}

size_t bw_pins_between(bw_maker *m, size_t root, bw_part **ret_parts)
{
    bw_part *parts = NULL;
    size_t n = 0, size = 0;
    size_t base = root ? strlen(m->nodes[root].path) : 0;
    for (size_t i = root + 1; i < m->n_nodes && srt_path_in(m->nodes[i].path, m->nodes[root].path);
         i++) {
        const char *path = m->nodes[i].path;
        if (!is_protected_in(&m->nodes[i], root) || is_elsewhere(path, m->nodes[root].path))
            continue;
        for (const char *s = strchr(path + base + 1, '/'); s; s = strchr(s + 1, '/')) {
            if (n == size) {
                size = size ? size * 2 : 32;
                bw_part *more = reallocarray(parts, size, sizeof *parts);
                if (!more) {
                    m->error = -ENOMEM;
                    free(parts);
                    return 0;
                }
                parts = more;
            }
            parts[n++] = (bw_part){path, (size_t)(s - path)};
        }
    }
    if (n > 1)
        qsort(parts, n, sizeof *parts, compare_parts);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (i == 0 || compare_parts(&parts[i], &parts[kept - 1]) != 0)
            parts[kept++] = parts[i];
    *ret_parts = parts;
    return kept;
}

void bw_pin_root(bw_maker *m)
{
    bw_part *parts = NULL;
    size_t n = bw_pins_between(m, 0, &parts);
    for (size_t i = 0; i < n; i++) {
        const char *path = bw_plan_own(m, parts[i].path, parts[i].length);
        bool top = !memchr(parts[i].path + 1, '/', parts[i].length - 1);
        bw_plan_add(m, top ? BW_BIND : BW_TMPFS, path);
    }
    free(parts);
}
