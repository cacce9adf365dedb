/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel under the native program: the errors, and that life goes on. */
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "live.h"
#include "srt-filters/filter.h"
#include "support/unit.h"

#define BASE 0
#define BOTH (SRT_FILTER_ALLOW_UNIX | SRT_FILTER_ALLOW_NAMESPACES)

#ifdef __s390x__
#define CLONE_ARGS(flags)                                                                          \
    {                                                                                              \
        0, (flags)                                                                                 \
    }
#else
#define CLONE_ARGS(flags)                                                                          \
    {                                                                                              \
        (flags), 0                                                                                 \
    }
#endif

/* x32's numbers begin there; elsewhere it is a number that nobody has. */
#define X32 0x40000000L
#define HIGH 0x100000000u

#if UINTPTR_MAX > UINT32_MAX
#define WITH_HIGH(n) (HIGH + (n))
#else
#define WITH_HIGH(n) (n)
#endif

/* base and both are the errors under these variants; -1: anything but EPERM of
 * ours, told apart by an argument that the kernel refuses in another way. */
typedef struct live_row {
    live_call call;
    int base, both;
} live_row;

/* clang-format off */
static const live_row rows[] = {
    {{"unix", SYS_socket, {1, 1, 0}}, EPERM, 0},
    {{"unix datagram", SYS_socket, {1, 2, 0}}, EPERM, 0},
    {{"unix high bits", SYS_socket, {WITH_HIGH(1), 1, 0}}, EPERM, 0},
    {{"inet", SYS_socket, {2, 1, 0}}, 0, 0},
    {{"inet high bits", SYS_socket, {WITH_HIGH(2), 1, 0}}, 0, 0},
    {{"inet udp", SYS_socket, {2, 0x80802, 17}}, 0, 0},
    {{"mptcp", SYS_socket, {2, 1, 262}}, EPROTONOSUPPORT, EPROTONOSUPPORT},
    {{"mptcp high bits", SYS_socket, {2, 1, WITH_HIGH(262)}}, EPROTONOSUPPORT, EPROTONOSUPPORT},
    {{"smc", SYS_socket, {2, 1, 256}}, EPROTONOSUPPORT, EPROTONOSUPPORT},
    {{"inet packet", SYS_socket, {2, 10, 0}}, EPROTONOSUPPORT, EPROTONOSUPPORT},
    {{"route", SYS_socket, {16, 3, 0}}, 0, 0},
    {{"generic netlink", SYS_socket, {16, 3, 16}}, EPROTONOSUPPORT, EPROTONOSUPPORT},
    {{"uevent", SYS_socket, {16, 2, 15}}, EPROTONOSUPPORT, EPROTONOSUPPORT},
    {{"vsock", SYS_socket, {40, 1, 0}}, EAFNOSUPPORT, EAFNOSUPPORT},
    {{"packet", SYS_socket, {17, 3, 768}}, EAFNOSUPPORT, EAFNOSUPPORT},
    {{"alg", SYS_socket, {38, 5, 0}}, EAFNOSUPPORT, EAFNOSUPPORT},
    {{"pair of inet", SYS_socketpair, {2, 1, 0, 0}}, EOPNOTSUPP, EOPNOTSUPP},
    {{"pair of datagram", SYS_socketpair, {1, 2, 0, 0}}, EPERM, EFAULT},
    {{"pair of raw", SYS_socketpair, {1, 0x80803, 0, 0}}, EPERM, EFAULT},
    {{"pair of datagram high", SYS_socketpair, {1, WITH_HIGH(2), 0, 0}}, EPERM, EFAULT},
    {{"pair of stream", SYS_socketpair, {1, 1, 0, 0}}, EFAULT, EFAULT},
    {{"pair of seqpacket", SYS_socketpair, {1, 0x80805, 0, 0}}, EFAULT, EFAULT},
    {{"io_uring_setup", 425, {8, 0}}, ENOSYS, ENOSYS},
    {{"io_uring_enter", 426, {0, 0}}, ENOSYS, ENOSYS},
    {{"io_uring_register", 427, {0, 0}}, ENOSYS, ENOSYS},
    {{"TIOCSTI", SYS_ioctl, {99, 0x5412}}, EPERM, EPERM},
    {{"TIOCSTI high bits", SYS_ioctl, {99, WITH_HIGH(0x5412)}}, EPERM, EPERM},
    {{"TIOCLINUX", SYS_ioctl, {99, 0x541c}}, EPERM, EPERM},
    {{"TIOCSETD", SYS_ioctl, {99, 0x5423}}, EPERM, EPERM},
    {{"TCGETS", SYS_ioctl, {99, 0x5401}}, EBADF, EBADF},
    {{"clone3", 435, {0, 0}}, ENOSYS, EINVAL},
    {{"setns", SYS_setns, {(unsigned long)-1, 0}}, EPERM, EBADF},
    {{"unshare files", SYS_unshare, {0x400}}, 0, 0},
    {{"unshare unknown", SYS_unshare, {1}}, EPERM, EINVAL},
    {{"keyctl", SYS_keyctl, {0, 0, 0}}, EPERM, EPERM},
    {{"bpf", SYS_bpf, {0, 0, 0}}, EPERM, EPERM},
    {{"userfaultfd", SYS_userfaultfd, {1}}, EPERM, EPERM},
    {{"perf_event_open", SYS_perf_event_open, {0}}, EPERM, EPERM},
    {{"open_tree_attr", 467, {0}}, EPERM, -1},
    {{"x32 getpid", X32 + 39, {0}}, ENOSYS, ENOSYS},
    {{"x32 socket", X32 + 41, {1, 1, 0}}, ENOSYS, ENOSYS},
};
/* clang-format on */

#define N_ROWS (sizeof rows / sizeof *rows)

static void check_rows(int variant)
{
    live_call calls[N_ROWS];
    int results[N_ROWS];
    for (size_t i = 0; i < N_ROWS; i++)
        calls[i] = rows[i].call;
    live_calls(variant, calls, N_ROWS, results);
    for (size_t i = 0; i < N_ROWS; i++) {
        const int wanted = variant == BASE ? rows[i].base : rows[i].both;
        const bool right = wanted < 0 ? results[i] != LIVE_DIED : results[i] == wanted;
        if (!right)
            fprintf(stderr, "%s: %d, expected %d\n", rows[i].call.name, results[i], wanted);
        CU_ASSERT(right);
    }
}

static void base_refuses(void)
{
    check_rows(BASE);
}

static void the_open_variant_lets_through(void)
{
    check_rows(BOTH);
}

static void supervised_sockets_must_connect(void)
{
    static const live_call calls[] = {
        {"stream", SYS_socket, {1, 1, 0}},
        {"seqpacket", SYS_socket, {1, 0x80805, 0}},
        {"high bits", SYS_socket, {WITH_HIGH(1), WITH_HIGH(1), 0}},
        {"datagram", SYS_socket, {1, 2, 0}},
        {"raw", SYS_socket, {1, 0x803, 0}},
        {"pair", SYS_socketpair, {1, 1, 0, 0}},
        {"datagram pair", SYS_socketpair, {1, 2, 0, 0}},
        {"udp", SYS_socket, {2, 2, 0}},
        {"prctl", SYS_prctl, {4, 0}},
    };
    static const int wanted[] = {0, 0, 0, EPERM, EPERM, EFAULT, EPERM, 0, 0};
    int results[9];
    live_calls(SRT_FILTER_SUPERVISED_UNIX, calls, 9, results);
    for (size_t i = 0; i < 9; i++)
        CU_ASSERT_EQUAL(results[i], wanted[i]);
}

static void a_shared_network_is_tcp_only(void)
{
    static const live_call calls[] = {
        {"tcp", SYS_socket, {2, 1, 0}},
        {"tcp 6", SYS_socket, {10, 0x80801, 6}},
        {"udp", SYS_socket, {2, 2, 0}},
        {"udp 6", SYS_socket, {10, 0x80802, 17}},
        {"ping", SYS_socket, {2, 2, 1}},
        {"raw", SYS_socket, {2, 3, 255}},
        {"mptcp", SYS_socket, {2, 1, 262}},
        {"route", SYS_socket, {16, 3, 0}},
        {"fast open", SYS_sendto, {(unsigned long)-1, 0, 0, 0x20000000}},
        {"send", SYS_sendto, {(unsigned long)-1, 0, 0, 0x4000}},
        {"fast open msg", SYS_sendmsg, {(unsigned long)-1, 0, 0x20000000}},
        {"fast open mmsg", SYS_sendmmsg, {(unsigned long)-1, 0, 0, WITH_HIGH(0x20000000)}},
        {"fast open later", SYS_setsockopt, {(unsigned long)-1, 6, 30, 0, 4}},
        {"another option", SYS_setsockopt, {(unsigned long)-1, 6, 1, 0, 4}},
        {"unix", SYS_socket, {1, 1, 0}},
    };
    static const int wanted[] = {0,
                                 0,
                                 EPROTONOSUPPORT,
                                 EPROTONOSUPPORT,
                                 EPROTONOSUPPORT,
                                 EPROTONOSUPPORT,
                                 EPROTONOSUPPORT,
                                 0,
                                 EOPNOTSUPP,
                                 EBADF,
                                 EOPNOTSUPP,
                                 EOPNOTSUPP,
                                 ENOPROTOOPT,
                                 EBADF,
                                 EPERM};
    int results[15];
    live_calls(SRT_FILTER_SHARED_NET, calls, 15, results);
    for (size_t i = 0; i < 15; i++) {
        if (results[i] != wanted[i])
            fprintf(stderr, "%s: %d, expected %d\n", calls[i].name, results[i], wanted[i]);
        CU_ASSERT_EQUAL(results[i], wanted[i]);
    }
}

/* It is told that it hides, and does not. */
static int hide(const void *data)
{
    (void)data;
    if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return 100;
    return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
}

static void nothing_hides_from_the_supervisor(void)
{
    CU_ASSERT_EQUAL(live_child(SRT_FILTER_SHARED_NET, hide, NULL), 1);
    CU_ASSERT_EQUAL(live_child(BASE, hide, NULL), 0);
}

/* Without the filter the same calls come to something else: the errors above are
 * the filter's. */
static void without_it_they_are_not_refused(void)
{
    static const live_call calls[] = {
        {"unix", SYS_socket, {1, 1, 0}},    {"pair", SYS_socketpair, {1, 2, 0, 0}},
        {"ioctl", SYS_ioctl, {99, 0x5412}}, {"setns", SYS_setns, {(unsigned long)-1, 0}},
        {"unshare", SYS_unshare, {1}},
    };
    static const int wanted[] = {0, EFAULT, EBADF, EBADF, EINVAL};
    int results[5];
    live_calls(LIVE_NO_FILTER, calls, 5, results);
    for (size_t i = 0; i < 5; i++)
        CU_ASSERT_EQUAL(results[i], wanted[i]);
}

static void no_namespace_by_clone(void)
{
    static const live_call calls[] = {
        {"user", SYS_clone, CLONE_ARGS(0x10000011)}, {"net", SYS_clone, CLONE_ARGS(0x40000011)},
        {"mount", SYS_clone, CLONE_ARGS(0x20011)},   {"unshare", SYS_unshare, {0x10000000}},
        {"fork", SYS_clone, CLONE_ARGS(SIGCHLD)},
    };
    int results[5];
    live_calls(BASE, calls, 5, results);
    for (size_t i = 0; i < 4; i++)
        CU_ASSERT_EQUAL(results[i], EPERM);
    CU_ASSERT_EQUAL(results[4], 0);
}

#ifdef __x86_64__
static int thirty_two_bit_getpid(const void *data)
{
    int r;
    (void)data;
    __asm__ volatile("int $0x80" : "=a"(r) : "a"(20) : "memory", "r8", "r9", "r10", "r11");
    return r > 0 ? 0 : r < 0 && r > -250 ? -r : 251;
}
#endif

static void thirty_two_bit_calls_are_missing(void)
{
#ifdef __x86_64__
    /* A kernel (or processor) without 32-bit programs ends the process before any filter. */
    const int without = live_child(LIVE_NO_FILTER, thirty_two_bit_getpid, NULL);
    const int expected = without == LIVE_DIED ? LIVE_DIED : ENOSYS;
    CU_ASSERT(without == 0 || without == LIVE_DIED);
    for (int variant = 0; variant < (int)SRT_FILTER_VARIANTS; variant++)
        if (srt_filter_native((uint32_t)variant))
            CU_ASSERT_EQUAL(live_child(variant, thirty_two_bit_getpid, NULL), expected);
#else
    printf("  only x86-64 has two ways in\n");
    CU_ASSERT_PTR_NOT_NULL(srt_filter_native(BASE));
#endif
}

/* On a terminal of its own, where it would work. */
static int type_into_terminal(const void *data)
{
    (void)data;
    char name[64];
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (setsid() < 0 || master < 0 || grantpt(master) != 0 || unlockpt(master) != 0 ||
        ptsname_r(master, name, sizeof name) != 0)
        return 250;
    int terminal = open(name, O_RDWR);
    if (terminal < 0 || ioctl(terminal, TIOCSCTTY, 0) != 0)
        return 250;
    return syscall(SYS_ioctl, terminal, TIOCSTI, "x") == 0 ? 0 : errno;
}

static void the_terminal_is_safe(void)
{
    CU_ASSERT_EQUAL(live_child(BASE, type_into_terminal, NULL), EPERM);
    const int without = live_child(LIVE_NO_FILTER, type_into_terminal, NULL);
    CU_ASSERT(without == 0 || without == EIO); /* EIO: turned off for the whole machine */
}

static void *say_yes(void *data)
{
    *(int *)data = 1;
    return data;
}

static int live_as_usual(const void *data)
{
    extern char **environ;
    pthread_t thread;
    struct ifaddrs *addresses = NULL;
    struct addrinfo *info = NULL;
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
    int yes = 0, pair[2], status = 1;
    pid_t pid;
    char *argv[] = {(char[]){"true"}, NULL};
    (void)data;
    if (pthread_create(&thread, NULL, say_yes, &yes) != 0 || pthread_join(thread, NULL) != 0 ||
        yes != 1)
        return 1;
    if (getifaddrs(&addresses) != 0)
        return 2;
    freeifaddrs(addresses);
    if (getaddrinfo("127.0.0.1", "80", &hints, &info) != 0)
        return 3;
    freeaddrinfo(info);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0 ||
        write(pair[0], "x", 1) != 1 || read(pair[1], &status, 1) != 1)
        return 4;
    if (posix_spawnp(&pid, "true", NULL, NULL, argv, environ) != 0 ||
        waitpid(pid, &status, 0) != pid || status != 0)
        return 5;
    if ((pid = fork()) == 0)
        _exit(7);
    if (pid < 0 || waitpid(pid, &status, 0) != pid || WEXITSTATUS(status) != 7)
        return 6;
    return 0;
}

static void ordinary_programs_live(void)
{
    for (int variant = 0; variant < (int)SRT_FILTER_VARIANTS; variant++)
        if (srt_filter_native((uint32_t)variant))
            CU_ASSERT_EQUAL(live_child(variant, live_as_usual, NULL), 0);
}

/* Nested sandboxes load further filters; ours stays. */
static int load_again(const void *data)
{
    (void)data;
    return live_child(BOTH, type_into_terminal, NULL);
}

static void filters_add_up(void)
{
    CU_ASSERT_EQUAL(live_child(BASE, load_again, NULL), EPERM);
}

static const srt_unit_case cases[] = {
    {"base_refuses", base_refuses},
    {"the_open_variant_lets_through", the_open_variant_lets_through},
    {"supervised_sockets_must_connect", supervised_sockets_must_connect},
    {"a_shared_network_is_tcp_only", a_shared_network_is_tcp_only},
    {"nothing_hides_from_the_supervisor", nothing_hides_from_the_supervisor},
    {"without_it_they_are_not_refused", without_it_they_are_not_refused},
    {"no_namespace_by_clone", no_namespace_by_clone},
    {"thirty_two_bit_calls_are_missing", thirty_two_bit_calls_are_missing},
    {"the_terminal_is_safe", the_terminal_is_safe},
    {"ordinary_programs_live", ordinary_programs_live},
    {"filters_add_up", filters_add_up},
};

SRT_UNIT_MAIN("filters.live", cases)
