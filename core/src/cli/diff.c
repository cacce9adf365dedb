/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/diff.h"

#include <string.h>

#define CONTEXT 3
#define TABLE_MAX 2000 /* lines between the first and the last difference that are compared */

typedef struct Lines {
    char **a, **b;
    guint head; /* the same at the beginning */
    guint n, m; /* lines of a and b that are left behind that */
    guint a_all;
} Lines;

static void trim(Lines *l)
{
    guint n = l->a_all = g_strv_length(l->a), m = g_strv_length(l->b);
    while (l->head < n && l->head < m && strcmp(l->a[l->head], l->b[l->head]) == 0)
        l->head++;
    while (n > l->head && m > l->head && strcmp(l->a[n - 1], l->b[m - 1]) == 0)
        n--, m--;
    l->n = n - l->head;
    l->m = m - l->head;
}

/* Longest common subsequence of the middle: at[i * (m + 1) + j] of the rests from i and j. */
static guint *table_of(const Lines *l)
{
    guint width = l->m + 1;
    guint *at = g_new0(guint, (gsize)(l->n + 1) * width);
    for (guint i = l->n; i-- > 0;)
        for (guint j = l->m; j-- > 0;)
            at[i * width + j] = strcmp(l->a[l->head + i], l->b[l->head + j]) == 0
                                    ? at[(i + 1) * width + j + 1] + 1
                                    : MAX(at[(i + 1) * width + j], at[i * width + j + 1]);
    return at;
}

static void line(GString *out, char mark, const char *text)
{
    g_string_append_printf(out, "%c%s\n", mark, text);
}

static void middle(GString *out, const Lines *l)
{
    gboolean small = l->n <= TABLE_MAX && l->m <= TABLE_MAX;
    g_autofree guint *at = small ? table_of(l) : NULL;
    guint i = 0, j = 0, width = l->m + 1;
    while (i < l->n || j < l->m) {
        const char *a = i < l->n ? l->a[l->head + i] : NULL;
        const char *b = j < l->m ? l->b[l->head + j] : NULL;
        if (at && a && b && strcmp(a, b) == 0) {
            line(out, ' ', a);
            i++, j++;
        } else if (a && (!b || !at || at[(i + 1) * width + j] >= at[i * width + j + 1])) {
            line(out, '-', a);
            i++;
        } else {
            line(out, '+', b);
            j++;
        }
    }
}

/* Without the empty one behind the last newline. */
static char **lines_of(const char *text)
{
    char **lines = g_strsplit(text, "\n", -1);
    guint n = g_strv_length(lines);
    if (n > 0 && !*lines[n - 1])
        g_clear_pointer(&lines[n - 1], g_free);
    return lines;
}

char *srt_diff(const char *before, const char *after, const char *name)
{
    if (strcmp(before, after) == 0)
        return g_strdup("");
    g_auto(GStrv) a = lines_of(before);
    g_auto(GStrv) b = lines_of(after);
    Lines l = {.a = a, .b = b};
    trim(&l);
    guint first = l.head > CONTEXT ? l.head - CONTEXT : 0;
    guint tail = MIN(CONTEXT, l.a_all - l.head - l.n);
    GString *out = g_string_new(NULL);
    g_string_append_printf(out, "--- %s\n+++ %s\n@@ -%u,%u +%u,%u @@\n", name, name, first + 1,
                           l.head - first + l.n + tail, first + 1, l.head - first + l.m + tail);
    for (guint i = first; i < l.head; i++)
        line(out, ' ', a[i]);
    middle(out, &l);
    for (guint i = 0; i < tail; i++)
        line(out, ' ', a[l.head + l.n + i]);
    return g_string_free(out, FALSE);
}
