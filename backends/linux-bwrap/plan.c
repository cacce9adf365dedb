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
 * written nor moved away. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "srt-filters/enclose.h"

#include "plan_private.h"

bw_op *bw_plan_add(bw_maker *m, bw_op_kind kind, const char *path)
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

const char *bw_plan_own(bw_maker *m, const char *text, size_t n)
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

static void emit_writable(bw_maker *m, size_t i)
{
    const bw_node *n = &m->nodes[i];
    bw_part *parts = NULL;
    size_t count = n->has_inner ? bw_pins_between(m, i, &parts) : 0;
    if (count && n->around == SRT_ACCESS_HIDDEN)
        bw_plan_add(m, BW_BIND, n->path); /* the directories to pin have to be there */
    for (size_t k = 0; k < count; k++)
        bw_plan_add(m, BW_TMPFS, bw_plan_own(m, parts[k].path, parts[k].length));
    free(parts);
    bw_op *op = bw_plan_add(m, BW_BIND, n->path);
    op->grant = true;
    op->region = n->region;
}

static void emit_hidden(bw_maker *m, bw_node *n)
{
    if (n->mask && !n->has_inner) {
        /* A file can be opened for nothing, which its mask says itself and tells. */
        bw_plan_add(m, n->is_dir ? BW_RO_BIND : BW_BIND, n->path)->source = n->mask;
        return;
    }
    if (!n->is_dir) {
        /* A device where devices are not allowed: open fails with EACCES. */
        bw_plan_add(m, BW_RO_BIND, n->path)->source = "/dev/null";
        return;
    }
    bw_plan_add(m, BW_TMPFS, n->path);
    /* At once where nothing comes in: the later, the longer bwrap's mount table. */
    n->is_open = n->has_inner;
    if (!n->is_open)
        bw_plan_add(m, BW_REMOUNT_RO, n->path);
}

static void emit(bw_maker *m, size_t i)
{
    bw_node *n = &m->nodes[i];
    bw_op *op;
    if (n->access == n->around)
        return;
    switch (n->access) {
    case SRT_ACCESS_WRITE:
        emit_writable(m, i);
        break;
    case SRT_ACCESS_READ:
        op = bw_plan_add(m, n->optional ? BW_RO_BIND_TRY : BW_RO_BIND, n->path);
        op->grant = n->around == SRT_ACCESS_HIDDEN;
        op->region = n->region;
        break;
    case SRT_ACCESS_HIDDEN:
        emit_hidden(m, n);
        break;
    }
}

/* Where nothing is hidden, sockets that are closed to everybody are. */
static void cover_denied_sockets(bw_maker *m)
{
    const char *const *at = m->input->policy->unix_denied;
    for (; m->input->policy->unix_all && at && *at; at++) {
        bw_plan_add(m, BW_TMPFS, *at);
        bw_plan_add(m, BW_REMOUNT_RO, *at);
    }
}

static void emit_root(bw_maker *m)
{
    if (m->input->policy->fs_disabled) {
        bw_plan_add(m, BW_BIND, "/");
        bw_plan_add(m, BW_RO_BIND_TRY, "/sys");
        cover_denied_sockets(m);
        return;
    }
    switch (m->nodes[0].access) {
    case SRT_ACCESS_WRITE:
        bw_plan_add(m, BW_BIND, "/");
        bw_pin_root(m);
        break;
    case SRT_ACCESS_READ:
        bw_plan_add(m, BW_RO_BIND, "/");
        break;
    case SRT_ACCESS_HIDDEN:
        bw_plan_add(m, BW_TMPFS, "/");
        m->nodes[0].is_open = true;
        for (size_t i = 0; i < m->input->n_links; i++)
            bw_plan_add(m, BW_SYMLINK, m->input->links[i].path)->source = m->input->links[i].target;
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
static void emit_in_dev(bw_maker *m, size_t i)
{
    bw_node *n = &m->nodes[i];
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
static void emit_in_proc(bw_maker *m, size_t i)
{
    bw_node *n = &m->nodes[i];
    if (strcmp(n->path, "/proc") == 0) {
        if (n->access == SRT_ACCESS_READ)
            bw_plan_add(m, BW_REMOUNT_RO, n->path);
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
static bw_node *find_node(bw_maker *m, const char *path)
{
    for (size_t i = 1; i < m->n_nodes; i++)
        if (strcmp(m->nodes[i].path, path) == 0)
            return &m->nodes[i];
    return NULL;
}

static void emit_proc(bw_maker *m)
{
    bw_node *proc = find_node(m, "/proc");
    if (proc && proc->access == SRT_ACCESS_HIDDEN) {
        emit_hidden(m, proc);
        return;
    }
    if (m->input->host_proc) {
        /* Processes outside can be seen, but not their memory, environment or
         * files: that takes rights in their user namespace. */
        bw_plan_add(m, BW_RO_BIND, "/proc");
        return;
    }
    bw_plan_add(m, BW_PROC, "/proc");
    if (m->input->is_root)
        bw_plan_add(m, BW_REMOUNT_RO, "/proc"); /* kernel.core_pattern and its like are root's */
}

static void emit_dev(bw_maker *m)
{
    bw_plan_add(m, BW_DEV, "/dev");
    bw_plan_add(m, BW_TMPFS, BW_INSIDE_DIR);
    bw_plan_add(m, BW_RO_BIND, BW_INSIDE_HELPER)->source = m->input->helper;
    if (m->input->policy->private_tmp && !m->input->policy->fs_disabled)
        bw_plan_add(m, BW_TMPFS, BW_INSIDE_TMP)->mode = 0700;
    bw_plan_add(m, BW_TMPFS, "/dev/shm")->mode = 01777;
}

/* The last of /dev, when all mount points in it are there. A region that is /dev
 * itself says that nothing is to be written there, not even what nobody keeps. */
static void close_dev(bw_maker *m)
{
    const bw_node *dev = find_node(m, "/dev");
    bw_plan_add(m, BW_REMOUNT_RO, BW_INSIDE_DIR);
    if (dev && dev->access != SRT_ACCESS_WRITE)
        bw_plan_add(m, BW_REMOUNT_RO, "/dev");
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
static void close_hidden(bw_maker *m)
{
    for (size_t i = m->n_nodes; i-- > 0;)
        if (m->nodes[i].is_open)
            bw_plan_add(m, BW_REMOUNT_RO, m->nodes[i].path);
}

int bw_plan_make(bw_plan *plan, const bw_plan_input *input)
{
    bw_maker m = {.plan = plan, .input = input};
    if (!input->policy->fs_disabled)
        m.error = bw_nodes_make(&m);
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
