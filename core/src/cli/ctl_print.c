/* SPDX-License-Identifier: Apache-2.0 */
/* Output of srtctl: lines for people, JSON for programs. */
#include <stdarg.h>
#include <stdio.h>

#include "base/log.h"
#include "cli/ctl.h"

void srt_ctl_line(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_autofree char *clean = srt_log_sanitise(text, FALSE);
    printf("%s\n", clean);
}

void srt_ctl_block(const char *indent, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++)
        srt_ctl_line("%s%s", indent, *line);
}

int srt_ctl_fail(const GError *error)
{
    srt_log_error("%s", error->message);
    return SRT_CTL_FAILED;
}

json_object *srt_ctl_json_text(const char *text)
{
    if (!text)
        return NULL;
    if (g_utf8_validate(text, -1, NULL))
        return json_object_new_string(text);
    g_autofree char *clean = srt_log_sanitise(text, TRUE);
    return json_object_new_string(clean);
}

json_object *srt_ctl_json_words(const char *const *words)
{
    json_object *array = json_object_new_array();
    for (; *words; words++)
        json_object_array_add(array, srt_ctl_json_text(*words));
    return array;
}

void srt_ctl_json_print(json_object *object)
{
    printf("%s\n", json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY |
                                                              JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(object);
}

const char *srt_ctl_access_name(srt_access access)
{
    static const char *const names[] = {"hidden", "read", "write"};
    return (unsigned)access < G_N_ELEMENTS(names) ? names[access] : "?";
}

const char *srt_ctl_enforcement_name(srt_enforcement how)
{
    static const char *const names[] = {"enforced", "snapshot", "unsupported", "checked"};
    return (unsigned)how < G_N_ELEMENTS(names) ? names[how] : "?";
}

const char *srt_ctl_protect_name(srt_protect level)
{
    static const char *const names[] = {"check", "exact", "off"};
    return (unsigned)level < G_N_ELEMENTS(names) ? names[level] : "?";
}

static srt_enforcement how_missing(const SrtBackendRun *run)
{
    const SrtRuleReport *report = srt_backend_run_report(run, SRT_RULE_WRITE_DENY_MISSING);
    return report->reported ? report->how : SRT_UNSUPPORTED;
}

gboolean srt_ctl_protect_held(const srt_policy *policy, const SrtBackendRun *run)
{
    if (!run || policy->protect_missing == SRT_PROTECT_OFF)
        return FALSE;
    srt_enforcement how = how_missing(run);
    return how == SRT_ENFORCED ||
           (how == SRT_CHECKED && policy->protect_missing == SRT_PROTECT_CHECK);
}

const char *srt_ctl_protect_text(const srt_policy *policy, const SrtBackendRun *run)
{
    if (policy->protect_missing == SRT_PROTECT_OFF)
        return "names that do not exist yet are not protected";
    if (!run)
        return "no backend was chosen that could hold it";
    switch (how_missing(run)) {
    case SRT_ENFORCED:
        return "held: no such name can be made";
    case SRT_CHECKED:
        return policy->protect_missing == SRT_PROTECT_CHECK
                   ? "held: judged at every try, and looked for when the command has ended"
                   : "NOT held: the backend only checks";
    case SRT_SNAPSHOT:
        return "NOT held: the backend knows only what exists at the start";
    default:
        return "NOT held: the backend cannot";
    }
}

char *srt_ctl_origin(const srt_origin *origin)
{
    if (!origin)
        return g_strdup("default");
    const char *text = origin->text ? origin->text : "";
    const char *file = origin->file ? origin->file : "built-in";
    const char *pointer = origin->pointer ? origin->pointer : "";
    if (origin->line == 0)
        return g_strdup_printf("\"%s\" (%s%s%s)", text, file, *pointer ? ", " : "", pointer);
    return g_strdup_printf("\"%s\" (%s:%u, %s)", text, file, origin->line, pointer);
}

void srt_ctl_print_rules(const SrtBackendRun *run, guint64 requested)
{
    for (srt_rule_class rule = 0; rule < SRT_RULE_CLASS_COUNT; rule++) {
        const SrtRuleReport *report = srt_backend_run_report(run, rule);
        srt_ctl_line("    %-17s %-9s %-11s %s", srt_rule_class_names[rule],
                     requested & (UINT64_C(1) << rule) ? "asked for" : "-",
                     report->reported ? srt_ctl_enforcement_name(report->how) : "not said",
                     report->why ? report->why : "");
    }
}

json_object *srt_ctl_json_rules(const SrtBackendRun *run, guint64 requested)
{
    json_object *rules = json_object_new_array();
    for (srt_rule_class rule = 0; rule < SRT_RULE_CLASS_COUNT; rule++) {
        const SrtRuleReport *report = srt_backend_run_report(run, rule);
        json_object *entry = json_object_new_object();
        json_object_object_add(entry, "class", srt_ctl_json_text(srt_rule_class_names[rule]));
        json_object_object_add(entry, "requested",
                               json_object_new_boolean((requested & (UINT64_C(1) << rule)) != 0));
        json_object_object_add(entry, "how",
                               srt_ctl_json_text(report->reported
                                                     ? srt_ctl_enforcement_name(report->how)
                                                     : "not said"));
        json_object_object_add(entry, "why", srt_ctl_json_text(report->why));
        json_object_array_add(rules, entry);
    }
    return rules;
}
