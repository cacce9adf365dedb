/* SPDX-License-Identifier: Apache-2.0 */
#include "names.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "names_impl.h"

const srt_origin *sup_rule_origin(const sup_rule *rule)
{
    return rule->origin;
}

bool sup_rule_mandatory(const sup_rule *rule)
{
    return rule->mandatory;
}

bool sup_rule_nested(const sup_rule *rule)
{
    return rule->nested;
}

size_t sup_names_count(const sup_names *names)
{
    return names->n_rules;
}

const sup_rule *sup_names_rule(const sup_names *names, size_t index)
{
    return &names->rules[index];
}

static bool same_byte(const sup_rule *rule, char of_rule, char c)
{
    if (rule->fold && c >= 'A' && c <= 'Z')
        c = (char)(c + ('a' - 'A'));
    return of_rule == c;
}

void sup_cursor_start(const sup_rule *rule, sup_cursor *ret)
{
    memset(ret, 0, sizeof *ret);
    if (rule->tail)
        sup_glob_start(rule->tail, &ret->state);
}

/* One component with its slash, or the rest of one. Everything below what matches matches. */
static void step_component(const sup_rule *rule, sup_cursor *cursor, const char *p, size_t length)
{
    size_t used = 0;
    while (used < length && cursor->at < rule->length) {
        if (!same_byte(rule, rule->literal[cursor->at], p[used])) {
            cursor->dead = true;
            return;
        }
        cursor->at++;
        used++;
    }
    if (!rule->tail) {
        /* A literal rule ends with its last component. */
        cursor->dead = used < length;
        cursor->accepted = !cursor->dead && cursor->at == rule->length;
        return;
    }
    if (used < length && !sup_glob_step(rule->tail, &cursor->state, p + used, length - used))
        cursor->dead = true;
    else if (cursor->at == rule->length)
        cursor->accepted = sup_glob_accepts(rule->tail, &cursor->state);
}

void sup_cursor_step(const sup_rule *rule, sup_cursor *cursor, const char *bytes, size_t length)
{
    while (length > 0 && !cursor->dead) {
        const char *next = length > 1 ? memchr(bytes + 1, '/', length - 1) : NULL;
        size_t part = next ? (size_t)(next - bytes) : length;
        if (cursor->accepted && rule->itself) {
            cursor->dead = true;
            cursor->accepted = false;
        }
        if (cursor->accepted)
            return;
        step_component(rule, cursor, bytes, part);
        bytes += part;
        length -= part;
    }
}

bool sup_cursor_covers(const sup_rule *rule, const sup_cursor *from, const sup_cursor *to)
{
    if (to->dead)
        return true;
    if (from->dead)
        return false;
    if (to->accepted || from->accepted)
        return from->accepted;
    if (from->at != to->at)
        return false;
    return !rule->tail || to->at < rule->length || sup_glob_covers(&from->state, &to->state);
}

/* A name that is in no rule, as a neighbour to compare with. */
#define NEUTRAL "/\001\002\003/"

/* Whether something that the rule protects can lie below path, more than below any other
 * directory at its side. */
static bool leads_on(const sup_rule *rule, const char *path, size_t parent_length)
{
    sup_cursor here, beside;
    sup_cursor_start(rule, &here);
    sup_cursor_step(rule, &here, path, parent_length);
    beside = here;
    sup_cursor_step(rule, &here, path + parent_length, strlen(path + parent_length));
    sup_cursor_step(rule, &here, "/", 1);
    sup_cursor_step(rule, &beside, NEUTRAL, sizeof NEUTRAL - 2);
    sup_cursor_step(rule, &beside, "/", 1);
    return !sup_cursor_covers(rule, &beside, &here);
}

const sup_rule *sup_names_judge(const sup_names *names, const char *path, enum sup_new how)
{
    size_t length = strlen(path);
    const char *slash = strrchr(path, '/');
    for (size_t i = 0; i < names->n_rules; i++) {
        const sup_rule *rule = &names->rules[i];
        sup_cursor cursor;
        sup_cursor_start(rule, &cursor);
        sup_cursor_step(rule, &cursor, path, length);
        if (cursor.accepted)
            return rule;
        if (how == SUP_NEW_LINK && !cursor.dead && slash &&
            leads_on(rule, path, (size_t)(slash - path)))
            return rule;
    }
    return NULL;
}

static bool is_component(const char *start, const char *end, const char *name)
{
    size_t length = strlen(name);
    return (size_t)(end - start) == length && strncasecmp(start, name, length) == 0;
}

static bool is_sample(const char *name)
{
    size_t length = strlen(name);
    return length > 7 && strcmp(name + length - 7, ".sample") == 0;
}

unsigned sup_git_part(const char *path, enum sup_new how)
{
    const char *last = strrchr(path, '/');
    if (!last || last == path || how == SUP_NEW_LINK)
        return 0;
    last++;
    if (strcmp(last, "hooks") == 0)
        return how == SUP_NEW_DIRECTORY ? 1 : 0;
    if (strcmp(last, "config") == 0)
        return how == SUP_NEW_DIRECTORY ? 0 : 1;
    const char *parent = last - 1;
    while (parent > path && parent[-1] != '/')
        parent--;
    if (is_component(parent, last - 1, "hooks") && is_sample(last))
        return how == SUP_NEW_DIRECTORY ? 0 : 2;
    if (strcmp(last, "commondir") == 0 && parent > path + 1) {
        const char *above = parent - 1;
        while (above > path && above[-1] != '/')
            above--;
        return is_component(above, parent - 1, "worktrees") && how != SUP_NEW_DIRECTORY ? 1 : 0;
    }
    return 0;
}
