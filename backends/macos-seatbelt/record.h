/* SPDX-License-Identifier: Apache-2.0 */
/* What `log stream` prints, as records of denials. Pure; libc only.
 *
 * The kernel logs a denial as "Sandbox: NAME(PID) deny(1) OPERATION TARGET", a newline
 * and the message of the rule. Both styles of log are read: ndjson, where a record is
 * a line, and compact, where it begins with a time and may go on over more lines. A
 * record counts only when the kernel's sandbox sent it and its message is one of this
 * session: every program can log a text that looks alike. */
#ifndef SRT_SEATBELT_RECORD_H
#define SRT_SEATBELT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

#define SB_RECORD_MAX 65536u /* bytes of one; longer ones are left out */
#define SB_PROCESS_MAX 32u   /* bytes of a process name, as the kernel keeps it */

/* The message of command number N is "SRT" N "_" SESSION "_SRT". */
#define SB_SESSION_MAX 40u
void sb_tag(char *ret, size_t size, unsigned command, const char *session);

typedef struct sb_record {
    const char *process;
    int32_t pid;
    const char *operation;
    const char *target; /* "" when there is none */
    unsigned count;     /* reports that this one stands for */
    unsigned command;   /* number of the tag */
} sb_record;

typedef void (*sb_record_take)(void *data, const sb_record *record);

typedef struct sb_reader {
    char session[SB_SESSION_MAX + 1];
    sb_record_take take;
    void *data;
    bool ready;       /* log has said that it is filtering: nothing is missed from now on */
    sb_text line;     /* not yet ended */
    sb_text entry;    /* compact: the record so far, without its head */
    bool in_entry;    /* compact: and it may become one of ours */
    bool too_long;    /* the rest of the line is left out */
    unsigned dropped; /* records that were too long */
} sb_reader;

void sb_reader_init(sb_reader *reader, const char *session, sb_record_take take, void *data);
/* Bytes as they come, cut anywhere; calls take for each denial. */
void sb_reader_feed(sb_reader *reader, const char *bytes, size_t length);
/* log was started again: what it had begun is lost. */
void sb_reader_restart(sb_reader *reader);
void sb_reader_clear(sb_reader *reader);

/* Whether every run causes it, and it means nothing. */
bool sb_record_is_noise(const sb_record *record);

/* json.c: the values of a flat object's string and number keys, for the reader. Text
 * that is no such object is false. Keys are compared as they are written. */
typedef struct sb_json_want {
    const char *key;
    sb_text *text; /* gets a string; or NULL */
    long *number;  /* gets a whole number; or NULL */
    bool found;
} sb_json_want;
bool sb_json_read(const char *bytes, size_t length, sb_json_want *wants, size_t n_wants);

#endif
