/* SPDX-License-Identifier: Apache-2.0 */
/* Forged packets: nothing but what the contract says gets through, and no
 * descriptor is left open. */
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <srt/launch.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "run/handoff.h"
#include "support/unit.h"

static int ends[2];

static void open_pair(void)
{
    CU_ASSERT_TRUE_FATAL(srt_fd_socketpair(SOCK_SEQPACKET, ends));
}

static void close_pair(void)
{
    srt_fd_clear(&ends[0]);
    srt_fd_clear(&ends[1]);
}

static void send_raw(const void *bytes, size_t length, const int *fds, int n)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(16 * sizeof(int))];
    } control = {.room = {0}};
    struct iovec part = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (n > 0) {
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE((size_t)n * sizeof(int));
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN((size_t)n * sizeof(int));
        memcpy(CMSG_DATA(&control.header), fds, (size_t)n * sizeof(int));
    }
    CU_ASSERT_EQUAL_FATAL(sendmsg(ends[1], &message, 0), (ssize_t)length);
}

static int count_descriptors(void)
{
    int n = 0;
    DIR *dir = opendir("/proc/self/fd");
    while (dir && readdir(dir))
        n++;
    if (dir)
        closedir(dir);
    return n;
}

static int tcp_socket(gboolean listening)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CU_ASSERT_FATAL(fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0);
    if (listening)
        CU_ASSERT_EQUAL_FATAL(listen(fd, 1), 0);
    return fd;
}

static int unix_listener(void)
{
    struct sockaddr address = {.sa_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CU_ASSERT_FATAL(fd >= 0 && bind(fd, &address, sizeof(sa_family_t)) == 0 && listen(fd, 1) == 0);
    return fd;
}

static int self_pidfd(void)
{
    int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);
    CU_ASSERT_FATAL(fd >= 0);
    return fd;
}

/* Sends, receives, and checks that a refusal leaves no descriptor behind. */
static void expect_bad(const void *bytes, size_t length, const int *fds, int n)
{
    SrtHanded handed;
    int before = count_descriptors();
    send_raw(bytes, length, fds, n);
    srt_handoff_receive(ends[0], &handed);
    CU_ASSERT_EQUAL(handed.kind, SRT_HANDED_BAD);
    CU_ASSERT_EQUAL(handed.fd, -1);
    CU_ASSERT_TRUE(handed.text[0] != 0);
    CU_ASSERT_EQUAL(count_descriptors(), before);
}

static void test_good_packets(void)
{
    SrtHanded handed;
    open_pair();
    srt_handoff_receive(ends[0], &handed);
    CU_ASSERT_EQUAL(handed.kind, SRT_HANDED_NOTHING);
    int listener = tcp_socket(TRUE);
    send_raw("L\1", 2, &listener, 1);
    srt_handoff_receive(ends[0], &handed);
    CU_ASSERT_EQUAL(handed.kind, SRT_HANDED_LISTENER);
    CU_ASSERT_EQUAL(handed.role, SRT_LISTENER_SOCKS);
    CU_ASSERT_TRUE(fcntl(handed.fd, F_GETFD) & FD_CLOEXEC);
    srt_fd_clear(&handed.fd);
    int pidfd = self_pidfd();
    send_raw("C", 1, &pidfd, 1);
    srt_handoff_receive(ends[0], &handed);
    CU_ASSERT_EQUAL(handed.kind, SRT_HANDED_COMMAND);
    CU_ASSERT_EQUAL(srt_pidfd_pid(handed.fd), getpid());
    srt_fd_clear(&handed.fd);
    send_raw("E\177no such thing", 15, NULL, 0);
    srt_handoff_receive(ends[0], &handed);
    CU_ASSERT_EQUAL(handed.kind, SRT_HANDED_FAILED);
    CU_ASSERT_EQUAL(handed.status, 127);
    SRT_ASSERT_STR(handed.text, "no such thing");
    srt_fd_clear(&ends[1]);
    srt_handoff_receive(ends[0], &handed);
    CU_ASSERT_EQUAL(handed.kind, SRT_HANDED_END);
    srt_fd_clear(&listener);
    srt_fd_clear(&pidfd);
    close_pair();
}

static void test_wrong_descriptors(void)
{
    open_pair();
    int plain = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int not_listening = tcp_socket(FALSE);
    int listener = tcp_socket(TRUE);
    int local = unix_listener();
    int pidfd = self_pidfd();
    int many[6] = {listener, listener, listener, listener, listener, listener};
    expect_bad("L\0", 2, &plain, 1);
    expect_bad("L\0", 2, &not_listening, 1);
    expect_bad("L\0", 2, &local, 1);
    expect_bad("L\0", 2, &pidfd, 1);
    expect_bad("L\0", 2, NULL, 0);
    expect_bad("L\0", 2, many, 2);
    expect_bad("L\0", 2, many, 6);
    expect_bad("C", 1, &plain, 1);
    expect_bad("C", 1, &listener, 1);
    expect_bad("C", 1, NULL, 0);
    int two[2] = {pidfd, pidfd};
    expect_bad("C", 1, two, 2);
    expect_bad("E\175x", 3, &plain, 1);
    srt_fd_clear(&plain);
    srt_fd_clear(&not_listening);
    srt_fd_clear(&listener);
    srt_fd_clear(&local);
    srt_fd_clear(&pidfd);
    close_pair();
}

static void test_wrong_bytes(void)
{
    char large[SRT_HANDOFF_MAX + 100];
    open_pair();
    int listener = tcp_socket(TRUE);
    int pidfd = self_pidfd();
    memset(large, 'x', sizeof large);
    large[0] = SRT_HANDOFF_FAILED;
    large[1] = 125;
    expect_bad("L\2", 2, &listener, 1);
    expect_bad("L", 1, &listener, 1);
    expect_bad("L\0\0", 3, &listener, 1);
    expect_bad("C ", 2, &pidfd, 1);
    expect_bad("X", 1, NULL, 0);
    expect_bad("E", 1, NULL, 0);
    expect_bad("E\0x", 3, NULL, 0);
    expect_bad("E\174x", 3, NULL, 0);
    expect_bad("E\200x", 3, NULL, 0);
    expect_bad(large, 1003, NULL, 0);
    expect_bad(large, sizeof large, NULL, 0);
    srt_fd_clear(&listener);
    srt_fd_clear(&pidfd);
    close_pair();
}

static void test_longest_text(void)
{
    char packet[1002];
    SrtHanded handed;
    open_pair();
    memset(packet, 'y', sizeof packet);
    packet[0] = SRT_HANDOFF_FAILED;
    packet[1] = 126;
    send_raw(packet, sizeof packet, NULL, 0);
    srt_handoff_receive(ends[0], &handed);
    CU_ASSERT_EQUAL(handed.kind, SRT_HANDED_FAILED);
    CU_ASSERT_EQUAL(strlen(handed.text), 1000);
    close_pair();
}

static void test_signal_through_pidfd(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        pause();
        _exit(0);
    }
    int status = 0;
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    CU_ASSERT_TRUE(srt_pidfd_send(fd, SIGTERM));
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    CU_ASSERT_FALSE(srt_pidfd_send(fd, SIGTERM));
    srt_fd_clear(&fd);
}

static const srt_unit_case cases[] = {
    {"good packets", test_good_packets},
    {"wrong descriptors", test_wrong_descriptors},
    {"wrong bytes", test_wrong_bytes},
    {"longest text", test_longest_text},
    {"signal through pidfd", test_signal_through_pidfd},
};
SRT_UNIT_MAIN("run.handoff", cases)
