/* SPDX-License-Identifier: Apache-2.0 */
/* At most so many of something in a second; the others are counted. Pure. */
#ifndef SRT_RUN_RATE_H
#define SRT_RUN_RATE_H

#include <glib.h>

/* Zeroed at first. */
typedef struct SrtRate {
    gint64 second; /* the one that is counted in */
    guint taken;   /* in it */
    guint64 over;  /* not taken, and not told yet */
} SrtRate;

/* Whether one more may be taken. now: microseconds of a clock that does not go back. */
gboolean srt_rate_take(SrtRate *rate, gint64 now, guint per_second);

/* How many were not taken since this was asked last. */
guint64 srt_rate_over(SrtRate *rate);

#endif
