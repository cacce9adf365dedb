/* SPDX-License-Identifier: Apache-2.0 */
/* What a signal to srt means, as a pure state machine.
 *
 * The command gets what srt gets. What a terminal sends goes to its whole
 * foreground group; a command in that group has it already, so it is not sent
 * twice, and it is no request to srt: the second Ctrl-C in an interactive
 * program must not end the sandbox. A second INT or TERM that somebody sends, or
 * SRT_TERM_GRACE after the first TERM, kills the sandbox; so does SRT_HUP_GRACE
 * after HUP. Tools such as timeout(1) send one request twice, to the process and
 * to its group: what comes within SRT_SAME_REQUEST is one request. */
#ifndef SRT_RUN_SIGNAL_PLAN_H
#define SRT_RUN_SIGNAL_PLAN_H

#include <glib.h>

#define SRT_TERM_GRACE (5 * G_USEC_PER_SEC)
#define SRT_HUP_GRACE (G_USEC_PER_SEC / 2)
#define SRT_SAME_REQUEST (G_USEC_PER_SEC / 10)

/* Zero-initialise. Times are monotonic microseconds. */
typedef struct SrtSignalState {
    gboolean running; /* the command is there and can get signals */
    gboolean asked;   /* an INT or TERM was sent */
    gint64 asked_at;
    int asked_signal;
    gint64 deadline; /* kill then; 0: never */
    guint64 held;    /* bit n: to be sent as soon as the command runs */
} SrtSignalState;

typedef struct SrtSignalAction {
    gboolean forward; /* send it to the command */
    gboolean kill;    /* end the sandbox now */
    gboolean stop;    /* stop srt itself, after forwarding */
    int stopped_by;   /* the run ends with 128 + this; 0: as the command ends */
} SrtSignalAction;

/* The signals that are handled, ended by 0. */
extern const int srt_signals_handled[];

/* from_group: the command got it already (sent by the terminal to the group that
 * the command is in). */
SrtSignalAction srt_signal_decide(SrtSignalState *state, int signal_number, gboolean from_group,
                                  gint64 now);
/* Sets the deadline, unless there is an earlier one. */
void srt_signal_limit(SrtSignalState *state, gint64 deadline);
/* TRUE once, when the deadline has passed. */
gboolean srt_signal_expired(SrtSignalState *state, gint64 now);
/* Milliseconds for poll until the deadline, -1 when there is none. */
int srt_signal_wait_ms(const SrtSignalState *state, gint64 now);

#endif
