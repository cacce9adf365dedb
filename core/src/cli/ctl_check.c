/* SPDX-License-Identifier: Apache-2.0 */
/* srtctl check and srtctl schema: settings files. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "cli/ctl.h"
#include "run/session.h"

enum { OPT_JSON = SRT_CTL_OWN };

static const SrtOption options[] = {
    SRT_CTL_COMMON,
    {0, NULL, NULL, NULL},
};

static const SrtOption check_options[] = {
    SRT_CTL_COMMON,
    [OPT_JSON] = {'j', "json", NULL, "print JSON"},
    {0, NULL, NULL, NULL},
};

static json_object *json_lines(const GPtrArray *lines)
{
    json_object *array = json_object_new_array();
    for (guint i = 0; lines && i < lines->len; i++)
        json_object_array_add(array, srt_ctl_json_text(lines->pdata[i]));
    return array;
}

/* config and policy: NULL when there is an error, which holds one problem a line. */
static int print_json(const SrtConfig *config, const SrtPolicy *policy, const GError *error)
{
    json_object *all = json_object_new_object(), *problems = json_object_new_array();
    g_auto(GStrv) lines = g_strsplit(error ? error->message : "", "\n", -1);
    for (char **line = lines; *line; line++)
        if (**line)
            json_object_array_add(problems, srt_ctl_json_text(*line));
    json_object *notes = json_lines(config ? config->notes : NULL);
    for (guint i = 0; policy && i < srt_policy_notes(policy)->len; i++)
        json_object_array_add(notes, srt_ctl_json_text(srt_policy_notes(policy)->pdata[i]));
    json_object_object_add(all, "good", json_object_new_boolean(!error));
    json_object_object_add(all, "problems", problems);
    json_object_object_add(all, "notes", notes);
    json_object_object_add(all, "files", json_lines(config ? config->files : NULL));
    srt_ctl_json_print(all);
    return error ? SRT_CTL_NO : SRT_CTL_OK;
}

static int run_check(const SrtOptionValues *values)
{
    const char *file = srt_options_operands(values)[0];
    g_autoptr(SrtConfig) config = NULL;
    g_autoptr(SrtPolicy) policy = NULL;
    g_autoptr(GError) error = NULL;
    gboolean good = srt_ctl_resolve(file, &config, &policy, &error);
    if (values->values[OPT_JSON])
        return print_json(config, policy, error);
    if (!good) {
        srt_log_error("%s", error->message);
        return SRT_CTL_NO;
    }
    for (guint i = 0; i < config->notes->len; i++)
        srt_ctl_line("note: %s", (const char *)config->notes->pdata[i]);
    for (guint i = 0; i < srt_policy_notes(policy)->len; i++)
        srt_ctl_line("note: %s", (const char *)srt_policy_notes(policy)->pdata[i]);
    for (guint i = 0; i < config->files->len; i++)
        srt_ctl_line("%s: good", (const char *)config->files->pdata[i]);
    if (file && strcmp(file, "-") == 0)
        srt_ctl_line("standard input: good");
    else if (config->files->len == 0)
        srt_ctl_line("no settings file: the built-in defaults are used");
    return SRT_CTL_OK;
}

const SrtCtlCommand srt_ctl_check = {
    .name = "check",
    .synopsis = "[--json] [FILE]",
    .summary = "every problem of a settings file",
    .text =
        "Reads a settings file as srt does (without FILE: ~/.srt-settings.json; -: its text on\n"
        "standard input) and the files that it extends, and turns it into rules for the current\n"
        "directory. Every problem is printed with file, line, column, what was found and what was\n"
        "expected. Exit status 1: there is a problem.",
    .options = check_options,
    .most = 1,
    .run = run_check,
};

static int run_schema(const SrtOptionValues *values)
{
    (void)values;
    g_autofree char *schema = srt_config_schema();
    fputs(schema, stdout);
    if (!g_str_has_suffix(schema, "\n"))
        putchar('\n');
    return SRT_CTL_OK;
}

const SrtCtlCommand srt_ctl_schema = {
    .name = "schema",
    .synopsis = "",
    .summary = "the JSON Schema of settings files",
    .text = "Prints the JSON Schema (draft 2020-12) of the settings file, for editors and for\n"
            "programs that write settings.",
    .options = options,
    .run = run_schema,
};
