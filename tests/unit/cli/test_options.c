/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/error.h"
#include "cli/options.h"
#include "support/unit.h"

enum { FILE_, TEXT, FLAG, OTHER };

static const SrtOption table[] = {
    [FILE_] = {'f', "file", "FILE", "a file"},
    [TEXT] = {0, "text-only", "TEXT", "text\nof two lines"},
    [FLAG] = {'x', "flag", NULL, "a flag"},
    [OTHER] = {'y', "other-flag", NULL, "another"},
    {0, NULL, NULL, NULL},
};

/* Words with blanks between -> "file=.. flag=.. : operands", or the error. */
static char *parse(gboolean stop, const char *line)
{
    g_autofree char *whole = g_strconcat("prog ", line, NULL);
    g_auto(GStrv) argv = g_strsplit(*line ? whole : "prog", " ", -1);
    g_auto(SrtOptionValues) v = {.operands = NULL};
    g_autoptr(GError) error = NULL;
    GString *out = g_string_new(NULL);
    if (!srt_options_parse(table, stop, (int)g_strv_length(argv), (const char *const *)argv, &v,
                           &error)) {
        CU_ASSERT_TRUE(g_error_matches(error, SRT_ERROR, SRT_ERROR_USAGE));
        g_string_append_printf(out, "! %s", error->message);
        return g_string_free(out, FALSE);
    }
    for (guint i = 0; table[i].name; i++)
        if (v.values[i])
            g_string_append_printf(out, "%s=%s ", table[i].name, v.values[i]);
    g_string_append(out, v.after_dashes ? "::" : ":");
    for (const char *const *o = srt_options_operands(&v); *o; o++)
        g_string_append_printf(out, " %s", *o);
    return g_string_free(out, FALSE);
}

#define BEHIND ": options of the command stand behind its name"

static const struct {
    const char *line, *stopping, *mixed;
} rows[] = {
    {"", ":", NULL},
    {"a b", ": a b", NULL},
    {"-f v", "file=v :", NULL},
    {"-fv a", "file=v : a", NULL},
    {"--file v", "file=v :", NULL},
    {"--file=v=w", "file=v=w :", NULL},
    {"--file=", "file= :", NULL},
    {"-f -x a", "file=-x : a", NULL},
    {"-f -- a", "file=-- : a", NULL},
    {"-xy a", "flag= other-flag= : a", NULL},
    {"-xfv", "file=v flag= :", NULL},
    {"-xf v", "file=v flag= :", NULL},
    {"-f 1 --file 2 -f3", "file=3 :", NULL},
    {"a -x", ": a -x", "flag= : a"},
    {"a --nothing", ": a --nothing", "! unknown option '--nothing'"},
    {"-x -- -y", "flag= :: -y", NULL},
    {"-x a -- -y", "flag= : a -- -y", "flag= :: a -y"},
    {"- a", ": - a", NULL},
    {"-- -- a", ":: -- a", NULL},
    {"-z", "! unknown option '-z'" BEHIND, "! unknown option '-z'"},
    {"-xz", "! unknown option '-z'" BEHIND, "! unknown option '-z'"},
    {"--flg", "! unknown option '--flg': did you mean '--flag'?", NULL},
    {"--fiel=x", "! unknown option '--fiel': did you mean '--file'?", NULL},
    {"--f", "! unknown option '--f'" BEHIND, "! unknown option '--f'"},
    {"---", "! unknown option '---'" BEHIND, "! unknown option '---'"},
    {"--=x", "! unknown option '--'" BEHIND, "! unknown option '--'"},
    {"--flag=1", "! option '--flag' takes no value, found '--flag=1': leave out '=1'", NULL},
    {"-f", "! option '--file' argument missing: it needs a value, as in --file=FILE or -f FILE",
     NULL},
    {"-xf", "! option '--file' argument missing: it needs a value, as in --file=FILE or -f FILE",
     NULL},
    {"--text-only",
     "! option '--text-only' argument missing: it needs a value, as in --text-only=TEXT", NULL},
};

static void every_form(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *stopping = parse(TRUE, rows[i].line);
        g_autofree char *mixed = parse(FALSE, rows[i].line);
        SRT_ASSERT_STR(stopping, rows[i].stopping);
        SRT_ASSERT_STR(mixed, rows[i].mixed ? rows[i].mixed : rows[i].stopping);
    }
}

static void help(void)
{
    g_autofree char *text = srt_options_help(table);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "  -f, --file=FILE "));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "      --text-only=TEXT"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, " of two lines\n"));
}

static void nearest(void)
{
    static const char *const words[] = {"doctor", "backends", "check", NULL};
    char long_word[300];
    memset(long_word, 'x', sizeof long_word - 1);
    long_word[sizeof long_word - 1] = '\0';
    SRT_ASSERT_STR(srt_nearest("docter", words), "doctor");
    SRT_ASSERT_STR(srt_nearest("backend", words), "backends");
    SRT_ASSERT_STR(srt_nearest("chekc", words), "check");
    CU_ASSERT_TRUE(srt_nearest("frobnicate", words) == NULL);
    CU_ASSERT_TRUE(srt_nearest(long_word, words) == NULL);
}

static const srt_unit_case cases[] = {
    {"every_form", every_form},
    {"help", help},
    {"nearest", nearest},
};

SRT_UNIT_MAIN("cli.options", cases)
