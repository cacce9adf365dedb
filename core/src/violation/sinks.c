/* SPDX-License-Identifier: Apache-2.0 */
#include "violation/sinks.h"

#include <string.h>

#include "base/fd.h"
#include "base/log.h"
#include "violation/json.h"
#include "violation/queue.h"
#include "violation/sink_report.h"
#include "violation/sink_send.h"
#include "violation/sink_syslog.h"

#define GATHER_MS 100    /* records of one transaction */
#define PRUNE_EVERY 5000 /* rows */
#define SYSLOG_PATH "/dev/log"

struct SrtViolationSinks {
    SrtViolationSession session;
    char *id, *cwd, *settings, *directory;
    guint days;
    guint64 rows;

    SrtViolationQueue *database_queue; /* its thread alone uses: */
    SrtViolationDatabase *database;
    gboolean given_up;
    guint64 lost; /* of transactions that failed */
    guint64 since_prune;

    SrtViolationQueue *report_queue; /* its thread alone uses: */
    SrtReportPipe report;
    guint64 report_lost;
    SrtPatience report_patience;

    SrtSendSink send;

    SrtViolationQueue *syslog_queue; /* its thread alone uses: */
    char *syslog_path;
    int syslog;
    guint64 syslog_lost;
};

static guint64 count_of(const GPtrArray *batch)
{
    guint64 count = 0;
    for (guint i = 0; i < batch->len; i++)
        count += ((const SrtViolationRecord *)batch->pdata[i])->count;
    return count;
}

/* One warning; the run goes on. Inside of another sandbox the place is expected to be
 * closed. */
static void give_up(SrtViolationSinks *s, GError *error)
{
    if (g_getenv("SANDBOX_RUNTIME"))
        srt_log_debug("violations are not kept: %s", error->message);
    else
        srt_log_warning("violations are not kept: %s", error->message);
    s->given_up = TRUE;
    g_error_free(error);
    g_clear_pointer(&s->database, srt_violation_database_close);
}

static void prune(SrtViolationSinks *s, guint added)
{
    g_autoptr(GError) error = NULL;
    s->since_prune += added;
    if (s->since_prune < PRUNE_EVERY)
        return;
    s->since_prune = 0;
    if (!srt_violation_database_prune(s->database, s->days, s->rows, SRT_DATABASE_BYTES, &error))
        srt_log_debug("old violations were not deleted: %s", error->message);
}

static void write_database(void *data, const GPtrArray *batch, guint64 lost)
{
    SrtViolationSinks *s = data;
    GError *error = NULL;
    if (s->given_up)
        return;
    if (!s->database) {
        s->database = srt_violation_database_open(s->directory, &error);
        s->since_prune = PRUNE_EVERY;
    }
    s->lost += lost;
    if (!s->database ||
        !srt_violation_database_add(s->database, &s->session, batch, s->lost, &error)) {
        give_up(s, error);
        return;
    }
    if (s->lost > 0)
        srt_log_debug("%" G_GUINT64_FORMAT " violations were not recorded", s->lost);
    s->lost = 0;
    prune(s, batch->len);
}

static int patience(void *data)
{
    SrtViolationSinks *s = data;
    return srt_patience_ms(&s->report_patience, s->report_queue);
}

static gboolean report_line(SrtViolationSinks *s, char *take_line)
{
    g_autofree char *line = take_line;
    return srt_report_pipe_write(&s->report, line, strlen(line), patience, s);
}

static void write_report(void *data, const GPtrArray *batch, guint64 lost)
{
    SrtViolationSinks *s = data;
    s->report_lost += lost;
    for (guint i = 0; i < batch->len; i++) {
        const SrtViolationRecord *record = g_ptr_array_index(batch, i);
        if (!report_line(s, srt_violation_json(record, s->id)))
            s->report_lost += record->count;
    }
    if (s->report_lost && report_line(s, srt_violation_json_lost(s->report_lost, s->id)))
        s->report_lost = 0;
}

static void write_syslog(void *data, const GPtrArray *batch, guint64 lost)
{
    SrtViolationSinks *s = data;
    if (s->syslog < 0)
        s->syslog = srt_syslog_open(s->syslog_path);
    if (s->syslog < 0 && !s->syslog_lost)
        srt_log_warning("violations do not reach the system log: there is none at %s",
                        s->syslog_path);
    s->syslog_lost += s->syslog < 0 ? count_of(batch) : lost;
    for (guint i = 0; s->syslog >= 0 && i < batch->len; i++) {
        const SrtViolationRecord *record = g_ptr_array_index(batch, i);
        g_autofree char *line = srt_violation_syslog_line(record, &s->session);
        if (!srt_syslog_send(s->syslog, line))
            s->syslog_lost += record->count;
    }
    if (s->syslog < 0 || !s->syslog_lost)
        return;
    g_autofree char *line = srt_violation_syslog_lost(s->syslog_lost, &s->session);
    if (srt_syslog_send(s->syslog, line))
        s->syslog_lost = 0;
}

static void push(void *queue, const SrtViolationRecord *record, guint64 lost)
{
    if (record)
        srt_violation_queue_push(queue, record);
    else
        srt_violation_queue_lose(queue, lost);
}

static SrtViolationQueue *attach(SrtViolationSinks *s, SrtViolationStore *store,
                                 SrtQueueOptions *options)
{
    options->data = s;
    SrtViolationQueue *queue = srt_violation_queue_new(options);
    srt_violation_store_add_sink(store, push, queue);
    return queue;
}

SrtViolationSinks *srt_violation_sinks_new(SrtViolationStore *store,
                                           const SrtViolationSinkOptions *options)
{
    SrtViolationSinks *s = g_new0(SrtViolationSinks, 1);
    s->session = options->session;
    s->session.id = s->id = g_strdup(options->session.id);
    s->session.cwd = s->cwd = g_strdup(options->session.cwd);
    s->session.settings = s->settings = g_strdup(options->session.settings);
    s->directory = g_strdup(options->directory);
    s->days = options->days;
    s->rows = options->rows;
    s->syslog_path = g_strdup(options->syslog_path ? options->syslog_path : SYSLOG_PATH);
    s->syslog = -1;
    s->report.own = -1;
    if (options->directory)
        s->database_queue =
            attach(s, store,
                   &(SrtQueueOptions){
                       .write = write_database, .gather_ms = GATHER_MS, .hold = options->hold});
    if (options->report_fd >= 0) {
        srt_report_pipe_init(&s->report, options->report_fd);
        s->report_queue = attach(s, store, &(SrtQueueOptions){.write = write_report});
    }
    if (options->send) {
        s->send =
            (SrtSendSink){.send = options->send, .data = options->send_data, .session = s->id};
        s->send.queue = srt_violation_queue_new(
            &(SrtQueueOptions){.write = srt_send_sink_write, .data = &s->send});
        srt_violation_store_add_sink(store, push, s->send.queue);
    }
    if (options->syslog)
        s->syslog_queue = attach(s, store, &(SrtQueueOptions){.write = write_syslog});
    return s;
}

void srt_violation_sinks_stop(SrtViolationSinks *s)
{
    if (!s)
        return;
    srt_violation_queue_stop(s->report_queue);
    srt_violation_queue_stop(s->send.queue);
    srt_violation_queue_stop(s->syslog_queue);
    srt_violation_queue_stop(s->database_queue);
    srt_violation_database_close(s->database);
    srt_report_pipe_clear(&s->report);
    srt_fd_clear(&s->syslog);
    g_free(s->id);
    g_free(s->cwd);
    g_free(s->settings);
    g_free(s->directory);
    g_free(s->syslog_path);
    g_free(s);
}
