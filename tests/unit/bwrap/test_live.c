/* SPDX-License-Identifier: Apache-2.0 */
/* The mounts as the kernel sees them: a policy is rendered over a tree on disk,
 * and every path is tried from inside. This program is also what runs there. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "srt-filters/plan.h"
#include "support/unit.h"

#include "live_tree.h"
#include "tool.h"

#define TREES 25
#define NOBODY 65534

static char self[PATH_MAX];
static bw_tool tool;

/* Things that hold in every sandbox; each prints and counts. */
static int complain(bool good, const char *what)
{
    if (!good)
        fprintf(stderr, "%s (errno %d)\n", what, errno);
    return good ? 0 : 1;
}

static bool can_write(const char *path)
{
    errno = 0;
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static bool can_create(const char *path)
{
    errno = 0;
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static int look_around(void)
{
    struct stat st;
    int bad = complain(can_create("/dev/srt/tmp/x") && can_create("/dev/shm/x"), "own places");
    bad += complain(stat("/dev/srt/tmp", &st) == 0 && (st.st_mode & 07777) == 0700, "mode of tmp");
    bad += complain(can_create("/dev/x"), "the private /dev");
    bad += complain(!can_create("/dev/srt/x"), "/dev/srt is writable");
    bad += complain(rename("/dev/srt", "/dev/gone") != 0 && errno == EBUSY, "/dev/srt moves");
    bad += complain(unlink("/dev/null") != 0 && errno == EBUSY, "/dev/null goes away");
    bad += complain(!can_write("/dev/srt/inside"), "the helper is writable");
    bad += complain(can_write("/dev/null"), "/dev/null");
    bad += complain(!can_write("/proc/sys/kernel/core_pattern"), "core_pattern is writable");
    bad += complain(!can_write("/proc/sysrq-trigger"), "sysrq-trigger is writable");
    bad += complain(!can_create("/sys/x"), "/sys is writable");
    bad += complain(mkdir("/dev/srt", 0700) != 0, "mkdir");
    return bad;
}

/* The child: becomes bwrap around this program. */
__attribute__((noreturn)) static void enter(const tree *t, const srt_policy *policy, uid_t uid,
                                            const char *what)
{
    bw_plan plan = {0};
    bw_words words = {0};
    char args[16], handed[16];
    if (uid != getuid() && (setgid(uid) != 0 || setuid(uid) != 0))
        _exit(99);
    bw_plan_input input = {.policy = policy, .helper = self, .is_root = geteuid() == 0};
    if (bw_plan_make(&plan, &input) != 0)
        _exit(98);
    bw_render(&words, &plan, true, NULL);
    int fd = srt_sealed_memfd("words", words.bytes, words.length);
    int data = srt_sealed_memfd("tree", t, t ? sizeof *t : 0);
    fcntl(fd, F_SETFD, 0);
    fcntl(data, F_SETFD, 0);
    snprintf(args, sizeof args, "%d", fd);
    snprintf(handed, sizeof handed, "%d", data);
    execl(tool.path, tool.path, "--args", args, "--", BW_INSIDE_HELPER, what, handed, NULL);
    _exit(97);
}

static int run(const tree *t, const srt_policy *policy, uid_t uid, const char *what)
{
    int status;
    pid_t pid = fork();
    if (pid == 0)
        enter(t, policy, uid, what);
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int change_owner(const char *path, uid_t uid)
{
    char command[512];
    snprintf(command, sizeof command, "chown -R %u:%u '%s'", (unsigned)uid, (unsigned)uid, path);
    return system(command); /* the root of the tree has a plain name */
}

static void random_trees(uid_t uid)
{
    static tree t;
    for (unsigned seed = 1; seed <= TREES; seed++) {
        test_policy p;
        tree_make(&t, seed);
        test_policy_init(&p, t.rules, (size_t)t.n_rules);
        if (uid != getuid())
            CU_ASSERT_EQUAL(change_owner(t.root, uid), 0);
        unsigned long before = tree_sum(t.root);
        int faults = run(&t, &p.policy, uid, "--look");
        CU_ASSERT_EQUAL(faults, 0);
        if (faults != 0)
            fprintf(stderr, "seed %u: %d\n", seed, faults);
        CU_ASSERT_EQUAL(tree_sum(t.root), before);
        test_policy_clear(&p);
        tree_remove(&t);
    }
}

static bool ready(void)
{
    char why[BW_TEXT];
    static const rule rules[] = {{"/", READ}};
    test_policy p;
    if (bw_tool_find(NULL, bw_tool_directories, &tool, why) != 0) {
        srt_unit_skip("%s", why);
        return false;
    }
    test_policy_init(&p, rules, 1);
    int r = run(NULL, &p.policy, getuid(), "--nothing");
    test_policy_clear(&p);
    if (r != 0)
        srt_unit_skip("bwrap does not work here (%d)", r);
    return r == 0;
}

static void test_trees(void)
{
    if (ready())
        random_trees(getuid());
}

static void test_trees_as_nobody(void)
{
    static const rule rules[] = {{"/", READ}};
    test_policy p;
    if (!ready())
        return;
    if (getuid() != 0) {
        srt_unit_skip_to_root("only root can be somebody else");
        return;
    }
    test_policy_init(&p, rules, 1);
    int r = run(NULL, &p.policy, NOBODY, "--nothing");
    test_policy_clear(&p);
    if (r != 0)
        srt_unit_skip("nobody cannot read this program");
    else
        random_trees(NOBODY);
}

static void around(const rule *rules, size_t n)
{
    test_policy p;
    if (!ready())
        return;
    test_policy_init(&p, rules, n);
    CU_ASSERT_EQUAL(run(NULL, &p.policy, getuid(), "--around"), 0);
    if (getuid() == 0)
        CU_ASSERT_EQUAL(run(NULL, &p.policy, NOBODY, "--around"), 0);
    test_policy_clear(&p);
}

static void test_around_read(void)
{
    static const rule rules[] = {{"/", READ}};
    around(rules, 1);
}

static void test_around_write(void)
{
    static const rule rules[] = {{"/", WRITE}, {"/etc/", READ}, {"/usr/share/doc/", HIDE}};
    around(rules, 3);
}

static void test_around_hidden(void)
{
    static const rule rules[] = {{"/", HIDE}, {"/usr/", READ}, {"/lib/", READ}, {"/lib64/", READ}};
    around(rules, 4);
}

static const srt_unit_case cases[] = {
    {"trees", test_trees},
    {"trees_as_nobody", test_trees_as_nobody},
    {"around_read", test_around_read},
    {"around_write", test_around_write},
    {"around_hidden", test_around_hidden},
};

static int inside(const char *what, int fd)
{
    if (strcmp(what, "--around") == 0)
        return look_around();
    if (strcmp(what, "--look") != 0)
        return 0;
    const tree *t = mmap(NULL, sizeof *t, PROT_READ, MAP_PRIVATE, fd, 0);
    int faults = t == MAP_FAILED ? 96 : tree_look(t);
    return faults > 90 ? 90 : faults;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strncmp(argv[1], "--", 2) == 0)
        return inside(argv[1], atoi(argv[2]));
    if (!realpath("/proc/self/exe", self))
        return 1;
    return srt_unit_main(argc, argv, "bwrap.live", cases, sizeof cases / sizeof *cases);
}
