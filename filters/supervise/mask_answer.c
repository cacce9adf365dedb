/* SPDX-License-Identifier: Apache-2.0 */
/* A table of the requests that come. Node 1 is the root, which only who builds the sandbox
 * sees: it holds the masks by their numbers. Node 2 + i is mask i. */
#include "mask_answer.h"

#include <errno.h>
#include <limits.h>
#include <linux/fuse.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#define FIRST_NODE 2u
#define MINOR_MOST 31u  /* what is answered here is right up to this version */
#define MINOR_LEAST 23u /* before: another form of the first answer */
#define FOR_EVER (1ull << 31)
#define DIRECTORY_TYPE 4u /* DT_DIR */
#define EXECUTES 0x20u    /* the kernel's own open flag: by execve */

typedef struct ask {
    const sup_mask_table *table;
    struct fuse_in_header head;
    const unsigned char *body;
    size_t length; /* of the body */
    size_t mask;   /* SIZE_MAX: the root */
    bool is_dir;
    unsigned char *reply; /* what follows the header */
    sup_mask_event *event;
} ask;

/* An answer: the length of what follows the header, or a negative errno value. */
#define NO_ANSWER INT_MIN

static int refuse(ask *a, srt_operation operation, const char *name, int error)
{
    if (a->mask != SIZE_MAX)
        *a->event = (sup_mask_event){a->mask, operation, a->head.pid, name};
    return -error;
}

static int put(ask *a, const void *bytes, size_t length)
{
    memcpy(a->reply, bytes, length);
    return (int)length;
}

static struct fuse_attr attributes(const sup_mask_table *t, size_t mask)
{
    const uint32_t mode = mask == SIZE_MAX ? S_IFDIR | 0755 : t->modes[mask];
    return (struct fuse_attr){
        .ino = mask == SIZE_MAX ? 1 : FIRST_NODE + mask,
        .atime = t->time,
        .mtime = t->time,
        .ctime = t->time,
        .mode = mode,
        .nlink = S_ISDIR(mode) ? 2 : 1,
        .uid = t->uid,
        .gid = t->gid,
        .blksize = 4096,
    };
}

static int on_init(ask *a)
{
    struct fuse_init_in in;
    struct fuse_init_out out = {.major = 7, .max_write = 4096, .time_gran = 1};
    if (a->length < 2 * sizeof(uint32_t))
        return -EPROTO;
    memset(&in, 0, sizeof in);
    memcpy(&in, a->body, a->length < sizeof in ? a->length : sizeof in);
    if (in.major < 7 || (in.major == 7 && in.minor < MINOR_LEAST))
        return -EPROTO;
    if (in.major == 7) { /* a newer one asks again when it has seen ours */
        out.minor = in.minor < MINOR_MOST ? in.minor : MINOR_MOST;
        out.max_readahead = in.max_readahead;
    }
    return put(a, &out, sizeof out);
}

/* The name at the start of the body, or NULL. */
static const char *name_of(const ask *a)
{
    return memchr(a->body, 0, a->length) && a->body[0] ? (const char *)a->body : NULL;
}

static int on_lookup(ask *a)
{
    const char *name = name_of(a);
    struct fuse_entry_out out = {.entry_valid = FOR_EVER, .attr_valid = FOR_EVER};
    size_t number = 0;
    if (!name)
        return -EINVAL;
    if (a->mask != SIZE_MAX)
        return a->is_dir ? refuse(a, SRT_OP_READ, name, ENOENT) : -ENOTDIR;
    for (const char *c = name; *c; c++) {
        if (*c < '0' || *c > '9' || (name[0] == '0' && name[1]) || number >= a->table->count)
            return -ENOENT;
        number = number * 10 + (size_t)(*c - '0');
    }
    if (number >= a->table->count)
        return -ENOENT;
    out.nodeid = FIRST_NODE + number;
    out.attr = attributes(a->table, number);
    return put(a, &out, sizeof out);
}

static int on_getattr(ask *a)
{
    struct fuse_attr_out out = {.attr_valid = FOR_EVER};
    out.attr = attributes(a->table, a->mask);
    return put(a, &out, sizeof out);
}

/* Also for what the mount does not let through anyway. */
static int on_change(ask *a)
{
    return a->is_dir ? -EROFS : refuse(a, SRT_OP_WRITE, NULL, EACCES);
}

static int on_open(ask *a)
{
    struct fuse_open_in in;
    if (a->length < sizeof in || a->is_dir)
        return a->is_dir ? -EISDIR : -EINVAL;
    memcpy(&in, a->body, sizeof in);
    if ((in.flags & 3u) != 0)
        return refuse(a, SRT_OP_WRITE, NULL, EACCES);
    return refuse(a, in.flags & EXECUTES ? SRT_OP_EXEC : SRT_OP_READ, NULL, EACCES);
}

/* Its list is empty, and that it was asked for is what is refused. */
static int on_opendir(ask *a)
{
    const struct fuse_open_out out = {.fh = 0};
    if (!a->is_dir)
        return -ENOTDIR;
    refuse(a, SRT_OP_READ, NULL, 0);
    return put(a, &out, sizeof out);
}

static int on_readdir(ask *a)
{
    static const char names[2][2] = {".", ".."};
    struct fuse_read_in in;
    size_t at = 0;
    if (a->length < sizeof in || !a->is_dir)
        return -EINVAL;
    memcpy(&in, a->body, sizeof in);
    for (uint64_t i = in.offset; i < 2; i++) {
        const struct fuse_dirent entry = {.ino = a->head.nodeid,
                                          .off = i + 1,
                                          .namelen = (uint32_t)i + 1,
                                          .type = DIRECTORY_TYPE};
        const size_t length = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + entry.namelen);
        if (length > in.size - at || in.size < at)
            break;
        memset(a->reply + at, 0, length);
        memcpy(a->reply + at, &entry, FUSE_NAME_OFFSET);
        memcpy(a->reply + at + FUSE_NAME_OFFSET, names[i], entry.namelen);
        at += length;
    }
    return (int)at;
}

static int on_access(ask *a)
{
    struct fuse_access_in in;
    if (a->length < sizeof in)
        return -EINVAL;
    memcpy(&in, a->body, sizeof in);
    if (a->is_dir)
        return in.mask & 2u ? -EROFS : 0;
    if (in.mask & 4u)
        return refuse(a, SRT_OP_READ, NULL, EACCES);
    if (in.mask & 2u)
        return refuse(a, SRT_OP_WRITE, NULL, EACCES);
    return in.mask & 1u ? refuse(a, SRT_OP_EXEC, NULL, EACCES) : 0;
}

static int on_statfs(ask *a)
{
    const struct fuse_statfs_out out = {.st = {.bsize = 4096, .frsize = 4096, .namelen = 255}};
    return put(a, &out, sizeof out);
}

static int on_close(ask *a)
{
    (void)a;
    return 0;
}

static int on_nothing(ask *a)
{
    (void)a;
    return NO_ANSWER;
}

/* What is missing is answered with ENOSYS: the kernel does without it, and asks no more. */
static int (*const handlers[])(ask *a) = {
    [FUSE_LOOKUP] = on_lookup,      [FUSE_FORGET] = on_nothing,       [FUSE_GETATTR] = on_getattr,
    [FUSE_SETATTR] = on_change,     [FUSE_SYMLINK] = on_change,       [FUSE_MKNOD] = on_change,
    [FUSE_MKDIR] = on_change,       [FUSE_UNLINK] = on_change,        [FUSE_RMDIR] = on_change,
    [FUSE_RENAME] = on_change,      [FUSE_LINK] = on_change,          [FUSE_OPEN] = on_open,
    [FUSE_STATFS] = on_statfs,      [FUSE_RELEASE] = on_close,        [FUSE_SETXATTR] = on_change,
    [FUSE_REMOVEXATTR] = on_change, [FUSE_FLUSH] = on_close,          [FUSE_INIT] = on_init,
    [FUSE_OPENDIR] = on_opendir,    [FUSE_READDIR] = on_readdir,      [FUSE_RELEASEDIR] = on_close,
    [FUSE_ACCESS] = on_access,      [FUSE_CREATE] = on_change,        [FUSE_INTERRUPT] = on_nothing,
    [FUSE_DESTROY] = on_close,      [FUSE_BATCH_FORGET] = on_nothing, [FUSE_RENAME2] = on_change,
};

static int answer(ask *a)
{
    const uint32_t code = a->head.opcode;
    if (code >= sizeof handlers / sizeof *handlers || !handlers[code])
        return -ENOSYS;
    /* These are of no node. */
    if (code == FUSE_INIT || handlers[code] == on_nothing)
        return handlers[code](a);
    a->is_dir = a->head.nodeid == FUSE_ROOT_ID;
    if (!a->is_dir) {
        if (a->head.nodeid < FIRST_NODE || a->head.nodeid - FIRST_NODE >= a->table->count)
            return -ESTALE;
        a->mask = (size_t)(a->head.nodeid - FIRST_NODE);
        a->is_dir = S_ISDIR(a->table->modes[a->mask]);
    }
    return handlers[code](a);
}

size_t sup_mask_answer(const sup_mask_table *table, const void *request, size_t length, void *reply,
                       sup_mask_event *ret_event)
{
    struct fuse_out_header out;
    ask a = {.table = table,
             .mask = SIZE_MAX,
             .reply = (unsigned char *)reply + sizeof out,
             .event = ret_event};
    *ret_event = (sup_mask_event){.mask = SIZE_MAX};
    if (length < sizeof a.head)
        return 0;
    memcpy(&a.head, request, sizeof a.head);
    if (a.head.len != length)
        return 0; /* the kernel's own word; without it there is nobody to answer */
    a.body = (const unsigned char *)request + sizeof a.head;
    a.length = length - sizeof a.head;
    const int r = answer(&a);
    if (r == NO_ANSWER)
        return 0;
    out = (struct fuse_out_header){.len = (uint32_t)(sizeof out + (r > 0 ? (size_t)r : 0)),
                                   .error = r < 0 ? r : 0,
                                   .unique = a.head.unique};
    memcpy(reply, &out, sizeof out);
    return out.len;
}
