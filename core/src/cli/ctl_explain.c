/* SPDX-License-Identifier: Apache-2.0 */
/* srtctl explain: allowed or not, and by which rule. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "cli/ctl.h"
#include "run/session.h"

enum { OPT_SETTINGS = SRT_CTL_OWN, OPT_WRITE, OPT_PATH, OPT_HOST, OPT_LAST };

static const SrtOption options[] = {
    SRT_CTL_COMMON,
    [OPT_SETTINGS] = {'s', "settings", "FILE",
                      "settings (-: on standard input); default\n~/.srt-settings.json"},
    [OPT_WRITE] = {'w', "write", NULL, "ask for writing, not reading"},
    [OPT_PATH] = {0, "path", NULL, "the operand is a path, whatever it looks like"},
    [OPT_HOST] = {0, "host", NULL, "the operand is a host, whatever it looks like"},
    [OPT_LAST] = {'l', "last", NULL, "what the last run was refused; no operand"},
    {0, NULL, NULL, NULL},
};

char *srt_ctl_expand(const char *path)
{
    const char *home = g_getenv("HOME");
    if (path[0] == '~' && (path[1] == '/' || !path[1]) && home)
        return g_strconcat(home, path + 1, NULL);
    return g_canonicalize_filename(path, NULL);
}

/* Nobody keeps files below "https:"; a path is meant when --path says so. */
static gboolean looks_like_url(const char *text)
{
    const char *scheme_end = strstr(text, "://");
    return scheme_end && scheme_end != text && !memchr(text, '/', (gsize)(scheme_end - text));
}

gboolean srt_ctl_looks_like_path(const char *text)
{
    struct stat st;
    if (strchr(text, '/') || text[0] == '.' || text[0] == '~')
        return TRUE;
    return lstat(text, &st) == 0;
}

/* What a rule about a name that is not there is worth. */
static void explain_missing(const SrtPolicy *policy, const char *path, const srt_origin *origin)
{
    static const char *const texts[] = {
        [SRT_PROTECT_CHECK] = "making it is refused; what wins a race is moved to quarantine later",
        [SRT_PROTECT_EXACT] = "making it is refused, and no race can win",
        [SRT_PROTECT_OFF] = "it can be made all the same",
    };
    const srt_policy *view = srt_policy_view(policy);
    struct stat st;
    if (lstat(path, &st) == 0)
        return;
    for (gsize i = 0; i < view->n_pending; i++) {
        if (view->pending[i]->origin != origin || view->pending[i]->access != SRT_ACCESS_READ)
            continue;
        srt_ctl_line("  does not exist: %s (protectMissing \"%s\"; `srtctl plan` says whether the "
                     "backend holds that)",
                     texts[view->protect_missing], srt_ctl_protect_name(view->protect_missing));
        return;
    }
}

static int explain_path(const SrtPolicy *policy, const char *operand, gboolean write)
{
    g_autofree char *path = srt_ctl_expand(operand);
    g_autofree char *resolved = NULL;
    const srt_origin *origin = NULL;
    srt_access access = srt_policy_access(policy, path, &resolved, &origin);
    gboolean allowed = write ? access == SRT_ACCESS_WRITE : access != SRT_ACCESS_HIDDEN;
    g_autofree char *rule = srt_ctl_origin(origin);
    srt_ctl_line("%s %s: %s", write ? "write" : "read", path, allowed ? "allowed" : "denied");
    if (resolved && strcmp(resolved, path) != 0)
        srt_ctl_line("  is: %s", resolved);
    srt_ctl_line("  access: %s", srt_policy_view(policy)->fs_disabled
                                     ? "not restricted (filesystem.disabled)"
                                     : srt_ctl_access_name(access));
    srt_ctl_line("  by: %s", rule);
    explain_missing(policy, resolved, origin);
    return allowed ? SRT_CTL_OK : SRT_CTL_NO;
}

/* Splits HOST:PORT, [V6]:PORT, HOST or a bare V6 address. */
static gboolean split_host(const char *text, char **ret_host, guint16 *ret_port, GError **error)
{
    const char *colon = strrchr(text, ':');
    gboolean bracket = text[0] == '[';
    if (colon && ((bracket && colon > text && colon[-1] == ']') || strchr(text, ':') == colon)) {
        guint64 port = 0;
        if (!g_ascii_string_to_unsigned(colon + 1, 10, 1, 65535, &port, NULL)) {
            g_set_error(error, SRT_ERROR, SRT_ERROR_USAGE, "'%s' is no port: expected 1 to 65535",
                        colon + 1);
            return FALSE;
        }
        *ret_port = (guint16)port;
        *ret_host = g_strndup(text, (gsize)(colon - text));
        return TRUE;
    }
    *ret_port = 443;
    *ret_host = g_strdup(text);
    return TRUE;
}

static int explain_host(const SrtPolicy *policy, const char *operand)
{
    g_autofree char *host = NULL;
    g_autoptr(GError) error = NULL;
    SrtNetDecision decision;
    guint16 port = 0;
    if (!split_host(operand, &host, &port, &error))
        return srt_ctl_fail(error);
    srt_net_policy_decide(srt_policy_net(policy), host, strlen(host), port, &decision);
    gboolean allowed = decision.verdict == SRT_NET_ALLOWED;
    gboolean brackets = decision.host.is_address && strchr(decision.host.text, ':');
    srt_ctl_line(brackets ? "connect [%s]:%u: %s" : "connect %s:%u: %s",
                 decision.host.text[0] ? decision.host.text : host, port,
                 allowed ? "allowed" : "denied");
    if (decision.reason)
        srt_ctl_line("  why: %s", decision.reason);
    if (decision.rule && decision.rule->line)
        srt_ctl_line("  by: \"%s\" (%s:%u, %s)", decision.rule->text, decision.rule->file,
                     decision.rule->line, decision.rule->pointer);
    else if (decision.rule)
        srt_ctl_line("  by: \"%s\" (%s)", decision.rule->text, decision.rule->file);
    if (allowed && !decision.host.is_address)
        srt_ctl_line("  and: the addresses that the name resolves to are judged when it is used");
    return allowed ? SRT_CTL_OK : SRT_CTL_NO;
}

static int run(const SrtOptionValues *values)
{
    const char *operand = srt_options_operands(values)[0];
    g_autoptr(SrtConfig) config = NULL;
    g_autoptr(SrtPolicy) policy = NULL;
    g_autoptr(GError) error = NULL;
    if ((operand != NULL) == (values->values[OPT_LAST] != NULL)) {
        g_set_error_literal(
            &error, SRT_ERROR, SRT_ERROR_USAGE,
            "srtctl explain: expected PATH, HOST[:PORT] or --last, one of them, as in "
            "`srtctl explain ~/.ssh`");
        return srt_ctl_fail(error);
    }
    if (!operand)
        return srt_ctl_explain_last(values->values[OPT_SETTINGS]);
    if (!values->values[OPT_PATH] && !values->values[OPT_WRITE] && looks_like_url(operand)) {
        g_set_error(&error, SRT_ERROR, SRT_ERROR_USAGE,
                    "found the URL '%s', expected PATH or HOST[:PORT]: whole hosts are allowed or "
                    "not, so name only the host",
                    operand);
        return srt_ctl_fail(error);
    }
    if (!srt_ctl_resolve(values->values[OPT_SETTINGS], &config, &policy, &error))
        return srt_ctl_fail(error);
    gboolean path = values->values[OPT_PATH] || values->values[OPT_WRITE] ||
                    (!values->values[OPT_HOST] && srt_ctl_looks_like_path(operand));
    return path ? explain_path(policy, operand, values->values[OPT_WRITE] != NULL)
                : explain_host(policy, operand);
}

const SrtCtlCommand srt_ctl_explain = {
    .name = "explain",
    .synopsis = "[-s FILE] [--write] PATH | HOST[:PORT] | --last",
    .summary = "allowed or not, and by which rule of which file",
    .text =
        "Says whether a command that is started here could read (with --write: write) a path,\n"
        "or connect to a host (port 443 unless named), and which rule decides. What holds a\n"
        "slash, begins with '.' or '~', or exists here is a path. Exit status 1: denied. With\n"
        "--last: each refusal of the last run, the rule behind it and the smallest change that\n"
        "would allow it.",
    .options = options,
    .most = 1,
    .run = run,
};
