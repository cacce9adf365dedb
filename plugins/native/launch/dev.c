/* SPDX-License-Identifier: Apache-2.0 */
/* The private /dev: an empty file system with a few of the host's devices and terminals of its
 * own. */
#include <fcntl.h>
#include <linux/mount.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "launch.h"

static const struct {
    const char *name, *path;
} devices[DEVICES] = {
    {"null", "/dev/null"},     {"zero", "/dev/zero"},       {"full", "/dev/full"},
    {"random", "/dev/random"}, {"urandom", "/dev/urandom"}, {"tty", "/dev/tty"},
};

static const struct {
    const char *name, *target;
} links[] = {
    {"ptmx", "pts/ptmx"},         {"fd", "/proc/self/fd"},       {"core", "/proc/kcore"},
    {"stdin", "/proc/self/fd/0"}, {"stdout", "/proc/self/fd/1"}, {"stderr", "/proc/self/fd/2"},
};

/* The terminal that standard output is, under its name on the host; -1: none. */
static int take_console(void)
{
    char path[256], attributes[64];
    if (SYS3(SYS_ioctl, 1, 0x5401 /* TCGETS */, attributes) < 0)
        return -1;
    const long n = SYS4(SYS_readlinkat, AT_FDCWD, "/proc/self/fd/1", path, sizeof path - 1);
    if (n <= 0)
        return -1;
    path[n] = '\0';
    const long fd = path[0] == '/' ? mount_clone(AT_FDCWD, path, false) : -1;
    return fd < 0 ? -1 : (int)fd;
}

void dev_take(tree *t)
{
    for (int i = 0; i < DEVICES; i++) {
        const long fd = mount_clone(AT_FDCWD, devices[i].path, false);
        if (fd != -ENOENT || i == 0)
            check(fd, "take the device", devices[i].path);
        t->devices[i] = fd < 0 ? -1 : (int)fd;
    }
    t->console = take_console();
}

static void put_device(int mount, int dev, const char *name)
{
    if (mount < 0)
        return;
    check(SYS4(SYS_mknodat, dev, name, S_IFREG | 0444, 0), "make the private /dev:", name);
    check(mount_put(mount, dev, name), "make the private /dev:", name);
    SYS1(SYS_close, mount);
}

void dev_build(tree *t, int dev)
{
    for (int i = 0; i < DEVICES; i++)
        put_device(t->devices[i], dev, devices[i].name);
    put_device(t->console, dev, "console");
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        check(SYS3(SYS_symlinkat, links[i].target, dev, links[i].name),
              "make the private /dev:", links[i].name);
    const long pts =
        check(mount_new("devpts", "ptmxmode", "0666", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC),
              "make terminals of the sandbox's own", NULL);
    check(SYS3(SYS_mkdirat, dev, "pts", 0755), "make the private /dev:", "pts");
    check(mount_put((int)pts, dev, "pts"), "make the private /dev:", "pts");
    SYS1(SYS_close, pts);
}
