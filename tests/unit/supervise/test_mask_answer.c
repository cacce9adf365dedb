/* SPDX-License-Identifier: Apache-2.0 */
/* What masks answer: every request of the kernel, as a table. Mask 0 is a directory, 1 a
 * file, 2 a program. */
#include <errno.h>
#include <linux/fuse.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "mask_answer.h"
#include "support/unit.h"

#define ROOT 1
#define DIR 2
#define FILE_ 3
#define PROGRAM 4

static const uint32_t modes[] = {S_IFDIR | 0755, S_IFREG, S_IFREG | 0111};
static const sup_mask_table table = {modes, 3, 1000, 100, 1700000000};

static unsigned char request[SUP_MASK_REQUEST_MAX], reply[SUP_MASK_REPLY_MAX];
static struct fuse_out_header out;
static sup_mask_event event;

/* The length of the answer. */
static size_t ask(uint32_t code, uint64_t node, const void *body, size_t length)
{
    const struct fuse_in_header head = {.len = (uint32_t)(sizeof head + length),
                                        .opcode = code,
                                        .unique = 77,
                                        .nodeid = node,
                                        .pid = 42};
    memcpy(request, &head, sizeof head);
    if (length)
        memcpy(request + sizeof head, body, length);
    memset(&out, 0, sizeof out);
    size_t n = sup_mask_answer(&table, request, head.len, reply, &event);
    if (n) {
        memcpy(&out, reply, sizeof out);
        CU_ASSERT_EQUAL(out.len, n);
        CU_ASSERT_EQUAL(out.unique, 77);
        CU_ASSERT(out.error <= 0 && (out.error == 0 || n == sizeof out));
    }
    return n;
}

static const void *body(void)
{
    return reply + sizeof out;
}

enum { NONE = -1 };

static void test_refusals(void)
{
    static const struct fuse_open_in reads = {.flags = 0}, writes = {.flags = 1},
                                     both = {.flags = 2}, runs = {.flags = 0x20};
    static const struct fuse_access_in exists = {.mask = 0}, r = {.mask = 4}, w = {.mask = 2},
                                       x = {.mask = 1}, rwx = {.mask = 7};
#define BODY(b) &(b), sizeof(b)
    static const struct {
        uint32_t code;
        uint64_t node;
        const void *body;
        size_t length;
        int error, operation;
        const char *name;
    } rows[] = {
        {FUSE_LOOKUP, DIR, BODY("key"), -ENOENT, SRT_OP_READ, "key"},
        {FUSE_LOOKUP, DIR, BODY("0"), -ENOENT, SRT_OP_READ, "0"},
        {FUSE_LOOKUP, FILE_, BODY("key"), -ENOTDIR, NONE, NULL},
        {FUSE_OPENDIR, DIR, BODY(reads), 0, SRT_OP_READ, NULL},
        {FUSE_OPENDIR, FILE_, BODY(reads), -ENOTDIR, NONE, NULL},
        {FUSE_OPEN, FILE_, BODY(reads), -EACCES, SRT_OP_READ, NULL},
        {FUSE_OPEN, FILE_, BODY(writes), -EACCES, SRT_OP_WRITE, NULL},
        {FUSE_OPEN, FILE_, BODY(both), -EACCES, SRT_OP_WRITE, NULL},
        {FUSE_OPEN, PROGRAM, BODY(runs), -EACCES, SRT_OP_EXEC, NULL},
        {FUSE_OPEN, DIR, BODY(reads), -EISDIR, NONE, NULL},
        {FUSE_ACCESS, FILE_, BODY(exists), 0, NONE, NULL},
        {FUSE_ACCESS, FILE_, BODY(r), -EACCES, SRT_OP_READ, NULL},
        {FUSE_ACCESS, FILE_, BODY(rwx), -EACCES, SRT_OP_READ, NULL},
        {FUSE_ACCESS, FILE_, BODY(w), -EACCES, SRT_OP_WRITE, NULL},
        {FUSE_ACCESS, PROGRAM, BODY(x), -EACCES, SRT_OP_EXEC, NULL},
        {FUSE_ACCESS, DIR, BODY(r), 0, NONE, NULL},
        {FUSE_ACCESS, DIR, BODY(x), 0, NONE, NULL},
        {FUSE_ACCESS, DIR, BODY(w), -EROFS, NONE, NULL},
        {FUSE_SETATTR, FILE_, NULL, 0, -EACCES, SRT_OP_WRITE, NULL},
        {FUSE_SETATTR, DIR, NULL, 0, -EROFS, NONE, NULL},
        {FUSE_CREATE, DIR, NULL, 0, -EROFS, NONE, NULL},
        {FUSE_MKDIR, DIR, NULL, 0, -EROFS, NONE, NULL},
        {FUSE_LINK, DIR, NULL, 0, -EROFS, NONE, NULL},
        {FUSE_RENAME2, DIR, NULL, 0, -EROFS, NONE, NULL},
        {FUSE_UNLINK, DIR, NULL, 0, -EROFS, NONE, NULL},
        {FUSE_MKDIR, ROOT, NULL, 0, -EROFS, NONE, NULL},
        {FUSE_OPENDIR, ROOT, BODY(reads), 0, NONE, NULL},
        {FUSE_READ, FILE_, NULL, 0, -ENOSYS, NONE, NULL},
        {FUSE_IOCTL, FILE_, NULL, 0, -ENOSYS, NONE, NULL},
        {FUSE_GETXATTR, FILE_, NULL, 0, -ENOSYS, NONE, NULL},
        {FUSE_READLINK, FILE_, NULL, 0, -ENOSYS, NONE, NULL},
        {0, ROOT, NULL, 0, -ENOSYS, NONE, NULL},
        {9999, DIR, NULL, 0, -ENOSYS, NONE, NULL},
        {UINT32_MAX, DIR, NULL, 0, -ENOSYS, NONE, NULL},
        {FUSE_GETATTR, 0, NULL, 0, -ESTALE, NONE, NULL},
        {FUSE_GETATTR, 5, NULL, 0, -ESTALE, NONE, NULL},
        {FUSE_GETATTR, UINT64_MAX, NULL, 0, -ESTALE, NONE, NULL},
        {FUSE_OPEN, FILE_, "xxx", 3, -EINVAL, NONE, NULL},
        {FUSE_ACCESS, FILE_, "xxx", 3, -EINVAL, NONE, NULL},
        {FUSE_LOOKUP, DIR, "abc", 3, -EINVAL, NONE, NULL},
        {FUSE_LOOKUP, DIR, NULL, 0, -EINVAL, NONE, NULL},
        {FUSE_LOOKUP, DIR, "", 1, -EINVAL, NONE, NULL},
        {FUSE_RELEASEDIR, DIR, NULL, 0, 0, NONE, NULL},
        {FUSE_FLUSH, DIR, NULL, 0, 0, NONE, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char found[128], expected[128];
        size_t n = ask(rows[i].code, rows[i].node, rows[i].body, rows[i].length);
        snprintf(found, sizeof found, "%zu: %d %d %s", i, n ? out.error : 1,
                 event.mask == SIZE_MAX ? NONE : (int)event.operation,
                 event.name ? event.name : "-");
        snprintf(expected, sizeof expected, "%zu: %d %d %s", i, rows[i].error, rows[i].operation,
                 rows[i].name ? rows[i].name : "-");
        SRT_ASSERT_STR(found, expected);
        if (event.mask != SIZE_MAX) {
            CU_ASSERT_EQUAL(event.mask, rows[i].node - 2);
            CU_ASSERT_EQUAL(event.pid, 42);
        }
    }
}

/* Only who builds the sandbox sees the root. */
static void test_root(void)
{
    static const char *const none[] = {"3", "00", "01", "-1", "x", "0x", "99999999999999999999",
                                       "."};
    struct fuse_entry_out entry;
    for (unsigned i = 0; i < 3; i++) {
        const char name[2] = {(char)('0' + i), '\0'};
        CU_ASSERT_EQUAL(ask(FUSE_LOOKUP, ROOT, name, 2), sizeof out + sizeof entry);
        memcpy(&entry, body(), sizeof entry);
        CU_ASSERT_EQUAL(entry.nodeid, i + 2);
        CU_ASSERT_EQUAL(entry.attr.mode, modes[i]);
        CU_ASSERT_EQUAL(event.mask, SIZE_MAX);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        ask(FUSE_LOOKUP, ROOT, none[i], strlen(none[i]) + 1);
        CU_ASSERT_EQUAL(out.error, -ENOENT);
        CU_ASSERT_EQUAL(event.mask, SIZE_MAX);
    }
}

static void test_attributes(void)
{
    struct fuse_attr_out attr;
    struct fuse_statfs_out fs;
    CU_ASSERT_EQUAL(ask(FUSE_GETATTR, FILE_, NULL, 0), sizeof out + sizeof attr);
    memcpy(&attr, body(), sizeof attr);
    CU_ASSERT_EQUAL(attr.attr.mode, S_IFREG);
    CU_ASSERT(attr.attr.uid == 1000 && attr.attr.gid == 100 && attr.attr.size == 0);
    CU_ASSERT_EQUAL(attr.attr.mtime, 1700000000);
    CU_ASSERT_EQUAL(event.mask, SIZE_MAX);
    ask(FUSE_GETATTR, ROOT, NULL, 0);
    memcpy(&attr, body(), sizeof attr);
    CU_ASSERT_EQUAL(attr.attr.mode, S_IFDIR | 0755);
    CU_ASSERT_EQUAL(ask(FUSE_STATFS, DIR, NULL, 0), sizeof out + sizeof fs);
}

static void test_list(void)
{
    struct fuse_read_in in = {.size = 4096};
    struct fuse_dirent entry;
    CU_ASSERT_EQUAL(ask(FUSE_READDIR, DIR, &in, sizeof in), sizeof out + 64);
    memcpy(&entry, (const char *)body() + 32, FUSE_NAME_OFFSET);
    CU_ASSERT(entry.namelen == 2 && entry.off == 2 && entry.ino == DIR);
    CU_ASSERT_EQUAL(memcmp((const char *)body() + 32 + FUSE_NAME_OFFSET, "..", 2), 0);
    in.offset = 1;
    CU_ASSERT_EQUAL(ask(FUSE_READDIR, DIR, &in, sizeof in), sizeof out + 32);
    in.offset = 2;
    CU_ASSERT_EQUAL(ask(FUSE_READDIR, DIR, &in, sizeof in), sizeof out);
    in.offset = UINT64_MAX;
    CU_ASSERT_EQUAL(ask(FUSE_READDIR, DIR, &in, sizeof in), sizeof out);
    in = (struct fuse_read_in){.size = 63};
    CU_ASSERT_EQUAL(ask(FUSE_READDIR, DIR, &in, sizeof in), sizeof out + 32);
    in.size = 31;
    CU_ASSERT_EQUAL(ask(FUSE_READDIR, DIR, &in, sizeof in), sizeof out);
    ask(FUSE_READDIR, FILE_, &in, sizeof in);
    CU_ASSERT_EQUAL(out.error, -EINVAL);
    CU_ASSERT_EQUAL(event.mask, SIZE_MAX);
}

static void test_versions(void)
{
    static const struct {
        uint32_t major, minor, length, error, ret_minor;
    } rows[] = {
        {7, 45, 64, 0, 31},     {7, 27, 16, 0, 27},     {7, 23, 16, 0, 23},   {8, 3, 8, 0, 0},
        {7, 22, 16, EPROTO, 0}, {6, 99, 16, EPROTO, 0}, {0, 0, 4, EPROTO, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned char in[64] = {0};
        struct fuse_init_out init;
        memcpy(in, &rows[i].major, 4);
        memcpy(in + 4, &rows[i].minor, 4);
        ask(FUSE_INIT, 0, in, rows[i].length);
        CU_ASSERT_EQUAL(out.error, -(int)rows[i].error);
        if (out.error)
            continue;
        memcpy(&init, body(), sizeof init);
        CU_ASSERT_EQUAL(out.len, sizeof out + sizeof init);
        CU_ASSERT(init.major == 7 && init.minor == rows[i].ret_minor && init.flags == 0);
    }
}

static void test_no_answer(void)
{
    static const uint32_t codes[] = {FUSE_FORGET, FUSE_BATCH_FORGET, FUSE_INTERRUPT};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        CU_ASSERT_EQUAL(ask(codes[i], DIR, "xxxxxxxx", 8), 0);
        CU_ASSERT_EQUAL(ask(codes[i], 0, NULL, 0), 0);
    }
    ask(FUSE_GETATTR, DIR, NULL, 0);
    for (size_t n = 0; n < sizeof(struct fuse_in_header) + 3; n++)
        if (n != sizeof(struct fuse_in_header))
            CU_ASSERT_EQUAL(sup_mask_answer(&table, request, n, reply, &event), 0);
}

static const srt_unit_case cases[] = {
    {"refusals", test_refusals}, {"root", test_root},         {"attributes", test_attributes},
    {"list", test_list},         {"versions", test_versions}, {"no answer", test_no_answer},
};

SRT_UNIT_MAIN("supervise.mask_answer", cases)
