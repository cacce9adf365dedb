/* SPDX-License-Identifier: Apache-2.0 */
#include "config/problems.h"

#include <stdarg.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"

#define QUOTE_MAX 96 /* bytes of a value shown in a message */

typedef struct Problem {
    guint file; /* files in the order in which they are first spoken of */
    guint line, column;
    char *text;
} Problem;

struct SrtProblems {
    GPtrArray *files; /* char * */
    GPtrArray *told;  /* Problem */
    guint count;
};

static void problem_free(gpointer data)
{
    Problem *problem = data;
    g_free(problem->text);
    g_free(problem);
}

SrtProblems *srt_problems_new(void)
{
    SrtProblems *problems = g_new0(SrtProblems, 1);
    problems->files = g_ptr_array_new_with_free_func(g_free);
    problems->told = g_ptr_array_new_with_free_func(problem_free);
    return problems;
}

void srt_problems_free(SrtProblems *problems)
{
    if (!problems)
        return;
    g_ptr_array_unref(problems->files);
    g_ptr_array_unref(problems->told);
    g_free(problems);
}

static guint file_index(SrtProblems *problems, const char *file)
{
    guint i = 0;
    while (i < problems->files->len && strcmp(g_ptr_array_index(problems->files, i), file) != 0)
        i++;
    if (i == problems->files->len)
        g_ptr_array_add(problems->files, g_strdup(file));
    return i;
}

void srt_problems_add(SrtProblems *problems, const char *file, guint line, guint column,
                      const char *pointer, const char *format, ...)
{
    if (problems->count++ >= SRT_PROBLEMS_MAX)
        return;
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *place =
        line ? g_strdup_printf("%s:%u:%u", file, line, column) : g_strdup(file);
    g_autofree char *all = pointer ? g_strdup_printf("%s: %s: %s", place, pointer, text)
                                   : g_strdup_printf("%s: %s", place, text);
    Problem *problem = g_new0(Problem, 1);
    problem->file = file_index(problems, file);
    problem->line = line;
    problem->column = column;
    problem->text = srt_log_sanitise(all, FALSE);
    g_ptr_array_add(problems->told, problem);
}

guint srt_problems_count(const SrtProblems *problems)
{
    return problems->count;
}

/* The same file together, from its top to its bottom; stable. */
static int by_place(gconstpointer a, gconstpointer b)
{
    const Problem *x = *(Problem *const *)a, *y = *(Problem *const *)b;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return x->column < y->column ? -1 : x->column > y->column;
}

gboolean srt_problems_settle(SrtProblems *problems, GError **error)
{
    if (problems->count == 0)
        return TRUE;
    g_autoptr(GString) all = g_string_new(NULL);
    g_ptr_array_sort(problems->told, by_place);
    for (guint i = 0; i < problems->told->len; i++) {
        const Problem *problem = g_ptr_array_index(problems->told, i);
        g_string_append_printf(all, "%s%s", i ? "\n" : "", problem->text);
    }
    if (problems->count > problems->told->len)
        g_string_append_printf(all, "\nand %u more", problems->count - problems->told->len);
    g_set_error_literal(error, SRT_ERROR, SRT_ERROR_SETTINGS, all->str);
    return FALSE;
}

char *srt_problems_quote(const char *text)
{
    gsize length = strlen(text);
    if (length <= QUOTE_MAX)
        return g_strdup_printf("\"%s\"", text);
    const char *cut = g_utf8_find_prev_char(text, text + QUOTE_MAX);
    return g_strdup_printf("\"%.*s…\" (%" G_GSIZE_FORMAT " bytes)", (int)(cut ? cut - text : 0),
                           text, length);
}
