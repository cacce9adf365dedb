/* SPDX-License-Identifier: Apache-2.0 */
/* What runs inside before the command:
 *
 *   template-inside HANDOFF NULL HTTP SOCKS IGNORED command [argument...]
 *   template-inside --probe
 *
 * It makes a network namespace, hands out the listening sockets of the proxies and a pidfd
 * (<srt/launch.h>), and becomes the command. Every failure ends it. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <srt/backend.h>

static int handoff = -1; /* -1: nobody listens */

static void send_packet(const char *bytes, size_t length, int fd)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    char copy[SRT_HANDOFF_MAX];
    memset(&control, 0, sizeof control);
    memcpy(copy, bytes, length);
    struct iovec part = {.iov_base = copy, .iov_len = length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd >= 0) {
        message.msg_control = control.room;
        message.msg_controllen = sizeof control.room;
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
    }
    if (sendmsg(handoff, &message, MSG_NOSIGNAL) < 0)
        _exit(125); /* srt is gone */
}

/* Ends with the status, for which srt shows the text. */
static void fail(int status, const char *format, ...)
{
    char packet[2 + 1000] = {SRT_HANDOFF_FAILED, (char)status};
    va_list args;
    va_start(args, format);
    int n = vsnprintf(packet + 2, sizeof packet - 2, format, args);
    va_end(args);
    size_t length = n < 0 ? 0 : (size_t)n > sizeof packet - 3 ? sizeof packet - 3 : (size_t)n;
    if (handoff >= 0)
        send_packet(packet, 2 + length, -1);
    _exit(status);
}

static void write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        fail(125, "%s: %s", path, strerror(errno));
    close(fd);
}

static void make_namespaces(void)
{
    char map[64];
    uid_t uid = geteuid();
    gid_t gid = getegid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        fail(125, "cannot make a user and a network namespace: %s", strerror(errno));
    write_text("/proc/self/setgroups", "deny");
    snprintf(map, sizeof map, "%u %u 1\n", (unsigned)uid, (unsigned)uid);
    write_text("/proc/self/uid_map", map);
    snprintf(map, sizeof map, "%u %u 1\n", (unsigned)gid, (unsigned)gid);
    write_text("/proc/self/gid_map", map);
}

static void bring_up_loopback(void)
{
    struct ifreq request = {.ifr_name = "lo"};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request) != 0)
        fail(125, "the interface lo: %s", strerror(errno));
    request.ifr_flags |= IFF_UP;
    if (ioctl(fd, SIOCSIFFLAGS, &request) != 0)
        fail(125, "the interface lo: %s", strerror(errno));
    close(fd);
}

/* A kernel without IPv6 has one listener less. */
static void hand_out_listener(srt_listener_role role, int family, uint16_t port)
{
    const int one = 1;
    const char packet[2] = {SRT_HANDOFF_LISTENER, (char)role};
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    const void *address = family == AF_INET ? (const void *)&v4 : (const void *)&v6;
    socklen_t size = family == AF_INET ? sizeof v4 : sizeof v6;
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    v6.sin6_addr = in6addr_loopback;
    if (fd < 0 && family == AF_INET6)
        return;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0)
        fail(125, "a socket for the proxy: %s", strerror(errno));
    if (bind(fd, address, size) != 0 || listen(fd, SOMAXCONN) != 0) {
        if (family == AF_INET6 && errno == EADDRNOTAVAIL) {
            close(fd);
            return;
        }
        fail(125, "port %u for the proxy: %s", (unsigned)port, strerror(errno));
    }
    send_packet(packet, sizeof packet, fd);
    close(fd);
}

static void hand_out_listeners(const char *text, srt_listener_role role)
{
    unsigned long port = strtoul(text, NULL, 10);
    if (port == 0 || port > UINT16_MAX)
        return;
    hand_out_listener(role, AF_INET, (uint16_t)port);
    hand_out_listener(role, AF_INET6, (uint16_t)port);
}

/* From here on srt sends signals, and knows that a command is about to run. */
static void hand_out_command(void)
{
    const char packet = SRT_HANDOFF_COMMAND;
    int pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);
    if (pidfd < 0)
        fail(125, "pidfd_open: %s", strerror(errno));
    send_packet(&packet, 1, pidfd);
    close(pidfd);
}

/* srt started this with the terminal's signals ignored; the command gets what srt got. */
static void set_signals(const char *text)
{
    uint64_t ignored = strtoull(text, NULL, 16);
    sigset_t none;
    sigemptyset(&none);
    for (int number = 1; number < 64; number++)
        signal(number, ignored & (UINT64_C(1) << number) ? SIG_IGN : SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* A descriptor that srt was given for itself is nothing to the command. */
static void put_null(const char *text)
{
    int number = atoi(text);
    int fd = number > 2 ? open("/dev/null", O_RDONLY | O_CLOEXEC) : -1;
    if (number <= 2)
        return;
    if (fd < 0 || number == handoff)
        fail(125, "descriptor %d cannot be /dev/null", number);
    if (fd == number)
        fcntl(fd, F_SETFD, 0);
    else if (dup2(fd, number) < 0 || close(fd) < 0)
        fail(125, "descriptor %d: %s", number, strerror(errno));
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--probe") == 0) {
        make_namespaces();
        bring_up_loopback();
        return 0;
    }
    if (argc < 7)
        return 125;
    handoff = atoi(argv[1]);
    if (fcntl(handoff, F_SETFD, FD_CLOEXEC) != 0) /* end of file means: the command runs */
        return 125;
    make_namespaces();
    bring_up_loopback();
    hand_out_listeners(argv[3], SRT_LISTENER_HTTP);
    hand_out_listeners(argv[4], SRT_LISTENER_SOCKS);
    put_null(argv[2]);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        fail(125, "prctl: %s", strerror(errno));
    hand_out_command();
    set_signals(argv[5]);
    execvp(argv[6], argv + 6);
    int status = errno == ENOENT ? 127 : 126;
    fail(status, "%s: %s", argv[6], errno == ENOENT ? "command not found" : strerror(errno));
}
