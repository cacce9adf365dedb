/* SPDX-License-Identifier: Apache-2.0 */
/* A backend to be copied: the smallest one that really holds something.
 *
 * It closes the network, and nothing else: the command runs in a network namespace of its
 * own, which has no interface that leads anywhere. The tool unshare(1) of util-linux makes it,
 * inside a user namespace, so that no privilege is needed. The other rule classes are answered
 * with "unsupported", and so srt runs a command with this backend only for somebody who
 * accepts that by name:
 *
 *   srt --backend=PATH/example.so --allow-unenforced=all command...
 *
 * The C library and <srt/backend.h> are all that it needs. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <srt/backend.h>

/* What is needed between prepare and teardown. Two states may live at the same time, so
 * nothing of this is global. */
struct state {
    const srt_host *host;
};

/* Names of tools are absolute: PATH belongs to the user, and this runs outside the sandbox. */
static const char tool[] = "/usr/bin/unshare";

/* What is put before the words of the command. After "--" nothing is taken for an option.
 * The user keeps his number; the rights that he has in his own namespace end at exec. */
static const char *const before[] = {tool, "--user", "--map-current-user", "--net", "--"};
#define N_BEFORE (sizeof before / sizeof *before)
#define WORDS_MAX 65536u

/* Whether the tool can do it on this machine: the only certain way is to try. prepare may
 * start processes, as long as they are gone when it returns; wrap may not. */
static int try_it(const srt_host *host)
{
    static char *const env[] = {NULL};
    const char *const words[] = {tool,        "--user", "--map-current-user", "--net", "--",
                                 "/bin/true", NULL};
    pid_t pid;
    int status = 0;
    /* posix_spawn wants words that are not const, and does not write to them. */
    int error = posix_spawn(&pid, tool, NULL, NULL, (char *const *)(uintptr_t)words, env);
    if (error == ENOENT)
        return host->fail(host, ENOTSUP, "%s is missing: install util-linux", tool);
    if (error)
        return host->fail(host, error, "%s cannot be started: %s", tool, strerror(error));
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return host->fail(host, errno, "waitpid: %s", strerror(errno));
    if (status == 0)
        return 0;
    /* Not to be able to run here is no accident: -ENOTSUP, and say what to do about it. */
    return host->fail(host, ENOTSUP,
                      "%s cannot make a user and a network namespace here: allow them (for "
                      "example sysctl kernel.unprivileged_userns_clone=1), or choose another "
                      "backend",
                      tool);
}

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    (void)policy;
    struct state *state = calloc(1, sizeof *state);
    if (!state)
        return host->fail(host, ENOMEM, "out of memory");
    /* From here on teardown gets it, also when prepare fails. */
    *ret_state = state;
    state->host = host;
    int result = try_it(host);
    if (result < 0)
        return result;
    /* Each class once. Never say that something is held when it is not: the user relies on
     * the answer, and stops the run when it is not enough for him. */
    for (int rule = 0; rule < SRT_RULE_CLASS_COUNT; rule++)
        if (rule == SRT_RULE_NET_ISOLATE)
            host->report(host, SRT_RULE_NET_ISOLATE, SRT_ENFORCED, NULL);
        else
            host->report(host, (srt_rule_class)rule, SRT_UNSUPPORTED,
                         "this backend closes the network and does nothing else");
    return 0;
}

/* Turns "curl example.com" into "/usr/bin/unshare ... -- curl example.com". Nothing is started
 * and nothing is kept: the next call has nothing to do with this one. */
static int wrap(srt_backend_state *data, srt_launch *launch)
{
    const struct state *state = data;
    const srt_host *host = state->host;
    const char *const *argv = host->launch_argv(launch); /* ends with NULL */
    size_t n = 0;
    while (argv[n])
        n++;
    if (n > WORDS_MAX)
        return host->fail(host, E2BIG, "more than %u words", WORDS_MAX);
    const char **words = calloc(N_BEFORE + n + 1, sizeof *words);
    if (!words)
        return host->fail(host, ENOMEM, "out of memory");
    memcpy(words, before, sizeof before);
    memcpy(words + N_BEFORE, argv, n * sizeof *argv);
    host->launch_set_argv(launch, words); /* copies */
    free(words);
    return 0;
}

/* The kernel tells nobody about packets that go nowhere: there is nothing to observe. */
static int monitor(srt_backend_state *data, int32_t pid, int *ret_fd)
{
    (void)data, (void)pid;
    if (ret_fd)
        *ret_fd = -1;
    return 0;
}

/* NULL, when prepare failed early, is fine. */
static void teardown(srt_backend_state *data)
{
    free(data);
}

static const srt_backend descriptor = {
    .struct_size = sizeof(srt_backend),
    .abi = SRT_BACKEND_ABI,
    .name = "example", /* the name of the file without its suffix */
    .version = "0.1",
    .summary = "closes the network with unshare(1), and nothing else: to be copied",
    .platform = "linux",
    .priority = -1, /* never chosen by itself: it holds too little */
    .classes = UINT64_C(1) << SRT_RULE_NET_ISOLATE,
    .prepare = prepare,
    .wrap = wrap,
    .monitor = monitor,
    .teardown = teardown,
};

const srt_backend *srt_backend_entry(void)
{
    return &descriptor;
}
