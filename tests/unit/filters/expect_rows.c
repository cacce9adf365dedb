/* SPDX-License-Identifier: Apache-2.0 */
#include "expect.h"

#define ALWAYS 0
#define UNIX SRT_FILTER_ALLOW_UNIX
#define NS SRT_FILTER_ALLOW_NAMESPACES
#define GARBAGE 0x100000000u
#define ON_S390X (1u << SRT_ARCH_S390X)
#define NOT_S390X (((1u << SRT_ARCHES) - 1) & ~ON_S390X)

/* clang-format off */
#define YES(call, ...) {call, {__VA_ARGS__}, "allow", 0, 0}
#define NO(call, error, unless, ...) {call, {__VA_ARGS__}, error, unless, 0}
#define NO_UNIX(...) NO("socket", "EPERM", UNIX, __VA_ARGS__)
#define NO_FAMILY(...) NO("socket", "EAFNOSUPPORT", ALWAYS, __VA_ARGS__)
#define NO_PROTOCOL(...) NO("socket", "EPROTONOSUPPORT", ALWAYS, __VA_ARGS__)
#define NO_PAIR(...) NO("socketpair", "EPERM", UNIX, __VA_ARGS__)

const expect_row expect_rows[] = {
    /* Ordinary life */
    YES("read", 0), YES("write", 1), YES("getppid", 0), YES("execve", 0), YES("futex", 0),
    YES("prctl", 22), YES("seccomp", 1), YES("ptrace", 0), YES("process_vm_writev", 1),
    YES("personality", 0x0040000), YES("name_to_handle_at", 0), YES("landlock_restrict_self", 3),
    YES("adjtimex", 0), YES("chroot", 0), YES("modify_ldt", 1), YES("connect", 3), YES("bind", 3),
    YES("sendto", 3), YES("setsockopt", 3),

    /* Families */
    YES("socket", 2, 1, 0), YES("socket", 2, 2, 0), YES("socket", 10, 1, 0),
    YES("socket", 10, 2, 0), YES("socket", GARBAGE + 2, 1, 0), YES("socket", 2, 0x80801, 6),
    YES("socket", 10, 0x80802, 17), NO_UNIX(1, 1, 0), NO_UNIX(1, 2, 0), NO_UNIX(1, 3, 0),
    NO_UNIX(1, 5, 0), NO_UNIX(1, 0x80801, 0), NO_UNIX(GARBAGE + 1, 1, 0),
    NO_UNIX(0xffffffff00000001u, 2, 0), NO_FAMILY(0, 1, 0), NO_FAMILY(3, 5, 0), NO_FAMILY(4, 2, 0),
    NO_FAMILY(5, 2, 0), NO_FAMILY(9, 5, 0), NO_FAMILY(11, 1, 0), NO_FAMILY(15, 3, 2),
    NO_FAMILY(17, 3, 768), NO_FAMILY(18, 1, 0), NO_FAMILY(21, 5, 0), NO_FAMILY(26, 1, 0),
    NO_FAMILY(29, 3, 1), NO_FAMILY(30, 4, 0), NO_FAMILY(31, 1, 3), NO_FAMILY(33, 2, 0),
    NO_FAMILY(38, 5, 0), NO_FAMILY(40, 1, 0), NO_FAMILY(41, 2, 0), NO_FAMILY(42, 2, 0),
    NO_FAMILY(43, 1, 0), NO_FAMILY(44, 3, 0), NO_FAMILY(45, 1, 0), NO_FAMILY(GARBAGE + 40, 1, 0),
    NO_FAMILY(0x80000002u, 1, 0), NO_FAMILY(0xffffffffu, 1, 0),

    /* Netlink */
    YES("socket", 16, 3, 0), YES("socket", 16, 0x80002, 0), YES("socket", 16, 3, GARBAGE),
    NO_PROTOCOL(16, 3, 4), NO_PROTOCOL(16, 3, 6), NO_PROTOCOL(16, 3, 9), NO_PROTOCOL(16, 2, 12),
    NO_PROTOCOL(16, 2, 15), NO_PROTOCOL(16, 3, 16), NO_PROTOCOL(16, 3, 0x80000000u),
    NO_PROTOCOL(GARBAGE + 16, 3, 9),

    /* Kinds of sockets and protocols */
    YES("socket", 2, 2, 1), YES("socket", 10, 2, 58), YES("socket", 2, 1, 6),
    YES("socket", 2, 2, 17), YES("socket", 2, 3, 1), YES("socket", 2, 3, 255),
    YES("socket", 10, 3, 58), YES("socket", 2, 1, GARBAGE + 6), NO_PROTOCOL(2, 1, 262),
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
    {"clone", {0x3d0f00, 0, 0}, "allow", 0, NOT_S390X},
    {"clone", {0x1200011, 0, 0}, "allow", 0, NOT_S390X},
    {"clone", {0x4111, 0, 0}, "allow", 0, NOT_S390X},
    {"clone", {0x91, 0x10000000, 0}, "allow", 0, NOT_S390X},
    {"clone", {0x20011, 0, 0}, "EPERM", NS, NOT_S390X},
    {"clone", {0x2000011, 0, 0}, "EPERM", NS, NOT_S390X},
    {"clone", {0x4000011, 0, 0}, "EPERM", NS, NOT_S390X},
    {"clone", {0x8000011, 0, 0}, "EPERM", NS, NOT_S390X},
    {"clone", {0x10000011, 0, 0}, "EPERM", NS, NOT_S390X},
    {"clone", {0x20000011, 0, 0}, "EPERM", NS, NOT_S390X},
    {"clone", {0x40000011, 0, 0}, "EPERM", NS, NOT_S390X},
    {"clone", {GARBAGE + 0x10000011, 0, 0}, "EPERM", NS, NOT_S390X},
    {"clone", {0x10000000, 0x3d0f00, 0}, "allow", 0, ON_S390X},
    {"clone", {0, 0x1200011, 0}, "allow", 0, ON_S390X},
    {"clone", {0, 0x20011, 0}, "EPERM", NS, ON_S390X},
    {"clone", {0, 0x10000011, 0}, "EPERM", NS, ON_S390X},
    {"clone", {0, 0x40000011, 0}, "EPERM", NS, ON_S390X},
    {"clone", {0, GARBAGE + 0x20000011, 0}, "EPERM", NS, ON_S390X},
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
