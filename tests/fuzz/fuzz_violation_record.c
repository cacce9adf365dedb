/* SPDX-License-Identifier: Apache-2.0 */
/* A record of any bytes: fields between NULs, then everything that is written of it. JSON is one
 * line that a reader takes, lines are one line, and nothing in them speaks to a terminal. */
#include <json-c/json.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "violation/ignore.h"
#include "violation/json.h"
#include "violation/sink_syslog.h"
#include "violation/summary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(gboolean right)
{
    if (!right)
        abort();
}

static void check_line(const char *line, gboolean ends)
{
    const size_t length = strlen(line);
    check(g_utf8_validate(line, -1, NULL));
    for (size_t i = 0; i + (ends ? 1 : 0) < length; i++)
        check((guchar)line[i] >= 0x20 && line[i] != 0x7f);
    check(!ends || (length > 0 && line[length - 1] == '\n'));
}

static void check_json(const SrtViolationRecord *record)
{
    json_object *value = NULL;
    g_autofree char *line = srt_violation_json(record, "0123456789abcdef");
    struct json_tokener *reader = json_tokener_new_ex(4);
    check_line(line, TRUE);
    json_object *whole = json_tokener_parse_ex(reader, line, (int)strlen(line));
    check(whole && json_object_object_get_ex(whole, "target", &value));
    /* json-c does not know all characters beyond the first plane. */
    const char *read = json_object_get_string(value);
    check(strcmp(read, record->target) == 0 || strpbrk(record->target, "\xf0\xf1\xf2\xf3\xf4"));
    check(json_object_object_get_ex(whole, "rule", &value));
    json_object_put(whole);
    json_tokener_free(reader);
}

static void check_texts(SrtViolationRecord *record)
{
    const SrtViolationSession session = {.id = "0123456789abcdef"};
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    g_autofree char *line = srt_violation_line(record);
    g_autofree char *sent = srt_violation_syslog_line(record, &session);
    check_line(line, FALSE);
    check(!strpbrk(line, "<>"));
    check_line(sent, g_str_has_suffix(sent, "\n"));
    g_ptr_array_add(list, record);
    g_autoptr(GPtrArray) summary = srt_violation_summary(list, 5);
    check(summary->len == 1);
    check_line(summary->pdata[0], FALSE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    g_autofree char *text = g_strndup((const char *)data + 2, size - 2);
    g_auto(GStrv) fields = g_strsplit(text, "\x1e", 5);
    const guint n = g_strv_length(fields);
    const srt_violation violation = {
        .struct_size = sizeof violation,
        .flags = data[1] & 3,
        .operation = (srt_operation)(data[0] % SRT_OPERATION_COUNT),
        .pid = data[1],
        .target = n > 0 ? fields[0] : "",
        .program = n > 1 ? fields[1] : NULL,
        .rule = n > 2 ? fields[2] : NULL,
        .reason = n > 3 ? fields[3] : NULL,
    };
    SrtViolationRecord *record = srt_violation_record_new(&violation, n > 4 ? fields[4] : NULL);
    check_json(record);
    check_texts(record);
    srt_violation_record_free(record);
    return 0;
}
