/* SPDX-License-Identifier: Apache-2.0 */
/* Receives calls and answers them. */
#include "serve.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#if defined(__x86_64__) && !defined(__ILP32__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define NATIVE_ARCH AUDIT_ARCH_I386
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#elif defined(__arm__)
#define NATIVE_ARCH AUDIT_ARCH_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define NATIVE_ARCH AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define NATIVE_ARCH AUDIT_ARCH_PPC64LE
#elif defined(__s390x__)
#define NATIVE_ARCH AUDIT_ARCH_S390X
#else
#error "no supervisor for this machine"
#endif

bool sup_call_alive(const sup_call *call)
{
    return ioctl(call->sup->listener, SUP_IOCTL_ID_VALID, &call->notif.id) == 0;
}

bool sup_call_answer(sup_call *call, sup_answer answer)
{
    struct sup_notif_resp response = {.id = call->notif.id};
    int sent;
    if (answer == SUP_GO_ON)
        response.flags = SUP_RESP_CONTINUE;
    else if (answer < 0)
        response.error = (int32_t)answer;
    else
        response.val = answer;
    do
        sent = ioctl(call->sup->listener, SUP_IOCTL_SEND, &response);
    while (sent < 0 && errno == EINTR);
    return sent == 0;
}

int sup_call_add_fd(const sup_call *call, int fd, uint32_t newfd_flags)
{
    struct sup_notif_addfd add = {
        .id = call->notif.id, .srcfd = (uint32_t)fd, .newfd_flags = newfd_flags};
    int number;
    do
        number = ioctl(call->sup->listener, SUP_IOCTL_ADDFD, &add);
    while (number < 0 && errno == EINTR);
    return number < 0 ? -errno : number;
}

static void answer_one(sup_call *call)
{
    call->row = call->notif.data.arch == NATIVE_ARCH ? sup_row_find(call->notif.data.nr) : NULL;
    call->root = -1;
    call->have_path[0] = call->have_path[1] = false;
    sup_answer answer = call->row ? sup_dispatch(call) : sup_blocked(call);
    if (call->root >= 0)
        close(call->root);
    if (answer != SUP_ANSWERED)
        sup_call_answer(call, answer);
}

enum sup_served sup_serve(sup_call *call, const bool *yielded)
{
    srt_supervisor *sup = call->sup;
    struct pollfd wait[2] = {{.fd = sup->listener, .events = POLLIN},
                             {.fd = sup->stop, .events = POLLIN}};
    while (!*yielded) {
        /* Receiving alone would sleep on for ever when the last caller ends, on older kernels. */
        if (poll(wait, 2, -1) < 0 && errno != EINTR)
            return SUP_SERVED_ALL;
        if (wait[1].revents || (wait[0].revents && !(wait[0].revents & POLLIN)))
            return SUP_SERVED_ALL;
        if (!wait[0].revents)
            continue;
        memset(&call->notif, 0, sizeof call->notif);
        if (ioctl(sup->listener, SUP_IOCTL_RECV, &call->notif) == 0)
            answer_one(call);
        else if (errno != EINTR && errno != ENOENT) /* it was killed or interrupted meanwhile */
            return SUP_SERVED_ALL;
    }
    return SUP_SERVED_ONE;
}
