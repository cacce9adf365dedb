/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/glob.h"

#include <string.h>

/* A position is a bit. On byte c, positions in advance[c] go one further and
 * positions in stay[c] remain; skip1 and skip2 are moves without a byte. The
 * position after the last is the accepting one. */
struct SrtGlob {
    guint positions;
    SrtGlobState advance[256];
    SrtGlobState stay[256];
    SrtGlobState skip1, skip2;
    SrtGlobState start;
};

static const char *const too_long =
    "is too long: from the first wildcard on it may have about 250 characters";

gboolean srt_glob_has_wildcards(const char *text)
{
    return strpbrk(text, "*?[") != NULL;
}

static void set_bit(SrtGlobState *state, guint bit)
{
    state->bits[bit / 64] |= G_GUINT64_CONSTANT(1) << (bit % 64);
}

/* state | (from << by), by 1 or 2 */
static void or_shifted(SrtGlobState *state, const SrtGlobState *from, guint by)
{
    guint64 carry = 0;
    for (guint i = 0; i < SRT_GLOB_WORDS; i++) {
        state->bits[i] |= (from->bits[i] << by) | carry;
        carry = from->bits[i] >> (64 - by);
    }
}

static void skip(const SrtGlob *glob, SrtGlobState *state)
{
    SrtGlobState before;
    do {
        SrtGlobState one, two;
        before = *state;
        for (guint i = 0; i < SRT_GLOB_WORDS; i++) {
            one.bits[i] = before.bits[i] & glob->skip1.bits[i];
            two.bits[i] = before.bits[i] & glob->skip2.bits[i];
        }
        or_shifted(state, &one, 1);
        or_shifted(state, &two, 2);
    } while (memcmp(&before, state, sizeof before) != 0);
}

static void set_range(SrtGlobState *table, guint first, guint last, guint bit)
{
    for (guint c = first; c <= last; c++)
        if (c != '/')
            set_bit(&table[c], bit);
}

/* Any bytes: a loop that may also be left at once. */
static void add_loop(SrtGlob *glob, guint first, guint last, gboolean slash)
{
    set_range(glob->stay, first, last, glob->positions);
    if (slash)
        set_bit(&glob->stay['/'], glob->positions);
    set_bit(&glob->skip1, glob->positions++);
}

/* The rest of a character whose first byte was consumed. */
static void add_continuation(SrtGlob *glob)
{
    add_loop(glob, 0x80, 0xbf, FALSE);
}

static void add_any_directories(SrtGlob *glob)
{
    set_bit(&glob->skip1, glob->positions);
    set_bit(&glob->skip2, glob->positions++);
    set_range(glob->stay, 1, 255, glob->positions);
    set_bit(&glob->stay['/'], glob->positions);
    set_bit(&glob->advance['/'], glob->positions++);
}

/* p is after '['. Returns what follows ']', or NULL with *ret_why. */
static const char *add_class(SrtGlob *glob, const char *p, const char **ret_why)
{
    gboolean members[256] = {FALSE};
    gboolean negated = *p == '!' || *p == '^';
    if (negated)
        p++;
    *ret_why = "has a '[' without a ']': close it, or write [[] for the character itself";
    for (gboolean first = TRUE; first || *p != ']'; first = FALSE) {
        guchar low = (guchar)*p++;
        if (low == '\0' || low == '/')
            return NULL;
        if (low >= 0x80) {
            *ret_why = "has a character outside ASCII between '[' and ']', which is not supported";
            return NULL;
        }
        if (low == '[' && (*p == ':' || *p == '.' || *p == '=')) {
            *ret_why = "has a named class such as [:alpha:], which is not supported";
            return NULL;
        }
        guchar high = low;
        if (p[0] == '-' && p[1] != ']' && p[1] != '\0' && p[1] != '/') {
            high = (guchar)p[1];
            p += 2;
        }
        if (high < low || high >= 0x80) {
            *ret_why = "has a range between '[' and ']' whose end comes before its start";
            return NULL;
        }
        for (guint c = low; c <= high; c++)
            members[c] = TRUE;
    }
    for (guint c = 1; c < 256; c++)
        if (c != '/' && members[c] != negated)
            set_bit(&glob->advance[c], glob->positions);
    glob->positions++;
    if (negated)
        add_continuation(glob);
    return p + 1;
}

/* One element of the pattern at p, which stands at the start of a component or
 * not. Returns what follows, or NULL. */
static const char *add_element(SrtGlob *glob, const char *p, gboolean at_start,
                               const char **ret_why)
{
    if (*p == '*') {
        gsize stars = strspn(p, "*");
        p += stars;
        if (stars >= 2 && at_start && *p == '/') {
            add_any_directories(glob);
            while (g_str_has_prefix(p, "/**/"))
                p += 3;
            return p + 1;
        }
        add_loop(glob, 1, 255, stars >= 2);
        return p;
    }
    if (*p == '?') {
        set_range(glob->advance, 1, 255, glob->positions++);
        add_continuation(glob);
        return p + 1;
    }
    if (*p == '[')
        return add_class(glob, p + 1, ret_why);
    set_bit(&glob->advance[(guchar)*p], glob->positions++);
    return p + 1;
}

SrtGlob *srt_glob_new(const char *pattern, const char **ret_why)
{
    g_autoptr(SrtGlob) glob = g_new0(SrtGlob, 1);
    const char *p = pattern;
    while (*p) {
        gboolean at_start = p == pattern || p[-1] == '/';
        p = add_element(glob, p, at_start, ret_why);
        if (!p)
            return NULL;
        if (glob->positions + 3 > SRT_GLOB_MAX_POSITIONS) {
            *ret_why = too_long;
            return NULL;
        }
    }
    *ret_why = NULL;
    set_bit(&glob->start, 0);
    skip(glob, &glob->start);
    return g_steal_pointer(&glob);
}

void srt_glob_free(SrtGlob *glob)
{
    g_free(glob);
}

void srt_glob_start(const SrtGlob *glob, SrtGlobState *ret_state)
{
    *ret_state = glob->start;
}

/* The usual pattern fits one word. */
static gboolean step_short(const SrtGlob *glob, SrtGlobState *state, const char *bytes,
                           gsize length)
{
    guint64 s = state->bits[0], skip1 = glob->skip1.bits[0], skip2 = glob->skip2.bits[0];
    for (gsize i = 0; i < length && s != 0; i++) {
        guchar c = (guchar)bytes[i];
        s = ((s & glob->advance[c].bits[0]) << 1) | (s & glob->stay[c].bits[0]);
        guint64 before;
        do {
            before = s;
            s |= ((s & skip1) << 1) | ((s & skip2) << 2);
        } while (s != before);
    }
    state->bits[0] = s;
    return s != 0;
}

gboolean srt_glob_step(const SrtGlob *glob, SrtGlobState *state, const char *bytes, gsize length)
{
    if (glob->positions < 62)
        return step_short(glob, state, bytes, length);
    guint64 alive = 1;
    for (gsize i = 0; i < length && alive != 0; i++) {
        guchar c = (guchar)bytes[i];
        SrtGlobState moved, next;
        for (guint w = 0; w < SRT_GLOB_WORDS; w++) {
            moved.bits[w] = state->bits[w] & glob->advance[c].bits[w];
            next.bits[w] = state->bits[w] & glob->stay[c].bits[w];
        }
        or_shifted(&next, &moved, 1);
        skip(glob, &next);
        *state = next;
        alive = 0;
        for (guint w = 0; w < SRT_GLOB_WORDS; w++)
            alive |= next.bits[w];
    }
    return alive != 0;
}

gboolean srt_glob_accepts(const SrtGlob *glob, const SrtGlobState *state)
{
    return (state->bits[glob->positions / 64] >> (glob->positions % 64)) & 1;
}

gboolean srt_glob_state_covers(const SrtGlobState *a, const SrtGlobState *b)
{
    for (guint i = 0; i < SRT_GLOB_WORDS; i++)
        if (b->bits[i] & ~a->bits[i])
            return FALSE;
    return TRUE;
}

void srt_glob_state_join(SrtGlobState *into, const SrtGlobState *from)
{
    for (guint i = 0; i < SRT_GLOB_WORDS; i++)
        into->bits[i] |= from->bits[i];
}

gboolean srt_glob_match(const SrtGlob *glob, const char *text)
{
    SrtGlobState state;
    srt_glob_start(glob, &state);
    srt_glob_step(glob, &state, text, strlen(text));
    return srt_glob_accepts(glob, &state);
}

char *srt_glob_escape(const char *text)
{
    GString *out = g_string_new(NULL);
    for (const char *p = text; *p; p++)
        if (strchr("*?[", *p))
            g_string_append_printf(out, "[%c]", *p);
        else
            g_string_append_c(out, *p);
    return g_string_free(out, FALSE);
}
