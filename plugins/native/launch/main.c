/* SPDX-License-Identifier: Apache-2.0 */
/*   srt -> native-launch            waits for the sandbox, ends as it does
 *            -> its child           the first process of the new namespaces, which builds the
 *                                   mounts, gives up every right and becomes the helper inside
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

#define SPACES                                                                                     \
    (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS |     \
     CLONE_NEWCGROUP)

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

static void enter(int steps, const ids *outside)
{
    tree t;
    tree_load(&t, steps);
    space_map(outside);
    tree_take(&t);
    space_network((t.root_flags & NT_PACED) != 0); /* needs the /proc outside */
    tree_build(&t);
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
    const long child =
        check(SYS5(SYS_clone, SPACES | SIGCHLD, 0, 0, 0, 0), "make the sandbox's namespaces", NULL);
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
