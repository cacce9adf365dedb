/* SPDX-License-Identifier: Apache-2.0 */
/* One command into its sandbox. What gets started:
 *
 *   srt-inside run PLAN HANDOFF            only where there is a network, or masks: makes
 *                                          the network namespace and its listening
 *                                          sockets, mounts the masks, becomes
 *   bwrap --args N -- /dev/srt/inside run PLAN HANDOFF
 *                                          the mounts and the other namespaces; in
 *                                          them the helper again, which loads the
 *                                          filter and becomes the command
 *
 * bwrap nests a user namespace of its own, so that what is inside never owns the
 * network namespace. Where the helper may not make one, bwrap does, and the
 * helper inside makes the listening sockets. That the terminal's signals do not
 * end bwrap is the host's doing. bwrap ties itself to srt's life right before it lets
 * the inner half go on: killed earlier it would leave that half waiting for ever. A
 * srt that is gone by then is noticed by the helper inside, at the hand-off. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "srt-filters/plan.h"

#include "backend.h"
#include "render.h"
#include "supervise.h"

/* The region as it was when the policy was made: without symbolic links. -ENOSYS
 * on a kernel before 5.6, or where a filter does not know openat2. */
static int open_region(const char *path)
{
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS};
    long fd = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how);
    return fd < 0 ? -errno : (int)fd;
}

static int hold_one(bw_state *s, srt_launch *launch, const bw_op *op, int *ret_number)
{
    struct stat st;
    int fd = open_region(op->path);
    if (fd == -ENOSYS)
        return 0;
    bool is_dir = op->region && (op->region->flags & SRT_PATH_DIR);
    if (fd < 0 || fstat(fd, &st) != 0 || S_ISDIR(st.st_mode) != is_dir) {
        int error = fd < 0 ? -fd : ESTALE;
        if (fd >= 0)
            close(fd);
        return s->host->fail(s->host, error,
                             "%s changed since the settings were read (%s), so it is not opened "
                             "to the command",
                             op->path, strerror(error));
    }
    *ret_number = s->host->launch_take_fd(launch, fd);
    return 0;
}

/* Holds the sources of what is granted by descriptor, so that nobody can put
 * something else in their place until bwrap binds them. */
static int hold_sources(bw_state *s, srt_launch *launch, int *sources)
{
    size_t held = 0;
    for (size_t i = 0; i < s->plan.n_ops; i++)
        sources[i] = -1;
    if (!s->tool.binds_fds)
        return 0;
    for (size_t i = 0; i < s->plan.n_ops && held < BW_MAX_HELD; i++) {
        const bw_op *op = &s->plan.ops[i];
        if (!op->grant || !op->region)
            continue;
        int r = hold_one(s, launch, op, &sources[i]);
        if (r < 0)
            return r;
        held++;
    }
    return 0;
}

/* The number of a sealed memfd in the launch, or a negative errno value. */
static int give(bw_state *s, srt_launch *launch, int fd)
{
    if (fd < 0)
        return s->host->fail(s->host, -fd, "cannot write what the sandbox is made from: %s",
                             strerror(-fd));
    return s->host->launch_take_fd(launch, fd);
}

static int give_words(bw_state *s, srt_launch *launch, bool own_net)
{
    bw_words words = {0};
    int *sources = calloc(s->plan.n_ops, sizeof *sources);
    if (!sources)
        return s->host->fail(s->host, ENOMEM, "out of memory");
    int r = hold_sources(s, launch, sources);
    if (r == 0) {
        bw_render(&words, &s->plan, own_net, sources);
        r = give(s, launch,
                 words.error ? -words.error
                             : srt_sealed_memfd("srt-bwrap", words.bytes, words.length));
    }
    bw_words_clear(&words);
    free(sources);
    return r;
}

static int give_inner(bw_state *s, srt_launch *launch, const srt_policy *listeners)
{
    const srt_host *host = s->host;
    if (s->policy->private_tmp && !s->policy->fs_disabled)
        host->launch_set_tmpdir(launch, BW_INSIDE_TMP);
    host->launch_set_connector(launch, BW_INSIDE_HELPER);
    int channel;
    int r = bw_supervise_launch(s, launch, &channel);
    if (r < 0)
        return r;
    const bw_inner inner = {
        .argv = host->launch_argv(launch),
        .env = host->launch_env(launch),
        .cwd = host->launch_cwd(launch),
        .ignored_signals = host->launch_ignored_signals(launch),
        .null_fd = host->launch_null_fd(launch),
        .filter = s->filter,
        .notify = s->notify,
        .channel = channel,
        .landlock = s->means.landlock,
        .has_floor = s->watch.exact,
        .has_layer = (s->policy->layers & SRT_LAYER_LANDLOCK) != 0,
        .has_datagram = s->policy->unix_all,
        .policy = s->policy,
        .listeners = listeners,
    };
    return give(s, launch, bw_stage_inner(&inner));
}

int bw_wrap(srt_backend_state *state, srt_launch *launch)
{
    bw_state *s = state;
    char words_number[16], inner_number[16], outer_number[16], handoff_number[16];
    bool proxied = s->policy->net_mode == SRT_NET_PROXY;
    int handoff = s->host->launch_handoff_fd(launch);
    if (handoff < 0)
        return s->host->fail(s->host, EINVAL, "the launch has no hand-off socket");
    int inner = give_inner(s, launch, proxied && !s->outer_net ? s->policy : NULL);
    if (inner < 0)
        return inner;
    int words = give_words(s, launch, !s->outer_net);
    if (words < 0)
        return words;
    int channel;
    int r = bw_masks_launch(s, launch, &channel);
    if (r < 0)
        return r;
    snprintf(handoff_number, sizeof handoff_number, "%d", handoff);
    snprintf(inner_number, sizeof inner_number, "%d", inner);
    snprintf(words_number, sizeof words_number, "%d", words);
    const char *const tool_argv[] = {s->tool.path, "--args",         words_number,
                                     "--",         BW_INSIDE_HELPER, "run",
                                     inner_number, handoff_number,   NULL};
    if (!s->outer_net && channel < 0) {
        s->host->launch_set_argv(launch, tool_argv);
        return 0;
    }
    int outer =
        give(s, launch, bw_stage_outer(tool_argv, s->outer_net ? s->policy : NULL, channel));
    if (outer < 0)
        return outer;
    snprintf(outer_number, sizeof outer_number, "%d", outer);
    const char *const argv[] = {s->helper, "run", outer_number, handoff_number, NULL};
    s->host->launch_set_argv(launch, argv);
    return 0;
}
