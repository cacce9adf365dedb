/* SPDX-License-Identifier: Apache-2.0 */
#include "expect_notify.h"

#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>

#include "simulate/simulate.h"

#define CONNECT SRT_NOTIFY_CONNECT
#define CREATE SRT_NOTIFY_CREATE
#define WRITE SRT_NOTIFY_WRITE
#define META SRT_NOTIFY_META_FD
#define READ SRT_NOTIFY_READ
#define NEVER 0
#define ANY (CREATE | WRITE | READ)
#define HIGH 0x500000000u
#define EMPTY 0x1000
#define NUMBERS 600

/* clang-format off */
#define ROW(call, sets, ...) {call, {__VA_ARGS__}, sets, 0}
#define NEW(call, number, sets, ...) {call, {__VA_ARGS__}, sets, number}

const notify_row notify_rows[] = {
    /* Not for a supervisor */
    ROW("read", NEVER, 0), ROW("write", NEVER, 1), ROW("getppid", NEVER, 0),
    ROW("futex", NEVER, 0), ROW("socket", NEVER, 1, 1), ROW("sendto", NEVER, 3, 0, 0, 0, 1),
    ROW("sendmsg", NEVER, 3), ROW("socketcall", NEVER, 3), ROW("ioctl", NEVER, 0, 0x5412),
    ROW("getxattr", NEVER, 0), ROW("ftruncate", NEVER, 3, 0), ROW("clone3", NEVER, 0),
    ROW("seccomp", NEVER, 1), ROW("mount", NEVER, 0),

    ROW("connect", CONNECT, 3, 0, 0), ROW("bind", CONNECT, 3, 0, 0), ROW("listen", CONNECT, 3, 5),

    /* Opening: reading, writing, both, 3, creating, truncating, a file without a name */
    ROW("open", READ, 0, 0), ROW("open", READ, 0, 0x80000), ROW("open", READ, 0, HIGH),
    ROW("open", READ, 0, 0x210800), ROW("open", READ, 0x241, 0), ROW("open", READ, 0, 0, 0x241),
    ROW("open", WRITE | READ, 0, 1), ROW("open", WRITE | READ, 0, 2),
    ROW("open", WRITE | READ, 0, 3), ROW("open", WRITE | READ, 0, HIGH + 1),
    ROW("open", WRITE | READ, 0, 0x200), ROW("open", WRITE | READ, 0, 0x410002),
    ROW("open", WRITE | READ, 0, 0x400000), ROW("open", WRITE | READ, 0, 0x401),
    ROW("open", ANY, 0, 0x40), ROW("open", ANY, 0, 0x241), ROW("open", ANY, 0, HIGH + 0x40),
    ROW("open", ANY, 0, 0x800c1), ROW("open", ANY, 0, 0xffffffffffffffffu),
    ROW("openat", READ, 0, 0, 0), ROW("openat", READ, 0xffffff9c, 0, 0x80000),
    ROW("openat", READ, 0, 0, HIGH), ROW("openat", READ, 0, 0x241, 0, 0x241),
    ROW("openat", WRITE | READ, 0, 0, 1), ROW("openat", WRITE | READ, 0, 0, 2),
    ROW("openat", WRITE | READ, 0, 0, 3), ROW("openat", WRITE | READ, 0, 0, 0x200),
    ROW("openat", WRITE | READ, 0, 0, 0x400000), ROW("openat", WRITE | READ, 0, 0, HIGH + 2),
    ROW("openat", ANY, 0, 0, 0x40), ROW("openat", ANY, 0, 0, 0x80241),
    ROW("openat", ANY, 0, 0, HIGH + 0x40),
    ROW("openat2", ANY, 0, 0, 0, 24), ROW("creat", ANY, 0, 0644),
    NEW("openat2", 437, ANY, 0), ROW("execve", READ, 0), ROW("execveat", READ, 0),

    ROW("mkdir", CREATE, 0), ROW("mkdirat", CREATE, 0), ROW("mknod", CREATE, 0),
    ROW("mknodat", CREATE, 0), ROW("rename", CREATE, 0), ROW("renameat", CREATE, 0),
    ROW("renameat2", CREATE, 0), ROW("link", CREATE, 0), ROW("linkat", CREATE, 0),
    ROW("symlink", CREATE, 0), ROW("symlinkat", CREATE, 0),
    ROW("umask", SRT_NOTIFY_UMASK, 022),
    ROW("kill", SRT_NOTIFY_SIGNAL, 7, 15), ROW("kill", NEVER, 7, 0),
    ROW("rt_sigqueueinfo", SRT_NOTIFY_SIGNAL, 7, 1), ROW("rt_sigqueueinfo", NEVER, 7, 0, 1),

    ROW("truncate", WRITE, 0), ROW("truncate64", WRITE, 0), ROW("unlink", WRITE, 0),
    ROW("unlinkat", WRITE, 0), ROW("rmdir", WRITE, 0), ROW("chmod", WRITE, 0),
    ROW("fchmodat", WRITE, 0), ROW("chown", WRITE, 0), ROW("chown32", WRITE, 0),
    ROW("lchown", WRITE, 0), ROW("lchown32", WRITE, 0), ROW("utime", WRITE, 0),
    ROW("utimes", WRITE, 0), ROW("setxattr", WRITE, 0), ROW("lsetxattr", WRITE, 0),
    ROW("removexattr", WRITE, 0), ROW("lremovexattr", WRITE, 0),

    /* By path, or by descriptor with flags or without a path */
    ROW("fchownat", WRITE, 0, 1, 2, 3, 0x100), ROW("fchownat", WRITE | META, 0, 1, 2, 3, EMPTY),
    ROW("fchownat", WRITE, 0, 1, 2, EMPTY, 0), ROW("fchmodat2", WRITE, 0, 1, 2, 0x100),
    ROW("fchmodat2", WRITE | META, 0, 1, 2, EMPTY), NEW("fchmodat2", 452, WRITE, 0, 1, 2, 0),
    ROW("fchmodat2", WRITE | META, 0, 1, 2, HIGH + EMPTY),
    ROW("setxattrat", WRITE, 0, 1, 0), ROW("setxattrat", WRITE | META, 0, 1, EMPTY),
    NEW("setxattrat", 463, WRITE, 0), ROW("removexattrat", WRITE, 0, 1, 0x100),
    ROW("removexattrat", WRITE | META, 0, 1, EMPTY + 0x100), NEW("removexattrat", 466, WRITE, 0),
    ROW("file_setattr", WRITE, 0, 1, 2, 3, 0), ROW("file_setattr", WRITE | META, 0, 1, 2, 3, EMPTY),
    NEW("file_setattr", 469, WRITE, 0),
    ROW("futimesat", WRITE, 3, 1), ROW("futimesat", META, 3, 0),
    ROW("futimesat", WRITE, 0, 0x80000000u), ROW("futimesat", WRITE, 3, HIGH),
    ROW("utimensat", WRITE, 3, 1, 0, 0), ROW("utimensat", META, 3, 0, 0, 0),
    ROW("utimensat", WRITE, 3, HIGH, 0, 0), ROW("utimensat", WRITE | META, 3, 1, 0, EMPTY),
    ROW("utimensat", META, 3, 0, 0, EMPTY), ROW("utimensat", WRITE, 3, 0x7fff00000000u, 1, 0),
    ROW("utimensat_time64", WRITE, 3, 1, 0, 0), ROW("utimensat_time64", META, 3, 0, 0, 0),
    ROW("utimensat_time64", WRITE | META, 3, 1, 0, EMPTY),

    ROW("fchmod", META, 3, 0), ROW("fchown", META, 3, 0), ROW("fchown32", META, 3, 0),
    ROW("fsetxattr", META, 3, 0), ROW("fremovexattr", META, 3, 0),
};
/* clang-format on */

const unsigned notify_n_rows = sizeof notify_rows / sizeof *notify_rows;

typedef struct notify_run {
    enum srt_arch arch;
    uint32_t set, count;
    struct sock_filter code[SRT_NOTIFY_MAX];
    unsigned checks, wrong;
    const bool *named; /* NUMBERS of them: a row names the number */
} notify_run;

static void expect_answer(notify_run *run, const struct seccomp_data *call, const char *what,
                          uint32_t expected)
{
    uint32_t answer = 0;
    const char *why = NULL;
    char buffer[16];
    const int r = srt_simulate(run->code, run->count, srt_arches[run->arch].big_endian, call,
                               &answer, NULL, &why);
    run->checks++;
    if (r == 0 && answer == expected)
        return;
    if (run->wrong++ < 20)
        fprintf(stderr, "%s set 0x%x: %s(0x%llx, 0x%llx, 0x%llx): %s\n", srt_arches[run->arch].name,
                run->set, what, (unsigned long long)call->args[0],
                (unsigned long long)call->args[1], (unsigned long long)call->args[2],
                r == 0 ? srt_answer_name(answer, buffer) : why);
}

static void check_row(notify_run *run, const notify_row *row)
{
    int number = srt_syscall_number(run->arch, row->call);
    if (number == -2) {
        fprintf(stderr, "%s is not in the table of numbers\n", row->call);
        run->wrong++;
    }
    if (row->number != 0)
        number = row->number;
    if (number < 0)
        return;
    struct seccomp_data call = {.nr = number, .arch = srt_arches[run->arch].audit};
    memcpy(call.args, row->args, sizeof row->args);
    const bool notified = (row->sets & run->set) != 0;
    expect_answer(run, &call, row->call, notified ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ALLOW);
}

static void find_named(enum srt_arch arch, bool named[NUMBERS])
{
    memset(named, 0, NUMBERS * sizeof *named);
    for (unsigned i = 0; i < notify_n_rows; i++) {
        const int number = srt_syscall_number(arch, notify_rows[i].call);
        if (number >= 0 && number < NUMBERS)
            named[number] = true;
    }
}

static void check_others(notify_run *run)
{
    struct seccomp_data call = {.arch = srt_arches[run->arch].audit,
                                .args = {0x241, 0x241, 0x241, 0x1000, 0x1000, 0}};
    for (int number = -1; number < NUMBERS; number++) {
        call.nr = number;
        if (number < 0 || !run->named[number])
            expect_answer(run, &call, "unnamed", SECCOMP_RET_ALLOW);
        call.nr = (int)(0x40000000u | (uint32_t)number);
        expect_answer(run, &call, "x32", SECCOMP_RET_ALLOW);
    }
    for (int other = 0; other < SRT_ARCHES; other++)
        for (int number = 0; number < NUMBERS && other != (int)run->arch; number++) {
            call.arch = srt_arches[other].audit;
            call.nr = number;
            if (run->named[number])
                expect_answer(run, &call, "foreign", SECCOMP_RET_ALLOW);
        }
}

unsigned notify_check(unsigned *ret_checks)
{
    static notify_run run;
    bool named[NUMBERS];
    unsigned wrong = 0;
    *ret_checks = 0;
    for (int arch = 0; arch < SRT_ARCHES; arch++) {
        find_named((enum srt_arch)arch, named);
        for (uint32_t set = 1; set <= SRT_NOTIFY_ALL; set++) {
            const char *why = "it is not made";
            run = (notify_run){.arch = (enum srt_arch)arch, .set = set, .named = named};
            run.count = srt_notify_program(srt_arches[arch].name, set, run.code);
            if (run.count == 0 || srt_filter_verify(run.code, run.count, &why) != 0) {
                fprintf(stderr, "%s set 0x%x: %s\n", srt_arches[arch].name, set, why);
                wrong++;
                continue;
            }
            for (unsigned i = 0; i < notify_n_rows; i++)
                check_row(&run, &notify_rows[i]);
            check_others(&run);
            wrong += run.wrong;
            *ret_checks += run.checks;
        }
    }
    return wrong;
}
