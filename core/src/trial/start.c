/* SPDX-License-Identifier: Apache-2.0 */
/* Programs started in the lab, with what they print in files. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "trial/private.h"

#define NAP 5000 /* microseconds */

const char **srt_trial_words(const SrtTrial *trial, SrtTrialScene scene, const char *const *command)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    const char *const before[] = {
        trial->srt,  "--quiet",   "-s", trial->settings[scene], "--allow-unenforced=all",
        "--backend", trial->file, "--"};
    for (gsize i = 0; i < G_N_ELEMENTS(before); i++)
        g_ptr_array_add(words, (gpointer)(guintptr)before[i]);
    for (; *command; command++)
        g_ptr_array_add(words, (gpointer)(guintptr)*command);
    g_ptr_array_add(words, NULL);
    return (const char **)(guintptr)g_ptr_array_free(g_steal_pointer(&words), FALSE);
}

static int open_or_die(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);
    if (fd < 0)
        _exit(125);
    return fd;
}

typedef struct Files {
    char *in, *out, *err, *cwd, *home;
    int terminal; /* master, or -1 */
} Files;

static G_GNUC_NORETURN void become(const SrtTrialRun *run, const Files *files, char **env)
{
    setsid();
    if (chdir(files->cwd) != 0)
        _exit(125);
    /* Opened without O_NOCTTY by the leader of a session: it is the terminal of that. */
    int in = open_or_die(files->terminal >= 0 ? ptsname(files->terminal) : files->in, O_RDWR);
    int out = open_or_die(files->out, O_WRONLY | O_CREAT | O_TRUNC);
    int err = open_or_die(files->err, O_WRONLY | O_CREAT | O_TRUNC);
#ifdef TIOCSCTTY
    if (files->terminal >= 0)
        ioctl(in, TIOCSCTTY, 0);
#endif
    dup2(in, 0);
    dup2(out, 1);
    dup2(err, 2);
    execve(run->words[0], (char **)(guintptr)run->words, env);
    _exit(127);
}

static char **make_env(const Files *files)
{
    char **env = g_new0(char *, 8);
    env[0] = g_strdup("PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
    env[1] = g_strconcat("HOME=", files->home, NULL);
    env[2] = g_strdup("LANG=C.UTF-8");
    env[3] = g_strdup("TRIAL=two\nlines");
    return env;
}

int srt_trial_wait(pid_t pid, int seconds)
{
    int status = 0;
    for (gint64 end = g_get_monotonic_time() + seconds * G_USEC_PER_SEC;;) {
        pid_t got = waitpid(pid, &status, WNOHANG);
        if (got == pid)
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        if ((got < 0 && errno != EINTR) || g_get_monotonic_time() > end)
            return -1;
        g_usleep(NAP);
    }
}

/* When the command says that it is ready. */
static void send_signal(const SrtTrial *trial, pid_t pid, int number)
{
    g_autofree char *ready = srt_lab_path(trial, "work/ready");
    for (int i = 0; i < SRT_TRIAL_SECONDS * (int)(G_USEC_PER_SEC / NAP); i++) {
        siginfo_t info = {.si_pid = 0};
        if (g_file_test(ready, G_FILE_TEST_EXISTS) ||
            waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == pid)
            break;
        g_usleep(NAP);
    }
    kill(pid, number);
    g_unlink(ready);
}

static int open_terminal(void)
{
    int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd >= 0 && (grantpt(fd) != 0 || unlockpt(fd) != 0))
        srt_fd_clear(&fd);
    return fd;
}

void srt_trial_start(const SrtTrial *trial, const SrtTrialRun *run, SrtTrialResult *ret)
{
    Files files = {.in = srt_lab_path(trial, "in"),
                   .out = srt_lab_path(trial, "out"),
                   .err = srt_lab_path(trial, "err"),
                   .cwd = srt_lab_path(trial, "work"),
                   .home = srt_lab_path(trial, "home"),
                   .terminal = run->terminal ? open_terminal() : -1};
    g_auto(GStrv) env = make_env(&files);
    g_file_set_contents(files.in, run->input ? run->input : "", -1, NULL);
    pid_t pid = fork();
    if (pid == 0)
        become(run, &files, env);
    if (pid > 0 && run->signal)
        send_signal(trial, pid, run->signal);
    ret->status = pid > 0 ? srt_trial_wait(pid, SRT_TRIAL_SECONDS) : -1;
    if (pid > 0 && ret->status < 0) {
        kill(-pid, SIGKILL);
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    srt_fd_clear(&files.terminal);
    ret->out = ret->err = NULL;
    g_file_get_contents(files.out, &ret->out, NULL, NULL);
    g_file_get_contents(files.err, &ret->err, NULL, NULL);
    g_free(files.in);
    g_free(files.out);
    g_free(files.err);
    g_free(files.cwd);
    g_free(files.home);
}

void srt_trial_result_clear(SrtTrialResult *result)
{
    g_clear_pointer(&result->out, g_free);
    g_clear_pointer(&result->err, g_free);
}
