/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SRT_RUN_RESOLVE_H
#define SRT_RUN_RESOLVE_H

#include "run/session.h"

/* As srt_run_resolve, for a run: makes srt's directory of sockets where a command could otherwise
 * see it come to be. live: the network rules may be replaced while the command
 * runs, so the proxies are needed also when nothing may be reached at first.
 * backend: what the command line chooses, or NULL. */
gboolean srt_run_resolve_live(const SrtSettingsSource *source, gboolean live, const char *backend,
                              SrtConfig **ret_config, SrtPolicy **ret_policy, GError **error);

#endif
