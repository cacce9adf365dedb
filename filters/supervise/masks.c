/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that answers for the masks. It never waits for anything but the next
 * request: whoever asks sleeps in the kernel, and could not even be killed. */
#include "srt-filters/masks.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "srt-filters/plan.h"

#include "internal.h"
#include "mask_answer.h"

#define FUSE_DEVICE makedev(10, 229)
#define NAME_ROOM 1024 /* the kernel's limit for a name in a request */

struct srt_masks {
    const srt_region *const *regions;
    sup_mask_table table;
    uint32_t *modes;
    int channel; /* our end; -1 once the descriptor has come */
    int device;  /* -1 before it has come */
    int stop;    /* eventfd */
    int proc;    /* O_PATH of /proc */
    sup_records *records;
    bool owns_records;
    bool runs;
    pthread_t thread;
    char target[SUP_PATH_MAX + NAME_ROOM + 2];
    char program[SUP_PATH_MAX];
};

/* The process of a thread; 0 when it cannot be told. */
static int32_t process_of(const srt_masks *m, uint32_t thread)
{
    char path[32], text[1024];
    snprintf(path, sizeof path, "%u/status", thread);
    int fd = thread ? openat(m->proc, path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return 0;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    text[n < 0 ? 0 : n] = '\0';
    const char *at = strstr(text, "\nTgid:\t");
    return at ? (int32_t)strtol(at + strlen("\nTgid:\t"), NULL, 10) : 0;
}

/* Before the answer, while who asked still waits for it, so that it is there. */
static void record(srt_masks *m, const sup_mask_event *event)
{
    const srt_region *region = m->regions[event->mask];
    char link[32];
    if (event->name)
        snprintf(m->target, sizeof m->target, "%s/%s", region->path, event->name);
    else
        snprintf(m->target, sizeof m->target, "%s", region->path);
    snprintf(link, sizeof link, "%u/exe", event->pid);
    ssize_t n = event->pid ? readlinkat(m->proc, link, m->program, sizeof m->program - 1) : -1;
    m->program[n < 0 ? 0 : n] = '\0';
    const srt_violation violation = {
        .struct_size = sizeof violation,
        .operation = event->operation,
        .pid = process_of(m, event->pid),
        .program = n > 0 ? m->program : NULL,
        .target = m->target,
        .rule = region->origin ? region->origin->pointer : NULL,
        .reason = "what is hidden cannot be reached",
    };
    sup_records_put(m->records, &violation);
}

/* false: the file system is gone. */
static bool answer_one(srt_masks *m)
{
    static const int fine[] = {EINTR, EAGAIN, ENOENT}; /* the last: it was killed meanwhile */
    union {
        uint64_t align;
        char bytes[SUP_MASK_REQUEST_MAX];
    } request;
    char reply[SUP_MASK_REPLY_MAX];
    sup_mask_event event;
    ssize_t n = read(m->device, request.bytes, sizeof request);
    if (n < 0)
        return errno == fine[0] || errno == fine[1] || errno == fine[2];
    size_t length = sup_mask_answer(&m->table, request.bytes, (size_t)n, reply, &event);
    if (event.mask != SIZE_MAX)
        record(m, &event);
    if (length > 0 && write(m->device, reply, length) < 0)
        return errno == ENOENT || errno == EINTR;
    return true;
}

static bool is_fuse(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == FUSE_DEVICE;
}

/* The descriptor from the helper; -EAGAIN: not yet. */
static int receive(const srt_masks *m)
{
    char text[2];
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    int fd = -1;
    struct iovec part = {text, sizeof text};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.room,
                             .msg_controllen = sizeof control.room};
    ssize_t n = recvmsg(m->channel, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? -EAGAIN : -errno;
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);
    if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
        c->cmsg_len == CMSG_LEN(sizeof fd))
        memcpy(&fd, CMSG_DATA(c), sizeof fd);
    if (n == 1 && text[0] == SRT_CHANNEL_MASKS && fd >= 0 && is_fuse(fd))
        return fd;
    if (fd >= 0)
        close(fd);
    return -EPROTO;
}

/* Until something can be read. false: it shall stop. */
static bool wait_for(const srt_masks *m, int fd)
{
    struct pollfd wait[2] = {{.fd = fd, .events = POLLIN}, {.fd = m->stop, .events = POLLIN}};
    for (;;) {
        if (poll(wait, 2, -1) < 0 && errno != EINTR)
            return false;
        if (wait[1].revents)
            return false;
        if (wait[0].revents)
            return (wait[0].revents & POLLIN) != 0;
    }
}

static void *thread_main(void *data)
{
    srt_masks *m = data;
    int fd = -EAGAIN;
    prctl(PR_SET_NAME, "srt-masks", 0, 0, 0);
    while (fd == -EAGAIN && wait_for(m, m->channel))
        fd = receive(m);
    close(m->channel);
    m->channel = -1;
    if (fd < 0)
        return NULL;
    m->device = fd;
    while (wait_for(m, m->device) && answer_one(m))
        ;
    /* Closed at once, not at the end: nobody shall wait for an answer any more. */
    close(m->device);
    m->device = -1;
    return NULL;
}

/* A file shows whether it can be executed, so that trying to is an event; all else of the
 * one below it stays unknown. */
static uint32_t mode_of(const srt_region *region)
{
    struct stat st;
    if (region->flags & SRT_PATH_DIR)
        return S_IFDIR | 0755;
    bool known = lstat(region->path, &st) == 0;
    return S_IFREG | (known ? st.st_mode & 0111 : 0);
}

static int make_table(srt_masks *m, const srt_masks_options *options)
{
    struct timespec now;
    m->modes = calloc(options->count, sizeof *m->modes);
    if (!m->modes)
        return -ENOMEM;
    for (size_t i = 0; i < options->count; i++)
        m->modes[i] = mode_of(options->regions[i]);
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    m->table = (sup_mask_table){.modes = m->modes,
                                .count = options->count,
                                .uid = geteuid(),
                                .gid = getegid(),
                                .time = (uint64_t)now.tv_sec};
    return 0;
}

static int open_files(srt_masks *m, int *ret_inner)
{
    struct statfs fs;
    int ends[2];
    m->proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    m->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (m->proc < 0 || m->stop < 0)
        return -errno;
    if (fstatfs(m->proc, &fs) != 0 || fs.f_type != PROC_SUPER_MAGIC)
        return -ENOENT;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return -errno;
    m->channel = ends[0];
    *ret_inner = ends[1];
    return 0;
}

/* With every signal blocked, so that the process' handlers stay with its own threads. */
static int start(srt_masks *m)
{
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int failed = pthread_create(&m->thread, NULL, thread_main, m);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    m->runs = !failed;
    return -failed;
}

int srt_masks_new(const srt_masks_options *options, srt_masks **ret, int *ret_inner)
{
    srt_masks *m = calloc(1, sizeof *m);
    *ret = NULL;
    *ret_inner = -1;
    if (!m)
        return -ENOMEM;
    m->regions = options->regions;
    m->channel = m->device = m->stop = m->proc = -1;
    m->owns_records = !options->supervisor;
    m->records = options->supervisor ? options->supervisor->records : sup_records_new();
    int failed = m->records ? make_table(m, options) : -ENOMEM;
    if (!failed)
        failed = open_files(m, ret_inner);
    if (!failed)
        failed = start(m);
    if (!failed) {
        *ret = m;
        return 0;
    }
    if (*ret_inner >= 0)
        close(*ret_inner);
    *ret_inner = -1;
    srt_masks_free(m);
    return failed;
}

void srt_masks_free(srt_masks *m)
{
    const uint64_t one = 1;
    if (!m)
        return;
    if (m->runs) {
        while (write(m->stop, &one, sizeof one) < 0 && errno == EINTR)
            ;
        pthread_join(m->thread, NULL);
    }
    const int fds[] = {m->channel, m->stop, m->proc};
    for (size_t i = 0; i < sizeof fds / sizeof *fds; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    if (m->owns_records)
        sup_records_free(m->records);
    free(m->modes);
    free(m);
}

int srt_masks_fd(const srt_masks *m)
{
    return sup_records_fd(m->records);
}

void srt_masks_drain(srt_masks *m, void (*each)(void *data, const srt_violation *violation),
                     void *data, uint64_t *ret_lost)
{
    sup_records_drain(m->records, each, data, ret_lost);
}
