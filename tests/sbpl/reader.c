/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inner.h"

#define CHUNK 65536

struct sbpl_chunk {
    struct sbpl_chunk *next;
    size_t used, size;
    max_align_t bytes[];
};

void *sbpl_take(sbpl_arena *arena, size_t size)
{
    size = (size + sizeof(max_align_t) - 1) & ~(sizeof(max_align_t) - 1);
    struct sbpl_chunk *chunk = arena->chunks;
    if (!chunk || chunk->size - chunk->used < size) {
        size_t room = size > CHUNK ? size : CHUNK;
        chunk = calloc(1, sizeof *chunk + room);
        if (!chunk)
            abort();
        chunk->size = room;
        chunk->next = arena->chunks;
        arena->chunks = chunk;
    }
    void *place = (char *)chunk->bytes + chunk->used;
    chunk->used += size;
    return place;
}

void sbpl_arena_clear(sbpl_arena *arena)
{
    while (arena->chunks) {
        struct sbpl_chunk *next = arena->chunks->next;
        free(arena->chunks);
        arena->chunks = next;
    }
}

typedef struct reader {
    sbpl_arena *arena;
    const char *p, *end;
    int line, depth;
    char *why;
    size_t size;
    bool failed;
} reader;

__attribute__((format(printf, 3, 4))) static sbpl_node *fail(reader *r, int line,
                                                             const char *format, ...)
{
    char text[200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (!r->failed)
        snprintf(r->why, r->size, "line %d: %s", line, text);
    r->failed = true;
    return NULL;
}

static int peek(const reader *r)
{
    return r->p < r->end ? (unsigned char)*r->p : -1;
}

static int get(reader *r)
{
    int c = peek(r);
    if (c >= 0)
        r->p++;
    r->line += c == '\n';
    return c;
}

static void skip_space(reader *r)
{
    for (;;) {
        int c = peek(r);
        if (c == ';')
            while (c != '\n' && c >= 0)
                c = get(r);
        else if (c >= 0 && isspace(c))
            get(r);
        else
            return;
    }
}

static int hex(int c)
{
    return c >= '0' && c <= '9' ? c - '0' : isxdigit(c) ? tolower(c) - 'a' + 10 : -1;
}

/* As TinyScheme has it: \n \t \r \xHH; before anything else a backslash is nothing. */
static int read_escape(reader *r, int line)
{
    int c = get(r);
    if (c == 'n')
        return '\n';
    if (c == 't')
        return '\t';
    if (c == 'r')
        return '\r';
    if (c == 'x' || c == 'X') {
        int high = hex(get(r)), low = hex(get(r));
        if (high < 0 || low < 0)
            fail(r, line, "\\x without two digits");
        return high * 16 + low;
    }
    if (c >= '0' && c <= '7')
        fail(r, line, "octal escapes are not used here");
    return c;
}

static sbpl_node *new_node(reader *r, sbpl_kind kind, int line)
{
    sbpl_node *node = sbpl_take(r->arena, sizeof *node);
    node->kind = kind;
    node->line = line;
    return node;
}

static sbpl_node *with_text(reader *r, sbpl_kind kind, int line, const char *text, size_t length)
{
    sbpl_node *node = new_node(r, kind, line);
    char *copy = sbpl_take(r->arena, length + 1);
    memcpy(copy, text, length);
    node->text = copy;
    node->length = length;
    return node;
}

static sbpl_node *read_string(reader *r, bool raw)
{
    char text[SBPL_STRING_MAX];
    size_t n = 0;
    int line = r->line;
    for (;;) {
        int c = get(r);
        if (c < 0)
            return fail(r, line, "unclosed string");
        if (c == '"')
            break;
        if (c == '\\' && !raw)
            c = read_escape(r, line);
        if (c == 0)
            return fail(r, line, "NUL in a string");
        if (n == sizeof text)
            return fail(r, line, "string of more than %d bytes", SBPL_STRING_MAX);
        if (r->failed)
            return NULL;
        text[n++] = (char)c;
    }
    return with_text(r, SBPL_STRING, line, text, n);
}

static sbpl_node *read_word(reader *r)
{
    const char *start = r->p;
    int line = r->line;
    while (r->p < r->end && !isspace((unsigned char)*r->p) && !strchr("();\"", *r->p))
        r->p++;
    size_t n = (size_t)(r->p - start);
    if (n == 0)
        return fail(r, line, "unexpected character %d", peek(r));
    sbpl_node *node = with_text(r, SBPL_SYMBOL, line, start, n);
    char *end;
    long number = strtol(node->text, &end, 10);
    if (!*end && isdigit((unsigned char)start[n - 1])) {
        node->kind = SBPL_NUMBER;
        node->number = number;
    }
    return node;
}

static sbpl_node *read_one(reader *r);

static sbpl_node *read_list(reader *r)
{
    sbpl_node *list = new_node(r, SBPL_LIST, r->line), **tail = &list->first;
    if (++r->depth > SBPL_DEPTH_MAX)
        return fail(r, r->line, "nested too deeply");
    for (;;) {
        skip_space(r);
        if (peek(r) < 0)
            return fail(r, list->line, "unclosed (");
        if (peek(r) == ')') {
            get(r);
            break;
        }
        *tail = read_one(r);
        if (!*tail)
            return NULL;
        tail = &(*tail)->next;
    }
    r->depth--;
    return list;
}

static sbpl_node *read_one(reader *r)
{
    int c = peek(r);
    if (c == '(') {
        get(r);
        return read_list(r);
    }
    if (c == '"') {
        get(r);
        return read_string(r, false);
    }
    if (c == '#' && r->end - r->p > 1 && r->p[1] == '"') {
        r->p += 2;
        return read_string(r, true);
    }
    return read_word(r);
}

sbpl_node *sbpl_read(sbpl_arena *arena, const char *text, size_t length, char *why, size_t size)
{
    reader r = {
        .arena = arena, .p = text, .end = text + length, .line = 1, .why = why, .size = size};
    sbpl_node *first = NULL, **tail = &first;
    for (;;) {
        skip_space(&r);
        if (peek(&r) < 0)
            break;
        *tail = read_one(&r);
        if (!*tail)
            return NULL;
        tail = &(*tail)->next;
    }
    if (!first)
        fail(&r, 1, "an empty profile");
    return first;
}
