/* SPDX-License-Identifier: Apache-2.0 */
/* What the helper takes away from the command: a supervisor that is asked, Landlock
 * rules, capabilities, descriptors that lead out. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inside_run.h"
#include "srt-filters/filter.h"
#include "srt-filters/landlock.h"
#include "support/unit.h"

#define COMMAND SRT_PLAN_FLAG_COMMAND
#define PATH "PATH=/usr/local/bin:/usr/bin:/bin"
#define READING                                                                                    \
    (SRT_LANDLOCK_ACCESS_FS_EXECUTE | SRT_LANDLOCK_ACCESS_FS_READ_FILE |                           \
     SRT_LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITING                                                                                    \
    (SRT_LANDLOCK_ACCESS_FS_WRITE_FILE | SRT_LANDLOCK_ACCESS_FS_MAKE_REG |                         \
     SRT_LANDLOCK_ACCESS_FS_MAKE_DIR)

static char directory[] = "/tmp/srt-test-restrict-XXXXXX";

static void run(Run *r, srt_plan_writer *w)
{
    run_start(r, w);
    run_finish(r);
    run_clear(r);
}

static srt_plan_writer shell(uint32_t flags, const char *script)
{
    srt_plan_writer w = PLAN_FOR(COMMAND | flags, "sh", "-c", script);
    srt_plan_put_text(&w, SRT_PLAN_ENV, PATH);
    srt_plan_put_text(&w, SRT_PLAN_ENV, "LC_ALL=C");
    srt_plan_put_text(&w, SRT_PLAN_CWD, directory);
    return w;
}

static void expect_failure(srt_plan_writer *w, const char *kinds, const char *text)
{
    Run r;
    run(&r, w);
    SRT_ASSERT_STR(r.kinds, kinds);
    SRT_ASSERT_STR(r.text, text);
    CU_ASSERT_EQUAL(r.status, 125);
    SRT_ASSERT_STR(r.output, "");
}

/* The supervisor */

static void put_notify(srt_plan_writer *w, uint32_t set, int channel)
{
    struct sock_filter code[SRT_NOTIFY_MAX];
    const uint32_t n = srt_notify_program(NULL, set, code);
    CU_ASSERT_FATAL(n > 0);
    srt_plan_put(w, SRT_PLAN_NOTIFY, code, n * sizeof *code);
    srt_plan_put_u32(w, SRT_PLAN_CHANNEL, (uint32_t)channel);
}

static int receive_listener(int channel)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    char bytes[16];
    int fd = -1;
    struct iovec part = {.iov_base = bytes, .iov_len = sizeof bytes};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    const ssize_t n = recvmsg(channel, &message, MSG_CMSG_CLOEXEC);
    struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    CU_ASSERT_EQUAL(n, 1);
    CU_ASSERT_EQUAL(bytes[0], SRT_CHANNEL_LISTENER);
    if (c && c->cmsg_type == SCM_RIGHTS)
        memcpy(&fd, CMSG_DATA(c), sizeof fd);
    return fd;
}

typedef struct asked {
    unsigned calls, creations;
    bool waited; /* the caller of each was still there before the answer, and not after */
} asked;

static bool is_mkdir(int number)
{
#ifdef SYS_mkdir
    if (number == SYS_mkdir)
        return true;
#endif
    return number == SYS_mkdirat;
}

/* Directories are refused with an error that nothing else gives. */
static void answer_one(int listener, asked *seen)
{
    union {
        struct seccomp_notif it;
        char room[512];
    } request;
    memset(&request, 0, sizeof request);
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request) != 0)
        return;
    struct seccomp_notif_resp answer = {.id = request.it.id,
                                        .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
    seen->calls++;
    if (is_mkdir(request.it.data.nr)) {
        seen->creations++;
        answer.flags = 0;
        answer.error = -ENOTUNIQ;
    }
    seen->waited &= ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &request.it.id) == 0;
    CU_ASSERT_EQUAL(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer), 0);
}

static asked answer_until_the_end(int listener)
{
    asked seen = {0, 0, true};
    for (;;) {
        struct pollfd p = {.fd = listener, .events = POLLIN};
        if (poll(&p, 1, 20000) <= 0)
            break;
        if (p.revents & POLLIN)
            answer_one(listener, &seen);
        else
            break;
    }
    return seen;
}

static void test_the_supervisor_is_asked(void)
{
    Run r;
    int channel[2];
    const srt_filter_program *base = srt_filter_native(0);
    CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, channel), 0);
    fcntl(channel[0], F_SETFD, FD_CLOEXEC);
    srt_plan_writer w =
        shell(0, "mkdir new; : > file; ls -d new file 2>/dev/null; ls /proc/self/fd | wc -l; "
                 "grep Seccomp: /proc/self/status");
    put_notify(&w, SRT_NOTIFY_CREATE, channel[1]);
    srt_plan_put(&w, SRT_PLAN_FILTER, base->code, base->count * 8);
    run_start(&r, &w);
    close(channel[1]);
    const int listener = receive_listener(channel[0]);
    CU_ASSERT_FATAL(listener >= 0);
    CU_ASSERT_EQUAL(write(channel[0], "R", 1), 1);
    char more;
    CU_ASSERT_EQUAL(read(channel[0], &more, 1), 0); /* closed on exec */
    const asked seen = answer_until_the_end(listener);
    run_finish(&r);
    run_clear(&r);
    close(listener);
    close(channel[0]);
    CU_ASSERT_EQUAL(seen.creations, 1);
    CU_ASSERT(seen.calls > 1);
    CU_ASSERT(seen.waited);
    SRT_ASSERT_STR(r.kinds, "C");
    CU_ASSERT_PTR_NOT_NULL(strstr(r.output, "Name not unique on network"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.output, "\nfile\n4\nSeccomp:\t2\n"));
    CU_ASSERT_EQUAL(r.status, 0);
}

/* In a process that has a listener: the status is 0 when all is as it should be. */
static int run_under_a_listener(void)
{
    struct sock_filter allow = {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW};
    struct sock_fprog program = {.len = 1, .filter = &allow};
    int channel[2];
    Run r;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program) <
            0 ||
        socketpair(AF_UNIX, SOCK_SEQPACKET, 0, channel) != 0)
        return 2;
    srt_plan_writer w = shell(0, "echo ran");
    put_notify(&w, SRT_NOTIFY_CREATE, channel[1]);
    run(&r, &w);
    const bool clear = strncmp(r.text, "another supervisor watches this process already", 47) == 0;
    return r.status == 125 && clear && r.output[0] == 0 && strcmp(r.kinds, "E") == 0 ? 0 : 3;
}

static void test_a_second_supervisor_is_refused(void)
{
    int status = -1;
    const pid_t pid = fork();
    if (pid == 0)
        _exit(run_under_a_listener());
    CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
    CU_ASSERT_TRUE(WIFEXITED(status));
    CU_ASSERT_EQUAL(WEXITSTATUS(status), 0);
}

static void test_a_channel_that_is_none(void)
{
    srt_plan_writer w = shell(0, "echo ran");
    put_notify(&w, SRT_NOTIFY_CREATE, 900);
    expect_failure(&w, "E", "cannot close descriptors: Bad file descriptor");
    const int file = open("/dev/null", O_RDONLY);
    w = shell(0, "echo ran");
    put_notify(&w, SRT_NOTIFY_CREATE, file);
    expect_failure(&w, "E",
                   "cannot hand the supervisor its listener: Socket operation on non-socket");
    close(file);
}

/* Landlock */

static long landlock_abi(void)
{
    return syscall(SRT_SYS_landlock_create_ruleset, NULL, 0, SRT_LANDLOCK_CREATE_RULESET_VERSION);
}

static bool has_landlock(long abi)
{
    const long here = landlock_abi();
    if (here < abi)
        srt_unit_skip("the kernel's Landlock ABI is %ld, %ld is needed", here < 0 ? 0 : here, abi);
    return here >= abi;
}

static const char *in_directory(const char *name)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static void put_ruleset(srt_plan_writer *w, uint64_t fs, uint64_t net, uint64_t scoped)
{
    const struct srt_plan_landlock ruleset = {.fs = fs, .net = net, .scoped = scoped};
    srt_plan_put_landlock(w, &ruleset);
}

static void test_landlock_paths(void)
{
    Run r;
    if (!has_landlock(1))
        return;
    mkdir(in_directory("open"), 0755);
    mkdir(in_directory("closed"), 0755);
    close(open(in_directory("open-file"), O_CREAT | O_WRONLY, 0644));
    srt_plan_writer w = shell(0, "echo a > open/a && cat open/a; echo b > closed/b; ls closed; "
                                 "echo c > open-file && cat open-file; mkdir closed/d");
    put_ruleset(&w, READING | WRITING, 0, 0);
    srt_plan_put_landlock_path(&w, READING, 0, "/");
    srt_plan_put_landlock_path(&w, WRITING, 0, in_directory("open"));
    /* What only directories have is not asked for a file; what is gone is left out. */
    srt_plan_put_landlock_path(&w, WRITING | READING, 0, in_directory("open-file"));
    srt_plan_put_landlock_path(&w, WRITING, SRT_PLAN_PATH_OPTIONAL, in_directory("gone"));
    srt_plan_put_landlock_path(&w, SRT_LANDLOCK_ACCESS_FS_MAKE_DIR, 0, in_directory("open-file"));
    run(&r, &w);
    SRT_ASSERT_STR(r.kinds, "C");
    CU_ASSERT_EQUAL(strncmp(r.output, "a\n", 2), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.output, "closed/b: Permission denied\nc\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(r.output, "'closed/d': Permission denied"));
}

static void test_landlock_layers_add_up(void)
{
    Run r;
    if (!has_landlock(1))
        return;
    mkdir(in_directory("open"), 0755);
    mkdir(in_directory("closed"), 0755);
    srt_plan_writer w = shell(0, "echo a > open/a && echo fine; echo b > closed/b || echo no");
    put_ruleset(&w, WRITING, 0, 0);
    srt_plan_put_landlock_path(&w, WRITING, 0, "/");
    put_ruleset(&w, WRITING, 0, 0);
    srt_plan_put_landlock_path(&w, WRITING, 0, in_directory("open"));
    run(&r, &w);
    CU_ASSERT_EQUAL(strncmp(r.output, "fine\n", 5), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.output, "Permission denied\nno\n"));
}

static void test_landlock_follows_no_link(void)
{
    char text[5000];
    if (!has_landlock(1))
        return;
    CU_ASSERT(symlink("/etc", in_directory("link")) == 0 || errno == EEXIST);
    srt_plan_writer w = shell(0, "echo ran");
    put_ruleset(&w, WRITING, 0, 0);
    srt_plan_put_landlock_path(&w, WRITING, 0, in_directory("link/ssl"));
    snprintf(text, sizeof text,
             "cannot make the Landlock rule on %s: Too many levels of symbolic links",
             in_directory("link/ssl"));
    expect_failure(&w, "E", text);
    w = shell(0, "echo ran");
    put_ruleset(&w, WRITING, 0, 0);
    srt_plan_put_landlock_path(&w, WRITING, 0, in_directory("gone"));
    snprintf(text, sizeof text, "cannot make the Landlock rule on %s: No such file or directory",
             in_directory("gone"));
    expect_failure(&w, "E", text);
}

static void test_landlock_that_the_kernel_refuses(void)
{
    if (!has_landlock(1))
        return;
    srt_plan_writer w = shell(0, "echo ran");
    put_ruleset(&w, 1ull << 60, 0, 0);
    expect_failure(&w, "E", "cannot make the sandbox's Landlock rules: Invalid argument");
}

static int listen_somewhere(uint16_t *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    CU_ASSERT_EQUAL_FATAL(listen(fd, 8), 0);
    CU_ASSERT_EQUAL(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    *ret_port = ntohs(address.sin_port);
    return fd;
}

static void test_landlock_ports(void)
{
    Run r;
    uint16_t ports[2];
    char script[256];
    if (!has_landlock(4))
        return;
    if (access("/bin/bash", X_OK) != 0) {
        srt_unit_skip("bash, which can connect by itself, is not installed");
        return;
    }
    const int fds[2] = {listen_somewhere(&ports[0]), listen_somewhere(&ports[1])};
    snprintf(script, sizeof script,
             "for port in %u %u; do (: < /dev/tcp/127.0.0.1/$port) 2>/dev/null && echo reached "
             "|| echo refused; done",
             ports[0], ports[1]);
    srt_plan_writer w = PLAN_FOR(COMMAND, "/bin/bash", "-c", script);
    put_ruleset(&w, 0, SRT_LANDLOCK_ACCESS_NET_CONNECT_TCP, 0);
    srt_plan_put_landlock_port(&w, SRT_LANDLOCK_ACCESS_NET_CONNECT_TCP, ports[0]);
    run(&r, &w);
    SRT_ASSERT_STR(r.output, "reached\nrefused\n");
    close(fds[0]);
    close(fds[1]);
}

static void test_landlock_scope(void)
{
    Run r;
    char script[128];
    if (!has_landlock(6))
        return;
    snprintf(script, sizeof script, "kill -0 $$ && echo own; kill -0 %d || echo none", getpid());
    srt_plan_writer w = shell(0, script);
    put_ruleset(&w, 0, 0, SRT_LANDLOCK_SCOPE_SIGNAL);
    run(&r, &w);
    CU_ASSERT_EQUAL(strncmp(r.output, "own\n", 4), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.output, "none\n"));
}

/* Capabilities */

static void test_capabilities_are_dropped(void)
{
    Run r;
    srt_plan_writer w = shell(SRT_PLAN_FLAG_DROP_CAPABILITIES,
                              "grep -E 'Cap(Inh|Prm|Eff|Amb)' /proc/self/status | cut -f2 | "
                              "uniq; grep CapBnd /proc/self/status");
    run(&r, &w);
    CU_ASSERT_EQUAL(r.status, 0);
    CU_ASSERT_EQUAL(strncmp(r.output, "0000000000000000\nCapBnd", 23), 0);
    if (geteuid() == 0)
        SRT_ASSERT_STR(r.output, "0000000000000000\nCapBnd:\t0000000000000000\n");
    else
        srt_unit_skip_to_root(
            "not root: the bounding set stays, and there was nothing else to drop");
}

/* Descriptors */

static void run_with_input(int fd, uint32_t flags, Run *r)
{
    const int before = dup(0);
    srt_plan_writer w = shell(flags, "echo ran");
    dup2(fd, 0);
    run(r, &w);
    dup2(before, 0);
    close(before);
}

static void test_datagram_input(void)
{
    static const struct {
        int domain, type;
        bool refused;
    } table[] = {
        {AF_UNIX, SOCK_DGRAM, true},   {AF_UNIX, SOCK_RAW, true},
        {AF_UNIX, SOCK_STREAM, false}, {AF_UNIX, SOCK_SEQPACKET, false},
        {AF_INET, SOCK_DGRAM, false},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        Run r;
        const int fd = socket(table[i].domain, table[i].type | SOCK_CLOEXEC, 0);
        CU_ASSERT_FATAL(fd >= 0);
        run_with_input(fd, 0, &r);
        SRT_ASSERT_STR(r.output, "ran\n");
        run_with_input(fd, SRT_PLAN_FLAG_NO_DATAGRAM_STDIO, &r);
        SRT_ASSERT_STR(r.output, table[i].refused ? "" : "ran\n");
        CU_ASSERT_EQUAL(r.status, table[i].refused ? 125 : 0);
        if (table[i].refused)
            CU_ASSERT_PTR_NOT_NULL(strstr(r.text, "the standard input is a unix datagram socket"));
        close(fd);
    }
}

/* Plans */

#define UNUSABLE "the plan for the sandbox is not usable: "

static void test_plans_that_make_no_sense(void)
{
    const struct srt_plan_landlock ruleset = {.fs = WRITING};
    srt_plan_writer w = shell(0, "echo ran");
    srt_plan_put_u32(&w, SRT_PLAN_CHANNEL, 5);
    expect_failure(&w, "E", UNUSABLE "a notify filter and a channel go together");
    w = shell(0, "echo ran");
    srt_plan_put(&w, SRT_PLAN_NOTIFY, "12345678", 8);
    expect_failure(&w, "E", UNUSABLE "a notify filter and a channel go together");
    w = shell(0, "echo ran");
    put_notify(&w, SRT_NOTIFY_CREATE, 1);
    expect_failure(&w, "E", UNUSABLE "its channel is not a descriptor");
    w = PLAN_FOR(SRT_PLAN_FLAG_KEEPER, "/bin/echo", "ran");
    expect_failure(&w, "E", UNUSABLE "its outer stage has records of the command");
    w = PLAN_FOR(0, "/bin/echo", "ran");
    srt_plan_put_landlock(&w, &ruleset);
    expect_failure(&w, "E", UNUSABLE "its outer stage has records of the command");
    w = shell(0, "echo ran");
    srt_plan_put_masks(&w, 5, "/mnt");
    expect_failure(&w, "E", UNUSABLE "its masks are not for namespaces of its own");
    w = PLAN_FOR(0, "/bin/echo", "ran");
    srt_plan_put_u32(&w, SRT_PLAN_NAMESPACES, CLONE_NEWUSER);
    srt_plan_put_masks(&w, 5, "/mnt");
    expect_failure(&w, "E", UNUSABLE "its masks are not for namespaces of its own");
    w = PLAN_FOR(0, "/bin/echo", "ran");
    srt_plan_put_u32(&w, SRT_PLAN_NAMESPACES, CLONE_NEWUSER | CLONE_NEWNS);
    srt_plan_put_masks(&w, 2, "/mnt");
    expect_failure(&w, "E", UNUSABLE "the channel of its masks is not a descriptor");
    w = shell(0, "echo ran");
    srt_plan_put_landlock_path(&w, WRITING, 0, "/");
    expect_failure(&w, "E",
                   UNUSABLE "it has too many listeners or Landlock rules that fit no ruleset");
    w = shell(0, "echo ran");
    srt_plan_put_landlock(&w, &ruleset);
    srt_plan_put_landlock_path(&w, READING, 0, "/");
    expect_failure(&w, "E",
                   UNUSABLE "it has too many listeners or Landlock rules that fit no ruleset");
    w = shell(0, "echo ran");
    for (int i = 0; i <= SRT_PLAN_RULESETS_MAX; i++)
        srt_plan_put_landlock(&w, &ruleset);
    expect_failure(&w, "E",
                   UNUSABLE "it has too many listeners or Landlock rules that fit no ruleset");
}

static const srt_unit_case cases[] = {
    {"the supervisor is asked", test_the_supervisor_is_asked},
    {"a second supervisor is refused", test_a_second_supervisor_is_refused},
    {"a channel that is none", test_a_channel_that_is_none},
    {"landlock paths", test_landlock_paths},
    {"landlock layers add up", test_landlock_layers_add_up},
    {"landlock follows no link", test_landlock_follows_no_link},
    {"landlock that the kernel refuses", test_landlock_that_the_kernel_refuses},
    {"landlock ports", test_landlock_ports},
    {"landlock scope", test_landlock_scope},
    {"capabilities are dropped", test_capabilities_are_dropped},
    {"datagram input", test_datagram_input},
    {"plans that make no sense", test_plans_that_make_no_sense},
};

int main(int argc, char **argv)
{
    static const char *const names[] = {"file", "open/a", "open",      "closed/b", "closed",
                                        "link", "new",    "open-file", "closed/d"};
    if (!mkdtemp(directory))
        return 1;
    int result =
        srt_unit_main(argc, argv, "filters.inside.restrict", cases, sizeof cases / sizeof *cases);
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            remove(in_directory(names[i]));
    rmdir(directory);
    return result;
}
