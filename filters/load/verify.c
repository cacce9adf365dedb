/* SPDX-License-Identifier: Apache-2.0 */
/* Stricter than the kernel: only what the generator makes is let through. Jumps
 * are unsigned and relative, so they lead forward and every program ends. */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <string.h>

#include "srt-filters/filter.h"

#define MAX_COUNT 4096
#define MAX_ERRNO 4095

static bool is_jump(uint16_t code)
{
    switch (code) {
    case BPF_JMP | BPF_JEQ | BPF_K:
    case BPF_JMP | BPF_JGT | BPF_K:
    case BPF_JMP | BPF_JGE | BPF_K:
    case BPF_JMP | BPF_JSET | BPF_K:
        return true;
    default:
        return false;
    }
}

/* Allowed, refused with an error, or killed: nothing else. The error 0 is the
 * success of a call that does nothing; only the rules can tell whether it is meant. */
static bool is_base_answer(uint32_t k)
{
    if ((k & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO)
        return (k & SECCOMP_RET_DATA) <= MAX_ERRNO;
    return k == SECCOMP_RET_ALLOW || k == SECCOMP_RET_KILL_PROCESS;
}

/* The notify filter refuses nothing by itself. */
static bool is_notify_answer(uint32_t k)
{
    return k == SECCOMP_RET_ALLOW || k == SECCOMP_RET_USER_NOTIF;
}

/* A program that notifies is a notify filter, and nothing else. */
static bool notifies(const struct sock_filter *code, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (code[i].code == (BPF_RET | BPF_K) && code[i].k == SECCOMP_RET_USER_NOTIF)
            return true;
    return false;
}

static const char *instruction_problem(const struct sock_filter *f, uint32_t rest, bool notify)
{
    if (is_jump(f->code))
        return f->jt < rest && f->jf < rest ? NULL : "a jump leads out of it";
    switch (f->code) {
    case BPF_JMP | BPF_JA:
        return f->k < rest ? NULL : "a jump leads out of it";
    case BPF_LD | BPF_W | BPF_ABS:
        if (f->k % 4 != 0 || f->k > sizeof(struct seccomp_data) - 4)
            return "a load lies outside the call's data";
        return NULL;
    case BPF_ALU | BPF_AND | BPF_K:
        return NULL;
    case BPF_RET | BPF_K:
        return (notify ? is_notify_answer : is_base_answer)(f->k)
                   ? NULL
                   : "it returns an answer that this filter does not use";
    default:
        return "an instruction is not known";
    }
}

/* What a call of another architecture comes to: only jumps, then a return. The
 * base filter refuses it; beside it the notify filter has nothing to say. */
static const char *foreign_problem(const struct sock_filter *code, uint32_t count, bool notify)
{
    uint32_t at = 2 + (uint32_t)code[1].jf;
    while (at < count && code[at].code == (BPF_JMP | BPF_JA))
        at += 1 + code[at].k;
    const bool returns = at < count && code[at].code == (BPF_RET | BPF_K);
    if (notify)
        return returns && code[at].k == SECCOMP_RET_ALLOW
                   ? NULL
                   : "it does not leave other architectures alone";
    return returns && code[at].k != SECCOMP_RET_ALLOW ? NULL
                                                      : "it does not refuse other architectures";
}

static int refuse(const char **ret_why, const char *why)
{
    if (ret_why)
        *ret_why = why;
    return -1;
}

int srt_filter_verify(const void *bytes, uint32_t count, const char **ret_why)
{
    const struct sock_filter *code = bytes;
    if (!code || count < 3 || count > MAX_COUNT)
        return refuse(ret_why, "it is not 3 to 4096 instructions");
    const bool notify = notifies(code, count);
    for (uint32_t i = 0; i < count; i++) {
        const char *problem = instruction_problem(&code[i], count - i - 1, notify);
        if (problem)
            return refuse(ret_why, problem);
    }
    if (code[count - 1].code != (BPF_RET | BPF_K))
        return refuse(ret_why, "it does not end in a return");
    if (code[0].code != (BPF_LD | BPF_W | BPF_ABS) ||
        code[0].k != offsetof(struct seccomp_data, arch) ||
        code[1].code != (BPF_JMP | BPF_JEQ | BPF_K) || code[1].jt == code[1].jf)
        return refuse(ret_why, "its first test is not of the architecture");
    const char *problem = foreign_problem(code, count, notify);
    return problem ? refuse(ret_why, problem) : 0;
}
