/* SPDX-License-Identifier: Apache-2.0 */
/* Records: out of JSON, and as the interface has them. */
#include "embed/records.h"

#include <json-c/json.h>
#include <stddef.h>
#include <string.h>

#include "base/state.h"
#include "embed/error.h"
#include "violation/database.h"

#define QUERY_LIMIT 1000

struct srt_records {
    GPtrArray *list;  /* SrtViolationRecord */
    GPtrArray *lines; /* char * */
    srt_record *shown;
};

static char *text_of(json_object *object, const char *key)
{
    json_object *value;
    if (!json_object_object_get_ex(object, key, &value) ||
        !json_object_is_type(value, json_type_string))
        return NULL;
    return g_strdup(json_object_get_string(value));
}

static gint64 number_of(json_object *object, const char *key, gint64 fallback)
{
    json_object *value;
    if (!json_object_object_get_ex(object, key, &value) ||
        !json_object_is_type(value, json_type_int))
        return fallback;
    return json_object_get_int64(value);
}

static guint flag_of(json_object *object, const char *key, guint flag)
{
    json_object *value;
    return json_object_object_get_ex(object, key, &value) && json_object_get_boolean(value) ? flag
                                                                                            : 0;
}

static gint64 time_of(json_object *object, const char *key, gint64 fallback)
{
    g_autofree char *text = text_of(object, key);
    g_autoptr(GDateTime) time = text ? g_date_time_new_from_iso8601(text, NULL) : NULL;
    if (!time)
        return fallback;
    return g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time);
}

static SrtViolationRecord *from_object(json_object *object)
{
    g_autofree char *operation = text_of(object, "operation");
    int number = operation ? srt_operation_by_name(operation) : -1;
    char *target = text_of(object, "target");
    if (number < 0 || !target) {
        g_free(target);
        return NULL;
    }
    SrtViolationRecord *record = g_new0(SrtViolationRecord, 1);
    record->operation = (srt_operation)number;
    record->target = target;
    record->time_us = time_of(object, "time", g_get_real_time());
    record->last_us = time_of(object, "last", record->time_us);
    record->count = (guint64)MAX(number_of(object, "count", 1), 1);
    record->pid = (int)CLAMP(number_of(object, "pid", 0), 0, G_MAXINT);
    record->flags = flag_of(object, "attempt", SRT_VIOLATION_ATTEMPT) |
                    flag_of(object, "tampering", SRT_VIOLATION_TAMPERING);
    record->program = text_of(object, "program");
    record->rule = text_of(object, "rule");
    record->reason = text_of(object, "reason");
    record->backend = text_of(object, "backend");
    record->command_id = text_of(object, "commandId");
    record->command = text_of(object, "command");
    record->session = text_of(object, "session");
    return record;
}

SrtViolationRecord *srt_record_from_json(const char *json)
{
    json_object *object = json_tokener_parse(json);
    SrtViolationRecord *record =
        object && json_object_is_type(object, json_type_object) ? from_object(object) : NULL;
    json_object_put(object);
    return record;
}

void srt_record_fill(srt_record *ret, const SrtViolationRecord *record, const char *line)
{
    *ret = (srt_record){
        .struct_size = sizeof *ret,
        .flags = record->flags & ~SRT_RECORD_ALTERED,
        .operation = record->operation,
        .pid = record->pid,
        .time_us = record->time_us,
        .last_us = record->last_us,
        .count = record->count,
        .program = record->program,
        .target = record->target,
        .rule = srt_violation_rule(record),
        .reason = record->reason,
        .backend = record->backend,
        .command_id = record->command_id,
        .command = record->command,
        .session = record->session,
        .line = line,
    };
}

srt_records *srt_records_new(GPtrArray *list)
{
    srt_records *records = g_new0(srt_records, 1);
    records->list = list;
    records->lines = g_ptr_array_new_with_free_func(g_free);
    records->shown = g_new0(srt_record, list->len);
    for (guint i = 0; i < list->len; i++) {
        char *line = srt_violation_line(list->pdata[i]);
        g_ptr_array_add(records->lines, line);
        srt_record_fill(&records->shown[i], list->pdata[i], line);
    }
    return records;
}

size_t srt_records_count(const srt_records *records)
{
    return records ? records->list->len : 0;
}

const srt_record *srt_records_get(const srt_records *records, size_t index)
{
    return records && index < records->list->len ? &records->shown[index] : NULL;
}

void srt_records_free(srt_records *records)
{
    if (!records)
        return;
    g_ptr_array_unref(records->list);
    g_ptr_array_unref(records->lines);
    g_free(records->shown);
    g_free(records);
}

static GPtrArray *look(const srt_query *query, GError **error)
{
    g_autofree char *directory = srt_state_directory(g_getenv("HOME"));
    if (!directory)
        return srt_violation_records_new();
    GError *wrong = NULL;
    g_autoptr(SrtViolationDatabase) database =
        srt_violation_database_open_to_read(directory, &wrong);
    if (!database && !wrong)
        return srt_violation_records_new();
    if (!database) {
        g_propagate_error(error, wrong);
        return NULL;
    }
    SrtViolationQuery inner = {.session = query->session,
                               .since_us = query->since_us,
                               .command = query->command,
                               .operations = query->operations,
                               .limit = query->limit ? query->limit : QUERY_LIMIT};
    return srt_violation_database_query(database, &inner, NULL, error);
}

srt_records *srt_records_query(const srt_query *query, srt_error **error)
{
    srt_query q = {.struct_size = sizeof q};
    GError *wrong = NULL;
    if (query &&
        !srt_embed_copy_struct(__func__, query, &q, sizeof q, offsetof(srt_query, reserved), error))
        return NULL;
    if (q.reserved || q.operations >> SRT_OPERATION_COUNT) {
        srt_embed_misuse(
            error, __func__,
            "found an operation that does not exist, or a reserved member that is set");
        return NULL;
    }
    GPtrArray *list = look(&q, &wrong);
    if (list)
        return srt_records_new(list);
    srt_embed_take_error(error, wrong);
    return NULL;
}
