/* SPDX-License-Identifier: Apache-2.0 */
/* srt's end of the channel to the program that embeds it (docs/session-protocol.md). */
#ifndef SRT_RUN_MANAGER_H
#define SRT_RUN_MANAGER_H

#include <glib.h>

#include "channel/address.h"
#include "channel/message.h"
#include "violation/sinks.h"

typedef struct SrtManager SrtManager;

/* What comes while the command runs, on the main thread, out of srt_manager_read. */
typedef struct SrtManagerHandlers {
    void (*update)(void *data, const char *text);
    void (*answer)(void *data, guint64 question, gboolean allow);
    void (*ended)(void *data); /* nothing more comes */
    void *data;
} SrtManagerHandlers;

/* Connects and says hello. NULL with *error: there is no channel. From now on what srt says on
 * standard error is gathered for the manager as well: warnings are sent as they come, errors with
 * srt_manager_failed. One at a time. */
SrtManager *srt_manager_open(const SrtChannelAddress *address, GError **error);
/* Waits for "start", at most 10 seconds. FALSE with *error: it does not come, or is wrong. */
gboolean srt_manager_wait_start(SrtManager *manager, GError **error);
/* What it said; valid until the end. */
const SrtStart *srt_manager_start(const SrtManager *manager);
void srt_manager_handle(SrtManager *manager, const SrtManagerHandlers *handlers);

/* Writing gets a thread; after the last process was started. */
void srt_manager_begin(SrtManager *manager);

/* To poll for reading; -1 when the channel has ended. */
int srt_manager_fd(const SrtManager *manager);
/* Acts on what is there without waiting; also on what came together with "start". FALSE: the
 * channel has ended. */
gboolean srt_manager_read(SrtManager *manager);

/* Never wait, and do nothing when the channel has ended. */
void srt_manager_started(SrtManager *manager, int pid);
/* Errors that were said until now were srt's own failure; status: what srt will exit with. */
void srt_manager_failed(SrtManager *manager, int status);
/* FALSE: it could not be sent. Any thread. */
gboolean srt_manager_ask(SrtManager *manager, guint64 question, const char *host, guint16 port,
                         SrtAskProtocol protocol);
/* As SrtViolationSend says. */
SrtSent srt_manager_send_record(void *manager, const char *record, guint64 lost, int wait_ms);

/* Says the end, gives the manager a second to read it, closes and frees. Accepts NULL. */
void srt_manager_end(SrtManager *manager, int status);

#endif
