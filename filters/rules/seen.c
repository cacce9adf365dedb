/* SPDX-License-Identifier: Apache-2.0 */
/* Refusals of the base filter that a supervisor makes in its place, so that they are seen. Only
 * returns change, and nothing moves: what leads to a return leads to the same place. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>

#include "machine.h"
#include "rules.h"
#include "srt-filters/filter.h"

#define TEXT_OF(word) #word
#define NAME_OF(machine) TEXT_OF(machine)
#ifdef SRT_MACHINE
#define MACHINE NAME_OF(SRT_MACHINE)
#else
#define MACHINE ""
#endif

/* Not the errors of kernels that lack something (the C library asks for clone3 at every fork), nor
 * those by which copying and terminals are tried out, nor the success of what does nothing. */
static bool is_seen_error(uint32_t error)
{
    return error != 0 && error != ENOSYS && error != ENOTTY;
}

static bool is_return(const struct sock_filter *f)
{
    return f->code == (BPF_RET | BPF_K);
}

static bool is_seen(const struct sock_filter *f)
{
    return is_return(f) && (f->k & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO &&
           is_seen_error(f->k & SECCOMP_RET_DATA);
}

uint32_t srt_filter_unseen(const srt_filter_program *base, void *code)
{
    struct sock_filter *to = code;
    memcpy(to, base->code, base->count * sizeof *to);
    for (uint32_t i = 0; i < base->count; i++)
        if (is_seen(&to[i]))
            to[i].k = SECCOMP_RET_ALLOW;
    return base->count;
}

uint32_t srt_notify_seen(const srt_filter_program *base, const void *notify, uint32_t count,
                         void *code)
{
    struct sock_filter *to = code;
    memcpy(to, base->code, base->count * sizeof *to);
    if (count > 0)
        memcpy(to + base->count, notify, count * sizeof *to);
    for (uint32_t i = 0; i < base->count; i++) {
        if (is_seen(&to[i]))
            to[i].k = SECCOMP_RET_USER_NOTIF;
        else if (is_return(&to[i]) && to[i].k == SECCOMP_RET_ALLOW && count > 0)
            to[i] = (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, base->count - i - 1);
        else if (is_return(&to[i]))
            to[i].k = SECCOMP_RET_ALLOW; /* the base filter beside it refuses */
    }
    return base->count + count;
}

const char *srt_filter_refuses(uint32_t variant, const void *data, int *ret_error,
                               const char **ret_why)
{
    struct seccomp_data call;
    const int arch = srt_arch_find(MACHINE);
    memcpy(&call, data, sizeof call);
    if (arch < 0 || call.arch != srt_arches[arch].audit)
        return NULL;
    const char *name = srt_syscall_name((enum srt_arch)arch, (uint32_t)call.nr);
    for (size_t i = 0; name && i < srt_n_rules; i++)
        if (srt_rules[i].error != 0 && strcmp(srt_rules[i].syscall, name) == 0 &&
            srt_rule_matches(&srt_rules[i], (enum srt_arch)arch, variant, &call)) {
            *ret_error = srt_rules[i].error;
            *ret_why = srt_rules[i].reason;
            return srt_rules[i].syscall;
        }
    return NULL;
}
