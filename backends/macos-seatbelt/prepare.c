/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __APPLE__
#include <sys/random.h>
#endif

#include "backend.h"

static bool is_on(const srt_host *host, const char *name)
{
    const char *value = host->option(host, name);
    return value && strcmp(value, "true") == 0;
}

static void read_options(sb_state *s)
{
    const srt_host *host = s->host;
    s->plan_only = is_on(host, "plan");
    s->options = (sb_options){
        .local_binding = is_on(host, "allowLocalBinding"),
        .weaker_network = is_on(host, "enableWeakerNetworkIsolation"),
        .apple_events = is_on(host, "allowAppleEvents"),
        .pty = is_on(host, "allowPty"),
        .mach_names = host->option(host, "allowMachLookup"),
    };
}

/* What nobody else knows marks the denials of this session. */
static int make_session(sb_state *s)
{
    unsigned char bytes[12];
    if (getentropy(bytes, sizeof bytes) != 0)
        return s->host->fail(s->host, errno, "there are no random numbers");
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(s->session + 2 * i, 3, "%02x", bytes[i]);
    return 0;
}

/* Whether all of it can be said in a profile shows now, not at the first command. */
static int try_plan(sb_state *s)
{
    sb_text text = {0};
    int r = sb_profile(s, "SRT", 1, 2, &text);
    sb_text_clear(&text);
    return r;
}

int sb_prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    if (policy->struct_size < sizeof *policy || host->struct_size < sizeof *host)
        return host->fail(host, EINVAL, "this srt is older than its module seatbelt");
    sb_state *s = calloc(1, sizeof *s);
    if (!s)
        return host->fail(host, ENOMEM, "out of memory");
    s->host = host;
    s->policy = policy;
    s->watch.fd = s->lock = -1;
    *ret_state = s;
    read_options(s);
    int r = s->plan_only ? 0 : sb_probe(host);
    if (r == 0)
        r = make_session(s);
    if (r == 0 && !policy->fs_disabled)
        r = sb_own_make(s);
    if (r == 0)
        r = try_plan(s);
    if (r != 0)
        return r;
    if (policy->net_mode == SRT_NET_PROXY)
        host->share_loopback(host);
    if (!s->plan_only && policy->monitor != SRT_MONITOR_OFF)
        sb_watch_start(s);
    sb_report(host, policy);
    return 0;
}

void sb_teardown(srt_backend_state *state)
{
    sb_state *s = state;
    if (!s)
        return;
    sb_watch_stop(s);
    sb_own_remove(s);
    free(s->own_dir);
    free(s->tmp_dir);
    free(s);
}
