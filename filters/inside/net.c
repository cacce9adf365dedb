/* SPDX-License-Identifier: Apache-2.0 */
/* User and network namespaces of its own, loopback, listening sockets. */
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "inside.h"
#include "sys.h"

static long write_file(const char *path, const inside_text *text)
{
    long fd = sys4(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return fd;
    long n = sys3(SYS_write, fd, text->bytes, text->length);
    sys1(SYS_close, fd);
    if (n < 0)
        return n;
    return (size_t)n == text->length ? 0 : -EIO;
}

/* Maps one number onto itself. */
static long write_map(const char *path, unsigned long id)
{
    inside_text line = {.length = 0};
    text_add_number(&line, id);
    text_add(&line, " ");
    text_add_number(&line, id);
    text_add(&line, " 1");
    return write_file(path, &line);
}

long net_unshare(uint32_t namespaces, const char **ret_step)
{
    /* Before the namespace: afterwards they read as the overflow numbers. */
    unsigned long uid = (unsigned long)sys0(SYS_geteuid);
    unsigned long gid = (unsigned long)sys0(SYS_getegid);
    *ret_step = "make the sandbox's namespaces";
    long r = sys1(SYS_unshare, namespaces);
    if (r < 0 || (namespaces & CLONE_NEWUSER) == 0)
        return r;
    const inside_text deny = {.bytes = "deny", .length = 4};
    *ret_step = "give up setgroups in the new namespace";
    r = write_file("/proc/self/setgroups", &deny);
    if (r < 0)
        return r;
    *ret_step = "map the user into the new namespace";
    r = write_map("/proc/self/uid_map", uid);
    if (r < 0)
        return r;
    *ret_step = "map the group into the new namespace";
    return write_map("/proc/self/gid_map", gid);
}

void net_do_not_pace(void)
{
    /* Everything here is loopback, on which pacing (BBR) only halves the speed.
     * Where it cannot be set, nothing else changes. */
    const inside_text plain = {.bytes = "reno", .length = 4};
    write_file("/proc/sys/net/ipv4/tcp_congestion_control", &plain);
}

long net_loopback_up(void)
{
    struct ifreq request;
    memset(&request, 0, sizeof request);
    memcpy(request.ifr_name, "lo", 3);
    long fd = sys3(SYS_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fd;
    long r = sys3(SYS_ioctl, fd, SIOCGIFFLAGS, &request);
    if (r >= 0) {
        request.ifr_flags = (short)(request.ifr_flags | IFF_UP);
        r = sys3(SYS_ioctl, fd, SIOCSIFFLAGS, &request);
    }
    sys1(SYS_close, fd);
    return r < 0 ? r : 0;
}

static uint16_t big_endian(uint16_t port)
{
    const unsigned char bytes[2] = {(unsigned char)(port >> 8), (unsigned char)port};
    uint16_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

static size_t loopback(const struct srt_plan_listen *l, struct sockaddr_storage *address)
{
    memset(address, 0, sizeof *address);
    if (l->family == 4) {
        struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = big_endian(l->port)};
        const unsigned char ip[4] = {127, 0, 0, 1};
        memcpy(&v4.sin_addr, ip, sizeof ip);
        memcpy(address, &v4, sizeof v4);
        return sizeof v4;
    }
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = big_endian(l->port)};
    v6.sin6_addr.s6_addr[15] = 1;
    memcpy(address, &v6, sizeof v6);
    return sizeof v6;
}

long net_listen(const struct srt_plan_listen *l)
{
    const int one = 1;
    struct sockaddr_storage address;
    if (l->family != 4 && l->family != 6)
        return -EAFNOSUPPORT;
    size_t length = loopback(l, &address);
    long fd = sys3(SYS_socket, address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fd;
    long r = sys5(SYS_setsockopt, fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (r >= 0 && l->family == 6)
        r = sys5(SYS_setsockopt, fd, IPPROTO_IPV6, 26 /* IPV6_V6ONLY */, &one, sizeof one);
    if (r >= 0)
        r = sys3(SYS_bind, fd, &address, length);
    if (r >= 0)
        r = sys2(SYS_listen, fd, 4096);
    if (r < 0) {
        sys1(SYS_close, fd);
        return r;
    }
    return fd;
}
