/* SPDX-License-Identifier: Apache-2.0 */
/* bench-library SRT [ROUNDS]: what a command costs that the library starts, against srt by hand and
 * a plain posix_spawn, in turns, in milliseconds; and what a session costs that is there. Prints a
 * table. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <srt/srt.h>

#define ROWS 5
#define ROUNDS_MAX 1000
#define SESSIONS 100

extern char **environ;

static const char *program;
static srt_session *plain, *hosts;

static void give_up(const char *what, srt_error *error)
{
    fprintf(stderr, "%s: %s\n", what, error ? srt_error_message(error) : strerror(errno));
    exit(1);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* What this program and all that it waited for have used. */
static double processor(void)
{
    struct rusage self, children;
    getrusage(RUSAGE_SELF, &self);
    getrusage(RUSAGE_CHILDREN, &children);
    const struct timeval all[] = {self.ru_utime, self.ru_stime, children.ru_utime,
                                  children.ru_stime};
    double sum = 0;
    for (int i = 0; i < 4; i++)
        sum += (double)all[i].tv_sec * 1e3 + (double)all[i].tv_usec / 1e3;
    return sum;
}

static void by_hand(const char *const *argv)
{
    pid_t pid;
    int status;
    if (posix_spawn(&pid, argv[0], NULL, NULL, (char *const *)(size_t)argv, environ) != 0 ||
        waitpid(pid, &status, 0) != pid || status != 0)
        give_up(argv[0], NULL);
}

static void by_library(srt_session *session, const srt_settings *over)
{
    srt_error *error = NULL;
    const char *argv[] = {"/bin/true", NULL};
    srt_command command = {.struct_size = sizeof command, .argv = argv, .settings = over};
    int status;
    srt_process *process = srt_session_spawn(session, &command, &error);
    if (!process || srt_process_wait(process, -1, &status, &error) != 1 || status != 0)
        give_up("library", error);
    srt_process_free(process);
}

static srt_settings *two_hosts(void)
{
    srt_settings *settings = srt_settings_new();
    srt_settings_append(settings, "network.allowedDomains", "a.example.com", NULL);
    srt_settings_append(settings, "network.allowedDomains", "b.example.com", NULL);
    return settings;
}

static double run_row(int row, const srt_settings *over, double *ret_processor)
{
    const char *alone[] = {"/bin/true", NULL};
    const char *by_srt[] = {program, "--", "/bin/true", NULL};
    double begin = now(), used = processor();
    if (row == 0)
        by_hand(alone);
    else if (row == 1)
        by_hand(by_srt);
    else if (row == 2)
        by_library(plain, NULL);
    else if (row == 3)
        by_library(hosts, NULL);
    else
        by_library(plain, over);
    *ret_processor += processor() - used;
    return now() - begin;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static long resident_kib(void)
{
    long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%ld %ld", &pages, &resident) != 2)
        give_up("/proc/self/statm", NULL);
    fclose(file);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static void measure_sessions(void)
{
    static srt_session *sessions[SESSIONS];
    srt_session_options options = {.struct_size = sizeof options, .program = program};
    long before = resident_kib();
    for (int i = 0; i < SESSIONS; i++) {
        sessions[i] = srt_session_new(NULL, &options, NULL);
        if (!sessions[i])
            give_up("session", NULL);
    }
    long made = resident_kib();
    for (int i = 0; i < SESSIONS; i++)
        by_library(sessions[i], NULL);
    long used = resident_kib();
    printf("\n%d sessions: %.1f KiB each as made, %.1f KiB each after a command\n", SESSIONS,
           (double)(made - before) / SESSIONS, (double)(used - before) / SESSIONS);
    for (int i = 0; i < SESSIONS; i++)
        srt_session_free(sessions[i]);
}

int main(int argc, char **argv)
{
    static double times[ROWS][ROUNDS_MAX], used[ROWS];
    static const char *const names[ROWS] = {"/bin/true by posix_spawn", "srt by posix_spawn",
                                            "the library", "the library, two allowed domains",
                                            "the library, settings of its own"};
    srt_error *error = NULL;
    int rounds = argc > 2 ? atoi(argv[2]) : 80;
    if (argc < 2 || rounds < 1 || rounds > ROUNDS_MAX)
        return 2;
    program = argv[1];
    srt_session_options options = {.struct_size = sizeof options, .program = program};
    srt_settings *domains = two_hosts(), *over = srt_settings_new();
    srt_settings_append(over, "filesystem.allowWrite", ".", NULL);
    plain = srt_session_new(NULL, &options, &error);
    hosts = plain ? srt_session_new(domains, &options, &error) : NULL;
    if (!hosts)
        give_up("session", error);
    for (int i = 0; i < rounds; i++)
        for (int row = 0; row < ROWS; row++)
            times[row][i] = run_row(row, over, &used[row]);
    printf("| start of `/bin/true` | min ms | median ms | processor ms |\n|---|---|---|---|\n");
    for (int row = 0; row < ROWS; row++) {
        qsort(times[row], (size_t)rounds, sizeof(double), compare);
        printf("| %s | %.2f | %.2f | %.2f |\n", names[row], times[row][0], times[row][rounds / 2],
               used[row] / rounds);
    }
    srt_session_free(plain);
    srt_session_free(hosts);
    measure_sessions();
    srt_settings_free(domains);
    srt_settings_free(over);
    return 0;
}
