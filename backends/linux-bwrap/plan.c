/* SPDX-License-Identifier: Apache-2.0 */
/* The order of the mounts, which is all that there is to it:
 *
 *   1. the root: bound writable or read-only, or an empty file system
 *   2. the regions, parents first, each as a change of what is around it. What
 *      appears inside a hidden directory gets its mount point in that directory's
 *      own empty file system, never in a tree of the host.
 *   3. private /dev and /proc, srt's own things in /dev, then the regions there
 *   4. what had to stay writable until now becomes read-only
 *
 * The private /dev stays writable, as /dev/shm in it: nothing there is the host's.
 * srt's own directory in it is a file system of its own, so that it can neither be
 * written nor moved away.
 *
 * Pins. A protected path inside a writable region could be moved away together
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

#include "plan.h"

/* A region on its way into the plan. */
typedef struct node {
    const char *path;
    srt_access access;
    srt_access around; /* access of the enclosing region */
    size_t parent;     /* index of the enclosing node */
    bool is_dir;
    bool has_inner;           /* a region lies in it */
    bool optional;            /* need not exist */
    bool is_open;             /* an empty file system that has to become read-only */
    const srt_region *region; /* NULL for what the policy does not name */
    const char *mask;         /* NULL: something empty */
} node;

typedef struct maker {
    bw_plan *plan;
    const bw_plan_input *input;
    node *nodes;
    size_t n_nodes;
    bw_op scratch; /* takes what is written to an operation after a failure */
    int error;     /* sticks */
} maker;

static bw_op *add(maker *m, bw_op_kind kind, const char *path)
{
    bw_plan *p = m->plan;
    if (!m->error && p->n_ops == p->size) {
        size_t size = p->size ? p->size * 2 : 64;
        bw_op *ops = reallocarray(p->ops, size, sizeof *ops);
        if (ops) {
            p->ops = ops;
            p->size = size;
        } else {
            m->error = -ENOMEM;
        }
    }
    if (m->error)
        return &m->scratch;
    bw_op *op = &p->ops[p->n_ops++];
    *op = (bw_op){.kind = kind, .path = path};
    return op;
}

/* A copy of the first n bytes that lives as long as the plan. */
static const char *own(maker *m, const char *text, size_t n)
{
    bw_plan *p = m->plan;
    if (!m->error && p->n_owned == p->owned_size) {
        size_t size = p->owned_size ? p->owned_size * 2 : 32;
        char **owned = reallocarray(p->owned, size, sizeof *owned);
        if (owned) {
            p->owned = owned;
            p->owned_size = size;
        } else {
            m->error = -ENOMEM;
        }
    }
    char *copy = m->error ? NULL : strndup(text, n);
    if (!copy) {
        m->error = -ENOMEM;
        return "";
    }
    p->owned[p->n_owned++] = copy;
    return copy;
}

/* Parents right before what lies in them: '/' sorts before every other byte. */
static int compare_nodes(const void *a, const void *b)
{
    const unsigned char *x = (const unsigned char *)((const node *)a)->path;
    const unsigned char *y = (const unsigned char *)((const node *)b)->path;
    while (*x && *x == *y)
        x++, y++;
    int p = *x == '/' ? 1 : *x ? *x + 1 : 0;
    int q = *y == '/' ? 1 : *y ? *y + 1 : 0;
    return p - q;
}

/* /sys has switches of the machine and of other processes (cgroups) that belong
 * to the user or to root; a general permission to write does not mean them. */
static void collect_sys(maker *m)
{
    for (size_t i = 0; i < m->n_nodes; i++)
        if (strcmp(m->nodes[i].path, "/sys") == 0)
            return;
    if (srt_access_at(m->input->policy, "/sys") == SRT_ACCESS_WRITE)
        m->nodes[m->n_nodes++] =
            (node){.path = "/sys", .access = SRT_ACCESS_READ, .is_dir = true, .optional = true};
}

static int collect(maker *m)
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
                (node){.path = closed, .access = SRT_ACCESS_HIDDEN, .is_dir = true};
            continue;
        }
        m->nodes[m->n_nodes++] = (node){.path = r->path,
                                        .access = r->access,
                                        .is_dir = (r->flags & SRT_PATH_DIR) != 0,
                                        .region = r,
                                        .mask = m->input->masks ? m->input->masks[i] : NULL};
    }
    for (size_t i = 0; i < m->input->n_protect; i++) {
        const char *path = m->input->protect[i];
        if (srt_access_at(policy, path) == SRT_ACCESS_WRITE)
            m->nodes[m->n_nodes++] = (node){.path = path, .access = SRT_ACCESS_READ};
    }
    collect_sys(m);
    qsort(m->nodes, m->n_nodes, sizeof *m->nodes, compare_nodes);
    if (m->n_nodes == 0 || strcmp(m->nodes[0].path, "/") != 0)
        return -EINVAL;
    return 0;
}

/* Finds the enclosing region of each; a path that stands twice (a writable file
 * that is one of ours) keeps the tighter access. */
static void nest(maker *m)
{
    size_t kept = 1;
    for (size_t i = 1; i < m->n_nodes; i++) {
        node n = m->nodes[i];
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

typedef struct part {
    const char *path;
    size_t length;
} part;

/* The longest first, so that what lies deeper comes before what holds it. */
static int compare_parts(const void *a, const void *b)
{
    const part *x = a, *y = b;
    if (x->length != y->length)
        return x->length < y->length ? 1 : -1;
    return memcmp(x->path, y->path, x->length);
}

static bool is_protected_in(const node *n, size_t root)
{
    return n->parent == root && n->access != SRT_ACCESS_WRITE;
}

/* Whether something private is mounted between the two, so that the path is not
 * in the tree of the root at all. */
static bool is_elsewhere(const char *path, const char *root)
{
    return srt_path_in(path, "/proc") || (srt_path_in(path, "/dev") && !srt_path_in(root, "/dev"));
}

/* The directories strictly between a writable region and what is protected
 * directly inside of it, each once, deepest first. *ret_parts is malloc. */
static size_t between(maker *m, size_t root, part **ret_parts)
{
    part *parts = NULL;
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
                part *more = reallocarray(parts, size, sizeof *parts);
                if (!more) {
                    m->error = -ENOMEM;
                    free(parts);
                    return 0;
                }
                parts = more;
            }
            parts[n++] = (part){path, (size_t)(s - path)};
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

/* The root cannot be bound over the pins, since the final root would leave them
 * behind. So the top directories that hold pins are bound over them instead;
 * they become mounts that can be seen. */
static void pin_root(maker *m)
{
    part *parts = NULL;
    size_t n = between(m, 0, &parts);
    for (size_t i = 0; i < n; i++) {
        const char *path = own(m, parts[i].path, parts[i].length);
        bool top = !memchr(parts[i].path + 1, '/', parts[i].length - 1);
        add(m, top ? BW_BIND : BW_TMPFS, path);
    }
    free(parts);
}

static void emit_writable(maker *m, size_t i)
{
    const node *n = &m->nodes[i];
    part *parts = NULL;
    size_t count = n->has_inner ? between(m, i, &parts) : 0;
    if (count && n->around == SRT_ACCESS_HIDDEN)
        add(m, BW_BIND, n->path); /* the directories to pin have to be there */
    for (size_t k = 0; k < count; k++)
        add(m, BW_TMPFS, own(m, parts[k].path, parts[k].length));
    free(parts);
    bw_op *op = add(m, BW_BIND, n->path);
    op->grant = true;
    op->region = n->region;
}

static void emit_hidden(maker *m, node *n)
{
    if (n->mask && !n->has_inner) {
        /* A file can be opened for nothing, which its mask says itself and tells. */
        add(m, n->is_dir ? BW_RO_BIND : BW_BIND, n->path)->source = n->mask;
        return;
    }
    if (!n->is_dir) {
        /* A device where devices are not allowed: open fails with EACCES. */
        add(m, BW_RO_BIND, n->path)->source = "/dev/null";
        return;
    }
    add(m, BW_TMPFS, n->path);
    /* At once where nothing comes in: the later, the longer bwrap's mount table. */
    n->is_open = n->has_inner;
    if (!n->is_open)
        add(m, BW_REMOUNT_RO, n->path);
}

static void emit(maker *m, size_t i)
{
    node *n = &m->nodes[i];
    bw_op *op;
    if (n->access == n->around)
        return;
    switch (n->access) {
    case SRT_ACCESS_WRITE:
        emit_writable(m, i);
        break;
    case SRT_ACCESS_READ:
        op = add(m, n->optional ? BW_RO_BIND_TRY : BW_RO_BIND, n->path);
        op->grant = n->around == SRT_ACCESS_HIDDEN;
        op->region = n->region;
        break;
    case SRT_ACCESS_HIDDEN:
        emit_hidden(m, n);
        break;
    }
}

/* Where nothing is hidden, sockets that are closed to everybody are. */
static void cover_denied_sockets(maker *m)
{
    const char *const *at = m->input->policy->unix_denied;
    for (; m->input->policy->unix_all && at && *at; at++) {
        add(m, BW_TMPFS, *at);
        add(m, BW_REMOUNT_RO, *at);
    }
}

static void emit_root(maker *m)
{
    if (m->input->policy->fs_disabled) {
        add(m, BW_BIND, "/");
        add(m, BW_RO_BIND_TRY, "/sys");
        cover_denied_sockets(m);
        return;
    }
    switch (m->nodes[0].access) {
    case SRT_ACCESS_WRITE:
        add(m, BW_BIND, "/");
        pin_root(m);
        break;
    case SRT_ACCESS_READ:
        add(m, BW_RO_BIND, "/");
        break;
    case SRT_ACCESS_HIDDEN:
        add(m, BW_TMPFS, "/");
        m->nodes[0].is_open = true;
        for (size_t i = 0; i < m->input->n_links; i++)
            add(m, BW_SYMLINK, m->input->links[i].path)->source = m->input->links[i].target;
        break;
    }
}

/* What bwrap puts into a private /dev. */
static bool is_private_device(const char *path)
{
    static const char *const names[] = {"null",    "zero", "full", "random",
                                        "urandom", "tty",  "pts",  "console"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(path + strlen("/dev/"), names[i]) == 0)
            return true;
    return false;
}

/* Nothing of the host's /dev is in the private one, so everything there counts
 * as hidden: what is readable or writable has to be brought in. Only directories
 * and what lies in /dev/shm are; a device node would not work. */
static void emit_in_dev(maker *m, size_t i)
{
    node *n = &m->nodes[i];
    if (strcmp(n->path, "/dev") == 0 || strcmp(n->path, "/dev/shm") == 0)
        return;
    if (is_private_device(n->path)) {
        if (n->access == SRT_ACCESS_HIDDEN)
            emit_hidden(m, n);
        return;
    }
    const char *outer = m->nodes[n->parent].path;
    if (!srt_path_in(outer, "/dev") || strcmp(outer, "/dev") == 0 || strcmp(outer, "/dev/shm") == 0)
        n->around = SRT_ACCESS_HIDDEN;
    if (n->is_dir || srt_path_in(n->path, "/dev/shm"))
        emit(m, i);
}

/* Processes of the host are not in the private /proc, and nothing there is ever
 * bound writable from the host. */
static void emit_in_proc(maker *m, size_t i)
{
    node *n = &m->nodes[i];
    if (strcmp(n->path, "/proc") == 0) {
        if (n->access == SRT_ACCESS_READ)
            add(m, BW_REMOUNT_RO, n->path);
        return;
    }
    char first = n->path[strlen("/proc/")];
    if (first >= '0' && first <= '9')
        return;
    if (n->access == SRT_ACCESS_WRITE)
        return;
    if (n->access == SRT_ACCESS_READ && n->around == SRT_ACCESS_WRITE && m->input->is_root)
        return; /* all of it is read-only */
    emit(m, i);
}

/* The region of just this path, or NULL. */
static node *find_node(maker *m, const char *path)
{
    for (size_t i = 1; i < m->n_nodes; i++)
        if (strcmp(m->nodes[i].path, path) == 0)
            return &m->nodes[i];
    return NULL;
}

static void emit_proc(maker *m)
{
    node *proc = find_node(m, "/proc");
    if (proc && proc->access == SRT_ACCESS_HIDDEN) {
        emit_hidden(m, proc);
        return;
    }
    if (m->input->host_proc) {
        /* Processes outside can be seen, but not their memory, environment or
         * files: that takes rights in their user namespace. */
        add(m, BW_RO_BIND, "/proc");
        return;
    }
    add(m, BW_PROC, "/proc");
    if (m->input->is_root)
        add(m, BW_REMOUNT_RO, "/proc"); /* kernel.core_pattern and its like are root's */
}

static void emit_dev(maker *m)
{
    add(m, BW_DEV, "/dev");
    add(m, BW_TMPFS, BW_INSIDE_DIR);
    add(m, BW_RO_BIND, BW_INSIDE_HELPER)->source = m->input->helper;
    if (m->input->policy->private_tmp && !m->input->policy->fs_disabled)
        add(m, BW_TMPFS, BW_INSIDE_TMP)->mode = 0700;
    add(m, BW_TMPFS, "/dev/shm")->mode = 01777;
}

/* The last of /dev, when all mount points in it are there. A region that is /dev
 * itself says that nothing is to be written there, not even what nobody keeps. */
static void close_dev(maker *m)
{
    const node *dev = find_node(m, "/dev");
    add(m, BW_REMOUNT_RO, BW_INSIDE_DIR);
    if (dev && dev->access != SRT_ACCESS_WRITE)
        add(m, BW_REMOUNT_RO, "/dev");
}

static bool in_dev(const char *path)
{
    return srt_path_in(path, "/dev");
}

static bool in_proc(const char *path)
{
    return srt_path_in(path, "/proc");
}

/* Hidden directories that something was put into, innermost first. */
static void close_hidden(maker *m)
{
    for (size_t i = m->n_nodes; i-- > 0;)
        if (m->nodes[i].is_open)
            add(m, BW_REMOUNT_RO, m->nodes[i].path);
}

int bw_plan_make(bw_plan *plan, const bw_plan_input *input)
{
    maker m = {.plan = plan, .input = input};
    if (!input->policy->fs_disabled) {
        m.error = collect(&m);
        if (!m.error)
            nest(&m);
    }
    if (!m.error) {
        emit_root(&m);
        for (size_t i = 1; i < m.n_nodes; i++)
            if (!in_dev(m.nodes[i].path) && !in_proc(m.nodes[i].path))
                emit(&m, i);
        emit_dev(&m);
        emit_proc(&m);
        for (size_t i = 1; i < m.n_nodes; i++) {
            if (in_dev(m.nodes[i].path))
                emit_in_dev(&m, i);
            else if (in_proc(m.nodes[i].path))
                emit_in_proc(&m, i);
        }
        close_dev(&m);
        close_hidden(&m);
    }
    free(m.nodes);
    return m.error;
}

void bw_plan_clear(bw_plan *plan)
{
    for (size_t i = 0; i < plan->n_owned; i++)
        free(plan->owned[i]);
    free(plan->owned);
    free(plan->ops);
    memset(plan, 0, sizeof *plan);
}
