/* SPDX-License-Identifier: Apache-2.0 */
/* The namespaces: who one is in them, their network, and giving up the rights over them. */
#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "launch.h"

static long write_file(int at, const char *path, const char *text, size_t length)
{
    const long fd = SYS4(SYS_openat, at, path, O_WRONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return fd;
    const long n = SYS3(SYS_write, fd, text, length);
    SYS1(SYS_close, fd);
    return n < 0 ? n : (size_t)n == length ? 0 : -EIO;
}

static size_t put_number(char *at, unsigned long n)
{
    char digits[24];
    size_t length = 0;
    do
        digits[length++] = (char)('0' + n % 10);
    while (n /= 10);
    for (size_t i = 0; i < length; i++)
        at[i] = digits[length - 1 - i];
    return length;
}

/* One number, onto itself. */
static long write_map(const char *path, unsigned long id)
{
    char text[64];
    size_t n = put_number(text, id);
    text[n++] = ' ';
    n += put_number(text + n, id);
    text[n++] = ' ';
    text[n++] = '1';
    return write_file(AT_FDCWD, path, text, n);
}

void space_map(const ids *outside)
{
    check(write_file(AT_FDCWD, "/proc/self/setgroups", "deny", 4),
          "give up setgroups in the new namespace", NULL);
    check(write_map("/proc/self/uid_map", outside->uid), "map the user into the new namespace",
          NULL);
    check(write_map("/proc/self/gid_map", outside->gid), "map the group into the new namespace",
          NULL);
}

void space_network(int proc)
{
    struct ifreq request;
    memset(&request, 0, sizeof request);
    memcpy(request.ifr_name, "lo", 3);
    request.ifr_flags = IFF_UP | IFF_LOOPBACK | IFF_RUNNING;
    const long fd = check(SYS3(SYS_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0),
                          "get at the sandbox's loopback interface", NULL);
    check(SYS3(SYS_ioctl, fd, SIOCSIFFLAGS, &request),
          "bring up the sandbox's loopback interface (does the system restrict unprivileged user "
          "namespaces?)",
          NULL);
    SYS1(SYS_close, fd);
    /* Pacing (BBR) only halves the speed of a loopback. Where it cannot be set, nothing else
     * changes. */
    if (proc < 0)
        return;
    write_file(proc, "sys/net/ipv4/tcp_congestion_control", "reno", 4);
    SYS1(SYS_close, proc);
}

void space_drop_rights(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    const struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};
    check(SYS5(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "set no_new_privs", NULL);
    check(SYS5(SYS_prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0),
          "give up capabilities", NULL);
    long r = 0;
    for (int capability = 0; r >= 0 && capability < 64; capability++)
        r = SYS5(SYS_prctl, PR_CAPBSET_DROP, capability, 0, 0, 0);
    if (r < 0 && r != -EINVAL) /* the last is behind us */
        fail("give up capabilities", NULL, r);
    check(SYS2(SYS_capset, &header, none), "give up capabilities", NULL);
}
