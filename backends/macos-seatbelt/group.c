/* SPDX-License-Identifier: Apache-2.0 */
/* Many paths of one shape, DIRECTORY/NAME/LEAF, as few regular expressions: every work
 * tree of a repository has files of the same names. They exist, so that the spelling is
 * the one on the disk. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "paths.h"

/* From so many on they are worth it. */
#define GROUP_MIN 4

typedef struct shaped {
    const char *path;
    size_t directory; /* bytes of it */
    size_t leaf;      /* where it begins, with its '/' */
} shaped;

static shaped shape_of(const char *path)
{
    shaped s = {.path = path};
    for (size_t i = 0; path[i]; i++)
        if (path[i] == '/') {
            s.directory = s.leaf;
            s.leaf = i;
        }
    return s;
}

static int compare_shapes(const shaped *x, const shaped *y)
{
    size_t n = x->directory < y->directory ? x->directory : y->directory;
    int order = memcmp(x->path, y->path, n);
    order = order ? order : (x->directory > y->directory) - (x->directory < y->directory);
    return order ? order : strcmp(x->path + x->leaf, y->path + y->leaf);
}

static int compare(const void *a, const void *b)
{
    const shaped *x = a, *y = b;
    int order = compare_shapes(x, y);
    return order ? order : strcmp(x->path, y->path);
}

static void end_group(sb_plan *plan, sb_text *text, const sb_text *leaf)
{
    if (text->length > 0) {
        sb_text_putc(text, ')');
        sb_text_add(text, leaf->bytes ? leaf->bytes : "", leaf->length);
        if (text->failed || leaf->failed)
            sb_plan_fail(plan, ENOMEM, "out of memory");
        else
            sb_rule_filter(plan, "regex", sb_plan_own(plan, text->bytes, text->length));
    }
    sb_text_clear(text);
}

static void add_group(sb_plan *plan, const shaped *paths, size_t count)
{
    sb_text text = {0}, leaf = {0}, name = {0};
    sb_text_regex(&leaf, paths->path + paths->leaf, strlen(paths->path + paths->leaf), false);
    sb_text_puts(&leaf, SB_REGEX_BELOW);
    for (size_t i = 0; i < count; i++) {
        const shaped *s = &paths[i];
        name.length = 0;
        sb_text_regex(&name, s->path + s->directory + 1, s->leaf - s->directory - 1, false);
        if (text.length + name.length + leaf.length + 2 > SB_REGEX_MAX)
            end_group(plan, &text, &leaf);
        if (text.length == 0) {
            sb_text_putc(&text, '^');
            sb_text_regex(&text, s->path, s->directory, false);
            sb_text_puts(&text, "/(");
        } else {
            sb_text_putc(&text, '|');
        }
        if (text.length + name.length + leaf.length + 2 > SB_REGEX_MAX) {
            sb_text_clear(&text); /* even alone it is too long */
            sb_rule_filter(plan, "subpath", s->path);
        } else {
            sb_text_add(&text, name.bytes ? name.bytes : "", name.length);
        }
    }
    end_group(plan, &text, &leaf);
    sb_text_clear(&leaf);
    sb_text_clear(&name);
}

void sb_rule_paths(sb_plan *plan, const char *const *paths, size_t count)
{
    shaped *all = count ? calloc(count, sizeof *all) : NULL;
    if (count && !all) {
        sb_plan_fail(plan, ENOMEM, "out of memory");
        return;
    }
    for (size_t i = 0; i < count; i++)
        all[i] = shape_of(paths[i]);
    if (count > 1)
        qsort(all, count, sizeof *all, compare);
    for (size_t i = 0, n; i < count; i += n) {
        for (n = 1; i + n < count && compare_shapes(&all[i], &all[i + n]) == 0;)
            n++;
        if (n >= GROUP_MIN && all[i].directory > 0)
            add_group(plan, &all[i], n);
        for (size_t k = i; k < i + n && (n < GROUP_MIN || all[i].directory == 0); k++)
            sb_rule_filter(plan, "subpath", all[k].path);
    }
    free(all);
}
