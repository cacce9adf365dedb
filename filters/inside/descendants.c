/* SPDX-License-Identifier: Apache-2.0 */
/* Ending whatever came from a process that is a subreaper: its children are killed;
 * theirs become its own by that, and so on until there is none. A process is
 * only ever killed while it is a child that has not been waited for, so its number
 * cannot mean another one. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "inside.h"
#include "sys.h"

#define AGAIN_NS 100000000 /* a child may have come while its brothers were listed */

/* Numbers in /proc are of the namespace that it was mounted in. */
static bool proc_is_ours(void)
{
    char link[32];
    long n = sys4(SYS_readlinkat, AT_FDCWD, "/proc/self", link, sizeof link - 1);
    if (n <= 0)
        return false;
    link[n] = 0;
    return text_number(link, 1L << 30) == sys0(SYS_getpid);
}

static void kill_child(long pid)
{
    if (pid > 1)
        sys2(SYS_kill, pid, SIGKILL);
}

bool descendants_kill_listed(void)
{
    char bytes[4096];
    long n, pid = 0;
    if (!proc_is_ours())
        return false;
    long fd = sys4(SYS_openat, AT_FDCWD, "/proc/thread-self/children", O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return false;
    /* Each number is followed by a blank; one may be in two pieces. */
    while ((n = sys3(SYS_read, fd, bytes, sizeof bytes)) > 0)
        for (long i = 0; i < n; i++) {
            if (bytes[i] >= '0' && bytes[i] <= '9') {
                pid = pid * 10 + (bytes[i] - '0');
                continue;
            }
            kill_child(pid);
            pid = 0;
        }
    sys1(SYS_close, fd);
    return n == 0;
}

/* "PID (name) S PPID …", where the name may hold anything. */
static long parent_of(int proc, const char *number)
{
    char name[32] = "", text[512];
    const size_t length = strlen(number);
    if (length > 20)
        return -1;
    memcpy(name, number, length);
    memcpy(name + length, "/stat", 6);
    long fd = sys4(SYS_openat, proc, name, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    long n = sys3(SYS_read, fd, text, sizeof text);
    sys1(SYS_close, fd);
    long at = n - 1, parent = 0;
    while (at >= 0 && text[at] != ')')
        at--;
    for (at += 4; at >= 4 && at < n && text[at] >= '0' && text[at] <= '9'; at++)
        parent = parent * 10 + (text[at] - '0');
    return parent;
}

/* As the kernel lays out what getdents64 gives. */
struct directory_entry {
    uint64_t inode, offset;
    uint16_t length;
    unsigned char type;
    char name[];
};

bool descendants_kill_searched(void)
{
    _Alignas(8) char bytes[4096];
    const long self = sys0(SYS_getpid);
    long n;
    if (!proc_is_ours())
        return false;
    long proc = sys4(SYS_openat, AT_FDCWD, "/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (proc < 0)
        return false;
    while ((n = sys3(SYS_getdents64, proc, bytes, sizeof bytes)) > 0)
        for (long at = 0; at < n;) {
            const struct directory_entry *entry = (const void *)(bytes + at);
            const long pid = text_number(entry->name, 1L << 30);
            if (pid > 1 && parent_of((int)proc, entry->name) == self)
                kill_child(pid);
            at += entry->length;
        }
    sys1(SYS_close, proc);
    return n == 0;
}

/* SIGCHLD is blocked. */
static void wait_for_one(void)
{
    const uint64_t child = (uint64_t)1 << (SIGCHLD - 1);
    const struct {
        int64_t seconds, nanoseconds;
    } limit = {0, AGAIN_NS};
    sys4(SYS_rt_sigtimedwait, &child, NULL, &limit, 8);
}

void descendants_end(void)
{
    for (;;) {
        long pid = sys4(SYS_wait4, -1, NULL, WNOHANG | __WALL, NULL);
        if (pid == -ECHILD)
            return;
        if (pid != 0)
            continue;
        if (!descendants_kill_listed())
            descendants_kill_searched();
        wait_for_one();
    }
}
