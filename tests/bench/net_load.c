/* SPDX-License-Identifier: Apache-2.0 */
/* Traffic through a proxy, measured:
 *
 *   srt-net-load MODE PROXY-PORT ORIGIN-PORT PATH CONCURRENCY SECONDS
 *
 * MODE: direct, get, connect, socks: new connections, one GET each; bulk-…: the
 * same for SECONDS with the bytes counted; open-…: CONCURRENCY tunnels are made
 * and held, then each carries one request. Prints one line of JSON. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef enum { DIRECT, GET, CONNECT, SOCKS } Mode;

typedef enum { CONNECTING, GREETED, ASKED, WAITING, READING } Phase;

typedef struct Flow {
    int fd;
    Phase phase;
    int held; /* open-… only: the tunnel stands */
    double began;
    unsigned seen; /* bytes of the current answer's head */
    char head[512];
} Flow;

static Mode mode;
static int bulk, hold;
static unsigned short proxy_port, origin_port;
static const char *path;
static int ep;
static unsigned long done, errors, standing;
static unsigned long long bytes;
static float *times;
static unsigned long n_times, max_times;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void start(Flow *f)
{
    unsigned short port = mode == DIRECT ? origin_port : proxy_port;
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    f->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    f->phase = CONNECTING;
    f->seen = 0;
    f->began = now();
    if (f->fd < 0 ||
        (connect(f->fd, (struct sockaddr *)&a, sizeof a) != 0 && errno != EINPROGRESS)) {
        perror("connect");
        exit(1);
    }
    struct epoll_event e = {.events = EPOLLOUT, .data.ptr = f};
    epoll_ctl(ep, EPOLL_CTL_ADD, f->fd, &e);
}

static void finish(Flow *f, int good)
{
    close(f->fd);
    if (good) {
        done++;
        if (n_times < max_times)
            times[n_times++] = (float)((now() - f->began) * 1000);
    } else {
        errors++;
    }
    if (hold)
        f->fd = -1;
    else
        start(f);
}

static void say(Flow *f, const char *text, size_t n)
{
    if (send(f->fd, text, n, MSG_NOSIGNAL) != (ssize_t)n)
        fprintf(stderr, "short send\n");
}

static void ask(Flow *f)
{
    char text[512];
    int n;
    if (mode == GET)
        n = snprintf(text, sizeof text,
                     "GET http://127.0.0.1:%u%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
                     "Connection: close\r\n\r\n",
                     origin_port, path, origin_port);
    else
        n = snprintf(text, sizeof text,
                     "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: close\r\n\r\n", path,
                     origin_port);
    say(f, text, (size_t)n);
    f->phase = READING;
    f->seen = 0;
}

static void first(Flow *f)
{
    char text[128];
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = f};
    epoll_ctl(ep, EPOLL_CTL_MOD, f->fd, &e);
    if (mode == CONNECT) {
        int n = snprintf(text, sizeof text,
                         "CONNECT 127.0.0.1:%u HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n", origin_port,
                         origin_port);
        say(f, text, (size_t)n);
        f->phase = WAITING;
    } else if (mode == SOCKS) {
        say(f, "\5\1\0", 3);
        f->phase = GREETED;
    } else {
        ask(f);
    }
}

static void tunnel_stands(Flow *f)
{
    if (!hold) {
        ask(f);
        return;
    }
    f->held = 1;
    standing++;
}

/* An answer of the proxy itself, byte by byte so that nothing behind is taken. */
static int read_exact(Flow *f, unsigned want)
{
    ssize_t n = recv(f->fd, f->head + f->seen, want - f->seen, 0);
    if (n <= 0)
        return n < 0 && errno == EAGAIN ? 0 : -1;
    f->seen += (unsigned)n;
    return f->seen == want;
}

static void on_socks(Flow *f)
{
    char request[10] = {5, 1, 0, 1, 127, 0, 0, 1, (char)(origin_port >> 8), (char)origin_port};
    int r = read_exact(f, f->phase == GREETED ? 2 : 10);
    if (r == 0)
        return;
    if (r < 0 || f->head[1] != 0) {
        finish(f, 0);
        return;
    }
    f->seen = 0;
    if (f->phase == GREETED) {
        say(f, request, sizeof request);
        f->phase = ASKED;
    } else {
        tunnel_stands(f);
    }
}

static void on_connect(Flow *f)
{
    ssize_t n = recv(f->fd, f->head + f->seen, sizeof f->head - 1 - f->seen, 0);
    if (n <= 0) {
        finish(f, 0);
        return;
    }
    f->seen += (unsigned)n;
    f->head[f->seen] = 0;
    if (!strstr(f->head, "\r\n\r\n"))
        return;
    if (strncmp(f->head, "HTTP/1.", 7) != 0 || strncmp(f->head + 9, "200", 3) != 0)
        finish(f, 0);
    else
        tunnel_stands(f);
}

static void on_content(Flow *f)
{
    static char block[256 * 1024];
    for (;;) {
        ssize_t n = recv(f->fd, block, sizeof block, 0);
        if (n < 0 && errno == EAGAIN)
            return;
        if (n <= 0) {
            finish(f, n == 0 && f->seen > 0 && strncmp(f->head + 9, "200", 3) == 0);
            return;
        }
        if (f->seen == 0) {
            memcpy(f->head, block, (size_t)(n < 64 ? n : 64));
            f->seen = 1;
        }
        bytes += (unsigned long long)n;
        if (!bulk && (size_t)n < sizeof block)
            return;
    }
}

static void on_event(Flow *f)
{
    switch (f->phase) {
    case CONNECTING:
        first(f);
        break;
    case GREETED:
    case ASKED:
        on_socks(f);
        break;
    case WAITING:
        on_connect(f);
        break;
    case READING:
        on_content(f);
        break;
    }
}

static int compare(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static double quantile(double q)
{
    return n_times ? (double)times[(unsigned long)((double)(n_times - 1) * q)] : 0;
}

/* Runs until the end, or until *count reaches most. */
static void run(double end, const unsigned long *count, unsigned long most)
{
    struct epoll_event events[256];
    while (now() < end && (!count || *count + errors < most)) {
        int n = epoll_wait(ep, events, 256, 100);
        for (int i = 0; i < n; i++)
            on_event(events[i].data.ptr);
    }
}

static Mode parse_mode(const char *text)
{
    static const char *const names[] = {"direct", "get", "connect", "socks"};
    bulk = strncmp(text, "bulk-", 5) == 0;
    hold = strncmp(text, "open-", 5) == 0;
    text += bulk || hold ? 5 : 0;
    for (unsigned i = 0; i < 4; i++) {
        if (strcmp(text, names[i]) == 0)
            return (Mode)i;
    }
    fprintf(stderr, "no such mode: %s\n", text);
    exit(2);
}

static void raise_limit(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* Opens all tunnels, tells who waits on standard output, and when a line comes
 * in asks through each. */
static void run_held(Flow *flows, unsigned n)
{
    char line[8];
    for (unsigned i = 0; i < n; i++) {
        start(&flows[i]);
        if (i % 200 == 199)
            run(now() + 5, &standing, i + 1);
    }
    run(now() + 30, &standing, n);
    printf("{\"standing\": %lu, \"errors\": %lu}\n", standing, errors);
    fflush(stdout);
    if (!fgets(line, sizeof line, stdin))
        return;
    for (unsigned i = 0; i < n; i++) {
        if (flows[i].held)
            ask(&flows[i]);
        if (i % 200 == 199)
            run(now() + 5, &done, i + 1);
    }
    run(now() + 30, &done, n);
}

int main(int argc, char **argv)
{
    if (argc != 7) {
        fprintf(stderr, "srt-net-load MODE PROXY-PORT ORIGIN-PORT PATH CONCURRENCY SECONDS\n");
        return 2;
    }
    mode = parse_mode(argv[1]);
    proxy_port = (unsigned short)atoi(argv[2]);
    origin_port = (unsigned short)atoi(argv[3]);
    path = argv[4];
    unsigned n = (unsigned)atoi(argv[5]);
    double seconds = atof(argv[6]), began;
    Flow *flows = calloc(n, sizeof *flows);
    max_times = 1000000;
    times = malloc(max_times * sizeof *times);
    ep = epoll_create1(EPOLL_CLOEXEC);
    if (!flows || !times || ep < 0)
        return 1;
    raise_limit();
    began = now();
    if (hold) {
        run_held(flows, n);
    } else {
        for (unsigned i = 0; i < n; i++)
            start(&flows[i]);
        run(began + seconds, NULL, 0);
    }
    double took = now() - began;
    qsort(times, n_times, sizeof *times, compare);
    printf("{\"per_second\": %.0f, \"mb_per_second\": %.0f, \"p50_ms\": %.3f, \"p99_ms\": %.3f, "
           "\"done\": %lu, \"errors\": %lu, \"megabytes\": %.3f}\n",
           (double)done / took, (double)bytes / took / 1e6, quantile(0.5), quantile(0.99), done,
           errors, (double)bytes / 1e6);
    return 0;
}
