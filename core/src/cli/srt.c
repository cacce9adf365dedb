/* SPDX-License-Identifier: Apache-2.0 */
/* srt: runs a command in a sandbox. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <srt/version.h>

#include "base/error.h"
#include "base/log.h"
#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/streams.h"
#include "run/session.h"

#define STATUS_FAILED 125

/* A descriptor that is named has to come from the caller. */
static gboolean not_open(const char *option, int fd, const char *redirection, GError **error)
{
    g_set_error(error, SRT_ERROR, SRT_ERROR_USAGE,
                "%s%d is not usable: no such descriptor is open. Open it with srt, as in `srt %s%d "
                "make %d%s`",
                option, fd, option, fd, fd, redirection);
    return FALSE;
}

static gboolean check_control_fd(int fd, GError **error)
{
    char none;
    int flags = fd < 0 ? 0 : fcntl(fd, F_GETFL);
    if (flags >= 0 && (flags & O_ACCMODE) == O_WRONLY) {
        g_set_error(error, SRT_ERROR, SRT_ERROR_USAGE,
                    "--control-fd %d is not usable: it is open for writing only", fd);
        return FALSE;
    }
    if (flags < 0 && errno == EBADF)
        return not_open("--control-fd=", fd, "<updates", error);
    /* Reading nothing takes nothing, and fails for what cannot be read at all. */
    if (flags < 0 || (fd >= 0 && read(fd, &none, 0) < 0))
        return srt_set_errno(error, SRT_ERROR_USAGE, errno, "--control-fd %d is not usable", fd);
    return TRUE;
}

static gboolean check_report_fd(int fd, GError **error)
{
    int flags = fd < 0 ? 0 : fcntl(fd, F_GETFL);
    if (flags < 0 && errno == EBADF)
        return not_open("--report=json:", fd, ">refused.json", error);
    if (flags < 0)
        return srt_set_errno(error, SRT_ERROR_USAGE, errno, "--report=json:%d is not usable", fd);
    if (fd < 0 || (flags & O_ACCMODE) != O_RDONLY)
        return TRUE;
    g_set_error(error, SRT_ERROR, SRT_ERROR_USAGE,
                "--report=json:%d is not usable: it is open for reading only", fd);
    return FALSE;
}

static int run(const SrtArguments *arguments)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) words = NULL;
    SrtRunOptions options = {
        .settings = {.file = arguments->settings},
        .backend = arguments->backend,
        .session = arguments->has_session ? &arguments->session : NULL,
        .control_fd = arguments->control_fd,
        .live = arguments->control_fd >= 0,
        .report_fd = arguments->report_fd,
        .command_id = arguments->command_id,
        .command_text = arguments->shell_text,
        .quiet = arguments->quiet,
        .allow_unenforced = arguments->allow_unenforced,
    };
    if (!check_control_fd(arguments->control_fd, &error) ||
        !check_report_fd(arguments->report_fd, &error) ||
        !(words = srt_cli_command(arguments->shell_text, (const char *const *)arguments->operands,
                                  &error)))
        return srt_run_refuse(&options, error);
    options.argv = (const char *const *)words;
    return srt_run(&options);
}

static int print(char *text)
{
    fputs(text, stdout);
    g_free(text);
    return srt_cli_flush(0);
}

int main(int argc, char **argv)
{
    g_auto(SrtArguments) arguments = {.operands = NULL};
    g_autoptr(GError) error = NULL;
    const char *debug = g_getenv("SRT_DEBUG");
    if (srt_cli_open_streams() != 0)
        return STATUS_FAILED;
    if (!srt_arguments_parse(argc, (const char *const *)argv, &arguments, &error)) {
        srt_log_error("%s\n`srt --help` shows how srt is used", error->message);
        return STATUS_FAILED;
    }
    srt_log_set_debug(arguments.debug || (debug && *debug));
    srt_log_set_quiet(arguments.quiet);
    switch (arguments.action) {
    case SRT_ACTION_HELP:
        return print(srt_arguments_help());
    case SRT_ACTION_VERSION:
        return print(g_strdup(SRT_VERSION "\n"));
    case SRT_ACTION_RUN:
        break;
    }
    return run(&arguments);
}
