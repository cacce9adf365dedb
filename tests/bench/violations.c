/* SPDX-License-Identifier: Apache-2.0 */
/* srt-refusals KIND TIMES PROCESSES PLACE: causes refusals as fast as it can, in that many
 * processes, then writes "TIMES SECONDS" and waits for the end of its input, so that whoever
 * measures can look at srt meanwhile. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *place;
static char path[4096];

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static int open_path(const char *name, int flags)
{
    int fd = open(name, flags | O_CLOEXEC, 0644);
    if (fd >= 0) {
        close(fd);
        fprintf(stderr, "%s was not refused\n", name);
        exit(1);
    }
    return fd;
}

/* One file again and again. */
static void same(long i)
{
    (void)i;
    open_path(place, O_WRONLY);
}

/* Another name each time: nothing can be counted together. */
static void many(long i)
{
    snprintf(path, sizeof path, "%s/%ld", place, i);
    open_path(path, O_WRONLY | O_CREAT);
}

/* Long ones, so that the bound is the bytes. */
static void longer(long i)
{
    snprintf(path, sizeof path, "%s/%0240ld", place, i);
    open_path(path, O_WRONLY | O_CREAT);
}

static void names(long i)
{
    (void)i;
    open_path(".bashrc", O_WRONLY | O_CREAT);
}

static void blocked(long i)
{
    (void)i;
    if (mount("none", "/", "tmpfs", 0, "") == 0)
        exit(1);
}

static void connects(long i)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)(1 + i % 1000))};
    inet_pton(AF_INET, "192.0.2.1", &to.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
        fail("connect");
    close(fd);
}

static struct sockaddr_in proxy;
static char authorization[512];

/* "http://[USER:PASSWORD@]127.0.0.1:PORT", as srt sets it: the header is ready in PROXY_HEADER. */
static void find_proxy(void)
{
    const char *text = getenv("HTTP_PROXY"), *header = getenv("PROXY_HEADER");
    const char *port = text ? strrchr(text, ':') : NULL;
    if (!port)
        return;
    proxy.sin_family = AF_INET;
    proxy.sin_port = htons((uint16_t)atoi(port + 1));
    proxy.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    snprintf(authorization, sizeof authorization, "%s", header ? header : "");
}

static void proxied(long i)
{
    char text[1024], answer[256];
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&proxy, sizeof proxy) < 0)
        fail("proxy");
    int n = snprintf(text, sizeof text, "CONNECT h%ld.example.org:443 HTTP/1.1\r\n%s%s\r\n",
                     i % 1000, authorization, authorization[0] ? "\r\n" : "");
    if (write(fd, text, (size_t)n) != n || read(fd, answer, sizeof answer) < 12 ||
        memcmp(answer + 9, "403", 3) != 0)
        fail("not refused by the proxy");
    close(fd);
}

static const struct {
    const char *name;
    void (*once)(long i);
} kinds[] = {{"same", same},       {"many", many},        {"long", longer},  {"names", names},
             {"blocked", blocked}, {"connect", connects}, {"proxy", proxied}};

__attribute__((noreturn)) static void cause(void (*once)(long i), long times, long from, long step)
{
    for (long i = from; i < times; i += step)
        once(i);
    exit(0);
}

int main(int argc, char **argv)
{
    struct timespec start, end;
    char byte;
    long times = argc > 2 ? atol(argv[2]) : 0;
    long processes = argc > 3 ? atol(argv[3]) : 0;
    void (*once)(long i) = NULL;
    for (size_t i = 0; argc > 1 && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, argv[1]) == 0)
            once = kinds[i].once;
    if (!once || times < 1 || processes < 1 || argc != 5)
        return 2;
    place = argv[4];
    find_proxy();
    signal(SIGPIPE, SIG_IGN);
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (long p = 0; p < processes; p++)
        if (fork() == 0)
            cause(once, times, p, processes);
    for (long p = 0; p < processes; p++) {
        int status;
        if (wait(&status) < 0 || status != 0)
            return 1;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%ld %.6f\n", times,
           (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9);
    fflush(stdout);
    while (read(0, &byte, 1) > 0)
        ;
    return 0;
}
