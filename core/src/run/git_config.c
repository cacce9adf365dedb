/* SPDX-License-Identifier: Apache-2.0 */
/* The reader: as git's own, and where that is lenient in a way that could hide
 * something, strict. */
#include "run/git_config.h"

#include <string.h>

typedef struct Reader {
    const char *at, *end;
    GString *section; /* "section." or "section.Subsection."; empty before the first */
    SrtGitConfigEach each;
    void *data;
} Reader;

/* The next byte, a line end for "\r\n" and once at the end of the text; -1 after that. */
static int peek(const Reader *r)
{
    if (r->at >= r->end)
        return -1;
    if (r->at[0] == '\r' && r->at + 1 < r->end && r->at[1] == '\n')
        return '\n';
    return (unsigned char)*r->at;
}

static int take(Reader *r)
{
    int c = peek(r);
    if (c >= 0)
        r->at += c == '\n' && *r->at == '\r' ? 2 : 1;
    return c;
}

static gboolean is_end(int c)
{
    return c == '\n' || c < 0;
}

static void skip_line(Reader *r)
{
    while (!is_end(peek(r)))
        take(r);
}

static void skip_blanks(Reader *r)
{
    while (peek(r) == ' ' || peek(r) == '\t')
        take(r);
}

static gboolean is_name_byte(int c)
{
    return c >= 0 && (g_ascii_isalnum((char)c) || c == '-');
}

/* After the name of a section: blanks, then "Sub\"section" and ']'. */
static gboolean read_subsection(Reader *r)
{
    skip_blanks(r);
    if (take(r) != '"')
        return FALSE;
    g_string_append_c(r->section, '.');
    for (;;) {
        int c = take(r);
        if (c == '"')
            return take(r) == ']';
        if (c == '\\')
            c = take(r);
        if (is_end(c) || c == 0)
            return FALSE;
        g_string_append_c(r->section, (char)c);
    }
}

/* After '['. */
static gboolean read_section(Reader *r)
{
    gboolean ok = FALSE;
    g_string_truncate(r->section, 0);
    for (;;) {
        int c = peek(r);
        if (c == ' ' || c == '\t') {
            ok = read_subsection(r);
            break;
        }
        take(r);
        if (c == ']') {
            ok = TRUE;
            break;
        }
        if (!is_name_byte(c) && c != '.')
            return FALSE;
        g_string_append_c(r->section, g_ascii_tolower((char)c));
    }
    if (!ok || r->section->len == 0 || r->section->str[0] == '.')
        return FALSE;
    g_string_append_c(r->section, '.');
    return TRUE;
}

/* After a backslash in a value. -1: none that is known; -2: the line goes on. */
static int read_escape(Reader *r)
{
    switch (take(r)) {
    case 't':
        return '\t';
    case 'b':
        return '\b';
    case 'n':
        return '\n';
    case '\\':
        return '\\';
    case '"':
        return '"';
    case '\n':
        return -2;
    default:
        return -1;
    }
}

/* After '='. Blanks at the end do not count, those in quotes do. */
static gboolean read_value(Reader *r, GString *value)
{
    gboolean quoted = FALSE;
    gsize kept = 0;
    skip_blanks(r);
    for (;;) {
        int c = take(r);
        if (is_end(c)) {
            g_string_truncate(value, kept);
            return !quoted;
        }
        if (c == 0 || value->len > SRT_GIT_VALUE_MAX)
            return FALSE;
        if (!quoted && (c == ';' || c == '#')) {
            skip_line(r);
            continue;
        }
        if (c == '"') {
            quoted = !quoted;
            kept = value->len;
            continue;
        }
        gboolean blank = !quoted && (g_ascii_isspace((char)c) != 0);
        if (c == '\\') {
            c = read_escape(r);
            if (c == -2)
                continue;
            if (c < 0)
                return FALSE;
            blank = FALSE;
        }
        g_string_append_c(value, (char)c);
        if (!blank)
            kept = value->len;
    }
}

/* A key, whose first byte is next, to the end of its value. */
static gboolean read_key(Reader *r)
{
    g_autoptr(GString) name = g_string_new(r->section->str);
    g_autoptr(GString) value = g_string_new(NULL);
    if (r->section->len == 0)
        return FALSE;
    while (is_name_byte(peek(r)))
        g_string_append_c(name, g_ascii_tolower((char)take(r)));
    skip_blanks(r);
    int c = peek(r);
    if (c == '=') {
        take(r);
        if (!read_value(r, value))
            return FALSE;
    } else if (c == '#' || c == ';') {
        skip_line(r);
    } else if (!is_end(c)) {
        return FALSE;
    }
    return r->each(r->data, name->str, c == '=' ? value->str : NULL);
}

gboolean srt_git_config_parse(const char *text, gsize length, SrtGitConfigEach each, void *data)
{
    g_autoptr(GString) section = g_string_new(NULL);
    Reader r = {text, text + length, section, each, data};
    if (length > SRT_GIT_CONFIG_MAX || (length > 0 && memchr(text, 0, length)))
        return FALSE;
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        r.at += 3;
    for (int c; (c = peek(&r)) >= 0;) {
        gboolean ok = TRUE;
        if (g_ascii_isspace((char)c)) {
            take(&r);
        } else if (c == '#' || c == ';') {
            skip_line(&r);
        } else if (c == '[') {
            take(&r);
            ok = read_section(&r);
        } else {
            ok = g_ascii_isalpha((char)c) && read_key(&r);
        }
        if (!ok)
            return FALSE;
    }
    return TRUE;
}
