/* SPDX-License-Identifier: Apache-2.0 */
/* The helper as the last stage: what the command finds, and what is told when
 * there is no command. */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "inside_run.h"
#include "support/unit.h"

#define COMMAND SRT_PLAN_FLAG_COMMAND
#define PATH "PATH=/usr/local/bin:/usr/bin:/bin"

static char directory[] = "/tmp/srt-test-inside-XXXXXX";

static void run(Run *r, srt_plan_writer *w)
{
    run_start(r, w);
    run_finish(r);
    run_clear(r);
}

static void test_becomes_the_command(void)
{
    Run r;
    srt_plan_writer w = PLAN_FOR(COMMAND, "sh", "-c", "echo \"[$1][$A]\"; exit 9", "sh", "b  c");
    srt_plan_put_text(&w, SRT_PLAN_ENV, PATH);
    srt_plan_put_text(&w, SRT_PLAN_ENV, "A=x=y");
    run(&r, &w);
    SRT_ASSERT_STR(r.kinds, "C");
    SRT_ASSERT_STR(r.output, "[b  c][x=y]\n");
    CU_ASSERT_EQUAL(r.status, 9);
}

static void test_announces_itself(void)
{
    Run r;
    char path[64], line[256];
    int pid = -1;
    srt_plan_writer w = PLAN_FOR(COMMAND, "sleep", "100");
    srt_plan_put_text(&w, SRT_PLAN_ENV, PATH);
    run_start(&r, &w);
    run_receive(&r); /* the end of file says that it runs */
    CU_ASSERT_EQUAL_FATAL(r.n_fds, 1);
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", r.fds[0]);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "Pid: %d", &pid) == 1)
            break;
    if (f)
        fclose(f);
    CU_ASSERT_EQUAL(pid, r.pid);
    CU_ASSERT_EQUAL(syscall(SYS_pidfd_send_signal, r.fds[0], SIGTERM, NULL, 0), 0);
    run_finish(&r);
    CU_ASSERT_EQUAL(r.status, 143);
    run_clear(&r);
}

static void test_state_of_the_command(void)
{
    Run r;
    const uint64_t ignored = (uint64_t)1 << SIGHUP | (uint64_t)1 << SIGRTMIN;
    char expected[512];
    srt_plan_writer w = PLAN_FOR(COMMAND, "sh", "-c",
                                 "pwd; umask; grep -E 'Sig(Blk|Ign)|NoNewPrivs' /proc/self/status; "
                                 "ls /proc/self/fd | tr '\\n' ' '");
    srt_plan_put_text(&w, SRT_PLAN_ENV, PATH);
    srt_plan_put_text(&w, SRT_PLAN_CWD, "/usr/bin");
    srt_plan_put(&w, SRT_PLAN_IGNORE, &ignored, sizeof ignored);
    srt_plan_put_u32(&w, SRT_PLAN_UMASK, 027);
    /* What the tools in between may leave behind. */
    sigset_t blocked, before;
    sigfillset(&blocked);
    sigprocmask(SIG_SETMASK, &blocked, &before);
    signal(SIGTERM, SIG_IGN);
    int leak = fcntl(0, F_DUPFD, 700);
    run_start(&r, &w);
    close(leak);
    signal(SIGTERM, SIG_DFL);
    sigprocmask(SIG_SETMASK, &before, NULL);
    run_finish(&r);
    run_clear(&r);
    snprintf(
        expected, sizeof expected,
        "/usr/bin\n0027\nSigBlk:\t0000000000000000\nSigIgn:\t%016llx\nNoNewPrivs:\t1\n0 1 2 3 ",
        (unsigned long long)ignored >> 1);
    SRT_ASSERT_STR(r.output, expected);
}

/* Also where the number is that of the hand-off, or of the plan. */
static void test_null_descriptor(void)
{
    for (int number = 3; number < 24; number++) {
        Run r;
        char text[16];
        srt_plan_writer w = PLAN_FOR(COMMAND, "sh", "-c",
                                     "readlink /proc/self/fd/$N; "
                                     "sed -n 's/^flags:.*\\(.\\)$/\\1/p' /proc/self/fdinfo/$N; "
                                     "exec ls -v /proc/self/fd");
        snprintf(text, sizeof text, "N=%d", number);
        srt_plan_put_text(&w, SRT_PLAN_ENV, PATH);
        srt_plan_put_text(&w, SRT_PLAN_ENV, text);
        srt_plan_put_u32(&w, SRT_PLAN_NULL, (uint32_t)number);
        run(&r, &w);
        SRT_ASSERT_STR(r.kinds, "C");
        char expected[64];
        /* The one more is of ls itself, for the directory. */
        snprintf(expected, sizeof expected, "/dev/null\n0\n0\n1\n2\n3\n%d\n",
                 number == 3 ? 4 : number);
        SRT_ASSERT_STR(r.output, expected);
    }
}

/* 125..127 and the text for each way in which there is no command. */
static void expect_failure(srt_plan_writer *w, int status, const char *kinds, const char *text)
{
    Run r;
    run(&r, w);
    SRT_ASSERT_STR(r.kinds, kinds);
    SRT_ASSERT_STR(r.text, text);
    CU_ASSERT_EQUAL(r.told_status, status);
    CU_ASSERT_EQUAL(r.status, status);
    SRT_ASSERT_STR(r.output, "");
}

static void write_file(const char *name, const char *text, mode_t mode)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    fchmod(fd, mode);
    close(fd);
}

static void test_not_found_and_not_executable(void)
{
    static const struct {
        const char *word;
        int status;
        const char *text;
    } table[] = {
        {"nosuch", 127, "nosuch: command not found"},
        {"/nosuch/x", 127, "/nosuch/x: No such file or directory"},
        {"/etc/passwd", 126, "/etc/passwd: Permission denied"},
        {"/", 126, "/: Permission denied"},
        {"/etc/passwd/x", 126, "/etc/passwd/x: Not a directory"},
        {"plain", 126, "plain: Permission denied"},
    };
    char path[4096];
    write_file("plain", "text", 0644);
    snprintf(path, sizeof path, "PATH=/nosuch::%s", directory);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        srt_plan_writer w = PLAN_FOR(COMMAND, table[i].word);
        srt_plan_put_text(&w, SRT_PLAN_ENV, path);
        srt_plan_put_text(&w, SRT_PLAN_CWD, "/");
        expect_failure(&w, table[i].status, "CE", table[i].text);
    }
    snprintf(path, sizeof path, "%s/script", directory);
    write_file("script", "#!/nosuch/interpreter\n", 0755);
    srt_plan_writer w = PLAN_FOR(COMMAND, path);
    char text[4200];
    snprintf(text, sizeof text, "%s: it is there, but the interpreter that it names is not", path);
    expect_failure(&w, 126, "CE", text);
}

static void test_search(void)
{
    Run r;
    char path[4096];
    write_file("tool", "echo \"$0 $1\"\n", 0755); /* no "#!": for the shell */
    srt_plan_writer w = PLAN_FOR(COMMAND, "tool", "x");
    snprintf(path, sizeof path, "PATH=/nosuch:/etc/passwd:%s", directory);
    srt_plan_put_text(&w, SRT_PLAN_ENV, path);
    run(&r, &w);
    char expected[4200];
    snprintf(expected, sizeof expected, "%s/tool x\n", directory);
    SRT_ASSERT_STR(r.output, expected);
    /* An empty element is the working directory. */
    w = PLAN_FOR(COMMAND, "tool", "y");
    srt_plan_put_text(&w, SRT_PLAN_ENV, "PATH=/nosuch:");
    srt_plan_put_text(&w, SRT_PLAN_CWD, directory);
    run(&r, &w);
    SRT_ASSERT_STR(r.output, "tool y\n");
    /* Without PATH the usual places. */
    w = PLAN_FOR(COMMAND, "echo", "z");
    run(&r, &w);
    SRT_ASSERT_STR(r.output, "z\n");
}

static void test_working_directory_is_missing(void)
{
    srt_plan_writer w = PLAN_FOR(COMMAND, "/bin/echo", "ran");
    srt_plan_put_text(&w, SRT_PLAN_CWD, "/nosuch");
    expect_failure(&w, 125, "E",
                   "cannot enter the working directory /nosuch: No such file or directory");
}

static void test_filter_is_loaded(void)
{
    Run r;
    const struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mkdirat, 1, 0),
#ifdef SYS_mkdir
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mkdir, 0, 1),
#else
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mkdirat, 0, 1),
#endif
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOTUNIQ),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    srt_plan_writer w =
        PLAN_FOR(COMMAND, "sh", "-c", "grep -E '^Seccomp:' /proc/self/status; LC_ALL=C mkdir x");
    srt_plan_put_text(&w, SRT_PLAN_ENV, PATH);
    srt_plan_put_text(&w, SRT_PLAN_CWD, directory);
    srt_plan_put(&w, SRT_PLAN_FILTER, filter, sizeof filter);
    run(&r, &w);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.output, "Seccomp:\t2\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.output, "Name not unique on network"));
    CU_ASSERT_EQUAL(r.status, 1);
}

/* A filter that permits everything, to see who has one. */
static void put_open_filter(srt_plan_writer *w)
{
    const struct sock_filter filter[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    srt_plan_put(w, SRT_PLAN_FILTER, filter, sizeof filter);
}

static void test_init_stays_behind(void)
{
    Run r;
    char expected[128];
    srt_plan_writer w = PLAN_FOR(COMMAND | SRT_PLAN_FLAG_INIT, "sh", "-c",
                                 "echo $PPID; grep -c '^Seccomp:\t2' /proc/$PPID/status; "
                                 "stat -c %u /proc/$PPID/mem; ls /proc/self/fd | tr '\n' ' '; "
                                 "exit 9");
    srt_plan_put_text(&w, SRT_PLAN_ENV, PATH);
    put_open_filter(&w);
    run(&r, &w);
    /* What is not dumpable belongs to root. */
    snprintf(expected, sizeof expected, "%d\n1\n0\n0 1 2 3 ", (int)r.pid);
    SRT_ASSERT_STR(r.output, expected);
    SRT_ASSERT_STR(r.kinds, "C");
    CU_ASSERT_EQUAL(r.status, 9);
}

static void test_init_ends_with_the_command(void)
{
    Run r;
    srt_plan_writer w = PLAN_FOR(COMMAND | SRT_PLAN_FLAG_INIT, "sh", "-c",
                                 "(exit 3) & (sleep 100 >/dev/null 2>&1 &) ; kill -9 $$");
    srt_plan_put_text(&w, SRT_PLAN_ENV, PATH);
    run(&r, &w);
    CU_ASSERT_EQUAL(r.status, 128 + SIGKILL);
    w = PLAN_FOR(COMMAND | SRT_PLAN_FLAG_INIT, "/nosuch");
    expect_failure(&w, 127, "CE", "/nosuch: No such file or directory");
}

static void test_filter_that_the_kernel_refuses(void)
{
    const struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 2), /* not aligned */
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    srt_plan_writer w = PLAN_FOR(COMMAND, "/bin/echo", "ran");
    srt_plan_put(&w, SRT_PLAN_FILTER, filter, sizeof filter);
    expect_failure(&w, 125, "E", "cannot load the system call filter: Invalid argument");
}

static void test_plans_that_are_refused(void)
{
    srt_plan_writer w = {NULL, 0, 0, 0};
    srt_plan_put_u32(&w, SRT_PLAN_FLAGS, COMMAND);
    expect_failure(&w, 125, "E",
                   "the plan for the sandbox is not usable: it names nothing to execute");
    w = PLAN_FOR(COMMAND | 0x80000000, "/bin/echo", "ran");
    expect_failure(&w, 125, "E", "the plan for the sandbox is not usable: it has unknown flags");
    w = PLAN_FOR(COMMAND, "/bin/echo", "ran");
    srt_plan_put_text(&w, SRT_PLAN_CWD, "relative");
    expect_failure(&w, 125, "E",
                   "the plan for the sandbox is not usable: its working directory is not absolute");
    w = PLAN_FOR(0, "echo", "ran");
    expect_failure(&w, 125, "E",
                   "the plan for the sandbox is not usable: the program of its outer stage is not "
                   "an absolute path");
    w = PLAN_FOR(COMMAND, "/bin/echo", "ran");
    srt_plan_put_u32(&w, SRT_PLAN_NULL, 2);
    expect_failure(&w, 125, "E",
                   "the plan for the sandbox is not usable: the number of its empty descriptor is "
                   "out of range");
    w = PLAN_FOR(COMMAND, "/bin/echo", "ran");
    srt_plan_put_u32(&w, SRT_PLAN_NULL, 0x7fffffff);
    expect_failure(&w, 125, "E", "cannot open /dev/null for the command: Bad file descriptor");
}

static void test_plan_that_is_not_sealed(void)
{
    Run r;
    char path[4096];
    write_file("plan", "SRTPLAN1", 0600);
    snprintf(path, sizeof path, "%s/plan", directory);
    run_start_fd(&r, open(path, O_RDONLY | O_CLOEXEC));
    run_finish(&r);
    run_clear(&r);
    SRT_ASSERT_STR(r.text, "the plan for the sandbox is not usable: its descriptor is not a sealed "
                           "memory file");
    CU_ASSERT_EQUAL(r.status, 125);
}

static void test_many_words(void)
{
    Run r;
    srt_plan_writer w = PLAN_FOR(COMMAND, "sh", "-c", "echo $# ${A9999}", "sh");
    char entry[64];
    for (int i = 0; i < 20000; i++)
        srt_plan_put_text(&w, SRT_PLAN_ARG, "");
    for (int i = 0; i < 10000; i++) {
        snprintf(entry, sizeof entry, "A%d=%d", i, i);
        srt_plan_put_text(&w, SRT_PLAN_ENV, entry);
    }
    run(&r, &w);
    SRT_ASSERT_STR(r.output, "20000 9999\n");
}

static const srt_unit_case cases[] = {
    {"becomes the command", test_becomes_the_command},
    {"announces itself", test_announces_itself},
    {"state of the command", test_state_of_the_command},
    {"null descriptor", test_null_descriptor},
    {"not found and not executable", test_not_found_and_not_executable},
    {"search", test_search},
    {"working directory is missing", test_working_directory_is_missing},
    {"filter is loaded", test_filter_is_loaded},
    {"init stays behind", test_init_stays_behind},
    {"init ends with the command", test_init_ends_with_the_command},
    {"filter that the kernel refuses", test_filter_that_the_kernel_refuses},
    {"plans that are refused", test_plans_that_are_refused},
    {"plan that is not sealed", test_plan_that_is_not_sealed},
    {"many words", test_many_words},
};

int main(int argc, char **argv)
{
    static const char *const names[] = {"plain", "script", "tool", "plan"};
    if (!mkdtemp(directory))
        return 1;
    int result = srt_unit_main(argc, argv, "filters.inside", cases, sizeof cases / sizeof *cases);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        unlink(path);
    }
    rmdir(directory);
    return result;
}
