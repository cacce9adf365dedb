/* SPDX-License-Identifier: Apache-2.0 */
/* Entry point of the helper without a C library, and the four functions that
 * compilers call by themselves. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "inside.h"
#include "sys.h"

#if defined(__x86_64__)
__asm__(".section .text.start,\"ax\",@progbits\n"
        ".globl _start\n"
        ".type _start,@function\n"
        "_start:\n"
        "    xor %ebp, %ebp\n"
        "    mov %rsp, %rdi\n"
        "    and $-16, %rsp\n"
        "    call srt_inside_start\n"
        "    hlt\n"
        ".text\n");
#elif defined(__aarch64__)
__asm__(".section .text.start,\"ax\",%progbits\n"
        ".globl _start\n"
        ".type _start,%function\n"
        "_start:\n"
        "    mov x29, #0\n"
        "    mov x30, #0\n"
        "    mov x0, sp\n"
        "    and sp, x0, #-16\n"
        "    bl srt_inside_start\n"
        "    brk #0\n"
        ".text\n");
#endif

/* The kernel's stack: argc, the arguments, NULL, the environment, NULL. */
__attribute__((noreturn, used)) void srt_inside_start(uintptr_t *stack);
void srt_inside_start(uintptr_t *stack)
{
    int argc = (int)stack[0];
    char **argv = (char **)(stack + 1);
    inside_exit(inside_main(argc, argv, (const char *const *)(argv + argc + 1)));
}

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
    unsigned char *d = to;
    const unsigned char *s = from;
    while (n--)
        *d++ = *s++;
    return to;
}

void *memmove(void *to, const void *from, size_t n)
{
    unsigned char *d = to;
    const unsigned char *s = from;
    if ((uintptr_t)d - (uintptr_t)s >= n)
        return memcpy(to, from, n);
    while (n--)
        d[n] = s[n];
    return to;
}

void *memset(void *to, int c, size_t n)
{
    unsigned char *d = to;
    while (n--)
        *d++ = (unsigned char)c;
    return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const unsigned char *p = a, *q = b;
    for (; n--; p++, q++)
        if (*p != *q)
            return *p < *q ? -1 : 1;
    return 0;
}

void *memchr(const void *at, int c, size_t n)
{
    const unsigned char *p = at;
    for (; n--; p++)
        if (*p == (unsigned char)c)
            return (void *)(uintptr_t)p;
    return NULL;
}

size_t strlen(const char *s)
{
    size_t n = 0;
    while (s[n])
        n++;
    return n;
}
