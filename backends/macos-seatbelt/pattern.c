/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "pattern.h"

static void add_member(sb_element *element, unsigned c)
{
    if (c > 0 && c < 128 && c != '/')
        element->members[c / 8] |= (unsigned char)(1u << (c % 8));
}

static bool is_member(const sb_element *element, unsigned c)
{
    return c < 128 && (element->members[c / 8] >> (c % 8)) & 1;
}

/* p is behind '['; returns what follows ']', or NULL. */
static const char *parse_class(sb_element *element, const char *p)
{
    bool negated = *p == '!' || *p == '^';
    *element = (sb_element){.kind = SB_CLASS, .wide = negated};
    if (negated)
        p++;
    for (bool first = true; first || *p != ']'; first = false) {
        unsigned char low = (unsigned char)*p++, high = low;
        if (low == '\0' || low == '/' || low >= 0x80)
            return NULL;
        if (p[0] == '-' && p[1] != ']' && p[1] != '\0' && p[1] != '/') {
            high = (unsigned char)p[1];
            p += 2;
        }
        if (high < low || high >= 0x80)
            return NULL;
        for (unsigned c = low; c <= high; c++)
            add_member(element, c);
    }
    for (unsigned i = 0; negated && i < 128; i++) {
        unsigned char bit = (unsigned char)(1u << (i % 8));
        element->members[i / 8] ^= i > 0 && i != '/' ? bit : 0;
    }
    return p + 1;
}

static const char *parse_stars(sb_element *element, const char *start, const char *p)
{
    bool at_start = p == start || p[-1] == '/';
    size_t stars = strspn(p, "*");
    p += stars;
    element->kind = stars == 1 ? SB_STAR : SB_ALL;
    if (stars < 2 || !at_start || *p != '/')
        return p;
    element->kind = SB_DIRECTORIES;
    while (strncmp(p, "/**/", 4) == 0)
        p += 3;
    return p + 1;
}

bool sb_pattern_parse(sb_pattern *pattern, const char *text)
{
    pattern->count = 0;
    pattern->literal = SB_PATTERN_MAX;
    for (const char *p = text; *p;) {
        sb_element *element = &pattern->elements[pattern->count];
        if (pattern->count == SB_PATTERN_MAX)
            return false;
        *element = (sb_element){.kind = SB_BYTE, .byte = (unsigned char)*p};
        if (*p == '*') {
            p = parse_stars(element, text, p);
        } else if (*p == '?') {
            *element = (sb_element){.kind = SB_CLASS, .wide = true, .any = true};
            for (unsigned c = 1; c < 128; c++)
                add_member(element, c);
            p++;
        } else if (*p == '[' && p[1] && strchr("*?[", p[1]) && p[2] == ']') {
            element->byte = (unsigned char)p[1]; /* how a plain name is written */
            p += 3;
        } else if (*p == '[') {
            p = parse_class(element, p + 1);
            if (!p)
                return false;
        } else {
            p++;
        }
        if (element->kind != SB_BYTE && pattern->literal == SB_PATTERN_MAX)
            pattern->literal = pattern->count;
        pattern->count++;
    }
    if (pattern->literal == SB_PATTERN_MAX)
        pattern->literal = pattern->count;
    return true;
}

/* Bytes with a meaning of their own within []. */
static bool is_special(unsigned c)
{
    return c == ']' || c == '[' || c == '^' || c == '-' || c == '\\';
}

/* Of what a negated set leaves out, the other case stays in: it is not left out. */
static void fold_members(sb_element *element)
{
    if (element->wide)
        return;
    for (unsigned c = 'a'; c <= 'z'; c++)
        if (is_member(element, c) || is_member(element, c - 32)) {
            add_member(element, c);
            add_member(element, c - 32);
        }
}

static void add_ranges(sb_text *out, const sb_element *element)
{
    for (unsigned c = 1; c < 128; c++) {
        unsigned last = c;
        if (!is_member(element, c) || is_special(c))
            continue;
        while (last + 1 < 128 && is_member(element, last + 1) && !is_special(last + 1))
            last++;
        sb_text_putc(out, (char)c);
        if (last > c + 1)
            sb_text_putc(out, '-');
        if (last > c)
            sb_text_putc(out, (char)last);
        c = last;
    }
}

/* The characters as [..], those in front that must stand there; false when none is
 * left but a backslash. */
static bool add_set(sb_text *out, const sb_element *element)
{
    sb_text inner = {0};
    if (is_member(element, ']'))
        sb_text_putc(&inner, ']');
    add_ranges(&inner, element);
    if (is_member(element, '['))
        sb_text_putc(&inner, '[');
    bool caret_only = inner.length == 0 && is_member(element, '^') && !is_member(element, '-');
    if (is_member(element, '^') && inner.length == 0 && is_member(element, '-'))
        sb_text_puts(&inner, "-^"); /* a '^' may not come first, a '-' may */
    else if (is_member(element, '^') && !caret_only)
        sb_text_puts(&inner, is_member(element, '-') ? "^-" : "^");
    else if (is_member(element, '-'))
        sb_text_putc(&inner, '-');
    bool any = inner.length > 0;
    if (caret_only) {
        sb_text_puts(out, "\\^");
    } else if (any) {
        sb_text_putc(out, '[');
        sb_text_add(out, inner.bytes, inner.length);
        sb_text_putc(out, ']');
    }
    out->failed = out->failed || inner.failed;
    sb_text_clear(&inner);
    return any || caret_only;
}

/* A character beyond ASCII: two to four bytes, none of which is printable. Two short
 * ones look the same; the bytes themselves are not named, since it is not known
 * whether the real matcher takes bytes or characters. */
#define WIDE "[^ -~][^ -~][^ -~]?[^ -~]?"

static void add_class(sb_text *out, const sb_element *original, bool more)
{
    sb_element element = *original;
    if (more)
        fold_members(&element);
    bool slash = is_member(&element, '\\');
    bool group = slash || (element.wide && more);
    if (element.any) {
        sb_text_puts(out, more ? "([^/]|" WIDE ")" : "[^/]");
        return;
    }
    if (group)
        sb_text_putc(out, '(');
    bool any = add_set(out, &element);
    if (slash)
        sb_text_puts(out, any ? "|\\\\" : "\\\\");
    if (element.wide && more)
        sb_text_puts(out, "|" WIDE);
    if (group)
        sb_text_putc(out, ')');
}

void sb_pattern_regex(sb_text *out, const sb_pattern *pattern, size_t first, size_t last, bool more)
{
    for (size_t i = first; i < last; i++) {
        const sb_element *element = &pattern->elements[i];
        switch (element->kind) {
        case SB_BYTE:
            sb_text_regex_byte(out, element->byte, more);
            break;
        case SB_STAR:
            sb_text_puts(out, "[^/]*");
            break;
        case SB_ALL:
            sb_text_puts(out, "([^/]*/)*[^/]*");
            break;
        case SB_DIRECTORIES:
            sb_text_puts(out, "([^/]*/)*");
            break;
        case SB_CLASS:
            add_class(out, element, more);
            break;
        }
    }
}

/* Which elements may come next, as sets of positions. */
typedef struct states {
    bool at[SB_PATTERN_MAX + 1];
} states;

static void close_states(const sb_pattern *pattern, states *s)
{
    for (size_t i = 0; i < pattern->count; i++)
        if (s->at[i] &&
            (pattern->elements[i].kind == SB_STAR || pattern->elements[i].kind == SB_ALL))
            s->at[i + 1] = true;
}

static unsigned char lower(unsigned char c, bool fold)
{
    return fold && c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static bool class_takes(const sb_element *element, unsigned char c, bool fold)
{
    if (c >= 0x80)
        return element->wide;
    if (is_member(element, c))
        return true;
    return fold && (c | 0x20) >= 'a' && (c | 0x20) <= 'z' && is_member(element, c ^ 0x20u);
}

/* in_directories: a state of SB_DIRECTORIES may also be left, before a component. */
static void leave_directories(const sb_pattern *pattern, states *s)
{
    for (size_t i = 0; i < pattern->count; i++)
        if (s->at[i] && pattern->elements[i].kind == SB_DIRECTORIES)
            s->at[i + 1] = true;
}

static void step(const sb_pattern *pattern, states *s, unsigned char c, bool fold, bool wide_rest)
{
    states next;
    memset(&next, 0, pattern->count + 1);
    for (size_t i = 0; i < pattern->count; i++) {
        const sb_element *e = &pattern->elements[i];
        if (!s->at[i])
            continue;
        if (e->kind == SB_BYTE && lower(e->byte, fold) == lower(c, fold))
            next.at[i + 1] = true;
        else if ((e->kind == SB_STAR && c != '/') || e->kind == SB_ALL || e->kind == SB_DIRECTORIES)
            next.at[i] = true;
        else if (e->kind == SB_CLASS && class_takes(e, c, fold))
            next.at[i + 1] = true;
    }
    /* What follows a character's first byte belongs to it. */
    for (size_t i = 1; wide_rest && i <= pattern->count; i++)
        if (s->at[i] && pattern->elements[i - 1].kind == SB_CLASS)
            next.at[i] = true;
    memcpy(s, &next, pattern->count + 1);
    if (c == '/')
        leave_directories(pattern, s);
    close_states(pattern, s);
}

bool sb_pattern_covers(const sb_pattern *pattern, const char *path, bool fold)
{
    states s = {{false}};
    s.at[0] = true;
    leave_directories(pattern, &s);
    close_states(pattern, &s);
    for (const char *p = path; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if (c == '/' && p > path && s.at[pattern->count])
            return true;
        step(pattern, &s, c, fold, c >= 0x80 && c < 0xc0);
    }
    return s.at[pattern->count];
}
