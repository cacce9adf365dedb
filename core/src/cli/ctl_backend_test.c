/* SPDX-License-Identifier: Apache-2.0 */
/* srtctl backend-test: the report of a conformance run. */
#include <string.h>

#include "cli/ctl.h"
#include "trial/trial.h"

enum { OPT_SETTINGS = SRT_CTL_OWN, OPT_JSON, OPT_ALL, OPT_ATTACK };

static const SrtOption options[] = {
    SRT_CTL_COMMON,
    [OPT_SETTINGS] = {'s', "settings", "FILE", "prepare with these settings as well"},
    [OPT_JSON] = {'j', "json", NULL, "print JSON"},
    [OPT_ALL] = {'a', "all", NULL, "every line, also what is as it should be"},
    [OPT_ATTACK] = {0, "attack", NULL, "for itself: try what a class stops"},
    {0, NULL, NULL, NULL},
};

static const char *const marks[] = {"good", "BAD", "left out"};
static const char *const json_names[] = {"good", "bad", "left"};

static guint count(const SrtTrial *trial, SrtTrialVerdict verdict)
{
    guint n = 0;
    for (guint i = 0; i < trial->lines->len; i++)
        n += ((const SrtTrialLine *)trial->lines->pdata[i])->verdict == verdict;
    return n;
}

static void print_report(const SrtTrial *trial, gboolean everything)
{
    const char *group = "";
    for (guint i = 0; i < trial->lines->len; i++) {
        const SrtTrialLine *line = trial->lines->pdata[i];
        if (line->verdict == SRT_TRIAL_GOOD && !everything)
            continue;
        if (strcmp(group, line->group) != 0)
            srt_ctl_line("%s", line->group);
        group = line->group;
        srt_ctl_line("  %-8s  %s%s%s", marks[line->verdict], line->name, line->text ? ": " : "",
                     line->text ? line->text : "");
    }
    if (trial->cannot)
        srt_ctl_block("cannot run here: ", trial->cannot);
    srt_ctl_line("%s: %u good, %u bad, %u left out: %s", trial->file, count(trial, SRT_TRIAL_GOOD),
                 count(trial, SRT_TRIAL_BAD), count(trial, SRT_TRIAL_LEFT),
                 srt_trial_passed(trial) ? "passed" : "FAILED");
}

static json_object *json_report(const SrtTrial *trial)
{
    json_object *report = json_object_new_object(), *lines = json_object_new_array();
    for (guint i = 0; i < trial->lines->len; i++) {
        const SrtTrialLine *line = trial->lines->pdata[i];
        json_object *entry = json_object_new_object();
        json_object_object_add(entry, "group", srt_ctl_json_text(line->group));
        json_object_object_add(entry, "name", srt_ctl_json_text(line->name));
        json_object_object_add(entry, "verdict", srt_ctl_json_text(json_names[line->verdict]));
        json_object_object_add(entry, "text", srt_ctl_json_text(line->text));
        json_object_array_add(lines, entry);
    }
    json_object_object_add(report, "file", srt_ctl_json_text(trial->file));
    json_object_object_add(report, "passed", json_object_new_boolean(srt_trial_passed(trial)));
    json_object_object_add(report, "cannot", srt_ctl_json_text(trial->cannot));
    json_object_object_add(report, "lines", lines);
    return report;
}

static int run(const SrtOptionValues *values)
{
    const char *const *operands = srt_options_operands(values);
    g_autoptr(GError) error = NULL;
    if (values->values[OPT_ATTACK])
        return srt_trial_attack(operands);
    if (srt_options_count(values) != 1) {
        g_set_error_literal(&error, SRT_ERROR, SRT_ERROR_USAGE,
                            "srtctl backend-test: expected one module, as in ./mine.so");
        return srt_ctl_fail(error);
    }
    g_autoptr(SrtTrial) trial = srt_trial_run(operands[0], values->values[OPT_SETTINGS], &error);
    if (!trial)
        return srt_ctl_fail(error);
    if (values->values[OPT_JSON])
        srt_ctl_json_print(json_report(trial));
    else
        print_report(trial, values->values[OPT_ALL] != NULL);
    return srt_trial_passed(trial) ? SRT_CTL_OK : SRT_CTL_NO;
}

const SrtCtlCommand srt_ctl_backend_test = {
    .name = "backend-test",
    .synopsis = "[--settings FILE] [--json] [--all] MODULE",
    .summary = "a conformance run of one backend, for its author",
    .text =
        "Loads the module and calls its operations in and out of order, each time in a process\n"
        "of its own, and holds what it does against <srt/backend.h>. Then srt runs commands\n"
        "with it, and for every rule class that the backend claims what the class is to stop\n"
        "is tried: without a sandbox first, where it has to work. \"left out\" is what the\n"
        "backend does not claim, or what cannot be tried on this machine. Exit status 1:\n"
        "something is bad, or the backend cannot run here.",
    .options = options,
    .least = 1,
    .most = 8,
    .run = run,
};
