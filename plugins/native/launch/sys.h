/* SPDX-License-Identifier: Apache-2.0 */
/* System calls for the launcher, which has no C library on the machines named here: its start-up
 * would cost more than what the launcher does. Results are values or negative errno values. */
#ifndef NATIVE_SYS_H
#define NATIVE_SYS_H

#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>

#ifdef NATIVE_HOSTED
#include <unistd.h>
static inline long sys(long nr, long a, long b, long c, long d, long e, long f)
{
    const long r = syscall(nr, a, b, c, d, e, f);
    return r < 0 ? -errno : r;
}
#elif defined(__x86_64__) && !defined(__ILP32__)
static inline long sys(long nr, long a, long b, long c, long d, long e, long f)
{
    long r;
    register long fourth __asm__("r10") = d;
    register long fifth __asm__("r8") = e;
    register long sixth __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(r)
                     : "0"(nr), "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth), "r"(sixth)
                     : "rcx", "r11", "memory");
    return r;
}
#elif defined(__aarch64__) && !defined(__ILP32__)
static inline long sys(long nr, long a, long b, long c, long d, long e, long f)
{
    register long number __asm__("x8") = nr;
    register long first __asm__("x0") = a;
    register long second __asm__("x1") = b;
    register long third __asm__("x2") = c;
    register long fourth __asm__("x3") = d;
    register long fifth __asm__("x4") = e;
    register long sixth __asm__("x5") = f;
    __asm__ volatile("svc 0"
                     : "+r"(first)
                     : "r"(number), "r"(second), "r"(third), "r"(fourth), "r"(fifth), "r"(sixth)
                     : "memory");
    return first;
}
#else
#error "build the launcher with NATIVE_HOSTED on this machine"
#endif

#define WORD(v) ((long)(intptr_t)(v))
#define SYS6(nr, a, b, c, d, e, f) sys((nr), WORD(a), WORD(b), WORD(c), WORD(d), WORD(e), WORD(f))
#define SYS5(nr, a, b, c, d, e) SYS6(nr, a, b, c, d, e, 0)
#define SYS4(nr, a, b, c, d) SYS5(nr, a, b, c, d, 0)
#define SYS3(nr, a, b, c) SYS4(nr, a, b, c, 0)
#define SYS2(nr, a, b) SYS3(nr, a, b, 0)
#define SYS1(nr, a) SYS2(nr, a, 0)
#define SYS0(nr) SYS1(nr, 0)

/* Newer than the headers of some systems that we build on; the same numbers everywhere. */
#define NR_open_tree 428
#define NR_move_mount 429
#define NR_fsopen 430
#define NR_fsconfig 431
#define NR_fsmount 432
#define NR_close_range 436
#define NR_openat2 437
#define NR_mount_setattr 442

#endif
