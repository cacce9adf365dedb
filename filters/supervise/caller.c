/* SPDX-License-Identifier: Apache-2.0 */
/* What /proc says of the caller. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

int sup_open_proc(const sup_call *call, const char *entry)
{
    char path[64];
    snprintf(path, sizeof path, "%u/%s", call->notif.pid, entry);
    int fd = openat(call->sup->proc, path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    /* The number may have gone to another process before it was opened. */
    if (!sup_call_alive(call)) {
        close(fd);
        return -ESRCH;
    }
    return fd;
}

int sup_call_root(sup_call *call)
{
    if (call->root < 0)
        call->root = sup_open_proc(call, "root");
    return call->root;
}

int sup_call_base(sup_call *call, int which)
{
    int8_t arg = call->row->path[which].dirfd;
    int32_t dirfd = arg == SUP_NO_ARG ? AT_FDCWD : (int32_t)sup_arg(call, arg);
    char entry[24];
    if (dirfd == AT_FDCWD)
        return sup_open_proc(call, "cwd");
    if (dirfd < 0)
        return -EBADF;
    snprintf(entry, sizeof entry, "fd/%d", dirfd);
    int fd = sup_open_proc(call, entry);
    return fd == -ENOENT ? -EBADF : fd;
}

/* The text of /proc/TID/status, or -errno. */
static int read_status(const sup_call *call, char *to, size_t size)
{
    char path[32];
    snprintf(path, sizeof path, "%u/status", call->notif.pid);
    int fd = openat(call->sup->proc, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    ssize_t n = read(fd, to, size - 1);
    int failed = n < 0 ? -errno : 0;
    close(fd);
    to[n < 0 ? 0 : n] = '\0';
    if (!failed && !sup_call_alive(call))
        failed = -ESRCH;
    return failed;
}

/* The name of the program is in the text too, but a newline in it is escaped. */
static int64_t status_value(const char *text, const char *name, int base)
{
    const char *at = strstr(text, name);
    return at ? strtoll(at + strlen(name), NULL, base) : -EIO;
}

int sup_caller_umask(const sup_call *call)
{
    char text[1024];
    int failed = read_status(call, text, sizeof text);
    return failed ? failed : (int)status_value(text, "\nUmask:\t", 8);
}

int32_t sup_caller_process(const sup_call *call)
{
    char text[1024];
    int failed = read_status(call, text, sizeof text);
    return failed ? failed : (int32_t)status_value(text, "\nTgid:\t", 10);
}

int32_t sup_parent_of(const srt_supervisor *sup, int32_t process)
{
    char text[1024], path[32];
    snprintf(path, sizeof path, "%d/status", process);
    int fd = openat(sup->proc, path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    text[n < 0 ? 0 : n] = '\0';
    int64_t parent = status_value(text, "\nPPid:\t", 10);
    return parent > 0 ? (int32_t)parent : 0;
}

static uint64_t status_mask(const char *text, const char *name)
{
    const char *at = strstr(text, name);
    return at ? strtoull(at + strlen(name), NULL, 16) : 0;
}

bool sup_caller_signalled(const sup_call *call)
{
    char text[4096];
    if (read_status(call, text, sizeof text) < 0)
        return false;
    uint64_t pending = status_mask(text, "\nSigPnd:\t") | status_mask(text, "\nShdPnd:\t");
    return pending & ~status_mask(text, "\nSigBlk:\t") & ~status_mask(text, "\nSigIgn:\t");
}
