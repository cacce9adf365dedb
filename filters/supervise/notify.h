/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's interface for notified calls. Own definitions: the headers of a
 * distribution are often older than its kernel. */
#ifndef SRT_SUPERVISE_NOTIFY_H
#define SRT_SUPERVISE_NOTIFY_H

#include <stdint.h>
#include <sys/ioctl.h>

struct sup_data {
    int32_t nr;
    uint32_t arch;
    uint64_t instruction_pointer;
    uint64_t args[6];
};

struct sup_notif {
    uint64_t id;
    uint32_t pid; /* of the thread, as our pid namespace names it */
    uint32_t flags;
    struct sup_data data;
};

struct sup_notif_resp {
    uint64_t id;
    int64_t val;
    int32_t error; /* negative errno value */
    uint32_t flags;
};

struct sup_notif_addfd {
    uint64_t id;
    uint32_t flags;
    uint32_t srcfd;
    uint32_t newfd;
    uint32_t newfd_flags;
};

_Static_assert(sizeof(struct sup_notif) == 80, "struct seccomp_notif");
_Static_assert(sizeof(struct sup_notif_resp) == 24, "struct seccomp_notif_resp");
_Static_assert(sizeof(struct sup_notif_addfd) == 24, "struct seccomp_notif_addfd");

#define SUP_RESP_CONTINUE (1u << 0)
#define SUP_ADDFD_SETFD (1u << 0)
#define SUP_ADDFD_SEND (1u << 1)
#define SUP_FD_SYNC_WAKE_UP (1ull << 0)
#define SUP_FILTER_NEW_LISTENER (1ul << 3)
#define SUP_FILTER_WAIT_KILLABLE_RECV (1ul << 5)

#define SUP_IOCTL_RECV _IOWR('!', 0, struct sup_notif)
#define SUP_IOCTL_SEND _IOWR('!', 1, struct sup_notif_resp)
#define SUP_IOCTL_ID_VALID _IOW('!', 2, uint64_t)
#define SUP_IOCTL_ADDFD _IOW('!', 3, struct sup_notif_addfd)
#define SUP_IOCTL_SET_FLAGS _IOW('!', 4, uint64_t)

#endif
