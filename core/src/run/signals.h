/* SPDX-License-Identifier: Apache-2.0 */
/* Signals of this process: what was ignored at the start, a pipe that makes
 * them events, stopping. Once per process, from the main thread. */
#ifndef SRT_RUN_SIGNALS_H
#define SRT_RUN_SIGNALS_H

#include <glib.h>

typedef struct SrtSignalEvent {
    int number;
    gboolean from_terminal; /* the kernel sent it, not a process */
} SrtSignalEvent;

/* Bit n: signal n was ignored when this process started. Before srt_signals_open. */
guint64 srt_signals_ignored(void);

/* Handles srt_signals_handled (those in ignored stay so) and SIGCHLD, ignores
 * SIGPIPE, unblocks them. Returns the descriptor to poll, owned by this file, or
 * -1 with *error. */
int srt_signals_open(guint64 ignored, GError **error);
/* FALSE when nothing is there. SIGCHLD comes like any other. */
gboolean srt_signals_next(SrtSignalEvent *ret);
/* Puts back what was there before. */
void srt_signals_close(void);

/* Stops this process as if it did not handle TSTP; returns after CONT, or at
 * once when nobody could continue it (an orphaned process group). */
void srt_signals_stop(void);

#endif
