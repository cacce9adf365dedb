/* SPDX-License-Identifier: Apache-2.0 */
/* One command into its sandbox. What gets started is sandbox-exec, which applies the
 * profile to itself and becomes the command: the same process, so signals and the
 * exit status need nobody between. Its own environment is the command's. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend.h"
#include "render.h"

#define WORDS_MAX 65536u

int sb_profile(sb_state *s, const char *tag, uint16_t http, uint16_t socks, sb_text *ret)
{
    sb_plan plan = {0};
    const sb_plan_input input = {
        .policy = s->policy,
        .options = &s->options,
        .own_dir = s->own_dir,
        .tmp_dir = s->policy->private_tmp ? s->tmp_dir : NULL,
        .http_port = http,
        .socks_port = socks,
    };
    int r = sb_plan_make(&plan, &input);
    if (r == 0)
        sb_render(ret, &plan, tag);
    if (r != 0)
        s->host->fail(s->host, -r, "%s", plan.why);
    else if (ret->failed)
        r = s->host->fail(s->host, ENOMEM, "out of memory");
    sb_plan_clear(&plan);
    return r;
}

static int write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, bytes, length);
        if (n < 0 && errno != EINTR)
            return -errno;
        if (n > 0) {
            bytes += n;
            length -= (size_t)n;
        }
    }
    return 0;
}

/* A long profile together with the environment could be more than a command line
 * takes. The sandbox cannot touch the file: the profile refuses it. */
static int write_profile(sb_state *s, const sb_text *profile, char **ret_path)
{
    sb_text path = {0};
    char name[32];
    if (!s->own_dir)
        return s->host->fail(s->host, E2BIG, "the profile is too long for a command line");
    snprintf(name, sizeof name, "/%u.sb", s->commands);
    sb_text_puts(&path, s->own_dir);
    sb_text_puts(&path, name);
    int fd = path.failed
                 ? -1
                 : open(path.bytes, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    int r = fd < 0 ? -errno : write_all(fd, profile->bytes, profile->length);
    if (fd >= 0)
        close(fd);
    if (r < 0)
        s->host->fail(s->host, -r, "cannot write the profile to %s: %s",
                      path.bytes ? path.bytes : "a file", strerror(-r));
    *ret_path = path.bytes;
    return r;
}

static const char *value_of(const char *const *env, const char *name)
{
    size_t n = strlen(name);
    for (; *env; env++)
        if (strncmp(*env, name, n) == 0 && (*env)[n] == '=')
            return *env + n + 1;
    return NULL;
}

/* What cannot be found is left to a shell to fail on, inside: it says so in the usual
 * words and ends with 126 or 127, where sandbox-exec would end with a status of its
 * own. A shell also opens /dev/null where srt's own descriptor was. Words before the
 * command; not every sh knows descriptors of two digits. */
typedef struct shell_words {
    char script[48];
    const char *words[4];
    size_t count;
} shell_words;

static void set_shell(shell_words *shell, bool found, int null_fd)
{
    int n = snprintf(shell->script, sizeof shell->script, "exec \"$@\"");
    if (null_fd >= 0)
        snprintf(shell->script + n, sizeof shell->script - (size_t)n, " %d</dev/null", null_fd);
    const char *const words[] = {null_fd > 9 ? "/bin/bash" : "/bin/sh", "-c", shell->script, "srt"};
    memcpy(shell->words, words, sizeof words);
    shell->count = found && null_fd < 0 ? 0 : sizeof words / sizeof *words;
}

static int set_words(sb_state *s, srt_launch *launch, const char *option, const char *profile)
{
    const srt_host *host = s->host;
    const char *const *argv = host->launch_argv(launch);
    const char *search = value_of(host->launch_env(launch), "PATH");
    const char *cwd = host->launch_cwd(launch);
    char *program = sb_program_find(argv[0], search ? search : "/usr/bin:/bin", cwd ? cwd : "/");
    shell_words shell;
    size_t n = 0, at = 0;
    set_shell(&shell, program != NULL, host->launch_null_fd(launch));
    while (argv[n] && n <= WORDS_MAX)
        n++;
    const char **words = n > WORDS_MAX ? NULL : calloc(n + shell.count + 4, sizeof *words);
    if (!words) {
        free(program);
        return host->fail(host, n > WORDS_MAX ? E2BIG : ENOMEM, "cannot hold the command's words");
    }
    words[at++] = sb_tool_sandbox_exec();
    words[at++] = option;
    words[at++] = profile;
    for (size_t i = 0; i < shell.count; i++)
        words[at++] = shell.words[i];
    for (size_t i = 0; i < n; i++)
        words[at++] = i == 0 && program ? program : argv[i];
    host->launch_set_argv(launch, words);
    free(words);
    free(program);
    return 0;
}

/* Sockets of both IP versions connect to ::ffff:127.0.0.1, which no filter of a
 * profile takes for the loopback address. */
static void set_java(sb_state *s, srt_launch *launch)
{
    static const char name[] = "JAVA_TOOL_OPTIONS", option[] = "-Djava.net.preferIPv4Stack=true";
    const char *now = value_of(s->host->launch_env(launch), name);
    sb_text value = {0};
    if (s->policy->net_mode == SRT_NET_NONE && !s->options.local_binding)
        return;
    if (now && strstr(now, option))
        return;
    if (now && *now) {
        sb_text_puts(&value, now);
        sb_text_putc(&value, ' ');
    }
    sb_text_puts(&value, option);
    if (!value.failed)
        s->host->launch_setenv(launch, name, value.bytes);
    sb_text_clear(&value);
}

static int set_command(sb_state *s, srt_launch *launch, const sb_text *profile)
{
    char *path = NULL;
    int r = 0;
    /* A plan is for reading: there the profile is always a word. */
    bool in_file = !s->plan_only && profile->length > SB_PROFILE_WORD_MAX;
    if (in_file)
        r = write_profile(s, profile, &path);
    if (r == 0)
        r = set_words(s, launch, in_file ? "-f" : "-p", in_file ? path : profile->bytes);
    free(path);
    return r;
}

int sb_wrap(srt_backend_state *state, srt_launch *launch)
{
    sb_state *s = state;
    const srt_host *host = s->host;
    char tag[SB_SESSION_MAX + 32];
    sb_text profile = {0};
    sb_tag(tag, sizeof tag, ++s->commands, s->session);
    int r = sb_profile(s, tag, host->launch_proxy_port(launch, SRT_LISTENER_HTTP),
                       host->launch_proxy_port(launch, SRT_LISTENER_SOCKS), &profile);
    if (r == 0)
        r = set_command(s, launch, &profile);
    sb_text_clear(&profile);
    if (r != 0)
        return r;
    if (s->policy->private_tmp)
        host->launch_set_tmpdir(launch, s->tmp_dir);
    set_java(s, launch);
    /* ssh knows of no proxy: this speaks to ours. */
    const char *connector = host->path(host, SRT_PATH_INSIDE);
    if (connector && s->policy->net_mode == SRT_NET_PROXY)
        host->launch_set_connector(launch, connector);
    host->launch_set_tool_env(launch, host->launch_env(launch));
    sb_watch_ready(s);
    return 0;
}
