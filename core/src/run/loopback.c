/* SPDX-License-Identifier: Apache-2.0 */
#include "run/loopback.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/random.h"

#define BACKLOG 1024
/* Of a port that is free for IPv4 and taken for IPv6. */
#define TRIES 16

void srt_loopback_init(SrtLoopback *loopback)
{
    *loopback = (SrtLoopback){.fds = {{-1, -1}, {-1, -1}}};
}

/* A listening socket; *port 0: any, which it then is. -1 with errno. */
static int listen_on(int family, guint16 *port)
{
    struct sockaddr_in v4 = {
        .sin_family = AF_INET, .sin_port = htons(*port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in6 v6 = {
        .sin6_family = AF_INET6, .sin6_port = htons(*port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    const struct sockaddr *address =
        family == AF_INET ? (const struct sockaddr *)&v4 : (const struct sockaddr *)&v6;
    struct sockaddr_in bound;
    socklen_t size = family == AF_INET ? sizeof v4 : sizeof v6, bound_size = sizeof bound;
    int on = 1;
    srt_autofd int fd = socket(family, SOCK_STREAM, 0);
    if (fd < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
        return -1;
    if (family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) < 0)
        return -1;
    if (bind(fd, address, size) < 0 || listen(fd, BACKLOG) < 0)
        return -1;
    if (*port == 0) {
        if (getsockname(fd, (struct sockaddr *)&bound, &bound_size) < 0)
            return -1;
        *port = ntohs(bound.sin_port);
    }
    return srt_fd_steal(&fd);
}

static gboolean open_role(SrtLoopback *loopback, int role, GError **error)
{
    int *fds = loopback->fds[role];
    for (int i = 0; i < TRIES; i++) {
        guint16 port = 0;
        srt_fd_clear(&fds[0]);
        fds[0] = listen_on(AF_INET, &port);
        if (fds[0] < 0)
            return srt_set_errno(error, SRT_ERROR_NETWORK, errno,
                                 "cannot listen on 127.0.0.1 for the proxies");
        loopback->place.ports[role] = port;
        loopback->place.tokens[role] = loopback->token;
        fds[1] = listen_on(AF_INET6, &port);
        if (fds[1] >= 0 || errno != EADDRINUSE)
            return TRUE; /* without IPv6, 127.0.0.1 is all there is */
    }
    return srt_set_errno(error, SRT_ERROR_NETWORK, EADDRINUSE,
                         "cannot find a port for the proxies that is free on 127.0.0.1 and [::1]");
}

gboolean srt_loopback_open(SrtLoopback *loopback, const guint external[2], GError **error)
{
    loopback->token = srt_random_hex(SRT_TOKEN_BYTES, "the token of the proxies", error);
    if (!loopback->token)
        return FALSE;
    for (int role = 0; role < 2; role++) {
        if (external[role])
            loopback->place.ports[role] = (guint16)external[role];
        else if (!open_role(loopback, role, error))
            return FALSE;
    }
    return TRUE;
}

gboolean srt_loopback_hand_over(SrtLoopback *loopback, SrtProxy *proxy, GError **error)
{
    for (int role = 0; role < 2; role++) {
        SrtProxyKind kind = role == SRT_LISTENER_SOCKS ? SRT_PROXY_SOCKS : SRT_PROXY_HTTP;
        for (int i = 0; i < 2; i++) {
            int fd = srt_fd_steal(&loopback->fds[role][i]);
            if (fd >= 0 && !srt_proxy_add_listener(proxy, fd, kind, error))
                return FALSE;
        }
    }
    return TRUE;
}

void srt_loopback_clear(SrtLoopback *loopback)
{
    for (int role = 0; role < 2; role++)
        for (int i = 0; i < 2; i++)
            srt_fd_clear(&loopback->fds[role][i]);
    g_clear_pointer(&loopback->token, g_free);
}
