/* SPDX-License-Identifier: Apache-2.0 */
/* For every rule class that the backend claims: what the class stops is tried, and what it
 * grants has to work. An attack that does not work without a sandbox either proves nothing, and
 * is left out. */
#include <string.h>

#include "policy/policy.h"
#include "trial/outside.h"

#define GROUP "rules"
#define WORDS 3

typedef struct Case {
    srt_rule_class rule;
    SrtTrialScene scene;
    const char *name;
    const char *words[WORDS]; /* of the attack */
    SrtSight sight;
    gboolean grant; /* it has to work inside */
    gboolean terminal;
} Case;

static const Case cases[] = {
    {SRT_RULE_READ_DENY,
     SRT_SCENE_CLOSED,
     "a hidden file is not read",
     {"read", "@/hidden/file", "secret"},
     SRT_SEE_STATUS,
     FALSE,
     FALSE},
    {SRT_RULE_READ_DENY,
     SRT_SCENE_CLOSED,
     "a hidden file beside readable ones is not read",
     {"read", "@/beside/file", "secret"},
     SRT_SEE_STATUS,
     FALSE,
     FALSE},
#ifdef __linux__
    {SRT_RULE_READ_DENY,
     SRT_SCENE_CLOSED,
     "what hides is not taken away",
     {"uncover", "@/hidden/file", "secret"},
     SRT_SEE_STATUS,
     FALSE,
     FALSE},
#endif
    {SRT_RULE_READ_ALLOW,
     SRT_SCENE_CLOSED,
     "a readable file inside a hidden directory is read",
     {"get", "@/hidden/open/file", "open"},
     SRT_SEE_STATUS,
     TRUE,
     FALSE},
    {SRT_RULE_WRITE_ALLOW,
     SRT_SCENE_CLOSED,
     "nothing outside is changed",
     {"tamper", "@/outside"},
     SRT_SEE_OUTSIDE,
     FALSE,
     FALSE},
    {SRT_RULE_WRITE_ALLOW,
     SRT_SCENE_CLOSED,
     "nothing is made where others keep temporary files, or on other mounts",
     {"places", "@places"},
     SRT_SEE_PLACES,
     FALSE,
     FALSE},
    {SRT_RULE_WRITE_ALLOW,
     SRT_SCENE_CLOSED,
     "what is writable is written",
     {"make", "@/work/new"},
     SRT_SEE_STATUS,
     TRUE,
     FALSE},
    {SRT_RULE_WRITE_DENY,
     SRT_SCENE_CLOSED,
     "nothing in a protected directory is changed",
     {"tamper", "@/work/kept"},
     SRT_SEE_KEPT,
     FALSE,
     FALSE},
    {SRT_RULE_WRITE_DENY,
     SRT_SCENE_CLOSED,
     "a protected directory is not moved away",
     {"rename", "@/work/kept", "@/work/elsewhere"},
     SRT_SEE_KEPT,
     FALSE,
     FALSE},
    {SRT_RULE_WRITE_DENY,
     SRT_SCENE_CLOSED,
     "a directory above a protected one is not replaced",
     {"replace", "@/work/above", "@/work/elsewhere"},
     SRT_SEE_STATUS,
     FALSE,
     FALSE},
    {SRT_RULE_WRITE_DENY,
     SRT_SCENE_CLOSED,
     "a protected file is not changed",
     {"spoil", "@/work/fixed"},
     SRT_SEE_STATUS,
     FALSE,
     FALSE},
#ifdef __linux__
    {SRT_RULE_WRITE_DENY,
     SRT_SCENE_CLOSED,
     "what protects is not taken away",
     {"remount", "@/work/kept"},
     SRT_SEE_KEPT,
     FALSE,
     FALSE},
#endif
    {SRT_RULE_WRITE_DENY_MISSING,
     SRT_SCENE_CLOSED,
     "a protected name is not made",
     {"create", "@/work/absent"},
     SRT_SEE_ABSENT,
     FALSE,
     FALSE},
    {SRT_RULE_GLOB_LATER,
     SRT_SCENE_CLOSED,
     "a name that a pattern matches is not made",
     {"create", "@/work/x.later"},
     SRT_SEE_LATER,
     FALSE,
     FALSE},
    {SRT_RULE_NET_ISOLATE,
     SRT_SCENE_CLOSED,
     "no connection, without a network",
     {"tcp", "@tcp"},
     SRT_SEE_TCP,
     FALSE,
     FALSE},
    {SRT_RULE_NET_ISOLATE,
     SRT_SCENE_CLOSED,
     "no datagram, without a network",
     {"udp", "@udp"},
     SRT_SEE_UDP,
     FALSE,
     FALSE},
    {SRT_RULE_NET_ISOLATE,
     SRT_SCENE_OPEN,
     "no connection beside the proxies",
     {"tcp", "@tcp"},
     SRT_SEE_TCP,
     FALSE,
     FALSE},
    {SRT_RULE_NET_ISOLATE,
     SRT_SCENE_OPEN,
     "no datagram beside the proxies",
     {"udp", "@udp"},
     SRT_SEE_UDP,
     FALSE,
     FALSE},
    {SRT_RULE_NET_PROXY,
     SRT_SCENE_OPEN,
     "the proxy answers",
     {"proxy"},
     SRT_SEE_STATUS,
     TRUE,
     FALSE},
    {SRT_RULE_UNIX_DENY,
     SRT_SCENE_CLOSED,
     "no unix socket is opened",
     {"unix", "@/refused.sock"},
     SRT_SEE_UNIX,
     FALSE,
     FALSE},
    {SRT_RULE_UNIX_PATH,
     SRT_SCENE_OPEN,
     "the unix socket that is allowed is opened",
     {"unix", "@/granted.sock"},
     SRT_SEE_STATUS,
     TRUE,
     FALSE},
    {SRT_RULE_UNIX_PATH,
     SRT_SCENE_OPEN,
     "no other unix socket is opened",
     {"unix", "@/refused.sock"},
     SRT_SEE_UNIX,
     FALSE,
     FALSE},
    {SRT_RULE_PROCESS,
     SRT_SCENE_CLOSED,
     "no signal reaches a process outside",
     {"kill", "@pid"},
     SRT_SEE_PROCESS,
     FALSE,
     FALSE},
    {SRT_RULE_PROCESS,
     SRT_SCENE_CLOSED,
     "no process outside is traced",
     {"attach", "@pid"},
     SRT_SEE_STATUS,
     FALSE,
     FALSE},
    {SRT_RULE_PROCESS,
     SRT_SCENE_CLOSED,
     "the environment of a process outside is not read",
     {"environ", "@pid"},
     SRT_SEE_STATUS,
     FALSE,
     FALSE},
    {SRT_RULE_PROCESS,
     SRT_SCENE_CLOSED,
     "no process outside is seen",
     {"look", "@pid"},
     SRT_SEE_STATUS,
     FALSE,
     FALSE},
    {SRT_RULE_IPC,
     SRT_SCENE_CLOSED,
     "no shared memory of outside is written",
     {"shm", "@shm"},
     SRT_SEE_SHM,
     FALSE,
     FALSE},
    {SRT_RULE_SYSCALL, SRT_SCENE_CLOSED, "no io_uring", {"uring"}, SRT_SEE_STATUS, FALSE, FALSE},
    {SRT_RULE_SYSCALL,
     SRT_SCENE_CLOSED,
     "no new user namespace",
     {"userns"},
     SRT_SEE_STATUS,
     FALSE,
     FALSE},
    {SRT_RULE_TERMINAL,
     SRT_SCENE_CLOSED,
     "nothing is typed into the terminal",
     {"typing"},
     SRT_SEE_STATUS,
     FALSE,
     TRUE},
};

/* Runs the attack, in the sandbox or not. TRUE: it worked. */
static gboolean attack(SrtTrial *trial, const Case *c, gboolean inside, SrtTrialResult *result)
{
    const char *words[WORDS + 4] = {trial->srtctl, "backend-test", "--attack"};
    g_autoptr(GPtrArray) own = g_ptr_array_new_with_free_func(g_free);
    g_autofree const char **wrapped = NULL;
    SrtOutside outside;
    srt_outside_open(&outside, trial, c->sight);
    for (int i = 0; i < WORDS && c->words[i]; i++) {
        char *word = srt_outside_word(&outside, c->words[i]);
        g_ptr_array_add(own, word);
        words[3 + i] = word;
    }
    if (inside)
        wrapped = srt_trial_words(trial, c->scene, words);
    const SrtTrialRun run = {.words = inside ? wrapped : words, .terminal = c->terminal};
    srt_trial_start(trial, &run, result);
    gboolean worked = srt_outside_worked(&outside, c->sight, result->status, inside ? 2 : 20);
    srt_outside_close(&outside);
    return worked;
}

/* Whether the attack ran at all, and ended as it says. */
static gboolean was_tried(const SrtTrialResult *result)
{
    const char *out = result->out ? result->out : "";
    return (result->status == SRT_ATTACK_WORKED &&
            g_str_has_suffix(out, SRT_ATTACK_SAYS_WORKED "\n")) ||
           (result->status == SRT_ATTACK_REFUSED &&
            g_str_has_suffix(out, SRT_ATTACK_SAYS_REFUSED "\n"));
}

static gboolean works_outside(SrtTrial *trial, const Case *c)
{
    g_auto(SrtTrialResult) result = {.out = NULL};
    return c->rule == SRT_RULE_NET_PROXY || attack(trial, c, FALSE, &result);
}

static void try_case(SrtTrial *trial, const Case *c, const char *name)
{
    g_auto(SrtTrialResult) result = {.out = NULL};
    if (!works_outside(trial, c)) {
        srt_trial_add(trial, SRT_TRIAL_LEFT, GROUP, name,
                      "cannot be tried here: it does not work without a sandbox either");
        return;
    }
    gboolean worked = attack(trial, c, TRUE, &result);
    const char *err = result.err ? result.err : "";
    if (!was_tried(&result))
        srt_trial_add(trial, SRT_TRIAL_BAD, GROUP, name, "it was not tried: status %d: %.500s",
                      result.status, err);
    else if (worked && !c->grant)
        srt_trial_add(trial, SRT_TRIAL_BAD, GROUP, name,
                      "the backend says that it holds this, and it was done all the same");
    else if (!worked && c->grant)
        srt_trial_add(trial, SRT_TRIAL_BAD, GROUP, name,
                      "the backend says that it can do this, and it does not work: %.500s", err);
    else
        srt_trial_add(trial, SRT_TRIAL_GOOD, GROUP, name, NULL);
}

void srt_trial_rules(SrtTrial *trial)
{
    srt_rule_class last = SRT_RULE_CLASS_COUNT;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Case *c = &cases[i];
        const SrtTrialAnswer *answer = &trial->answers[c->scene][c->rule];
        const char *class = srt_rule_class_names[c->rule];
        g_autofree char *name = g_strdup_printf("%s: %s", class, c->name);
        gboolean claimed = answer->said && answer->how != SRT_UNSUPPORTED;
        if (claimed && c->rule == SRT_RULE_GLOB_LATER && answer->how == SRT_SNAPSHOT)
            srt_trial_add(trial, SRT_TRIAL_LEFT, GROUP, class, "only for what exists at the start");
        else if (claimed && strcmp(c->words[0], "look") == 0 && answer->why)
            /* Held with a reason is less than all, and the user is told. */
            srt_trial_add(trial, SRT_TRIAL_LEFT, GROUP, name, "%s", answer->why);
        else if (claimed)
            try_case(trial, c, name);
        else if (last != c->rule)
            srt_trial_add(trial, SRT_TRIAL_LEFT, GROUP, class, "not claimed%s%s",
                          answer->why ? ": " : "", answer->why ? answer->why : "");
        last = c->rule;
    }
}
