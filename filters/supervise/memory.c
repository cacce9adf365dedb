/* SPDX-License-Identifier: Apache-2.0 */
/* The caller's memory. What is read here is a copy that nobody changes any more; the caller may
 * have changed the original before, and will after. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "internal.h"

#define PAGE 4096u      /* no machine has smaller pages */
#define FIRST_PIECE 512 /* most paths are shorter */

/* Where process_vm_readv is closed (some containers), /proc/TID/mem may be open. */
static ssize_t read_through_proc(const sup_call *call, uint64_t address, void *to, size_t length)
{
    char entry[32];
    if (address > INT64_MAX)
        return -EFAULT;
    snprintf(entry, sizeof entry, "%u/mem", call->notif.pid);
    int fd = openat(call->sup->proc, entry, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    ssize_t n = pread(fd, to, length, (off_t)address);
    n = n < 0 ? -errno : n;
    close(fd);
    return n == -EIO ? -EFAULT : n;
}

/* Some bytes, at least one, within one page; or -errno. */
static ssize_t read_piece(const sup_call *call, uint64_t address, void *to, size_t length)
{
    struct iovec local = {to, length};
    struct iovec remote = {(void *)(uintptr_t)address, length};
    ssize_t n = process_vm_readv((pid_t)call->notif.pid, &local, 1, &remote, 1, 0);
    if (n < 0 && (errno == ENOSYS || errno == EPERM))
        n = read_through_proc(call, address, to, length);
    else if (n < 0)
        n = -errno;
    return n == 0 ? -EFAULT : n;
}

static size_t in_page(uint64_t address, size_t length)
{
    size_t rest = PAGE - (size_t)(address % PAGE);
    return rest < length ? rest : length;
}

int sup_read_memory(const sup_call *call, uint64_t address, void *to, size_t length)
{
    char *bytes = to;
    for (size_t got = 0; got < length;) {
        ssize_t n =
            read_piece(call, address + got, bytes + got, in_page(address + got, length - got));
        if (n < 0)
            return (int)n;
        got += (size_t)n;
    }
    return 0;
}

ssize_t sup_read_string(const sup_call *call, uint64_t address, char *to)
{
    size_t got = 0;
    while (got < SUP_PATH_MAX) {
        size_t wanted = in_page(address + got, SUP_PATH_MAX - got);
        if (got == 0 && wanted > FIRST_PIECE)
            wanted = FIRST_PIECE;
        ssize_t n = read_piece(call, address + got, to + got, wanted);
        if (n < 0)
            return n;
        const char *end = memchr(to + got, '\0', (size_t)n);
        if (end)
            return end - to;
        got += (size_t)n;
    }
    return -ENAMETOOLONG;
}

ssize_t sup_call_path(sup_call *call, int which)
{
    if (call->have_path[which])
        return (ssize_t)strlen(call->path[which]);
    ssize_t n =
        sup_read_string(call, sup_arg(call, call->row->path[which].path), call->path[which]);
    call->have_path[which] = n >= 0;
    return n;
}

/* struct open_how. */
struct how {
    uint64_t flags, mode, resolve;
};

int sup_call_open(sup_call *call, sup_open *ret)
{
    const sup_row *row = call->row;
    if (!(row->row & SUP_ROW_HOW)) {
        ret->flags = row->flags < 0 ? (uint64_t)row->fixed_flags : sup_arg(call, row->flags);
        ret->flags &= UINT32_MAX;
        ret->mode = sup_arg(call, row->mode) & 07777;
        ret->resolve = 0;
        return 0;
    }
    struct how how;
    uint64_t size = sup_arg(call, row->flags + 1);
    if (size < sizeof how)
        return -EINVAL;
    int failed = sup_read_memory(call, sup_arg(call, row->flags), &how, sizeof how);
    *ret = (sup_open){.flags = how.flags, .mode = how.mode, .resolve = how.resolve};
    return failed;
}
