/* SPDX-License-Identifier: Apache-2.0 */
/* The entry point, and what compilers call by themselves. */
#include <string.h>

#include "launch.h"

#if defined(__x86_64__)
__asm__(".section .text.start,\"ax\",@progbits\n"
        ".globl _start\n"
        "_start:\n"
        "    xorl %ebp, %ebp\n"
        "    movq %rsp, %rdi\n"
        "    andq $-16, %rsp\n"
        "    call native_start\n"
        "    hlt\n"
        ".text\n");
#elif defined(__aarch64__)
__asm__(".section .text.start,\"ax\",%progbits\n"
        ".globl _start\n"
        "_start:\n"
        "    mov x29, #0\n"
        "    mov x0, sp\n"
        "    and sp, x0, #-16\n"
        "    bl native_start\n"
        "    brk #0\n"
        ".text\n");
#endif

/* The kernel puts the count of the arguments on the stack, then the arguments. */
__attribute__((noreturn, used)) void native_start(const uintptr_t *stack);
void native_start(const uintptr_t *stack)
{
    launch_exit(launch_main((int)stack[0], (const char *const *)(const void *)(stack + 1)));
}

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ((char *)to)[i] = ((const char *)from)[i];
    return to;
}

void *memset(void *to, int c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ((char *)to)[i] = (char)c;
    return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const unsigned char *x = a, *y = b;
    for (size_t i = 0; i < n; i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

void *memchr(const void *at, int c, size_t n)
{
    const unsigned char *p = at;
    for (size_t i = 0; i < n; i++)
        if (p[i] == (unsigned char)c)
            return (void *)(uintptr_t)(p + i);
    return NULL;
}

size_t strlen(const char *s)
{
    size_t n = 0;
    while (s[n])
        n++;
    return n;
}
