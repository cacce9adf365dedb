/* SPDX-License-Identifier: Apache-2.0 */
/* Callers that die, interrupt, fork and exec, hostile ones, and the supervisor's own end. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "live.h"
#include "policies.h"
#include "support/unit.h"

static test_policy tp;
static live_result result;
static atomic_bool stop;

static srt_supervise_options project(void)
{
    const char *d = live_directory();
    test_policy_init(&tp);
    test_policy_region(&tp, SRT_ACCESS_WRITE, d, "");
    test_policy_pending(&tp, SRT_PATH_MANDATORY | SRT_PATH_GLOB, d, "/**/.bashrc");
    test_policy_pending(&tp, SRT_PATH_MANDATORY | SRT_PATH_GLOB, d, "/**/.git/hooks");
    if (chdir(d) < 0)
        abort();
    atomic_store(&stop, false);
    return (srt_supervise_options){.policy = &tp.policy, .notify = SRT_NOTIFY_CREATE};
}

static int run_for_ever(void *data)
{
    char name[32];
    (void)data;
    for (unsigned i = 0; !atomic_load(&stop); i++) {
        snprintf(name, sizeof name, i % 2 ? "d%u/.bashrc" : "d%u", i / 2);
        if (i % 2)
            creat(name, 0644);
        else
            mkdir(name, 0755);
    }
    return 0;
}

static void kill_it(pid_t child, void *data)
{
    usleep(*(const unsigned *)data);
    kill(child, SIGKILL);
}

static void test_killed(void)
{
    for (unsigned i = 0; i < 20; i++) {
        unsigned wait = 2000 + i * 701;
        srt_supervise_options options = project();
        live_run(&options, run_for_ever, &wait, kill_it, &result);
        CU_ASSERT_EQUAL(result.status, LIVE_DIED + SIGKILL);
    }
}

/* ---- memory that goes away ---- */

static char *page;

static void *unmap_again(void *data)
{
    (void)data;
    while (!atomic_load(&stop)) {
        mprotect(page, 4096, PROT_NONE);
        mprotect(page, 4096, PROT_READ | PROT_WRITE);
    }
    return NULL;
}

static int run_unmapped(void *data)
{
    pthread_t thread;
    unsigned fine = 0, fault = 0;
    (void)data;
    /* A path over the end of what is mapped. */
    char *two = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(two + 4096, 4096);
    memset(two + 4090, 'x', 6);
    LIVE_EXPECT(LIVE_CALL(mkdir(two + 4090, 0755)) == -EFAULT);
    strcpy(two + 4091, "dir1");
    LIVE_EXPECT(mkdir(two + 4091, 0755) == 0);
    page = two;
    strcpy(page, "dir2/.bashrc");
    LIVE_EXPECT(pthread_create(&thread, NULL, unmap_again, NULL) == 0);
    for (int i = 0; i < 3000; i++) {
        long fd = syscall(SYS_openat, AT_FDCWD, page, O_CREAT | O_WRONLY, 0644);
        fine += fd < 0 && errno == ENOENT;
        fault += fd < 0 && errno == EFAULT;
    }
    atomic_store(&stop, true);
    pthread_join(thread, NULL);
    LIVE_EXPECT(fine + fault == 3000);
    return 0;
}

static void test_unmapped(void)
{
    srt_supervise_options options = project();
    live_run(&options, run_unmapped, NULL, NULL, &result);
    CU_ASSERT_EQUAL(result.status, 0);
}

/* ---- many threads ---- */

static void *create_some(void *data)
{
    char name[48];
    intptr_t failed = 0;
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "t%ld-%d", (long)(intptr_t)data, i);
        failed += mkdir(name, 0755) != 0;
        snprintf(name, sizeof name, "t%ld-%d/.bashrc", (long)(intptr_t)data, i);
        failed += !(creat(name, 0644) < 0 && errno == EACCES);
    }
    return (void *)failed;
}

static int run_threads(void *data)
{
    pthread_t threads[64];
    (void)data;
    for (intptr_t i = 0; i < 64; i++)
        LIVE_EXPECT(pthread_create(&threads[i], NULL, create_some, (void *)i) == 0);
    for (int i = 0; i < 64; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        LIVE_EXPECT(failed == NULL);
    }
    return 0;
}

static void test_threads(void)
{
    srt_supervise_options options = project();
    live_run(&options, run_threads, NULL, NULL, &result);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT(result.count + result.lost == 6400); /* exactly one for each */
}

/* ---- signals ---- */

static atomic_uint alarms;

static void on_alarm(int number)
{
    (void)number;
    atomic_fetch_add(&alarms, 1);
}

static int run_interrupted(void *data)
{
    char name[32];
    unsigned wrong = 0;
    (void)data;
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
    struct itimerval timer = {.it_interval = {.tv_usec = 150}, .it_value = {.tv_usec = 150}};
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
    for (int i = 0; i < 2000; i++) {
        snprintf(name, sizeof name, "s%d", i);
        wrong += mkdir(name, 0755) != 0; /* neither interrupted nor done twice */
        wrong += rmdir(name) != 0;
    }
    LIVE_EXPECT(wrong == 0 && atomic_load(&alarms) > 0);
    return 0;
}

static void test_interrupted(void)
{
    srt_supervise_options options = project();
    live_run(&options, run_interrupted, NULL, NULL, &result);
    CU_ASSERT_EQUAL(result.status, 0);
}

/* ---- vfork, exec ---- */

static void *create_on(void *data)
{
    (void)data;
    while (!atomic_load(&stop)) {
        mkdir("e", 0755);
        creat("e/.bashrc", 0644);
    }
    return NULL;
}

/* In the parent's memory, while it waits. */
static int vfork_once(void)
{
    int status = -1;
    pid_t pid = vfork();
    if (pid == 0) {
        int fd = openat(AT_FDCWD, "vforked", O_CREAT | O_WRONLY, 0644);
        int no = openat(AT_FDCWD, ".bashrc", O_CREAT | O_WRONLY, 0644);
        if (fd < 0 || no >= 0)
            _exit(1);
        execl("/bin/sh", "sh", "-c", "echo x > by-exec && ! mkdir .bashrc 2>/dev/null",
              (char *)NULL);
        _exit(2);
    }
    return waitpid(pid, &status, 0) == pid ? status : -1;
}

static int run_exec(void *data)
{
    (void)data;
    for (int i = 0; i < 10; i++)
        LIVE_EXPECT(vfork_once() == 0);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        LIVE_EXPECT(pthread_create(&threads[i], NULL, create_on, NULL) == 0);
    usleep(5000);
    execl("/bin/sh", "sh", "-c", "echo y > after-exec", (char *)NULL);
    return 3;
}

static void test_exec(void)
{
    srt_supervise_options options = project();
    live_run(&options, run_exec, NULL, NULL, &result);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_EQUAL(access("after-exec", F_OK), 0);
    CU_ASSERT(access(".bashrc", F_OK) < 0);
}

/* ---- a flood ---- */

static long resident_kb(void)
{
    char line[256];
    long kb = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "VmRSS: %ld", &kb) == 1)
            break;
    if (f)
        fclose(f);
    return kb;
}

static int run_flood(void *data)
{
    char name[1100];
    (void)data;
    memset(name, 'x', sizeof name);
    for (int i = 0; i < 4; i++) {
        name[i * 250 + 249] = '\0';
        LIVE_EXPECT(mkdir(name, 0755) == 0);
        name[i * 250 + 249] = '/';
    }
    for (int i = 0; i < 12000; i++) {
        snprintf(name + 1000, 64, "d%d", i);
        LIVE_EXPECT(mkdir(name, 0755) == 0);
        strcat(name, "/.bashrc");
        LIVE_EXPECT(creat(name, 0644) < 0);
    }
    return 0;
}

static void test_flood(void)
{
    srt_supervise_options options = project();
    long before = resident_kb();
    live_run(&options, run_flood, NULL, NULL, &result);
    long after = resident_kb();
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_EQUAL(result.count + result.lost, 12000);
    CU_ASSERT(result.lost > 0 && result.count > 100);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    CU_ASSERT(after - before < 16 * 1024);
#else
    (void)before, (void)after;
#endif
}

/* ---- its own rights ---- */

/* Of each thread of this process that is the supervisor's: its effective capabilities. */
static unsigned look_at_threads(uint64_t *ret_rights)
{
    unsigned found = 0;
    DIR *tasks = opendir("/proc/self/task");
    for (const struct dirent *task; tasks && (task = readdir(tasks));) {
        char path[300], line[256], name[32] = "";
        unsigned long long rights = 0;
        snprintf(path, sizeof path, "/proc/self/task/%s/status", task->d_name);
        FILE *f = fopen(path, "r");
        while (f && fgets(line, sizeof line, f))
            if (sscanf(line, "Name: %31s", name) != 1)
                sscanf(line, "CapEff: %llx", &rights);
        if (f)
            fclose(f);
        if (strcmp(name, "srt-supervise") == 0) {
            found++;
            *ret_rights |= rights;
        }
    }
    if (tasks)
        closedir(tasks);
    return found;
}

static void test_rights(void)
{
    srt_supervise_options options = project();
    srt_supervisor *sup;
    int inner;
    uint64_t rights = 0;
    CU_ASSERT_EQUAL_FATAL(srt_supervisor_new(&options, &sup, &inner), 0);
    CU_ASSERT_EQUAL(look_at_threads(&rights), 1);
    CU_ASSERT_EQUAL(rights & ~(UINT64_C(1) << 19), 0); /* CAP_SYS_PTRACE */
    close(inner);
    srt_supervisor_free(sup);
}

/* ---- its own end ---- */

static int run_nothing(void *data)
{
    (void)data;
    return 0;
}

static void test_no_listener(void)
{
    srt_supervise_options options = project();
    srt_supervisor *sup;
    int inner, null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    char byte;
    CU_ASSERT_EQUAL(srt_supervisor_new(&options, &sup, &inner), 0);
    srt_supervisor_free(sup); /* before anything came */
    CU_ASSERT_EQUAL(recv(inner, &byte, 1, 0), 0);
    close(inner);
    CU_ASSERT_EQUAL(srt_supervisor_new(&options, &sup, &inner), 0);
    close(inner); /* the helper ended */
    usleep(1000);
    srt_supervisor_free(sup);
    /* What is no listener is not served, and the channel is closed. */
    CU_ASSERT_EQUAL(srt_supervisor_new(&options, &sup, &inner), 0);
    CU_ASSERT_EQUAL(live_send_fd(inner, 'S', null), 0);
    CU_ASSERT(recv(inner, &byte, 1, 0) <= 0);
    close(inner);
    srt_supervisor_free(sup);
    srt_supervisor_free(NULL);
    close(null);
}

static int run_until_refused(void *data)
{
    (void)data;
    for (;;) {
        int r = LIVE_CALL(mkdir("again", 0755));
        if (r == -ENOSYS)
            return 0;
        if (r && r != -EEXIST)
            return 1;
    }
}

/* Gone early: calls fail, they neither hang nor pass. */
static void test_gone(void)
{
    srt_supervise_options options = project();
    live_run_without(&options, run_until_refused, &result);
    CU_ASSERT_EQUAL(result.status, 0);
}

static int run_possible(void *data)
{
    (void)data;
    return srt_supervisor_possible() || srt_supervisor_check(SRT_NOTIFY_CREATE) != -EBUSY;
}

static void test_possible(void)
{
    srt_supervise_options options = project();
    CU_ASSERT(srt_supervisor_possible());
    CU_ASSERT_EQUAL(srt_supervisor_check(SRT_NOTIFY_CONNECT | SRT_NOTIFY_CREATE), 0);
    live_run(&options, run_possible, NULL, NULL, &result);
    CU_ASSERT_EQUAL(result.status, 0);
    /* Nobody is left behind. */
    live_run(&options, run_nothing, NULL, NULL, &result);
    CU_ASSERT_EQUAL(result.status, 0);
}

static const srt_unit_case cases[] = {
    {"killed", test_killed},           {"unmapped", test_unmapped},   {"threads", test_threads},
    {"interrupted", test_interrupted}, {"vfork and exec", test_exec}, {"flood", test_flood},
    {"no listener", test_no_listener}, {"gone", test_gone},           {"possible", test_possible},
    {"rights", test_rights},
};
SRT_UNIT_MAIN("supervise.life", cases)
