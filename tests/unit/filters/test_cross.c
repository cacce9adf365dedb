/* SPDX-License-Identifier: Apache-2.0 */
/* Verifier, simulator, look-up and table as another machine's compiler makes
 * them, run by an emulator. The emulator runs programs, not their seccomp filters:
 * what a kernel of that machine does with the program is not tested here. */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/unit.h"

typedef struct machine {
    const char *arch, *compiler, *emulator;
} machine;

static const char *const sources[] = {
    "tests/unit/filters/expect_main.c",
    "tests/unit/filters/expect.c",
    "tests/unit/filters/expect_rows.c",
    "tests/unit/filters/expect_notify.c",
    "filters/rules/arch.c",
    "filters/rules/syscalls.c",
    "filters/rules/notify.c",
    "filters/rules/notify_rules.c",
    "filters/rules/assemble.c",
    "filters/simulate/simulate.c",
    "filters/simulate/names.c",
    "filters/load/native.c",
    "filters/load/find.c",
    "filters/load/verify.c",
    "filters/programs/x86_64.c",
    "filters/programs/i386.c",
    "filters/programs/aarch64.c",
    "filters/programs/arm.c",
    "filters/programs/riscv64.c",
    "filters/programs/ppc64le.c",
    "filters/programs/s390x.c",
};

#define N_SOURCES (sizeof sources / sizeof *sources)

/* The exit status; -1 when the program is not there. */
static int run(char *const argv[])
{
    extern char **environ;
    pid_t pid;
    int status = 0;
    if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) != 0)
        return -1;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static char *text(const char *a, const char *b, const char *c)
{
    char *result = NULL;
    if (asprintf(&result, "%s%s%s", a, b, c) < 0)
        abort();
    return result;
}

/* Compiles into a file of the build; returns the compiler's status. */
static int compile(const machine *m, const char *source_dir, char *program)
{
    char *argv[N_SOURCES + 16];
    size_t n = 0;
    argv[n++] = text(m->compiler, "", "");
    argv[n++] = text("-static", "", "");
    argv[n++] = text("-O1", "", "");
    argv[n++] = text("-std=gnu11", "", "");
    argv[n++] = text("-D_GNU_SOURCE", "", "");
    argv[n++] = text("-Wall", "", "");
    argv[n++] = text("-Werror", "", "");
    argv[n++] = text("-I", source_dir, "/filters");
    argv[n++] = text("-I", source_dir, "/filters/include");
    argv[n++] = text("-o", program, "");
    for (size_t i = 0; i < N_SOURCES; i++)
        argv[n++] = text(source_dir, "/", sources[i]);
    argv[n] = NULL;
    const int status = run(argv);
    while (n > 0)
        free(argv[--n]);
    return status;
}

static void try_machine(const machine *m)
{
    const char *source_dir = getenv("SRT_SOURCE_DIR"), *build_dir = getenv("SRT_BUILD_DIR");
    if (!source_dir || !build_dir) {
        srt_unit_skip("SRT_SOURCE_DIR and SRT_BUILD_DIR are not set");
        return;
    }
    char *program = text(build_dir, "/tests/bin/filters-", m->arch);
    int status = compile(m, source_dir, program);
    if (status == -1) {
        srt_unit_skip("%s is not installed", m->compiler);
    } else {
        CU_ASSERT_EQUAL(status, 0);
        char *argv[] = {text(m->emulator, "", ""), program, text(m->arch, "", ""), NULL};
        status = run(argv);
        if (status == -1)
            srt_unit_skip("%s is not installed", m->emulator);
        else
            CU_ASSERT_EQUAL(status, 0);
        free(argv[0]);
        free(argv[2]);
    }
    free(program);
}

static void aarch64_emulated(void)
{
    try_machine(&(machine){"aarch64", "aarch64-linux-gnu-gcc", "qemu-aarch64"});
}

static const srt_unit_case cases[] = {
    {"aarch64_emulated", aarch64_emulated},
};

SRT_UNIT_MAIN("filters.cross", cases)
