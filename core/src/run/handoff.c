/* SPDX-License-Identifier: Apache-2.0 */
#include "run/handoff.h"

#include <errno.h>
#include <srt/launch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#endif

#include "base/fd.h"

#ifndef MSG_CMSG_CLOEXEC
#define MSG_CMSG_CLOEXEC 0
#endif

/* More than any packet may carry, so that too many are seen as such. */
#define FDS_ROOM 4

typedef struct Packet {
    unsigned char bytes[SRT_HANDOFF_MAX + 1];
    size_t length;
    int fds[FDS_ROOM];
    int n_fds;
    gboolean cut; /* more was sent than there was room for */
} Packet;

static void take_descriptors(struct msghdr *message, Packet *packet)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < n; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
            if (packet->n_fds < FDS_ROOM)
                packet->fds[packet->n_fds++] = fd;
            else
                close(fd);
        }
    }
}

static ssize_t receive_packet(int socket, Packet *packet)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(FDS_ROOM * sizeof(int))];
    } control;
    struct iovec part = {.iov_base = packet->bytes, .iov_len = sizeof packet->bytes};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    ssize_t n;
    do
        n = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    packet->n_fds = 0;
    if (n < 0)
        return n;
    take_descriptors(&message, packet);
    packet->length = (size_t)n;
    packet->cut = (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0;
    return n;
}

static int socket_option(int fd, int option)
{
    int value = -1;
    socklen_t size = sizeof value;
    return getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

static gboolean is_tcp_listener(int fd)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    if (socket_option(fd, SO_ACCEPTCONN) != 1 || socket_option(fd, SO_TYPE) != SOCK_STREAM)
        return FALSE;
    return getsockname(fd, (struct sockaddr *)&address, &size) == 0 &&
           (address.ss_family == AF_INET || address.ss_family == AF_INET6);
}

gboolean srt_pidfd_send(int pidfd, int signal_number)
{
#ifdef __linux__
    return syscall(SYS_pidfd_send_signal, pidfd, signal_number, NULL, 0) == 0;
#else
    (void)pidfd;
    (void)signal_number;
    errno = ENOSYS;
    return FALSE;
#endif
}

int srt_pidfd_pid(int pidfd)
{
    char path[64];
    g_autofree char *text = NULL;
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", pidfd);
    text = srt_fd_read_file(path, 4096, NULL, NULL, NULL);
    const char *line = text ? strstr(text, "\nPid:") : NULL;
    long pid = line ? strtol(line + 5, NULL, 10) : -1;
    return pid > 0 && pid <= G_MAXINT ? (int)pid : -1;
}

/* A descriptor of another kind says EBADF; a process that is gone is fine. */
static gboolean is_pidfd(int fd)
{
    return srt_pidfd_send(fd, 0) || errno == ESRCH;
}

static const char *judge(const Packet *packet, SrtHanded *ret)
{
    if (packet->cut)
        return "a packet is too large";
    switch (packet->bytes[0]) {
    case SRT_HANDOFF_LISTENER:
        if (packet->length != 2 || packet->bytes[1] > SRT_LISTENER_SOCKS || packet->n_fds != 1)
            return "a listener packet is malformed";
        if (!is_tcp_listener(packet->fds[0]))
            return "what came as a listener is no listening TCP socket";
        ret->kind = SRT_HANDED_LISTENER;
        ret->role = (srt_listener_role)packet->bytes[1];
        ret->fd = packet->fds[0];
        return NULL;
    case SRT_HANDOFF_COMMAND:
        if (packet->length != 1 || packet->n_fds != 1)
            return "a command packet is malformed";
        if (!is_pidfd(packet->fds[0]))
            return "what came as the command is no process descriptor";
        ret->kind = SRT_HANDED_COMMAND;
        ret->fd = packet->fds[0];
        return NULL;
    case SRT_HANDOFF_FAILED:
        if (packet->length < 2 || packet->length > 2 + 1000 || packet->n_fds != 0 ||
            packet->bytes[1] < 125 || packet->bytes[1] > 127)
            return "a failure packet is malformed";
        ret->kind = SRT_HANDED_FAILED;
        ret->status = packet->bytes[1];
        memcpy(ret->text, packet->bytes + 2, packet->length - 2);
        ret->text[packet->length - 2] = 0;
        return NULL;
    default:
        return "a packet of unknown kind";
    }
}

void srt_handoff_receive(int socket, SrtHanded *ret)
{
    Packet packet = {.length = 0};
    *ret = (SrtHanded){.kind = SRT_HANDED_NOTHING, .fd = -1};
    ssize_t n = receive_packet(socket, &packet);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return;
    if (n < 0 && errno == ECONNRESET) {
        ret->kind = SRT_HANDED_END;
        return;
    }
    if (n < 0) {
        ret->kind = SRT_HANDED_BAD;
        g_strlcpy(ret->text, g_strerror(errno), sizeof ret->text);
        return;
    }
    if (n == 0 && packet.n_fds == 0) {
        ret->kind = SRT_HANDED_END;
        return;
    }
    const char *why = n == 0 ? "an empty packet" : judge(&packet, ret);
    if (why) {
        ret->kind = SRT_HANDED_BAD;
        g_strlcpy(ret->text, why, sizeof ret->text);
        for (int i = 0; i < packet.n_fds; i++)
            close(packet.fds[i]);
    }
}
