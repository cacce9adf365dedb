/* SPDX-License-Identifier: Apache-2.0 */
/* Updates of the settings while the command runs: one JSON document a line. */
#ifndef SRT_RUN_CONTROL_H
#define SRT_RUN_CONTROL_H

#include <glib.h>

#include "policy/netpolicy.h"

/* Longest line; what is longer is skipped as a whole. */
#define SRT_CONTROL_LINE_MAX (4u * 1024 * 1024)

typedef struct SrtControl SrtControl;

/* New network rules; the receiver takes its own reference. */
typedef void (*SrtControlApply)(void *data, SrtNetPolicy *policy);

/* first: the rules at the start; a reference is taken. The descriptor stays the
 * caller's. */
SrtControl *srt_control_new(int fd, SrtNetPolicy *first, SrtControlApply apply, void *data);
/* Call when the descriptor is readable: one read. FALSE when no more will come. */
gboolean srt_control_read(SrtControl *control);
/* Whether reading failed before the first line: whoever wanted to steer the run
 * from its beginning cannot, so it should end. */
gboolean srt_control_is_lost(const SrtControl *control);
void srt_control_free(SrtControl *control);

/* The rules that a settings text makes of those that count now; NULL with *error, one line. label:
 * what errors call the text. Pure. Free with srt_net_policy_unref. */
SrtNetPolicy *srt_control_renew(SrtNetPolicy *now, const char *text, gsize length,
                                const char *label, GError **error);

/* Pieces as they arrive; complete lines are acted on. For srt_control_read and tests. */
void srt_control_feed(SrtControl *control, const char *bytes, gsize length);

#endif
