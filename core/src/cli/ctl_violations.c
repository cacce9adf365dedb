/* SPDX-License-Identifier: Apache-2.0 */
/* srtctl violations: what was refused, across runs. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "cli/ctl.h"
#include "cli/records.h"
#include "cli/since.h"
#include "cli/table.h"
#include "violation/json.h"

#define FOLLOW_US 250000
#define FOLLOW_FIRST 10 /* records before those that come */

enum {
    OPT_LAST = SRT_CTL_OWN,
    OPT_SINCE,
    OPT_COMMAND,
    OPT_KIND,
    OPT_FOLLOW,
    OPT_JSON,
    OPT_TABLE,
    OPT_COUNT,
    OPT_LIMIT,
};

static const SrtOption options[] = {
    SRT_CTL_COMMON,
    [OPT_LAST] = {'l', "last", NULL, "of the last run that had something refused"},
    [OPT_SINCE] = {0, "since", "TIME", "from then on: 30m, 2h, 1d, 2026-01-31, 2026-01-31T12:00"},
    [OPT_COMMAND] = {0, "command", "TEXT", "of commands that contain TEXT"},
    [OPT_KIND] = {'k', "kind", "KIND,...",
                  "read, write, create, delete, rename, exec, connect, resolve,\n"
                  "unix, signal, syscall"},
    [OPT_FOLLOW] = {'f', "follow", NULL, "go on and show what comes"},
    [OPT_JSON] = {'j', "json", NULL, "JSON lines; the default where the output is no terminal"},
    [OPT_TABLE] = {'t', "table", NULL, "a table; the default on a terminal"},
    [OPT_COUNT] = {'c', "count-by", "FIELD,...",
                   "how many for each operation, target, rule, program, command,\n"
                   "backend, reason or session"},
    [OPT_LIMIT] = {'n', "limit", "N", "only the newest N"},
    {0, NULL, NULL, NULL},
};

static gboolean read_query(const SrtOptionValues *values, SrtViolationQuery *ret, GError **error)
{
    const char *const *v = values->values;
    guint64 limit = 0;
    *ret = (SrtViolationQuery){.last_session = v[OPT_LAST] != NULL, .command = v[OPT_COMMAND]};
    if (v[OPT_SINCE] && !srt_since_parse(v[OPT_SINCE], g_get_real_time(), &ret->since_us, error))
        return FALSE;
    if (v[OPT_KIND] && !srt_ctl_kinds(v[OPT_KIND], &ret->operations, error))
        return FALSE;
    if (v[OPT_LIMIT] &&
        !g_ascii_string_to_unsigned(v[OPT_LIMIT], 10, 1, 1000000000, &limit, NULL)) {
        g_set_error(error, SRT_ERROR, SRT_ERROR_USAGE,
                    "--limit: found '%s', expected a number from 1 on", v[OPT_LIMIT]);
        return FALSE;
    }
    ret->limit = (guint)limit;
    return TRUE;
}

static void print_json(const GPtrArray *records)
{
    for (guint i = 0; i < records->len; i++) {
        g_autofree char *line = srt_violation_json(g_ptr_array_index(records, i), NULL);
        fputs(line, stdout);
    }
}

static int follow(SrtViolationQuery query, gboolean json)
{
    query.limit = FOLLOW_FIRST;
    for (;;) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) records = srt_ctl_records(&query, NULL, &error);
        if (!records)
            return srt_ctl_fail(error);
        for (guint i = 0; i < records->len; i++) {
            const SrtViolationRecord *record = g_ptr_array_index(records, i);
            query.after_id = MAX(query.after_id, record->id);
        }
        if (json)
            print_json(records);
        else if (records->len > 0)
            srt_ctl_print_records(records, query.limit == FOLLOW_FIRST);
        if (fflush(stdout) != 0)
            return SRT_CTL_OK;
        if (query.after_id)
            query.limit = 0;
        g_usleep(FOLLOW_US);
    }
}

static int run(const SrtOptionValues *values)
{
    const char *const *v = values->values;
    gboolean json = v[OPT_JSON] || (!v[OPT_TABLE] && !isatty(STDOUT_FILENO));
    g_autoptr(GError) error = NULL;
    SrtViolationQuery query;
    guint64 lost = 0;
    if (!read_query(values, &query, &error))
        return srt_ctl_fail(error);
    if (v[OPT_FOLLOW])
        return follow(query, json);
    g_autoptr(GPtrArray) records = srt_ctl_records(&query, &lost, &error);
    if (!records)
        return srt_ctl_fail(error);
    if (v[OPT_COUNT]) {
        if (!srt_ctl_print_counts(records, v[OPT_COUNT], json, &error))
            return srt_ctl_fail(error);
        return SRT_CTL_OK;
    }
    if (json)
        print_json(records);
    else if (records->len > 0)
        srt_ctl_print_records(records, TRUE);
    else
        srt_ctl_line("nothing was refused");
    if (lost > 0 && query.last_session)
        srt_log_warning("%" G_GUINT64_FORMAT " more of the last run were not recorded: they came "
                        "faster than they could be written",
                        lost);
    return SRT_CTL_OK;
}

const SrtCtlCommand srt_ctl_violations = {
    .name = "violations",
    .synopsis = "[--last | --since TIME] [--command TEXT] [--kind KIND,...]",
    .summary = "what was refused, in this run or earlier ones",
    .text = "Shows what srt refused, the oldest first: a table on a terminal, JSON lines\n"
            "otherwise. What a command tried and mounts refused is marked \"tried\".",
    .options = options,
    .run = run,
};
