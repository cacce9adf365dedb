/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate.h"

#include <stddef.h>

/* The 32-bit word at an offset of the call's data as the other machine lays it out. */
static bool load_word(const struct seccomp_data *call, bool big_endian, uint32_t offset,
                      uint32_t *ret)
{
    if (offset % 4 != 0 || offset > sizeof *call - 4)
        return false;
    if (offset == offsetof(struct seccomp_data, nr)) {
        *ret = (uint32_t)call->nr;
        return true;
    }
    if (offset == offsetof(struct seccomp_data, arch)) {
        *ret = call->arch;
        return true;
    }
    const uint32_t quad = (offset - offsetof(struct seccomp_data, instruction_pointer)) / 8;
    const uint64_t value = quad == 0 ? call->instruction_pointer : call->args[quad - 1];
    const bool second = offset % 8 != 0;
    *ret = second == big_endian ? (uint32_t)value : (uint32_t)(value >> 32);
    return true;
}

static bool compare(uint16_t code, uint32_t a, uint32_t k)
{
    switch (BPF_OP(code)) {
    case BPF_JEQ:
        return a == k;
    case BPF_JGT:
        return a > k;
    case BPF_JGE:
        return a >= k;
    default: /* BPF_JSET */
        return (a & k) != 0;
    }
}

static int fail(const char **ret_why, const char *why)
{
    if (ret_why)
        *ret_why = why;
    return -1;
}

int srt_simulate(const struct sock_filter *code, uint32_t count, bool big_endian,
                 const struct seccomp_data *call, uint32_t *ret_answer, uint32_t *ret_steps,
                 const char **ret_why)
{
    uint32_t a = 0, steps = 0;
    uint64_t at = 0;
    while (at < count) {
        const struct sock_filter *f = &code[at];
        if (++steps > count)
            return fail(ret_why, "it takes more steps than it has instructions");
        at++;
        switch (f->code) {
        case BPF_LD | BPF_W | BPF_ABS:
            if (!load_word(call, big_endian, f->k, &a))
                return fail(ret_why, "it reads outside the call's data");
            break;
        case BPF_ALU | BPF_AND | BPF_K:
            a &= f->k;
            break;
        case BPF_JMP | BPF_JA:
            at += f->k;
            break;
        case BPF_JMP | BPF_JEQ | BPF_K:
        case BPF_JMP | BPF_JGT | BPF_K:
        case BPF_JMP | BPF_JGE | BPF_K:
        case BPF_JMP | BPF_JSET | BPF_K:
            at += compare(f->code, a, f->k) ? f->jt : f->jf;
            break;
        case BPF_RET | BPF_K:
            *ret_answer = f->k;
            if (ret_steps)
                *ret_steps = steps;
            return 0;
        default:
            return fail(ret_why, "it holds an instruction that is not known");
        }
    }
    return fail(ret_why, "it runs past its end");
}
