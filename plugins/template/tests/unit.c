/* SPDX-License-Identifier: Apache-2.0 */
/* The module against a host that only records: no srt is needed. */
#undef NDEBUG
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <srt/backend.h>

struct srt_launch {
    const char *argv[64];
    char text[64][256];
};

static int answers[SRT_RULE_CLASS_COUNT], times[SRT_RULE_CLASS_COUNT];
static char said[1000];

static void record_log(const srt_host *host, srt_log_level level, const char *format, ...)
{
    (void)host, (void)level, (void)format;
}

static int record_fail(const srt_host *host, int error, const char *format, ...)
{
    va_list args;
    (void)host;
    va_start(args, format);
    vsnprintf(said, sizeof said, format, args);
    va_end(args);
    return -error;
}

static void record_report(const srt_host *host, srt_rule_class rule, srt_enforcement how,
                          const char *why)
{
    (void)host;
    assert((unsigned)rule < SRT_RULE_CLASS_COUNT);
    assert(how == SRT_ENFORCED || (why && *why));
    answers[rule] = (int)how;
    times[rule]++;
}

static const char *const *get_argv(const srt_launch *launch)
{
    return launch->argv;
}

static void set_argv(srt_launch *launch, const char *const *argv)
{
    static char copy[64][256]; /* argv may point into what is replaced */
    size_t n = 0;
    for (; argv[n] && n < 63; n++)
        snprintf(copy[n], sizeof copy[n], "%s", argv[n]);
    memcpy(launch->text, copy, sizeof copy);
    for (size_t i = 0; i < n; i++)
        launch->argv[i] = launch->text[i];
    launch->argv[n] = NULL;
}

static const char *const *get_env(const srt_launch *launch)
{
    static const char *const env[] = {"PATH=/usr/bin:/bin", NULL};
    (void)launch;
    return env;
}

static void set_tool_env(srt_launch *launch, const char *const *env)
{
    (void)launch;
    assert(strcmp(env[0], "PATH=/usr/bin:/bin") == 0);
}

static int handoff_fd(srt_launch *launch)
{
    (void)launch;
    return 7;
}

static int null_fd(const srt_launch *launch)
{
    (void)launch;
    return -1;
}

static uint16_t proxy_port(const srt_launch *launch, srt_listener_role role)
{
    (void)launch;
    return role == SRT_LISTENER_HTTP ? 3128 : 1080;
}

static uint64_t ignored(const srt_launch *launch)
{
    (void)launch;
    return 2;
}

static const srt_host host = {
    .struct_size = sizeof(srt_host),
    .abi = SRT_BACKEND_ABI,
    .log = record_log,
    .fail = record_fail,
    .report = record_report,
    .launch_argv = get_argv,
    .launch_set_argv = set_argv,
    .launch_env = get_env,
    .launch_set_tool_env = set_tool_env,
    .launch_handoff_fd = handoff_fd,
    .launch_null_fd = null_fd,
    .launch_proxy_port = proxy_port,
    .launch_ignored_signals = ignored,
};

int main(void)
{
    static const char *const no_paths[] = {NULL};
    static const char *const command[] = {"printf", "%s", "two words", "", NULL};
    static const char *const wanted[] = {"7",      "-1", "3128",      "1080", "2",
                                         "printf", "%s", "two words", "",     NULL};
    const srt_policy policy = {.struct_size = sizeof policy, .cwd = "/", .unix_paths = no_paths};
    const srt_backend *backend = srt_backend_entry();
    srt_backend_state *state = NULL;
    srt_launch launch = {.argv = {NULL}};
    assert(backend->struct_size == sizeof *backend && backend->abi == SRT_BACKEND_ABI);
    backend->teardown(NULL);
    int result = backend->prepare(&host, &policy, &state);
    if (result == -ENOTSUP) {
        printf("cannot run here: %s\n", said);
        backend->teardown(state);
        return said[0] ? 0 : 1;
    }
    assert(result == 0);
    for (int rule = 0; rule < SRT_RULE_CLASS_COUNT; rule++) {
        assert(times[rule] == 1);
        assert(answers[rule] == SRT_UNSUPPORTED || (backend->classes & (UINT64_C(1) << rule)));
    }
    set_argv(&launch, command);
    assert(backend->wrap(state, &launch) == 0);
    assert(launch.argv[0][0] == '/');
    for (int i = 0; wanted[i]; i++)
        assert(strcmp(launch.argv[i + 1], wanted[i]) == 0);
    int fd = 5;
    assert(backend->monitor(state, 1, &fd) == 0 && fd == -1);
    assert(backend->monitor(state, 1, NULL) == 0);
    backend->teardown(state);
    printf("good\n");
    return 0;
}
