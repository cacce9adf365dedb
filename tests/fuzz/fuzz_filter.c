/* SPDX-License-Identifier: Apache-2.0 */
/* A program that the verifier accepts always comes to an answer: no read outside,
 * no jump away, no endless run, and "allow" for another architecture from a notify filter
 * only.
 *
 * Input: 8 bytes instructions, in this machine's byte order, as in a corpus file
 * of a real program. The same bytes are then bent into instructions that are
 * known, so that many pass and what comes after the verifier is reached. */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "simulate/simulate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST 4200

/* A program that notifies does nothing else; any other has the answers of the base. */
static void check_answer(uint32_t answer, bool notifies)
{
    const uint32_t action = answer & SECCOMP_RET_ACTION_FULL;
    if (notifies && answer != SECCOMP_RET_ALLOW && answer != SECCOMP_RET_USER_NOTIF)
        abort();
    if (!notifies && answer != SECCOMP_RET_ALLOW && answer != SECCOMP_RET_KILL_PROCESS &&
        action != SECCOMP_RET_ERRNO)
        abort();
}

static bool has_notify(const struct sock_filter *code, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (code[i].code == (BPF_RET | BPF_K) && code[i].k == SECCOMP_RET_USER_NOTIF)
            return true;
    return false;
}

static void run_accepted(const struct sock_filter *code, uint32_t count)
{
    const bool notifies = has_notify(code, count);
    /* Words of the program as arguments: the tests compare with such. */
    for (uint32_t i = 0; i < count && i < 64; i++) {
        struct seccomp_data call = {.nr = (int)code[i].k, .arch = code[1].k};
        for (unsigned a = 0; a < 6; a++)
            call.args[a] = (uint64_t)code[(i + a) % count].k * (i % 2 ? 1 : 0x100000001u);
        for (int foreign = 0; foreign < 2; foreign++) {
            uint32_t answer = 0, steps = 0;
            call.arch += (uint32_t)foreign;
            if (srt_simulate(code, count, i % 3 == 0, &call, &answer, &steps, NULL) != 0 ||
                steps == 0 || steps > count)
                abort();
            check_answer(answer, notifies);
            if (foreign && (answer == SECCOMP_RET_ALLOW) != notifies)
                abort();
        }
    }
}

static void judge(const struct sock_filter *code, uint32_t count)
{
    const char *why = NULL;
    const int r = srt_filter_verify(code, count, &why);
    if ((r == 0) != (why == NULL))
        abort();
    if (r == 0)
        run_accepted(code, count);
    /* Whatever it is, the simulator ends and reads nothing outside. */
    const struct seccomp_data call = {.nr = 1, .arch = 2};
    uint32_t answer;
    srt_simulate(code, count, false, &call, &answer, NULL, NULL);
}

static void bend(struct sock_filter *code, uint32_t count)
{
    static const uint16_t known[] = {
        BPF_LD | BPF_W | BPF_ABS,  BPF_ALU | BPF_AND | BPF_K,  BPF_JMP | BPF_JA,
        BPF_JMP | BPF_JEQ | BPF_K, BPF_JMP | BPF_JGT | BPF_K,  BPF_JMP | BPF_JGE | BPF_K,
        BPF_RET | BPF_K,           BPF_JMP | BPF_JSET | BPF_K,
    };
    static const uint32_t answers[] = {SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO | 1,
                                       SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_USER_NOTIF};
    /* One program in two may notify; it must not refuse then. */
    const bool notify = count % 2 == 0;
    for (uint32_t i = 0; i < count; i++) {
        code[i].code = known[code[i].code % 8];
        if (i + 1 == count)
            code[i].code = BPF_RET | BPF_K;
        if (code[i].code == (BPF_RET | BPF_K))
            code[i].k = notify ? answers[code[i].k % 2 * 3] : answers[code[i].k % 3];
        else if (code[i].code == (BPF_LD | BPF_W | BPF_ABS))
            code[i].k %= 68;
        else if (code[i].code == (BPF_JMP | BPF_JA))
            code[i].k %= count - i;
    }
    code[0] = (struct sock_filter){BPF_LD | BPF_W | BPF_ABS, 0, 0, 4};
    code[1].code = BPF_JMP | BPF_JEQ | BPF_K;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint32_t count = (uint32_t)(size / sizeof(struct sock_filter));
    if (count == 0 || count > MOST)
        return 0;
    struct sock_filter *code = malloc(count * sizeof *code);
    if (!code)
        return 0;
    memcpy(code, data, count * sizeof *code);
    judge(code, count);
    if (count >= 3) {
        bend(code, count);
        judge(code, count);
    }
    free(code);
    return 0;
}
