/* SPDX-License-Identifier: Apache-2.0 */
/* Landlock rulesets, record by record: each is put on when its rules are complete. */
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include <string.h>

#include "inside.h"
#include "srt-filters/landlock.h"
#include "sys.h"

#define FILE_TYPE 0170000
#define DIRECTORY 0040000
#define STAT_EMPTY_PATH 0x1000 /* AT_EMPTY_PATH */

typedef struct applying {
    int handoff;
    long fd; /* of the ruleset that is being filled, or -1 */
    uint32_t restrict_flags;
} applying;

static void put_on(applying *a)
{
    if (a->fd < 0)
        return;
    long r = sys2(SRT_SYS_landlock_restrict_self, a->fd, a->restrict_flags);
    if (r < 0)
        fail_errno(a->handoff, "put on the sandbox's Landlock rules", r);
    sys1(SYS_close, a->fd);
    a->fd = -1;
}

static void start_ruleset(applying *a, const void *bytes)
{
    struct srt_plan_landlock plan;
    memcpy(&plan, bytes, sizeof plan);
    put_on(a);
    /* Fields that an older kernel does not know may be there, as long as they are 0. */
    const struct srt_landlock_ruleset_attr attr = {plan.fs, plan.net, plan.scoped};
    a->fd = sys3(SRT_SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    a->restrict_flags = plan.restrict_flags;
    if (a->fd == -ENOSYS || a->fd == -EOPNOTSUPP)
        fail_errno(a->handoff,
                   "make the sandbox's Landlock rules (this kernel has no Landlock, or "
                   "it is turned off)",
                   a->fd);
    if (a->fd < 0)
        fail_errno(a->handoff, "make the sandbox's Landlock rules", a->fd);
}

/* The path was resolved outside. A link on it now was put there meanwhile. */
static long open_path(const char *path)
{
    const struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS};
    long fd = sys4(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
    if (fd != -ENOSYS)
        return fd;
    return sys4(SYS_openat, AT_FDCWD, path, O_PATH | O_CLOEXEC | O_NOFOLLOW, 0);
}

static long is_directory(long fd)
{
    struct statx status;
    memset(&status, 0, sizeof status);
    long r = sys5(SYS_statx, fd, "", STAT_EMPTY_PATH, STATX_TYPE, &status);
    return r < 0 ? r : (status.stx_mode & FILE_TYPE) == DIRECTORY;
}

static long add_path(const applying *a, long fd, uint64_t access)
{
    long directory = is_directory(fd);
    if (directory < 0)
        return directory;
    struct srt_landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = (int)fd};
    if (!directory)
        rule.allowed_access &= SRT_LANDLOCK_ACCESS_FS_OF_FILES;
    if (rule.allowed_access == 0)
        return 0;
    return sys4(SRT_SYS_landlock_add_rule, a->fd, SRT_LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

/* Mounts of others (FUSE) refuse to be looked at, even to root. */
static bool is_gone(long r)
{
    return r == -ENOENT || r == -ENOTDIR || r == -ELOOP || r == -EACCES || r == -ENOTCONN;
}

static void add_path_rule(const applying *a, const unsigned char *bytes)
{
    struct srt_plan_landlock_path plan;
    const char *path = (const char *)bytes + sizeof plan;
    memcpy(&plan, bytes, sizeof plan);
    long r = open_path(path);
    if (r >= 0) {
        const long fd = r;
        r = add_path(a, fd, plan.access);
        sys1(SYS_close, fd);
    }
    if (r >= 0 || (is_gone(r) && (plan.flags & SRT_PLAN_PATH_OPTIONAL) != 0))
        return;
    inside_text text = {.length = 0};
    text_add(&text, "cannot make the Landlock rule on ");
    text_add(&text, path);
    text_add_errno(&text, (int)-r);
    fail_with(a->handoff, INSIDE_FAILED, &text);
}

static void add_port_rule(const applying *a, const void *bytes)
{
    struct srt_plan_landlock_port plan;
    memcpy(&plan, bytes, sizeof plan);
    const struct srt_landlock_net_port_attr rule = {plan.access, plan.port};
    long r = sys4(SRT_SYS_landlock_add_rule, a->fd, SRT_LANDLOCK_RULE_NET_PORT, &rule, 0);
    if (r < 0)
        fail_errno(a->handoff, "make the Landlock rule on a port", r);
}

static int apply_record(void *data, uint32_t tag, const void *bytes, size_t length)
{
    applying *a = data;
    (void)length;
    if (tag == SRT_PLAN_LANDLOCK)
        start_ruleset(a, bytes);
    else if (tag == SRT_PLAN_LANDLOCK_PATH)
        add_path_rule(a, bytes);
    else if (tag == SRT_PLAN_LANDLOCK_PORT)
        add_port_rule(a, bytes);
    return 0;
}

void landlock_apply(const inside_plan *plan, int handoff)
{
    applying a = {.handoff = handoff, .fd = -1};
    /* It was read once already, and the memory is sealed. */
    if (srt_plan_read(plan->plan, plan->plan_length, apply_record, &a, NULL) != 0)
        fail_errno(handoff, "read the plan again", -EIO);
    put_on(&a);
}
