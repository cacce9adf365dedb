/* SPDX-License-Identifier: Apache-2.0 */
/* The four operations in and out of order, each sequence in a process of its own. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "run/backend_options.h"
#include "run/session.h"
#include "trial/private.h"
#include "trial/watch.h"

#define GROUP "contract"

/* How many descriptors more than are open, at most, when they run out. */
#define STARVED_MAX 24

static const char *const plain[] = {"/bin/true", NULL};
static const char *const commands[][8] = {
    {"/bin/true", NULL},
    {"no-such-program", NULL},
    {"printf", "%s\n", "", "two words", "-n", "--", NULL},
    {"--help", NULL},
    {"-c", "\n", "\t", "'\"\\$`", NULL},
    {"./relative", "not UTF-8: \xff\xfe", NULL},
};

/* What is left open is found by comparing, too. */
static void say_fault(gpointer text, gpointer data)
{
    if (!strstr(text, "left descriptor"))
        srt_child_bad(data, "%s", (const char *)text);
}

/* A mistake is among the faults already, when there are any. */
static void say_error(SrtTrialChild *child, const SrtBackendServices *services, const GError *error)
{
    if (!services->faults || !srt_watch_is_mistake(error))
        srt_child_bad(child, "%s", error->message);
}

/* Loads, resolves, and leaves *watch ready; FALSE: said why. */
static gboolean begin(SrtTrialChild *child, const SrtTrial *trial, SrtTrialScene scene,
                      SrtWatch *watch)
{
    g_autoptr(GError) error = NULL;
    srt_child_step(child, "loading");
    if (!srt_watch_open(watch, trial, scene, &error)) {
        srt_child_bad(child, "%s", error->message);
        return FALSE;
    }
    return TRUE;
}

static void end(SrtTrialChild *child, SrtWatch *watch)
{
    g_ptr_array_foreach(watch->faults, say_fault, child);
    srt_watch_close(watch);
}

/* prepare, with everything that its answer must be. NULL: said why, or cannot run here. */
static SrtBackendRun *prepare(SrtTrialChild *child, SrtWatch *watch)
{
    g_autoptr(GError) error = NULL;
    int result = 0;
    srt_child_step(child, "prepare");
    SrtBackendRun *run = srt_watch_prepare(watch, &result, &error);
    if (run)
        return run;
    if (result == -ENOTSUP)
        srt_child_cannot(child, error->message);
    else
        say_error(child, &watch->services, error);
    return NULL;
}

static void teardown(SrtTrialChild *child, SrtBackendRun *run)
{
    srt_child_step(child, "teardown");
    srt_backend_teardown(run);
}

static void wrap(SrtTrialChild *child, const SrtBackendServices *services, SrtBackendRun *run,
                 const char *const *argv, srt_launch **ret_launch)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *step = g_strdup_printf("wrap of \"%.40s\"", argv[0]);
    srt_launch *launch = srt_watch_launch(argv);
    srt_child_step(child, step);
    guint64 before = srt_state_children();
    gboolean ok = srt_backend_wrap(run, launch, &error);
    if (srt_state_children() != before)
        srt_child_bad(child, "wrap: started a process; it only edits the launch");
    if (!ok)
        say_error(child, services, error);
    if (ret_launch)
        *ret_launch = launch;
    else
        srt_launch_free(launch);
}

static void monitor(SrtTrialChild *child, const SrtBackendServices *services, SrtBackendRun *run,
                    int pid)
{
    g_autoptr(GError) error = NULL;
    int fd = -1;
    srt_child_step(child, "monitor");
    if (!srt_backend_monitor(run, pid, &fd, &error))
        say_error(child, services, error);
    else if (fd >= 0 && fcntl(fd, F_GETFD) < 0)
        srt_child_bad(child, "monitor: gave descriptor %d, which is not open", fd);
    else if (fd >= 0 && !(fcntl(fd, F_GETFD) & FD_CLOEXEC))
        srt_child_bad(child, "monitor: descriptor %d is not close-on-exec", fd);
}

static void drain(SrtTrialChild *child, const SrtBackendServices *services, SrtBackendRun *run)
{
    g_autoptr(GError) error = NULL;
    srt_child_step(child, "drain (monitor with NULL)");
    if (!srt_backend_drain(run, &error))
        say_error(child, services, error);
}

static void compare(SrtTrialChild *child, const SrtTrialState *before)
{
    g_autofree char *what = srt_state_compare(before);
    if (what)
        srt_child_bad(child, "after teardown: the module %s", what);
}

static void part_load(SrtTrialChild *child, const SrtTrial *trial, const void *data)
{
    SrtWatch watch;
    (void)data;
    srt_watch_enter(trial, NULL);
    g_autoptr(SrtTrialState) before = srt_state_new();
    if (begin(child, trial, SRT_SCENE_CLOSED, &watch)) {
        g_autofree char *more = srt_symbols_more(trial->file);
        if (more)
            srt_child_bad(child, "exports more than " SRT_BACKEND_ENTRY ":%.500s", more);
        srt_child_step(child, "teardown(NULL)");
        srt_backend_descriptor(watch.backend)->teardown(NULL);
        end(child, &watch);
    }
    compare(child, before);
}

/* What is asked for has to be answered, and the policy belongs to the host. */
static void judge_answers(SrtTrialChild *child, const SrtWatch *watch, const SrtBackendRun *run,
                          SrtTrialScene scene)
{
    const srt_policy *policy = srt_policy_view(watch->policy);
    for (srt_rule_class rule = 0; rule < SRT_RULE_CLASS_COUNT; rule++) {
        const SrtRuleReport *report = srt_backend_run_report(run, rule);
        if (report->reported)
            srt_child_answer(child, scene, rule, report->how, report->why);
        else if (policy->requested & (UINT64_C(1) << rule))
            srt_child_bad(child, "prepare: says nothing about %s, which the policy asks for",
                          srt_rule_class_names[rule]);
    }
}

static void part_prepare(SrtTrialChild *child, const SrtTrial *trial, const void *data)
{
    SrtTrialScene scene = *(const SrtTrialScene *)data;
    SrtWatch watch;
    if (!begin(child, trial, scene, &watch))
        return;
    g_autoptr(SrtTrialState) before = srt_state_new();
    g_autofree char *policy = srt_watch_policy_text(&watch);
    for (int i = 0; i < 2; i++) { /* and again, as if nothing had been */
        SrtBackendRun *run = prepare(child, &watch);
        if (run)
            judge_answers(child, &watch, run, scene);
        teardown(child, run);
    }
    g_autofree char *now = srt_watch_policy_text(&watch);
    if (strcmp(policy, now) != 0)
        srt_child_bad(child, "prepare: changed the policy, which is the host's");
    compare(child, before);
    end(child, &watch);
}

static void part_wrap(SrtTrialChild *child, const SrtTrial *trial, const void *data)
{
    SrtWatch watch;
    (void)data;
    if (!begin(child, trial, SRT_SCENE_OPEN, &watch))
        return;
    g_autoptr(SrtTrialState) before = srt_state_new();
    SrtBackendRun *run = prepare(child, &watch);
    srt_launch *first = NULL, *second = NULL;
    if (run) {
        /* One that lives on while others come and go. */
        wrap(child, &watch.services, run, plain, &first);
        for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
            wrap(child, &watch.services, run, commands[i], NULL);
        wrap(child, &watch.services, run, plain, &second);
        srt_watch_compare_launches(child, first, second);
    }
    srt_launch_free(first);
    srt_launch_free(second);
    teardown(child, run);
    compare(child, before);
    end(child, &watch);
}

static void part_two(SrtTrialChild *child, const SrtTrial *trial, const void *data)
{
    SrtWatch watch;
    (void)data;
    if (!begin(child, trial, SRT_SCENE_CLOSED, &watch))
        return;
    /* Leaks are counted at the very end: what one has open is no leak of the other. */
    watch.services.faults = NULL;
    g_autoptr(SrtTrialState) before = srt_state_new();
    SrtBackendRun *one = prepare(child, &watch);
    SrtBackendRun *two = one ? prepare(child, &watch) : NULL;
    if (two) {
        wrap(child, &watch.services, one, plain, NULL);
        teardown(child, one);
        one = NULL;
        wrap(child, &watch.services, two, plain, NULL);
        drain(child, &watch.services, two);
    }
    teardown(child, one);
    teardown(child, two);
    compare(child, before);
    end(child, &watch);
}

static pid_t start_idle(void)
{
    static const char *const words[] = {"/bin/sleep", "1000", NULL}, *const env[] = {NULL};
    pid_t pid = fork();
    if (pid == 0) {
        execve(words[0], (char **)(guintptr)words, (char **)(guintptr)env);
        _exit(127);
    }
    return pid;
}

static void stop_idle(pid_t pid)
{
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

static void part_monitor(SrtTrialChild *child, const SrtTrial *trial, const void *data)
{
    gboolean in_order = *(const gboolean *)data;
    SrtWatch watch;
    if (!begin(child, trial, SRT_SCENE_CLOSED, &watch))
        return;
    g_autoptr(SrtTrialState) before = srt_state_new();
    SrtBackendRun *run = prepare(child, &watch);
    srt_launch *launch = NULL;
    if (run) {
        pid_t pid = start_idle();
        if (in_order)
            wrap(child, &watch.services, run, plain, &launch);
        else
            drain(child, &watch.services, run);
        monitor(child, &watch.services, run, pid);
        drain(child, &watch.services, run);
        if (!in_order)
            wrap(child, &watch.services, run, plain, &launch);
        drain(child, &watch.services, run);
        stop_idle(pid);
        drain(child, &watch.services, run);
        srt_launch_free(launch);
        drain(child, &watch.services, run);
    }
    teardown(child, run);
    compare(child, before);
    end(child, &watch);
}

/* Takes every free number below the limit. */
static GArray *fill_descriptors(void)
{
    GArray *fds = g_array_new(FALSE, FALSE, sizeof(int));
    for (int fd; (fd = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;)
        g_array_append_val(fds, fd);
    return fds;
}

static void limit_descriptors(int n)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = (rlim_t)n;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* Every failure has a text, and what was made until then goes away. */
static void try_starved(SrtTrialChild *child, SrtWatch *watch, int more)
{
    g_autoptr(SrtTrialState) before = srt_state_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *step = g_strdup_printf("prepare with %d free descriptors", more);
    struct rlimit old;
    srt_launch *launch = srt_watch_launch(plain);
    getrlimit(RLIMIT_NOFILE, &old);
    srt_child_step(child, step);
    int highest = srt_state_highest();
    limit_descriptors(highest + 1);
    g_autoptr(GArray) fill = fill_descriptors();
    limit_descriptors(highest + 1 + more);
    SrtBackendRun *run = srt_watch_prepare(watch, NULL, &error);
    gboolean ok = run && srt_backend_wrap(run, launch, &error);
    srt_backend_teardown(run);
    for (guint i = 0; i < fill->len; i++)
        close(g_array_index(fill, int, i));
    setrlimit(RLIMIT_NOFILE, &old);
    srt_launch_free(launch);
    g_autofree char *what = srt_state_compare(before);
    if (what)
        srt_child_bad(child, "%s, then teardown: the module %s", step, what);
    if (!ok && srt_watch_is_mistake(error))
        srt_child_bad(child, "%s: %s", step, error->message);
}

static void part_half_made(SrtTrialChild *child, const SrtTrial *trial, const void *data)
{
    SrtWatch watch;
    (void)data;
    if (!begin(child, trial, SRT_SCENE_CLOSED, &watch))
        return;
    watch.services.faults = NULL;
    for (int more = 0; more <= STARVED_MAX && child->bad == 0; more++)
        try_starved(child, &watch, more);
    watch.services.inside_helper = NULL;
    g_autoptr(SrtTrialState) before = srt_state_new();
    g_autoptr(GError) error = NULL;
    srt_child_step(child, "prepare without a helper");
    srt_backend_teardown(srt_watch_prepare(&watch, NULL, &error));
    if (error && srt_watch_is_mistake(error))
        srt_child_bad(child, "prepare where SRT_PATH_INSIDE is NULL: %s", error->message);
    compare(child, before);
    end(child, &watch);
}

static const SrtTrialScene scene_values[] = {SRT_SCENE_CLOSED, SRT_SCENE_OPEN, SRT_SCENE_GIVEN};
static const gboolean order_values[] = {TRUE, FALSE};

static const struct {
    const char *name;
    SrtTrialPart part;
    const void *data;
} parts[] = {
    {"prepare and teardown, twice", part_prepare, &scene_values[SRT_SCENE_CLOSED]},
    {"the same with a network and a socket", part_prepare, &scene_values[SRT_SCENE_OPEN]},
    {"the same with the settings given", part_prepare, &scene_values[SRT_SCENE_GIVEN]},
    {"wrap, several times", part_wrap, NULL},
    {"two states at a time", part_two, NULL},
    {"monitor and drain", part_monitor, &order_values[0]},
    {"drain first, monitor before wrap", part_monitor, &order_values[1]},
    {"half-made states", part_half_made, NULL},
};

gboolean srt_trial_contract(SrtTrial *trial)
{
    gboolean good = TRUE;
    if (!srt_child_run(trial, GROUP, "loading, and teardown of nothing", part_load, NULL))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        if (parts[i].data != &scene_values[SRT_SCENE_GIVEN] || trial->settings[SRT_SCENE_GIVEN])
            good = srt_child_run(trial, GROUP, parts[i].name, parts[i].part, parts[i].data) && good;
    return good;
}
