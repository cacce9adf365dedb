/* SPDX-License-Identifier: Apache-2.0 */
/* srtctl annotate: a command's error text, with what was refused to it. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/ctl.h"
#include "cli/records.h"

enum { OPT_ID = SRT_CTL_OWN, OPT_COMMAND, OPT_LAST };

static const SrtOption options[] = {
    SRT_CTL_COMMON,
    [OPT_ID] = {0, "command-id", "ID", "of the last run with this --command-id"},
    [OPT_COMMAND] = {0, "command", "TEXT", "of the last run of this command"},
    [OPT_LAST] = {'l', "last", NULL, "of the last run that had something refused; the default"},
    {0, NULL, NULL, NULL},
};

/* Copies standard input; TRUE when it is text that ends without a newline. */
static gboolean copy_input(gboolean *ret_open_line)
{
    char buffer[65536];
    gsize n;
    *ret_open_line = FALSE;
    while ((n = fread(buffer, 1, sizeof buffer, stdin)) > 0) {
        if (fwrite(buffer, 1, n, stdout) != n)
            return FALSE;
        *ret_open_line = TRUE;
    }
    return !ferror(stdin);
}

static gboolean belongs(const SrtViolationRecord *record, const SrtOptionValues *values)
{
    const char *id = values->values[OPT_ID], *command = values->values[OPT_COMMAND];
    return (!id || g_strcmp0(record->command_id, id) == 0) &&
           (!command || g_strcmp0(record->command, command) == 0);
}

/* The newest record that belongs says which run it is. */
static void print_block(const GPtrArray *records, const SrtOptionValues *values, gboolean begun)
{
    const char *session = NULL;
    for (guint i = records->len; i-- > 0 && !session;)
        if (belongs(records->pdata[i], values))
            session = ((const SrtViolationRecord *)records->pdata[i])->session;
    if (!session)
        return;
    printf("%s<sandbox_violations>\n", begun ? "\n" : "");
    for (guint i = 0; i < records->len; i++) {
        const SrtViolationRecord *record = g_ptr_array_index(records, i);
        if (g_strcmp0(record->session, session) != 0 || !belongs(record, values))
            continue;
        g_autofree char *line = srt_violation_line(record);
        printf("%s\n", line);
    }
    printf("</sandbox_violations>");
}

static int run(const SrtOptionValues *values)
{
    gboolean chosen = values->values[OPT_ID] || values->values[OPT_COMMAND];
    g_autoptr(GError) error = NULL;
    SrtViolationQuery query = {.last_session = !chosen};
    gboolean begun;
    if (!copy_input(&begun)) {
        g_set_error_literal(&error, SRT_ERROR, SRT_ERROR_FAILED, "standard input cannot be copied");
        return srt_ctl_fail(error);
    }
    g_autoptr(GPtrArray) records = srt_ctl_records(&query, NULL, &error);
    if (!records)
        return srt_ctl_fail(error);
    print_block(records, values, begun);
    return SRT_CTL_OK;
}

const SrtCtlCommand srt_ctl_annotate = {
    .name = "annotate",
    .synopsis = "[--command-id ID | --command TEXT | --last] <ERRORS",
    .summary = "adds what was refused to the error text of a command",
    .text = "Copies standard input to standard output; when something was refused to the command,\n"
            "a block <sandbox_violations>…</sandbox_violations> follows with a line for each\n"
            "refusal, for programs that read the output of commands.",
    .options = options,
    .run = run,
};
