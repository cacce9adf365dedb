/* SPDX-License-Identifier: Apache-2.0 */
/* The one rule table. Errors rather than kills: a program that probes for a call
 * finds it missing and goes another way.
 *
 * Refused always means also in sandboxes that allow everything else. What needs
 * a capability that nothing in a sandbox has (chroot, adjtimex, sethostname, …)
 * is left to the kernel, unless the call is a way to its inside. ptrace,
 * process_vm_*, seccomp, personality, modify_ldt and landlock_* stay open:
 * debuggers, Wine and nested sandboxes use them on their own processes. */
#include "rules.h"

#include <errno.h>
#include <sys/socket.h>

#include "srt-filters/filter.h"

#define LOW 0xffffffffu
#define UNIX SRT_FILTER_ALLOW_UNIX
#define NAMESPACES SRT_FILTER_ALLOW_NAMESPACES
#define SUPERVISED SRT_FILTER_SUPERVISED_UNIX
#define SHARED SRT_FILTER_SHARED_NET

/* clang-format off */
#define IS(a, m, v) {.kind = SRT_TEST_IS, .arg = (a), .mask = (m), .n_values = 1, .values = {(v)}}
#define ANY_BIT(a, m) {.kind = SRT_TEST_ANY_BIT, .arg = (a), .mask = (m)}
#define COUNT(...) (sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))
#define NONE_OF(a, m, ...) \
    {.kind = SRT_TEST_NONE_OF, .arg = (a), .mask = (m), .n_values = COUNT(__VA_ARGS__), \
     .values = {__VA_ARGS__}}
/* clang-format on */

/* The kernel's numbers, so that no header decides. */
enum {
    FAMILY_UNIX = 1,
    FAMILY_INET = 2,
    FAMILY_INET6 = 10,
    FAMILY_NETLINK = 16,
    TYPE_STREAM = 1,
    TYPE_DGRAM = 2,
    TYPE_RAW = 3,
    TYPE_SEQPACKET = 5,
    TYPE_MASK = 0xf, /* the rest of the word is SOCK_NONBLOCK and SOCK_CLOEXEC */
    PROTO_ANY = 0,
    PROTO_ICMP = 1,
    PROTO_TCP = 6,
    PROTO_UDP = 17,
    PROTO_ICMPV6 = 58,
    PROTO_RAW = 255,
    NETLINK_PROTO_ROUTE = 0,
    SUBCALL_TIOCSTI = 0x5412,
    SUBCALL_TIOCLINUX = 0x541c,
    SUBCALL_TIOCSETD = 0x5423,
    TYPE_BTRFS = 0x9400,
    TYPE_BCACHEFS = 0xbc00,
    TYPE_F2FS = 0xf500,
    NUMBER_SETFLAGS = 0x6602,
    NUMBER_SETVERSION = 0x7602,
    NUMBER_EXT_SETVERSION = 0x6604,
    NUMBER_EXT_MIGRATE = 0x6609,
    NUMBER_ENCRYPTION = 0x6613,
    NUMBER_VERITY = 0x6685,
    NUMBER_FSSETXATTR = 0x5820,
    FLAG_MSG_FASTOPEN = 0x20000000,
    LEVEL_TCP = 6,
    OPTION_FASTOPEN_CONNECT = 30,
    PRCTL_SET_DUMPABLE = 4,
};

/* CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID, NET. CLONE_NEWTIME is not among
 * clone's: there the bit belongs to the exit signal. */
#define CLONE_NAMESPACES 0x7e020000u
/* All but VM, FS, FILES, SIGHAND, THREAD and SYSVSEM: bits that a later kernel
 * gives a meaning are refused before anybody here knows them. */
#define UNSHARE_OTHERS (~(0x100u | 0x200u | 0x400u | 0x800u | 0x10000u | 0x40000u))

#define S390X (1u << SRT_ARCH_S390X)

#define REASON_FAMILY                                                                              \
    "Only families that a network namespace confines and programs need: vsock reaches the "        \
    "host through any namespace, the others are attack surface. The error is the one of a "        \
    "kernel without the family."
#define REASON_TYPE                                                                                \
    "Type 5, 6 and 10 turn INET into SCTP, DCCP and packet sockets when the protocol is 0."
#define REASON_PROTOCOL                                                                            \
    "A list of what is known: MPTCP (262) and SMC (256) are TCP that rules on TCP ports do "       \
    "not see, SCTP, DCCP and UDP-Lite are modules with a history. Raw needs a capability."
#define REASON_PAIR                                                                                \
    "One end of a datagram or raw pair can be sent or connected to any socket path; stream "       \
    "and seqpacket pairs cannot."
#define REASON_TCP_ONLY                                                                            \
    "Without a network namespace only TCP connections are judged, at connect: UDP, raw and ICMP "  \
    "sockets would reach everything."
#define REASON_FASTOPEN                                                                            \
    "Connects without connect, where nobody judges. The error is the one of a machine that has "   \
    "it turned off."
#define REASON_FILE_IOCTL                                                                          \
    "Changes a file or a directory through a descriptor that was opened to read: flags, "          \
    "versions, policies, subvolumes. Path rules do not see it, and there are no read-only "        \
    "mounts. "                                                                                     \
    "Programs copy where they could have cloned."
#define REASON_IPC                                                                                 \
    "Without an IPC namespace these objects are the host's, found by small numbers. The error is " \
    "the one of a kernel without them."
#define REASON_URING "Its operations, opening sockets among them, pass by every filter."
#define REASON_KEYS "Keyrings belong to no namespace: secrets of the user outside."
#define REASON_MODULE "Loads or unloads code of the kernel."
#define REASON_SYSTEM "Changes the whole machine; no program in a sandbox has business there."
#define REASON_PORTS "Opens the machine's ports to the process."
#define REASON_OBSOLETE "Obsolete and unmaintained; the error is the one of a kernel without it."
#define REASON_MOUNT "Mounts are the walls of the sandbox."

/* clang-format off */
const srt_rule srt_rules[] = {
    /* Sockets */
    {"socketcall", ENOSYS, 0, 0, 0, {{0}},
     "The arguments lie in memory, where no filter can look and another thread can write. "
     "Programs that know no other way (glibc on i386 and s390x) have no sockets."},
    {"socket", EPERM, UNIX | SUPERVISED, 0, 0, {IS(0, LOW, FAMILY_UNIX)},
     "Unix sockets lead to services outside: buses, agents, container managers."},
    {"socket", EPERM, 0, SUPERVISED, 0,
     {IS(0, LOW, FAMILY_UNIX), NONE_OF(1, TYPE_MASK, TYPE_STREAM, TYPE_SEQPACKET)},
     "Only what must connect is judged: a datagram (raw is the same) goes to any path without."},
    {"socket", EAFNOSUPPORT, 0, 0, 0,
     {NONE_OF(0, LOW, FAMILY_UNIX, FAMILY_INET, FAMILY_INET6, FAMILY_NETLINK)}, REASON_FAMILY},
    {"socket", EPROTONOSUPPORT, 0, 0, 0,
     {IS(0, LOW, FAMILY_NETLINK), NONE_OF(2, LOW, NETLINK_PROTO_ROUTE)},
     "Interfaces and addresses (ROUTE) are what libc asks for. The others are administration "
     "and attack surface (netfilter, xfrm, generic, audit) or events of the host (uevent)."},
    {"socket", EPROTONOSUPPORT, SHARED, 0, 0,
     {IS(0, LOW, FAMILY_INET), NONE_OF(1, TYPE_MASK, TYPE_STREAM, TYPE_DGRAM, TYPE_RAW)},
     REASON_TYPE},
    {"socket", EPROTONOSUPPORT, SHARED, 0, 0,
     {IS(0, LOW, FAMILY_INET), NONE_OF(2, LOW, PROTO_ANY, PROTO_ICMP, PROTO_TCP, PROTO_UDP,
                                       PROTO_ICMPV6, PROTO_RAW)},
     REASON_PROTOCOL},
    {"socket", EPROTONOSUPPORT, SHARED, 0, 0,
     {IS(0, LOW, FAMILY_INET6), NONE_OF(1, TYPE_MASK, TYPE_STREAM, TYPE_DGRAM, TYPE_RAW)},
     REASON_TYPE},
    {"socket", EPROTONOSUPPORT, SHARED, 0, 0,
     {IS(0, LOW, FAMILY_INET6), NONE_OF(2, LOW, PROTO_ANY, PROTO_ICMP, PROTO_TCP, PROTO_UDP,
                                        PROTO_ICMPV6, PROTO_RAW)},
     REASON_PROTOCOL},
    {"socket", EPROTONOSUPPORT, 0, SHARED, 0,
     {IS(0, LOW, FAMILY_INET), NONE_OF(1, TYPE_MASK, TYPE_STREAM)}, REASON_TCP_ONLY},
    {"socket", EPROTONOSUPPORT, 0, SHARED, 0,
     {IS(0, LOW, FAMILY_INET), NONE_OF(2, LOW, PROTO_ANY, PROTO_TCP)}, REASON_TCP_ONLY},
    {"socket", EPROTONOSUPPORT, 0, SHARED, 0,
     {IS(0, LOW, FAMILY_INET6), NONE_OF(1, TYPE_MASK, TYPE_STREAM)}, REASON_TCP_ONLY},
    {"socket", EPROTONOSUPPORT, 0, SHARED, 0,
     {IS(0, LOW, FAMILY_INET6), NONE_OF(2, LOW, PROTO_ANY, PROTO_TCP)}, REASON_TCP_ONLY},
    {"send", EOPNOTSUPP, 0, SHARED, 0, {ANY_BIT(3, FLAG_MSG_FASTOPEN)}, REASON_FASTOPEN},
    {"sendto", EOPNOTSUPP, 0, SHARED, 0, {ANY_BIT(3, FLAG_MSG_FASTOPEN)}, REASON_FASTOPEN},
    {"sendmsg", EOPNOTSUPP, 0, SHARED, 0, {ANY_BIT(2, FLAG_MSG_FASTOPEN)}, REASON_FASTOPEN},
    {"sendmmsg", EOPNOTSUPP, 0, SHARED, 0, {ANY_BIT(3, FLAG_MSG_FASTOPEN)}, REASON_FASTOPEN},
    {"setsockopt", ENOPROTOOPT, 0, SHARED, 0,
     {IS(1, LOW, LEVEL_TCP), IS(2, LOW, OPTION_FASTOPEN_CONNECT)}, REASON_FASTOPEN},
    {"socketpair", EOPNOTSUPP, 0, 0, 0, {NONE_OF(0, LOW, FAMILY_UNIX)},
     "Only unix sockets come in pairs; asking for others loads modules."},
    {"socketpair", EPERM, UNIX, 0, 0,
     {IS(0, LOW, FAMILY_UNIX), NONE_OF(1, TYPE_MASK, TYPE_STREAM, TYPE_SEQPACKET)},
     REASON_PAIR},

    /* Objects of the host that no path rule sees */
    {"ipc", ENOSYS, 0, SHARED, 0, {{0}}, REASON_IPC},
    {"shmget", ENOSYS, 0, SHARED, 0, {{0}}, REASON_IPC},
    {"shmat", ENOSYS, 0, SHARED, 0, {{0}}, REASON_IPC},
    {"shmctl", ENOSYS, 0, SHARED, 0, {{0}}, REASON_IPC},
    {"semget", ENOSYS, 0, SHARED, 0, {{0}}, REASON_IPC},
    {"semop", ENOSYS, 0, SHARED, 0, {{0}}, REASON_IPC},
    {"semctl", ENOSYS, 0, SHARED, 0, {{0}}, REASON_IPC},
    {"semtimedop", ENOSYS, 0, SHARED, 0, {{0}}, REASON_IPC},
    {"semtimedop_time64", ENOSYS, 0, SHARED, 0, {{0}}, REASON_IPC},
    {"msgget", ENOSYS, 0, SHARED, 0, {{0}}, REASON_IPC},
    {"msgsnd", ENOSYS, 0, SHARED, 0, {{0}}, REASON_IPC},
    {"msgrcv", ENOSYS, 0, SHARED, 0, {{0}}, REASON_IPC},
    {"msgctl", ENOSYS, 0, SHARED, 0, {{0}}, REASON_IPC},
    {"mq_open", ENOSYS, 0, SHARED, 0, {{0}}, REASON_IPC},
    {"mq_unlink", ENOSYS, 0, SHARED, 0, {{0}}, REASON_IPC},
    {"prlimit64", EPERM, 0, SHARED, 0, {NONE_OF(0, LOW, 0)},
     "A limit of CPU time ends any other process of the user."},

    /* A second way to everything */
    {"io_uring_setup", ENOSYS, 0, 0, 0, {{0}}, REASON_URING},
    {"io_uring_enter", ENOSYS, 0, 0, 0, {{0}}, REASON_URING},
    {"io_uring_register", ENOSYS, 0, 0, 0, {{0}}, REASON_URING},

    /* The caller's terminal */
    {"ioctl", EPERM, 0, 0, 0, {IS(1, LOW, SUBCALL_TIOCSTI)},
     "Types into the terminal, which a shell outside reads."},
    {"ioctl", EPERM, 0, 0, 0, {IS(1, LOW, SUBCALL_TIOCLINUX)},
     "Pastes a selection into the console: the same."},
    {"ioctl", EPERM, 0, 0, 0, {IS(1, LOW, SUBCALL_TIOCSETD)},
     "Line disciplines are drivers of serial devices, loaded on demand and often broken."},

    /* Files, past path rules. By kind and number; size and direction do not matter. */
    {"ioctl", ENOTTY, 0, SHARED, 0, {IS(1, 0xff00, TYPE_BTRFS)}, REASON_FILE_IOCTL},
    {"ioctl", ENOTTY, 0, SHARED, 0, {IS(1, 0xff00, TYPE_BCACHEFS)}, REASON_FILE_IOCTL},
    {"ioctl", ENOTTY, 0, SHARED, 0, {IS(1, 0xff00, TYPE_F2FS)}, REASON_FILE_IOCTL},
    {"ioctl", ENOTTY, 0, SHARED, 0, {IS(1, 0xffff, NUMBER_SETFLAGS)}, REASON_FILE_IOCTL},
    {"ioctl", ENOTTY, 0, SHARED, 0, {IS(1, 0xffff, NUMBER_SETVERSION)}, REASON_FILE_IOCTL},
    {"ioctl", ENOTTY, 0, SHARED, 0, {IS(1, 0xffff, NUMBER_EXT_SETVERSION)}, REASON_FILE_IOCTL},
    {"ioctl", ENOTTY, 0, SHARED, 0, {IS(1, 0xffff, NUMBER_EXT_MIGRATE)}, REASON_FILE_IOCTL},
    {"ioctl", ENOTTY, 0, SHARED, 0, {IS(1, 0xffff, NUMBER_ENCRYPTION)}, REASON_FILE_IOCTL},
    {"ioctl", ENOTTY, 0, SHARED, 0, {IS(1, 0xffff, NUMBER_VERITY)}, REASON_FILE_IOCTL},
    {"ioctl", ENOTTY, 0, SHARED, 0, {IS(1, 0xffff, NUMBER_FSSETXATTR)}, REASON_FILE_IOCTL},

    /* Namespaces and mounts */
    {"clone", EPERM, NAMESPACES, 0, ~S390X, {ANY_BIT(0, CLONE_NAMESPACES)},
     "A user namespace gives every capability over new kernel objects."},
    {"clone", EPERM, NAMESPACES, 0, S390X, {ANY_BIT(1, CLONE_NAMESPACES)},
     "As above; this machine has the flags second."},
    {"clone3", ENOSYS, NAMESPACES, 0, 0, {{0}},
     "Its flags lie in memory. C libraries fall back to clone."},
    {"unshare", EPERM, NAMESPACES, 0, 0, {ANY_BIT(0, UNSHARE_OTHERS)},
     "Namespaces, and bits that are unknown today."},
    {"setns", EPERM, NAMESPACES, 0, 0, {{0}}, "Enters namespaces of others."},
    {"mount", EPERM, NAMESPACES, 0, 0, {{0}}, REASON_MOUNT},
    {"umount", EPERM, NAMESPACES, 0, 0, {{0}}, REASON_MOUNT},
    {"umount2", EPERM, NAMESPACES, 0, 0, {{0}}, REASON_MOUNT},
    {"pivot_root", EPERM, NAMESPACES, 0, 0, {{0}}, REASON_MOUNT},
    {"open_tree", EPERM, NAMESPACES, 0, 0, {{0}}, REASON_MOUNT},
    {"open_tree_attr", EPERM, NAMESPACES, 0, 0, {{0}}, REASON_MOUNT},
    {"move_mount", EPERM, NAMESPACES, 0, 0, {{0}}, REASON_MOUNT},
    {"fsopen", EPERM, NAMESPACES, 0, 0, {{0}}, REASON_MOUNT},
    {"fsconfig", EPERM, NAMESPACES, 0, 0, {{0}}, REASON_MOUNT},
    {"fsmount", EPERM, NAMESPACES, 0, 0, {{0}}, REASON_MOUNT},
    {"fspick", EPERM, NAMESPACES, 0, 0, {{0}}, REASON_MOUNT},
    {"mount_setattr", EPERM, NAMESPACES, 0, 0, {{0}}, REASON_MOUNT},

    /* The supervisor's eyes */
    {"prctl", 0, 0, SHARED, 0, {IS(0, LOW, PRCTL_SET_DUMPABLE), IS(1, LOW, 0)},
     "Hides a process's memory and descriptors from its supervisor, which then can judge nothing. "
     "Agents insist on it, so it succeeds; the sandbox protects them from others."},

    /* Kernel inside */
    {"bpf", EPERM, 0, 0, 0, {{0}}, "Code in the kernel."},
    {"perf_event_open", EPERM, 0, 0, 0, {{0}}, "Large, and shows what other processes do."},
    {"userfaultfd", EPERM, 0, 0, 0, {{0}}, "Stops the kernel in the middle of a copy: races won."},
    {"add_key", EPERM, 0, 0, 0, {{0}}, REASON_KEYS},
    {"request_key", EPERM, 0, 0, 0, {{0}}, REASON_KEYS},
    {"keyctl", EPERM, 0, 0, 0, {{0}}, REASON_KEYS},
    {"open_by_handle_at", EPERM, 0, 0, 0, {{0}},
     "Opens files by number, past every mount and every directory."},
    {"syslog", EPERM, 0, 0, 0, {{0}}, "The kernel's log: addresses and the host's doings."},
    {"init_module", EPERM, 0, 0, 0, {{0}}, REASON_MODULE},
    {"finit_module", EPERM, 0, 0, 0, {{0}}, REASON_MODULE},
    {"delete_module", EPERM, 0, 0, 0, {{0}}, REASON_MODULE},
    {"kexec_load", EPERM, 0, 0, 0, {{0}}, REASON_MODULE},
    {"kexec_file_load", EPERM, 0, 0, 0, {{0}}, REASON_MODULE},
    {"reboot", EPERM, 0, 0, 0, {{0}}, REASON_SYSTEM},
    {"swapon", EPERM, 0, 0, 0, {{0}}, REASON_SYSTEM},
    {"swapoff", EPERM, 0, 0, 0, {{0}}, REASON_SYSTEM},
    {"acct", EPERM, 0, 0, 0, {{0}}, REASON_SYSTEM},
    {"quotactl", EPERM, 0, 0, 0, {{0}}, REASON_SYSTEM},
    {"quotactl_fd", EPERM, 0, 0, 0, {{0}}, REASON_SYSTEM},
    {"settimeofday", EPERM, 0, 0, 0, {{0}}, REASON_SYSTEM},
    {"stime", EPERM, 0, 0, 0, {{0}}, REASON_SYSTEM},
    {"clock_settime", EPERM, 0, 0, 0, {{0}}, REASON_SYSTEM},
    {"clock_settime64", EPERM, 0, 0, 0, {{0}}, REASON_SYSTEM},
    {"iopl", EPERM, 0, 0, 0, {{0}}, REASON_PORTS},
    {"ioperm", EPERM, 0, 0, 0, {{0}}, REASON_PORTS},
    {"uselib", ENOSYS, 0, 0, 0, {{0}}, REASON_OBSOLETE},
    {"vm86", ENOSYS, 0, 0, 0, {{0}}, REASON_OBSOLETE},
    {"vm86old", ENOSYS, 0, 0, 0, {{0}}, REASON_OBSOLETE},
};
/* clang-format on */

const size_t srt_n_rules = sizeof srt_rules / sizeof *srt_rules;
