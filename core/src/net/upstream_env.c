/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "net/parent.h"
#include "net/proxy.h"

/* The first of the names that is set and not empty. */
static const char *look_up(const char *const *env, const char *const *names)
{
    for (; *names; names++) {
        gsize n = strlen(*names);
        for (const char *const *one = env; one && *one; one++) {
            if (strncmp(*one, *names, n) == 0 && (*one)[n] == '=' && (*one)[n + 1])
                return *one + n + 1;
        }
    }
    return NULL;
}

/* What is no URL of an HTTP proxy at all is not for us (socks5://…). An https
 * proxy is kept: going past it in silence would be wrong, so the start fails. */
static char *usable(const char *name, const char *url)
{
    SrtParent parent;
    if (!url)
        return NULL;
    SrtParentResult result = srt_parent_parse(url, &parent);
    srt_parent_clear(&parent);
    if (result != SRT_PARENT_INVALID)
        return g_strdup(url);
    srt_log_debug("%s in the environment is not the URL of an HTTP proxy: ignored", name);
    return NULL;
}

void srt_proxy_upstream_from_env(SrtProxyUpstream *upstream, const char *const *env)
{
    static const char *const http[] = {"HTTP_PROXY", "http_proxy", NULL};
    static const char *const https[] = {"HTTPS_PROXY", "https_proxy", NULL};
    static const char *const none[] = {"NO_PROXY", "no_proxy", NULL};
    upstream->parent_http = usable(http[0], look_up(env, http));
    upstream->parent_https = usable(https[0], look_up(env, https));
    upstream->parent_no_proxy = g_strdup(look_up(env, none));
}

void srt_proxy_upstream_clear(SrtProxyUpstream *upstream)
{
    g_free(upstream->mitm_socket);
    g_free(upstream->parent_http);
    g_free(upstream->parent_https);
    g_free(upstream->parent_no_proxy);
    *upstream = (SrtProxyUpstream){0};
}
