/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a read-only root and forgets the one before, which stays mounted over it: every path is
 * refused, and the same path by "/.." is not. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <srt/backend.h>

static const char script[] =
    "here=$PWD; mount --rbind / /mnt && mount --bind \"$here\" \"/mnt$here\" && "
    "mount -o remount,bind,ro /mnt && cd /mnt && pivot_root . . && cd \"$here\" && exec \"$@\"";
static const char *const before[] = {"/usr/bin/unshare", "-Urm", "--propagation", "private",
                                     "/bin/sh",          "-c",   script,          "sh"};
#define N_BEFORE (sizeof before / sizeof *before)

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state)
{
    (void)policy;
    *ret_state = (srt_backend_state *)(uintptr_t)host;
    for (int rule = 0; rule < SRT_RULE_CLASS_COUNT; rule++)
        host->report(host, (srt_rule_class)rule,
                     rule == SRT_RULE_WRITE_ALLOW ? SRT_ENFORCED : SRT_UNSUPPORTED,
                     rule == SRT_RULE_WRITE_ALLOW ? NULL : "files alone");
    return 0;
}

static int wrap(srt_backend_state *state, srt_launch *launch)
{
    const srt_host *host = state;
    const char *const *argv = host->launch_argv(launch);
    size_t n = 0;
    while (argv[n])
        n++;
    const char **words = calloc(N_BEFORE + n + 1, sizeof *words);
    if (!words)
        return host->fail(host, ENOMEM, "out of memory");
    memcpy(words, before, sizeof before);
    memcpy(words + N_BEFORE, argv, n * sizeof *argv);
    host->launch_set_argv(launch, words);
    free(words);
    host->launch_set_tool_env(launch, host->launch_env(launch));
    return 0;
}

static int monitor(srt_backend_state *state, int32_t pid, int *ret_fd)
{
    (void)state, (void)pid;
    if (ret_fd)
        *ret_fd = -1;
    return 0;
}

static void teardown(srt_backend_state *state)
{
    (void)state;
}

static const srt_backend descriptor = {
    .struct_size = sizeof(srt_backend),
    .abi = SRT_BACKEND_ABI,
    .name = "old-root",
    .version = "0.1",
    .summary = "leaves the old root mounted",
    .platform = "linux",
    .priority = -1,
    .classes = UINT64_C(1) << SRT_RULE_WRITE_ALLOW,
    .prepare = prepare,
    .wrap = wrap,
    .monitor = monitor,
    .teardown = teardown,
};

const srt_backend *srt_backend_entry(void)
{
    return &descriptor;
}
