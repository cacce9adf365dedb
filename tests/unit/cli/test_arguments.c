/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/error.h"
#include "cli/arguments.h"
#include "support/unit.h"

#define ARGV(...) ((const char *const[]){"srt", __VA_ARGS__, NULL})

/* "shell[TEXT] words[..]", or the error. */
static char *parse(const char *const *argv, SrtArguments *a)
{
    g_autoptr(GError) error = NULL;
    GString *out = g_string_new(NULL);
    int argc = (int)g_strv_length((char **)(guintptr)argv);
    if (!srt_arguments_parse(argc, argv, a, &error)) {
        CU_ASSERT_TRUE(g_error_matches(error, SRT_ERROR, SRT_ERROR_USAGE));
        g_string_append_printf(out, "! %s", error->message);
        return g_string_free(out, FALSE);
    }
    if (a->shell_text)
        g_string_append_printf(out, "shell[%s]", a->shell_text);
    for (char **w = a->operands; w && *w; w++)
        g_string_append_printf(out, "[%s]", *w);
    return g_string_free(out, FALSE);
}

#define ASSERT_COMMAND(expected, ...)                                                              \
    do {                                                                                           \
        g_auto(SrtArguments) a = {.operands = NULL};                                               \
        g_autofree char *found = parse(ARGV(__VA_ARGS__), &a);                                     \
        SRT_ASSERT_STR(found, expected);                                                           \
    } while (0)

static void commands(void)
{
    ASSERT_COMMAND("[ls]", "ls");
    ASSERT_COMMAND("[/bin/ls]", "/bin/ls");
    ASSERT_COMMAND("[echo][a  b][c'd][]", "echo", "a  b", "c'd", "");
    ASSERT_COMMAND("[echo hi][x]", "echo hi", "x");
    ASSERT_COMMAND("shell[echo hi]", "echo hi");
    ASSERT_COMMAND("shell[a|b]", "--", "a|b");
    ASSERT_COMMAND("shell[ls;]", "ls;");
    ASSERT_COMMAND("shell[$X]", "$X");
    ASSERT_COMMAND("shell[a\nb]", "a\nb");
    ASSERT_COMMAND("[]", "");
    ASSERT_COMMAND("[A=1]", "A=1");
    ASSERT_COMMAND("shell[echo $0]", "-c", "echo $0");
    ASSERT_COMMAND("shell[ls]", "-c", "ls");
    ASSERT_COMMAND("shell[echo $1][sh][x y]", "-c", "echo $1", "sh", "x y");
    ASSERT_COMMAND("shell[dc]", "-dc", "dc");
    ASSERT_COMMAND("shell[b]", "-c", "a", "--command=b");
    /* An empty text is no text. */
    ASSERT_COMMAND("[ls][-l]", "-c", "", "ls", "-l");
    ASSERT_COMMAND("! No command specified: name one, as in `srt ls -l` or `srt -c 'ls | wc -l'`",
                   "-c", "");
    ASSERT_COMMAND("! No command specified: name one, as in `srt ls -l` or `srt -c 'ls | wc -l'`",
                   "-d");
    ASSERT_COMMAND("! No command specified: name one, as in `srt ls -l` or `srt -c 'ls | wc -l'`",
                   "--");
    /* Options end at the first operand. */
    ASSERT_COMMAND("[bash][-c][echo hi]", "bash", "-c", "echo hi");
    ASSERT_COMMAND("[echo][-d][-s][x]", "--", "echo", "-d", "-s", "x");
}

static void values(void)
{
    g_auto(SrtArguments) a = {.operands = NULL};
    g_autofree char *found = parse(ARGV("-s", "one", "-qstwo", "--backend=b", "--allow-unenforced",
                                        "ipc", "-d", "--control-fd=9", "true"),
                                   &a);
    SRT_ASSERT_STR(found, "[true]");
    SRT_ASSERT_STR(a.settings, "two");
    SRT_ASSERT_STR(a.backend, "b");
    SRT_ASSERT_STR(a.allow_unenforced, "ipc");
    CU_ASSERT_TRUE(a.debug && a.quiet);
    CU_ASSERT_EQUAL(a.control_fd, 9);
    CU_ASSERT_EQUAL(a.action, SRT_ACTION_RUN);
}

static void defaults(void)
{
    g_auto(SrtArguments) a = {.operands = NULL};
    g_autofree char *found = parse(ARGV("true"), &a);
    SRT_ASSERT_STR(found, "[true]");
    CU_ASSERT_TRUE(!a.settings && !a.backend && !a.allow_unenforced && !a.shell_text);
    CU_ASSERT_TRUE(!a.debug && !a.quiet);
    CU_ASSERT_EQUAL(a.control_fd, -1);
}

static void actions(void)
{
    static const struct {
        const char *word;
        SrtAction action;
    } words[] = {{"-h", SRT_ACTION_HELP},
                 {"--help", SRT_ACTION_HELP},
                 {"-V", SRT_ACTION_VERSION},
                 {"--version", SRT_ACTION_VERSION}};
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        g_auto(SrtArguments) a = {.operands = NULL};
        g_autofree char *found = parse(ARGV(words[i].word), &a);
        SRT_ASSERT_STR(found, "");
        CU_ASSERT_EQUAL(a.action, words[i].action);
    }
    g_autofree char *text = srt_arguments_help();
    static const char *const options[] = {"--settings=FILE", "--command=TEXT", "--control-fd=N",
                                          "--backend=NAME|PATH", "--allow-unenforced=CLASS,..."};
    for (gsize i = 0; i < G_N_ELEMENTS(options); i++)
        CU_ASSERT_PTR_NOT_NULL(strstr(text, options[i]));
}

static void mistakes(void)
{
    static const char *const numbers[] = {
        "2", "0", "-1", "", "x", "3x", "+3", " 3", "0x10", "1048577", "99999999999999999999"};
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_auto(SrtArguments) a = {.operands = NULL};
        g_autofree char *option = g_strconcat("--control-fd=", numbers[i], NULL);
        g_autofree char *found = parse(ARGV(option, "true"), &a);
        CU_ASSERT_PTR_NOT_NULL(strstr(found, "(>= 3)"));
    }
    ASSERT_COMMAND(
        "! option '--settings' has an empty value, expected FILE: leave the option out, or "
        "look at the variable that it comes from",
        "-s", "", "true");
    ASSERT_COMMAND("! option '--backend' has an empty value, expected NAME|PATH: leave the option "
                   "out, or look at the variable that it comes from",
                   "--backend=", "true");
    ASSERT_COMMAND("! unknown option '--seting': did you mean '--settings'?", "--seting=x", "true");
    ASSERT_COMMAND(
        "! option '--command' argument missing: it needs a value, as in --command=TEXT or -c TEXT",
        "-c");
}

static const srt_unit_case cases[] = {
    {"commands", commands}, {"values", values},     {"defaults", defaults},
    {"actions", actions},   {"mistakes", mistakes},
};

SRT_UNIT_MAIN("cli.arguments", cases)
