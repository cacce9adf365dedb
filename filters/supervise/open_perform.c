/* SPDX-License-Identifier: Apache-2.0 */
/* Opening what exists for writing, and truncate, where the floor refuses. Only regular files are
 * opened, and only through the descriptor of what was judged: no device, no FIFO and nothing of
 * procfs, where an open by us would mean something else than one by the caller. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "target.h"

#define TMPFILE_BIT (O_TMPFILE & ~O_DIRECTORY)

static bool of_kernel(int fd)
{
    struct statfs fs;
    return fstatfs(fd, &fs) < 0 || fs.f_type == PROC_SUPER_MAGIC || fs.f_type == SYSFS_MAGIC;
}

/* Again, now to read and write. A lease held elsewhere must be broken first, which takes time. */
static int reopen(sup_call *call, int object, uint64_t wanted)
{
    char self[SUP_SELF_ROOM];
    const int drop = O_CREAT | O_EXCL | O_NOFOLLOW;
    int flags = ((int)(uint32_t)wanted & ~drop) | O_CLOEXEC;
    sup_self_path(object, self);
    if ((wanted & O_ACCMODE) != O_RDONLY)
        flags &= ~O_TRUNC; /* when the caller surely gets it */
    int fd = open(self, flags | O_NONBLOCK);
    if (fd < 0 && errno == EAGAIN && !(wanted & O_NONBLOCK)) {
        if (!sup_may_block(call))
            return -EAGAIN;
        fd = open(self, flags);
    }
    if (fd < 0)
        return -errno;
    if (!(wanted & O_NONBLOCK))
        fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
    return fd;
}

/* The file is closed here before the caller goes on: one that is open for writing elsewhere can be
 * neither executed nor leased. */
static sup_answer give(sup_call *call, int fd, uint64_t flags)
{
    int number = sup_call_add_fd(call, fd, flags & O_CLOEXEC);
    sup_answer answer = number;
    if (number >= 0 && (flags & O_TRUNC) && (flags & O_ACCMODE) != O_RDONLY && ftruncate(fd, 0) < 0)
        answer = -errno;
    close(fd);
    return answer;
}

sup_answer sup_open_object(sup_call *call, const sup_open *open, const sup_target *target)
{
    bool native;
    if (!S_ISREG(target->st.st_mode) || target->object < 0 || of_kernel(target->object))
        return SUP_GO_ON;
    if (open->flags & O_DIRECTORY)
        return -ENOTDIR;
    sup_answer answer = sup_judge_object(call, target->object, SRT_OP_WRITE, &native);
    if (answer != SUP_GO_ON || native)
        return answer;
    int fd = reopen(call, target->object, open->flags);
    return fd < 0 ? fd : give(call, fd, open->flags);
}

static sup_answer open_nameless(sup_call *call, const sup_open *open, int directory)
{
    bool native;
    sup_answer answer = sup_judge_object(call, directory, SRT_OP_CREATE, &native);
    if (answer != SUP_GO_ON || native)
        return answer;
    int mask = sup_umask_of(call);
    if (mask < 0)
        return mask;
    umask((mode_t)mask);
    int fd = openat(directory, ".", (int)(uint32_t)open->flags | O_CLOEXEC, (mode_t)open->mode);
    int failed = fd < 0 ? -errno : 0;
    umask(077);
    return failed ? failed : give(call, fd, open->flags & O_CLOEXEC);
}

static sup_answer open_target(sup_call *call, const sup_open *open)
{
    sup_target target;
    int found = sup_target_find_open(call, open, SUP_TARGET_OPEN, &target);
    sup_answer answer = found < 0 ? found : SUP_GO_ON;
    if (found == 0 && !target.exists)
        answer = -ENOENT;
    else if (found == 0 && (open->flags & TMPFILE_BIT) && S_ISDIR(target.st.st_mode))
        answer = open_nameless(call, open, target.object);
    else if (found == 0 && S_ISLNK(target.st.st_mode))
        answer = -ELOOP;
    else if (found == 0 && !(open->flags & TMPFILE_BIT))
        answer = sup_open_object(call, open, &target);
    sup_target_close(&target);
    return answer;
}

static sup_answer open_call(sup_call *call)
{
    sup_open open;
    sup_answer failed = sup_call_open(call, &open);
    if (failed < 0)
        return failed;
    if (sup_may_create(&open))
        return sup_create_open(call, &open);
    bool writes = (open.flags & O_ACCMODE) != O_RDONLY || (open.flags & O_TRUNC);
    bool odd = open.flags > UINT32_MAX || open.mode > 07777 || (open.flags & O_CREAT) ||
               ((open.flags & TMPFILE_BIT) && !(open.flags & O_DIRECTORY));
    if ((open.flags & O_PATH) || odd || !writes)
        return sup_observe(call);
    return open_target(call, &open);
}

/* Two registers hold the length where registers are small. */
static int64_t length_of(const sup_call *call)
{
#if __SIZEOF_LONG__ == 8
    return (int64_t)sup_arg(call, 1);
#else
#if defined(__arm__)
    const int at = 2; /* an even one */
#else
    const int at = 1;
#endif
    if (call->notif.data.nr == __NR_truncate)
        return (int32_t)sup_arg(call, 1);
    uint64_t first = (uint32_t)sup_arg(call, at), second = (uint32_t)sup_arg(call, at + 1);
    return (int64_t)(first | second << 32);
#endif
}

static sup_answer truncate_object(sup_call *call, const sup_target *target)
{
    bool native;
    if (!S_ISREG(target->st.st_mode))
        return S_ISDIR(target->st.st_mode) ? -EISDIR : -EINVAL;
    if (of_kernel(target->object))
        return SUP_GO_ON;
    sup_answer answer = sup_judge_object(call, target->object, SRT_OP_WRITE, &native);
    if (answer != SUP_GO_ON || native)
        return answer;
    int fd = reopen(call, target->object, O_WRONLY);
    if (fd < 0)
        return fd;
    answer = ftruncate(fd, length_of(call)) < 0 ? -errno : 0;
    close(fd);
    return answer;
}

static sup_answer truncate_call(sup_call *call)
{
    sup_target target;
    if (length_of(call) < 0)
        return -EINVAL;
    int failed = sup_target_find(call, 0, SUP_TARGET_FOLLOW | SUP_TARGET_OPEN, &target);
    sup_answer answer = failed ? failed : !target.exists ? -ENOENT : truncate_object(call, &target);
    sup_target_close(&target);
    return answer;
}

sup_answer sup_open_perform(sup_call *call)
{
    return call->row->kind == SUP_TRUNCATE ? truncate_call(call) : open_call(call);
}
