/* SPDX-License-Identifier: Apache-2.0 */
/* The outer stage with namespaces and listeners, and the connection through a
 * proxy. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inside_run.h"
#include "support/unit.h"

#define OUTER (SRT_PLAN_FLAG_LOOPBACK_UP | SRT_PLAN_FLAG_DIE_WITH_PARENT)
#define NAMESPACES (CLONE_NEWUSER | CLONE_NEWNET)

static srt_plan_writer outer_plan(const char *text)
{
    srt_plan_writer w = PLAN_FOR(OUTER | SRT_PLAN_FLAG_IGNORE_TTY_SIGNALS, "/bin/sh", "-c", text);
    srt_plan_put_u32(&w, SRT_PLAN_NAMESPACES, NAMESPACES);
    return w;
}

static void put_listener(srt_plan_writer *w, uint8_t role, uint8_t family, uint16_t port)
{
    const struct srt_plan_listen l = {.role = role, .family = family, .port = port};
    srt_plan_put(w, SRT_PLAN_LISTEN, &l, sizeof l);
}

static int have_namespaces(void)
{
    pid_t pid = fork();
    int status;
    if (pid == 0)
        _exit(unshare(NAMESPACES) == 0 ? 0 : 1);
    waitpid(pid, &status, 0);
    if (status == 0)
        return 1;
    srt_unit_skip("this machine makes no user namespaces for us");
    return 0;
}

static void read_line(const char *path, char *line, int size)
{
    FILE *file = fopen(path, "re");
    CU_ASSERT_PTR_NOT_NULL(file);
    if (!file)
        return;
    CU_ASSERT_PTR_NOT_NULL(fgets(line, size, file));
    fclose(file);
}

static void test_outer_stage(void)
{
    Run r;
    char expected[256];
    if (!have_namespaces())
        return;
    srt_plan_writer w = outer_plan("id -u; id -g; cat /proc/self/setgroups; "
                                   "grep SigIgn /proc/self/status; exit 5");
    run_start(&r, &w);
    run_finish(&r);
    snprintf(expected, sizeof expected, "%d\n%d\ndeny\nSigIgn:\t%016x\n", (int)getuid(),
             (int)getgid(),
             1 << (SIGINT - 1) | 1 << (SIGQUIT - 1) | 1 << (SIGTERM - 1) | 1 << (SIGHUP - 1) |
                 1 << (SIGTSTP - 1) | 1 << (SIGUSR1 - 1) | 1 << (SIGUSR2 - 1));
    SRT_ASSERT_STR(r.output, expected);
    SRT_ASSERT_STR(r.kinds, "");
    CU_ASSERT_EQUAL(r.status, 5);
    run_clear(&r);
}

/* Traffic inside is not paced, and the machine's own setting stays. */
static void test_congestion_control_is_plain(void)
{
    static const char file[] = "/proc/sys/net/ipv4/tcp_congestion_control";
    Run r;
    char before[64] = "", after[64] = "";
    if (!have_namespaces())
        return;
    read_line(file, before, sizeof before);
    srt_plan_writer w = outer_plan("cat /proc/sys/net/ipv4/tcp_congestion_control");
    run_start(&r, &w);
    run_finish(&r);
    SRT_ASSERT_STR(r.output, "reno\n");
    read_line(file, after, sizeof after);
    SRT_ASSERT_STR(after, before);
    run_clear(&r);
}

/* A program in the namespace connects; we, outside of it, accept. */
static void test_listeners_are_accepted_on_from_outside(void)
{
    Run r;
    char text[16];
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    if (!have_namespaces())
        return;
    /* bash knows /dev/tcp */
    srt_plan_writer w = PLAN_FOR(OUTER, "/bin/bash", "-c",
                                 "exec 5<> /dev/tcp/127.0.0.1/3128 6<> /dev/tcp/::1/1080 && "
                                 "echo four >&5 && echo six >&6 && cat <&5");
    srt_plan_put_u32(&w, SRT_PLAN_NAMESPACES, NAMESPACES);
    put_listener(&w, 0, 4, 3128);
    put_listener(&w, 1, 4, 1080);
    put_listener(&w, 0, 6, 3128);
    put_listener(&w, 1, 6, 1080);
    run_start(&r, &w);
    /* bash keeps the hand-off open, as the tools do. */
    run_receive_some(&r, 4);
    CU_ASSERT_EQUAL_FATAL(r.n_fds, 4);
    CU_ASSERT_EQUAL(getsockname(r.fds[3], (struct sockaddr *)&address, &size), 0);
    CU_ASSERT_EQUAL(address.ss_family, AF_INET6);
    int four = accept(r.fds[0], NULL, NULL);
    int six = accept(r.fds[3], NULL, NULL);
    CU_ASSERT_EQUAL(read(four, text, sizeof text), 5);
    CU_ASSERT_EQUAL(read(six, text, sizeof text), 4);
    CU_ASSERT_EQUAL(write(four, "back", 4), 4);
    close(four);
    close(six);
    run_finish(&r);
    SRT_ASSERT_STR(r.output, "back");
    CU_ASSERT_EQUAL(r.status, 0);
    run_clear(&r);
}

static void test_a_port_that_is_taken(void)
{
    Run r;
    if (!have_namespaces())
        return;
    srt_plan_writer w = outer_plan("echo ran");
    put_listener(&w, 0, 4, 3128);
    put_listener(&w, 1, 4, 3128);
    run_start(&r, &w);
    run_finish(&r);
    SRT_ASSERT_STR(r.kinds, "LE");
    SRT_ASSERT_STR(r.text, "cannot make a listening socket in the sandbox: Address already in use");
    CU_ASSERT_EQUAL(r.status, 125);
    SRT_ASSERT_STR(r.output, "");
    run_clear(&r);
}

static void test_dies_with_its_parent(void)
{
    int ends[2];
    char byte;
    if (!have_namespaces())
        return;
    CU_ASSERT_EQUAL_FATAL(pipe2(ends, O_CLOEXEC), 0);
    pid_t middle = fork();
    if (middle == 0) {
        Run r;
        srt_plan_writer w = outer_plan("echo up; exec sleep 100");
        run_start(&r, &w);
        if (read(r.out, &byte, 1) == 1)
            (void)!write(ends[1], &r.pid, sizeof r.pid);
        pause();
        _exit(0);
    }
    pid_t inner = -1;
    CU_ASSERT_EQUAL(read(ends[0], &inner, sizeof inner), (ssize_t)sizeof inner);
    kill(middle, SIGKILL);
    waitpid(middle, NULL, 0);
    for (int i = 0; i < 100 && kill(inner, 0) == 0; i++)
        usleep(20000);
    CU_ASSERT_TRUE(kill(inner, 0) != 0 && errno == ESRCH);
    close(ends[0]);
    close(ends[1]);
}

/* A proxy for one connection, in a process of its own. */
typedef struct Proxy {
    pid_t pid;
    unsigned port;
} Proxy;

static Proxy proxy_start(void (*serve)(int fd))
{
    Proxy p;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int l = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CU_ASSERT_FATAL(bind(l, (struct sockaddr *)&address, size) == 0 && listen(l, 1) == 0 &&
                    getsockname(l, (struct sockaddr *)&address, &size) == 0);
    p.port = ntohs(address.sin_port);
    p.pid = fork();
    if (p.pid == 0) {
        alarm(20);
        int fd = accept(l, NULL, NULL);
        serve(fd);
        _exit(0);
    }
    close(l);
    return p;
}

/* Reads up to the empty line. */
static void read_request(int fd, char *text, size_t size)
{
    size_t n = 0;
    while (n < size - 1 && read(fd, text + n, 1) == 1) {
        n++;
        text[n] = 0;
        if (n >= 4 && strcmp(text + n - 4, "\r\n\r\n") == 0)
            return;
    }
}

static void say(int fd, const char *text)
{
    if (write(fd, text, strlen(text)) < 0)
        _exit(1);
}

/* Answers in two pieces, the second with tunnel bytes; then echoes until the
 * client ends, and only then says goodbye: half-closed connections. */
static void serve_echo(int fd)
{
    char text[4096];
    ssize_t n;
    read_request(fd, text, sizeof text);
    if (strncmp(text, "CONNECT example.com:22 HTTP/1.1\r\n", 33) != 0)
        _exit(1);
    say(fd, "HTTP/1.1 200 Connection Est");
    usleep(50000);
    say(fd, "ablished\r\n\r\nhello\n");
    while ((n = read(fd, text, sizeof text)) > 0)
        if (write(fd, text, (size_t)n) != n)
            _exit(1);
    say(fd, "bye\n");
    close(fd);
}

static void serve_refusal(int fd)
{
    char text[4096];
    read_request(fd, text, sizeof text);
    say(fd, "HTTP/1.1 403 Forbidden\r\nX-Proxy-Error: blocked-by-allowlist\r\n\r\n"
            "Connection blocked by network allowlist\n");
}

static void serve_nothing(int fd)
{
    close(fd);
}

static void serve_much(int fd)
{
    static char text[65536];
    read_request(fd, text, sizeof text);
    say(fd, "HTTP/1.1 200 OK\r\n\r\n");
    memset(text, 'm', sizeof text);
    for (int i = 0; i < 160; i++)
        for (size_t at = 0; at < sizeof text;) {
            ssize_t n = write(fd, text + at, sizeof text - at);
            if (n < 0)
                _exit(1);
            at += (size_t)n;
        }
    close(fd);
}

/* shell text with %u for the port; returns its output and status. */
static int with_proxy(const Proxy *proxy, const char *text, char *output, size_t size)
{
    char command[1024], with_port[900];
    size_t at = 0;
    int status;
    snprintf(with_port, sizeof with_port, "http_proxy=http://localhost:%u; export http_proxy; ",
             proxy->port);
    snprintf(command, sizeof command, "exec 2>&1; H=%s; %s%s", SRT_INSIDE, with_port, text);
    FILE *f = popen(command, "r");
    CU_ASSERT_FATAL(f != NULL);
    size_t n;
    while (at < size - 1 && (n = fread(output + at, 1, size - 1 - at, f)) > 0)
        at += n;
    output[at] = 0;
    status = pclose(f);
    waitpid(proxy->pid, NULL, 0);
    return WEXITSTATUS(status);
}

static void test_connection_with_half_close(void)
{
    char output[4096];
    Proxy p = proxy_start(serve_echo);
    int status =
        with_proxy(&p, "printf 'one\\ntwo\\n' | $H connect example.com 22", output, sizeof output);
    SRT_ASSERT_STR(output, "hello\none\ntwo\nbye\n");
    CU_ASSERT_EQUAL(status, 0);
}

static void test_connection_carries_much(void)
{
    char output[4096];
    Proxy p = proxy_start(serve_much);
    int status = with_proxy(&p, "$H connect example.com 22 </dev/null | (sleep 0.2; wc -c)", output,
                            sizeof output);
    SRT_ASSERT_STR(output, "10485760\n");
    CU_ASSERT_EQUAL(status, 0);
}

static void test_connection_that_is_refused(void)
{
    char output[4096];
    Proxy p = proxy_start(serve_refusal);
    int status = with_proxy(&p, "$H connect example.com 22 </dev/null", output, sizeof output);
    CU_ASSERT_PTR_NOT_NULL(strstr(output,
                                  "srt: no connection to example.com port 22: 403 Forbidden "
                                  "(blocked-by-allowlist)"));
    CU_ASSERT_EQUAL(status, 1);
    p = proxy_start(serve_nothing);
    status = with_proxy(&p, "$H connect example.com 22 </dev/null", output, sizeof output);
    SRT_ASSERT_STR(output, "srt: no connection to example.com port 22: the proxy closed the "
                           "connection\n");
    CU_ASSERT_EQUAL(status, 1);
}

static void test_connection_without_a_proxy(void)
{
    char output[4096];
    Proxy gone = proxy_start(serve_nothing);
    kill(gone.pid, SIGKILL);
    waitpid(gone.pid, NULL, 0);
    int status = with_proxy(&gone, "$H connect example.com 22", output, sizeof output);
    SRT_ASSERT_STR(output, "srt: no connection to example.com port 22: the proxy cannot be "
                           "reached: Connection refused\n");
    CU_ASSERT_EQUAL(status, 1);
    status =
        with_proxy(&gone, "unset http_proxy; $H connect example.com 22", output, sizeof output);
    SRT_ASSERT_STR(output, "srt: no connection to example.com port 22: http_proxy is not set, the "
                           "network is off\n");
    CU_ASSERT_EQUAL(status, 1);
    status = with_proxy(&gone, "$H connect 'exa mple.com' 22", output, sizeof output);
    SRT_ASSERT_STR(output, "srt: no connection to exa mple.com port 22: this is not a host name "
                           "and a port\n");
    CU_ASSERT_EQUAL(status, 1);
}

static const srt_unit_case cases[] = {
    {"outer stage", test_outer_stage},
    {"congestion control is plain", test_congestion_control_is_plain},
    {"listeners are accepted on from outside", test_listeners_are_accepted_on_from_outside},
    {"a port that is taken", test_a_port_that_is_taken},
    {"dies with its parent", test_dies_with_its_parent},
    {"connection with half-close", test_connection_with_half_close},
    {"connection carries much", test_connection_carries_much},
    {"connection that is refused", test_connection_that_is_refused},
    {"connection without a proxy", test_connection_without_a_proxy},
};
SRT_UNIT_MAIN("filters.inside.network", cases)
