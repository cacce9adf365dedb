/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "recorder.h"
#include "support/unit.h"

recorder now;
char top[64];

/* tools.c is not linked: the tools are here. */
const char *sb_tool_sandbox_exec(void)
{
    static char room[96];
    snprintf(room, sizeof room, "%s/sandbox-exec", top);
    return room;
}

const char *sb_tool_log(void)
{
    static char room[96];
    snprintf(room, sizeof room, "%s/log", top);
    return room;
}

__attribute__((format(printf, 3, 4))) static void h_log(const srt_host *h, srt_log_level level,
                                                        const char *format, ...)
{
    char *all = now.warnings;
    size_t n = strlen(all);
    va_list args;
    (void)h;
    va_start(args, format);
    if (level == SRT_LOG_WARNING)
        vsnprintf(all + n, sizeof now.warnings - n, format, args);
    va_end(args);
}

__attribute__((format(printf, 3, 4))) static int h_fail(const srt_host *h, int error,
                                                        const char *format, ...)
{
    va_list args;
    (void)h;
    va_start(args, format);
    vsnprintf(now.fail_text, sizeof now.fail_text, format, args);
    va_end(args);
    return -error;
}

static void h_report(const srt_host *h, srt_rule_class rule, srt_enforcement how, const char *why)
{
    (void)h;
    CU_ASSERT_TRUE(how == SRT_ENFORCED || (why && *why));
    now.how[rule] = (int)how;
}

static void h_violation(const srt_host *h, const srt_violation *v)
{
    size_t n = strlen(now.violations);
    (void)h;
    now.count++;
    snprintf(now.violations + n, sizeof now.violations - n, "%d|%d|%s|%s|%s\n", (int)v->operation,
             v->pid, v->program, v->target, v->rule ? v->rule : "-");
    snprintf(now.reason, sizeof now.reason, "%s", v->reason);
}

static const char *h_option(const srt_host *h, const char *name)
{
    (void)h;
    if (strcmp(name, "plan") == 0)
        return now.plan ? "true" : NULL;
    return strcmp(name, "allowPty") == 0 ? now.pty : NULL;
}

static void h_share(const srt_host *h)
{
    (void)h;
    now.shared = true;
}

static void h_changed(const srt_host *h)
{
    (void)h;
    now.changed = true;
}

static const char *const *l_argv(const srt_launch *l)
{
    return l->command;
}

static void l_set_argv(srt_launch *l, const char *const *argv)
{
    for (l->n_argv = 0; argv[l->n_argv]; l->n_argv++)
        snprintf(l->argv[l->n_argv], sizeof l->argv[0], "%s", argv[l->n_argv]);
    snprintf(l->profile, sizeof l->profile, "%s", argv[2]);
}

static const char *const *l_env(const srt_launch *l)
{
    static const char *const env[] = {"PATH=/usr/bin:/bin", "JAVA_TOOL_OPTIONS=-Da=b", NULL};
    (void)l;
    return env;
}

static void l_setenv(srt_launch *l, const char *name, const char *value)
{
    SRT_ASSERT_STR(name, "JAVA_TOOL_OPTIONS");
    snprintf(l->java, sizeof l->java, "%s", value);
}

static const char *l_cwd(const srt_launch *l)
{
    (void)l;
    return "/";
}

static void l_set_tmpdir(srt_launch *l, const char *directory)
{
    snprintf(l->tmpdir, sizeof l->tmpdir, "%s", directory);
}

static void l_tool_env(srt_launch *l, const char *const *env)
{
    (void)l, (void)env;
}

static int l_null_fd(const srt_launch *l)
{
    (void)l;
    return now.null_fd;
}

static const char *h_path(const srt_host *h, srt_path_name name)
{
    (void)h;
    return name == SRT_PATH_INSIDE ? now.inside : NULL;
}

static void l_set_connector(srt_launch *l, const char *helper)
{
    snprintf(l->connector, sizeof l->connector, "%s", helper);
}

static uint16_t l_port(const srt_launch *l, srt_listener_role role)
{
    (void)l;
    return role == SRT_LISTENER_HTTP ? 4001 : 4002;
}

void recorder_begin(void)
{
    memset(&now, 0, sizeof now);
    now.null_fd = -1;
    now.host = (srt_host){
        .struct_size = sizeof(srt_host),
        .abi = SRT_BACKEND_ABI,
        .log = h_log,
        .fail = h_fail,
        .report = h_report,
        .violation = h_violation,
        .path = h_path,
        .option = h_option,
        .share_loopback = h_share,
        .names_changed = h_changed,
        .launch_argv = l_argv,
        .launch_set_argv = l_set_argv,
        .launch_env = l_env,
        .launch_setenv = l_setenv,
        .launch_cwd = l_cwd,
        .launch_set_tmpdir = l_set_tmpdir,
        .launch_set_connector = l_set_connector,
        .launch_set_tool_env = l_tool_env,
        .launch_proxy_port = l_port,
        .launch_null_fd = l_null_fd,
    };
    strcpy(top, "/tmp/srt-tools-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(top));
}

void recorder_tool(const char *name, const char *script)
{
    char path[96];
    snprintf(path, sizeof path, "%s/%s", top, name);
    FILE *f = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    fprintf(f, "#!/bin/sh\n%s\n", script);
    fclose(f);
    chmod(path, 0755);
}

void recorder_end(srt_backend_state *state)
{
    char command[128];
    sb_teardown(state);
    snprintf(command, sizeof command, "rm -rf %s", top);
    CU_ASSERT_EQUAL(system(command), 0);
}
