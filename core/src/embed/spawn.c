/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

#include "base/fd.h"
#include "embed/error.h"
#include "embed/spawn_private.h"
#include "embed/thread.h"

#define STACK_BYTES (256u * 1024)

static void unref(SrtEmbedChild *child)
{
    if (!g_atomic_int_dec_and_test(&child->refs))
        return;
    srt_fd_clear(&child->pidfd);
    pthread_mutex_destroy(&child->lock);
    g_free(child);
}

void srt_embed_child_free(SrtEmbedChild *child)
{
    if (child)
        unref(child);
}

int srt_embed_prepare_child(const SrtEmbedSpawn *spawn, const char **ret_what)
{
    int copies[3] = {-1, -1, -1};
    *ret_what = "cannot hand down its descriptors";
    for (int i = 0; i < 3; i++)
        if (spawn->fds[i] >= 0 && (copies[i] = fcntl(spawn->fds[i], F_DUPFD_CLOEXEC, 3)) < 0)
            return errno;
    for (int i = 0; i < 3; i++)
        if (copies[i] >= 0 && dup2(copies[i], i) < 0)
            return errno;
    if (spawn->hand_down >= 0 && fcntl(spawn->hand_down, F_SETFD, 0) < 0)
        return errno;
    *ret_what = "cannot be given a process group";
    if (spawn->new_group && setpgid(0, 0) < 0)
        return errno;
    *ret_what = "cannot be started in that directory";
    if (spawn->cwd && chdir(spawn->cwd) < 0)
        return errno;
    *ret_what = "cannot be executed";
    return 0;
}

static void *run(void *data)
{
    SrtEmbedChild *child = data;
    srt_embed_run_child(child);
    if (!child->failed)
        child->gone(child->data, child->wait_status);
    unref(child);
    return NULL;
}

static int fail(const SrtEmbedChild *child, const SrtEmbedSpawn *spawn, srt_error **error)
{
    srt_error_code code =
        child->failed == ENOENT || child->failed == ENOTDIR ? SRT_E_NOT_FOUND : SRT_E_SYSTEM;
    return srt_embed_fail(error, code, "%s: %s%s%s: %s", spawn->argv[0], child->what,
                          spawn->cwd ? " in " : "", spawn->cwd ? spawn->cwd : "",
                          g_strerror(child->failed));
}

/* The thread writes its byte soon after its start. */
static void await(int ready)
{
    char byte;
    while (read(ready, &byte, 1) < 0 && errno == EINTR)
        ;
}

SrtEmbedChild *srt_embed_spawn(const SrtEmbedSpawn *spawn, SrtEmbedGone gone, void *data,
                               srt_error **error)
{
    int ends[2];
    if (!srt_fd_pipe(ends)) {
        srt_embed_fail(error, SRT_E_SYSTEM, "cannot make a pipe: %s", g_strerror(errno));
        return NULL;
    }
    SrtEmbedChild *child = g_new0(SrtEmbedChild, 1);
    child->refs = 2;
    child->gone = gone;
    child->data = data;
    child->spawn = spawn;
    child->ready = ends[1];
    child->self = getpid();
    child->pidfd = -1;
    pthread_mutex_init(&child->lock, NULL);
    int failed = srt_embed_thread(run, child, STACK_BYTES, NULL);
    if (failed) {
        child->failed = failed;
        child->what = "cannot be given a thread";
        unref(child);
    } else {
        await(ends[0]);
    }
    close(ends[0]);
    close(ends[1]);
    if (child->failed) {
        fail(child, spawn, error);
        g_clear_pointer(&child, unref);
    }
    return child;
}

int srt_embed_child_pid(const SrtEmbedChild *child)
{
    return child->pid;
}

static int send_to(const SrtEmbedChild *child, int signal_number)
{
#ifdef __linux__
    if (child->pidfd >= 0)
        return (int)syscall(SYS_pidfd_send_signal, child->pidfd, signal_number, NULL, 0);
#endif
    return kill(child->pid, signal_number);
}

int srt_embed_child_signal(SrtEmbedChild *child, int signal_number)
{
    pthread_mutex_lock(&child->lock);
    int failed = child->ended || send_to(child, signal_number) == 0 || errno == ESRCH ? 0 : errno;
    pthread_mutex_unlock(&child->lock);
    return failed;
}
