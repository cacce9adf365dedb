/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the trial room. */
#ifndef SRT_TRIAL_PRIVATE_H
#define SRT_TRIAL_PRIVATE_H

#include <sys/types.h>

#include "trial/trial.h"

/* How long anything may take that should end by itself. Only what hangs reaches it. */
#define SRT_TRIAL_SECONDS 60

void srt_trial_add(SrtTrial *trial, SrtTrialVerdict verdict, const char *group, const char *name,
                   const char *format, ...) G_GNUC_PRINTF(5, 6);

/* lab.c: the directory and what lies in it.
 *   home/ work/ (writable) work/kept/ work/fixed work/above/kept/ (not) outside/ hidden/ hidden/open/
 *   beside/file (hidden) */
gboolean srt_lab_open(SrtTrial *trial, const char *settings, GError **error);
void srt_lab_close(SrtTrial *trial);
/* Makes outside/ and work/ anew, as they are before an attack. */
void srt_lab_reset(const SrtTrial *trial);
/* Path in the lab; caller frees. */
char *srt_lab_path(const SrtTrial *trial, const char *relative);
/* Everything below a directory as text: names, modes, sizes, contents. Caller frees. */
char *srt_lab_snapshot(const char *directory);

/* places.c: directories beside the lab in which files may be made, as this process finds them.
 * Free with g_strfreev. */
char **srt_places(void);
/* Whether one of them has a file of this name; removing it from all of them. */
gboolean srt_places_hold(const char *name);
void srt_places_clear(const char *name);

/* child.c: a part that runs in a process of its own. */
typedef struct SrtTrialChild {
    int fd;
    guint bad; /* how many bad lines it has said */
} SrtTrialChild;
typedef void (*SrtTrialPart)(SrtTrialChild *child, const SrtTrial *trial, const void *data);
/* Runs part and adds what it says under group and name. FALSE: something was bad. */
gboolean srt_child_run(SrtTrial *trial, const char *group, const char *name, SrtTrialPart part,
                       const void *data);
/* In the child: what is about to be called, so that a crash has a place. */
void srt_child_step(SrtTrialChild *child, const char *step);
void srt_child_bad(SrtTrialChild *child, const char *format, ...) G_GNUC_PRINTF(2, 3);
void srt_child_left(SrtTrialChild *child, const char *format, ...) G_GNUC_PRINTF(2, 3);
void srt_child_cannot(SrtTrialChild *child, const char *why);
void srt_child_answer(SrtTrialChild *child, SrtTrialScene scene, srt_rule_class rule,
                      srt_enforcement how, const char *why);

/* state.c: what a module may not change about the process. */
typedef struct SrtTrialState SrtTrialState;
SrtTrialState *srt_state_new(void);
/* NULL, or what is different now, as a predicate. Caller frees. */
char *srt_state_compare(const SrtTrialState *before);
void srt_state_free(SrtTrialState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SrtTrialState, srt_state_free)
/* Something that grows whenever a child process is waited for, plus one for each that is
 * still there: the same before and after means that none was made. */
guint64 srt_state_children(void);
/* The highest open descriptor. */
int srt_state_highest(void);

/* symbols.c: what a module that is loaded exports beside its entry, or NULL. Caller frees. */
char *srt_symbols_more(const char *file);

/* contract.c, commands.c, rules.c: the parts of a run. */
gboolean srt_trial_contract(SrtTrial *trial);
gboolean srt_trial_commands(SrtTrial *trial); /* FALSE: something was bad */
void srt_trial_rules(SrtTrial *trial);

/* start.c: programs, from outside. */
typedef struct SrtTrialRun {
    const char *const *words; /* words[0] absolute */
    const char *input;        /* standard input, or NULL: none */
    gboolean terminal;        /* on a terminal of its own */
    int signal;               /* sent when the file "ready" is in work/; 0: none */
} SrtTrialRun;
typedef struct SrtTrialResult {
    int status; /* as a shell has it; -1: it did not end */
    char *out, *err;
} SrtTrialResult;
void srt_trial_start(const SrtTrial *trial, const SrtTrialRun *run, SrtTrialResult *ret);
void srt_trial_result_clear(SrtTrialResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SrtTrialResult, srt_trial_result_clear)
/* The words of srt with this backend and a scene, then command. Free with g_free. */
const char **srt_trial_words(const SrtTrial *trial, SrtTrialScene scene,
                             const char *const *command);
int srt_trial_wait(pid_t pid, int seconds);

#endif
