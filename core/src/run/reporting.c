/* SPDX-License-Identifier: Apache-2.0 */
#include "run/reporting.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/quote.h"
#include "base/random.h"
#include "base/state.h"
#include "violation/sinks.h"
#include "violation/summary.h"

#define LINES_MAX 5

struct SrtReporting {
    SrtViolationStore *store;
    SrtViolationSinks *sinks;
    gboolean quiet;
};

/* Unique among all runs that a database can hold. Of the system's own numbers: a generator
 * of GLib's would be set up for these two. */
static char *session_id(void)
{
    char *id = srt_random_hex(8, "the name of a session", NULL);
    return id ? id : g_strdup_printf("%08x%08x", g_random_int(), g_random_int());
}

/* What lies there can be read by a command to which it is not hidden, and only what was
 * there at the start is. */
static gboolean is_there(const char *directory)
{
    struct stat st;
    return directory && lstat(directory, &st) == 0;
}

/* Of which others can say later what should stand in it. */
static char *settings_file(const SrtSettingsSource *source, const char *cwd)
{
    if (source->text)
        return g_path_is_absolute(source->label) ? g_strdup(source->label) : NULL;
    return source->file ? g_canonicalize_filename(source->file, cwd) : NULL;
}

static void attach_sinks(SrtReporting *r, const SrtRunOptions *options, SrtManager *manager,
                         const SrtConfig *config, const srt_policy *policy)
{
    const SrtConfigViolations *wanted = &config->violations;
    g_autofree char *id = session_id();
    g_autofree char *directory =
        wanted->store == SRT_TRI_FALSE ? NULL : srt_state_directory(policy->home);
    g_autofree char *settings = settings_file(&options->settings, policy->cwd);
    SrtViolationSinkOptions sinks = {
        .session = {.id = id,
                    .started_us = g_get_real_time(),
                    .pid = (int)getpid(),
                    .cwd = policy->cwd,
                    .settings = settings},
        .directory = directory,
        .hold = !is_there(directory),
        .days = wanted->keep_days ? wanted->keep_days : SRT_DATABASE_DAYS,
        .rows = wanted->keep_rows ? wanted->keep_rows : SRT_DATABASE_ROWS,
        .report_fd = options->report_fd,
        .send = manager ? srt_manager_send_record : NULL,
        .send_data = manager,
        .syslog = wanted->syslog == SRT_TRI_TRUE,
    };
    r->sinks = srt_violation_sinks_new(r->store, &sinks);
}

SrtReporting *srt_reporting_new(const SrtRunOptions *options, SrtManager *manager,
                                const SrtConfig *config, const srt_policy *policy)
{
    SrtReporting *r = g_new0(SrtReporting, 1);
    g_autofree char *words =
        options->command_text ? NULL : srt_quote_words(options->argv, SRT_QUOTE_COMMAND_MAX);
    guint size = config->violations.keep_in_memory;
    r->quiet = options->quiet;
    r->store = srt_violation_store_new();
    srt_violation_store_configure(r->store, size ? size : SRT_VIOLATION_RING,
                                  config->ignore_violations);
    srt_violation_store_set_command(r->store, options->command_id,
                                    words ? words : options->command_text);
    attach_sinks(r, options, manager, config, policy);
    return r;
}

SrtViolationStore *srt_reporting_store(SrtReporting *reporting)
{
    return reporting->store;
}

static void say(const SrtReporting *r)
{
    g_autoptr(GPtrArray) records = srt_violation_store_list(r->store);
    g_autoptr(GPtrArray) lines = srt_violation_summary(records, LINES_MAX);
    for (guint i = 0; i < lines->len; i++)
        srt_log_error("%s", (const char *)lines->pdata[i]);
}

void srt_reporting_end(SrtReporting *r, int status)
{
    if (!r)
        return;
    srt_violation_sinks_stop(r->sinks);
    if (status != 0 && !r->quiet && isatty(STDERR_FILENO))
        say(r);
    srt_violation_store_free(r->store);
    g_free(r);
}
