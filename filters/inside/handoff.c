/* SPDX-License-Identifier: Apache-2.0 */
/* Packets to the host; see <srt/launch.h>. */
#include <poll.h>
#include <srt/launch.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "inside.h"
#include "sys.h"

static int send_packet(int handoff, const void *bytes, size_t length, int fd)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec part = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd >= 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = &control;
        message.msg_controllen = sizeof control.room;
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
    }
    long r;
    do
        r = sys3(SYS_sendmsg, handoff, &message, MSG_NOSIGNAL);
    while (r == -EINTR);
    return r < 0 ? (int)r : 0;
}

int handoff_listener(int handoff, uint8_t role, int fd)
{
    const unsigned char packet[2] = {SRT_HANDOFF_LISTENER, role};
    return send_packet(handoff, packet, sizeof packet, fd);
}

int handoff_command(int handoff, int pidfd)
{
    const unsigned char packet[1] = {SRT_HANDOFF_COMMAND};
    return send_packet(handoff, packet, sizeof packet, pidfd);
}

int handoff_notify(int channel, int listener)
{
    const unsigned char packet[1] = {SRT_CHANNEL_LISTENER};
    return send_packet(channel, packet, sizeof packet, listener);
}

int handoff_masks(int channel, int device)
{
    const unsigned char packet[1] = {SRT_CHANNEL_MASKS};
    return send_packet(channel, packet, sizeof packet, device);
}

void fail_with(int handoff, int status, const inside_text *text)
{
    unsigned char packet[SRT_HANDOFF_MAX] = {SRT_HANDOFF_FAILED, (unsigned char)status};
    size_t length = text->length > 1000 ? 1000 : text->length;
    memcpy(packet + 2, text->bytes, length);
    send_packet(handoff, packet, 2 + length, -1);
    inside_exit(status);
}

void fail_errno(int handoff, const char *what, long negative_errno)
{
    inside_text text = {.length = 0};
    text_add(&text, "cannot ");
    text_add(&text, what);
    text_add_errno(&text, (int)-negative_errno);
    fail_with(handoff, INSIDE_FAILED, &text);
}

bool handoff_is_dead(int handoff)
{
    struct pollfd p = {.fd = handoff, .events = 0};
    struct {
        int64_t seconds, nanoseconds;
    } none = {0, 0};
    long r = sys5(SYS_ppoll, &p, 1, &none, NULL, 8);
    return r < 0 || (p.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}
