/* SPDX-License-Identifier: Apache-2.0 */
#include "live.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "notify.h"
#include "srt-filters/plan.h"

static char directory[256];
static pid_t owner;

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static void clean(void)
{
    if (getpid() == owner)
        nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    directory[0] = '\0';
}

const char *live_directory(void)
{
    if (directory[0])
        clean();
    else
        atexit(clean);
    owner = getpid();
    snprintf(directory, sizeof directory, "/tmp/srt-supervise-XXXXXX");
    if (!mkdtemp(directory))
        abort();
    return directory;
}

void live_note(const char *file, int line, const char *condition)
{
    dprintf(2, "\n  %s:%d: not so in the child: %s (errno %d)\n", file, line, condition, errno);
}

int live_send_fd(int socket_fd, char byte, int fd)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(c), &fd, sizeof fd);
    return sendmsg(socket_fd, &message, 0) == 1 ? 0 : -1;
}

static int receive_fd(int socket_fd)
{
    char byte;
    int fd = -1;
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    if (recvmsg(socket_fd, &message, 0) == 1 && CMSG_FIRSTHDR(&message))
        memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
    return fd;
}

/* What the helper inside does. */
static int enter_filter(uint32_t set, int channel)
{
    static struct sock_filter code[SRT_NOTIFY_MAX];
    char ready;
    struct sock_fprog program = {.len = (unsigned short)srt_notify_program(NULL, set, code),
                                 .filter = code};
    unsigned long flags = SUP_FILTER_NEW_LISTENER | SUP_FILTER_WAIT_KILLABLE_RECV;
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    int listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
    if (listener < 0 && errno == EINVAL)
        listener =
            (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SUP_FILTER_NEW_LISTENER, &program);
    if (listener < 0 || live_send_fd(channel, SRT_CHANNEL_LISTENER, listener) < 0)
        return -1;
    close(listener);
    if (recv(channel, &ready, 1, 0) != 1)
        return -1;
    return close(channel);
}

static void child(int gate, uint32_t set, int (*run)(void *data), void *data)
{
    int channel = receive_fd(gate);
    close(gate);
    if (channel < 0 || enter_filter(set, channel) < 0)
        _exit(99);
    _exit(run(data));
}

static void see(void *data, const srt_violation *v)
{
    live_result *result = data;
    if (result->count < LIVE_RECORDS) {
        live_record *r = &result->records[result->count];
        r->operation = v->operation;
        r->flags = v->flags;
        r->pid = v->pid;
        snprintf(r->target, sizeof r->target, "%s", v->target);
        snprintf(r->program, sizeof r->program, "%s", v->program ? v->program : "");
        snprintf(r->rule, sizeof r->rule, "%s", v->rule ? v->rule : "");
    }
    result->count++;
}

static void changed(void *data)
{
    atomic_fetch_add((atomic_uint *)data, 1);
}

static void run_it(const srt_supervise_options *options, int (*run)(void *data), void *data,
                   void (*meanwhile)(pid_t child, void *data), bool free_early, live_result *ret)
{
    srt_supervise_options own = *options;
    srt_supervisor *sup = NULL;
    atomic_uint changes = 0;
    int gate[2], inner = -1, status = 0;
    memset(ret, 0, sizeof *ret);
    own.names_changed = changed;
    own.data = &changes;
    /* The child first: it may start threads, which a child of a process with threads may not
     * under some sanitizers. */
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, gate) < 0)
        abort();
    ret->pid = fork();
    if (ret->pid == 0) {
        close(gate[0]);
        child(gate[1], own.notify, run, data);
    }
    close(gate[1]);
    int failed = srt_supervisor_new(&own, &sup, &inner);
    if (failed || live_send_fd(gate[0], 'g', inner) < 0) {
        printf("  no supervisor: %d\n", failed);
        kill(ret->pid, SIGKILL);
    }
    close(gate[0]);
    if (inner >= 0)
        close(inner);
    if (meanwhile)
        meanwhile(ret->pid, data);
    if (free_early) {
        usleep(50000);
        srt_supervisor_free(sup);
        sup = NULL;
    }
    while (waitpid(ret->pid, &status, 0) < 0 && errno == EINTR)
        ;
    ret->status = WIFEXITED(status) ? WEXITSTATUS(status) : LIVE_DIED + WTERMSIG(status);
    if (sup)
        srt_supervisor_drain(sup, see, ret, &ret->lost);
    srt_supervisor_free(sup);
    ret->names_changed = atomic_load(&changes);
}

void live_run(const srt_supervise_options *options, int (*run)(void *data), void *data,
              void (*meanwhile)(pid_t child, void *data), live_result *ret)
{
    run_it(options, run, data, meanwhile, false, ret);
}

void live_run_without(const srt_supervise_options *options, int (*run)(void *data),
                      live_result *ret)
{
    run_it(options, run, NULL, NULL, true, ret);
}
