/* SPDX-License-Identifier: Apache-2.0 */
/* Filter, supervisor and Landlock for a backend that brings mounts and namespaces only: the one
 * place of the core that uses the filters, by their contract srt-filters/enclose.h. */
#include <errno.h>

#include "plugin/internal.h"

#ifdef __linux__

#include "srt-filters/enclose.h"

static SrtBackendRun *run_of(const srt_host *host)
{
    return host->data;
}

/* Out of turn is the module's mistake, and ends the operation that it is in. */
static int out_of_turn(const srt_host *host, const char *what)
{
    srt_backend_fault(run_of(host), "called %s out of turn", what);
    return host->fail(host, EINVAL, "the backend called %s out of turn", what);
}

static int inside_prepare(const srt_host *host, const srt_inside *inside)
{
    SrtBackendRun *run = run_of(host);
    if (run->doing != SRT_DOING_PREPARE || run->enclosure)
        return out_of_turn(host, "inside_prepare");
    return srt_enclosure_new(host, run->policy, inside, false, &run->enclosure);
}

static int inside_launch(const srt_host *host, srt_launch *launch, uint32_t flags)
{
    SrtBackendRun *run = run_of(host);
    if (run->doing != SRT_DOING_WRAP || !run->enclosure)
        return out_of_turn(host, "inside_launch");
    return srt_enclosure_launch(run->enclosure, launch, flags);
}

static int inside_monitor(const srt_host *host, int *ret_fd)
{
    SrtBackendRun *run = run_of(host);
    if ((run->doing != SRT_DOING_MONITOR && run->doing != SRT_DOING_DRAIN) || !run->enclosure)
        return out_of_turn(host, "inside_monitor");
    return srt_enclosure_monitor(run->enclosure, ret_fd);
}

void srt_inside_end(SrtBackendRun *run)
{
    srt_enclosure_free(run->enclosure);
    run->enclosure = NULL;
}

#else

static int not_here(const srt_host *host)
{
    return host->fail(host, ENOTSUP, "srt's helper inside and its supervisor are for Linux only");
}

static int inside_prepare(const srt_host *host, const srt_inside *inside)
{
    (void)inside;
    return not_here(host);
}

static int inside_launch(const srt_host *host, srt_launch *launch, uint32_t flags)
{
    (void)launch, (void)flags;
    return not_here(host);
}

static int inside_monitor(const srt_host *host, int *ret_fd)
{
    (void)ret_fd;
    return not_here(host);
}

void srt_inside_end(SrtBackendRun *run)
{
    (void)run;
}

#endif

void srt_inside_fill_host(srt_host *host)
{
    host->inside_prepare = inside_prepare;
    host->inside_launch = inside_launch;
    host->inside_monitor = inside_monitor;
}
