/* SPDX-License-Identifier: Apache-2.0 */
/* Two steps, each as by vfork: a keeper that shares memory and descriptors with the thread it
 * holds, and the program, which the keeper waits for (spawn.h says why). Both steps run on stacks
 * of their own; the thread is held meanwhile, so its errno and all else that is a thread's are free
 * to use. */
#ifdef __linux__
#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "embed/spawn_private.h"

#define STACK_BYTES (64u * 1024)

/* The same function under a name that thread sanitizers leave alone: they take it for a fork, also
 * in a program that only links the library. */
#ifdef __GLIBC__
int __clone(int (*run)(void *), void *stack, int flags, void *data, ...);
#define clone_as_is __clone
#else
#define clone_as_is clone
#endif

typedef struct Work {
    SrtEmbedChild *child;
    char *stack; /* for the program's process */
    int exec_failed;
    const char *what;
} Work;

/* As the kernel has it; longer than any architecture needs. The first word is the handler. */
typedef struct KernelAction {
    unsigned long words[16];
} KernelAction;

/* The C library's sigaction keeps an account in memory, which is the embedding program's here. */
static void set_default(int signal_number)
{
    KernelAction action;
    memset(&action, 0, sizeof action);
    syscall(SYS_rt_sigaction, signal_number, &action, NULL, (size_t)8);
}

static int is_ignored(int signal_number)
{
    KernelAction action;
    memset(&action, 0, sizeof action);
    syscall(SYS_rt_sigaction, signal_number, NULL, &action, (size_t)8);
    return action.words[0] == (unsigned long)SIG_IGN;
}

static int is_inherited(int signal_number)
{
    return signal_number == SIGHUP || signal_number == SIGINT || signal_number == SIGQUIT;
}

/* The new process has a signal table of its own. No handler of the embedding program may run in it,
 * so they go before the signals are let through. */
static void reset_signals(void)
{
    unsigned long none[2] = {0, 0};
    for (int n = 1; n <= 64; n++)
        if (n != SIGKILL && n != SIGSTOP && !(is_inherited(n) && is_ignored(n)))
            set_default(n);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, none, NULL, (size_t)8);
}

static int become(void *data)
{
    Work *work = data;
    const SrtEmbedSpawn *spawn = work->child->spawn;
    int failed = srt_embed_prepare_child(spawn, &work->what);
    if (!failed) {
        reset_signals();
        execve(spawn->argv[0], (char *const *)(gsize)spawn->argv, (char *const *)(gsize)spawn->env);
        failed = errno;
    }
    work->exec_failed = failed;
    return 127;
}

static void tell_ready(const SrtEmbedChild *child)
{
    char byte = 0;
    while (write(child->ready, &byte, 1) < 0 && errno == EINTR)
        ;
}

static void wait_for(pid_t pid, int *ret_status, int flags)
{
    while (waitpid(pid, ret_status, flags) < 0 && errno == EINTR)
        ;
}

static int keep(void *data)
{
    Work *work = data;
    SrtEmbedChild *child = work->child;
    /* The thread that it holds is its parent: gone only with the whole program. */
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != child->self)
        return 1;
    /* Where the embedding program ignores SIGCHLD there would be no status. */
    set_default(SIGCHLD);
    child->pid = clone_as_is(become, work->stack + STACK_BYTES,
                             CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, work, &child->pidfd);
    if (child->pid < 0)
        child->failed = errno;
    else if (work->exec_failed)
        wait_for(child->pid, &child->wait_status, 0);
    child->what = work->what;
    if (work->exec_failed)
        child->failed = work->exec_failed;
    if (!child->failed) {
        tell_ready(child);
        wait_for(child->pid, &child->wait_status, 0);
    }
    return 0;
}

void srt_embed_run_child(SrtEmbedChild *child)
{
    Work work = {.child = child, .what = "cannot be given a process"};
    char *stack = g_malloc(2 * STACK_BYTES);
    int status;
    work.stack = stack + STACK_BYTES;
    child->pid = -1;
    pid_t keeper =
        clone_as_is(keep, stack + STACK_BYTES, CLONE_VM | CLONE_VFORK | CLONE_FILES, &work);
    if (keeper < 0) {
        child->failed = errno;
        child->what = work.what;
    } else {
        wait_for(keeper, &status, __WCLONE);
        if (child->pid < 0 && !child->failed) {
            child->failed = ECHILD;
            child->what = work.what;
        }
    }
    pthread_mutex_lock(&child->lock);
    child->ended = TRUE;
    srt_fd_clear(&child->pidfd);
    pthread_mutex_unlock(&child->lock);
    if (child->failed)
        tell_ready(child);
    g_free(stack);
}
#endif
