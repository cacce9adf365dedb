/* SPDX-License-Identifier: Apache-2.0 */
/* What was refused in a session: kept, told, asked for. */
#include <string.h>

#include "embed/private.h"
#include "embed/records.h"

static void tell(srt_session *session, const srt_record *record)
{
    pthread_mutex_lock(&session->calls);
    guint last = session->last_number; /* whoever subscribes meanwhile hears of the next */
    for (guint at = 0, i = 0; i < session->subscribers->len;) {
        /* The call may change the list: the next is the one with the next higher number. */
        SrtSubscriber subscriber = g_array_index(session->subscribers, SrtSubscriber, i);
        if (subscriber.number <= at || subscriber.number > last) {
            i++;
            continue;
        }
        at = subscriber.number;
        subscriber.record(subscriber.data, record);
        i = 0;
    }
    pthread_mutex_unlock(&session->calls);
}

gboolean srt_session_add_record(SrtLink *link, const char *json)
{
    srt_session *session = link->session;
    SrtViolationRecord *record = srt_record_from_json(json);
    if (!record)
        return FALSE;
    /* By the channel it came on, not by what it says. */
    g_free(record->command_id);
    record->command_id = g_strdup(link->id);
    if (!record->command)
        record->command = g_strdup(link->text);
    srt_record shown;
    g_autofree char *line = srt_violation_line(record);
    SrtViolationRecord *told = srt_violation_record_copy(record);
    srt_violation_store_take(session->store, record);
    srt_record_fill(&shown, told, line);
    tell(session, &shown);
    srt_violation_record_free(told);
    return TRUE;
}

uint32_t srt_session_subscribe(srt_session *session, srt_record_callback record, void *data)
{
    if (!record || !srt_session_usable(session, __func__, NULL))
        return 0;
    pthread_mutex_lock(&session->calls);
    SrtSubscriber subscriber = {++session->last_number, record, data};
    g_array_append_val(session->subscribers, subscriber);
    pthread_mutex_unlock(&session->calls);
    return subscriber.number;
}

void srt_session_unsubscribe(srt_session *session, uint32_t number)
{
    if (!srt_session_usable(session, __func__, NULL))
        return;
    pthread_mutex_lock(&session->calls);
    for (guint i = 0; i < session->subscribers->len; i++)
        if (g_array_index(session->subscribers, SrtSubscriber, i).number == number) {
            g_array_remove_index(session->subscribers, i);
            break;
        }
    pthread_mutex_unlock(&session->calls);
}

static GPtrArray *list_of(srt_session *session, const char *command_id)
{
    GPtrArray *list = srt_violation_store_list(session->store);
    for (guint i = list->len; command_id && i-- > 0;) {
        const SrtViolationRecord *record = list->pdata[i];
        if (g_strcmp0(record->command_id, command_id) != 0)
            g_ptr_array_remove_index(list, i);
    }
    return list;
}

srt_records *srt_session_records(srt_session *session, const char *command_id)
{
    if (!srt_session_usable(session, __func__, NULL))
        return NULL;
    return srt_records_new(list_of(session, command_id));
}

uint64_t srt_session_record_total(srt_session *session)
{
    if (!srt_session_usable(session, __func__, NULL))
        return 0;
    return srt_violation_store_total(session->store);
}

void srt_session_clear_records(srt_session *session)
{
    if (srt_session_usable(session, __func__, NULL))
        srt_violation_store_clear(session->store);
}

char *srt_session_annotate(srt_session *session, const char *command_id, const char *text)
{
    if (!srt_session_usable(session, __func__, NULL) || !command_id || !text)
        return g_strdup(text);
    g_autoptr(GPtrArray) list = list_of(session, command_id);
    GString *out = g_string_new(text);
    if (list->len)
        g_string_append_printf(out, "%s<sandbox_violations>\n", *text ? "\n" : "");
    for (guint i = 0; i < list->len; i++) {
        g_autofree char *line = srt_violation_line(list->pdata[i]);
        g_string_append_printf(out, "%s\n", line);
    }
    if (list->len)
        g_string_append(out, "</sandbox_violations>");
    return g_string_free(out, FALSE);
}
