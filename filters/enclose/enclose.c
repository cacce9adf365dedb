/* SPDX-License-Identifier: Apache-2.0 */
/* From a policy to all that is not mounts. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "srt-filters/supervise.h"

#include "enclose.h"

static bool is_absolute(const char *path)
{
    return path && path[0] == '/';
}

static const char *problem(const srt_inside *inside)
{
    if (!inside || inside->struct_size < sizeof *inside)
        return "its size";
    if (inside->reserved)
        return "a reserved member";
    if (!is_absolute(inside->helper))
        return "the path of the helper";
    if (inside->tmpdir && !is_absolute(inside->tmpdir))
        return "the temporary directory";
    for (size_t i = 0; inside->private_dirs && inside->private_dirs[i]; i++)
        if (i >= SRT_INSIDE_DIRS_MAX || !is_absolute(inside->private_dirs[i]))
            return "the private directories";
    return NULL;
}

static bool copy(char **to, const char *from)
{
    *to = from ? strdup(from) : NULL;
    return !from || *to;
}

static bool copy_all(srt_enclosure *e, const srt_inside *inside)
{
    bool ok = copy(&e->helper, inside->helper) && copy(&e->tmpdir, inside->tmpdir) &&
              copy(&e->reason, inside->no_supervisor);
    for (size_t i = 0; ok && inside->private_dirs && inside->private_dirs[i]; i++)
        ok = copy(&e->dirs[i], inside->private_dirs[i]);
    return ok;
}

/* What the filter refuses is put to the supervisor where that shall be seen. */
static int see_refusals(srt_enclosure *e, const srt_filter_program *base)
{
    if (!e->watch.refusals)
        return 0;
    const uint32_t most = 2 * base->count + e->notify.count;
    e->seen_code = calloc(most, sizeof *e->seen_code);
    if (!e->seen_code)
        return e->host->fail(e->host, ENOMEM, "out of memory");
    uint64_t *notify = e->seen_code + base->count;
    e->filter = (srt_program){e->seen_code, srt_filter_unseen(base, e->seen_code)};
    e->notify =
        (srt_program){notify, srt_notify_seen(base, e->notify.code, e->notify.count, notify)};
    return 0;
}

static int find_filter(srt_enclosure *e)
{
    uint32_t variant = 0;
    const char *why = NULL;
    if (e->policy->unix_all)
        variant |= SRT_FILTER_ALLOW_UNIX;
    else if (e->watch.unix_paths)
        variant |= SRT_FILTER_SUPERVISED_UNIX;
    if (e->policy->allow_user_namespaces)
        variant |= SRT_FILTER_ALLOW_NAMESPACES;
    const srt_filter_program *program = srt_filter_native(variant);
    if (!program)
        return e->host->fail(e->host, ENOTSUP,
                             "there is no system call filter for this machine's architecture");
    if (srt_filter_verify(program->code, program->count, &why) != 0)
        return e->host->fail(e->host, ENOTSUP, "the system call filter is damaged: %s",
                             why ? why : "it does not make sense");
    e->variant = variant;
    e->filter = (srt_program){program->code, program->count};
    return see_refusals(e, program);
}

int srt_enclosure_new(const srt_host *host, const srt_policy *policy, const srt_inside *inside,
                      bool is_masked, srt_enclosure **ret)
{
    const char *wrong = problem(inside);
    if (wrong)
        return host->fail(host, EINVAL, "what the backend says of its inside is wrong: %s", wrong);
    srt_enclosure *e = calloc(1, sizeof *e);
    if (!e)
        return host->fail(host, ENOMEM, "out of memory");
    *ret = e;
    e->host = host;
    e->policy = policy;
    if (!copy_all(e, inside))
        return host->fail(host, ENOMEM, "out of memory");
    e->means.masks = is_masked;
    srt_enclosure_find_private(e);
    int r = srt_enclosure_settle(e);
    if (r == 0)
        r = find_filter(e);
    if (r == 0)
        srt_enclosure_report(host, policy, &e->means);
    return r;
}

int srt_enclosure_launch(srt_enclosure *e, srt_launch *launch, uint32_t flags)
{
    const srt_host *host = e->host;
    int channel;
    if (flags & ~SRT_INSIDE_LISTEN)
        return host->fail(host, EINVAL, "unknown flags for a launch");
    if (e->tmp_dirs[0])
        host->launch_set_tmpdir(launch, e->tmp_dirs[0]);
    host->launch_set_connector(launch, e->helper);
    int r = srt_enclosure_supervise(e, launch, &channel);
    if (r < 0)
        return r;
    r = srt_enclosure_plan(e, launch, channel, flags);
    if (r < 0)
        return host->fail(host, -r, "cannot write what the sandbox is made from: %s", strerror(-r));
    return host->launch_take_fd(launch, r);
}

static void hand_on(void *data, const srt_violation *violation)
{
    const srt_host *host = data;
    host->violation(host, violation);
}

static void drain(const srt_enclosure *e)
{
    for (size_t i = 0; i < e->n_supervisors; i++) {
        uint64_t lost = 0;
        srt_supervisor_drain(e->supervisors[i], hand_on, (void *)(uintptr_t)e->host, &lost);
        if (lost)
            e->host->violations_lost(e->host, lost);
    }
}

/* The command that is started is the one that was wrapped last. */
int srt_enclosure_monitor(srt_enclosure *e, int *ret_fd)
{
    if (!ret_fd)
        drain(e);
    else
        *ret_fd = e->n_supervisors ? srt_supervisor_fd(e->supervisors[e->n_supervisors - 1]) : -1;
    return 0;
}

srt_supervisor *srt_enclosure_supervisor(const srt_enclosure *e)
{
    return e->n_supervisors ? e->supervisors[e->n_supervisors - 1] : NULL;
}

const char *srt_enclosure_no_supervisor(const srt_enclosure *e)
{
    return e->means.no_supervisor;
}

void srt_enclosure_free(srt_enclosure *e)
{
    if (!e)
        return;
    for (size_t i = 0; i < e->n_supervisors; i++)
        srt_supervisor_free(e->supervisors[i]);
    free(e->supervisors);
    free(e->seen_code);
    for (size_t i = 0; i < SRT_INSIDE_DIRS_MAX; i++)
        free(e->dirs[i]);
    free(e->helper);
    free(e->tmpdir);
    free(e->reason);
    free(e);
}
