/* SPDX-License-Identifier: Apache-2.0 */
/* srtctl explain --last: each refusal, the rule behind it, and what would allow it. */
#include <string.h>

#include "base/error.h"
#include "cli/ctl.h"
#include "cli/propose.h"
#include "cli/records.h"

/* As it is decided by the settings now; the record names only the rule's place. */
static void print_rule(const SrtPolicy *policy, const SrtViolationRecord *record)
{
    const srt_origin *origin = NULL;
    SrtNetDecision decision = {.rule = NULL};
    const char *colon = strrchr(record->target, ':');
    gboolean is_path = record->target[0] == '/' && record->operation != SRT_OP_UNIX;
    if (is_path) {
        if (record->operation != SRT_OP_READ && record->operation != SRT_OP_EXEC)
            origin = srt_policy_write_denied(policy, record->target);
        if (!origin)
            srt_policy_access(policy, record->target, NULL, &origin);
    } else if (record->operation == SRT_OP_CONNECT && colon) {
        guint16 port = (guint16)g_ascii_strtoull(colon + 1, NULL, 10);
        srt_net_policy_decide(srt_policy_net(policy), record->target,
                              (gsize)(colon - record->target), port, &decision);
    }
    if (origin && origin->text) {
        g_autofree char *text = srt_ctl_origin(origin);
        srt_ctl_line("  by: %s", text);
    } else if (decision.rule && decision.rule->line) {
        srt_ctl_line("  by: \"%s\" (%s:%u, %s)", decision.rule->text, decision.rule->file,
                     decision.rule->line, decision.rule->pointer);
    } else {
        srt_ctl_line("  by: %s%s", srt_violation_rule(record),
                     record->rule ? "" : " (no entry of it covers this)");
    }
}

static void explain(const SrtPolicy *policy, const char *file, const SrtViolationRecord *record)
{
    g_autoptr(SrtProposal) p = srt_propose(policy, record, FALSE);
    srt_ctl_line("%s %s: %s %" G_GUINT64_FORMAT " %s", srt_operation_name(record->operation),
                 record->target,
                 record->flags & SRT_VIOLATION_TAMPERING ? "undone"
                 : record->flags & SRT_VIOLATION_ATTEMPT ? "tried"
                                                         : "refused",
                 record->count, record->count == 1 ? "time" : "times");
    if (record->program)
        srt_ctl_line("  program: %s", record->program);
    if (record->reason)
        srt_ctl_line("  why: %s", record->reason);
    print_rule(policy, record);
    if (p->value)
        srt_ctl_line("  to allow it: \"%s\" in %s.%s of %s", p->value, p->section, p->key, file);
    else
        srt_ctl_line("  to allow it: %s", p->why);
}

int srt_ctl_explain_last(const char *settings)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SrtConfig) config = NULL;
    g_autoptr(SrtPolicy) policy = NULL;
    SrtViolationQuery query = {.last_session = TRUE};
    guint64 lost = 0;
    g_autoptr(GPtrArray) records = srt_ctl_records(&query, &lost, &error);
    if (!records)
        return srt_ctl_fail(error);
    if (records->len == 0) {
        srt_ctl_line("nothing was refused");
        return SRT_CTL_OK;
    }
    g_autofree char *file = srt_ctl_settings_of(settings, records);
    if (!srt_ctl_policy_of(file, records, &config, &policy, &error))
        return srt_ctl_fail(error);
    const SrtViolationRecord *newest = g_ptr_array_index(records, records->len - 1);
    if (newest->command)
        srt_ctl_line("command: %s", newest->command);
    for (guint i = 0; i < records->len; i++)
        explain(policy, file ? file : "the settings", g_ptr_array_index(records, i));
    return SRT_CTL_OK;
}
