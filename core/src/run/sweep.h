/* SPDX-License-Identifier: Apache-2.0 */
/* After a command has ended whose creations were judged by name: looks for what won a
 * race against that, moves it to quarantine, and says so. */
#ifndef SRT_RUN_SWEEP_H
#define SRT_RUN_SWEEP_H

#include <glib.h>

#include "policy/policy.h"
#include "violation/store.h"

typedef struct SrtSweep SrtSweep;

/* Before the command starts: remembers what is there. policy is borrowed until the free.
 * state: $XDG_STATE_HOME or what stands for it, absolute, or NULL. */
SrtSweep *srt_sweep_new(const SrtPolicy *policy, const char *state);
void srt_sweep_free(SrtSweep *sweep); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SrtSweep, srt_sweep_free)

/* When nothing of the sandbox runs any more. Adds a violation for each thing found, and
 * warns of the first ones. source: the backend's name. Returns how many were found. */
guint srt_sweep_run(SrtSweep *sweep, SrtViolationStore *violations, const char *source);

#endif
