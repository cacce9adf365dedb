/* SPDX-License-Identifier: Apache-2.0 */
/* srt-bpfsim: what a checked-in program says to a call, and its listing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rules/rules.h"
#include "simulate.h"

static int usage(void)
{
    fputs("usage: srt-bpfsim list ARCH VARIANT [raw]\n"
          "       srt-bpfsim rules ARCH\n"
          "       srt-bpfsim notify ARCH SET\n"
          "       srt-bpfsim run ARCH VARIANT SYSCALL|NUMBER [ARGUMENT...]\n"
          "VARIANT is a sum: 1 unix sockets, 2 namespaces, 4 supervised unix sockets, 8 shared "
          "network.\n"
          "SET is a sum of SRT_NOTIFY_*\n",
          stderr);
    return 2;
}

static bool parse(const char *text, uint64_t *ret)
{
    char *end;
    errno = 0;
    *ret = strtoull(text, &end, 0);
    return errno == 0 && *text != '\0' && *end == '\0';
}

static int run(enum srt_arch arch, const srt_filter_program *program, int n, char **words)
{
    struct seccomp_data call = {.arch = srt_arches[arch].audit};
    uint64_t value;
    uint32_t answer, steps;
    const char *why;
    char buffer[16];
    if (n < 1 || n > 7)
        return usage();
    call.nr = srt_syscall_number(arch, words[0]);
    if (call.nr < 0) {
        if (!parse(words[0], &value) || value > UINT32_MAX) {
            fprintf(stderr, "srt-bpfsim: %s has no call %s in the table\n", srt_arches[arch].name,
                    words[0]);
            return 1;
        }
        call.nr = (int)(uint32_t)value;
    }
    for (int i = 1; i < n; i++) {
        if (!parse(words[i], &value))
            return usage();
        call.args[i - 1] = value;
    }
    if (srt_simulate(program->code, program->count, srt_arches[arch].big_endian, &call, &answer,
                     &steps, &why) != 0) {
        fprintf(stderr, "srt-bpfsim: %s\n", why);
        return 1;
    }
    printf("%s (%u steps)\n", srt_answer_name(answer, buffer), steps);
    return 0;
}

static int list_notify(enum srt_arch arch, uint32_t set)
{
    struct sock_filter code[SRT_NOTIFY_MAX];
    const uint32_t count = srt_notify_program(srt_arches[arch].name, set, code);
    if (count == 0)
        return usage();
    srt_list_program(stdout, arch, code, count, false);
    return 0;
}

int main(int argc, char **argv)
{
    uint64_t variant = 0;
    const int arch = argc >= 3 ? srt_arch_find(argv[2]) : -1;
    if (arch < 0)
        return usage();
    if (argc == 3 && strcmp(argv[1], "rules") == 0) {
        srt_list_rules(stdout, (enum srt_arch)arch);
        return 0;
    }
    if (argc == 4 && strcmp(argv[1], "notify") == 0 && parse(argv[3], &variant))
        return list_notify((enum srt_arch)arch, (uint32_t)variant);
    if (argc < 4 || !parse(argv[3], &variant) || variant >= SRT_FILTER_VARIANTS)
        return usage();
    const srt_filter_program *program = srt_filter_find(argv[2], (uint32_t)variant);
    if (!program)
        return usage();
    if (strcmp(argv[1], "list") == 0) {
        srt_list_program(stdout, (enum srt_arch)arch, program->code, program->count, argc > 4);
        return 0;
    }
    if (strcmp(argv[1], "run") == 0)
        return run((enum srt_arch)arch, program, argc - 4, argv + 4);
    return usage();
}
