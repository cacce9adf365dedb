/* SPDX-License-Identifier: Apache-2.0 */
#include "srt-filters/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/magic.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "serve.h"

static int open_procfs(void)
{
    struct statfs fs;
    int fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    if (fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC)
        return fd;
    close(fd);
    return -ENOENT;
}

static int make_channel(srt_supervisor *sup, int *ret_inner)
{
    int ends[2], on = 1;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return -errno;
    sup->channel = ends[0];
    *ret_inner = ends[1];
    return setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0 ? -errno : 0;
}

static int make(srt_supervisor *sup, int *ret_inner)
{
    struct timespec now;
    int failed = 0;
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    sup->start.seconds = now.tv_sec;
    sup->start.nanoseconds = (uint32_t)now.tv_nsec;
    sup->proc = open_procfs();
    if (sup->proc < 0)
        return sup->proc;
    sup->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (sup->stop < 0)
        return -errno;
    sup->records = sup_records_new();
    if (!sup->records)
        return -errno;
    sup->names = sup_names_new(sup->policy, &failed);
    if (!sup->names)
        return failed;
    failed = sup_sockets_new(sup);
    if (!failed)
        failed = sup_perform_new(sup);
    if (!failed)
        failed = make_channel(sup, ret_inner);
    if (!failed)
        failed = sup_threads_start(sup);
    /* Creating in a caller's place needs its umask. */
    bool creates = sup->options.exact || sup->options.perform_writes;
    return !failed && creates && atomic_load(&sup->shares_fs) ? -EPERM : failed;
}

int srt_supervisor_new(const srt_supervise_options *options, srt_supervisor **ret, int *ret_inner)
{
    srt_supervisor *sup = calloc(1, sizeof *sup);
    *ret = NULL;
    *ret_inner = -1;
    if (!sup)
        return -ENOMEM;
    sup->options = *options;
    sup->policy = options->policy;
    sup->channel = sup->stop = sup->proc = sup->listener = sup->root = -1;
    pthread_mutex_init(&sup->role, NULL);
    pthread_mutex_init(&sup->lock, NULL);
    int failed = make(sup, ret_inner);
    if (!failed) {
        *ret = sup;
        return 0;
    }
    if (*ret_inner >= 0)
        close(*ret_inner);
    *ret_inner = -1;
    srt_supervisor_free(sup);
    return failed;
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

void srt_supervisor_free(srt_supervisor *sup)
{
    if (!sup)
        return;
    if (sup->stop >= 0)
        sup_threads_stop(sup);
    sup_perform_free(sup);
    sup_sockets_free(sup);
    sup_names_free(sup->names);
    sup_records_free(sup->records);
    close_if_open(sup->channel);
    close_if_open(sup->listener);
    close_if_open(sup->root);
    close_if_open(sup->stop);
    close_if_open(sup->proc);
    pthread_mutex_destroy(&sup->role);
    pthread_mutex_destroy(&sup->lock);
    free(sup);
}

int srt_supervisor_fd(const srt_supervisor *supervisor)
{
    return sup_records_fd(supervisor->records);
}

void srt_supervisor_drain(srt_supervisor *supervisor,
                          void (*each)(void *data, const srt_violation *violation), void *data,
                          uint64_t *ret_lost)
{
    sup_records_drain(supervisor->records, each, data, ret_lost);
}
