/* SPDX-License-Identifier: Apache-2.0 */
#include "config/scan.h"

#include <stdarg.h>
#include <string.h>

#define BLOCK 64 /* nodes allocated at once */

typedef struct Scanner {
    const char *text;
    gsize length;
    gsize at;
    guint depth;
    SrtScan *out;
} Scanner;

static gboolean scan_value(Scanner *s, SrtNode *node);

static int peek(const Scanner *s)
{
    return s->at < s->length ? (unsigned char)s->text[s->at] : -1;
}

static char *describe(const Scanner *s, gsize at)
{
    if (at >= s->length)
        return g_strdup("the end of the text");
    unsigned char c = (unsigned char)s->text[at];
    if (c == '\n' || c == '\r')
        return g_strdup("the end of the line");
    if (c < 0x20 || c == 0x7f)
        return g_strdup_printf("the control character 0x%02x", c);
    gsize n = (gsize)g_utf8_skip[c];
    return g_strdup_printf("'%.*s'", (int)n, s->text + at);
}

/* Keeps the first fault: "found <what stands at at>, expected <text>". */
static gboolean G_GNUC_PRINTF(3, 4) fail(Scanner *s, gsize at, const char *format, ...)
{
    if (s->out->fault)
        return FALSE;
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *found = describe(s, at);
    s->out->fault = g_strdup_printf("found %s, expected %s", found, text);
    s->out->fault_at = at;
    return FALSE;
}

/* What people write when they are not quite writing JSON. */
static const char *hint_for(int c)
{
    switch (c) {
    case '/':
    case '#':
        return "; JSON has no comments";
    case '\'':
        return "; text stands in double quotes";
    case ',':
        return "; there is a comma too many";
    default:
        return "";
    }
}

static void skip_blanks(Scanner *s)
{
    while (s->at < s->length && strchr(" \t\r\n", s->text[s->at]) && s->text[s->at])
        s->at++;
}

static SrtNode *new_node(Scanner *s)
{
    SrtScan *out = s->out;
    if (out->n_nodes >= SRT_SCAN_MAX_VALUES) {
        fail(s, s->at, "at most %d values in one file", SRT_SCAN_MAX_VALUES);
        return NULL;
    }
    if (out->n_nodes % BLOCK == 0)
        g_ptr_array_add(out->blocks, g_new0(SrtNode, BLOCK));
    SrtNode *block = g_ptr_array_index(out->blocks, out->n_nodes / BLOCK);
    return &block[out->n_nodes++ % BLOCK];
}

static gboolean scan_hex4(Scanner *s, guint *ret)
{
    *ret = 0;
    for (int i = 0; i < 4; i++, s->at++) {
        int c = peek(s);
        if (c < 0 || !g_ascii_isxdigit((char)c))
            return fail(s, s->at, "four hexadecimal digits after \\u");
        *ret = *ret * 16 + (guint)g_ascii_xdigit_value((char)c);
    }
    return TRUE;
}

/* Behind "\u". json-c would replace a lone surrogate and cut at a NUL, so the
 * text would silently become another one. */
static gboolean scan_unicode(Scanner *s, GString *into)
{
    gsize start = s->at - 2;
    guint code, low;
    if (!scan_hex4(s, &code))
        return FALSE;
    if (code == 0)
        return fail(s, start, "text without NUL characters (\\u0000)");
    if (code >= 0xdc00 && code <= 0xdfff)
        return fail(s, start, "a high surrogate before a low one");
    if (code >= 0xd800 && code <= 0xdbff) {
        if (s->length - s->at < 2 || memcmp(s->text + s->at, "\\u", 2) != 0)
            return fail(s, start, "a low surrogate after a high one");
        s->at += 2;
        if (!scan_hex4(s, &low))
            return FALSE;
        if (low < 0xdc00 || low > 0xdfff)
            return fail(s, start, "a low surrogate after a high one");
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    if (into)
        g_string_append_unichar(into, code);
    return TRUE;
}

static gboolean scan_escape(Scanner *s, GString *into)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    s->at++;
    int c = peek(s);
    if (c == 'u') {
        s->at++;
        return scan_unicode(s, into);
    }
    const char *name = c > 0 ? strchr(names, c) : NULL;
    if (!name)
        return fail(s, s->at, "one of \" \\ / b f n r t u after a backslash");
    if (into)
        g_string_append_c(into, values[name - names]);
    s->at++;
    return TRUE;
}

/* From the opening quote to behind the closing one; into may be NULL. */
static gboolean scan_string(Scanner *s, GString *into)
{
    for (s->at++;;) {
        gsize from = s->at;
        int c;
        while ((c = peek(s)) >= 0x20 && c != '"' && c != '\\')
            s->at++;
        if (into)
            g_string_append_len(into, s->text + from, (gssize)(s->at - from));
        if (c == '"') {
            s->at++;
            return TRUE;
        }
        if (c != '\\')
            return fail(s, s->at, "the closing '\"' of the text");
        if (!scan_escape(s, into))
            return FALSE;
    }
}

static gsize skip_digits(Scanner *s)
{
    gsize from = s->at;
    while (peek(s) >= '0' && peek(s) <= '9')
        s->at++;
    return s->at - from;
}

static gboolean scan_number(Scanner *s)
{
    if (peek(s) == '-')
        s->at++;
    if (peek(s) == '0') {
        s->at++;
        if (peek(s) >= '0' && peek(s) <= '9')
            return fail(s, s->at, "a number without leading zeros");
    } else if (skip_digits(s) == 0) {
        return fail(s, s->at, "a digit");
    }
    if (peek(s) == '.') {
        s->at++;
        if (skip_digits(s) == 0)
            return fail(s, s->at, "a digit after the decimal point");
    }
    if (peek(s) == 'e' || peek(s) == 'E') {
        s->at++;
        if (peek(s) == '+' || peek(s) == '-')
            s->at++;
        if (skip_digits(s) == 0)
            return fail(s, s->at, "a digit in the exponent");
    }
    return TRUE;
}

static gboolean scan_word(Scanner *s)
{
    static const char *const words[] = {"true", "false", "null"};
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        gsize n = strlen(words[i]);
        if (s->length - s->at >= n && memcmp(s->text + s->at, words[i], n) == 0) {
            s->at += n;
            return TRUE;
        }
    }
    return fail(s, s->at, "a value%s", hint_for(peek(s)));
}

/* Behind a member or an entry: TRUE and *more says whether another one follows. */
static gboolean scan_separator(Scanner *s, char close, gboolean *more)
{
    skip_blanks(s);
    int c = peek(s);
    *more = c == ',';
    if (c != ',' && c != close) {
        gboolean value = c == '"' || c == '{' || c == '[';
        return fail(s, s->at, "',' or '%c'%s", close,
                    value ? "; is a comma missing before it?" : hint_for(c));
    }
    gsize comma = s->at++;
    skip_blanks(s);
    if (*more && (peek(s) == '}' || peek(s) == ']'))
        return fail(s, comma, "no comma before '%c'; JSON has no trailing commas", peek(s));
    return TRUE;
}

/* seen is made with the second member: most objects of a long list have one. */
static void note_member(Scanner *s, GHashTable **seen, SrtNode *first, SrtNode *member)
{
    if (first == member)
        return;
    if (!*seen) {
        *seen = g_hash_table_new(g_str_hash, g_str_equal);
        g_hash_table_insert(*seen, first->key, first);
    }
    SrtNode *before = g_hash_table_lookup(*seen, member->key);
    if (before) {
        before->again = member;
        g_ptr_array_add(s->out->repeated, before);
    }
    g_hash_table_replace(*seen, member->key, member);
}

static gboolean scan_key(Scanner *s, SrtNode *member)
{
    if (peek(s) != '"')
        return fail(s, s->at, "a key in double quotes%s", hint_for(peek(s)));
    g_autoptr(GString) key = g_string_new(NULL);
    member->key_at = s->at;
    if (!scan_string(s, key))
        return FALSE;
    member->key = g_string_chunk_insert_len(s->out->keys, key->str, (gssize)key->len);
    skip_blanks(s);
    if (peek(s) != ':')
        return fail(s, s->at, "':' after the key");
    s->at++;
    return TRUE;
}

static gboolean scan_inside(Scanner *s, SrtNode *node, char close)
{
    g_autoptr(GHashTable) seen = NULL;
    SrtNode **link = &node->first;
    gboolean more = TRUE;
    s->at++;
    skip_blanks(s);
    if (peek(s) == close) {
        s->at++;
        return TRUE;
    }
    while (more) {
        SrtNode *inner = new_node(s);
        if (!inner || (close == '}' && !scan_key(s, inner)) || !scan_value(s, inner) ||
            !scan_separator(s, close, &more))
            return FALSE;
        *link = inner;
        link = &inner->next;
        if (close == '}')
            note_member(s, &seen, node->first, inner);
    }
    return TRUE;
}

static gboolean scan_value(Scanner *s, SrtNode *node)
{
    gboolean good;
    skip_blanks(s);
    node->at = s->at;
    int c = peek(s);
    if (c == '{' || c == '[') {
        if (s->depth >= SRT_SCAN_MAX_DEPTH)
            return fail(s, s->at, "at most %d levels of nesting", SRT_SCAN_MAX_DEPTH);
        s->depth++;
        good = scan_inside(s, node, c == '{' ? '}' : ']');
        s->depth--;
    } else if (c == '"') {
        good = scan_string(s, NULL);
    } else if (c == '-' || (c >= '0' && c <= '9')) {
        good = scan_number(s);
    } else {
        good = scan_word(s);
    }
    node->end = s->at;
    return good;
}

SrtScan *srt_scan_new(const char *text, gsize length)
{
    SrtScan *scan = g_new0(SrtScan, 1);
    scan->repeated = g_ptr_array_new();
    scan->blocks = g_ptr_array_new_with_free_func(g_free);
    scan->keys = g_string_chunk_new(1024);
    Scanner s = {.text = text, .length = length, .out = scan};
    scan->root = new_node(&s);
    skip_blanks(&s);
    if (peek(&s) != '{') {
        fail(&s, s.at, "'{', the beginning of an object%s", hint_for(peek(&s)));
        return scan;
    }
    if (!scan_value(&s, scan->root))
        return scan;
    skip_blanks(&s);
    if (s.at < length)
        fail(&s, s.at, "nothing behind the closing '}'%s", hint_for(peek(&s)));
    return scan;
}

void srt_scan_free(SrtScan *scan)
{
    if (!scan)
        return;
    g_ptr_array_unref(scan->repeated);
    g_ptr_array_unref(scan->blocks);
    g_string_chunk_free(scan->keys);
    g_free(scan->fault);
    g_free(scan);
}

const SrtNode *srt_node_member(const SrtNode *object, const char *key)
{
    for (const SrtNode *node = object->first; node; node = node->next)
        if (node->key && !node->again && strcmp(node->key, key) == 0)
            return node;
    return NULL;
}
