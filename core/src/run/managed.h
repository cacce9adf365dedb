/* SPDX-License-Identifier: Apache-2.0 */
/* A run that the program which embeds srt steers: its options come over the channel, and so do
 * changes of the network rules. */
#ifndef SRT_RUN_MANAGED_H
#define SRT_RUN_MANAGED_H

#include "net/proxy.h"
#include "run/manager.h"
#include "run/session.h"

typedef struct SrtManaged {
    SrtManager *manager;   /* NULL: nobody embeds srt */
    SrtRunOptions options; /* what counts: of the command line, and of the channel */
    SrtNetPolicy *rules;   /* that count now */
    SrtProxy *proxy;       /* borrowed; NULL: none */
} SrtManaged;

/* Takes the options; where they name a channel, opens it and waits for "start". On failure the
 * manager may be there all the same, to be told. given is borrowed until the end. */
gboolean srt_managed_begin(SrtManaged *managed, const SrtRunOptions *given, GError **error);
/* From now on updates are taken; after the last process was started. proxy is borrowed. */
void srt_managed_watch(SrtManaged *managed, SrtNetPolicy *rules, SrtProxy *proxy);
/* What was said as an error so far was srt's own failure. */
void srt_managed_failed(SrtManaged *managed, int status);
/* No more messages are acted on; the proxy may go. */
void srt_managed_unwatch(SrtManaged *managed);
/* The last thing of a run: nothing of the sandbox is left, and every record was sent. */
void srt_managed_end(SrtManaged *managed, int status);

#endif
