/* SPDX-License-Identifier: Apache-2.0 */
/* The network through srt's proxies and in no other way. The helper beside this module
 * (template-inside) does the work inside; here the command is only put behind it. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* dladdr */
#endif
#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <srt/backend.h>

#define WORDS_MAX 65536u

struct state {
    const srt_host *host;
    char helper[4096];
};

static const struct {
    srt_rule_class rule;
    srt_enforcement how;
} held[] = {
    {SRT_RULE_NET_ISOLATE, SRT_ENFORCED},
    {SRT_RULE_NET_PROXY, SRT_ENFORCED},
};
#define CLASSES ((UINT64_C(1) << SRT_RULE_NET_ISOLATE) | (UINT64_C(1) << SRT_RULE_NET_PROXY))

/* The helper lies where this module lies, wherever both were installed to. */
static int find_helper(struct state *state)
{
    Dl_info info;
    static const char name[] = "template-inside";
    if (!dladdr(&held, &info) || !info.dli_fname)
        return state->host->fail(state->host, ENOTSUP, "it cannot be found where this module lies");
    const char *slash = strrchr(info.dli_fname, '/');
    size_t length = slash ? (size_t)(slash - info.dli_fname) + 1 : 0;
    if (info.dli_fname[0] != '/' || length + sizeof name > sizeof state->helper)
        return state->host->fail(state->host, ENOTSUP, "%s: no usable path", info.dli_fname);
    memcpy(state->helper, info.dli_fname, length);
    memcpy(state->helper + length, name, sizeof name);
    if (access(state->helper, X_OK) != 0)
        return state->host->fail(state->host, ENOTSUP, "%s: %s. Install it beside the module",
                                 state->helper, strerror(errno));
    return 0;
}

/* "template-inside --probe" makes the namespaces and ends with 0. */
static int try_helper(const struct state *state)
{
    const srt_host *host = state->host;
    static char *const env[] = {NULL};
    const char *const words[] = {state->helper, "--probe", NULL};
    pid_t pid;
    int status = 0;
    int error = posix_spawn(&pid, state->helper, NULL, NULL, (char *const *)(uintptr_t)words, env);
    if (error)
        return host->fail(host, error, "%s: %s", state->helper, strerror(error));
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return host->fail(host, errno, "waitpid: %s", strerror(errno));
    if (status == 0)
        return 0;
    return host->fail(host, ENOTSUP,
                      "user and network namespaces cannot be made here: allow them (for example "
                      "sysctl kernel.unprivileged_userns_clone=1), or choose another backend");
}

static void report(const srt_host *host, srt_rule_class rule)
{
    for (size_t i = 0; i < sizeof held / sizeof *held; i++)
        if (held[i].rule == rule) {
            host->report(host, rule, held[i].how, NULL);
            return;
        }
    host->report(host, rule, SRT_UNSUPPORTED, "this backend looks after the network only");
}

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    (void)policy;
    struct state *state = calloc(1, sizeof *state);
    if (!state)
        return host->fail(host, ENOMEM, "out of memory");
    *ret_state = state;
    state->host = host;
    int result = find_helper(state);
    if (result == 0)
        result = try_helper(state);
    if (result < 0)
        return result;
    for (int rule = 0; rule < SRT_RULE_CLASS_COUNT; rule++)
        report(host, (srt_rule_class)rule);
    return 0;
}

static int wrap(srt_backend_state *data, srt_launch *launch)
{
    const struct state *state = data;
    const srt_host *host = state->host;
    const char *const *argv = host->launch_argv(launch);
    /* What the helper has to know goes into its words: the number of the hand-off socket, of
     * srt's own descriptor, the ports, the signals to ignore. */
    char handoff[16], null[16], http[16], socks[16], ignored[24];
    size_t n = 0;
    while (argv[n])
        n++;
    if (n > WORDS_MAX)
        return host->fail(host, E2BIG, "more than %u words", WORDS_MAX);
    snprintf(handoff, sizeof handoff, "%d", host->launch_handoff_fd(launch));
    snprintf(null, sizeof null, "%d", host->launch_null_fd(launch));
    snprintf(http, sizeof http, "%u", (unsigned)host->launch_proxy_port(launch, SRT_LISTENER_HTTP));
    snprintf(socks, sizeof socks, "%u",
             (unsigned)host->launch_proxy_port(launch, SRT_LISTENER_SOCKS));
    snprintf(ignored, sizeof ignored, "%" PRIx64, host->launch_ignored_signals(launch));
    const char *const before[] = {state->helper, handoff, null, http, socks, ignored};
    const char **words = calloc(sizeof before / sizeof *before + n + 1, sizeof *words);
    if (!words)
        return host->fail(host, ENOMEM, "out of memory");
    memcpy(words, before, sizeof before);
    memcpy(words + sizeof before / sizeof *before, argv, n * sizeof *argv);
    host->launch_set_argv(launch, words);
    free(words);
    /* The helper becomes the command: the environment is the command's. */
    host->launch_set_tool_env(launch, host->launch_env(launch));
    return 0;
}

static int monitor(srt_backend_state *data, int32_t pid, int *ret_fd)
{
    (void)data, (void)pid;
    if (ret_fd)
        *ret_fd = -1;
    return 0;
}

static void teardown(srt_backend_state *data)
{
    free(data);
}

static const srt_backend descriptor = {
    .struct_size = sizeof(srt_backend),
    .abi = SRT_BACKEND_ABI,
    .name = "template",
    .version = "0.1",
    .summary = "the network through the proxies only: a project to start from",
    .platform = "linux",
    .priority = -1,
    .classes = CLASSES,
    .prepare = prepare,
    .wrap = wrap,
    .monitor = monitor,
    .teardown = teardown,
};

const srt_backend *srt_backend_entry(void)
{
    return &descriptor;
}
