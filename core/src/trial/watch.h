/* SPDX-License-Identifier: Apache-2.0 */
/* A loaded module with everything that a session would give to it, and every call watched. */
#ifndef SRT_TRIAL_WATCH_H
#define SRT_TRIAL_WATCH_H

#include "config/config.h"
#include "plugin/plugin.h"
#include "policy/policy.h"
#include "trial/private.h"

typedef struct SrtWatch {
    SrtBackend *backend;
    SrtConfig *config;
    SrtPolicy *policy;
    char *helper;
    SrtBackendServices services;
    GPtrArray *faults; /* char *; services.faults, unless that was taken away */
} SrtWatch;

/* In the child: the working directory and the environment of a run. */
gboolean srt_watch_enter(const SrtTrial *trial, GError **error);
/* In the child: goes to the lab, resolves the settings and loads the module. */
gboolean srt_watch_open(SrtWatch *watch, const SrtTrial *trial, SrtTrialScene scene,
                        GError **error);
void srt_watch_close(SrtWatch *watch);
SrtBackendRun *srt_watch_prepare(SrtWatch *watch, int *ret_result, GError **error);
/* A launch of that command, with a hand-off socket. */
srt_launch *srt_watch_launch(const char *const *argv);
/* Everything that the policy holds, as text. Caller frees. */
char *srt_watch_policy_text(const SrtWatch *watch);
/* Says what two launches of one command have in common that they may not. */
void srt_watch_compare_launches(SrtTrialChild *child, const srt_launch *one, const srt_launch *two);
/* Whether the error says that the backend breaks the contract. */
gboolean srt_watch_is_mistake(const GError *error);

#endif
