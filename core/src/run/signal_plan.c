/* SPDX-License-Identifier: Apache-2.0 */
#include "run/signal_plan.h"

#include <signal.h>

const int srt_signals_handled[] = {SIGINT,  SIGTERM,  SIGHUP,  SIGQUIT, SIGUSR1,
                                   SIGUSR2, SIGWINCH, SIGTSTP, SIGCONT, 0};

void srt_signal_limit(SrtSignalState *state, gint64 deadline)
{
    if (state->deadline == 0 || deadline < state->deadline)
        state->deadline = deadline;
}

/* Before the command is there, only the tools that build the sandbox would get
 * the signal; they ignore it. */
static SrtSignalAction decide_early(SrtSignalState *state, int signal_number)
{
    SrtSignalAction action = {.forward = FALSE};
    switch (signal_number) {
    case SIGINT:
    case SIGTERM:
    case SIGHUP:
    case SIGQUIT:
        action.kill = TRUE;
        action.stopped_by = signal_number;
        break;
    case SIGTSTP:
        action.stop = TRUE;
        break;
    case SIGUSR1:
    case SIGUSR2:
        state->held |= (guint64)1 << signal_number;
        break;
    default:
        break;
    }
    return action;
}

/* INT or TERM that somebody sent. */
static void ask_to_end(SrtSignalState *state, int signal_number, gint64 now,
                       SrtSignalAction *action)
{
    if (state->asked && now - state->asked_at >= SRT_SAME_REQUEST) {
        action->kill = TRUE;
        return;
    }
    if (state->asked && state->asked_signal == signal_number)
        action->forward = FALSE;
    if (!state->asked)
        state->asked_at = now;
    state->asked = TRUE;
    state->asked_signal = signal_number;
    if (signal_number == SIGTERM)
        srt_signal_limit(state, now + SRT_TERM_GRACE);
}

SrtSignalAction srt_signal_decide(SrtSignalState *state, int signal_number, gboolean from_group,
                                  gint64 now)
{
    if (!state->running)
        return decide_early(state, signal_number);
    SrtSignalAction action = {.forward = !from_group};
    switch (signal_number) {
    case SIGINT:
    case SIGTERM:
        if (!from_group)
            ask_to_end(state, signal_number, now, &action);
        break;
    case SIGHUP:
        srt_signal_limit(state, now + SRT_HUP_GRACE);
        break;
    case SIGTSTP:
        action.stop = TRUE;
        break;
    default:
        break;
    }
    return action;
}

gboolean srt_signal_expired(SrtSignalState *state, gint64 now)
{
    if (state->deadline == 0 || now < state->deadline)
        return FALSE;
    state->deadline = 0;
    return TRUE;
}

int srt_signal_wait_ms(const SrtSignalState *state, gint64 now)
{
    if (state->deadline == 0)
        return -1;
    gint64 left = state->deadline - now;
    return left <= 0 ? 0 : (int)(left / 1000 + 1);
}
