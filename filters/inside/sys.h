/* SPDX-License-Identifier: Apache-2.0 */
/* System calls without a C library: results are values or negative errno
 * values. The helper is started up to twice for every command, and start-up of
 * a static libc costs several times what the helper itself does; it also need
 * not be installed. Machines without an entry here use the libc (SRT_HOSTED),
 * as do the unit tests. */
#ifndef SRT_INSIDE_SYS_H
#define SRT_INSIDE_SYS_H

#if defined(__APPLE__) || defined(SRT_INSIDE_LIBC)
#include "sys_libc.h"
#else

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

#ifdef SRT_HOSTED

#include <unistd.h>

static inline long sys_call(long nr, long a, long b, long c, long d, long e, long f)
{
    long r = syscall(nr, a, b, c, d, e, f);
    return r < 0 ? -errno : r;
}

#elif defined(__x86_64__) && !defined(__ILP32__)

static inline long sys_call(long nr, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long ret;
    __asm__ volatile("syscall"
                     : "=a"(ret)
                     : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return ret;
}

#elif defined(__aarch64__) && !defined(__ILP32__)

static inline long sys_call(long nr, long a, long b, long c, long d, long e, long f)
{
    register long x8 __asm__("x8") = nr;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory");
    return x0;
}

#else
#error "build the helper with SRT_HOSTED on this machine"
#endif

#define SYS_ARG(v) ((long)(intptr_t)(v))
#define sys0(nr) sys_call((nr), 0, 0, 0, 0, 0, 0)
#define sys1(nr, a) sys_call((nr), SYS_ARG(a), 0, 0, 0, 0, 0)
#define sys2(nr, a, b) sys_call((nr), SYS_ARG(a), SYS_ARG(b), 0, 0, 0, 0)
#define sys3(nr, a, b, c) sys_call((nr), SYS_ARG(a), SYS_ARG(b), SYS_ARG(c), 0, 0, 0)
#define sys4(nr, a, b, c, d) sys_call((nr), SYS_ARG(a), SYS_ARG(b), SYS_ARG(c), SYS_ARG(d), 0, 0)
#define sys5(nr, a, b, c, d, e)                                                                    \
    sys_call((nr), SYS_ARG(a), SYS_ARG(b), SYS_ARG(c), SYS_ARG(d), SYS_ARG(e), 0)
#define sys6(nr, a, b, c, d, e, f)                                                                 \
    sys_call((nr), SYS_ARG(a), SYS_ARG(b), SYS_ARG(c), SYS_ARG(d), SYS_ARG(e), SYS_ARG(f))

/* Newer than the headers of some systems that we build on. */
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

#endif /* a C library for system calls */

#endif
