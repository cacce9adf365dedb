/* SPDX-License-Identifier: Apache-2.0 */
#include "run/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "run/signal_plan.h"

#define LAST_SIGNAL 63
#define TOUCHED_MAX 16

/* What the handler writes: small enough that a pipe never splits it. */
typedef struct Note {
    unsigned char number;
    unsigned char from_terminal;
} Note;

static int ends[2] = {-1, -1};

static struct {
    int number;
    struct sigaction before;
} touched[TOUCHED_MAX];
static unsigned n_touched;
static sigset_t mask_before;

static void on_signal(int number, siginfo_t *info, void *context)
{
    (void)context;
    int saved = errno;
    Note note = {.number = (unsigned char)number};
#ifdef SI_KERNEL
    note.from_terminal = info->si_code == SI_KERNEL;
#else
    note.from_terminal = info->si_code <= 0 ? 0 : info->si_pid == 0;
#endif
    /* A full pipe means that hundreds wait already. */
    ssize_t n = write(ends[1], &note, sizeof note);
    (void)n;
    errno = saved;
}

guint64 srt_signals_ignored(void)
{
    guint64 ignored = 0;
    for (int n = 1; n <= LAST_SIGNAL; n++) {
        struct sigaction action;
        if (sigaction(n, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
            ignored |= (guint64)1 << n;
    }
    return ignored;
}

static void set(int number, gboolean handled)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigfillset(&action.sa_mask);
    if (handled) {
        action.sa_sigaction = on_signal;
        action.sa_flags = SA_SIGINFO | SA_RESTART;
    } else {
        action.sa_handler = SIG_IGN;
    }
    touched[n_touched].number = number;
    sigaction(number, &action, &touched[n_touched].before);
    n_touched++;
}

int srt_signals_open(guint64 ignored, GError **error)
{
    sigset_t wanted;
    if (!srt_fd_pipe(ends)) {
        srt_set_errno(error, SRT_ERROR_FAILED, errno, "cannot make a pipe");
        return -1;
    }
    for (int i = 0; i < 2; i++)
        fcntl(ends[i], F_SETFL, fcntl(ends[i], F_GETFL) | O_NONBLOCK);
    sigemptyset(&wanted);
    n_touched = 0;
    for (const int *n = srt_signals_handled; *n; n++)
        if (((ignored >> *n) & 1) == 0) {
            set(*n, TRUE);
            sigaddset(&wanted, *n);
        }
    set(SIGCHLD, TRUE);
    sigaddset(&wanted, SIGCHLD);
    /* A write that cannot be done is an error to tell, not an end. */
    set(SIGPIPE, FALSE);
    set(SIGXFSZ, FALSE);
    pthread_sigmask(SIG_UNBLOCK, &wanted, &mask_before);
    return ends[0];
}

gboolean srt_signals_next(SrtSignalEvent *ret)
{
    Note note;
    ssize_t n;
    do
        n = read(ends[0], &note, sizeof note);
    while (n < 0 && errno == EINTR);
    if (n != (ssize_t)sizeof note)
        return FALSE;
    ret->number = note.number;
    ret->from_terminal = note.from_terminal != 0;
    return TRUE;
}

void srt_signals_close(void)
{
    while (n_touched > 0) {
        n_touched--;
        sigaction(touched[n_touched].number, &touched[n_touched].before, NULL);
    }
    if (ends[0] >= 0)
        pthread_sigmask(SIG_SETMASK, &mask_before, NULL);
    srt_fd_clear(&ends[0]);
    srt_fd_clear(&ends[1]);
}

void srt_signals_stop(void)
{
    struct sigaction normal, ours;
    memset(&normal, 0, sizeof normal);
    normal.sa_handler = SIG_DFL;
    sigaction(SIGTSTP, &normal, &ours);
    raise(SIGTSTP); /* to this thread, so that it has happened on return */
    sigaction(SIGTSTP, &ours, NULL);
}
