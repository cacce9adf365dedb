/* SPDX-License-Identifier: Apache-2.0 */
/* Commands share the loopback interface: asks for that, and for the ports. */
#include "beast.h"

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    beast_silent = BEAST_BIT(SRT_RULE_WRITE_DENY_MISSING);
    int result = beast_prepare(host, policy, ret_state);
    host->share_loopback(host);
    host->report(host, SRT_RULE_WRITE_DENY_MISSING, SRT_CHECKED, "judged by name");
    return result;
}

static int wrap(srt_backend_state *state, srt_launch *launch)
{
    const srt_host *host = beast_host;
    char text[64];
    snprintf(text, sizeof text, "%u %u %u",
             (unsigned)host->launch_proxy_port(launch, SRT_LISTENER_HTTP),
             (unsigned)host->launch_proxy_port(launch, SRT_LISTENER_SOCKS),
             (unsigned)host->launch_proxy_port(launch, (srt_listener_role)7));
    host->launch_setenv(launch, "PORTS", text);
    host->names_changed(host);
    return beast_wrap(state, launch);
}

BEAST("shares", .prepare = prepare, .wrap = wrap)
