/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake_host.h"

static fake_host *of(const srt_host *host)
{
    return host->data;
}

__attribute__((format(printf, 3, 4))) static void
host_log(const srt_host *host, srt_log_level level, const char *format, ...)
{
    char line[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    char *all = of(host)->warnings;
    if (level == SRT_LOG_WARNING)
        snprintf(all + strlen(all), sizeof of(host)->warnings - strlen(all), "%s\n", line);
}

__attribute__((format(printf, 3, 4))) static int host_fail(const srt_host *host, int error,
                                                           const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(of(host)->fail_text, sizeof of(host)->fail_text, format, args);
    va_end(args);
    of(host)->fail_error = error;
    return -error;
}

static void host_report(const srt_host *host, srt_rule_class rule, srt_enforcement how,
                        const char *why)
{
    of(host)->how[rule] = (int)how;
    snprintf(of(host)->why[rule], sizeof of(host)->why[rule], "%s", why ? why : "");
}

static void host_violation(const srt_host *host, const srt_violation *violation)
{
    of(host)->violations++;
    snprintf(of(host)->last_target, sizeof of(host)->last_target, "%s", violation->target);
}

static void host_violations_lost(const srt_host *host, uint64_t count)
{
    of(host)->lost += count;
}

static void host_names_changed(const srt_host *host)
{
    atomic_fetch_add(&of(host)->names_changed, 1);
}

static const char *host_path(const srt_host *host, srt_path_name name)
{
    return name == SRT_PATH_INSIDE ? of(host)->inside : NULL;
}

static const char *host_option(const srt_host *host, const char *name)
{
    return strcmp(name, "bwrapPath") == 0 ? of(host)->bwrap_path : NULL;
}

static const char *const *launch_argv(const srt_launch *l)
{
    return l->command;
}

static void launch_set_argv(srt_launch *l, const char *const *argv)
{
    for (int i = 0; argv[i]; i++)
        l->argv[i] = strdup(argv[i]);
}

static const char *const *launch_env(const srt_launch *l)
{
    return l->env;
}

static const char *launch_cwd(const srt_launch *l)
{
    return l->cwd;
}

static void launch_set_tmpdir(srt_launch *l, const char *directory)
{
    snprintf(l->tmpdir, sizeof l->tmpdir, "%s", directory);
}

static void launch_set_connector(srt_launch *l, const char *helper)
{
    snprintf(l->connector, sizeof l->connector, "%s", helper);
}

static int launch_take_fd(srt_launch *l, int fd)
{
    if (fd < 3 || l->n_fds >= FAKE_FDS)
        abort();
    l->fds[l->n_fds] = fd;
    return 3 + l->n_fds++;
}

static int launch_handoff_fd(srt_launch *l)
{
    (void)l;
    return FAKE_HANDOFF;
}

static uint64_t launch_ignored_signals(const srt_launch *l)
{
    return l->ignored;
}

static int launch_null_fd(const srt_launch *l)
{
    return l->null_fd;
}

static void launch_set_tool_env(srt_launch *l, const char *const *env)
{
    (void)env;
    l->asked_for_tool_env = true;
}

void fake_host_init(fake_host *f, const char *inside)
{
    memset(f, 0, sizeof *f);
    f->inside = inside;
    f->handoff = -1;
    for (int i = 0; i < SRT_RULE_CLASS_COUNT; i++)
        f->how[i] = -1;
    f->host = (srt_host){
        .struct_size = sizeof(srt_host),
        .abi = SRT_BACKEND_ABI,
        .data = f,
        .log = host_log,
        .fail = host_fail,
        .report = host_report,
        .violation = host_violation,
        .violations_lost = host_violations_lost,
        .names_changed = host_names_changed,
        .path = host_path,
        .option = host_option,
        .launch_argv = launch_argv,
        .launch_set_argv = launch_set_argv,
        .launch_env = launch_env,
        .launch_cwd = launch_cwd,
        .launch_set_tmpdir = launch_set_tmpdir,
        .launch_set_connector = launch_set_connector,
        .launch_take_fd = launch_take_fd,
        .launch_handoff_fd = launch_handoff_fd,
        .launch_ignored_signals = launch_ignored_signals,
        .launch_set_tool_env = launch_set_tool_env,
        .launch_null_fd = launch_null_fd,
    };
}

void fake_launch_init(srt_launch *l, fake_host *f, const char *const *command)
{
    static const char *const env[] = {"PATH=/usr/bin:/bin", "A=b c", NULL};
    int ends[2];
    memset(l, 0, sizeof *l);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        abort();
    f->handoff = ends[0];
    l->fds[l->n_fds++] = ends[1];
    l->command = command;
    l->env = env;
    l->cwd = "/";
    l->null_fd = -1;
}

void fake_launch_clear(srt_launch *l, fake_host *f)
{
    for (int i = 0; i < l->n_fds; i++)
        if (l->fds[i] >= 0)
            close(l->fds[i]);
    for (int i = 0; l->argv[i]; i++)
        free(l->argv[i]);
    if (f->handoff >= 0)
        close(f->handoff);
    f->handoff = -1;
    memset(l, 0, sizeof *l);
}
