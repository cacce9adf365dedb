/* SPDX-License-Identifier: Apache-2.0 */
/* The violations of one session: a bounded list of the newest, a total count, and
 * those who are told. Every function may be called from any thread. */
#ifndef SRT_VIOLATION_STORE_H
#define SRT_VIOLATION_STORE_H

#include <glib.h>
#include <srt/violation.h>

#include "violation/record.h"

#define SRT_VIOLATION_RING 100 /* records kept, unless said otherwise */

typedef struct SrtViolationStore SrtViolationStore;

SrtViolationStore *srt_violation_store_new(void);
/* Accepts NULL. Nothing may use the store any more. */
void srt_violation_store_free(SrtViolationStore *store);

/* To be set before the first record. size: how many records are kept, at least 1.
 * ignored: command pattern -> GStrv (srt_violation_is_ignored), borrowed as long as the
 * store lives, or NULL. */
void srt_violation_store_configure(SrtViolationStore *store, guint size, GHashTable *ignored);

/* The command to which records belong from now on, unless they are attributed to
 * another. id NULL or empty: the text is the id. At most 1,024 are remembered. */
void srt_violation_store_set_command(SrtViolationStore *store, const char *id, const char *text);
/* Remembers a command for srt_violation_store_add_for. */
void srt_violation_store_add_command(SrtViolationStore *store, const char *id, const char *text);

/* Copies and sanitises. source names the backend, or "proxy". A repeat of a record
 * that is still kept counts that one up and makes it the newest. */
void srt_violation_store_add(SrtViolationStore *store, const srt_violation *violation,
                             const char *source);
/* The same for the command of that id; an id longer than 251 bytes is left out. The
 * text of one that is not known is the id itself, cut to 100 characters. */
void srt_violation_store_add_for(SrtViolationStore *store, const char *command_id,
                                 const srt_violation *violation, const char *source);

/* Takes a record that another srt has made: nothing of it is changed, left out or passed on to
 * sinks. */
void srt_violation_store_take(SrtViolationStore *store, SrtViolationRecord *record);

/* All that were added, repeats and those that are not kept any more included. */
guint64 srt_violation_store_total(SrtViolationStore *store);
/* Copies of what is kept, oldest first; SrtViolationRecord*, owned. */
GPtrArray *srt_violation_store_list(SrtViolationStore *store);
/* Of these the ones of a command, by its id. */
GPtrArray *srt_violation_store_list_for(SrtViolationStore *store, const char *command_id);
/* Forgets what is kept; the total stays. */
void srt_violation_store_clear(SrtViolationStore *store);

/* Calls changed at once, and after every add and clear, on the thread that did that.
 * It may use the store. Returns a number to unsubscribe with; after that it is not
 * called any more. */
typedef void (*SrtViolationChanged)(void *data, SrtViolationStore *store);
guint srt_violation_store_subscribe(SrtViolationStore *store, SrtViolationChanged changed,
                                    void *data);
void srt_violation_store_unsubscribe(SrtViolationStore *store, guint number);

/* Counts refusals of which whoever saw them kept nothing. */
void srt_violation_store_lose(SrtViolationStore *store, guint64 count);

/* Gets every record that is added, also a repeat, with the count of that one report; NULL:
 * so many were lost. Called with the store locked: it must be quick and must not use the
 * store. To be set before the first record. */
typedef void (*SrtViolationSink)(void *data, const SrtViolationRecord *record, guint64 lost);
void srt_violation_store_add_sink(SrtViolationStore *store, SrtViolationSink sink, void *data);

#endif
