/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of connect.c as those of a C library, where system calls have no stable
 * numbers: macOS. */
#ifndef SRT_INSIDE_SYS_LIBC_H
#define SRT_INSIDE_SYS_LIBC_H

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Missing there; connector.c ignores SIGPIPE, and starts nothing that could inherit. */
#ifndef SOCK_CLOEXEC
#define SOCK_CLOEXEC 0
#endif
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

static inline long sys_result(long r)
{
    return r < 0 ? -errno : r;
}

#define LIBC_SYS_close close
#define LIBC_SYS_connect connect
#define LIBC_SYS_ppoll(p, n, time, mask, size) poll(p, n, -1)
#define LIBC_SYS_read read
#define LIBC_SYS_sendto sendto
#define LIBC_SYS_shutdown shutdown
#define LIBC_SYS_socket socket
#define LIBC_SYS_write write

#define sys1(nr, a) sys_result(LIBC_##nr(a))
#define sys2(nr, a, b) sys_result(LIBC_##nr(a, b))
#define sys3(nr, a, b, c) sys_result(LIBC_##nr(a, b, c))
#define sys5(nr, a, b, c, d, e) sys_result(LIBC_##nr(a, b, c, d, e))
#define sys6(nr, a, b, c, d, e, f) sys_result(LIBC_##nr(a, b, c, d, e, f))

#endif
