/* SPDX-License-Identifier: Apache-2.0 */
/* What Landlock costs, and what a start costs:
 *
 *   bench-landlock open RULES...          us for open and close under so many rules, and without
 *   bench-landlock start RUNS WORDS... [-- WORDS...]...
 *                                         ms for fork, exec and wait of each, one after the other
 *                                         in turn: least and median */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "srt-filters/landlock.h"

#define OPENS 20000
#define ROUNDS 7
#define COMMANDS_MAX 8

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

__attribute__((noreturn)) static void die(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

static double open_cost(const char *path)
{
    double best = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        double start = now_us();
        for (int i = 0; i < OPENS; i++) {
            int fd = open(path, O_RDONLY | O_CLOEXEC);
            if (fd < 0)
                die(path);
            close(fd);
        }
        double each = (now_us() - start) / OPENS;
        best = each < best ? each : best;
    }
    return best;
}

static void add_rule(int ruleset, const char *path)
{
    struct srt_landlock_path_beneath_attr rule = {
        .allowed_access = SRT_LANDLOCK_ACCESS_FS_READ_FILE,
        .parent_fd = open(path, O_PATH | O_CLOEXEC),
    };
    if (rule.parent_fd < 0 ||
        syscall(SRT_SYS_landlock_add_rule, ruleset, SRT_LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
        die(path);
    close(rule.parent_fd);
}

/* In a child: rules on so many files, among them the one that is opened, four levels down. */
static void open_under(const char *top, int rules)
{
    char path[256];
    const struct srt_landlock_ruleset_attr attr = {.handled_access_fs =
                                                       SRT_LANDLOCK_ACCESS_FS_READ_FILE};
    double start = now_us();
    int ruleset = (int)syscall(SRT_SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    if (ruleset < 0)
        die("no Landlock");
    for (int i = 0; i < rules; i++) {
        snprintf(path, sizeof path, "%s/a/b/c/%d", top, i);
        add_rule(ruleset, path);
    }
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (syscall(SRT_SYS_landlock_restrict_self, ruleset, 0) != 0)
        die("restrict");
    double made = now_us() - start;
    snprintf(path, sizeof path, "%s/a/b/c/0", top);
    printf("%6d rules: made in %.0f us, open and close %.2f us\n", rules, made, open_cost(path));
    fflush(stdout);
}

static void make_files(const char *top, int count)
{
    char path[256];
    static const char *const levels[] = {"/a", "/a/b", "/a/b/c"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s%s", top, levels[i]);
        mkdir(path, 0700);
    }
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/a/b/c/%d", top, i);
        int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
        if (fd < 0)
            die(path);
        close(fd);
    }
}

static int bench_open(int argc, char **argv)
{
    char top[] = "/tmp/bench-landlock-XXXXXX", command[64];
    int most = 1;
    for (int i = 0; i < argc; i++)
        most = atoi(argv[i]) > most ? atoi(argv[i]) : most;
    if (!mkdtemp(top))
        die("mkdtemp");
    make_files(top, most);
    char path[64];
    snprintf(path, sizeof path, "%s/a/b/c/0", top);
    printf("without: open and close %.2f us\n", open_cost(path));
    for (int i = 0; i < argc; i++) {
        fflush(stdout);
        pid_t pid = fork();
        if (pid == 0) {
            open_under(top, atoi(argv[i]));
            _exit(0);
        }
        waitpid(pid, NULL, 0);
    }
    snprintf(command, sizeof command, "rm -rf %s", top);
    return system(command);
}

static double start_once(char **words)
{
    double start = now_us();
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        execv(words[0], words);
        _exit(127);
    }
    if (waitpid(pid, &status, 0) < 0 || status != 0) {
        fprintf(stderr, "failed: %s\n", words[0]);
        exit(1);
    }
    return (now_us() - start) / 1000;
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static int bench_start(int runs, char **words)
{
    char **commands[COMMANDS_MAX];
    size_t count = 0;
    commands[count++] = words;
    for (; *words; words++)
        if (strcmp(*words, "--") == 0 && count < COMMANDS_MAX) {
            *words = NULL;
            commands[count++] = words + 1;
        }
    double *times = calloc(count * (size_t)runs, sizeof *times);
    for (int run = 0; run < runs; run++)
        for (size_t i = 0; i < count; i++)
            times[i * (size_t)runs + (size_t)run] = start_once(commands[i]);
    for (size_t i = 0; i < count; i++) {
        double *mine = times + i * (size_t)runs;
        qsort(mine, (size_t)runs, sizeof *mine, compare);
        printf("%6.2f ms least, %6.2f ms median: %s %s\n", mine[0], mine[runs / 2], commands[i][0],
               commands[i][1] ? commands[i][1] : "");
    }
    free(times);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "open") == 0)
        return bench_open(argc - 2, argv + 2);
    if (argc > 3 && strcmp(argv[1], "start") == 0 && atoi(argv[2]) > 0)
        return bench_start(atoi(argv[2]), argv + 3);
    fprintf(stderr, "usage: bench-landlock open RULES... | start RUNS WORDS... [-- WORDS...]...\n");
    return 2;
}
