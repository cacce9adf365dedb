/* SPDX-License-Identifier: Apache-2.0 */
/* srtctl check and srtctl schema: settings files. */
#include <stdio.h>

#include "base/log.h"
#include "cli/ctl.h"
#include "run/session.h"

static const SrtOption options[] = {
    SRT_CTL_COMMON,
    {0, NULL, NULL, NULL},
};

static int run_check(const SrtOptionValues *values)
{
    const char *file = srt_options_operands(values)[0];
    g_autoptr(SrtConfig) config = NULL;
    g_autoptr(SrtPolicy) policy = NULL;
    g_autoptr(GError) error = NULL;
    if (!srt_run_resolve(file, &config, &policy, &error)) {
        srt_log_error("%s", error->message);
        return SRT_CTL_NO;
    }
    for (guint i = 0; i < config->notes->len; i++)
        srt_ctl_line("note: %s", (const char *)config->notes->pdata[i]);
    for (guint i = 0; i < srt_policy_notes(policy)->len; i++)
        srt_ctl_line("note: %s", (const char *)srt_policy_notes(policy)->pdata[i]);
    for (guint i = 0; i < config->files->len; i++)
        srt_ctl_line("%s: good", (const char *)config->files->pdata[i]);
    if (config->files->len == 0)
        srt_ctl_line("no settings file: the built-in defaults are used");
    return SRT_CTL_OK;
}

const SrtCtlCommand srt_ctl_check = {
    .name = "check",
    .synopsis = "[FILE]",
    .summary = "every problem of a settings file",
    .text =
        "Reads a settings file as srt does (without FILE: ~/.srt-settings.json) and the files\n"
        "that it extends, and turns it into rules for the current directory. Every problem is\n"
        "printed with file, line, column, what was found and what was expected. Exit status 1:\n"
        "there is a problem.",
    .options = options,
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
