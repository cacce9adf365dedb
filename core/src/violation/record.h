/* SPDX-License-Identifier: Apache-2.0 */
/* One refusal as it is kept: harmless text, with a time and a count. */
#ifndef SRT_VIOLATION_RECORD_H
#define SRT_VIOLATION_RECORD_H

#include <glib.h>
#include <srt/violation.h>

/* A flag of our own beside SRT_VIOLATION_*: the target held characters that are not
 * shown, so the text here names something else than what was refused. */
#define SRT_RECORD_ALTERED (1u << 31)

#define SRT_OPERATION_COUNT (SRT_OP_SYSCALL + 1)

typedef struct SrtViolationRecord {
    gint64 time_us; /* of the first one; since 1970, UTC */
    gint64 last_us; /* of the last one that was counted in */
    guint64 count;  /* how many this stands for, at least 1 */
    srt_operation operation;
    guint flags;
    int pid; /* of the last one */
    char *program;
    char *target;
    char *rule;
    char *reason;
    char *backend;
    char *command_id; /* what it was attributed to, or NULL */
    char *command;    /* the command's text, or NULL */
    /* Only of records that come from the database. */
    gint64 id;
    char *session;
    char *cwd;      /* of the session */
    char *settings; /* file of the session, NULL: the default place */
} SrtViolationRecord;

/* Copies and sanitises. violation may be shorter than the structure is here. */
SrtViolationRecord *srt_violation_record_new(const srt_violation *violation, const char *source);
SrtViolationRecord *srt_violation_record_copy(const SrtViolationRecord *record);
/* Accepts NULL. */
void srt_violation_record_free(SrtViolationRecord *record);
/* For GPtrArray: SrtViolationRecord*, owned. */
GPtrArray *srt_violation_records_new(void);

/* Two records of the same kind are one with a higher count: everything is equal
 * but times, count, and pid. For hash tables. */
guint srt_violation_record_hash(gconstpointer record);
gboolean srt_violation_record_equal(gconstpointer a, gconstpointer b);
/* Counts repeat in. */
void srt_violation_record_merge(SrtViolationRecord *record, const SrtViolationRecord *repeat);

/* Bytes that a record takes, roughly; for bounds. */
gsize srt_violation_record_size(const SrtViolationRecord *record);

/* "read", "write", …; "?" for what is none. libsrt exports it, as <srt/srt.h> says. */
__attribute__((visibility("default"))) const char *srt_operation_name(srt_operation operation);
/* -1 when there is none of that name. */
int srt_operation_by_name(const char *name);

/* "deny write /etc/hosts (writing here is not allowed)"; for connections
 * "deny network-outbound HOST:PORT (REASON)". Caller frees. */
char *srt_violation_line(const SrtViolationRecord *record);

/* The deciding rule for people: its pointer, or the list on which the target is
 * missing ("filesystem.allowWrite"). Borrowed. */
const char *srt_violation_rule(const SrtViolationRecord *record);

#endif
