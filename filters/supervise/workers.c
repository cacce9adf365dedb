/* SPDX-License-Identifier: Apache-2.0 */
/* The threads. One holds the role and receives calls; a thread whose call may block gives the role
 * away first and answers when it can. So the usual call is answered where it was received,
 * without a hop, and a call that hangs holds up no other. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "serve.h"

typedef struct sup_thread {
    pthread_t id;
    bool started; /* to be joined */
    bool yielded; /* the role is another's */
    int ready;    /* what became of its start: 1, or -errno */
    sem_t begun;
    sup_call call;
    sup_base_text base_text;
    sup_known_path known;
    char scratch[6 * SUP_PATH_MAX];
} sup_thread;

int sup_become_supervisor(srt_supervisor *sup)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct had[2], keep[2];
    /* Some containers close unshare. Then the umask and the working directory stay the process',
     * and nothing is created here. */
    if (unshare(CLONE_FS) < 0)
        atomic_store(&sup->shares_fs, true);
    if (syscall(SYS_capget, &header, had) < 0)
        return -errno;
    memset(keep, 0, sizeof keep);
    keep[0].permitted = had[0].permitted & (1u << CAP_SYS_PTRACE);
    keep[0].effective = had[0].effective & (1u << CAP_SYS_PTRACE);
    return syscall(SYS_capset, &header, keep) < 0 ? -errno : 0;
}

/* Nobody receives from now on: calls that come, or wait, fail with ENOSYS at once, as the last
 * descriptor of the listener goes. Its number stays taken for threads that still use it. */
static void sup_end(srt_supervisor *sup)
{
    if (!sup->ended && sup->listener >= 0)
        dup3(sup->stop, sup->listener, O_CLOEXEC);
    sup->ended = true;
}

static void *thread_main(void *data)
{
    sup_thread *thread = data;
    srt_supervisor *sup = thread->call.sup;
    int failed = sup_become_supervisor(sup);
    prctl(PR_SET_NAME, "srt-supervise", 0, 0, 0);
    thread->ready = failed ? failed : 1;
    sem_post(&thread->begun);
    while (!failed) {
        pthread_mutex_lock(&sup->role);
        thread->yielded = false;
        if (!sup->ended && (sup->listener >= 0 || sup_await_listener(sup)) &&
            sup_serve(&thread->call, &thread->yielded) == SUP_SERVED_ONE) {
            pthread_mutex_lock(&sup->lock);
            sup->n_busy--;
            pthread_mutex_unlock(&sup->lock);
            continue;
        }
        sup_end(sup);
        pthread_mutex_unlock(&sup->role);
        break;
    }
    return NULL;
}

/* With every signal blocked, so that the process' handlers stay with its own threads. */
static int start(srt_supervisor *sup, sup_thread *thread)
{
    sigset_t all, old;
    sup_call *call = &thread->call;
    char *scratch = thread->scratch;
    *call = (sup_call){.sup = sup, .root = -1};
    call->base_text = &thread->base_text;
    call->known = &thread->known;
    call->path[0] = scratch;
    call->path[1] = scratch + SUP_PATH_MAX;
    call->canonical = scratch + (size_t)2 * SUP_PATH_MAX;
    call->spare = scratch + (size_t)3 * SUP_PATH_MAX;
    call->other = scratch + (size_t)5 * SUP_PATH_MAX;
    sigfillset(&all);
    if (sem_init(&thread->begun, 0, 0) < 0)
        return -errno;
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int failed = pthread_create(&thread->id, NULL, thread_main, thread);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (failed) {
        sem_destroy(&thread->begun);
        return -failed;
    }
    thread->started = true;
    while (sem_wait(&thread->begun) < 0 && errno == EINTR)
        ;
    return thread->ready < 0 ? thread->ready : 0;
}

static int start_another(srt_supervisor *sup)
{
    for (unsigned i = 0; i < SUP_THREADS_MAX; i++) {
        if (sup->threads[i])
            continue;
        /* Most of it is room for texts, not to be touched now: it costs a page fault for each page.
         */
        sup_thread *thread = malloc(sizeof *thread);
        if (!thread)
            return -ENOMEM;
        memset(thread, 0, offsetof(sup_thread, base_text));
        memset(&thread->base_text, 0, offsetof(sup_base_text, text));
        memset(&thread->known, 0, offsetof(sup_known_path, text));
        sup->threads[i] = thread;
        int failed = start(sup, thread);
        if (failed && !thread->started) {
            free(thread);
            sup->threads[i] = NULL;
        }
        if (!failed)
            sup->n_threads++;
        return failed;
    }
    return -EAGAIN;
}

bool sup_may_block(sup_call *call)
{
    srt_supervisor *sup = call->sup;
    /* The call is the thread's own. */
    sup_thread *thread = (sup_thread *)((char *)call - offsetof(sup_thread, call));
    if (thread->yielded)
        return true;
    pthread_mutex_lock(&sup->lock);
    bool fine = sup->n_busy + 1 < SUP_THREADS_MAX && !atomic_load(&sup->stopping);
    if (fine && sup->n_threads == sup->n_busy + 1)
        fine = start_another(sup) == 0;
    if (fine)
        sup->n_busy++;
    pthread_mutex_unlock(&sup->lock);
    if (!fine)
        return false;
    thread->yielded = true;
    pthread_mutex_unlock(&sup->role);
    return true;
}

int sup_threads_start(srt_supervisor *sup)
{
    pthread_mutex_lock(&sup->lock);
    int failed = start_another(sup);
    pthread_mutex_unlock(&sup->lock);
    return failed;
}

void sup_threads_stop(srt_supervisor *sup)
{
    const uint64_t one = 1;
    pthread_mutex_lock(&sup->lock);
    atomic_store(&sup->stopping, true);
    pthread_mutex_unlock(&sup->lock);
    while (write(sup->stop, &one, sizeof one) < 0 && errno == EINTR)
        ;
    for (unsigned i = 0; i < SUP_THREADS_MAX; i++) {
        sup_thread *thread = sup->threads[i]; /* none is started any more */
        if (!thread)
            continue;
        pthread_join(thread->id, NULL);
        sem_destroy(&thread->begun);
        free(thread);
        sup->threads[i] = NULL;
    }
}
