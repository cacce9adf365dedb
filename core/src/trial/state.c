/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "trial/private.h"

#define DESCRIPTORS 4096

struct SrtTrialState {
    guint8 open[DESCRIPTORS];
    char *cwd;
    char **env;
    mode_t umask;
    sigset_t mask;
    gsize threads;
};

static mode_t current_umask(void)
{
    mode_t mask = umask(077);
    umask(mask);
    return mask;
}

static gsize count_entries(const char *directory)
{
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    gsize n = 0;
    while (dir && g_dir_read_name(dir))
        n++;
    return n;
}

SrtTrialState *srt_state_new(void)
{
    SrtTrialState *state = g_new0(SrtTrialState, 1);
    for (int fd = 0; fd < DESCRIPTORS; fd++)
        state->open[fd] = fcntl(fd, F_GETFD) >= 0;
    state->cwd = g_get_current_dir();
    state->env = g_get_environ();
    state->umask = current_umask();
    pthread_sigmask(SIG_SETMASK, NULL, &state->mask);
    state->threads = count_entries("/proc/self/task");
    return state;
}

void srt_state_free(SrtTrialState *state)
{
    if (!state)
        return;
    g_strfreev(state->env);
    g_free(state->cwd);
    g_free(state);
}

static gboolean same_mask(const sigset_t *a, const sigset_t *b)
{
    for (int number = 1; number < 65; number++)
        if (sigismember(a, number) != sigismember(b, number))
            return FALSE;
    return TRUE;
}

static gboolean same_words(char *const *a, char *const *b)
{
    for (; *a && *b; a++, b++)
        if (strcmp(*a, *b) != 0)
            return FALSE;
    return !*a && !*b;
}

/* A thread that was joined is gone at once for who joined it, and a moment later for the
 * kernel. */
static gboolean threads_are_more(gsize before)
{
    for (int i = 0; i < 100; i++) {
        if (count_entries("/proc/self/task") <= before)
            return FALSE;
        g_usleep(10000);
    }
    return TRUE;
}

static gboolean has_children(void)
{
    siginfo_t info;
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

char *srt_state_compare(const SrtTrialState *before)
{
    g_autoptr(SrtTrialState) now = srt_state_new();
    for (int fd = 0; fd < DESCRIPTORS; fd++) {
        if (now->open[fd] && !before->open[fd])
            return g_strdup_printf("left descriptor %d open", fd);
        if (!now->open[fd] && before->open[fd])
            return g_strdup_printf("closed descriptor %d, which is not its own", fd);
    }
    if (has_children())
        return g_strdup("left a child process, running or not waited for");
    if (now->threads > before->threads && threads_are_more(before->threads))
        return g_strdup("left a thread running");
    if (strcmp(now->cwd, before->cwd) != 0)
        return g_strdup("changed the working directory of srt");
    if (now->umask != before->umask)
        return g_strdup("changed the umask of srt");
    if (!same_mask(&now->mask, &before->mask))
        return g_strdup("changed the signal mask of srt");
    if (!same_words(now->env, before->env))
        return g_strdup("changed the environment of srt");
    return NULL;
}

guint64 srt_state_children(void)
{
    struct rusage u;
    if (getrusage(RUSAGE_CHILDREN, &u) != 0)
        return 0;
    guint64 sum = (guint64)u.ru_minflt + (guint64)u.ru_majflt;
    return (sum << 1) | (has_children() ? 1 : 0);
}

int srt_state_highest(void)
{
    int highest = 2;
    for (int fd = 0; fd < DESCRIPTORS; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            highest = fd;
    return highest;
}
