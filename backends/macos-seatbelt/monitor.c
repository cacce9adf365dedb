/* SPDX-License-Identifier: Apache-2.0 */
/* The denials that the kernel logs, read from `log stream`. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "backend.h"

#define STARTS_MAX 4u
#define READY_MS 3000
/* After the command's end the last records are on their way: this long, and no longer
 * than a while of silence. */
#define LAST_MS 250
#define SILENCE_MS 50

static const struct {
    const char *prefix;
    srt_operation operation;
} kinds[] = {
    {"file-read", SRT_OP_READ},
    {"file-test-existence", SRT_OP_READ},
    {"file-write-create", SRT_OP_CREATE},
    {"file-link", SRT_OP_CREATE},
    {"file-clone", SRT_OP_CREATE},
    {"file-mknod", SRT_OP_CREATE},
    {"file-write-unlink", SRT_OP_DELETE},
    {"file-write", SRT_OP_WRITE},
    {"process-exec", SRT_OP_EXEC},
    {"network-", SRT_OP_CONNECT},
    {"signal", SRT_OP_SIGNAL},
};

static srt_operation kind_of(const sb_record *record)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strncmp(record->operation, kinds[i].prefix, strlen(kinds[i].prefix)) == 0)
            return kinds[i].operation == SRT_OP_CONNECT && record->target[0] == '/'
                       ? SRT_OP_UNIX
                       : kinds[i].operation;
    return SRT_OP_SYSCALL;
}

/* The rule of the settings that closes the path, as far as it is one of a region. */
static const char *rule_of(const srt_policy *policy, const char *target)
{
    if (target[0] != '/' || policy->n_regions == 0)
        return NULL;
    for (size_t i = 0; i < policy->n_pending; i++) {
        const srt_pending_rule *rule = policy->pending[i];
        if (!(rule->flags & SRT_PATH_GLOB) && sb_path_in(target, rule->path))
            return rule->origin ? rule->origin->pointer : NULL;
    }
    const srt_region *region = policy->regions[sb_region_at(policy, target)];
    return region->origin ? region->origin->pointer : NULL;
}

/* The kernel sums up what comes fast; whoever stores records counts them again. */
#define REPEATS_MAX 1000u

/* What one command left behind may be refused something while the next is observed: it
 * is said, since the host takes it for the command that it observes. A number that was
 * never given out is nobody's. */
static void take_record(void *data, const sb_record *record)
{
    const sb_state *s = data;
    char reason[160];
    if (sb_record_is_noise(record) || record->command == 0 || record->command > s->commands)
        return;
    bool file = strncmp(record->operation, "file-", 5) == 0;
    int n = snprintf(reason, sizeof reason, "%s is refused by the profile", record->operation);
    if (record->command != s->observed)
        snprintf(reason + n, sizeof reason - (size_t)n, ", of command %u of this session",
                 record->command);
    const srt_violation violation = {
        .struct_size = sizeof violation,
        .operation = kind_of(record),
        .pid = record->pid,
        .program = record->process,
        .target = record->target[0] ? record->target : record->operation,
        .rule = file ? rule_of(s->policy, record->target) : NULL,
        .reason = reason,
    };
    for (unsigned i = 0; i < record->count && i < REPEATS_MAX; i++)
        s->host->violation(s->host, &violation);
}

static int start_log(sb_state *s, int *ret_fd)
{
    char predicate[SB_SESSION_MAX + 64];
    const char *const argv[] = {sb_tool_log(), "stream",  "--style", "ndjson",
                                "--predicate", predicate, NULL};
    snprintf(predicate, sizeof predicate, "eventMessage ENDSWITH \"_%s_SRT\"", s->session);
    s->watch.starts++;
    int r = sb_start(argv, &s->watch.pid, ret_fd);
    if (r < 0)
        s->watch.pid = 0;
    else
        fcntl(*ret_fd, F_SETFL, O_NONBLOCK);
    return r;
}

void sb_watch_start(sb_state *s)
{
    sb_reader_init(&s->watch.reader, s->session, take_record, s);
    int r = start_log(s, &s->watch.fd);
    if (r < 0)
        s->host->log(s->host, SRT_LOG_WARNING, "violations are not observed: cannot start %s: %s",
                     sb_tool_log(), strerror(-r));
}

static void end_log(sb_state *s)
{
    if (s->watch.pid > 0) {
        kill(s->watch.pid, SIGKILL);
        sb_wait(s->watch.pid);
    }
    s->watch.pid = 0;
}

/* The descriptor that the host polls has to keep its number. */
static void restart_log(sb_state *s)
{
    int fd = -1;
    end_log(s);
    sb_reader_restart(&s->watch.reader);
    if (s->watch.starts >= STARTS_MAX) {
        s->host->log(s->host, SRT_LOG_WARNING,
                     "violations are not observed any more: %s ended %u times", sb_tool_log(),
                     s->watch.starts);
    } else if (start_log(s, &fd) == 0 && dup2(fd, s->watch.fd) >= 0) {
        fcntl(s->watch.fd, F_SETFD, FD_CLOEXEC);
    }
    if (fd >= 0)
        close(fd);
}

/* Everything that is there. False: log has ended. */
static bool read_log(sb_state *s)
{
    char bytes[16384];
    for (;;) {
        ssize_t n = read(s->watch.fd, bytes, sizeof bytes);
        if (n > 0)
            sb_reader_feed(&s->watch.reader, bytes, (size_t)n);
        else if (n == 0)
            return false;
        else if (errno != EINTR)
            return errno == EAGAIN || errno == EWOULDBLOCK;
    }
}

static bool wait_log(sb_state *s, int ms)
{
    struct pollfd p = {.fd = s->watch.fd, .events = POLLIN};
    int n;
    do
        n = poll(&p, 1, ms);
    while (n < 0 && errno == EINTR);
    return n > 0;
}

void sb_watch_ready(sb_state *s)
{
    sb_watch *w = &s->watch;
    while (w->pid > 0 && !w->reader.ready) {
        if (!wait_log(s, READY_MS) || !read_log(s)) {
            s->host->log(s->host, SRT_LOG_WARNING,
                         "violations may be missing: %s does not say that it is ready",
                         sb_tool_log());
            return;
        }
    }
}

void sb_watch_stop(sb_state *s)
{
    end_log(s);
    if (s->watch.fd >= 0)
        close(s->watch.fd);
    s->watch.fd = -1;
    sb_reader_clear(&s->watch.reader);
}

static int start_monitor(sb_state *s, pid_t pid, int *ret_fd)
{
    s->command = pid;
    s->observed = s->commands;
    s->drained = false;
    /* A directory that brings a protected name along is found only afterwards. */
    if (s->policy->protect_missing == SRT_PROTECT_CHECK)
        s->host->names_changed(s->host);
    *ret_fd = s->watch.pid > 0 ? s->watch.fd : -1;
    return 0;
}

static void read_last(sb_state *s)
{
    int left = LAST_MS;
    s->drained = true;
    while (left > 0 && wait_log(s, SILENCE_MS) && read_log(s))
        left -= SILENCE_MS;
}

int sb_monitor(srt_backend_state *state, int32_t pid, int *ret_fd)
{
    sb_state *s = state;
    if (ret_fd)
        return start_monitor(s, pid, ret_fd);
    if (s->watch.pid == 0)
        return 0;
    if (!read_log(s))
        restart_log(s);
    else if (!s->drained && kill(s->command, 0) != 0 && errno == ESRCH)
        read_last(s);
    if (s->watch.pid == 0)
        return s->host->fail(s->host, EPIPE, "log does not run any more");
    return 0;
}
