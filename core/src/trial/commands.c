/* SPDX-License-Identifier: Apache-2.0 */
/* What every command may expect, whatever the backend holds. */
#include <signal.h>
#include <string.h>

#include "trial/private.h"

#define GROUP "commands"
#define STILL (G_USEC_PER_SEC / 2)

static const struct {
    const char *name;
    const char *command[8]; /* "@ctl": srtctl; "@/x": x in the lab */
    const char *input;
    int signal;
    int status;
    const char *out; /* NULL: whatever */
} checks[] = {
    {"exit status", {"/bin/sh", "-c", "exit 7"}, NULL, 0, 7, ""},
    {"end by a signal", {"/bin/sh", "-c", "kill -USR1 $$"}, NULL, 0, 128 + SIGUSR1, ""},
    {"words as they are",
     {"printf", "<%s>", "", "two words", "-x", "$HOME\n'\"\\", "--"},
     NULL,
     0,
     0,
     "<><two words><-x><$HOME\n'\"\\><-->"},
    {"standard input and output", {"cat"}, "first\nsecond", 0, 0, "first\nsecond"},
    {"environment", {"/bin/sh", "-c", "printf %s \"$TRIAL\""}, NULL, 0, 0, "two\nlines"},
    {"working directory", {"/bin/sh", "-c", "pwd -P >where && cat where"}, NULL, 0, 0, "@/work\n"},
    {"a program that is not there", {"no-such-program"}, NULL, 0, 127, ""},
    {"a file that is no program", {"@/work/plain"}, NULL, 0, 126, ""},
    {"descriptors 0 to 2 alone",
     {"@ctl", "backend-test", "--attack", "descriptors"},
     NULL,
     0,
     SRT_ATTACK_REFUSED,
     SRT_ATTACK_SAYS_REFUSED "\n"},
    {"TERM reaches the command",
     {"/bin/sh", "-c", "trap 'exit 9' TERM; : >ready; while :; do sleep 0.02; done"},
     NULL,
     SIGTERM,
     9,
     ""},
};

static char *expand(const SrtTrial *trial, const char *word)
{
    if (strcmp(word, "@ctl") == 0)
        return g_strdup(trial->srtctl);
    return g_str_has_prefix(word, "@/") ? srt_lab_path(trial, word + 2) : g_strdup(word);
}

static gboolean check_one(SrtTrial *trial, gsize i)
{
    const char *command[G_N_ELEMENTS(checks[i].command) + 1] = {NULL};
    g_auto(SrtTrialResult) result = {.out = NULL};
    g_autoptr(GPtrArray) own = g_ptr_array_new_with_free_func(g_free);
    for (gsize w = 0; w < G_N_ELEMENTS(checks[i].command) && checks[i].command[w]; w++) {
        char *word = expand(trial, checks[i].command[w]);
        g_ptr_array_add(own, word);
        command[w] = word;
    }
    g_autofree const char **words = srt_trial_words(trial, SRT_SCENE_CLOSED, command);
    SrtTrialRun run = {.words = words, .input = checks[i].input, .signal = checks[i].signal};
    g_autofree char *out = expand(trial, checks[i].out);
    srt_lab_reset(trial);
    srt_trial_start(trial, &run, &result);
    gboolean good = result.status == checks[i].status && g_strcmp0(result.out, out) == 0;
    if (good)
        srt_trial_add(trial, SRT_TRIAL_GOOD, GROUP, checks[i].name, NULL);
    else
        srt_trial_add(trial, SRT_TRIAL_BAD, GROUP, checks[i].name,
                      "found status %d and \"%.300s\", expected %d and \"%s\"; it said: %.500s",
                      result.status, result.out ? result.out : "", checks[i].status, out,
                      result.err ? result.err : "");
    return good;
}

/* Whether the file stays as it is for a while, before too much time is over. */
static gboolean becomes_still(const char *file)
{
    gint64 end = g_get_monotonic_time() + SRT_TRIAL_SECONDS * G_USEC_PER_SEC;
    while (g_get_monotonic_time() < end) {
        g_autofree char *before = NULL, *after = NULL;
        g_file_get_contents(file, &before, NULL, NULL);
        g_usleep(STILL);
        g_file_get_contents(file, &after, NULL, NULL);
        if (g_strcmp0(before, after) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean check_killed(SrtTrial *trial)
{
    const char *const command[] = {trial->srtctl, "backend-test", "--attack", "tick", NULL};
    const char *name = "srt is killed: the command ends";
    g_auto(SrtTrialResult) result = {.out = NULL};
    g_autofree const char **words = srt_trial_words(trial, SRT_SCENE_CLOSED, command);
    g_autofree char *tick = srt_lab_path(trial, "work/tick");
    SrtTrialRun run = {.words = words, .signal = SIGKILL};
    srt_lab_reset(trial);
    srt_trial_start(trial, &run, &result);
    const char *err = result.err ? result.err : "";
    gboolean started = g_file_test(tick, G_FILE_TEST_EXISTS);
    gboolean good = started && becomes_still(tick);
    if (!started)
        srt_trial_add(trial, SRT_TRIAL_BAD, GROUP, name, "it did not start: %.500s", err);
    else if (!good)
        srt_trial_add(trial, SRT_TRIAL_BAD, GROUP, name, "it goes on");
    else
        srt_trial_add(trial, SRT_TRIAL_GOOD, GROUP, name, NULL);
    return good;
}

gboolean srt_trial_commands(SrtTrial *trial)
{
    gboolean good = TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(checks); i++)
        good = check_one(trial, i) && good;
    return check_killed(trial) && good;
}
