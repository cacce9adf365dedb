/* SPDX-License-Identifier: Apache-2.0 */
#include "expect.h"

#define ALWAYS 0
#define UNIX SRT_FILTER_ALLOW_UNIX
#define SUPERVISED SRT_FILTER_SUPERVISED_UNIX
#define SHARED SRT_FILTER_SHARED_NET
#define NS SRT_FILTER_ALLOW_NAMESPACES
#define GARBAGE 0x100000000u
#define ON_S390X (1u << SRT_ARCH_S390X)
#define NOT_S390X (((1u << SRT_ARCHES) - 1) & ~ON_S390X)

/* clang-format off */
#define YES(call, ...) {call, {__VA_ARGS__}, "allow", 0, 0, 0}
#define NO(call, error, unless, ...) {call, {__VA_ARGS__}, error, unless, 0, 0}
#define NO_SHARED(call, error, ...) {call, {__VA_ARGS__}, error, 0, SHARED, 0}
#define NO_UNIX(...) NO("socket", "EPERM", UNIX | SUPERVISED, __VA_ARGS__)
#define NO_DATAGRAM(...) NO("socket", "EPERM", UNIX, __VA_ARGS__)
#define TCP_ONLY(...) NO_SHARED("socket", "EPROTONOSUPPORT", __VA_ARGS__)
#define NO_FASTOPEN(call, ...) NO_SHARED(call, "EOPNOTSUPP", __VA_ARGS__)
#define PRETEND(call, ...) NO_SHARED(call, "nothing, successfully", __VA_ARGS__)
#define NO_FAMILY(...) NO("socket", "EAFNOSUPPORT", ALWAYS, __VA_ARGS__)
#define NO_PROTOCOL(...) NO("socket", "EPROTONOSUPPORT", ALWAYS, __VA_ARGS__)
#define NO_PAIR(...) NO("socketpair", "EPERM", UNIX, __VA_ARGS__)

const expect_row expect_rows[] = {
    /* The host's IPC objects, and limits of other processes */
    NO_SHARED("ipc", "ENOSYS", 23), NO_SHARED("shmget", "ENOSYS", 0), NO_SHARED("shmat", "ENOSYS", 1),
    NO_SHARED("shmctl", "ENOSYS", 1), NO_SHARED("semget", "ENOSYS", 0),
    NO_SHARED("semop", "ENOSYS", 1), NO_SHARED("semctl", "ENOSYS", 1),
    NO_SHARED("semtimedop", "ENOSYS", 1), NO_SHARED("semtimedop_time64", "ENOSYS", 1),
    NO_SHARED("msgget", "ENOSYS", 0), NO_SHARED("msgsnd", "ENOSYS", 1),
    NO_SHARED("msgrcv", "ENOSYS", 1), NO_SHARED("msgctl", "ENOSYS", 1),
    NO_SHARED("mq_open", "ENOSYS", 0), NO_SHARED("mq_unlink", "ENOSYS", 0),
    YES("prlimit64", 0), YES("prlimit64", GARBAGE), NO_SHARED("prlimit64", "EPERM", 1),
    NO_SHARED("prlimit64", "EPERM", GARBAGE + 77), YES("listen", 3),

    /* Files changed through a descriptor to read: set flags (also the 32-bit one), versions, migrate,
     * encryption, verity, set attributes; a clone, subvolumes; next to them what only looks */
    NO_SHARED("ioctl", "ENOTTY", 3, 0x40086602), NO_SHARED("ioctl", "ENOTTY", 3, 0x40046602),
    NO_SHARED("ioctl", "ENOTTY", 3, GARBAGE + 0x40086602), YES("ioctl", 3, 0x80086601),
    NO_SHARED("ioctl", "ENOTTY", 3, 0x40087602), NO_SHARED("ioctl", "ENOTTY", 3, 0x40086604),
    NO_SHARED("ioctl", "ENOTTY", 3, 0x6609), NO_SHARED("ioctl", "ENOTTY", 3, 0x800c6613),
    NO_SHARED("ioctl", "ENOTTY", 3, 0x40806685), NO_SHARED("ioctl", "ENOTTY", 3, 0x401c5820),
    YES("ioctl", 3, 0x801c581f), NO_SHARED("ioctl", "ENOTTY", 3, 0x40049409),
    NO_SHARED("ioctl", "ENOTTY", 3, 0x5000940e), NO_SHARED("ioctl", "ENOTTY", 3, 0x50009417),
    NO_SHARED("ioctl", "ENOTTY", 3, 0x4020bc10), NO_SHARED("ioctl", "ENOTTY", 3, 0xf501),

    /* Ordinary life */
    YES("read", 0), YES("write", 1), YES("getppid", 0), YES("execve", 0), YES("futex", 0),
    YES("prctl", 22), YES("seccomp", 1), YES("ptrace", 0), YES("process_vm_writev", 1),
    YES("personality", 0x0040000), YES("name_to_handle_at", 0), YES("landlock_restrict_self", 3),
    YES("adjtimex", 0), YES("chroot", 0), YES("modify_ldt", 1), YES("connect", 3), YES("bind", 3),
    YES("sendto", 3), YES("setsockopt", 3),

    /* Families */
    YES("socket", 2, 1, 0), TCP_ONLY(2, 2, 0), YES("socket", 10, 1, 0),
    TCP_ONLY(10, 2, 0), YES("socket", GARBAGE + 2, 1, 0), YES("socket", 2, 0x80801, 6),
    TCP_ONLY(10, 0x80802, 17), NO_UNIX(1, 1, 0), NO_DATAGRAM(1, 2, 0), NO_DATAGRAM(1, 3, 0),
    NO_UNIX(1, 5, 0), NO_UNIX(1, 0x80801, 0), NO_UNIX(GARBAGE + 1, 1, 0),
    NO_DATAGRAM(0xffffffff00000001u, 2, 0), NO_FAMILY(0, 1, 0), NO_FAMILY(3, 5, 0), NO_FAMILY(4, 2, 0),
    NO_FAMILY(5, 2, 0), NO_FAMILY(9, 5, 0), NO_FAMILY(11, 1, 0), NO_FAMILY(15, 3, 2),
    NO_FAMILY(17, 3, 768), NO_FAMILY(18, 1, 0), NO_FAMILY(21, 5, 0), NO_FAMILY(26, 1, 0),
    NO_FAMILY(29, 3, 1), NO_FAMILY(30, 4, 0), NO_FAMILY(31, 1, 3), NO_FAMILY(33, 2, 0),
    NO_FAMILY(38, 5, 0), NO_FAMILY(40, 1, 0), NO_FAMILY(41, 2, 0), NO_FAMILY(42, 2, 0),
    NO_FAMILY(43, 1, 0), NO_FAMILY(44, 3, 0), NO_FAMILY(45, 1, 0), NO_FAMILY(GARBAGE + 40, 1, 0),
    NO_FAMILY(0x80000002u, 1, 0), NO_FAMILY(0xffffffffu, 1, 0),

    /* Supervised: what cannot be sent to a path without connecting */
    NO_UNIX(1, 0x80805, 0), NO_UNIX(1, GARBAGE + 1, 0), NO_UNIX(1, GARBAGE + 0x80805, 0),
    NO_DATAGRAM(1, 0x80802, 0), NO_DATAGRAM(1, 0x803, 0), NO_DATAGRAM(1, GARBAGE + 2, 0),
    NO_DATAGRAM(GARBAGE + 1, 3, 0), NO_DATAGRAM(1, 0, 0), NO_DATAGRAM(1, 4, 0),
    NO_DATAGRAM(1, 6, 0), NO_DATAGRAM(1, 7, 0), NO_DATAGRAM(1, 9, 0), NO_DATAGRAM(1, 0xd, 0),

    /* The host's network: TCP, with connect as the only way out */
    YES("socket", 2, 0x80801, 0), YES("socket", 10, 0x801, 6), YES("socket", 10, 1, GARBAGE + 6),
    TCP_ONLY(2, 0x80802, 0), TCP_ONLY(GARBAGE + 10, 2, 0), TCP_ONLY(10, GARBAGE + 2, 0),
    TCP_ONLY(2, 1, 17), TCP_ONLY(2, 1, 1), TCP_ONLY(10, 1, 58), TCP_ONLY(2, 1, 255),
    TCP_ONLY(10, 1, GARBAGE + 17), TCP_ONLY(10, 3, 255),
    YES("sendto", 3, 0, 0, 0x4040), NO_FASTOPEN("sendto", 3, 0, 0, 0x20000000),
    NO_FASTOPEN("sendto", 3, 0, 0, 0x20004040), NO_FASTOPEN("sendto", 3, 0, 0, 0xffffffffu),
    NO_FASTOPEN("sendto", 3, 0, 0, GARBAGE + 0x20000000),
    YES("sendto", 3, 0, 0, 0xdfffffffu), YES("sendto", 3, 0, 0x20000000, 0),
    YES("sendmsg", 3, 0, 0x4000), NO_FASTOPEN("sendmsg", 3, 0, 0x20000000),
    NO_FASTOPEN("sendmsg", 3, 0, GARBAGE + 0x20000040), YES("sendmsg", 3, 0x20000000, 0),
    YES("sendmmsg", 3, 0, 1, 0x4000), NO_FASTOPEN("sendmmsg", 3, 0, 1, 0x20000000),
    NO_FASTOPEN("sendmmsg", 3, 0, 1, GARBAGE + 0x30000000),
    YES("sendmmsg", 3, 0, 0x20000000, 0), YES("send", 3, 0, 0, 0x4000),
    NO_FASTOPEN("send", 3, 0, 0, 0x20000000), NO_FASTOPEN("send", 3, 0, 0, GARBAGE + 0x20000001),
    NO_SHARED("setsockopt", "ENOPROTOOPT", 3, 6, 30, 0),
    NO_SHARED("setsockopt", "ENOPROTOOPT", 3, GARBAGE + 6, GARBAGE + 30, 0),
    YES("setsockopt", 3, 6, 1, 0), YES("setsockopt", 3, 1, 30, 0), YES("setsockopt", 3, 6, 23, 0),
    YES("setsockopt", 3, 41, 30, 0),
    PRETEND("prctl", 4, 0), PRETEND("prctl", GARBAGE + 4, 0), PRETEND("prctl", 4, GARBAGE),
    YES("prctl", 4, 1), YES("prctl", 4, 2), YES("prctl", 3, 0), YES("prctl", 38, 1),

    /* Netlink */
    YES("socket", 16, 3, 0), YES("socket", 16, 0x80002, 0), YES("socket", 16, 3, GARBAGE),
    NO_PROTOCOL(16, 3, 4), NO_PROTOCOL(16, 3, 6), NO_PROTOCOL(16, 3, 9), NO_PROTOCOL(16, 2, 12),
    NO_PROTOCOL(16, 2, 15), NO_PROTOCOL(16, 3, 16), NO_PROTOCOL(16, 3, 0x80000000u),
    NO_PROTOCOL(GARBAGE + 16, 3, 9),

    /* Kinds of sockets and protocols */
    TCP_ONLY(2, 2, 1), TCP_ONLY(10, 2, 58), YES("socket", 2, 1, 6),
    TCP_ONLY(2, 2, 17), TCP_ONLY(2, 3, 1), TCP_ONLY(2, 3, 255),
    TCP_ONLY(10, 3, 58), YES("socket", 2, 1, GARBAGE + 6), NO_PROTOCOL(2, 1, 262),
    NO_PROTOCOL(10, 1, 262), NO_PROTOCOL(2, 1, GARBAGE + 262),
    NO_PROTOCOL(GARBAGE + 2, 0x80801, 262), NO_PROTOCOL(2, 1, 256), NO_PROTOCOL(10, 1, 256),
    NO_PROTOCOL(2, 1, 132), NO_PROTOCOL(10, 5, 132), NO_PROTOCOL(2, 6, 33), NO_PROTOCOL(2, 2, 136),
    NO_PROTOCOL(2, 1, 261), NO_PROTOCOL(2, 3, 2), NO_PROTOCOL(2, 1, 0xffffffffu),
    NO_PROTOCOL(2, 10, 0), NO_PROTOCOL(2, 10, 768), NO_PROTOCOL(2, 5, 0), NO_PROTOCOL(10, 6, 0),
    NO_PROTOCOL(10, 0x8080a, 0), NO_PROTOCOL(2, 0, 0), NO_PROTOCOL(2, GARBAGE + 5, 0),

    /* Pairs */
    YES("socketpair", 1, 1, 0), YES("socketpair", 1, 5, 0), YES("socketpair", 1, 0x80801, 0),
    YES("socketpair", 1, 0x80805, 0), YES("socketpair", 1, GARBAGE + 1, 0),
    YES("socketpair", GARBAGE + 1, 1, 0), NO_PAIR(1, 2, 0), NO_PAIR(1, 3, 0),
    NO_PAIR(1, 0x80802, 0), NO_PAIR(1, GARBAGE + 2, 0), NO_PAIR(GARBAGE + 1, 2, 0),
    NO_PAIR(1, 4, 0), NO_PAIR(1, 0, 0), NO_PAIR(1, 7, 0), NO_PAIR(1, 0xd, 0),
    NO("socketpair", "EOPNOTSUPP", ALWAYS, 2, 1, 0),
    NO("socketpair", "EOPNOTSUPP", ALWAYS, 0, 1, 0),
    NO("socketpair", "EOPNOTSUPP", ALWAYS, 30, 1, 0),
    NO("socketpair", "EOPNOTSUPP", ALWAYS, 40, 1, 0),
    NO("socketpair", "EOPNOTSUPP", ALWAYS, GARBAGE + 3, 1, 0),
    NO("socketcall", "ENOSYS", ALWAYS, 1), NO("socketcall", "ENOSYS", ALWAYS, 8),
    NO("socketcall", "ENOSYS", ALWAYS, 3), NO("socketcall", "ENOSYS", ALWAYS, 0),

    /* Second ways, terminal */
    NO("io_uring_setup", "ENOSYS", ALWAYS, 8), NO("io_uring_enter", "ENOSYS", ALWAYS, 3),
    NO("io_uring_register", "ENOSYS", ALWAYS, 3), YES("ioctl", 0, 0x5401), YES("ioctl", 0, 0x5413),
    YES("ioctl", 0, 0x5410), YES("ioctl", 0, 0x541b), YES("ioctl", 0x5412, 0x5411),
    YES("ioctl", 0, 0x80005412u), YES("ioctl", 0, 0x5424), NO("ioctl", "EPERM", ALWAYS, 0, 0x5412),
    NO("ioctl", "EPERM", ALWAYS, 0, GARBAGE + 0x5412),
    NO("ioctl", "EPERM", ALWAYS, 9, 0xffffffff00005412u), NO("ioctl", "EPERM", ALWAYS, 0, 0x541c),
    NO("ioctl", "EPERM", ALWAYS, 0, GARBAGE + 0x541c), NO("ioctl", "EPERM", ALWAYS, 0, 0x5423),

    /* Namespaces; threads and forks as C libraries make them */
    {"clone", {0x3d0f00, 0, 0}, "allow", 0, 0, NOT_S390X},
    {"clone", {0x1200011, 0, 0}, "allow", 0, 0, NOT_S390X},
    {"clone", {0x4111, 0, 0}, "allow", 0, 0, NOT_S390X},
    {"clone", {0x91, 0x10000000, 0}, "allow", 0, 0, NOT_S390X},
    {"clone", {0x20011, 0, 0}, "EPERM", NS, 0, NOT_S390X},
    {"clone", {0x2000011, 0, 0}, "EPERM", NS, 0, NOT_S390X},
    {"clone", {0x4000011, 0, 0}, "EPERM", NS, 0, NOT_S390X},
    {"clone", {0x8000011, 0, 0}, "EPERM", NS, 0, NOT_S390X},
    {"clone", {0x10000011, 0, 0}, "EPERM", NS, 0, NOT_S390X},
    {"clone", {0x20000011, 0, 0}, "EPERM", NS, 0, NOT_S390X},
    {"clone", {0x40000011, 0, 0}, "EPERM", NS, 0, NOT_S390X},
    {"clone", {GARBAGE + 0x10000011, 0, 0}, "EPERM", NS, 0, NOT_S390X},
    {"clone", {0x10000000, 0x3d0f00, 0}, "allow", 0, 0, ON_S390X},
    {"clone", {0, 0x1200011, 0}, "allow", 0, 0, ON_S390X},
    {"clone", {0, 0x20011, 0}, "EPERM", NS, 0, ON_S390X},
    {"clone", {0, 0x10000011, 0}, "EPERM", NS, 0, ON_S390X},
    {"clone", {0, 0x40000011, 0}, "EPERM", NS, 0, ON_S390X},
    {"clone", {0, GARBAGE + 0x20000011, 0}, "EPERM", NS, 0, ON_S390X},
    NO("clone3", "ENOSYS", NS, 0), YES("unshare", 0), YES("unshare", 0x400), YES("unshare", 0x200),
    YES("unshare", 0x40000), YES("unshare", 0x50f00), NO("unshare", "EPERM", NS, 0x80),
    NO("unshare", "EPERM", NS, 0x20000), NO("unshare", "EPERM", NS, 0x2000000),
    NO("unshare", "EPERM", NS, 0x4000000), NO("unshare", "EPERM", NS, 0x8000000),
    NO("unshare", "EPERM", NS, 0x10000000), NO("unshare", "EPERM", NS, 0x20000000),
    NO("unshare", "EPERM", NS, 0x40000000), NO("unshare", "EPERM", NS, 0x100000),
    NO("unshare", "EPERM", NS, 0x10000400), NO("unshare", "EPERM", NS, GARBAGE + 0x10000000),
    NO("setns", "EPERM", NS, 3, 0), NO("mount", "EPERM", NS, 0), NO("umount", "EPERM", NS, 0),
    NO("umount2", "EPERM", NS, 0), NO("pivot_root", "EPERM", NS, 0),
    NO("open_tree", "EPERM", NS, 0), NO("open_tree_attr", "EPERM", NS, 0),
    NO("move_mount", "EPERM", NS, 0), NO("fsopen", "EPERM", NS, 0), NO("fsconfig", "EPERM", NS, 0),
    NO("fsmount", "EPERM", NS, 0), NO("fspick", "EPERM", NS, 0),
    NO("mount_setattr", "EPERM", NS, 0),

    /* Kernel inside */
    NO("bpf", "EPERM", ALWAYS, 0), NO("perf_event_open", "EPERM", ALWAYS, 0),
    NO("userfaultfd", "EPERM", ALWAYS, 1), NO("add_key", "EPERM", ALWAYS, 0),
    NO("request_key", "EPERM", ALWAYS, 0), NO("keyctl", "EPERM", ALWAYS, 0),
    NO("open_by_handle_at", "EPERM", ALWAYS, 0), NO("syslog", "EPERM", ALWAYS, 3),
    NO("init_module", "EPERM", ALWAYS, 0), NO("finit_module", "EPERM", ALWAYS, 0),
    NO("delete_module", "EPERM", ALWAYS, 0), NO("kexec_load", "EPERM", ALWAYS, 0),
    NO("kexec_file_load", "EPERM", ALWAYS, 0), NO("reboot", "EPERM", ALWAYS, 0),
    NO("swapon", "EPERM", ALWAYS, 0), NO("swapoff", "EPERM", ALWAYS, 0),
    NO("acct", "EPERM", ALWAYS, 0), NO("quotactl", "EPERM", ALWAYS, 0),
    NO("quotactl_fd", "EPERM", ALWAYS, 0), NO("settimeofday", "EPERM", ALWAYS, 0),
    NO("stime", "EPERM", ALWAYS, 0), NO("clock_settime", "EPERM", ALWAYS, 0),
    NO("clock_settime64", "EPERM", ALWAYS, 0), NO("iopl", "EPERM", ALWAYS, 3),
    NO("ioperm", "EPERM", ALWAYS, 0), NO("uselib", "ENOSYS", ALWAYS, 0),
    NO("vm86", "ENOSYS", ALWAYS, 0), NO("vm86old", "ENOSYS", ALWAYS, 0),
};
/* clang-format on */

const unsigned expect_n_rows = sizeof expect_rows / sizeof *expect_rows;
