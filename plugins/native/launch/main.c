/* SPDX-License-Identifier: Apache-2.0 */
/*   srt -> native-launch            waits for the sandbox, ends as it does
 *            -> its child           the first process of the sandbox: makes the other namespaces,
 *                                   gives up every right and becomes the helper inside
 *                 -> the builder    makes the mounts meanwhile, and ends
 *
 * The child dies with its parent, and the parent with srt: whoever is killed takes all the rest
 * with it, since the kernel ends a pid namespace with its first process. */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "launch.h"

/* What the builder needs; and what takes about as long as the mounts take the builder. */
#define FIRST_SPACES (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID)
#define OTHER_SPACES (CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP)
#define NO_SPACES "make the sandbox's namespaces"

/* Decimal digits only; -1 for anything else. */
static int number(const char *text)
{
    long n = 0;
    if (!*text)
        return -1;
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || n > 1 << 20)
            return -1;
        n = n * 10 + (*text - '0');
    }
    return (int)n;
}

static bool is_closed(int fd)
{
    struct pollfd p = {.fd = fd, .events = 0};
    struct {
        int64_t seconds, nanoseconds;
    } none = {0, 0};
    const long r = SYS5(SYS_ppoll, &p, 1, &none, NULL, 8);
    return r < 0 || (p.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

/* Death of the parent ends this process; other is closed when that has happened before. */
static void die_with_parent(int other)
{
    check(SYS5(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0), "tie the sandbox to srt's life",
          NULL);
    if (other >= 0 && is_closed(other))
        launch_exit(LAUNCH_FAILED);
}

/* life: the only descriptor that stays; its end tells the child that this process is gone. */
__attribute__((noreturn)) static void wait_for(long child, int life)
{
    /* Not even 0 to 2: who reads what the command wrote waits for their end. */
    SYS3(NR_close_range, 0, life - 1, 0);
    SYS3(NR_close_range, life + 1, ~0u, 0);
    for (;;) {
        int status = 0;
        const long r = SYS4(SYS_wait4, child, &status, __WALL, NULL);
        if (r == child && WIFEXITED(status))
            launch_exit(WEXITSTATUS(status));
        if (r == child && WIFSIGNALED(status))
            launch_exit(128 + WTERMSIG(status));
        if (r < 0 && r != -EINTR)
            launch_exit(LAUNCH_FAILED);
    }
}

static long start_builder(tree *t)
{
    const long builder =
        check(SYS5(SYS_clone, SIGCHLD, 0, 0, 0, 0), "start what makes the mounts", NULL);
    if (builder > 0)
        return builder;
    tree_build(t);
    launch_exit(0);
}

/* What it could not do it has said. */
static void wait_for_builder(long builder)
{
    int status = 0;
    long r;
    do
        r = SYS4(SYS_wait4, builder, &status, __WALL, NULL);
    while (r == -EINTR);
    if (r == builder && WIFEXITED(status) && WEXITSTATUS(status) == LAUNCH_FAILED)
        launch_exit(LAUNCH_FAILED);
    if (r != builder || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail("make the mounts, the process for it has gone", NULL, r < 0 ? r : -ECHILD);
}

static void enter(int steps, const ids *outside)
{
    tree t;
    tree_load(&t, steps);
    space_map(outside);
    /* A mount of its own: in what the builder makes read-only nobody may be writing. */
    const long proc = (t.root_flags & NT_PACED) ? -1 : mount_clone(AT_FDCWD, "/proc", true);
    const long builder = start_builder(&t);
    check(SYS1(SYS_unshare, OTHER_SPACES), NO_SPACES, NULL);
    space_network((int)proc);
    wait_for_builder(builder);
    check(SYS1(SYS_chdir, "/"), "enter", "/");
    space_drop_rights();
}

__attribute__((noreturn)) static void become_helper(const char *plan, const char *handoff)
{
    const char *const argv[] = {"srt-inside", "run", plan, handoff, NULL};
    const char *const env[] = {NULL};
    fail("execute the helper inside", NT_INSIDE_HELPER,
         SYS3(SYS_execve, NT_INSIDE_HELPER, argv, env));
}

int launch_main(int argc, const char *const *argv)
{
    const bool run = argc == 5 && strlen(argv[1]) == 3 && memcmp(argv[1], "run", 3) == 0;
    const bool try = argc == 3 && strlen(argv[1]) == 3 && memcmp(argv[1], "try", 3) == 0;
    int life[2];
    if ((!run && !try) || number(argv[2]) < 3 ||
        (run && (number(argv[3]) < 3 || number(argv[4]) < 3))) {
        static const char text[] = "native-launch: part of srt, not to be started by hand\n";
        SYS3(SYS_write, 2, text, sizeof text - 1);
        return LAUNCH_FAILED;
    }
    launch_handoff = run ? number(argv[3]) : -1;
    die_with_parent(launch_handoff);
    const ids outside = {(unsigned long)SYS0(SYS_geteuid), (unsigned long)SYS0(SYS_getegid)};
    check(SYS2(SYS_pipe2, life, O_CLOEXEC), "make a pipe", NULL);
    const long child = check(SYS5(SYS_clone, FIRST_SPACES | SIGCHLD, 0, 0, 0, 0), NO_SPACES, NULL);
    if (child > 0)
        wait_for(child, life[1]);
    SYS1(SYS_close, life[1]);
    die_with_parent(life[0]);
    SYS1(SYS_close, life[0]);
    enter(number(argv[2]), &outside);
    if (try)
        return 0;
    become_helper(argv[4], argv[3]);
}

#ifdef NATIVE_HOSTED
int main(int argc, char **argv)
{
    return launch_main(argc, (const char *const *)argv);
}
#endif
