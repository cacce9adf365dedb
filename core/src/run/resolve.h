/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SRT_RUN_RESOLVE_H
#define SRT_RUN_RESOLVE_H

#include "run/session.h"

/* As srt_run_resolve. live: the network rules may be replaced while the command
 * runs, so the proxies are needed also when nothing may be reached at first. */
gboolean srt_run_resolve_live(const char *settings, gboolean live, SrtConfig **ret_config,
                              SrtPolicy **ret_policy, GError **error);

#endif
