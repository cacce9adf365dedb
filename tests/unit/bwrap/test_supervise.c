/* SPDX-License-Identifier: Apache-2.0 */
/* The supervisor in the life of the backend: its place in the plan, several commands of one
 * policy, and what is said where it cannot be. */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "srt-filters/filter.h"
#include "srt-filters/landlock.h"
#include "srt-filters/plan.h"
#include "support/unit.h"

#include "backend.h"
#include "fake_host.h"
#include "policies.h"

static const rule writable[] = {{"/", READ}, {"/tmp/", WRITE}};
static const char *const command[] = {"true", NULL};
static const srt_pending_rule missing = {sizeof missing, 0, SRT_ACCESS_READ, "/tmp/srt-missing",
                                         NULL};
static const srt_pending_rule *const pending[] = {&missing};
static fake_host host;
static srt_launch launch;
static test_policy policy;
static srt_backend_state *state;

static void begin(void)
{
    fake_host_init(&host, "/bin/true");
    test_policy_init(&policy, writable, 2);
    policy.policy.pending = pending;
    policy.policy.n_pending = 1;
    fake_launch_init(&launch, &host, command);
    state = NULL;
}

static void end(void)
{
    bw_teardown(state);
    state = NULL;
    fake_launch_clear(&launch, &host);
    test_policy_clear(&policy);
}

static bool prepared(void)
{
    int r = bw_prepare(&host.host, &policy.policy, &state);
    if (r != 0)
        srt_unit_skip("bwrap does not work here: %s", host.fail_text);
    else if (((bw_state *)state)->means.no_supervisor)
        srt_unit_skip("%s", ((bw_state *)state)->means.no_supervisor);
    else
        return true;
    return false;
}

typedef struct seen {
    uint32_t flags, channel, notify, filter, namespaces;
    unsigned rulesets;
    char order[64]; /* a letter a record */
} seen;

static int each(void *data, uint32_t tag, const void *bytes, size_t length)
{
    seen *s = data;
    const char *letter = "";
    switch (tag) {
    case SRT_PLAN_FLAGS:
        memcpy(&s->flags, bytes, sizeof s->flags);
        break;
    case SRT_PLAN_CHANNEL:
        memcpy(&s->channel, bytes, sizeof s->channel);
        letter = "c";
        break;
    case SRT_PLAN_NOTIFY:
        s->notify = (uint32_t)length / 8;
        letter = "n";
        break;
    case SRT_PLAN_FILTER:
        s->filter = (uint32_t)length / 8;
        letter = "f";
        break;
    case SRT_PLAN_NAMESPACES:
        memcpy(&s->namespaces, bytes, sizeof s->namespaces);
        break;
    case SRT_PLAN_MASKS:
        memcpy(&s->channel, bytes, sizeof s->channel);
        letter = "m";
        break;
    case SRT_PLAN_LISTEN:
        letter = "i";
        break;
    case SRT_PLAN_LANDLOCK:
        s->rulesets++;
        letter = "l";
        break;
    default:
        break;
    }
    strcat(s->order, letter);
    return 0;
}

static void read_plan(int number, seen *ret)
{
    const char *why = NULL;
    struct stat st;
    memset(ret, 0, sizeof *ret);
    CU_ASSERT_EQUAL_FATAL(fstat(launch.fds[number - 3], &st), 0);
    char *bytes = malloc((size_t)st.st_size);
    ssize_t n = pread(launch.fds[number - 3], bytes, (size_t)st.st_size, 0);
    CU_ASSERT_EQUAL(srt_plan_read(bytes, (size_t)n, each, ret, &why), 0);
    free(bytes);
}

static bool is_seqpacket(int fd)
{
    int type = 0;
    socklen_t size = sizeof type;
    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

static void test_plan(void)
{
    seen plan;
    begin();
    if (prepared()) {
        CU_ASSERT_EQUAL_FATAL(bw_wrap(state, &launch), 0);
        read_plan(5, &plan); /* 3 the hand-off, 4 the channel */
        CU_ASSERT_EQUAL(plan.channel, 4);
        CU_ASSERT_TRUE(is_seqpacket(launch.fds[1]));
        CU_ASSERT_TRUE(fcntl(launch.fds[1], F_GETFD) & FD_CLOEXEC);
        CU_ASSERT_EQUAL(plan.flags, SRT_PLAN_FLAG_COMMAND | SRT_PLAN_FLAG_INIT |
                                        SRT_PLAN_FLAG_NO_DATAGRAM_STDIO);
        CU_ASSERT_TRUE(plan.notify > 10);
        CU_ASSERT_EQUAL(plan.filter, srt_filter_native(0)->count);
        CU_ASSERT_EQUAL(plan.rulesets, 0);
        SRT_ASSERT_STR(host.warnings, "");
    }
    end();
}

static void test_sockets(void)
{
    static const char *const paths[] = {"/tmp/s", NULL};
    seen plan;
    begin();
    policy.policy.unix_paths = paths;
    if (prepared()) {
        CU_ASSERT_EQUAL_FATAL(bw_wrap(state, &launch), 0);
        read_plan(5, &plan);
        CU_ASSERT_EQUAL(plan.filter, srt_filter_native(SRT_FILTER_SUPERVISED_UNIX)->count);
        CU_ASSERT_TRUE(plan.flags & SRT_PLAN_FLAG_NO_DATAGRAM_STDIO);
    }
    end();
    begin();
    policy.policy.unix_paths = paths;
    policy.policy.unix_all = true;
    if (prepared()) {
        CU_ASSERT_EQUAL_FATAL(bw_wrap(state, &launch), 0);
        read_plan(5, &plan);
        CU_ASSERT_EQUAL(plan.filter, srt_filter_native(SRT_FILTER_ALLOW_UNIX)->count);
        CU_ASSERT_FALSE(plan.flags & SRT_PLAN_FLAG_NO_DATAGRAM_STDIO);
    }
    end();
}

static void test_landlock(void)
{
    seen plan;
    if (srt_landlock_abi() <= 0) {
        srt_unit_skip("no Landlock");
        return;
    }
    begin();
    policy.policy.protect_missing = SRT_PROTECT_EXACT;
    policy.policy.layers = SRT_LAYER_LANDLOCK;
    policy.policy.allow_user_namespaces = true;
    if (prepared()) {
        CU_ASSERT_EQUAL_FATAL(bw_wrap(state, &launch), 0);
        read_plan(5, &plan);
        SRT_ASSERT_STR(plan.order, "llcnf");
        CU_ASSERT_PTR_NOT_NULL(strstr(host.warnings, "nothing can be mounted in them"));
    }
    end();
}

/* Each command has a supervisor of its own; the last one is watched, all are drained. */
static void test_several(void)
{
    begin();
    if (prepared()) {
        int fds[3];
        for (int i = 0; i < 3; i++) {
            if (i > 0) {
                fake_launch_clear(&launch, &host);
                fake_launch_init(&launch, &host, command);
            }
            CU_ASSERT_EQUAL_FATAL(bw_wrap(state, &launch), 0);
            CU_ASSERT_EQUAL(bw_monitor(state, 1, &fds[i]), 0);
            struct pollfd p = {.fd = fds[i], .events = POLLIN};
            CU_ASSERT_EQUAL(poll(&p, 1, 0), 0);
        }
        CU_ASSERT_TRUE(fds[0] >= 0 && fds[0] != fds[1] && fds[1] != fds[2]);
        CU_ASSERT_EQUAL(((bw_state *)state)->n_supervisors, 3);
        CU_ASSERT_EQUAL(bw_monitor(state, 0, NULL), 0);
        CU_ASSERT_EQUAL(host.violations, 0);
    }
    end();
}

/* Where nobody asks for anything, nothing is started. */
static void test_nothing_wanted(void)
{
    seen plan;
    begin();
    policy.policy.monitor = SRT_MONITOR_OFF;
    policy.policy.protect_missing = SRT_PROTECT_OFF;
    if (prepared()) {
        CU_ASSERT_EQUAL_FATAL(bw_wrap(state, &launch), 0);
        read_plan(4, &plan);
        SRT_ASSERT_STR(plan.order, "f");
        CU_ASSERT_EQUAL(((bw_state *)state)->n_supervisors, 0);
    }
    end();
}

/* An outer stage of its own mounts them, with the listeners where there is a network. Who
 * answers needs no supervisor. */
static void test_masks(void)
{
    static const rule hidden[] = {{"/", READ}, {"/etc/passwd", HIDE}};
    for (int turn = 0; turn < 3; turn++) {
        const bool supervised = turn < 2, network = turn == 1;
        seen plan;
        begin();
        test_policy_clear(&policy);
        test_policy_init(&policy, hidden, 2);
        policy.policy.net_mode = network ? SRT_NET_PROXY : SRT_NET_NONE;
        policy.policy.http_port = 3128;
        bool fine = prepared();
        bw_state *s = state;
        if (fine && s->masks.count == 0) {
            srt_unit_skip_to_root("there are no masks here");
            fine = false;
        }
        if (fine && (!network || s->outer_net)) {
            int fd = -1;
            if (!supervised)
                s->watch.filter = 0; /* as where none can be */
            CU_ASSERT_EQUAL_FATAL(bw_wrap(state, &launch), 0);
            SRT_ASSERT_STR(launch.argv[1], "run");
            read_plan(atoi(launch.argv[2]), &plan);
            SRT_ASSERT_STR(plan.order, network ? "mii" : "m");
            CU_ASSERT_EQUAL(plan.namespaces,
                            CLONE_NEWUSER | CLONE_NEWNS | (uint32_t)(network ? CLONE_NEWNET : 0));
            CU_ASSERT_TRUE(is_seqpacket(launch.fds[plan.channel - 3]));
            CU_ASSERT_EQUAL(s->n_supervisors, supervised ? 1 : 0);
            CU_ASSERT_EQUAL(bw_monitor(state, 1, &fd), 0);
            CU_ASSERT_TRUE(fd >= 0);
            CU_ASSERT_EQUAL(bw_monitor(state, 0, NULL), 0);
        }
        end();
    }
}

static const srt_unit_case cases[] = {
    {"masks", test_masks},       {"plan", test_plan},       {"sockets", test_sockets},
    {"landlock", test_landlock}, {"several", test_several}, {"nothing_wanted", test_nothing_wanted},
};

SRT_UNIT_MAIN("bwrap.supervise", cases)
