/* SPDX-License-Identifier: Apache-2.0 */
/* connect, performed on the caller's own socket to exactly what was judged. Never CONTINUE: another
 * thread could change the address, or put another socket under the number. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL
#endif

#define FIRST_WAIT_US 1 /* the kernel's shortest: nearly all connections are made at once */
#define PORT_DOMAIN 53
#define NEXT_WAIT_US 200000 /* between two looks at whether the caller still waits */

static const char refused_unix[] = "connecting to this unix socket is not allowed";
static const char refused_abstract[] = "abstract unix sockets are not allowed";
static const char refused_net[] = "connecting there directly is not allowed";
static const char refused_names[] =
    "there is no name service; names are resolved by the proxy, for what is allowed";

int sup_take_socket(const sup_call *call)
{
    int fd = -1, failed = 0;
    long pidfd = syscall(SYS_pidfd_open, call->notif.pid, PIDFD_THREAD);
    if (pidfd < 0 && errno == EINVAL) { /* kernels before 6.9 know whole processes only */
        int32_t process = sup_caller_process(call);
        if (process < 0)
            return process;
        pidfd = syscall(SYS_pidfd_open, process, 0);
    }
    if (pidfd < 0)
        return -errno;
    if (!sup_call_alive(call)) {
        failed = -ESRCH;
    } else {
        fd = (int)syscall(SYS_pidfd_getfd, pidfd, (int)sup_arg(call, 0), 0);
        failed = fd < 0 ? -errno : 0;
    }
    close((int)pidfd);
    return failed ? failed : fd;
}

int sup_read_address(const sup_call *call, struct sockaddr_storage *ret)
{
    int32_t length = (int32_t)sup_arg(call, 2);
    memset(ret, 0, sizeof *ret);
    if (length < 0 || (size_t)length > sizeof *ret)
        return -EINVAL;
    int failed = length ? sup_read_memory(call, sup_arg(call, 1), ret, (size_t)length) : 0;
    return failed ? failed : length;
}

/* Whether waiting goes on: 0, or why not. */
static int still_waits(sup_call *call)
{
    if (atomic_load(&call->sup->stopping))
        return -ECANCELED;
    if (!sup_call_alive(call))
        return -ESRCH;
    return sup_caller_signalled(call) ? -EINTR : 0;
}

static void set_wait(int fd, const struct timeval *wait)
{
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, wait, sizeof *wait);
}

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int try_connect(int fd, const struct sockaddr *address, socklen_t length)
{
    return connect(fd, address, length) < 0 ? -errno : 0;
}

static bool timed_out(int result)
{
    return result == -EAGAIN || result == -EINPROGRESS || result == -EALREADY || result == -EINTR;
}

/* A socket that blocks is given short waits, so that a caller who has gone, or a stop, ends it.
 * limit: the socket's own, in microseconds, 0 for none. */
static int connect_in_steps(sup_call *call, int fd, const struct sockaddr *address,
                            socklen_t length, int64_t limit)
{
    const struct timeval first = {.tv_usec = FIRST_WAIT_US}, next = {.tv_usec = NEXT_WAIT_US};
    int64_t end = limit ? now_us() + limit : INT64_MAX;
    set_wait(fd, &first);
    int result = try_connect(fd, address, length);
    if (!timed_out(result))
        return result;
    if (!sup_may_block(call))
        return -EAGAIN;
    set_wait(fd, &next);
    while (timed_out(result) && now_us() < end) {
        int gone = still_waits(call);
        if (gone)
            return gone;
        result = try_connect(fd, address, length);
    }
    return result;
}

static sup_answer perform(sup_call *call, int fd, const struct sockaddr *address, socklen_t length)
{
    struct timeval old = {0};
    socklen_t size = sizeof old;
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || (flags & O_NONBLOCK) ||
        getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &old, &size) < 0)
        return try_connect(fd, address, length);
    int result =
        connect_in_steps(call, fd, address, length, (int64_t)old.tv_sec * 1000000 + old.tv_usec);
    set_wait(fd, &old);
    return result;
}

static sup_answer refuse(sup_call *call, srt_operation operation, const char *target,
                         const char *reason)
{
    if (sup_call_alive(call))
        sup_report(call, operation, 0, target, NULL, reason);
    return -EACCES;
}

static sup_answer connect_path(sup_call *call, int fd, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int base = path[0] == '/' ? -1 : sup_open_proc(call, "cwd");
    if (path[0] != '/' && base < 0)
        return base;
    int target = sup_resolve_at(call, base, path, 0);
    if (base >= 0)
        close(base);
    if (target < 0)
        return target;
    sup_answer answer;
    ssize_t length = sup_fd_path(call->sup, target, call->canonical);
    bool known = length > 0 && sup_path_known(call->sup, target, call->canonical);
    if (sup_socket_allowed(call->sup, target, call->canonical, known)) {
        snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d", target);
        answer = perform(call, fd, (const struct sockaddr *)&address, sizeof address);
    } else {
        answer = refuse(call, SRT_OP_UNIX, length > 0 ? call->canonical : path, refused_unix);
    }
    close(target);
    return answer;
}

static sup_answer connect_unix(sup_call *call, int fd, const struct sockaddr_storage *storage,
                               int length)
{
    char path[sizeof(struct sockaddr_storage)];
    const char *bytes = (const char *)storage + offsetof(struct sockaddr_un, sun_path);
    int rest = length - (int)offsetof(struct sockaddr_un, sun_path);
    if (storage->ss_family == AF_UNSPEC && length >= (int)sizeof(sa_family_t))
        return perform(call, fd, (const struct sockaddr *)storage, (socklen_t)length);
    if (storage->ss_family != AF_UNIX || rest <= 0 || length > (int)sizeof(struct sockaddr_un))
        return -EINVAL;
    if (bytes[0] == '\0' && sup_abstract_allowed(call->sup))
        return perform(call, fd, (const struct sockaddr *)storage, (socklen_t)length);
    if (bytes[0] == '\0') {
        snprintf(path, sizeof path, "@%.*s", rest - 1, bytes + 1);
        return refuse(call, SRT_OP_UNIX, path, refused_abstract);
    }
    snprintf(path, sizeof path, "%.*s", rest, bytes);
    return connect_path(call, fd, path);
}

typedef struct target {
    bool loopback; /* 127.0.0.1 or [::1], also mapped */
    bool local;    /* all of 127.0.0.0/8 */
    uint16_t port;
    char text[INET6_ADDRSTRLEN + 10];
} target;

static void describe4(const struct in_addr *in, target *ret)
{
    char text[INET_ADDRSTRLEN];
    uint32_t address = ntohl(in->s_addr);
    inet_ntop(AF_INET, in, text, sizeof text);
    ret->loopback = address == INADDR_LOOPBACK;
    ret->local = address >> 24 == 127;
    snprintf(ret->text, sizeof ret->text, "%s:%u", text, ret->port);
}

/* false: not an address of these families. */
static bool describe(const struct sockaddr_storage *storage, int length, target *ret)
{
    memset(ret, 0, sizeof *ret);
    if (storage->ss_family == AF_INET && length >= (int)sizeof(struct sockaddr_in)) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)storage;
        ret->port = ntohs(in->sin_port);
        describe4(&in->sin_addr, ret);
        return true;
    }
    /* The scope at the end may be left out. */
    if (storage->ss_family != AF_INET6 ||
        length < (int)offsetof(struct sockaddr_in6, sin6_scope_id))
        return false;
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)storage;
    ret->port = ntohs(in6->sin6_port);
    if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
        struct in_addr in;
        memcpy(&in, &in6->sin6_addr.s6_addr[12], sizeof in);
        describe4(&in, ret);
        return true;
    }
    char text[INET6_ADDRSTRLEN];
    inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof text);
    ret->loopback = ret->local = IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
    snprintf(ret->text, sizeof ret->text, "[%s]:%u", text, ret->port);
    return true;
}

static bool port_listed(const uint16_t *ports, size_t count, uint16_t port)
{
    for (size_t i = 0; i < count && ports[i]; i++)
        if (ports[i] == port)
            return true;
    return false;
}

static bool is_stream(int fd)
{
    int type = SOCK_STREAM;
    socklen_t size = sizeof type;
    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) < 0 || type == SOCK_STREAM;
}

/* There is nothing but the sandbox's own loopback. Datagram sockets are connected to find out about
 * addresses, and nothing is sent; but one that is connected to a name server is there to ask. The
 * name is not known: it would be in what is sent later, and mostly nothing is. */
static void report_unreachable(sup_call *call, int fd, const target *to)
{
    const bool stream = is_stream(fd), resolves = !stream && to->port == PORT_DOMAIN;
    if ((!resolves && (!stream || to->local)) || !sup_call_alive(call))
        return;
    sup_report(call, resolves ? SRT_OP_RESOLVE : SRT_OP_CONNECT, SRT_VIOLATION_ATTEMPT, to->text,
               NULL, resolves ? refused_names : refused_net);
}

static sup_answer connect_inet(sup_call *call, int fd, const struct sockaddr_storage *storage,
                               int length)
{
    const srt_supervise_options *options = &call->sup->options;
    target to;
    bool known = describe(storage, length, &to);
    if (options->judge_tcp && storage->ss_family != AF_UNSPEC) {
        if (!known)
            return -EINVAL;
        if (!to.loopback ||
            !port_listed(options->tcp_ports, sizeof options->tcp_ports / sizeof *options->tcp_ports,
                         to.port))
            return refuse(call, SRT_OP_CONNECT, to.text, refused_net);
    } else if (known) {
        report_unreachable(call, fd, &to);
    }
    return perform(call, fd, (const struct sockaddr *)storage, (socklen_t)length);
}

static sup_answer connect_on(sup_call *call, int fd)
{
    struct sockaddr_storage address;
    int domain;
    socklen_t size = sizeof domain;
    if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) < 0)
        return -errno;
    int length = sup_read_address(call, &address);
    if (length < 0)
        return length;
    if (domain == AF_UNIX)
        return connect_unix(call, fd, &address, length);
    if (domain == AF_INET || domain == AF_INET6)
        return connect_inet(call, fd, &address, length);
    if (domain != AF_NETLINK && call->sup->options.judge_tcp)
        return -EACCES;
    return perform(call, fd, (const struct sockaddr *)&address, (socklen_t)length);
}

/* Where there is nothing to judge: unix sockets cannot be made, and the network namespace refuses.
 */
static sup_answer observe_connect(sup_call *call)
{
    struct sockaddr_storage address;
    target to;
    int length = sup_read_address(call, &address);
    if (length < 0 || !describe(&address, length, &to) || (to.local && to.port != PORT_DOMAIN))
        return SUP_GO_ON;
    int fd = sup_take_socket(call);
    if (fd >= 0) {
        report_unreachable(call, fd, &to);
        close(fd);
    }
    return SUP_GO_ON;
}

sup_answer sup_connect(sup_call *call)
{
    if (call->sup->options.observe_sockets)
        return observe_connect(call);
    int fd = sup_take_socket(call);
    if (fd < 0)
        return fd;
    sup_answer answer = connect_on(call, fd);
    close(fd);
    return answer;
}
