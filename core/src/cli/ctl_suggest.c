/* SPDX-License-Identifier: Apache-2.0 */
/* srtctl suggest: refusals -> entries of the settings. */
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "cli/ctl.h"
#include "cli/propose.h"
#include "cli/records.h"
#include "cli/since.h"
#include "config/edit.h"

enum { OPT_SETTINGS = SRT_CTL_OWN, OPT_LAST, OPT_SINCE, OPT_WRITE };

static const SrtOption options[] = {
    SRT_CTL_COMMON,
    [OPT_SETTINGS] = {'s', "settings", "FILE", "settings; default those of the run"},
    [OPT_LAST] = {'l', "last", NULL, "of the last run that had something refused; the default"},
    [OPT_SINCE] = {0, "since", "TIME", "of all runs from then on: 30m, 2h, 1d, 2026-01-31"},
    [OPT_WRITE] = {'w', "write", "FILE", "change FILE; without, the change is only shown"},
    {0, NULL, NULL, NULL},
};

/* On standard error: what is on standard output can be applied with patch. */
static void print_refused(const GPtrArray *proposals)
{
    for (guint i = 0; i < proposals->len; i++) {
        const SrtProposal *p = g_ptr_array_index(proposals, i);
        if (!p->value)
            srt_log_error("not suggested: %s %s: %s", srt_operation_name(p->operation), p->target,
                          p->why);
    }
}

static int add(const char *file, const SrtConfig *config, const GPtrArray *proposals,
               gboolean write)
{
    g_autoptr(GArray) entries = g_array_new(FALSE, TRUE, sizeof(SrtSettingsEntry));
    for (guint i = 0; i < proposals->len; i++) {
        const SrtProposal *p = g_ptr_array_index(proposals, i);
        SrtSettingsEntry entry = {.section = p->section, .key = p->key, .value = p->value};
        if (p->value)
            g_array_append_val(entries, entry);
    }
    if (entries->len == 0) {
        srt_log_error("nothing to suggest");
        return SRT_CTL_NO;
    }
    return srt_ctl_add_entries(file, config, (const SrtSettingsEntry *)(gconstpointer)entries->data,
                               entries->len, write);
}

static int run(const SrtOptionValues *values)
{
    const char *const *v = values->values;
    g_autoptr(GError) error = NULL;
    g_autoptr(SrtConfig) config = NULL;
    g_autoptr(SrtPolicy) policy = NULL;
    SrtViolationQuery query = {.last_session = !v[OPT_SINCE]};
    if (v[OPT_SINCE] && !srt_since_parse(v[OPT_SINCE], g_get_real_time(), &query.since_us, &error))
        return srt_ctl_fail(error);
    g_autoptr(GPtrArray) records = srt_ctl_records(&query, NULL, &error);
    if (!records)
        return srt_ctl_fail(error);
    if (records->len == 0) {
        srt_ctl_line("nothing was refused");
        return SRT_CTL_OK;
    }
    g_autofree char *file =
        srt_ctl_settings_of(v[OPT_WRITE] ? v[OPT_WRITE] : v[OPT_SETTINGS], records);
    if (!file) {
        g_set_error_literal(&error, SRT_ERROR, SRT_ERROR_USAGE,
                            "no settings file is known: name one with --settings or --write");
        return srt_ctl_fail(error);
    }
    if (!srt_ctl_policy_of(file, records, &config, &policy, &error))
        return srt_ctl_fail(error);
    g_autoptr(GPtrArray) proposals = srt_propose_all(policy, records);
    print_refused(proposals);
    return add(file, config, proposals, v[OPT_WRITE] != NULL);
}

const SrtCtlCommand srt_ctl_suggest = {
    .name = "suggest",
    .synopsis = "[--last | --since TIME] [--write FILE]",
    .summary = "the change of the settings that would allow what was refused",
    .text =
        "Shows, as a difference, the entries that would allow what was refused; --write makes\n"
        "them. Several files of a place stand for the place, several hosts of a domain for the\n"
        "domain: never a whole home directory, never a public suffix. Keys, tokens, browser\n"
        "profiles, histories and protected names are never suggested. Exit status 1: none of\n"
        "it can be allowed so.",
    .options = options,
    .run = run,
};
