/* SPDX-License-Identifier: Apache-2.0 */
/* srtctl allow: one entry of the settings. */
#include <string.h>

#include "base/error.h"
#include "base/hostname.h"
#include "cli/ctl.h"
#include "cli/propose.h"
#include "cli/records.h"
#include "config/edit.h"
#include "policy/glob.h"

enum { OPT_SETTINGS = SRT_CTL_OWN, OPT_READ, OPT_SOCKET, OPT_HOST, OPT_FORCE, OPT_DRY };

static const SrtOption options[] = {
    SRT_CTL_COMMON,
    [OPT_SETTINGS] = {'s', "settings", "FILE", "settings; default ~/.srt-settings.json"},
    [OPT_READ] = {'r', "read", NULL, "a path: for reading only"},
    [OPT_SOCKET] = {0, "socket", NULL, "a path: a unix socket to connect to"},
    [OPT_HOST] = {0, "host", NULL, "the operand is a host, whatever it looks like"},
    [OPT_FORCE] = {0, "force", NULL, "also what is never suggested, such as keys"},
    [OPT_DRY] = {'n', "dry-run", NULL, "only show the change"},
    {0, NULL, NULL, NULL},
};

static int no_need(const char *what)
{
    srt_ctl_line("%s is allowed already", what);
    return SRT_CTL_OK;
}

static int refuse(const char *what, const char *why)
{
    g_autoptr(GError) error = NULL;
    g_set_error(&error, SRT_ERROR, SRT_ERROR_USAGE, "%s: %s", what, why);
    return srt_ctl_fail(error);
}

static int add(const SrtOptionValues *values, const char *file, const SrtConfig *config,
               const char *section, const char *key, const char *value)
{
    SrtSettingsEntry entry = {.section = section, .key = key, .value = value};
    return srt_ctl_add_entries(file, config, &entry, 1, values->values[OPT_DRY] == NULL);
}

static int allow_host(const SrtOptionValues *values, const char *file, const SrtConfig *config,
                      const char *host)
{
    SrtDomainPattern pattern;
    const char *wrong = srt_domain_pattern_parse(host, FALSE, TRUE, &pattern);
    if (wrong)
        return refuse(host, wrong);
    return add(values, file, config, "network", "allowedDomains", host);
}

static int allow_path(const SrtOptionValues *values, const char *file, const SrtConfig *config,
                      const SrtPolicy *policy, const char *operand)
{
    gboolean read = values->values[OPT_READ] != NULL;
    g_autofree char *path = srt_ctl_expand(operand);
    SrtViolationRecord record = {
        .operation = read ? SRT_OP_READ : SRT_OP_WRITE, .target = path, .count = 1};
    g_autoptr(SrtProposal) p = srt_propose(policy, &record, FALSE);
    if (p->value)
        return add(values, file, config, p->section, p->key, p->value);
    srt_access access = srt_policy_access(policy, path, NULL, NULL);
    if (access == SRT_ACCESS_WRITE || (read && access == SRT_ACCESS_READ))
        return no_need(path);
    if (!values->values[OPT_FORCE]) {
        g_autofree char *why = g_strconcat(p->why, " (--force adds it all the same)", NULL);
        return refuse(path, why);
    }
    g_autofree char *text = srt_glob_has_wildcards(path) ? srt_glob_escape(path) : g_strdup(path);
    return add(values, file, config, "filesystem", read ? "allowRead" : "allowWrite", text);
}

static int run(const SrtOptionValues *values)
{
    const char *const *v = values->values;
    const char *operand = srt_options_operands(values)[0];
    g_autoptr(SrtConfig) config = NULL;
    g_autoptr(SrtPolicy) policy = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *file = srt_ctl_settings_of(v[OPT_SETTINGS], NULL);
    if (!*operand || !g_utf8_validate(operand, -1, NULL))
        return refuse("the operand", "is empty, or no UTF-8 text, which settings cannot hold");
    if (!file)
        return refuse("settings", "no file is known: name one with --settings");
    if (!srt_ctl_policy_of(file, NULL, &config, &policy, &error))
        return srt_ctl_fail(error);
    if (v[OPT_SOCKET]) {
        g_autofree char *path = srt_ctl_expand(operand);
        return add(values, file, config, "network", "allowUnixSockets", path);
    }
    if (!v[OPT_HOST] && (v[OPT_READ] || srt_ctl_looks_like_path(operand)))
        return allow_path(values, file, config, policy, operand);
    return allow_host(values, file, config, operand);
}

const SrtCtlCommand srt_ctl_allow = {
    .name = "allow",
    .synopsis = "[-s FILE] [--read | --socket] PATH | HOST[:PORT]",
    .summary = "adds a path or host to the settings",
    .text =
        "Adds one entry to the settings and shows the change; the rest of the file stays as it\n"
        "is. A path is allowed for writing unless --read says otherwise; one that does not\n"
        "exist stands for the directory that it would be made in.",
    .options = options,
    .least = 1,
    .most = 1,
    .run = run,
};
