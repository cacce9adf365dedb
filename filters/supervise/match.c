/* SPDX-License-Identifier: Apache-2.0 */
/* Each element of the pattern is a place; a set of places is a set of bits. A byte moves the
 * places that want it one on (moves), and leaves the ones that loop where they are (loops).
 * Some places may be left without a byte, by one (skip[0]) or two (skip[1]). The place behind
 * the last element accepts.
 *
 * The tables are made when a pattern is first matched: a policy has a hundred patterns, and most
 * commands come near none of them. */
#include "match.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PLACES (SUP_GLOB_WORDS * 64 - 3)

typedef struct tables {
    sup_glob_state moves[256], loops[256];
    sup_glob_state skip[2];
    sup_glob_state start;
} tables;

struct sup_glob {
    unsigned places;
    bool fold;
    _Atomic(tables *) tables; /* NULL until they are needed */
    size_t length;
    char pattern[];
};

/* A pattern on its way into tables; NULL: it is only looked at. */
typedef struct builder {
    tables *tables;
    unsigned places;
    bool fold;
} builder;

static void mark(sup_glob_state *set, unsigned place)
{
    set->bits[place / 64] |= UINT64_C(1) << (place % 64);
}

/* The next place may be left without a byte. */
static void skip(builder *b, unsigned by)
{
    if (b->tables)
        mark(&b->tables->skip[by - 1], b->places);
}

static void moves_on(builder *b, unsigned c)
{
    if (b->tables)
        mark(&b->tables->moves[c], b->places);
}

static void loops_at(builder *b, unsigned c)
{
    if (b->tables)
        mark(&b->tables->loops[c], b->places);
}

static unsigned char lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c + ('a' - 'A')) : c;
}

/* into |= (from & mask) << by */
static void shift_into(sup_glob_state *into, const sup_glob_state *from, const sup_glob_state *mask,
                       unsigned by)
{
    uint64_t carry = 0;
    for (unsigned i = 0; i < SUP_GLOB_WORDS; i++) {
        uint64_t bits = from->bits[i] & mask->bits[i];
        into->bits[i] |= (bits << by) | carry;
        carry = bits >> (64 - by);
    }
}

static void close_over_skips(const tables *made, sup_glob_state *state)
{
    sup_glob_state before;
    do {
        before = *state;
        shift_into(state, &before, &made->skip[0], 1);
        shift_into(state, &before, &made->skip[1], 2);
    } while (memcmp(&before, state, sizeof before) != 0);
}

/* A run of bytes first..last, '/' among them or not, that may be empty. */
static void add_run(builder *b, unsigned first, unsigned last, bool slash)
{
    for (unsigned c = first; c <= last; c++)
        if (c != '/' || slash)
            loops_at(b, c);
    skip(b, 1);
    b->places++;
}

/* Bytes that continue a character of UTF-8, since '?' and negated classes stand for one. */
static void add_rest_of_character(builder *b)
{
    add_run(b, 0x80, 0xbf, false);
}

static void add_directories(builder *b)
{
    skip(b, 2);
    skip(b, 1);
    b->places++;
    for (unsigned c = 1; c < 256; c++)
        loops_at(b, c);
    moves_on(b, '/');
    b->places++;
}

/* After '['. Returns what follows ']', or NULL. */
static const char *add_class(builder *b, const char *p, const char *end)
{
    bool member[256] = {false};
    bool negated = p < end && (*p == '!' || *p == '^');
    p += negated;
    for (bool first = true; p < end && (first || *p != ']'); first = false) {
        unsigned char from = (unsigned char)*p++, to = from;
        if (from == '/' || from >= 0x80)
            return NULL;
        if (from == '[' && p < end && (*p == ':' || *p == '.' || *p == '='))
            return NULL;
        if (end - p >= 2 && p[0] == '-' && p[1] != ']' && p[1] != '/') {
            to = (unsigned char)p[1];
            p += 2;
        }
        if (to < from || to >= 0x80)
            return NULL;
        for (unsigned c = from; c <= to; c++)
            member[b->fold ? lower((unsigned char)c) : c] = true;
    }
    if (p >= end)
        return NULL;
    for (unsigned c = 1; c < 256; c++)
        if (c != '/' && member[c] != negated)
            moves_on(b, c);
    b->places++;
    if (negated)
        add_rest_of_character(b);
    return p + 1;
}

static const char *add_stars(builder *b, const char *p, const char *end, bool at_start)
{
    size_t stars = 0;
    for (; p < end && *p == '*'; p++)
        stars++;
    if (stars < 2 || !at_start || p >= end || *p != '/') {
        add_run(b, 1, 255, stars >= 2);
        return p;
    }
    add_directories(b);
    while (end - p >= 4 && memcmp(p, "/**/", 4) == 0)
        p += 3;
    return p + 1;
}

static const char *add_element(builder *b, const char *p, const char *end, bool at_start)
{
    unsigned char c = (unsigned char)*p;
    if (c == '*')
        return add_stars(b, p, end, at_start);
    if (c == '[')
        return add_class(b, p + 1, end);
    if (c == '?') {
        for (unsigned any = 1; any < 256; any++)
            if (any != '/')
                moves_on(b, any);
        b->places++;
        add_rest_of_character(b);
        return p + 1;
    }
    moves_on(b, b->fold ? lower(c) : c);
    b->places++;
    return p + 1;
}

/* false: not a pattern, or too long a one. */
static bool build(builder *b, const char *pattern, size_t length)
{
    const char *p = pattern, *end = pattern + length;
    while (p && p < end) {
        p = add_element(b, p, end, p == pattern || p[-1] == '/');
        if (b->places > MAX_PLACES)
            p = NULL;
    }
    return p != NULL;
}

sup_glob *sup_glob_new(const char *pattern, size_t length, bool fold)
{
    builder look = {.fold = fold};
    if (!build(&look, pattern, length)) {
        errno = EINVAL;
        return NULL;
    }
    sup_glob *glob = calloc(1, sizeof *glob + length + 1);
    if (!glob)
        return NULL;
    glob->fold = fold;
    glob->places = look.places;
    glob->length = length;
    memcpy(glob->pattern, pattern, length);
    return glob;
}

/* Threads may make them at the same time; one wins. NULL: no memory. */
static const tables *tables_of(const sup_glob *glob)
{
    sup_glob *mine = (sup_glob *)(uintptr_t)glob;
    tables *made = atomic_load_explicit(&mine->tables, memory_order_acquire), *none = NULL;
    if (made)
        return made;
    made = calloc(1, sizeof *made);
    if (!made)
        return NULL;
    builder b = {.tables = made, .fold = glob->fold};
    build(&b, glob->pattern, glob->length);
    mark(&made->start, 0);
    close_over_skips(made, &made->start);
    if (atomic_compare_exchange_strong(&mine->tables, &none, made))
        return made;
    free(made);
    return none;
}

void sup_glob_free(sup_glob *glob)
{
    if (glob)
        free(atomic_load(&glob->tables));
    free(glob);
}

bool sup_glob_prepare(const sup_glob *glob)
{
    return tables_of(glob) != NULL;
}

/* Without memory everything matches: what is asked is what to refuse. */
void sup_glob_start(const sup_glob *glob, sup_glob_state *ret)
{
    const tables *made = tables_of(glob);
    if (made)
        *ret = made->start;
    else
        memset(ret, 0xff, sizeof *ret);
}

bool sup_glob_step(const sup_glob *glob, sup_glob_state *state, const char *bytes, size_t length)
{
    const tables *made = tables_of(glob);
    for (size_t i = 0; made && i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        sup_glob_state next;
        uint64_t alive = 0;
        if (glob->fold)
            c = lower(c);
        for (unsigned w = 0; w < SUP_GLOB_WORDS; w++)
            next.bits[w] = state->bits[w] & made->loops[c].bits[w];
        shift_into(&next, state, &made->moves[c], 1);
        close_over_skips(made, &next);
        *state = next;
        for (unsigned w = 0; w < SUP_GLOB_WORDS; w++)
            alive |= next.bits[w];
        if (!alive)
            return false;
    }
    return true;
}

bool sup_glob_accepts(const sup_glob *glob, const sup_glob_state *state)
{
    return (state->bits[glob->places / 64] >> (glob->places % 64)) & 1;
}

bool sup_glob_covers(const sup_glob_state *a, const sup_glob_state *b)
{
    uint64_t more = 0;
    for (unsigned i = 0; i < SUP_GLOB_WORDS; i++)
        more |= b->bits[i] & ~a->bits[i];
    return more == 0;
}

bool sup_glob_match(const sup_glob *glob, const char *text)
{
    sup_glob_state state;
    sup_glob_start(glob, &state);
    sup_glob_step(glob, &state, text, strlen(text));
    return sup_glob_accepts(glob, &state);
}
