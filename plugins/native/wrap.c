/* SPDX-License-Identifier: Apache-2.0 */
/* One command into its sandbox: "native-launch run STEPS HANDOFF PLAN". */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "native.h"

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static int write_all(int fd, const unsigned char *at, size_t length)
{
    while (length > 0) {
        const ssize_t n = write(fd, at, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -EIO;
        at += n;
        length -= (size_t)n;
    }
    return 0;
}

static int seal(const unsigned char *bytes, size_t length)
{
    const int fd = memfd_create("srt-native", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return -errno;
    int r = write_all(fd, bytes, length);
    if (r == 0 && (fcntl(fd, F_ADD_SEALS, SEALS) < 0 || lseek(fd, 0, SEEK_SET) < 0))
        r = -errno;
    if (r < 0)
        close(fd);
    return r < 0 ? r : fd;
}

int nt_steps_memfd(const nt_plan *plan)
{
    const nt_step end = {.kind = NT_END};
    nt_writer w = {0};
    for (size_t i = 0; i < plan->n_steps; i++)
        nt_write(&w, &plan->steps[i]);
    nt_write(&w, &end);
    const int r = w.error ? -w.error : seal(w.bytes, w.length);
    free(w.bytes);
    return r;
}

int nt_wrap(srt_backend_state *state, srt_launch *launch)
{
    nt_state *s = state;
    const srt_host *host = s->host;
    char steps_number[16], handoff_number[16], plan_number[16];
    const int handoff = host->launch_handoff_fd(launch);
    if (handoff < 0)
        return host->fail(host, EINVAL, "the launch has no hand-off socket");
    const int plan = host->inside_launch(host, launch, SRT_INSIDE_LISTEN);
    if (plan < 0)
        return plan;
    int steps = nt_steps_memfd(&s->plan);
    if (steps < 0)
        return host->fail(host, -steps, "cannot write what the sandbox is made from: %s",
                          strerror(-steps));
    steps = host->launch_take_fd(launch, steps);
    snprintf(steps_number, sizeof steps_number, "%d", steps);
    snprintf(handoff_number, sizeof handoff_number, "%d", handoff);
    snprintf(plan_number, sizeof plan_number, "%d", plan);
    const char *const argv[] = {s->launcher,    "run",       steps_number,
                                handoff_number, plan_number, NULL};
    host->launch_set_argv(launch, argv);
    return 0;
}
