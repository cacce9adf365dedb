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

/* For the options of the proxy: questions go to the manager, where it wants them. */
void srt_managed_add_ask(SrtManaged *managed, SrtProxyOptions *options);

/* Takes the options; where they name a channel, opens it and waits for "start". On failure the
 * manager may be there all the same, to be told. given is borrowed until the end. */
gboolean srt_managed_begin(SrtManaged *managed, const SrtRunOptions *given, GError **error);
/* Before the proxy gets its first listener. It is to be stopped before the end. */
void srt_managed_set_proxy(SrtManaged *managed, SrtProxy *proxy);
/* From now on updates and answers are taken; after the last process was started. */
void srt_managed_watch(SrtManaged *managed, SrtNetPolicy *rules);
/* What was said as an error so far was srt's own failure. */
void srt_managed_failed(SrtManaged *managed, int status);
/* No more messages are acted on. */
void srt_managed_unwatch(SrtManaged *managed);
/* The last thing of a run: nothing of the sandbox is left, and every record was sent. */
void srt_managed_end(SrtManaged *managed, int status);

#endif
