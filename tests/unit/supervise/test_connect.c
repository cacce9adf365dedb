/* SPDX-License-Identifier: Apache-2.0 */
/* Unix sockets by path, and what may be bound and connected to otherwise. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "live.h"
#include "policies.h"
#include "servers.h"
#include "support/unit.h"

#define TRIES 20000

static test_policy tp;
static live_result result;
static char dir[256], private_dir[300];
static const char *const privates[] = {private_dir, NULL};
static pid_t server;

static const char *in_dir(const char *name)
{
    static char buffers[8][400];
    static unsigned next;
    char *to = buffers[next++ % 8];
    snprintf(to, sizeof buffers[0], "%s/%s", dir, name);
    return to;
}

/* A allowed, D denied, S in a granted directory, P by pattern, T in the private directory. */
static srt_supervise_options town(void)
{
    snprintf(dir, sizeof dir, "%s", live_directory());
    snprintf(private_dir, sizeof private_dir, "%s/private", dir);
    if (chdir(dir) < 0 || mkdir("socks", 0755) < 0 || mkdir("private", 0700) < 0 ||
        mkdir("bound", 0755) < 0)
        abort();
    test_policy_init(&tp);
    test_policy_region(&tp, SRT_ACCESS_WRITE, dir, "");
    test_policy_region(&tp, SRT_ACCESS_READ, dir, "/socks");
    test_policy_pending(&tp, SRT_PATH_MANDATORY | SRT_PATH_GLOB, dir, "/**/.bashrc");
    test_policy_socket(&tp, dir, "/allowed.sock");
    test_policy_socket(&tp, dir, "/socks");
    test_policy_socket(&tp, dir, "/bound");
    test_policy_socket(&tp, dir, "/pat-*.sock");
    const char *const paths[] = {in_dir("allowed.sock"), in_dir("denied.sock"), in_dir("socks/s"),
                                 in_dir("pat-1.sock"), in_dir("private/t")};
    server = servers_start(paths, "ADSPT", 5);
    return (srt_supervise_options){
        .policy = &tp.policy, .notify = SRT_NOTIFY_CONNECT, .private_dirs = privates};
}

static int run_paths(void *data)
{
    (void)data;
    LIVE_EXPECT(servers_reach(in_dir("allowed.sock")) == 'A');
    LIVE_EXPECT(servers_reach("allowed.sock") == 'A');
    LIVE_EXPECT(servers_reach("socks/../allowed.sock") == 'A');
    LIVE_EXPECT(symlink("allowed.sock", "la") == 0 && symlink(in_dir("la"), "socks/lla") == 0);
    LIVE_EXPECT(servers_reach("socks/lla") == 'A');
    LIVE_EXPECT(servers_reach("/proc/self/cwd/allowed.sock") == 'A');
    LIVE_EXPECT(servers_reach("socks/s") == 'S');
    LIVE_EXPECT(servers_reach("pat-1.sock") == 'P');
    LIVE_EXPECT(servers_reach("private/t") == 'T');
    LIVE_EXPECT(chdir("socks") == 0 && servers_reach("../pat-1.sock") == 'P' && chdir("..") == 0);
    LIVE_EXPECT(servers_reach("none.sock") == -ENOENT);
    LIVE_EXPECT(servers_reach("socks/s/x") == -ENOTDIR);
    return 0;
}

static void test_allowed(void)
{
    srt_supervise_options options = town();
    live_run(&options, run_paths, NULL, NULL, &result);
    servers_stop(server);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_EQUAL(result.count, 0);
}

static int connect_raw(int type, const void *bytes, socklen_t length)
{
    int fd = socket(AF_UNIX, type, 0);
    int r = connect(fd, bytes, length) < 0 ? -errno : 0;
    close(fd);
    return r;
}

static int run_denied(void *data)
{
    (void)data;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const socklen_t head = offsetof(struct sockaddr_un, sun_path);
    LIVE_EXPECT(servers_reach("denied.sock") == -EACCES);
    LIVE_EXPECT(symlink("denied.sock", "ld") == 0 && symlink("../denied.sock", "socks/x") == 0);
    LIVE_EXPECT(servers_reach("ld") == -EACCES);
    LIVE_EXPECT(servers_reach("socks/x") == -EACCES);
    LIVE_EXPECT(servers_reach("socks/../denied.sock") == -EACCES);
    memcpy(address.sun_path, "\0abstract", 9);
    LIVE_EXPECT(connect_raw(SOCK_STREAM, &address, head + 9) == -EACCES);
    LIVE_EXPECT(connect_raw(SOCK_SEQPACKET, &address, head + 9) == -EACCES);
    /* Wrong addresses fail as they would. */
    LIVE_EXPECT(connect_raw(SOCK_STREAM, &address, head) == -EINVAL);
    LIVE_EXPECT(connect_raw(SOCK_STREAM, &address, 1) == -EINVAL);
    LIVE_EXPECT(connect_raw(SOCK_STREAM, &address, 500) == -EINVAL);
    LIVE_EXPECT(connect_raw(SOCK_STREAM, (const void *)16, 20) == -EFAULT);
    LIVE_EXPECT(connect(99, (const struct sockaddr *)&address, head + 9) < 0 && errno == EBADF);
    LIVE_EXPECT(connect(0, (const struct sockaddr *)&address, head + 9) < 0 && errno == ENOTSOCK);
    return 0;
}

static void test_denied(void)
{
    srt_supervise_options options = town();
    if (freopen("/dev/null", "r", stdin) == NULL)
        abort();
    live_run(&options, run_denied, NULL, NULL, &result);
    servers_stop(server);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_EQUAL(result.count, 2); /* equal ones are one */
    SRT_ASSERT_STR(result.records[0].target, in_dir("denied.sock"));
    CU_ASSERT_EQUAL(result.records[0].operation, SRT_OP_UNIX);
    SRT_ASSERT_STR(result.records[1].target, "@abstract");
}

static int run_chroot(void *data)
{
    (void)data;
    LIVE_EXPECT(mkdir("jail", 0755) == 0 && symlink("/denied.sock", "jail/l") == 0);
    LIVE_EXPECT(chroot(dir) == 0 && chdir("/jail") == 0);
    LIVE_EXPECT(servers_reach("/allowed.sock") == 'A');
    LIVE_EXPECT(servers_reach("../../../allowed.sock") == 'A');
    LIVE_EXPECT(servers_reach("l") == -EACCES);
    LIVE_EXPECT(servers_reach("/denied.sock") == -EACCES);
    return 0;
}

static void test_chroot(void)
{
    if (geteuid() != 0) {
        srt_unit_skip_to_root("needs root for chroot");
        return;
    }
    srt_supervise_options options = town();
    live_run(&options, run_chroot, NULL, NULL, &result);
    servers_stop(server);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_EQUAL(result.count, 1);
}

/* A mount that gives the denied socket a path in the private directory. */
static int run_other_mounts(void *data)
{
    (void)data;
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
        return 77;
    LIVE_EXPECT(mount(dir, "private", NULL, MS_BIND, NULL) == 0);
    LIVE_EXPECT(servers_reach("private/denied.sock") == -EACCES);
    LIVE_EXPECT(servers_reach("private/allowed.sock") == 'A'); /* the very inode */
    return 0;
}

static void test_other_mounts(void)
{
    srt_supervise_options options = town();
    live_run(&options, run_other_mounts, NULL, NULL, &result);
    servers_stop(server);
    if (result.status == 77) {
        srt_unit_skip_namespaces("no user namespaces here");
        return;
    }
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT(result.count >= 1);
}

/* ---- attacks ---- */

static struct sockaddr_un flipped = {.sun_family = AF_UNIX};
static atomic_bool stop;

static void *flip_address(void *data)
{
    volatile char *path = flipped.sun_path;
    (void)data;
    const char *a = in_dir("allowed.sock"), *d = in_dir("denied.sock");
    while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
        for (size_t i = 0; i <= strlen(a); i++)
            path[i] = a[i];
        for (size_t i = 0; i <= strlen(d); i++)
            path[i] = d[i];
    }
    return NULL;
}

static void *flip_link(void *data)
{
    (void)data;
    while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
        if (symlink("allowed.sock", "l1") < 0 || rename("l1", "link") < 0 ||
            symlink("denied.sock", "l2") < 0 || rename("l2", "link") < 0)
            _exit(3);
    }
    return NULL;
}

static int attack(void *(*flip)(void *), bool through_link)
{
    pthread_t thread;
    unsigned reached[256] = {0}, refused = 0;
    if (pthread_create(&thread, NULL, flip, NULL))
        return 2;
    for (int i = 0; i < TRIES; i++) {
        char letter = 0;
        int fd = socket(AF_UNIX, SOCK_STREAM, 0), r;
        struct sockaddr_un link = {.sun_family = AF_UNIX, .sun_path = "link"};
        if (through_link)
            r = connect(fd, (const struct sockaddr *)&link, sizeof link);
        else
            r = connect(fd, (const struct sockaddr *)&flipped, sizeof flipped);
        if (r == 0 && read(fd, &letter, 1) == 1)
            reached[(unsigned char)letter]++;
        else if (r < 0 && errno == EACCES)
            refused++;
        close(fd);
    }
    atomic_store(&stop, true);
    pthread_join(thread, NULL);
    dprintf(2, "\n  %u reached the allowed one, %u refused, %u reached the denied one\n",
            reached['A'], refused, reached['D']);
    return reached['D'] == 0 && reached['A'] > 0 && refused > 0 ? 0 : 1;
}

#if defined(__SANITIZE_THREAD__)
#define RACES_ARE_MEANT 1
#else
#define RACES_ARE_MEANT 0
#endif

static int run_flip_address(void *data)
{
    (void)data;
    return attack(flip_address, false);
}

static int run_flip_link(void *data)
{
    (void)data;
    if (symlink("allowed.sock", "link") < 0)
        return 2;
    return attack(flip_link, true);
}

static void test_flips(void)
{
    if (!RACES_ARE_MEANT) {
        srt_supervise_options options = town();
        live_run(&options, run_flip_address, NULL, NULL, &result);
        servers_stop(server);
        CU_ASSERT_EQUAL(result.status, 0);
    }
    srt_supervise_options options = town();
    live_run(&options, run_flip_link, NULL, NULL, &result);
    servers_stop(server);
    CU_ASSERT_EQUAL(result.status, 0);
}

/* ---- calls that block ---- */

static void *reach_full(void *data)
{
    atomic_store((atomic_int *)data, servers_reach("full.sock"));
    return NULL;
}

static void on_alarm(int number)
{
    (void)number;
}

static int run_blocking(void *data)
{
    pthread_t threads[3];
    atomic_int results[3] = {1, 1, 1};
    (void)data;
    struct sigaction action = {.sa_handler = on_alarm};
    sigaction(SIGUSR1, &action, NULL);
    for (int i = 0; i < 3; i++)
        LIVE_EXPECT(pthread_create(&threads[i], NULL, reach_full, &results[i]) == 0);
    /* Others go on meanwhile. */
    for (int i = 0; i < 50; i++)
        LIVE_EXPECT(servers_reach("allowed.sock") == 'A');
    /* A time limit of the socket holds. */
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un full = {.sun_family = AF_UNIX, .sun_path = "full.sock"};
    struct timeval limit = {.tv_usec = 100000}, now = {0};
    socklen_t size = sizeof now;
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    LIVE_EXPECT(LIVE_CALL(connect(fd, (const struct sockaddr *)&full, sizeof full)) == -EAGAIN);
    getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &now, &size);
    LIVE_EXPECT(now.tv_sec == 0 && now.tv_usec >= 100000 && now.tv_usec < 110000);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    LIVE_EXPECT(LIVE_CALL(connect(fd, (const struct sockaddr *)&full, sizeof full)) == -EAGAIN);
    close(fd);
    /* A signal ends the wait. */
    for (int i = 0; i < 3; i++)
        while (pthread_kill(threads[i], SIGUSR1) == 0 && atomic_load(&results[i]) == 1)
            usleep(20000);
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
        LIVE_EXPECT(results[i] == -EINTR);
    }
    return 0;
}

static void test_blocking(void)
{
    srt_supervise_options options = town();
    test_policy_socket(&tp, dir, "/full.sock");
    int full = servers_full("full.sock");
    live_run(&options, run_blocking, NULL, NULL, &result);
    close(full);
    servers_stop(server);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_EQUAL(result.count, 0);
}

static int run_many_block(void *data)
{
    pthread_t threads[60];
    static atomic_int results[60];
    (void)data;
    for (int i = 0; i < 60; i++)
        LIVE_EXPECT(pthread_create(&threads[i], NULL, reach_full, &results[i]) == 0);
    for (;;)
        usleep(1000);
}

static void kill_soon(pid_t child, void *data)
{
    (void)data;
    usleep(300000);
    kill(child, SIGKILL);
}

/* More than there are threads block; then the caller dies, and nothing hangs. */
static void test_killed_while_blocked(void)
{
    srt_supervise_options options = town();
    test_policy_socket(&tp, dir, "/full.sock");
    int full = servers_full("full.sock");
    live_run(&options, run_many_block, NULL, kill_soon, &result);
    close(full);
    servers_stop(server);
    CU_ASSERT_EQUAL(result.status, LIVE_DIED + SIGKILL);
}

/* ---- bind ---- */

static int bind_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    int r = bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 ? -errno : 0;
    close(fd);
    return r;
}

static int run_bind(void *data)
{
    struct stat st;
    struct sockaddr_un none = {.sun_family = AF_UNIX};
    (void)data;
    umask(027);
    LIVE_EXPECT(bind_at("bound/mine") == 0);
    LIVE_EXPECT(stat("bound/mine", &st) == 0 && S_ISSOCK(st.st_mode));
    LIVE_EXPECT((st.st_mode & 0777) == 0750);
    LIVE_EXPECT(bind_at("bound/mine") == -EADDRINUSE);
    umask(0);
    LIVE_EXPECT(bind_at(in_dir("private/also")) == 0);
    LIVE_EXPECT(stat("private/also", &st) == 0 && (st.st_mode & 0777) == 0777);
    LIVE_EXPECT(servers_reach("bound/mine") == -ECONNREFUSED);
    LIVE_EXPECT(bind_at("here") == -EACCES);          /* not granted */
    LIVE_EXPECT(bind_at("socks/here") == -EACCES);    /* granted to connect, not writable */
    LIVE_EXPECT(bind_at("bound/.bashrc") == -EACCES); /* protected */
    LIVE_EXPECT(bind_at("none/x") == -ENOENT);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    LIVE_EXPECT(LIVE_CALL(bind(fd, (const struct sockaddr *)&none, sizeof(sa_family_t))) ==
                -EACCES);
    LIVE_EXPECT(LIVE_CALL(bind(fd, (const struct sockaddr *)&none, sizeof none)) == -EACCES);
    close(fd);
    fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    LIVE_EXPECT(bind(fd, (const struct sockaddr *)&any, sizeof any) == 0);
    close(fd);
    return 0;
}

static void test_bind(void)
{
    srt_supervise_options options = town();
    live_run(&options, run_bind, NULL, NULL, &result);
    servers_stop(server);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_EQUAL(result.count, 3 + 1); /* the two abstract ones are equal */
    CU_ASSERT_EQUAL(result.names_changed, 1);
}

/* Every unix socket is granted, but only connections are watched: names still mean the caller's. */
static int run_all(void *data)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const socklen_t head = offsetof(struct sockaddr_un, sun_path);
    (void)data;
    LIVE_EXPECT(chdir("private") == 0 && bind_at("all") == 0 && access("all", F_OK) == 0);
    LIVE_EXPECT(chdir("..") == 0 && servers_reach("denied.sock") == 'D');
    LIVE_EXPECT(bind_at("socks/new") == -EACCES);
    memcpy(address.sun_path, "\0srt-test-nobody", 16);
    LIVE_EXPECT(connect_raw(SOCK_STREAM, &address, head + 16) == -ECONNREFUSED);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    LIVE_EXPECT(bind(fd, (const struct sockaddr *)&address, head) == 0);
    close(fd);
    return 0;
}

static void test_all(void)
{
    srt_supervise_options options = town();
    tp.policy.unix_all = true;
    live_run(&options, run_all, NULL, NULL, &result);
    servers_stop(server);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_EQUAL(result.count, 1);
}

/* ---- the network ---- */

static uint16_t listen_inet(int *ret_fd)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof in;
    *ret_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(*ret_fd, (const struct sockaddr *)&in, sizeof in) < 0 || listen(*ret_fd, 16) < 0 ||
        getsockname(*ret_fd, (struct sockaddr *)&in, &size) < 0)
        abort();
    return ntohs(in.sin_port);
}

static int connect_inet(const char *address, uint16_t port, int type)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, address, &in.sin_addr);
    int fd = socket(AF_INET, type, 0);
    int r = connect(fd, (const struct sockaddr *)&in, sizeof in) < 0 ? -errno : 0;
    close(fd);
    return r;
}

static int connect_inet6(const char *address, uint16_t port)
{
    struct sockaddr_in6 in = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    inet_pton(AF_INET6, address, &in.sin6_addr);
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    if (fd < 0)
        return -EAFNOSUPPORT;
    int r = connect(fd, (const struct sockaddr *)&in, sizeof in) < 0 ? -errno : 0;
    close(fd);
    return r;
}

static int run_judged(void *data)
{
    uint16_t port = *(uint16_t *)data;
    LIVE_EXPECT(connect_inet("127.0.0.1", port, SOCK_STREAM) == 0);
    LIVE_EXPECT(connect_inet("127.0.0.1", (uint16_t)(port ^ 1), SOCK_STREAM) == -EACCES);
    LIVE_EXPECT(connect_inet("127.0.0.2", port, SOCK_STREAM) == -EACCES);
    LIVE_EXPECT(connect_inet("0.0.0.0", port, SOCK_STREAM) == -EACCES);
    LIVE_EXPECT(connect_inet("192.0.2.1", port, SOCK_STREAM) == -EACCES);
    LIVE_EXPECT(connect_inet("192.0.2.1", 53, SOCK_DGRAM) == -EACCES);
    int six = connect_inet6("::ffff:127.0.0.1", port);
    LIVE_EXPECT(six == 0 || six == -EAFNOSUPPORT);
    six = connect_inet6("2001:db8::1", port);
    LIVE_EXPECT(six == -EACCES || six == -EAFNOSUPPORT);
    return 0;
}

static void test_judged(void)
{
    int fd;
    char expected[32];
    srt_supervise_options options = town();
    uint16_t port = listen_inet(&fd);
    options.judge_tcp = true;
    options.tcp_ports[0] = port;
    live_run(&options, run_judged, &port, NULL, &result);
    close(fd);
    servers_stop(server);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT(result.count >= 5);
    snprintf(expected, sizeof expected, "127.0.0.1:%u", port ^ 1u);
    SRT_ASSERT_STR(result.records[0].target, expected);
}

static int run_observed(void *data)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(443)};
    LIVE_EXPECT(connect_inet("127.0.0.1", *(uint16_t *)data, SOCK_STREAM) == 0);
    inet_pton(AF_INET, "192.0.2.1", &in.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    int r = LIVE_CALL(connect(fd, (const struct sockaddr *)&in, sizeof in));
    LIVE_EXPECT(r != -EACCES && r != -ENOSYS);
    close(fd);
    return 0;
}

static void test_observed(void)
{
    int fd;
    srt_supervise_options options = town();
    uint16_t port = listen_inet(&fd);
    live_run(&options, run_observed, &port, NULL, &result);
    close(fd);
    servers_stop(server);
    CU_ASSERT_EQUAL(result.status, 0);
    CU_ASSERT_EQUAL(result.count, 1);
    SRT_ASSERT_STR(result.records[0].target, "192.0.2.1:443");
    CU_ASSERT_EQUAL(result.records[0].flags, SRT_VIOLATION_ATTEMPT);
}

static const srt_unit_case cases[] = {
    {"allowed", test_allowed},
    {"denied", test_denied},
    {"chroot", test_chroot},
    {"flips", test_flips},
    {"blocking", test_blocking},
    {"killed while blocked", test_killed_while_blocked},
    {"bind", test_bind},
    {"judged", test_judged},
    {"observed", test_observed},
    {"all", test_all},
    {"other mounts", test_other_mounts},
};
SRT_UNIT_MAIN("supervise.connect", cases)
