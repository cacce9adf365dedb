/* SPDX-License-Identifier: Apache-2.0 */
/* Refusals that are put to the supervisor: the two programs and its answer say together what the
 * base filter says alone. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probes.h"
#include "rules/rules.h"
#include "simulate/simulate.h"
#include "support/unit.h"

typedef struct pair {
    enum srt_arch arch;
    const srt_filter_program *base;
    struct sock_filter *unseen, *seen, notify[SRT_NOTIFY_MAX];
    uint32_t n_unseen, n_seen, n_notify;
    unsigned shown, quiet, wrong;
} pair;

static uint32_t answer_of(pair *p, const struct sock_filter *code, uint32_t count,
                          const struct seccomp_data *call)
{
    uint32_t answer = SECCOMP_RET_KILL_PROCESS;
    if (srt_simulate(code, count, srt_arches[p->arch].big_endian, call, &answer, NULL, NULL) != 0)
        p->wrong++;
    return answer;
}

/* What the kernel takes of two answers: the one that refuses more. */
static uint32_t stronger(uint32_t a, uint32_t b)
{
    return (int32_t)(a & SECCOMP_RET_ACTION_FULL) < (int32_t)(b & SECCOMP_RET_ACTION_FULL) ? a : b;
}

static void check(void *data, const struct seccomp_data *call)
{
    pair *p = data;
    const uint32_t alone = answer_of(p, p->base->code, p->base->count, call);
    const uint32_t notify = answer_of(p, p->notify, p->n_notify, call);
    const uint32_t both = stronger(answer_of(p, p->unseen, p->n_unseen, call),
                                   answer_of(p, p->seen, p->n_seen, call));
    const bool refused = alone != SECCOMP_RET_ALLOW;
    const uint32_t error = alone & SECCOMP_RET_DATA;
    if (refused && both == SECCOMP_RET_USER_NOTIF && error != 0 && error != ENOSYS)
        p->shown++;
    else if (refused && both == alone && (error == 0 || error == ENOSYS || error == ENOTTY))
        p->quiet++;
    else if (refused || both != notify)
        p->wrong++;
}

static void make(pair *p, enum srt_arch arch, uint32_t variant)
{
    memset(p, 0, sizeof *p);
    p->arch = arch;
    p->base = srt_filter_find(srt_arches[arch].name, variant);
    p->n_notify = srt_notify_program(srt_arches[arch].name, SRT_NOTIFY_ALL, p->notify);
    p->unseen = calloc(p->base->count, sizeof *p->unseen);
    p->seen = calloc(p->base->count + p->n_notify, sizeof *p->seen);
    p->n_unseen = srt_filter_unseen(p->base, p->unseen);
    p->n_seen = srt_notify_seen(p->base, p->notify, p->n_notify, p->seen);
}

/* The other machines differ from these by numbers. */
static bool in_full(enum srt_arch arch)
{
    return arch == SRT_ARCH_X86_64 || arch == SRT_ARCH_S390X;
}

#define LANDLOCKED (SRT_FILTER_SHARED_NET | SRT_FILTER_SUPERVISED_UNIX)

static void together_they_say_the_same(void)
{
    for (int arch = 0; arch < SRT_ARCHES; arch++)
        for (uint32_t variant = 0; variant < SRT_FILTER_VARIANTS; variant++) {
            static pair p;
            if (!srt_variant_exists(variant) ||
                (!in_full((enum srt_arch)arch) && variant != 0 && variant != LANDLOCKED))
                continue;
            make(&p, (enum srt_arch)arch, variant);
            CU_ASSERT_EQUAL(srt_filter_verify(p.unseen, p.n_unseen, NULL), 0);
            CU_ASSERT_EQUAL(srt_filter_verify(p.seen, p.n_seen, NULL), 0);
            probes_each((enum srt_arch)arch, check, &p);
            CU_ASSERT_EQUAL(p.wrong, 0);
            CU_ASSERT(p.shown > 100 && p.quiet > 10);
            free(p.unseen);
            free(p.seen);
        }
}

typedef struct native {
    uint32_t variant;
    unsigned refused, wrong;
} native;

static void ask(void *data, const struct seccomp_data *call)
{
    native *n = data;
    const srt_filter_program *base = srt_filter_native(n->variant);
    const int arch = srt_arch_find(base->arch);
    uint32_t answer = 0;
    int error = 0;
    const char *why = NULL;
    if (srt_simulate(base->code, base->count, srt_arches[arch].big_endian, call, &answer, NULL,
                     NULL) != 0)
        n->wrong++;
    const char *name = srt_filter_refuses(n->variant, call, &error, &why);
    if (call->arch != srt_arches[arch].audit || answer == (SECCOMP_RET_ERRNO | ENOSYS))
        return; /* of other machines, or one that is not put to the supervisor */
    const bool wanted = answer != SECCOMP_RET_ALLOW && answer != SECCOMP_RET_ERRNO;
    n->refused += wanted;
    if ((name != NULL) != wanted ||
        (wanted && (answer != (SECCOMP_RET_ERRNO | (uint32_t)error) || !why)))
        n->wrong++;
}

static void the_supervisor_gives_the_filters_error(void)
{
    const srt_filter_program *base = srt_filter_native(0);
    if (!base) {
        srt_unit_skip("there are no programs for this machine");
        return;
    }
    for (uint32_t variant = 0; variant < SRT_FILTER_VARIANTS; variant++) {
        native n = {.variant = variant};
        if (!srt_variant_exists(variant))
            continue;
        probes_each((enum srt_arch)srt_arch_find(base->arch), ask, &n);
        CU_ASSERT_EQUAL(n.wrong, 0);
        CU_ASSERT(n.refused > 100);
    }
}

static const srt_unit_case cases[] = {
    {"together_they_say_the_same", together_they_say_the_same},
    {"the_supervisor_gives_the_filters_error", the_supervisor_gives_the_filters_error},
};
SRT_UNIT_MAIN("filters.seen", cases)
