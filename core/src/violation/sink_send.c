/* SPDX-License-Identifier: Apache-2.0 */
#include "violation/sink_send.h"

#include "violation/json.h"

#define LOOK_MS 250 /* between two looks at whether the run has ended */
#define GRACE_US 1000000

int srt_patience_ms(SrtPatience *patience, SrtViolationQueue *queue)
{
    if (!srt_violation_queue_is_ending(queue))
        return LOOK_MS;
    gint64 now = g_get_monotonic_time();
    if (!patience->ends)
        patience->ends = now + GRACE_US;
    return now >= patience->ends ? 0 : (int)((patience->ends - now) / 1000) + 1;
}

static gboolean send_one(SrtSendSink *sink, const char *record, guint64 lost)
{
    for (;;) {
        int wait = srt_patience_ms(&sink->patience, sink->queue);
        SrtSent sent = sink->send(sink->data, record, lost, wait);
        if (sent != SRT_SENT_NOT_YET || wait == 0)
            return sent == SRT_SENT;
    }
}

void srt_send_sink_write(void *data, const GPtrArray *batch, guint64 lost)
{
    SrtSendSink *sink = data;
    sink->lost += lost;
    for (guint i = 0; i < batch->len; i++) {
        const SrtViolationRecord *record = g_ptr_array_index(batch, i);
        g_autofree char *line = srt_violation_json(record, sink->session);
        if (!send_one(sink, line, 0))
            sink->lost += record->count;
    }
    if (sink->lost && send_one(sink, NULL, sink->lost))
        sink->lost = 0;
}
