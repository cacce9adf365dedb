/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that change what the supervisor looks at, while it looks: paths in memory, links,
 * directories, the working directory. Nothing protected may ever come to be or change. The
 * number of tries is SRT_STRESS, or a few. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "floor.h"
#include "live.h"
#include "policies.h"
#include "races.h"
#include "support/unit.h"

#define MANDATORY_GLOB (SRT_PATH_MANDATORY | SRT_PATH_GLOB)

typedef struct counts {
    unsigned tried, done, refused, bad;
} counts;

static test_policy tp;
static live_result result;
static counts *shared; /* with the child */
static atomic_bool stop;

static void *disturb(void *data)
{
    const race *r = data;
    while (!atomic_load(&stop))
        r->disturb();
    return NULL;
}

typedef struct run {
    const race *race;
    unsigned tries;
    bool protected, writes;
    const char *const *native;
} run;

/* A busy machine may not let the other thread on for long: then there are more tries. */
static bool goes_on(const run *r, unsigned i)
{
    bool enough = shared->refused > 0 && (shared->done > 0 || !r->race->outcomes);
    return i < r->tries || (r->protected && !enough && i / 100 < r->tries);
}

static int run_race(void *data)
{
    const run *r = data;
    pthread_t thread;
    if (r->protected)
        LIVE_EXPECT(floor_enter(r->writes, r->native, r->native));
    race_top = open(".", O_RDONLY | O_DIRECTORY);
    LIVE_EXPECT(pthread_create(&thread, NULL, disturb, (void *)(uintptr_t)r->race) == 0);
    for (unsigned i = 0; goes_on(r, i); i++) {
        int done = r->race->attack(i);
        shared->tried++;
        shared->done += done >= 0;
        shared->refused += done < 0;
        shared->bad += r->race->won();
    }
    atomic_store(&stop, true);
    pthread_join(thread, NULL);
    return 0;
}

static void prepare(const char *d)
{
    static const char *const directories[] = {
        "a", "dx",     "s",        "s/x",      ".git",           ".git/hooks", ".git/hooks/empty",
        "v", "native", "native/p", "native/q", "native/q/hooks", "with",       "with/hooks"};
    static const char *const files[] = {"a/file", "a/victim", ".git/hooks/file",
                                        ".git/hooks/victim", "native/f"};
    if (chdir(d) < 0)
        abort();
    umask(022);
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++)
        if (mkdir(directories[i], 0755) < 0)
            abort();
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (mknod(files[i], S_IFREG | 0644, 0) < 0 || truncate(files[i], 4) < 0)
            abort();
    if (symlink("a", "sl") < 0 || symlink(".git/hooks", "sl2") < 0)
        abort();
    usleep(20000);
}

static char native_directory[300];
static const char *const natives[] = {native_directory, "/dev", NULL};

static srt_supervise_options options_for(const char *d, bool writes)
{
    test_policy_init(&tp);
    test_policy_region(&tp, SRT_ACCESS_WRITE, d, "");
    test_policy_region(&tp, SRT_ACCESS_READ, d, "/.git/hooks");
    test_policy_pending(&tp, MANDATORY_GLOB, d, "/**/.bashrc");
    test_policy_pending(&tp, MANDATORY_GLOB, d, "/**/.git/hooks");
    snprintf(native_directory, sizeof native_directory, "%s/native", d);
    return (srt_supervise_options){
        .policy = &tp.policy,
        .notify = SRT_NOTIFY_CREATE | SRT_NOTIFY_UMASK |
                  (writes ? SRT_NOTIFY_WRITE | SRT_NOTIFY_META_FD : 0),
        .exact = true,
        .perform_writes = writes,
        .native_create = natives,
        .native_write = natives,
    };
}

static unsigned tries(void)
{
    const char *text = getenv("SRT_STRESS");
    return text ? (unsigned)strtoul(text, NULL, 10) : 600;
}

static void run_all(bool writes)
{
    if (!floor_possible()) {
        srt_unit_skip("this kernel has no Landlock");
        return;
    }
    for (size_t i = 0; i < n_races; i++) {
        run r = {&races[i], tries(), true, writes, natives};
        if (races[i].writing && !writes)
            continue;
        const char *d = live_directory();
        prepare(d);
        srt_supervise_options options = options_for(d, writes);
        memset(shared, 0, sizeof *shared);
        live_run(&options, run_race, &r, NULL, &result);
        if (result.status || shared->bad || getenv("SRT_STRESS"))
            printf("\n  %s: status %d, %u tries, %u done, %u refused, %u bad", races[i].name,
                   result.status, shared->tried, shared->done, shared->refused, shared->bad);
        CU_ASSERT_EQUAL(result.status, 0);
        CU_ASSERT_EQUAL(shared->bad, 0);
        CU_ASSERT(shared->tried >= r.tries);
        CU_ASSERT(shared->refused > 0);
        if (races[i].outcomes)
            CU_ASSERT(shared->done > 0);
    }
}

static void test_creating(void)
{
    run_all(false);
}

static void test_writing(void)
{
    run_all(true);
}

/* The attacks are ones: without a supervisor each succeeds. */
static void test_without(void)
{
    for (size_t i = 0; i < n_races; i++) {
        int status = 0;
        run r = {&races[i], 400, false, false, natives};
        memset(shared, 0, sizeof *shared);
        for (unsigned round = 0; round < 100 && status == 0 && shared->bad == 0; round++) {
            prepare(live_directory());
            pid_t pid = fork();
            if (pid == 0)
                _exit(run_race(&r));
            waitpid(pid, &status, 0);
        }
        if (shared->bad == 0)
            printf("\n  %s: without effect", races[i].name);
        CU_ASSERT(status == 0 && shared->bad > 0);
    }
}

static void with_shared(void (*test)(void))
{
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        abort();
    test();
    munmap(shared, sizeof *shared);
}

static void creating(void)
{
    with_shared(test_creating);
}
static void writing(void)
{
    with_shared(test_writing);
}
static void without(void)
{
    with_shared(test_without);
}

static const srt_unit_case cases[] = {
    {"creating", creating},
    {"writing", writing},
    {"without protection", without},
};
SRT_UNIT_MAIN("supervise.exact_races", cases)
