/* SPDX-License-Identifier: Apache-2.0 */
/* A connection through the HTTP proxy on standard input and output: what ssh
 * calls a ProxyCommand. */
#include "connect.h"

#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "sys.h"

#define CHUNK 65536
/* What a pipe that polls writable takes without blocking. */
#define PIPE_CHUNK 4096

/* One direction: read from one descriptor, written to the other. */
typedef struct flow {
    int from, to;
    bool to_socket;
    bool ended; /* nothing more will come, and everything was written */
    size_t at, length;
    char bytes[CHUNK];
} flow;

/* Zero at the start, so that they take no room in the file. */
static flow upward, downward;

static int complain(const char *host, const char *port, const inside_text *reason)
{
    inside_text line = {.length = 0};
    text_add(&line, "srt: no connection to ");
    text_add(&line, host);
    text_add(&line, " port ");
    text_add(&line, port);
    text_add(&line, ": ");
    text_add_bytes(&line, reason->bytes, reason->length);
    if (line.length == sizeof line.bytes - 1)
        line.length--;
    line.bytes[line.length++] = '\n';
    sys3(SYS_write, 2, line.bytes, line.length);
    return 1;
}

static long dial_one(const void *address, size_t length, int family)
{
    long fd = sys3(SYS_socket, family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fd;
    long r = sys3(SYS_connect, fd, address, length);
    if (r < 0) {
        sys1(SYS_close, fd);
        return r;
    }
    return fd;
}

static long dial(const proxy_address *proxy)
{
    const uint8_t loopback[4] = {127, 0, 0, 1};
    const unsigned char port[2] = {(unsigned char)(proxy->port >> 8), (unsigned char)proxy->port};
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    memcpy(&v4.sin_addr, proxy->local ? loopback : proxy->v4, 4);
    memcpy(&v4.sin_port, port, sizeof port);
    memcpy(&v6.sin6_port, port, sizeof port);
    v6.sin6_addr.s6_addr[15] = 1;
    long fd = -EAFNOSUPPORT;
    if (!proxy->v6)
        fd = dial_one(&v4, sizeof v4, AF_INET);
    if (fd < 0 && (proxy->v6 || proxy->local)) {
        long second = dial_one(&v6, sizeof v6, AF_INET6);
        if (second >= 0 || proxy->v6)
            return second;
    }
    return fd;
}

static long send_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        long n = sys6(SYS_sendto, fd, bytes, length, MSG_NOSIGNAL, NULL, 0);
        if (n == -EINTR)
            continue;
        if (n < 0)
            return n;
        bytes += n;
        length -= (size_t)n;
    }
    return 0;
}

/* Reads until the head is there. The rest of the buffer is the tunnel's. On a
 * refusal a little more may come: the body that says why. */
static int shake_hands(int fd, inside_text *reason)
{
    flow *f = &downward;
    long head = 0;
    while (head == 0) {
        long n = sys3(SYS_read, fd, f->bytes + f->length, CONNECT_HEAD_MAX - f->length);
        if (n == -EINTR)
            continue;
        if (n <= 0) {
            text_add(reason, "the proxy closed the connection");
            return -1;
        }
        f->length += (size_t)n;
        head = connect_answer_head(f->bytes, f->length);
    }
    if (head < 0) {
        text_add(reason, "the proxy's answer is not HTTP");
        return -1;
    }
    f->at = (size_t)head;
    return connect_answer_judge(f->bytes, f->length, (size_t)head, reason);
}

static void end_of_flow(flow *f)
{
    f->ended = true;
    if (f->to_socket)
        sys2(SYS_shutdown, f->to, SHUT_WR);
    else
        sys1(SYS_close, f->to);
}

static void flow_read(flow *f)
{
    long n = sys3(SYS_read, f->from, f->bytes, sizeof f->bytes);
    if (n == -EINTR || n == -EAGAIN)
        return;
    f->at = 0;
    f->length = n > 0 ? (size_t)n : 0;
    if (n <= 0) {
        end_of_flow(f);
    }
}

/* False when the other side takes nothing more: then everything is over. */
static bool flow_write(flow *f)
{
    size_t n = f->length - f->at;
    long done;
    if (f->to_socket)
        done = sys6(SYS_sendto, f->to, f->bytes + f->at, n, MSG_NOSIGNAL | MSG_DONTWAIT, NULL, 0);
    else
        done = sys3(SYS_write, f->to, f->bytes + f->at, n > PIPE_CHUNK ? PIPE_CHUNK : n);
    if (done == -EINTR || done == -EAGAIN)
        return true;
    if (done < 0)
        return false;
    f->at += (size_t)done;
    return true;
}

static bool has_bytes(const flow *f)
{
    return f->at < f->length;
}

static bool flow_step(flow *f, short in, short out)
{
    if (f->ended)
        return true;
    if (has_bytes(f))
        return out == 0 || flow_write(f);
    if (in != 0)
        flow_read(f);
    return true;
}

static int relay(int fd)
{
    upward.from = 0;
    upward.to = fd;
    upward.to_socket = true;
    downward.from = fd;
    downward.to = 1;
    while (!upward.ended || !downward.ended) {
        bool up_waits = !upward.ended && !has_bytes(&upward);
        bool down_waits = !downward.ended && !has_bytes(&downward);
        short events = (short)((has_bytes(&upward) ? POLLOUT : 0) | (down_waits ? POLLIN : 0));
        /* After both directions of the socket there is nothing to wait for. */
        struct pollfd p[3] = {
            {.fd = up_waits ? 0 : -1, .events = POLLIN},
            {.fd = !downward.ended && has_bytes(&downward) ? 1 : -1, .events = POLLOUT},
            {.fd = fd, .events = events}};
        long r = sys5(SYS_ppoll, p, 3, NULL, NULL, 8);
        if (r < 0 && r != -EINTR)
            return 1;
        if (r <= 0)
            continue;
        const short lost = POLLHUP | POLLERR | POLLNVAL;
        if (downward.ended && (p[2].revents & lost) != 0)
            return 0;
        if (!flow_step(&upward, p[0].revents, p[2].revents & (POLLOUT | lost)))
            return 0;
        if (!flow_step(&downward, p[2].revents & (POLLIN | lost), p[1].revents))
            return 0;
    }
    return 0;
}

int inside_connect(const char *host, const char *port, const char *const *envp)
{
    inside_text reason = {.length = 0};
    char request[1536];
    size_t length;
    proxy_address proxy;
    const char *url = env_get(envp, "http_proxy");
    if (!url)
        url = env_get(envp, "HTTP_PROXY");
    if (!url || !proxy_address_parse(url, &proxy)) {
        text_add(&reason, url ? "http_proxy does not name a local HTTP proxy"
                              : "http_proxy is not set, the network is off");
        return complain(host, port, &reason);
    }
    if (!connect_request(host, port, proxy.basic, request, sizeof request, &length)) {
        text_add(&reason, "this is not a host name and a port");
        return complain(host, port, &reason);
    }
    long fd = dial(&proxy);
    if (fd >= 0) {
        long r = send_all((int)fd, request, length);
        if (r < 0)
            fd = r;
    }
    if (fd < 0) {
        text_add(&reason, "the proxy cannot be reached");
        text_add_errno(&reason, (int)-fd);
        return complain(host, port, &reason);
    }
    if (shake_hands((int)fd, &reason) != 0)
        return complain(host, port, &reason);
    return relay((int)fd);
}
