/* SPDX-License-Identifier: Apache-2.0 */
#include "run/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1u << 2)
#endif
#endif

#include "base/error.h"
#include "base/fd.h"

#define FIRST_FD 3
#define LAST_SIGNAL 63
#define STACK_BYTES (256u * 1024)

typedef struct Child {
    const SrtSpawn *spawn;
    int *moved; /* room for n_fds numbers */
    pid_t parent;
    int error_pipe; /* where memory is not shared; else -1 */
    int failed;     /* errno value, 0 when exec succeeded */
} Child;

/* From here to the exec only what is safe in a child that borrows the parent's
 * memory: no allocation, no locks, no stdio. */

static void reset_signals(guint64 ignored)
{
    struct sigaction action;
    sigset_t none;
    memset(&action, 0, sizeof action);
    for (int n = 1; n <= LAST_SIGNAL; n++) {
        action.sa_handler = (ignored >> n) & 1 ? SIG_IGN : SIG_DFL;
        sigaction(n, &action, NULL);
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static int close_from(int first)
{
#ifdef __linux__
    if (syscall(SYS_close_range, (unsigned)first, ~0u, 0) == 0)
        return 0;
    if (errno != ENOSYS)
        return -1;
#endif
    struct rlimit limit;
    int last = 65536;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max < 1024 * 1024)
        last = (int)limit.rlim_max;
    for (int fd = first; fd < last; fd++)
        close(fd);
    return 0;
}

void srt_spawn_seal_descriptors(void)
{
#ifdef __linux__
    if (syscall(SYS_close_range, (unsigned)FIRST_FD, ~0u, CLOSE_RANGE_CLOEXEC) == 0)
        return;
#endif
    for (int fd = FIRST_FD; fd < 1024; fd++) {
        int flags = fcntl(fd, F_GETFD);
        if (flags >= 0)
            fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
    }
}

/* First everything out of the way of the numbers that are to be taken. */
static int place_descriptors(const Child *child)
{
    int n = (int)child->spawn->n_fds;
    for (int i = 0; i < n; i++) {
        child->moved[i] = fcntl(child->spawn->fds[i], F_DUPFD_CLOEXEC, FIRST_FD + n);
        if (child->moved[i] < 0)
            return -1;
    }
    for (int i = 0; i < n; i++)
        if (dup2(child->moved[i], FIRST_FD + i) < 0)
            return -1;
    return 0;
}

#ifdef __linux__

static gboolean die_with_parent(const Child *child)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        return FALSE;
    /* It may have died before. */
    if (getppid() == child->parent)
        return TRUE;
    errno = ESRCH;
    return FALSE;
}

#endif

static int run_child(void *data)
{
    Child *child = data;
    const SrtSpawn *spawn = child->spawn;
    if (place_descriptors(child) < 0)
        goto failed;
    /* The pipe that tells of a failed exec stays, one above, until the exec. */
    int keep = FIRST_FD + (int)spawn->n_fds;
    if (child->error_pipe >= 0) {
        if (dup2(child->error_pipe, keep) < 0)
            goto failed;
        child->error_pipe = keep;
        if (fcntl(keep, F_SETFD, FD_CLOEXEC) < 0)
            goto failed;
        keep++;
    }
    if (close_from(keep) < 0)
        goto failed;
#ifdef __linux__
    if (spawn->is_command && !die_with_parent(child))
        goto failed;
#endif
    reset_signals(spawn->ignored);
    execve(spawn->argv[0], (char *const *)(uintptr_t)spawn->argv,
           (char *const *)(uintptr_t)spawn->env);
failed:
    child->failed = errno ? errno : EIO;
    return 127;
}

#ifdef __linux__

/* The stack of the child is its own, the memory is shared and this thread
 * sleeps until the exec: as cheap as it gets, however large the program is. */
static pid_t start(Child *child)
{
    void *stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED)
        return -1;
    pid_t pid =
        clone(run_child, (char *)stack + STACK_BYTES, CLONE_VM | CLONE_VFORK | SIGCHLD, child);
    int saved = errno;
    munmap(stack, STACK_BYTES);
    errno = saved;
    return pid;
}

#else

static pid_t start(Child *child)
{
    int ends[2];
    if (!srt_fd_pipe(ends))
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        child->error_pipe = ends[1];
        run_child(child);
        srt_fd_write_all(child->error_pipe, &child->failed, sizeof child->failed);
        _exit(127);
    }
    close(ends[1]);
    if (pid > 0 &&
        read(ends[0], &child->failed, sizeof child->failed) != (ssize_t)sizeof child->failed)
        child->failed = 0;
    close(ends[0]);
    return pid;
}

#endif

static gboolean fail(const SrtSpawn *spawn, int e, GError **error)
{
    SrtError code = SRT_ERROR_LAUNCH;
    if (spawn->is_command)
        code = e == ENOENT ? SRT_ERROR_NOT_FOUND : SRT_ERROR_NOT_EXECUTABLE;
    return srt_set_errno(error, code, e, "cannot start %s", spawn->argv[0]);
}

gboolean srt_spawn(const SrtSpawn *spawn, pid_t *ret_pid, GError **error)
{
    const char *program = spawn->argv[0];
    g_autofree int *moved = g_new0(int, spawn->n_fds + 1);
    Child child = {.spawn = spawn, .moved = moved, .parent = getpid(), .error_pipe = -1};
    sigset_t all, before;
    if (!g_path_is_absolute(program)) {
        g_set_error(error, SRT_ERROR, SRT_ERROR_LAUNCH,
                    "cannot start \"%s\": it is not an absolute path", program);
        return FALSE;
    }
    /* Handlers of ours must not run in the child. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t pid = start(&child);
    int e = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (pid < 0)
        return srt_set_errno(error, SRT_ERROR_LAUNCH, e, "cannot make a process for %s", program);
    if (child.failed) {
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
            ;
        return fail(spawn, child.failed, error);
    }
    *ret_pid = pid;
    return TRUE;
}
