/* SPDX-License-Identifier: Apache-2.0 */
#include "inside_run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/unit.h"

void run_start_fd(Run *run, int plan_fd)
{
    int ends[2], output[2];
    char plan_number[16], handoff_number[16];
    memset(run, 0, sizeof *run);
    CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    CU_ASSERT_EQUAL_FATAL(pipe2(output, O_CLOEXEC), 0);
    snprintf(plan_number, sizeof plan_number, "%d", plan_fd);
    snprintf(handoff_number, sizeof handoff_number, "%d", ends[1]);
    run->pid = fork();
    CU_ASSERT_FATAL(run->pid >= 0);
    if (run->pid == 0) {
        fcntl(plan_fd, F_SETFD, 0);
        fcntl(ends[1], F_SETFD, 0);
        dup2(output[1], 1);
        dup2(output[1], 2);
        execl(SRT_INSIDE, "srt-inside", "run", plan_number, handoff_number, (char *)NULL);
        _exit(99);
    }
    close(plan_fd);
    close(ends[1]);
    close(output[1]);
    run->handoff = ends[0];
    run->out = output[0];
}

void run_start(Run *run, srt_plan_writer *plan)
{
    int fd = srt_plan_finish(plan);
    CU_ASSERT_FATAL(fd >= 0);
    run_start_fd(run, fd);
}

static ssize_t receive_one(Run *run, unsigned char *bytes, size_t size)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec part = {.iov_base = bytes, .iov_len = size};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    ssize_t n = recvmsg(run->handoff, &message, MSG_CMSG_CLOEXEC);
    struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (c && c->cmsg_type == SCM_RIGHTS && run->n_fds < RUN_FDS_MAX)
        memcpy(&run->fds[run->n_fds++], CMSG_DATA(c), sizeof(int));
    return n;
}

void run_receive_some(Run *run, int packets)
{
    unsigned char bytes[2048];
    for (int i = 0; i < packets; i++) {
        ssize_t n = receive_one(run, bytes, sizeof bytes);
        if (n <= 0)
            return;
        size_t at = strlen(run->kinds);
        if (at < sizeof run->kinds - 1)
            run->kinds[at] = (char)bytes[0];
        if (bytes[0] == 'E') {
            run->told_status = bytes[1];
            memcpy(run->text, bytes + 2, (size_t)n - 2);
            run->text[n - 2] = 0;
        }
    }
}

void run_receive(Run *run)
{
    run_receive_some(run, 1000);
}

void run_finish(Run *run)
{
    int status;
    size_t at = 0;
    ssize_t n;
    run_receive(run);
    while (at < sizeof run->output - 1 &&
           (n = read(run->out, run->output + at, sizeof run->output - 1 - at)) > 0)
        at += (size_t)n;
    while (waitpid(run->pid, &status, 0) < 0 && errno == EINTR)
        ;
    run->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void run_clear(Run *run)
{
    for (int i = 0; i < run->n_fds; i++)
        close(run->fds[i]);
    close(run->handoff);
    close(run->out);
}

srt_plan_writer plan_for(uint32_t flags, const char *const *argv)
{
    srt_plan_writer w = {NULL, 0, 0, 0};
    srt_plan_put_u32(&w, SRT_PLAN_FLAGS, flags);
    for (; *argv; argv++)
        srt_plan_put_text(&w, SRT_PLAN_ARG, *argv);
    return w;
}
