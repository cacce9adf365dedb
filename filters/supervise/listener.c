/* SPDX-License-Identifier: Apache-2.0 */
/* How the listener comes: in one packet over the channel, from the helper inside. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "serve.h"

#include "srt-filters/plan.h"

/* A listener, and nothing else that can be polled. */
static bool is_listener(const srt_supervisor *sup, int fd)
{
    static const char name[] = "anon_inode:seccomp notify";
    char link[32], text[64];
    uint64_t none = 0;
    snprintf(link, sizeof link, "self/fd/%d", fd);
    ssize_t n = readlinkat(sup->proc, link, text, sizeof text - 1);
    if (n != (ssize_t)sizeof name - 1 || memcmp(text, name, (size_t)n) != 0)
        return false;
    return ioctl(fd, SUP_IOCTL_ID_VALID, &none) < 0 && errno == ENOENT;
}

/* One descriptor and the sender; whatever else was sent is closed. */
static int take_parts(struct msghdr *message, pid_t *ret_sender)
{
    int fds[16];
    size_t count = 0;
    *ret_sender = 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        struct ucred sender;
        if (c->cmsg_level != SOL_SOCKET)
            continue;
        if (c->cmsg_type == SCM_CREDENTIALS && c->cmsg_len == CMSG_LEN(sizeof sender)) {
            memcpy(&sender, CMSG_DATA(c), sizeof sender);
            *ret_sender = sender.pid;
        } else if (c->cmsg_type == SCM_RIGHTS && count == 0) {
            count = (c->cmsg_len - CMSG_LEN(0)) / sizeof *fds;
            count = count < sizeof fds / sizeof *fds ? count : sizeof fds / sizeof *fds;
            memcpy(fds, CMSG_DATA(c), count * sizeof *fds);
        }
    }
    for (size_t i = count == 1 ? 1 : 0; i < count; i++)
        close(fds[i]);
    return count == 1 ? fds[0] : -1;
}

static int receive(const srt_supervisor *sup, pid_t *ret_sender)
{
    char text[2];
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(16 * sizeof(int))];
    } control;
    struct iovec part = {text, sizeof text};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    ssize_t n = recvmsg(sup->channel, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? -EAGAIN : -errno;
    int fd = take_parts(&message, ret_sender);
    if (fd >= 0 && n == 1 && text[0] == SRT_CHANNEL_LISTENER && is_listener(sup, fd))
        return fd;
    if (fd >= 0)
        close(fd);
    return -EPROTO;
}

/* The root directory that the command starts with: what paths in records and rules mean. */
static int open_root(const srt_supervisor *sup, pid_t sender)
{
    char entry[32];
    snprintf(entry, sizeof entry, "%d/root", (int)sender);
    return sender > 0 ? openat(sup->proc, entry, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
}

bool sup_await_listener(srt_supervisor *sup)
{
    struct pollfd wait[2] = {{.fd = sup->channel, .events = POLLIN},
                             {.fd = sup->stop, .events = POLLIN}};
    pid_t sender = 0;
    int fd = -EAGAIN;
    while (fd == -EAGAIN) {
        if (poll(wait, 2, -1) < 0 && errno != EINTR)
            break;
        if (wait[1].revents)
            break;
        if (wait[0].revents)
            fd = receive(sup, &sender);
    }
    if (fd >= 0) {
        unsigned long flags = SUP_FD_SYNC_WAKE_UP;
        char ready = SRT_CHANNEL_READY;
        sup->root = open_root(sup, sender);
        sup->keeper = sender > 0 ? sup_parent_of(sup, sender) : 0;
        atomic_store(&sup->command, sender);
        ioctl(fd, SUP_IOCTL_SET_FLAGS, flags); /* faster where the kernel has it */
        sup->listener = fd;
        /* The sender may wait for this before it lets anybody change what we looked at. */
        send(sup->channel, &ready, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    close(sup->channel);
    sup->channel = -1;
    return fd >= 0;
}
