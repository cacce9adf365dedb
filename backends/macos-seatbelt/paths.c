/* SPDX-License-Identifier: Apache-2.0 */
/* The file part of a profile: what exists.
 *
 * Regions. What matters of a region is whether it can be read and whether it can be
 * written, each where it differs from what is around it. Regions whose answer
 * changed once on the way down from "/" make one rule, those where it changed twice
 * the next, and so on: every rule of such a level says the opposite of the one
 * before it, and the deepest region of a path wins because it comes last.
 *
 * Pins. A protected path in a writable directory could be moved away together with
 * a directory above it and another put in its place. So none of the directories
 * between the two may be unlinked, which a move does. Nor may what is writable itself:
 * a link in its place would make the next run grant what that leads to. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "paths.h"

bool sb_can_read(const sb_maker *m, size_t i)
{
    return m->policy->regions[i]->access != SRT_ACCESS_HIDDEN;
}

bool sb_can_write(const sb_maker *m, size_t i)
{
    return m->policy->regions[i]->access == SRT_ACCESS_WRITE;
}

static unsigned find_levels(sb_maker *m)
{
    unsigned deepest = 0;
    for (size_t i = 1; i < m->policy->n_regions; i++) {
        size_t parent = i - 1;
        while (parent > 0 &&
               !sb_path_in(m->policy->regions[i]->path, m->policy->regions[parent]->path))
            parent = m->levels[parent].parent;
        sb_level *l = &m->levels[i];
        *l = m->levels[parent];
        l->parent = parent;
        l->read += sb_can_read(m, i) != sb_can_read(m, parent);
        l->write += sb_can_write(m, i) != sb_can_write(m, parent);
        deepest = l->read > deepest ? l->read : deepest;
        deepest = l->write > deepest ? l->write : deepest;
    }
    return deepest;
}

static unsigned level_of(const sb_maker *m, size_t i, bool write)
{
    return write ? m->levels[i].write : m->levels[i].read;
}

/* The regions whose answer has changed that often, and not in what is around them. */
static void plan_level(sb_maker *m, unsigned number, bool write)
{
    bool root = write ? sb_can_write(m, 0) : sb_can_read(m, 0);
    bool allow = number % 2 ? !root : root;
    size_t denied = 0;
    sb_rule_begin(m->plan, write ? SB_WRITE_LEVEL : SB_READ_LEVEL, allow,
                  write ? "file-write*" : READ_OPS);
    for (size_t i = 1; i < m->policy->n_regions; i++) {
        if (level_of(m, i, write) != number || level_of(m, m->levels[i].parent, write) == number)
            continue;
        if (allow)
            sb_rule_filter(m->plan, "subpath", m->policy->regions[i]->path);
        else
            m->denied[denied++] = m->policy->regions[i]->path;
    }
    sb_rule_paths(m->plan, m->denied, denied);
    sb_rule_end(m->plan);
}

static void plan_regions(sb_maker *m)
{
    unsigned deepest = find_levels(m);
    if (sb_can_read(m, 0)) {
        sb_rule_open(m->plan, SB_READ_OPEN, true, "file-read*");
    } else {
        sb_rule_begin(m->plan, SB_READ_LEVEL, false, READ_OPS);
        sb_rule_filter(m->plan, "subpath", "/");
        sb_rule_end(m->plan);
    }
    for (unsigned number = 1; number <= deepest; number++)
        plan_level(m, number, false);
    if (sb_can_write(m, 0)) {
        sb_rule_begin(m->plan, SB_WRITE_LEVEL, true, "file-write*");
        sb_rule_filter(m->plan, "subpath", "/");
        sb_rule_end(m->plan);
    }
    for (unsigned number = 1; number <= deepest; number++)
        plan_level(m, number, true);
}

static void plan_own(sb_maker *m)
{
    if (m->input->own_dir) {
        sb_rule_begin(m->plan, SB_OWN, false, READ_OPS " file-write*");
        sb_rule_filter(m->plan, "subpath", m->input->own_dir);
        sb_rule_end(m->plan);
    }
    if (m->input->tmp_dir) {
        sb_rule_begin(m->plan, SB_TMP, true, READ_OPS " file-write*");
        sb_rule_filter(m->plan, "subpath", m->input->tmp_dir);
        sb_rule_end(m->plan);
    }
}

static void add_pin(sb_maker *m, const char *path, size_t length)
{
    if (length <= 1 || m->plan->error)
        return;
    if (m->n_pins == m->pins_size) {
        size_t size = m->pins_size ? m->pins_size * 2 : 64;
        sb_pin *more = realloc(m->pins, size * sizeof *more);
        if (!more) {
            sb_plan_fail(m->plan, ENOMEM, "out of memory");
            return;
        }
        m->pins = more;
        m->pins_size = size;
    }
    m->pins[m->n_pins++] = (sb_pin){path, length};
}

/* Pins what lies between a path and the writable region that holds it, and that
 * region. end: bytes of the path to look at. */
static void pin_above(sb_maker *m, size_t region, const char *path, size_t end)
{
    if (!sb_can_write(m, region))
        return;
    while (region > 0 && sb_can_write(m, m->levels[region].parent))
        region = m->levels[region].parent;
    size_t root = strlen(m->policy->regions[region]->path);
    for (size_t n = end; n-- > 1;)
        if (path[n] == '/' && n >= root)
            add_pin(m, path, n);
}

static void pin_pending(sb_maker *m, const srt_pending_rule *rule)
{
    if (!(rule->flags & SRT_PATH_GLOB)) {
        pin_above(m, sb_region_at(m->policy, rule->path), rule->path, strlen(rule->path));
        return;
    }
    if (!sb_parse(m, rule->path))
        return;
    /* The part without wildcards, up to its last '/', as it is on the disk. */
    sb_text base = {0};
    size_t last = sb_fold_from(&m->pattern);
    for (size_t i = 0; i < last; i++)
        sb_text_putc(&base, (char)m->pattern.elements[i].byte);
    if (base.length > 1 && !base.failed) {
        const char *path = sb_plan_own(m->plan, base.bytes, base.length);
        const char *dir = sb_plan_own(m->plan, base.bytes, base.length - 1);
        pin_above(m, sb_region_at(m->policy, dir), path, base.length);
    }
    if (base.failed)
        sb_plan_fail(m->plan, ENOMEM, "out of memory");
    sb_text_clear(&base);
}

static int compare_pins(const void *a, const void *b)
{
    const sb_pin *x = a, *y = b;
    size_t n = x->length < y->length ? x->length : y->length;
    int order = memcmp(x->path, y->path, n);
    return order ? order : x->length < y->length ? -1 : x->length > y->length;
}

static void plan_pins(sb_maker *m)
{
    for (size_t i = 1; i < m->policy->n_regions; i++) {
        const char *path = m->policy->regions[i]->path;
        if (!sb_can_write(m, i))
            pin_above(m, m->levels[i].parent, path, strlen(path));
        else if (!sb_can_write(m, m->levels[i].parent))
            add_pin(m, path, strlen(path));
    }
    for (size_t i = 0; i < m->policy->n_pending; i++)
        pin_pending(m, m->policy->pending[i]);
    if (m->input->own_dir)
        pin_above(m, sb_region_at(m->policy, m->input->own_dir), m->input->own_dir,
                  strlen(m->input->own_dir));
    if (m->n_pins > 1)
        qsort(m->pins, m->n_pins, sizeof *m->pins, compare_pins);
    sb_rule_begin(m->plan, SB_PIN, false, "file-write-unlink");
    for (size_t i = 0; i < m->n_pins; i++)
        if (i == 0 || compare_pins(&m->pins[i], &m->pins[i - 1]) != 0)
            sb_rule_filter(m->plan, "literal",
                           sb_plan_own(m->plan, m->pins[i].path, m->pins[i].length));
    if (m->input->tmp_dir)
        sb_rule_filter(m->plan, "literal", m->input->tmp_dir);
    sb_rule_end(m->plan);
}

static bool hides_anything(const sb_maker *m)
{
    for (size_t i = 0; i < m->policy->n_regions; i++)
        if (!sb_can_read(m, i))
            return true;
    for (size_t i = 0; i < m->policy->n_pending; i++)
        if (m->policy->pending[i]->access == SRT_ACCESS_HIDDEN)
            return true;
    return m->input->own_dir != NULL;
}

static void plan_root(sb_maker *m)
{
    if (sb_can_read(m, 0))
        return;
    sb_rule_begin(m->plan, SB_ROOT, true, "file-read*");
    sb_rule_filter(m->plan, "literal", "/");
    sb_rule_end(m->plan);
}

/* realpath() looks at every directory on the way. A directory is cloned with all
 * that is in it, and nobody is asked about that: what is hidden, and with "exact" names
 * that are not to come to be. */
static void plan_directories(sb_maker *m)
{
    bool hides = hides_anything(m);
    if (hides) {
        sb_rule_begin(m->plan, SB_METADATA, true, "file-read-metadata");
        sb_rule_filter(m->plan, NULL, "(vnode-type DIRECTORY)");
        sb_rule_end(m->plan);
    }
    if (!hides && m->policy->protect_missing != SRT_PROTECT_EXACT)
        return;
    sb_rule_begin(m->plan, SB_CLONE, false, "file-clone");
    sb_rule_filter(m->plan, NULL, "(vnode-type DIRECTORY)");
    sb_rule_end(m->plan);
}

void sb_plan_files(sb_plan *plan, const sb_plan_input *input)
{
    if (input->policy->fs_disabled) {
        sb_rule_open(plan, SB_READ_OPEN, true, "file-read*");
        sb_rule_open(plan, SB_WRITE_LEVEL, true, "file-write*");
        sb_plan_devices(plan);
        sb_plan_terminal(plan, input->options->pty);
        return;
    }
    sb_maker *m = calloc(1, sizeof *m);
    sb_level *levels = calloc(input->policy->n_regions, sizeof *levels);
    const char **denied = calloc(input->policy->n_regions, sizeof *denied);
    if (!m || !levels || !denied) {
        sb_plan_fail(plan, ENOMEM, "out of memory");
    } else {
        m->plan = plan;
        m->input = input;
        m->policy = input->policy;
        m->levels = levels;
        m->denied = denied;
        plan_regions(m);
        plan_own(m);
        sb_plan_names(m);
        sb_plan_later(m);
        plan_root(m);
        sb_plan_devices(plan);
        sb_plan_terminal(plan, input->options->pty);
        plan_directories(m);
        plan_pins(m);
        sb_plan_creations(m);
        free(m->pins);
    }
    free(denied);
    free(levels);
    free(m);
}
