/* SPDX-License-Identifier: Apache-2.0 */
/* The supervisor as the only creator, and as the one who writes: the same results, errors and files
 * as without it; and what the policy refuses is refused. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exact_calls.h"
#include "floor.h"
#include "live.h"
#include "policies.h"
#include "support/unit.h"

#define CALLS_MAX 256
#define TREE_MAX 8192
#define MANDATORY_GLOB (SRT_PATH_MANDATORY | SRT_PATH_GLOB)

static test_policy tp;
static live_result result;
static const char *const devices[] = {"/dev", NULL}, *const everything[] = {"/", NULL};

typedef struct table {
    const exact_call *calls;
    size_t count;
    int *results;              /* shared with the child */
    bool floor, writes, check; /* check: the floor lets names be made */
} table;

static void enter(size_t number)
{
    char name[32];
    snprintf(name, sizeof name, "../c%03zu", number);
    if (chdir(name) < 0)
        abort();
}

static int run_table(void *data)
{
    const table *t = data;
    LIVE_EXPECT(t->floor ? floor_enter(t->writes, t->check ? everything : devices, devices)
                         : floor_drop_capabilities());
    for (size_t i = 0; i < t->count; i++) {
        enter(i);
        t->results[i] = t->calls[i].call();
    }
    return 0;
}

static void prepare(const char *directory, size_t count)
{
    char path[300];
    if (chmod(directory, 0755) < 0)
        abort();
    for (size_t i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/c%03zu", directory, i);
        if (mkdir(path, 0755) < 0 || chdir(path) < 0)
            abort();
        exact_fixture();
    }
}

/* A line per entry: kind, mode, links, size, times that were set, text of a link. */
static int describe_one(const char *name, char *to, size_t room)
{
    struct stat st;
    char text[64] = "";
    if (lstat(name, &st) < 0)
        return 0;
    if (S_ISLNK(st.st_mode))
        (void)!readlink(name, text, sizeof text - 1);
    long modified = st.st_mtime < 1000000 ? st.st_mtime : 0;
    return snprintf(to, room, "%s %o %u %u:%u %ld %ld %s\n", name, st.st_mode,
                    (unsigned)st.st_nlink, st.st_uid, st.st_gid,
                    S_ISREG(st.st_mode) ? (long)st.st_size : 0, modified, text);
}

static void describe(const char *directory, char *to, size_t room)
{
    struct dirent **entries;
    char path[600];
    int n = scandir(directory, &entries, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, entries[i]->d_name);
        size_t used = strlen(to);
        if (strcmp(entries[i]->d_name, "..") != 0)
            describe_one(path, to + used, room - used);
        if (entries[i]->d_type == DT_DIR && entries[i]->d_name[0] != '.')
            describe(path, to, room);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
}

static void describe_all(size_t count, char (*to)[TREE_MAX], const char *directory)
{
    char name[32];
    if (chdir(directory) < 0)
        abort();
    for (size_t i = 0; i < count; i++) {
        snprintf(name, sizeof name, "c%03zu", i);
        to[i][0] = '\0';
        if (chdir(name) < 0)
            abort();
        describe(".", to[i], TREE_MAX);
        if (chdir("..") < 0)
            abort();
    }
}

static void run_without(table *t)
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0)
        _exit(run_table(t));
    waitpid(pid, &status, 0);
    CU_ASSERT_EQUAL(status, 0);
}

static srt_supervise_options options_for(bool writes, const char *directory)
{
    test_policy_init(&tp);
    test_policy_region(&tp, SRT_ACCESS_WRITE, directory, "");
    test_policy_region(&tp, SRT_ACCESS_WRITE, "/dev/shm", "");
    test_policy_pending(&tp, MANDATORY_GLOB, directory, "/**/.bashrc");
    test_policy_pending(&tp, MANDATORY_GLOB, directory, "/**/.git/hooks");
    return (srt_supervise_options){
        .policy = &tp.policy,
        .notify = SRT_NOTIFY_CREATE | SRT_NOTIFY_UMASK |
                  (writes ? SRT_NOTIFY_WRITE | SRT_NOTIFY_META_FD : 0),
        .exact = true,
        .perform_writes = writes,
        .native_create = devices,
        .native_write = devices,
    };
}

static void same_as_without(const exact_call *calls, size_t count, bool writes, bool check)
{
    static char before[CALLS_MAX][TREE_MAX], after[CALLS_MAX][TREE_MAX];
    static int native[CALLS_MAX];
    if (!floor_possible()) {
        srt_unit_skip("this kernel has no Landlock");
        return;
    }
    int *results = mmap(NULL, CALLS_MAX * sizeof *results, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    table t = {.calls = calls, .count = count, .results = results};
    const char *d = live_directory();
    prepare(d, count);
    run_without(&t);
    describe_all(count, before, d);
    memcpy(native, results, count * sizeof *native);
    d = live_directory();
    srt_supervise_options options = options_for(writes, d);
    options.exact = !check;
    prepare(d, count);
    t.check = check;
    t.floor = true;
    t.writes = writes;
    live_run(&options, run_table, &t, NULL, &result);
    describe_all(count, after, d);
    CU_ASSERT_EQUAL(result.status, 0);
    for (size_t i = 0; i < count; i++) {
        bool same = results[i] == native[i] && strcmp(before[i], after[i]) == 0;
        if (!same)
            printf("\n  %s: %d, supervised %d\n%s---\n%s", calls[i].name, native[i], results[i],
                   strcmp(before[i], after[i]) ? before[i] : "",
                   strcmp(before[i], after[i]) ? after[i] : "");
        CU_ASSERT(same);
    }
    munmap(results, CALLS_MAX * sizeof *results);
}

static void test_creates(void)
{
    same_as_without(exact_creates, n_exact_creates, false, false);
    same_as_without(exact_names, n_exact_names, false, false);
}

static void test_creates_performing(void)
{
    same_as_without(exact_creates, n_exact_creates, true, false);
    same_as_without(exact_names, n_exact_names, true, false);
}

static void test_changes(void)
{
    same_as_without(exact_changes, n_exact_changes, true, false);
}

/* Names are judged and let go on, writes are performed. */
static void test_checked(void)
{
    same_as_without(exact_creates, n_exact_creates, true, true);
    same_as_without(exact_names, n_exact_names, true, true);
    same_as_without(exact_changes, n_exact_changes, true, true);
}

static const srt_unit_case cases[] = {
    {"creates", test_creates},
    {"creates, performing", test_creates_performing},
    {"changes", test_changes},
    {"checked, performing", test_checked},
};
SRT_UNIT_MAIN("supervise.exact", cases)
