/* SPDX-License-Identifier: Apache-2.0 */
/* No sandbox at all, but a backend that says it checks names and shares the loopback
 * interface: what the core does for those can be tried with real commands. */
#include "beast.h"

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    beast_silent = BEAST_BIT(SRT_RULE_GLOB_LATER) | BEAST_BIT(SRT_RULE_WRITE_DENY_MISSING);
    int result = beast_prepare(host, policy, ret_state);
    host->report(host, SRT_RULE_WRITE_DENY_MISSING, SRT_CHECKED, "judged by name");
    host->report(host, SRT_RULE_GLOB_LATER, SRT_CHECKED, "judged by name");
    host->share_loopback(host);
    return result;
}

static int wrap(srt_backend_state *state, srt_launch *launch)
{
    const srt_host *host = beast_host;
    char text[64];
    (void)state;
    snprintf(text, sizeof text, "%u %u",
             (unsigned)host->launch_proxy_port(launch, SRT_LISTENER_HTTP),
             (unsigned)host->launch_proxy_port(launch, SRT_LISTENER_SOCKS));
    host->launch_setenv(launch, "PORTS", text);
    host->names_changed(host);
    return 0;
}

BEAST("runs-open", .priority = -1, .prepare = prepare, .wrap = wrap)
