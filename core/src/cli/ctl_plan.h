/* SPDX-License-Identifier: Apache-2.0 */
/* What srtctl plan found out, between gathering and printing. */
#ifndef SRT_CLI_CTL_PLAN_H
#define SRT_CLI_CTL_PLAN_H

#include "cli/ctl.h"

typedef struct SrtCtlPlan {
    SrtConfig *config;
    SrtPolicy *policy;
    SrtCtlServices services;
    char **added;        /* "NAME=value" that the command has and srt has not, or another value */
    GPtrArray *removed;  /* names that srt has and the command has not; char * */
    GPtrArray *warnings; /* char * */
    SrtBackendRun *run;  /* NULL: nothing can run it; problem says why */
    srt_launch *launch;  /* NULL: no command was given, or problem */
    char *problem;
} SrtCtlPlan;

/* Pure: the difference between two environments. */
void srt_ctl_env_difference(const char *const *before, const char *const *after, char ***ret_added,
                            GPtrArray **ret_removed);

/* all: also the built-in rules about what does not exist yet. */
void srt_ctl_plan_print(const SrtCtlPlan *plan, gboolean all);
json_object *srt_ctl_plan_json(const SrtCtlPlan *plan);

#endif
