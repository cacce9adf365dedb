/* SPDX-License-Identifier: Apache-2.0 */
/* Masks of a real kernel: what a process under them meets, what is recorded, and what
 * remains when nobody answers any more. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "srt-filters/masks.h"
#include "srt-filters/plan.h"
#include "support/unit.h"

static char directory[] = "/tmp/srt-masks-XXXXXX";
static const srt_origin origin = {.struct_size = sizeof origin,
                                  .pointer = "filesystem.denyRead[0]"};
static const srt_region dir = {sizeof dir, SRT_PATH_DIR, SRT_ACCESS_HIDDEN, "/hidden/d", &origin};
static const srt_region file = {sizeof file, 0, SRT_ACCESS_HIDDEN, "/hidden/f", &origin};
static const srt_region program = {sizeof program, 0, SRT_ACCESS_HIDDEN, "/bin/sh", &origin};
static const srt_region *const regions[] = {&dir, &file, &program};
static const srt_masks_options options = {.regions = regions, .count = 3};

static char seen[4096];
static pid_t seen_pid;

static void note(void *data, const srt_violation *v)
{
    size_t n = strlen(seen);
    (void)data;
    snprintf(seen + n, sizeof seen - n, "%d %s %s %d\n", v->operation, v->target,
             v->rule ? v->rule : "-", v->program && v->flags == 0);
    seen_pid = v->pid;
}

static void drain(srt_masks *masks)
{
    uint64_t lost = 0;
    seen[0] = '\0';
    srt_masks_drain(masks, note, NULL, &lost);
    CU_ASSERT_EQUAL(lost, 0);
}

static bool can_mount(void)
{
    int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    if (fd < 0) {
        srt_unit_skip_to_root("/dev/fuse cannot be opened");
        return false;
    }
    close(fd);
    return true;
}

static void send_fd(int channel, int fd, const char *text)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    memset(&control, 0, sizeof control);
    struct iovec part = {(void *)(uintptr_t)text, strlen(text)};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.room,
                             .msg_controllen = sizeof control.room};
    control.header = (struct cmsghdr){CMSG_LEN(sizeof fd), SOL_SOCKET, SCM_RIGHTS};
    memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
    if (sendmsg(channel, &message, MSG_NOSIGNAL) < 0)
        _exit(90);
}

static void write_map(const char *path, unsigned id)
{
    char text[32];
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    int n = snprintf(text, sizeof text, "%u %u 1", id, id);
    if (fd < 0 || write(fd, text, (size_t)n) != n)
        _exit(91);
    close(fd);
}

#define NO_NAMESPACES 92

/* As the helper does it. */
static void mount_here(int channel)
{
    char text[128];
    unsigned uid = geteuid(), gid = getegid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
        _exit(NO_NAMESPACES);
    int deny = open("/proc/self/setgroups", O_WRONLY | O_CLOEXEC);
    if (write(deny, "deny", 4) != 4)
        _exit(93);
    write_map("/proc/self/uid_map", uid);
    write_map("/proc/self/gid_map", gid);
    int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC | O_NONBLOCK);
    snprintf(text, sizeof text, "fd=%d,rootmode=40000,user_id=%u,group_id=%u,allow_other", fd, uid,
             gid);
    if (fd < 0 || mount("srt", directory, "fuse", MS_NOSUID | MS_NODEV, text) < 0)
        _exit(94);
    send_fd(channel, fd, (const char[]){SRT_CHANNEL_MASKS, '\0'});
    close(fd);
    close(channel);
    if (chdir(directory) < 0)
        _exit(95);
}

/* A child under masks, which has seen them and runs act when it is told to. */
typedef struct under {
    pid_t pid;
    int socket;
    srt_masks *masks;
} under;

static int end(under *u)
{
    int status;
    waitpid(u->pid, &status, 0);
    close(u->socket);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* false: it could not be. */
static bool begin(under *u, int (*act)(void))
{
    int channel, ends[2];
    char byte = 0;
    CU_ASSERT_EQUAL_FATAL(srt_masks_new(&options, &u->masks, &channel), 0);
    CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    u->pid = fork();
    if (u->pid == 0) {
        struct stat st;
        close(ends[1]);
        mount_here(channel);
        if (stat("1", &st) < 0 || write(ends[0], "", 1) != 1 || read(ends[0], &byte, 1) != 1)
            _exit(96);
        _exit(act());
    }
    close(channel);
    close(ends[0]);
    u->socket = ends[1];
    if (read(u->socket, &byte, 1) == 1)
        return true;
    int status = end(u);
    srt_masks_free(u->masks);
    if (status == NO_NAMESPACES)
        srt_unit_skip_namespaces("no user namespaces here");
    else
        CU_ASSERT_EQUAL(status, 0);
    return false;
}

static int finish(under *u)
{
    CU_ASSERT_EQUAL(send(u->socket, "", 1, MSG_NOSIGNAL), 1);
    return end(u);
}

static int error_of(long r)
{
    return r < 0 ? errno : 0;
}

#define WANT(call, error)                                                                          \
    if (error_of(call) != (error))                                                                 \
    return __LINE__ % 100

static int meet_file(void)
{
    WANT(open("1", O_RDONLY | O_CLOEXEC), EACCES);
    return 0;
}

static void test_one_record(void)
{
    under u;
    if (!can_mount() || !begin(&u, meet_file))
        return;
    CU_ASSERT_EQUAL(finish(&u), 0);
    drain(u.masks);
    SRT_ASSERT_STR(seen, "0 /hidden/f filesystem.denyRead[0] 1\n");
    CU_ASSERT_EQUAL(seen_pid, u.pid);
    srt_masks_free(u.masks);
}

static int meet_all(void)
{
    char *const argv[] = {(char[]){"sh"}, NULL};
    struct stat st;
    WANT(stat("0", &st), 0);
    WANT(stat("1", &st), 0);
    if (st.st_size != 0 || (st.st_mode & 07777) != 0 || st.st_uid != geteuid())
        return 1;
    WANT(open("1", O_WRONLY | O_TRUNC | O_CLOEXEC), EACCES);
    WANT(truncate("1", 0), EACCES);
    WANT(open("0", O_RDONLY | O_DIRECTORY | O_CLOEXEC) < 0 ? -1 : 0, 0);
    WANT(stat("0/key", &st), ENOENT);
    WANT(mkdir("0/new", 0755), EROFS);
    WANT(execv("2", argv), EACCES);
    int path = open("1", O_PATH | O_CLOEXEC);
    char again[32];
    snprintf(again, sizeof again, "/proc/self/fd/%d", path);
    WANT(open(again, O_RDONLY | O_CLOEXEC), EACCES);
    WANT(open("/proc/self/cwd/1", O_RDONLY | O_CLOEXEC), EACCES);
    return 0;
}

static void test_every_way(void)
{
    under u;
    if (!can_mount() || !begin(&u, meet_all))
        return;
    CU_ASSERT_EQUAL(finish(&u), 0);
    drain(u.masks);
    SRT_ASSERT_STR(seen, "1 /hidden/f filesystem.denyRead[0] 1\n"
                         "0 /hidden/d filesystem.denyRead[0] 1\n"
                         "0 /hidden/d/key filesystem.denyRead[0] 1\n"
                         "0 /hidden/d/new filesystem.denyRead[0] 1\n"
                         "5 /bin/sh filesystem.denyRead[0] 1\n"
                         "0 /hidden/f filesystem.denyRead[0] 1\n");
    srt_masks_free(u.masks);
}

static int meet_nobody(void)
{
    struct stat st;
    WANT(open("1", O_RDONLY | O_CLOEXEC), ENOTCONN);
    WANT(stat("0/key", &st), ENOTCONN);
    WANT(open("0", O_RDONLY | O_CLOEXEC), ENOTCONN);
    return 0;
}

static void test_nobody_answers(void)
{
    under u;
    if (!can_mount() || !begin(&u, meet_nobody))
        return;
    /* As when srt is killed: the descriptor closes. */
    srt_masks_free(u.masks);
    CU_ASSERT_EQUAL(finish(&u), 0);
}

/* The helper dies before it hands anything out, or something else comes. */
static void test_nothing_comes(void)
{
    srt_masks *masks;
    int channel;
    CU_ASSERT_EQUAL_FATAL(srt_masks_new(&options, &masks, &channel), 0);
    srt_masks_free(masks); /* while it waits */
    close(channel);
    CU_ASSERT_EQUAL_FATAL(srt_masks_new(&options, &masks, &channel), 0);
    close(channel);
    srt_masks_free(masks);
    CU_ASSERT_EQUAL_FATAL(srt_masks_new(&options, &masks, &channel), 0);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    send_fd(channel, null, "M");
    char byte;
    CU_ASSERT_EQUAL(read(channel, &byte, 1), 0); /* it hangs up */
    close(null);
    close(channel);
    srt_masks_free(masks);
    srt_masks_free(NULL);
}

static const srt_unit_case cases[] = {
    {"one record", test_one_record},
    {"every way", test_every_way},
    {"nobody answers", test_nobody_answers},
    {"nothing comes", test_nothing_comes},
};

int main(int argc, char **argv)
{
    if (!mkdtemp(directory))
        return 1;
    int r = srt_unit_main(argc, argv, "supervise.masks", cases, sizeof cases / sizeof *cases);
    rmdir(directory);
    return r;
}
