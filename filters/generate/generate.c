/* SPDX-License-Identifier: Apache-2.0 */
#include "generate.h"

#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cubes.h"
#include "shrink.h"

static const uint32_t tokens[SRT_ARCHES] = {
    [SRT_ARCH_X86_64] = SCMP_ARCH_X86_64,   [SRT_ARCH_I386] = SCMP_ARCH_X86,
    [SRT_ARCH_AARCH64] = SCMP_ARCH_AARCH64, [SRT_ARCH_ARM] = SCMP_ARCH_ARM,
    [SRT_ARCH_RISCV64] = SCMP_ARCH_RISCV64, [SRT_ARCH_PPC64LE] = SCMP_ARCH_PPC64LE,
    [SRT_ARCH_S390X] = SCMP_ARCH_S390X,
};

const char *srt_generator_version(void)
{
    static char text[64];
    const struct scmp_version *v = seccomp_version();
    snprintf(text, sizeof text, "libseccomp %u.%u.%u", v->major, v->minor, v->micro);
    return text;
}

/* One libseccomp rule for each combination of the cubes of both tests. Not the
 * exact form of the call: that one is refused for socket and socketpair where
 * socketcall exists too. For these libseccomp adds a rule on socketcall, which
 * goes under in ours, that refuses all of it. */
static int add_rule(scmp_filter_ctx ctx, const srt_rule *rule, int number)
{
    srt_cube cubes[SRT_RULE_TESTS][SRT_CUBES];
    int n[SRT_RULE_TESTS];
    unsigned tests = 0;
    const uint32_t action = SCMP_ACT_ERRNO((uint32_t)rule->error);
    while (tests < SRT_RULE_TESTS && rule->tests[tests].kind != SRT_TEST_END) {
        n[tests] = srt_cubes(&rule->tests[tests], cubes[tests]);
        if (n[tests] < 0)
            return -E2BIG;
        tests++;
    }
    if (tests == 0)
        return seccomp_rule_add(ctx, action, number, 0);
    for (int i = 0; i < n[0]; i++)
        for (int j = 0; j < (tests == 2 ? n[1] : 1); j++) {
            struct scmp_arg_cmp args[SRT_RULE_TESTS];
            for (unsigned t = 0; t < tests; t++) {
                const srt_cube *cube = &cubes[t][t == 0 ? i : j];
                args[t] = (struct scmp_arg_cmp){rule->tests[t].arg, SCMP_CMP_MASKED_EQ, cube->mask,
                                                cube->value};
            }
            int r = seccomp_rule_add_array(ctx, action, number, tests, args);
            if (r < 0)
                return r;
        }
    return 0;
}

static int fail(enum srt_arch arch, const char *what, int error)
{
    fprintf(stderr, "%s: cannot %s: %s\n", srt_arches[arch].name, what, strerror(-error));
    return -1;
}

/* libseccomp takes the number that the call has on the machine it runs on and
 * translates by name; it must come to the number in our table. Calls that it
 * does not know cannot be translated: a known call stands in, whose number has
 * the same place in the order, and put_numbers() puts the right one in. */
static const struct {
    const char *name, *stand_in;
} newer[] = {
    {"open_tree_attr", "futex_waitv"},
};

static const char *known_name(const char *name)
{
    if (seccomp_syscall_resolve_name(name) != __NR_SCMP_ERROR)
        return name;
    for (size_t i = 0; i < sizeof newer / sizeof *newer; i++)
        if (strcmp(newer[i].name, name) == 0)
            return newer[i].stand_in;
    return name;
}

static int resolve(enum srt_arch arch, const char *name, int number, int *ret)
{
    const char *known = known_name(name);
    const int theirs = seccomp_syscall_resolve_name_arch(tokens[arch], known);
    *ret = seccomp_syscall_resolve_name(known);
    if (*ret == __NR_SCMP_ERROR) {
        fprintf(stderr, "%s: libseccomp does not know %s\n", srt_arches[arch].name, known);
        return -1;
    }
    /* Below zero: behind socketcall for libseccomp, though there is a direct one. */
    if (known == name && theirs >= 0 && theirs != number) {
        fprintf(stderr, "%s: %s is %d here and %d in libseccomp\n", srt_arches[arch].name, name,
                number, theirs);
        return -1;
    }
    return 0;
}

static void put_numbers(enum srt_arch arch, struct sock_filter *code, uint32_t count)
{
    for (size_t n = 0; n < sizeof newer / sizeof *newer; n++) {
        if (known_name(newer[n].name) == newer[n].name)
            continue;
        const int from = seccomp_syscall_resolve_name_arch(tokens[arch], newer[n].stand_in);
        for (uint32_t i = 0; i < count; i++)
            if (BPF_CLASS(code[i].code) == BPF_JMP && BPF_OP(code[i].code) != BPF_JA &&
                code[i].k == (uint32_t)from)
                code[i].k = (uint32_t)srt_syscall_number(arch, newer[n].name);
    }
}

static int add_rules(scmp_filter_ctx ctx, enum srt_arch arch, uint32_t variant)
{
    for (size_t i = 0; i < srt_n_rules; i++) {
        const srt_rule *rule = &srt_rules[i];
        if (!srt_rule_applies(rule, arch, variant))
            continue;
        int number;
        if (resolve(arch, rule->syscall, srt_syscall_number(arch, rule->syscall), &number) != 0)
            return -1;
        int r = add_rule(ctx, rule, number);
        if (r < 0)
            return fail(arch, rule->syscall, r);
    }
    return 0;
}

/* libseccomp exports in the byte order of the target, but 2.5.4 forgets to turn
 * the returns that it repeats because a jump does not reach the first. Those are
 * known by making sense in one order only; the check afterwards sees the rest. */
static uint32_t host_order(const struct sock_filter *f)
{
    const uint32_t turned = __builtin_bswap32(f->k);
    const bool forgotten =
        f->code == (BPF_RET | BPF_K) &&
        (f->k == SECCOMP_RET_ALLOW || (f->k & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO);
    return forgotten ? f->k : turned;
}

/* Only to a descriptor, in this version. */
static int export(scmp_filter_ctx ctx, enum srt_arch arch, struct sock_filter *code,
                  uint32_t *ret_count)
{
    const bool swap = srt_arches[arch].big_endian != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
    int fd = memfd_create("filter", MFD_CLOEXEC);
    if (fd < 0)
        return fail(arch, "make a memory file", -errno);
    int r = seccomp_export_bpf(ctx, fd);
    ssize_t n = r < 0 ? -1 : pread(fd, code, SRT_GENERATE_MAX * sizeof *code, 0);
    close(fd);
    if (r < 0)
        return fail(arch, "export", r);
    if (n <= 0 || n % (ssize_t)sizeof *code != 0)
        return fail(arch, "read the export", -EIO);
    *ret_count = (uint32_t)((size_t)n / sizeof *code);
    for (uint32_t i = 0; swap && i < *ret_count; i++) {
        code[i].code = __builtin_bswap16(code[i].code);
        code[i].k = host_order(&code[i]);
    }
    return 0;
}

static int set_up(scmp_filter_ctx ctx, enum srt_arch arch)
{
    int r = 0;
    if (tokens[arch] != seccomp_arch_native()) {
        /* In this order: a filter cannot hold two byte orders. */
        r = seccomp_arch_remove(ctx, seccomp_arch_native());
        if (r == 0)
            r = seccomp_arch_add(ctx, tokens[arch]);
    }
    if (r == 0)
        r = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(SRT_FOREIGN_ERROR));
    if (r == 0) /* 2: a binary tree over the numbers */
        r = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    return r < 0 ? fail(arch, "set up the filter", r) : 0;
}

static int generate_one(enum srt_arch arch, uint32_t variant, srt_generated *ret)
{
    const char *why = "";
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
    if (!ctx)
        return fail(arch, "make a filter", -ENOMEM);
    int r = set_up(ctx, arch);
    if (r == 0)
        r = add_rules(ctx, arch, variant);
    if (r == 0)
        r = export(ctx, arch, ret->code[variant], &ret->count[variant]);
    seccomp_release(ctx);
    if (r == 0) {
        put_numbers(arch, ret->code[variant], ret->count[variant]);
        ret->count[variant] = srt_shrink(ret->code[variant], ret->count[variant]);
    }
    if (r == 0 && srt_filter_verify(ret->code[variant], ret->count[variant], &why) != 0) {
        fprintf(stderr, "%s: the program is not sound: %s\n", srt_arches[arch].name, why);
        return -1;
    }
    return r;
}

int srt_generate(enum srt_arch arch, srt_generated *ret)
{
    for (uint32_t variant = 0; variant < SRT_FILTER_VARIANTS; variant++)
        if (!srt_variant_exists(variant))
            ret->count[variant] = 0;
        else if (generate_one(arch, variant, ret) != 0)
            return -1;
    return 0;
}
