/* SPDX-License-Identifier: Apache-2.0 */
/* The order of the steps:
 *
 *   1. the root: everything that there is, made read-only in place, or an empty file system. What
 *      is to stay writable, or to come back in something hidden, is taken out before (NT_EARLY)
 *   2. the regions, parents first, each as a change of what is around it
 *   3. the private /dev and /proc, srt's own things in /dev, then the regions there
 *   4. what had to stay writable until now becomes read-only
 *
 * A mount point is made only in a file system of the sandbox's own, never on the host.
 *
 * Pins. A protected path inside a writable region could be moved away together with one of its
 * parents. So something is mounted on each directory between the two before the writable region is
 * mounted over all of it: nobody sees that mount, but the kernel refuses to rename or to remove the
 * directory, while renames and links across it go on to work. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pins.h"
#include "plan.h"

typedef struct maker {
    nt_plan *plan;
    const nt_plan_input *input;
    nt_node *nodes;
    size_t n_nodes;
    nt_step scratch; /* takes what is written to a step after a failure */
    int error;       /* sticks */
} maker;

/* Room for one more in an array that doubles. */
static bool grow(void **array, size_t n, size_t *size, size_t each)
{
    if (n < *size)
        return true;
    const size_t more = *size ? *size * 2 : 64;
    void *at = reallocarray(*array, more, each);
    if (!at)
        return false;
    *array = at;
    *size = more;
    return true;
}

static nt_step *add(maker *m, uint32_t kind, uint32_t flags, const char *path)
{
    nt_plan *p = m->plan;
    void *steps = p->steps;
    if (!m->error && !grow(&steps, p->n_steps, &p->size, sizeof *p->steps))
        m->error = -ENOMEM;
    p->steps = steps;
    if (m->error)
        return &m->scratch;
    nt_step *step = &p->steps[p->n_steps++];
    *step = (nt_step){.kind = kind, .flags = flags, .path = path};
    return step;
}

/* A copy of the first n bytes that lives as long as the plan. */
static const char *own(maker *m, const char *text, size_t n)
{
    nt_plan *p = m->plan;
    void *owned = p->owned;
    if (!m->error && !grow(&owned, p->n_owned, &p->owned_size, sizeof *p->owned))
        m->error = -ENOMEM;
    p->owned = owned;
    char *copy = m->error ? NULL : strndup(text, n);
    if (!copy) {
        m->error = -ENOMEM;
        return "/";
    }
    p->owned[p->n_owned++] = copy;
    return copy;
}

/* Where the mount point of something in a hidden directory is made. */
static uint32_t base_of(const maker *m, const nt_node *n)
{
    return n->around == SRT_ACCESS_HIDDEN ? (uint32_t)strlen(m->nodes[n->parent].path) : 0;
}

static uint32_t kind_flag(const nt_node *n)
{
    return n->is_region ? (n->is_dir ? NT_DIR : NT_FILE) : 0;
}

static void add_pins(maker *m, size_t i)
{
    nt_part *parts = NULL;
    size_t n = 0;
    if (!nt_pins_find(m->nodes, m->n_nodes, i, &parts, &n))
        m->error = -ENOMEM;
    if (n > 0 && m->nodes[i].around == SRT_ACCESS_HIDDEN) {
        /* The directories to pin have to be there. */
        add(m, NT_BIND, NT_EARLY | kind_flag(&m->nodes[i]), m->nodes[i].path)->base =
            base_of(m, &m->nodes[i]);
    }
    for (size_t k = 0; k < n; k++)
        add(m, NT_PIN, 0, own(m, parts[k].path, parts[k].length));
    free(parts);
}

/* The root stays where it is, so its pins would be seen, and renames across them fail. Those that
 * lie deeper are covered by the top directory that they are in. */
static void pin_root(maker *m)
{
    nt_part *parts = NULL;
    size_t n = 0;
    if (!nt_pins_find(m->nodes, m->n_nodes, 0, &parts, &n))
        m->error = -ENOMEM;
    for (size_t k = 0; k < n; k++) {
        const char *path = own(m, parts[k].path, parts[k].length);
        const bool top = !memchr(parts[k].path + 1, '/', parts[k].length - 1);
        if (top)
            add(m, NT_BIND, NT_EARLY, path);
        else
            add(m, NT_PIN, 0, path);
    }
    free(parts);
}

static void emit_hidden(maker *m, nt_node *n)
{
    if (!n->is_dir) {
        add(m, NT_MASK, 0, n->path);
        return;
    }
    n->is_open = n->has_inner;
    add(m, NT_TMPFS, n->is_open ? 0 : NT_RDONLY, n->path);
}

static void emit(maker *m, size_t i)
{
    nt_node *n = &m->nodes[i];
    if (n->access == n->around)
        return;
    if (n->access == SRT_ACCESS_HIDDEN) {
        emit_hidden(m, n);
        return;
    }
    if (n->access == SRT_ACCESS_WRITE && n->has_inner)
        add_pins(m, i);
    uint32_t flags = n->optional ? NT_OPTIONAL : 0;
    if (n->access == SRT_ACCESS_READ)
        flags |= NT_RDONLY;
    if (n->access == SRT_ACCESS_WRITE || n->around == SRT_ACCESS_HIDDEN)
        flags |= NT_EARLY | kind_flag(n);
    add(m, NT_BIND, flags, n->path)->base = base_of(m, n);
}

/* Where nothing is hidden, sockets that are closed to everybody are. */
static void cover_denied_sockets(maker *m)
{
    const srt_policy *policy = m->input->policy;
    const bool told = policy->struct_size >= sizeof *policy; /* an older srt has no such list */
    const char *const *at = told && policy->unix_all ? policy->unix_denied : NULL;
    for (; at && *at; at++)
        add(m, NT_TMPFS, NT_RDONLY, *at);
}

static void emit_root(maker *m)
{
    const srt_policy *policy = m->input->policy;
    const uint32_t paced = policy->net_mode == SRT_NET_PROXY ? 0 : NT_PACED;
    if (policy->fs_disabled) {
        add(m, NT_ROOT, paced, "/");
        add(m, NT_BIND, NT_RDONLY | NT_OPTIONAL, "/sys");
        cover_denied_sockets(m);
        return;
    }
    switch (m->nodes[0].access) {
    case SRT_ACCESS_WRITE:
        add(m, NT_ROOT, paced, "/");
        pin_root(m);
        break;
    case SRT_ACCESS_READ:
        add(m, NT_ROOT, paced | NT_RDONLY, "/");
        break;
    case SRT_ACCESS_HIDDEN:
        add(m, NT_ROOT, paced | NT_PRIVATE, "/");
        m->nodes[0].is_open = true;
        for (size_t i = 0; i < m->input->n_links; i++) {
            nt_step *step = add(m, NT_LINK, 0, m->input->links[i].path);
            step->source = m->input->links[i].target;
            step->base = 1;
        }
        break;
    }
}

static bool in_dev(const char *path)
{
    return nt_path_in(path, "/dev");
}

static bool in_proc(const char *path)
{
    return nt_path_in(path, "/proc");
}

static nt_node *find_node(maker *m, const char *path)
{
    for (size_t i = 1; i < m->n_nodes; i++)
        if (strcmp(m->nodes[i].path, path) == 0)
            return &m->nodes[i];
    return NULL;
}

/* The mount points of /dev and /proc have to be made where "/" is an empty file system. */
static uint32_t root_base(const maker *m)
{
    return m->n_nodes > 0 && m->nodes[0].access == SRT_ACCESS_HIDDEN ? 1 : 0;
}

static void emit_dev(maker *m)
{
    const srt_policy *policy = m->input->policy;
    const uint32_t base = sizeof "/dev" - 1;
    add(m, NT_DEV, 0, "/dev")->base = root_base(m);
    add(m, NT_TMPFS, 0, NT_INSIDE_DIR)->base = base;
    nt_step *helper = add(m, NT_BIND, NT_RDONLY | NT_EARLY | NT_FILE, NT_INSIDE_HELPER);
    helper->source = m->input->helper;
    helper->base = sizeof NT_INSIDE_DIR - 1;
    if (policy->private_tmp && !policy->fs_disabled)
        add(m, NT_TMPFS, NT_PRIVATE, NT_INSIDE_TMP)->base = sizeof NT_INSIDE_DIR - 1;
    add(m, NT_TMPFS, NT_STICKY, "/dev/shm")->base = base;
}

static void emit_proc(maker *m)
{
    nt_node *proc = find_node(m, "/proc");
    const uint32_t base = root_base(m);
    if (proc && proc->access == SRT_ACCESS_HIDDEN) {
        emit_hidden(m, proc);
        m->plan->steps[m->plan->n_steps - 1].base = base;
    } else if (m->input->host_proc) {
        /* The memory, environment and files of processes outside take rights in their user
         * namespace. */
        add(m, NT_BIND, NT_RDONLY | NT_EARLY | NT_DIR, "/proc")->base = base;
    } else {
        /* kernel.core_pattern and its like are root's. */
        const bool read_only = m->input->is_root || (proc && proc->access == SRT_ACCESS_READ);
        add(m, NT_PROC, read_only ? NT_RDONLY : 0, "/proc")->base = base;
    }
}

static bool is_private_device(const char *path)
{
    static const char *const names[] = {"null",    "zero", "full", "random",
                                        "urandom", "tty",  "pts",  "console"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(path + strlen("/dev/"), names[i]) == 0)
            return true;
    return false;
}

/* Nothing of the host's /dev is in the private one: what is readable or writable there has to be
 * brought in. Only directories and what lies in /dev/shm are; device nodes would not work. */
static void emit_in_dev(maker *m, size_t i)
{
    nt_node *n = &m->nodes[i];
    if (strcmp(n->path, "/dev") == 0 || strcmp(n->path, "/dev/shm") == 0)
        return;
    if (is_private_device(n->path)) {
        if (n->access == SRT_ACCESS_HIDDEN)
            emit_hidden(m, n);
        return;
    }
    const char *outer = m->nodes[n->parent].path;
    const bool in_private =
        !in_dev(outer) || strcmp(outer, "/dev") == 0 || strcmp(outer, "/dev/shm") == 0;
    if (in_private)
        n->around = SRT_ACCESS_HIDDEN;
    const size_t first = m->plan->n_steps;
    if (n->is_dir || nt_path_in(n->path, "/dev/shm"))
        emit(m, i);
    /* Made in the private file system that it lies in, whatever the region around it is. */
    const uint32_t base =
        nt_path_in(n->path, "/dev/shm") ? sizeof "/dev/shm" - 1 : sizeof "/dev" - 1;
    for (size_t k = first; in_private && k < m->plan->n_steps; k++)
        if (m->plan->steps[k].base)
            m->plan->steps[k].base = base;
}

/* The host's processes are not in the private /proc, and nothing of it is bound writable. */
static void emit_in_proc(maker *m, size_t i)
{
    nt_node *n = &m->nodes[i];
    const char first = n->path[strlen("/proc")] ? n->path[strlen("/proc/")] : '\0';
    if (!first || (first >= '0' && first <= '9') || n->access == SRT_ACCESS_WRITE)
        return;
    if (n->access == SRT_ACCESS_READ && n->around == SRT_ACCESS_WRITE && m->input->is_root)
        return; /* all of it is read-only */
    emit(m, i);
}

static void emit_rest(maker *m)
{
    emit_dev(m);
    emit_proc(m);
    for (size_t i = 1; i < m->n_nodes; i++) {
        if (in_dev(m->nodes[i].path))
            emit_in_dev(m, i);
        else if (in_proc(m->nodes[i].path))
            emit_in_proc(m, i);
    }
    add(m, NT_CLOSE, 0, NT_INSIDE_DIR);
    /* A region that is /dev itself says that nothing is to be written there. */
    const nt_node *dev = find_node(m, "/dev");
    if (dev && dev->access != SRT_ACCESS_WRITE)
        add(m, NT_CLOSE, 0, "/dev");
    for (size_t i = m->n_nodes; i-- > 0;)
        if (m->nodes[i].is_open)
            add(m, NT_CLOSE, 0, m->nodes[i].path);
}

int nt_plan_make(nt_plan *plan, const nt_plan_input *input)
{
    maker m = {.plan = plan, .input = input};
    if (!input->policy->fs_disabled)
        m.error = nt_nodes_make(input, &m.nodes, &m.n_nodes);
    if (!m.error) {
        emit_root(&m);
        for (size_t i = 1; i < m.n_nodes; i++)
            if (!in_dev(m.nodes[i].path) && !in_proc(m.nodes[i].path))
                emit(&m, i);
        emit_rest(&m);
    }
    free(m.nodes);
    return m.error;
}

void nt_plan_clear(nt_plan *plan)
{
    for (size_t i = 0; i < plan->n_owned; i++)
        free(plan->owned[i]);
    free(plan->owned);
    free(plan->steps);
    memset(plan, 0, sizeof *plan);
}
