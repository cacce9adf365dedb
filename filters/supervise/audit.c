/* SPDX-License-Identifier: Apache-2.0 */
#include "srt-filters/audit.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "audit_read.h"
#include "internal.h"

#define READERS (1u << 0) /* AUDIT_NLGRP_READLOG */
#define SILENCE 200       /* ms after which no end of a refusal is waited for */
#define BUFFER (1 << 20)  /* bytes that may wait in the kernel */
#define RECORD_MAX 9000   /* the kernel's are 8970 at most */
#define MARK_TYPE AUDIT_USER

struct srt_audit {
    srt_supervisor *supervisor;
    int socket;
    int stop; /* eventfd */
    bool runs, settled;
    pthread_t thread;
    sem_t marked; /* the mark has come back */
    char mark[48];
    sup_audit state;
    sup_audit_event event;
    char record[RECORD_MAX];
};

static int open_socket(uint32_t groups)
{
    const struct sockaddr_nl own = {.nl_family = AF_NETLINK, .nl_groups = groups};
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_AUDIT);
    if (fd < 0)
        return -errno;
    if (bind(fd, (const struct sockaddr *)&own, sizeof own) == 0)
        return fd;
    int error = errno;
    close(fd);
    return -error;
}

static int ask_kernel(int fd, uint16_t type, const char *text)
{
    struct {
        struct nlmsghdr head;
        char text[64];
    } message = {.head = {.nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST}};
    const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    const size_t n = strlen(text) + 1;
    memcpy(message.text, text, n < sizeof message.text ? n : sizeof message.text);
    message.head.nlmsg_len = (uint32_t)NLMSG_LENGTH(n);
    ssize_t sent = sendto(fd, &message, message.head.nlmsg_len, MSG_DONTWAIT,
                          (const struct sockaddr *)&kernel, sizeof kernel);
    return sent < 0 ? -errno : 0;
}

/* 0: audit is on. */
static int ask_status(int fd)
{
    union {
        struct nlmsghdr head;
        char bytes[256];
    } answer;
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    uint32_t status[2];
    int r = ask_kernel(fd, AUDIT_GET, "");
    if (r < 0)
        return r;
    while (poll(&wait, 1, 1000) == 1) {
        ssize_t n = recv(fd, &answer, sizeof answer, 0);
        if (n < (ssize_t)NLMSG_LENGTH(sizeof status))
            return n < 0 ? -errno : -EPROTO;
        if (answer.head.nlmsg_type == NLMSG_ERROR) {
            memcpy(&r, NLMSG_DATA(&answer.head), sizeof r);
            if (r < 0)
                return r;
        } else if (answer.head.nlmsg_type == AUDIT_GET) {
            memcpy(status, NLMSG_DATA(&answer.head), sizeof status);
            return status[1] ? 0 : -ENODATA; /* mask, enabled */
        }
    }
    return -ETIMEDOUT;
}

int srt_audit_possible(void)
{
    int fd = geteuid() == 0 ? open_socket(0) : -EPERM;
    if (fd < 0)
        return fd;
    int r = ask_status(fd);
    close(fd);
    return r;
}

static void record(const srt_audit *a)
{
    const sup_audit_event *event = &a->event;
    const srt_origin *origin = NULL;
    sup_names_access(a->supervisor->names, event->path, &origin);
    const srt_violation violation = {
        .struct_size = sizeof violation,
        .operation = event->operation,
        .pid = (int32_t)event->pid,
        .program = event->program[0] ? event->program : NULL,
        .target = event->path,
        .rule = origin ? origin->pointer : NULL,
        .reason = "Landlock does not let this be read",
    };
    sup_records_put(a->supervisor->records, &violation);
}

static void flush(srt_audit *a)
{
    while (sup_audit_flush(&a->state, &a->event))
        record(a);
}

/* Nothing of before the mark comes any more. */
static void end_of_all(srt_audit *a)
{
    flush(a);
    sem_post(&a->marked);
}

/* false: nothing waits, or never will. */
static bool receive(srt_audit *a)
{
    struct sockaddr_nl from;
    struct iovec part = {a->record, sizeof a->record};
    struct msghdr message = {
        .msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &part, .msg_iovlen = 1};
    struct nlmsghdr head;
    ssize_t n = recvmsg(a->socket, &message, MSG_DONTWAIT);
    if (n < 0)
        return errno == EINTR || errno == ENOBUFS;
    if (n < NLMSG_HDRLEN || from.nl_pid != 0 || (message.msg_flags & MSG_TRUNC))
        return true;
    memcpy(&head, a->record, sizeof head);
    const char *text = a->record + NLMSG_HDRLEN;
    const size_t length = strnlen(text, (size_t)n - NLMSG_HDRLEN);
    if (head.nlmsg_type == MARK_TYPE && memmem(text, length, a->mark, strlen(a->mark)))
        end_of_all(a);
    a->state.owner = (uint32_t)atomic_load(&a->supervisor->command);
    if (sup_audit_read(&a->state, head.nlmsg_type, text, length, &a->event))
        record(a);
    return true;
}

static void *thread_main(void *data)
{
    srt_audit *a = data;
    struct pollfd wait[2] = {{.fd = a->socket, .events = POLLIN},
                             {.fd = a->stop, .events = POLLIN}};
    prctl(PR_SET_NAME, "srt-audit", 0, 0, 0);
    for (;;) {
        int n = poll(wait, 2, sup_audit_holds(&a->state) ? SILENCE : -1);
        if (n == 0)
            flush(a);
        if (n > 0 && wait[1].revents)
            break;
        for (unsigned i = 0; n > 0 && i < 256 && receive(a); i++)
            ;
    }
    return NULL;
}

static int start(srt_audit *a)
{
    sigset_t all, old;
    a->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (a->stop < 0)
        return -errno;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int failed = pthread_create(&a->thread, NULL, thread_main, a);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    a->runs = !failed;
    return -failed;
}

int srt_audit_new(srt_supervisor *supervisor, srt_audit **ret)
{
    const int size = BUFFER;
    struct timespec now;
    *ret = NULL;
    int failed = srt_audit_possible();
    srt_audit *a = failed ? NULL : calloc(1, sizeof *a);
    if (!a)
        return failed ? failed : -ENOMEM;
    a->supervisor = supervisor;
    a->stop = -1;
    sem_init(&a->marked, 0, 0);
    clock_gettime(CLOCK_MONOTONIC, &now);
    snprintf(a->mark, sizeof a->mark, "srt sandbox ended %d-%lx%lx", (int)getpid(),
             (unsigned long)now.tv_sec, (unsigned long)now.tv_nsec);
    a->socket = open_socket(READERS);
    failed = a->socket < 0 ? a->socket : 0;
    if (!failed) {
        setsockopt(a->socket, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
        failed = start(a);
    }
    if (failed) {
        srt_audit_free(a);
        return failed;
    }
    *ret = a;
    return 0;
}

/* The kernel hands out records some time after what they are of, but in order: one of ours
 * comes back when all others have come. */
static void await_all(srt_audit *a)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++;
    if (ask_kernel(a->socket, MARK_TYPE, a->mark) < 0)
        return;
    while (sem_timedwait(&a->marked, &until) < 0 && errno == EINTR)
        ;
}

void srt_audit_settle(srt_audit *a)
{
    if (!a || a->settled)
        return;
    const int32_t command = atomic_load(&a->supervisor->command);
    if (command > 0 && (kill(command, 0) == 0 || errno != ESRCH))
        return;
    a->settled = true;
    await_all(a);
}

void srt_audit_free(srt_audit *a)
{
    const uint64_t one = 1;
    if (!a)
        return;
    if (a->runs) {
        while (write(a->stop, &one, sizeof one) < 0 && errno == EINTR)
            ;
        pthread_join(a->thread, NULL);
    }
    if (a->socket >= 0)
        close(a->socket);
    if (a->stop >= 0)
        close(a->stop);
    sem_destroy(&a->marked);
    free(a);
}
