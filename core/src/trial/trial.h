/* SPDX-License-Identifier: Apache-2.0 */
/* A conformance run of one backend, for its author: the module is loaded and its operations
 * are called in and out of order, always in a process of its own, so that a module that
 * crashes, hangs or ends the process is one line of the report; then srt runs commands with it,
 * and for every rule class that it claims the attacks that the class is to stop. */
#ifndef SRT_TRIAL_TRIAL_H
#define SRT_TRIAL_TRIAL_H

#include <glib.h>
#include <srt/policy.h>

typedef enum {
    SRT_TRIAL_GOOD, /* as the interface says */
    SRT_TRIAL_BAD,
    SRT_TRIAL_LEFT, /* not claimed, or cannot be tried on this machine: text says why */
} SrtTrialVerdict;

typedef struct SrtTrialLine {
    SrtTrialVerdict verdict;
    char *group; /* "contract", "commands", "rules" */
    char *name;
    char *text; /* what was found, or NULL */
} SrtTrialLine;

/* What the settings of the run are. */
typedef enum {
    SRT_SCENE_CLOSED, /* files of every kind, no network, no unix socket */
    SRT_SCENE_OPEN,   /* the same, one host and one unix socket */
    SRT_SCENE_GIVEN,  /* the author's own; only when there are some */
    SRT_SCENE_COUNT
} SrtTrialScene;

typedef struct SrtTrialAnswer {
    gboolean said;
    srt_enforcement how;
    char *why;
} SrtTrialAnswer;

typedef struct SrtTrial {
    char *file;                      /* the module, absolute */
    char *settings[SRT_SCENE_COUNT]; /* files; the last one may be NULL */
    char *lab;                       /* a directory of this run */
    char *srt, *srtctl;              /* the programs */
    char *cannot;                    /* why the backend cannot run here, or NULL */
    GPtrArray *lines;                /* SrtTrialLine * */
    SrtTrialAnswer answers[SRT_SCENE_COUNT][SRT_RULE_CLASS_COUNT];
} SrtTrial;

/* Does all of it. settings: a file of the author's, or NULL. NULL with an error when the run
 * itself cannot be made; what the backend does wrong is in the lines. */
SrtTrial *srt_trial_run(const char *file, const char *settings, GError **error);
void srt_trial_free(SrtTrial *trial);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SrtTrial, srt_trial_free)

/* Whether nothing is bad and the backend can run here. */
gboolean srt_trial_passed(const SrtTrial *trial);

/* One attack, in the process that calls it: words[0] is its name. Returns an exit status: */
#define SRT_ATTACK_WORKED 0
#define SRT_ATTACK_REFUSED 10
#define SRT_ATTACK_IMPOSSIBLE 11 /* wrong words, or nothing to attack with */
#define SRT_ATTACK_SAYS_WORKED "attack: worked"
#define SRT_ATTACK_SAYS_REFUSED "attack: refused"
int srt_trial_attack(const char *const *words);

#endif
