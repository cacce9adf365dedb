/* SPDX-License-Identifier: Apache-2.0 */
/* A command that was spawned: over when srt was waited for and its channel has been read to the
 * end. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "embed/error.h"
#include "embed/private.h"

#define FAILED 125 /* srt's own status */

srt_process *srt_process_new(srt_session *session, const char *id, srt_error **error)
{
    int ends[2];
    if (!srt_embed_pipe(ends, error))
        return NULL;
    srt_process *process = g_new0(srt_process, 1);
    process->refs = 1;
    process->id = g_strdup(id);
    process->session = srt_session_ref(session);
    process->notify[0] = ends[0];
    process->notify[1] = ends[1];
    pthread_mutex_init(&process->lock, NULL);
    return process;
}

void srt_process_unref(srt_process *process)
{
    if (!g_atomic_int_dec_and_test(&process->refs))
        return;
    srt_embed_child_free(process->child);
    srt_fd_clear(&process->notify[0]);
    srt_fd_clear(&process->notify[1]);
    pthread_mutex_destroy(&process->lock);
    srt_session_unref(process->session);
    g_free(process->id);
    g_free(process->failure);
    g_free(process->notices);
    g_free(process);
}

void srt_process_free(srt_process *process)
{
    if (process)
        srt_process_unref(process);
}

/* What is to be said of an srt that did not tell how its command ended. Caller frees; NULL:
 * nothing. */
static char *explain(const srt_process *process, int status)
{
    int wait_status = process->wait_status;
    if (WIFSIGNALED(wait_status))
        return g_strdup_printf("srt was killed by signal %d", WTERMSIG(wait_status));
    if (process->detached)
        return status == FAILED
                   ? g_strdup("srt failed; the reason is on the standard error that it "
                              "was given")
                   : NULL;
    if (!process->greeted)
        return g_strdup_printf(
            "%s ended with status %d and did not speak to the session: it is not "
            "srt, or an older one than libsrt " SRT_VERSION,
            process->session->program, status);
    return g_strdup_printf("srt ended with status %d before it said how the command ended", status);
}

static void settle_locked(srt_process *process)
{
    if (process->done || !process->exited || !process->told)
        return;
    int status = WIFEXITED(process->wait_status) ? WEXITSTATUS(process->wait_status)
                                                 : 128 + WTERMSIG(process->wait_status);
    if (process->ended) {
        status = process->status;
    } else {
        if (!process->failure)
            process->failure = explain(process, status);
        if (process->failure && !WIFSIGNALED(process->wait_status))
            status = FAILED;
    }
    process->status = status;
    process->done = TRUE;
    ssize_t n = write(process->notify[1], "", 1);
    (void)n; /* the pipe is empty */
}

void srt_process_gone(void *data, int wait_status)
{
    SrtLink *link = data;
    srt_process *process = link->process;
    pthread_mutex_lock(&process->lock);
    process->exited = TRUE;
    process->wait_status = wait_status;
    settle_locked(process);
    pthread_mutex_unlock(&process->lock);
    /* Let go of with the lock: whoever ends the session then finds all of it done. */
    srt_session *session = srt_session_ref(link->session);
    pthread_mutex_lock(&session->lock);
    link->exited = TRUE;
    srt_session_wake_locked(session);
    srt_link_unref(link);
    pthread_mutex_unlock(&session->lock);
    srt_session_unref(session);
}

void srt_process_told(srt_process *process, const SrtLink *link, gboolean detached)
{
    pthread_mutex_lock(&process->lock);
    if (!process->told) {
        process->told = TRUE;
        process->greeted = link->greeted;
        process->ended = link->ended;
        process->detached = detached && !link->ended;
        process->status = link->status;
        /* An ending of another status is the command's own. */
        if (!link->ended || link->status == link->failure_status)
            process->failure = g_strdup(link->failure);
        process->notices = link->notices->len ? g_strdup(link->notices->str) : NULL;
        settle_locked(process);
    }
    pthread_mutex_unlock(&process->lock);
}

static gboolean is_done(srt_process *process, int *status)
{
    pthread_mutex_lock(&process->lock);
    gboolean done = process->done;
    if (done && status)
        *status = process->status;
    pthread_mutex_unlock(&process->lock);
    return done;
}

/* The process's session would have to run for it to end. */
static gboolean is_session_thread(srt_session *session)
{
    pthread_mutex_lock(&session->lock);
    gboolean own = session->running && pthread_equal(session->thread, pthread_self());
    pthread_mutex_unlock(&session->lock);
    return own;
}

int srt_process_wait(srt_process *process, int timeout_ms, int *status, srt_error **error)
{
    if (!process)
        return srt_embed_misuse(error, __func__, "process is NULL");
    if (is_done(process, status))
        return 1;
    if (timeout_ms && is_session_thread(process->session))
        return srt_embed_misuse(
            error, __func__, "a callback cannot wait for a command of its session; use timeout 0");
    gint64 until = g_get_monotonic_time() + (gint64)timeout_ms * 1000;
    struct pollfd fd = {.fd = process->notify[0], .events = POLLIN};
    while (!is_done(process, status)) {
        gint64 left = until - g_get_monotonic_time();
        if (timeout_ms >= 0 && left <= 0)
            return 0;
        int wait_ms = timeout_ms < 0 ? -1 : (int)MIN(left / 1000 + 1, G_MAXINT);
        if (poll(&fd, 1, wait_ms) < 0 && errno != EINTR)
            return srt_embed_fail(error, SRT_E_SYSTEM, "cannot wait: %s", g_strerror(errno));
    }
    return 1;
}

const char *srt_process_failure(srt_process *process)
{
    return process && is_done(process, NULL) ? process->failure : NULL;
}

int srt_process_pollfd(const srt_process *process)
{
    return process ? process->notify[0] : -1;
}

int srt_process_pid(const srt_process *process)
{
    return process ? srt_embed_child_pid(process->child) : 0;
}

/* Any other would end or stop srt itself. */
static gboolean is_passed_on(int signal_number)
{
    static const int numbers[] = {0,       SIGKILL, SIGINT,   SIGTERM, SIGHUP, SIGQUIT,
                                  SIGUSR1, SIGUSR2, SIGWINCH, SIGTSTP, SIGCONT};
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
        if (numbers[i] == signal_number)
            return TRUE;
    return FALSE;
}

int srt_process_signal(srt_process *process, int signal_number, srt_error **error)
{
    if (!process)
        return srt_embed_misuse(error, __func__, "process is NULL");
    if (!is_passed_on(signal_number))
        return srt_embed_misuse(error, __func__,
                                "signal_number: found %d, which srt does not pass on, expected "
                                "INT, TERM, HUP, QUIT, USR1, USR2, WINCH, TSTP, CONT, KILL or 0",
                                signal_number);
    int failed = srt_embed_child_signal(process->child, signal_number);
    if (failed)
        return srt_embed_fail(error, SRT_E_SYSTEM, "cannot send signal %d to srt: %s",
                              signal_number, g_strerror(failed));
    return 0;
}

const char *srt_process_command_id(const srt_process *process)
{
    return process ? process->id : NULL;
}
