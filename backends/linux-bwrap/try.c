/* SPDX-License-Identifier: Apache-2.0 */
/* Trying out: what no file tells. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "probe.h"

#define TRY_MILLISECONDS 5000
#define HELPER_USAGE 125 /* what the helper ends with when it is told nothing */

/* Reads until the other end closes, or the time is over. */
static bool read_until_closed(int fd, char *text, size_t size)
{
    struct timespec start, now;
    size_t length = 0;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (;;) {
        char more[256];
        clock_gettime(CLOCK_MONOTONIC, &now);
        long left = TRY_MILLISECONDS - (now.tv_sec - start.tv_sec) * 1000 -
                    (now.tv_nsec - start.tv_nsec) / 1000000;
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int ready = left > 0 ? poll(&p, 1, (int)left) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return false;
        ssize_t n = read(fd, more, sizeof more);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        size_t fits = (size_t)n < size - 1 - length ? (size_t)n : size - 1 - length;
        memcpy(text + length, more, fits);
        length += fits;
    }
    text[length] = '\0';
    return true;
}

/* One line without control characters. */
static void tidy(char *text)
{
    size_t n = strlen(text);
    while (n && (unsigned char)text[n - 1] <= ' ')
        text[--n] = '\0';
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = ' ';
}

static int spawn_tool(const char *path, const char *const *argv, int err, pid_t *ret_pid)
{
    static char *const no_environment[] = {NULL};
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    error = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDWR, 0);
    if (!error)
        error = posix_spawn_file_actions_adddup2(&actions, 0, 1);
    if (!error)
        error = posix_spawn_file_actions_adddup2(&actions, err, 2);
    if (!error)
        error = posix_spawn(ret_pid, path, &actions, NULL, (char *const *)(uintptr_t)argv,
                            no_environment);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static int wait_for(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static size_t put(const char **argv, size_t at, const char *const *words)
{
    while (*words)
        argv[at++] = *words++;
    return at;
}

/* Every namespace and kind of mount that a real run needs, around the helper. */
static void fill_argv(const char **argv, const char *tool, const char *helper, bool weaker_nested)
{
    static const char *const same[] = {"--unshare-user",
                                       "--unshare-pid",
                                       "--unshare-ipc",
                                       "--unshare-uts",
                                       "--unshare-cgroup-try",
                                       "--unshare-net",
                                       "--die-with-parent",
                                       "--cap-drop",
                                       "ALL",
                                       "--ro-bind",
                                       "/",
                                       "/",
                                       "--dev",
                                       "/dev",
                                       NULL};
    static const char *const new_proc[] = {"--proc", "/proc", "--", NULL};
    static const char *const host_proc[] = {"--ro-bind", "/proc", "/proc", "--", NULL};
    argv[0] = tool;
    size_t n = put(argv, 1, same);
    n = put(argv, n, weaker_nested ? host_proc : new_proc);
    argv[n++] = helper;
    argv[n] = NULL;
}

int bw_try_tool(const bw_tool *tool, const char *helper, const bw_facts *facts, bool weaker_nested,
                char *why)
{
    const char *argv[32];
    int ends[2];
    pid_t pid;
    char text[512] = "";
    fill_argv(argv, tool->path, helper, weaker_nested);
    if (pipe2(ends, O_CLOEXEC) != 0) {
        bw_say(why, "cannot make a pipe: %s", strerror(errno));
        return -ENOTSUP;
    }
    int error = spawn_tool(tool->path, argv, ends[1], &pid);
    close(ends[1]);
    if (error) {
        close(ends[0]);
        bw_say(why, "cannot start %s: %s", tool->path, strerror(error));
        return -ENOTSUP;
    }
    bool ended = read_until_closed(ends[0], text, sizeof text);
    close(ends[0]);
    if (!ended)
        kill(pid, SIGKILL);
    int status = wait_for(pid);
    if (!ended) {
        bw_say(why, "%s did not answer within %d s", tool->path, TRY_MILLISECONDS / 1000);
        return -ENOTSUP;
    }
    if (status == HELPER_USAGE)
        return 0;
    tidy(text);
    bw_explain(facts, text[0] ? text : "it ended without a message", weaker_nested, why);
    return -ENOTSUP;
}

/* In the new namespaces; a copy of a process that may have threads, so nothing
 * but system calls. */
static int use_rights(void)
{
    struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo) != 0)
        return 1;
    int map = open("/proc/self/setgroups", O_WRONLY | O_CLOEXEC);
    return map >= 0 && write(map, "deny", 4) == 4 ? 0 : 1;
}

static bool write_line(const char *path, const char *line)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    return fd >= 0 && write(fd, line, strlen(line)) == (ssize_t)strlen(line);
}

/* As above. */
static int mount_masks(const char *directory, const char *uid_map, const char *gid_map)
{
    char options[80] = "rootmode=40000,user_id=0,group_id=0,fd=";
    if (!write_line("/proc/self/setgroups", "deny") || !write_line("/proc/self/uid_map", uid_map) ||
        !write_line("/proc/self/gid_map", gid_map))
        return 1;
    int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    if (fd < 0 || fd > 9999)
        return 1;
    char *at = options + strlen(options);
    for (int unit = 1000; unit; unit /= 10)
        *at++ = (char)('0' + fd / unit % 10);
    return mount("srt", directory, "fuse", MS_NOSUID | MS_NODEV, options) == 0 ? 0 : 1;
}

bool bw_try_masks(const char *directory)
{
    char uid_map[32], gid_map[32];
    snprintf(uid_map, sizeof uid_map, "0 %u 1", geteuid());
    snprintf(gid_map, sizeof gid_map, "0 %u 1", getegid());
    long pid = syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWNS | SIGCHLD, NULL, NULL, NULL, NULL);
    if (pid == 0)
        _exit(mount_masks(directory, uid_map, gid_map));
    return pid > 0 && wait_for((pid_t)pid) == 0;
}

bool bw_try_outer_net(void)
{
    long pid = syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWNET | SIGCHLD, NULL, NULL, NULL, NULL);
    if (pid == 0)
        _exit(use_rights());
    return pid > 0 && wait_for((pid_t)pid) == 0;
}
