/* SPDX-License-Identifier: Apache-2.0 */
#include "violation/record.h"

#include <string.h>

#include "violation/text.h"

static const struct {
    const char *name;
    const char *list; /* on which something refused is missing */
} operations[SRT_OPERATION_COUNT] = {
    [SRT_OP_READ] = {"read", "filesystem.denyRead"},
    [SRT_OP_WRITE] = {"write", "filesystem.allowWrite"},
    [SRT_OP_CREATE] = {"create", "filesystem.allowWrite"},
    [SRT_OP_DELETE] = {"delete", "filesystem.allowWrite"},
    [SRT_OP_RENAME] = {"rename", "filesystem.allowWrite"},
    [SRT_OP_EXEC] = {"exec", "filesystem.denyRead"},
    [SRT_OP_CONNECT] = {"connect", "network.allowedDomains"},
    [SRT_OP_RESOLVE] = {"resolve", "network.allowedDomains"},
    [SRT_OP_UNIX] = {"unix", "network.allowUnixSockets"},
    [SRT_OP_SIGNAL] = {"signal", "the sandbox's own processes"},
    [SRT_OP_SYSCALL] = {"syscall", "the system call filter"},
};

SrtViolationRecord *srt_violation_record_new(const srt_violation *from, const char *source)
{
    /* A backend built against an older header gives a shorter structure. */
    srt_violation violation = {0};
    memcpy(&violation, from, MIN(from->struct_size, sizeof violation));
    SrtViolationRecord *record = g_new0(SrtViolationRecord, 1);
    const char *target = violation.target ? violation.target : "";
    record->time_us = record->last_us = g_get_real_time();
    record->count = MAX(violation.count, 1);
    record->operation = violation.operation;
    record->flags = violation.flags & ~SRT_RECORD_ALTERED;
    record->pid = violation.pid;
    record->program = srt_violation_clean(violation.program);
    record->target = srt_violation_clean(target);
    record->rule = srt_violation_clean(violation.rule);
    record->reason = srt_violation_clean(violation.reason);
    record->backend = srt_violation_clean(source);
    if (strcmp(record->target, target) != 0)
        record->flags |= SRT_RECORD_ALTERED;
    return record;
}

SrtViolationRecord *srt_violation_record_copy(const SrtViolationRecord *from)
{
    SrtViolationRecord *record = g_new(SrtViolationRecord, 1);
    *record = *from;
    record->program = g_strdup(from->program);
    record->target = g_strdup(from->target);
    record->rule = g_strdup(from->rule);
    record->reason = g_strdup(from->reason);
    record->backend = g_strdup(from->backend);
    record->command_id = g_strdup(from->command_id);
    record->command = g_strdup(from->command);
    record->session = g_strdup(from->session);
    record->cwd = g_strdup(from->cwd);
    record->settings = g_strdup(from->settings);
    return record;
}

void srt_violation_record_free(SrtViolationRecord *record)
{
    if (!record)
        return;
    g_free(record->program);
    g_free(record->target);
    g_free(record->rule);
    g_free(record->reason);
    g_free(record->backend);
    g_free(record->command_id);
    g_free(record->command);
    g_free(record->session);
    g_free(record->cwd);
    g_free(record->settings);
    g_free(record);
}

static void free_record(gpointer record)
{
    srt_violation_record_free(record);
}

GPtrArray *srt_violation_records_new(void)
{
    return g_ptr_array_new_with_free_func(free_record);
}

guint srt_violation_record_hash(gconstpointer data)
{
    const SrtViolationRecord *r = data;
    guint hash = g_str_hash(r->target) * 31 + (guint)r->operation;
    return r->program ? hash * 31 + g_str_hash(r->program) : hash;
}

gboolean srt_violation_record_equal(gconstpointer left, gconstpointer right)
{
    const SrtViolationRecord *a = left, *b = right;
    return a->operation == b->operation && a->flags == b->flags &&
           strcmp(a->target, b->target) == 0 && g_strcmp0(a->program, b->program) == 0 &&
           g_strcmp0(a->rule, b->rule) == 0 && g_strcmp0(a->reason, b->reason) == 0 &&
           g_strcmp0(a->backend, b->backend) == 0 && g_strcmp0(a->command_id, b->command_id) == 0;
}

void srt_violation_record_merge(SrtViolationRecord *record, const SrtViolationRecord *repeat)
{
    record->count += repeat->count;
    record->last_us = MAX(record->last_us, repeat->last_us);
    record->pid = repeat->pid;
}

static gsize size_of(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

gsize srt_violation_record_size(const SrtViolationRecord *r)
{
    return sizeof *r + size_of(r->program) + size_of(r->target) + size_of(r->rule) +
           size_of(r->reason) + size_of(r->backend) + size_of(r->command_id) + size_of(r->command);
}

const char *srt_operation_name(srt_operation operation)
{
    return (guint)operation < SRT_OPERATION_COUNT ? operations[operation].name : "?";
}

int srt_operation_by_name(const char *name)
{
    for (int i = 0; i < SRT_OPERATION_COUNT; i++)
        if (strcmp(operations[i].name, name) == 0)
            return i;
    return -1;
}

char *srt_violation_line(const SrtViolationRecord *record)
{
    gboolean outbound = record->operation == SRT_OP_CONNECT;
    const char *why = record->reason ? record->reason : srt_violation_rule(record);
    return g_strdup_printf("deny %s %s (%s)",
                           outbound ? "network-outbound" : srt_operation_name(record->operation),
                           record->target, why);
}

const char *srt_violation_rule(const SrtViolationRecord *record)
{
    if (record->rule && *record->rule)
        return record->rule;
    return (guint)record->operation < SRT_OPERATION_COUNT ? operations[record->operation].list
                                                          : "a rule of the sandbox";
}
