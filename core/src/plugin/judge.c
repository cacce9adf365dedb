/* SPDX-License-Identifier: Apache-2.0 */
/* What the policy asks for against what the backend holds. Fail closed: what is
 * asked for and not held stops the run, unless the user named it. */
#include <string.h>

#include "base/log.h"
#include "plugin/internal.h"

/* A class that only opens something: when a backend cannot, less is possible
 * than was asked for, and never more. */
static const srt_rule_class grants[] = {SRT_RULE_UNIX_PATH};

static gboolean is_grant(srt_rule_class rule)
{
    for (gsize i = 0; i < G_N_ELEMENTS(grants); i++)
        if (grants[i] == rule)
            return TRUE;
    return FALSE;
}

static gboolean is_allowed(const SrtConfigList *list, const char *name)
{
    for (guint i = 0; list && i < list->len; i++)
        if (strcmp(((const SrtConfigItem *)list->pdata[i])->text, name) == 0)
            return TRUE;
    return FALSE;
}

static const char *why_of(const SrtRuleReport *report)
{
    if (!report->reported)
        return "the backend does not say that it can";
    return report->why ? report->why : "the backend gives no reason";
}

/* Whether what is checked at every try, with a look afterwards at what got through,
 * is less than the settings ask for. */
static gboolean must_be_exact(const srt_policy *policy, srt_rule_class rule)
{
    return rule == SRT_RULE_WRITE_DENY_MISSING && policy->protect_missing == SRT_PROTECT_EXACT;
}

static gboolean is_held(const SrtBackendRun *run, const srt_policy *policy, srt_rule_class rule)
{
    srt_enforcement how = run->reports[rule].how;
    return how == SRT_ENFORCED || (how == SRT_CHECKED && !must_be_exact(policy, rule));
}

/* One class that is requested and not fully enforced: a warning line, or NULL
 * when it is a problem. */
static char *excuse(const SrtBackendRun *run, srt_rule_class rule,
                    const SrtConfigList *allow_unenforced)
{
    const SrtRuleReport *report = &run->reports[rule];
    const char *name = srt_rule_class_names[rule];
    const char *backend = run->backend->descriptor.name;
    if (report->how == SRT_SNAPSHOT)
        return g_strdup_printf("%s: backend %s holds this only for what exists at the start: %s",
                               name, backend, why_of(report));
    if (is_allowed(allow_unenforced, name))
        return g_strdup_printf("%s: NOT ENFORCED, as allowUnenforced permits: backend %s: %s", name,
                               backend, why_of(report));
    if (is_grant(rule))
        return g_strdup_printf("%s: stays closed, because backend %s cannot open it: %s", name,
                               backend, why_of(report));
    return NULL;
}

/* Whether a rule from a settings file, with these properties, asks for the class. */
static gboolean asks(srt_rule_class rule, gboolean exists, guint32 flags, srt_access access,
                     const srt_origin *origin)
{
    if (!origin || origin->line == 0 || (flags & SRT_PATH_MANDATORY))
        return FALSE;
    switch (rule) {
    case SRT_RULE_READ_DENY:
        return exists && access == SRT_ACCESS_HIDDEN;
    case SRT_RULE_WRITE_DENY_MISSING:
        return !exists && !(flags & SRT_PATH_GLOB) && access == SRT_ACCESS_READ;
    case SRT_RULE_GLOB_LATER:
        return !exists && (flags & SRT_PATH_GLOB);
    default:
        return FALSE;
    }
}

/* Names the first rule that asks for the class, where it is one of paths. */
static void add_rules(GString *text, const srt_policy *policy, srt_rule_class rule)
{
    const srt_origin *first = NULL;
    gsize more = 0;
    for (gsize i = 0; i < policy->n_regions + policy->n_pending; i++) {
        gboolean exists = i < policy->n_regions;
        const srt_region *r = exists ? policy->regions[i] : NULL;
        const srt_pending_rule *p = exists ? NULL : policy->pending[i - policy->n_regions];
        const srt_origin *origin = exists ? r->origin : p->origin;
        if (!asks(rule, exists, exists ? r->flags : p->flags, exists ? r->access : p->access,
                  origin))
            continue;
        more += first && origin != first;
        first = first ? first : origin;
    }
    if (!first)
        return;
    g_string_append_printf(text, ": \"%s\" (%s:%u, %s)", first->text, first->file, first->line,
                           first->pointer);
    if (more)
        g_string_append_printf(text, " and %zu more", more);
}

static void add_problem(GString *text, const SrtBackendRun *run, const srt_policy *policy,
                        srt_rule_class rule, SrtBackendOthers others, void *data)
{
    g_autofree char *names = others ? others(data, rule) : NULL;
    g_string_append_printf(
        text, "\n  %s: %s%s", srt_rule_class_names[rule],
        run->reports[rule].how == SRT_CHECKED
            ? "filesystem.protectMissing says \"exact\", and it is only checked: "
            : "",
        why_of(&run->reports[rule]));
    add_rules(text, policy, rule);
    if (names)
        g_string_append_printf(text, " (may be enforced by: %s)", names);
    else if (others)
        g_string_append(text, " (no other backend that was found lists it)");
}

gboolean srt_backend_judge_view(const SrtBackendRun *run, const srt_policy *policy,
                                const SrtConfigList *allow_unenforced, SrtBackendOthers others,
                                void *data, GPtrArray *warnings, GError **error)
{
    g_autoptr(GString) problems = g_string_new(NULL);
    for (srt_rule_class rule = 0; rule < SRT_RULE_CLASS_COUNT; rule++) {
        if (!(policy->requested & (UINT64_C(1) << rule)) || is_held(run, policy, rule))
            continue;
        if (!srt_policy_asks(policy, rule)) {
            srt_log_debug("%s: only for built-in rules, and not held: backend %s: %s",
                          srt_rule_class_names[rule], run->backend->descriptor.name,
                          why_of(&run->reports[rule]));
            continue;
        }
        char *line = excuse(run, rule, allow_unenforced);
        if (line && warnings)
            g_ptr_array_add(warnings, line);
        else if (line)
            g_free(line);
        else
            add_problem(problems, run, policy, rule, others, data);
    }
    if (problems->len == 0)
        return TRUE;
    g_set_error(error, SRT_ERROR, SRT_ERROR_UNENFORCED,
                "backend %s cannot enforce what the settings ask for:%s\n"
                "Choose another backend, or accept this by naming the class under "
                "\"allowUnenforced\" in the settings",
                run->backend->descriptor.name, problems->str);
    return FALSE;
}

gboolean srt_backend_run_judge(const SrtBackendRun *run, const SrtPolicy *policy,
                               const SrtConfigList *allow_unenforced, GPtrArray *warnings,
                               GError **error)
{
    return srt_backend_judge_view(run, srt_policy_view(policy), allow_unenforced, NULL, NULL,
                                  warnings, error);
}

static void add_class(SrtConfigList *list, srt_rule_class rule)
{
    g_ptr_array_add(list, srt_config_item_new(srt_rule_class_names[rule], "--allow-unenforced",
                                              "command line", 0, 0));
}

static gboolean add_word(SrtConfigList *list, const char *word, GError **error)
{
    if (strcmp(word, "all") == 0) {
        for (int i = 0; i < SRT_RULE_CLASS_COUNT; i++)
            add_class(list, i);
        return TRUE;
    }
    int rule = srt_rule_class_by_name(word);
    if (rule >= 0) {
        add_class(list, rule);
        return TRUE;
    }
    g_autoptr(GString) names = g_string_new("all");
    for (int i = 0; i < SRT_RULE_CLASS_COUNT; i++)
        g_string_append_printf(names, ", %s", srt_rule_class_names[i]);
    g_set_error(error, SRT_ERROR, SRT_ERROR_USAGE,
                "--allow-unenforced: \"%.100s\" is no rule class. Expected: %s", word, names->str);
    return FALSE;
}

SrtConfigList *srt_backend_allow_unenforced(const SrtConfigList *base, const char *text,
                                            GError **error)
{
    g_autoptr(GPtrArray) list =
        g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))srt_config_item_free);
    g_auto(GStrv) words = g_strsplit(text, ",", -1);
    for (guint i = 0; base && i < base->len; i++) {
        const SrtConfigItem *item = base->pdata[i];
        g_ptr_array_add(list, srt_config_item_new(item->text, item->pointer, item->file, item->line,
                                                  item->column));
    }
    for (char **word = words; *word; word++)
        if (!add_word(list, g_strstrip(*word), error))
            return NULL;
    if (!words[0])
        return add_word(list, "", error) ? g_steal_pointer(&list) : NULL;
    return g_steal_pointer(&list);
}
