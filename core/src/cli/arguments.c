/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/arguments.h"

#include <string.h>

#include "base/error.h"
#include "cli/options.h"

#define CONTROL_FD_MIN 3
#define CONTROL_FD_MAX 1048576

enum {
    OPT_SETTINGS,
    OPT_COMMAND,
    OPT_BACKEND,
    OPT_UNENFORCED,
    OPT_CONTROL,
    OPT_REPORT,
    OPT_COMMAND_ID,
    OPT_SESSION,
    OPT_DEBUG,
    OPT_QUIET,
    OPT_HELP,
    OPT_VERSION,
};

static const SrtOption table[] = {
    [OPT_SETTINGS] = {'s', "settings", "FILE", "settings; default ~/.srt-settings.json"},
    [OPT_COMMAND] = {'c', "command", "TEXT",
                     "run TEXT with a shell; operands become its $0, $1, ..."},
    [OPT_BACKEND] = {0, "backend", "NAME|PATH", "how to isolate; default: the best that works"},
    [OPT_UNENFORCED] = {0, "allow-unenforced", "CLASS,...",
                        "rule classes that may go unenforced, with a warning;\n"
                        "all: every one"},
    [OPT_CONTROL] = {0, "control-fd", "N", "read changes of the network rules from descriptor N"},
    [OPT_REPORT] = {0, "report", "json:N", "write what is refused to descriptor N, as JSON lines"},
    [OPT_COMMAND_ID] = {0, "command-id", "ID", "the name of the command in records of refusals"},
    [OPT_SESSION] = {0, "session", "fd:N|PATH#TOKEN",
                     "for programs that embed srt: the socket of theirs from which\n"
                     "settings and orders come"},
    [OPT_DEBUG] = {'d', "debug", NULL, "say what is done and why (also SRT_DEBUG=1)"},
    [OPT_QUIET] = {'q', "quiet", NULL, "no warnings, no lines about what was refused"},
    [OPT_HELP] = {'h', "help", NULL, "this text"},
    [OPT_VERSION] = {'V', "version", NULL, "the version"},
    {0, NULL, NULL, NULL},
};

gboolean srt_is_shell_text(const char *operand)
{
    return operand[strcspn(operand, " \t\r\n|&;<>()$`\\\"'*?[]{}~#!")] != '\0';
}

static gboolean parse_fd(const char *option, const char *text, int *ret, GError **error)
{
    gint64 number = -1;
    if (g_ascii_isdigit(text[0]) && strlen(text) <= 7 && strspn(text, "0123456789") == strlen(text))
        number = g_ascii_strtoll(text, NULL, 10);
    if (number < CONTROL_FD_MIN || number > CONTROL_FD_MAX) {
        g_set_error(
            error, SRT_ERROR, SRT_ERROR_USAGE,
            "--%s: found '%s', expected the number (>= %d) of an open descriptor, as in `%s`",
            option, text, CONTROL_FD_MIN,
            strcmp(option, "report") == 0 ? "srt --report=json:3 make 3>refused.json"
                                          : "srt --control-fd=3 make 3<updates");
        return FALSE;
    }
    *ret = (int)number;
    return TRUE;
}

static gboolean parse_report(const char *text, int *ret, GError **error)
{
    if (g_str_has_prefix(text, "json:"))
        return parse_fd("report", text + 5, ret, error);
    g_set_error(
        error, SRT_ERROR, SRT_ERROR_USAGE,
        "--report: found '%s', expected json:N with the number of an open descriptor, as in "
        "`srt --report=json:3 make 3>refused.json`",
        text);
    return FALSE;
}

/* An option with an empty value is a mistake in somebody's script. */
static gboolean check_values(const SrtOptionValues *values, GError **error)
{
    static const int filled[] = {OPT_SETTINGS, OPT_BACKEND, OPT_UNENFORCED, OPT_COMMAND_ID,
                                 OPT_SESSION};
    for (gsize i = 0; i < G_N_ELEMENTS(filled); i++)
        if (values->values[filled[i]] && !*values->values[filled[i]]) {
            g_set_error(
                error, SRT_ERROR, SRT_ERROR_USAGE,
                "option '--%s' has an empty value, expected %s: leave the option out, or look at "
                "the variable that it comes from",
                table[filled[i]].name, table[filled[i]].value);
            return FALSE;
        }
    return TRUE;
}

/* The program that embeds srt says all that by itself. */
static gboolean parse_session(const SrtOptionValues *values, SrtArguments *ret, GError **error)
{
    static const int excluded[] = {OPT_SETTINGS, OPT_CONTROL, OPT_REPORT, OPT_COMMAND_ID};
    const char *text = values->values[OPT_SESSION];
    if (!text)
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(excluded); i++)
        if (values->values[excluded[i]]) {
            g_set_error(error, SRT_ERROR, SRT_ERROR_USAGE,
                        "found the options '--session' and '--%s', expected one of them: what "
                        "'--%s' says comes from the program that embeds srt",
                        table[excluded[i]].name, table[excluded[i]].name);
            return FALSE;
        }
    ret->has_session = TRUE;
    return srt_channel_address_parse(text, &ret->session, error);
}

static gboolean take_command(const SrtOptionValues *values, SrtArguments *ret, GError **error)
{
    const char *const *operands = srt_options_operands(values);
    const char *text = values->values[OPT_COMMAND];
    guint n = srt_options_count(values);
    gsize skip = 0;
    if (text && *text) {
        ret->shell_text = text;
    } else if (n == 1 && srt_is_shell_text(operands[0])) {
        ret->shell_text = operands[0];
        skip = 1;
    } else if (n == 0) {
        g_set_error_literal(error, SRT_ERROR, SRT_ERROR_USAGE,
                            "No command specified: name one, as in `srt ls -l` or "
                            "`srt -c 'ls | wc -l'`");
        return FALSE;
    }
    ret->operands = g_strdupv((char **)(guintptr)(operands + skip));
    return TRUE;
}

gboolean srt_arguments_parse(int argc, const char *const *argv, SrtArguments *ret, GError **error)
{
    g_auto(SrtOptionValues) values = {.operands = NULL};
    memset(ret, 0, sizeof *ret);
    ret->control_fd = -1;
    ret->report_fd = -1;
    ret->session.fd = -1;
    if (!srt_options_parse(table, TRUE, argc, argv, &values, error))
        return FALSE;
    const char *const *v = values.values;
    ret->settings = v[OPT_SETTINGS];
    ret->backend = v[OPT_BACKEND];
    ret->allow_unenforced = v[OPT_UNENFORCED];
    ret->command_id = v[OPT_COMMAND_ID];
    ret->debug = v[OPT_DEBUG] != NULL;
    ret->quiet = v[OPT_QUIET] != NULL;
    if (v[OPT_HELP] || v[OPT_VERSION]) {
        ret->action = v[OPT_HELP] ? SRT_ACTION_HELP : SRT_ACTION_VERSION;
        return TRUE;
    }
    return check_values(&values, error) && parse_session(&values, ret, error) &&
           (!v[OPT_CONTROL] || parse_fd("control-fd", v[OPT_CONTROL], &ret->control_fd, error)) &&
           (!v[OPT_REPORT] || parse_report(v[OPT_REPORT], &ret->report_fd, error)) &&
           take_command(&values, ret, error);
}

void srt_arguments_clear(SrtArguments *arguments)
{
    g_clear_pointer(&arguments->operands, g_strfreev);
    srt_channel_address_clear(&arguments->session);
}

char *srt_arguments_help(void)
{
    g_autofree char *options = srt_options_help(table);
    return g_strconcat(
        "Usage: srt [options] [--] command [argument...]\n"
        "       srt [options] 'shell text'\n"
        "       srt [options] -c TEXT [name [argument...]]\n"
        "\n"
        "Runs a command in a sandbox: what it may read, write and reach is what the\n"
        "settings say. Options end at the first operand or at \"--\". One operand that\n"
        "holds blanks or shell characters is shell text; two or more are run as they\n"
        "are, without a shell.\n"
        "\n"
        "Options:\n",
        options,
        "\n"
        "Exit status: the command's own; 128+N when signal N ended it; 125 when srt\n"
        "failed before the command ran; 126 when it cannot be executed; 127 when it was\n"
        "not found.\n"
        "\n"
        "Environment: SRT_BACKEND, SRT_BACKEND_PATH, SRT_DEBUG.\n"
        "Files: ~/.srt-settings.json. See also: srtctl --help.\n",
        NULL);
}
