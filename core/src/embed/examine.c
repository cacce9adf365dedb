/* SPDX-License-Identifier: Apache-2.0 */
/* What the settings lead to, and whether a command can be run: by srt itself. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

#include "base/fd.h"
#include "config/edit.h"
#include "embed/error.h"
#include "embed/private.h"

#define LIMIT_MS 60000
#define OUTPUT_MAX (64u * 1024 * 1024)

/* ---- srtctl ---- */

typedef struct Output {
    int fd; /* -1: at its end */
    GString *text;
} Output;

/* An unnamed file with the settings; -1 with *error. */
static int settings_file(const char *text, srt_error **error)
{
#ifdef __linux__
    srt_autofd int fd = srt_embed_high_fd(memfd_create("settings", MFD_CLOEXEC));
#else
    g_autofree char *name = NULL;
    int open_fd = g_file_open_tmp("srt-XXXXXX", &name, NULL);
    if (open_fd >= 0) {
        unlink(name);
        fcntl(open_fd, F_SETFD, FD_CLOEXEC);
    }
    srt_autofd int fd = srt_embed_high_fd(open_fd);
#endif
    if (fd < 0 || !srt_fd_write_all(fd, text, strlen(text)) || lseek(fd, 0, SEEK_SET) < 0) {
        srt_embed_fail(error, SRT_E_SYSTEM, "cannot make a file of the settings: %s",
                       g_strerror(errno));
        return -1;
    }
    return srt_fd_steal(&fd);
}

static char **plan_argv(const srt_session *session, int settings)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autofree char *directory = g_path_get_dirname(session->program);
    g_ptr_array_add(argv, g_build_filename(directory, "srtctl", NULL));
    g_ptr_array_add(argv, g_strdup("plan"));
    g_ptr_array_add(argv, g_strdup("--json"));
    g_ptr_array_add(argv, g_strdup_printf("--settings=/dev/fd/%d", settings));
    if (session->backend)
        g_ptr_array_add(argv, g_strconcat("--backend=", session->backend, NULL));
    if (session->allow_unenforced)
        g_ptr_array_add(argv, g_strconcat("--allow-unenforced=", session->allow_unenforced, NULL));
    g_ptr_array_add(argv, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&argv), FALSE);
}

static void read_output(Output *output)
{
    char bytes[16384];
    ssize_t n = read(output->fd, bytes, sizeof bytes);
    if (n > 0 && output->text->len + (gsize)n <= OUTPUT_MAX)
        g_string_append_len(output->text, bytes, n);
    else if (n >= 0 || errno != EINTR)
        srt_fd_clear(&output->fd);
}

/* FALSE: it takes too long. */
static gboolean read_all(Output outputs[2])
{
    gint64 until = g_get_monotonic_time() + LIMIT_MS * (gint64)1000;
    while (outputs[0].fd >= 0 || outputs[1].fd >= 0) {
        struct pollfd fds[2] = {{.fd = outputs[0].fd, .events = POLLIN},
                                {.fd = outputs[1].fd, .events = POLLIN}};
        gint64 left = until - g_get_monotonic_time();
        if (left <= 0)
            return FALSE;
        if (poll(fds, 2, (int)(left / 1000) + 1) < 0)
            continue;
        for (int i = 0; i < 2; i++)
            if (outputs[i].fd >= 0 && fds[i].revents)
                read_output(&outputs[i]);
    }
    return TRUE;
}

/* The status arrives as bytes: whoever waits for it may have gone. */
static void report_status(void *data, int wait_status)
{
    int fd = GPOINTER_TO_INT(data);
    srt_fd_write_all(fd, &wait_status, sizeof wait_status);
    close(fd);
}

static int read_status(int fd)
{
    int status = -1;
    ssize_t n;
    do
        n = read(fd, &status, sizeof status);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof status && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Runs srtctl. 0 with its output, or -1. */
static int run_ctl(SrtEmbedSpawn *spawn, Output outputs[2], srt_error **error)
{
    int out[2], err[2], status[2];
    if (!srt_embed_pipe(out, error))
        return -1;
    if (!srt_embed_pipe(err, error)) {
        close(out[0]);
        close(out[1]);
        return -1;
    }
    outputs[0].fd = out[0];
    outputs[1].fd = err[0];
    SrtEmbedChild *child = NULL;
    if (srt_embed_pipe(status, error)) {
        spawn->fds[1] = out[1];
        spawn->fds[2] = err[1];
        child = srt_embed_spawn(spawn, report_status, GINT_TO_POINTER(status[1]), error);
        if (!child) {
            close(status[0]);
            close(status[1]);
        }
    }
    close(out[1]);
    close(err[1]);
    if (!child)
        return -1;
    gboolean in_time = read_all(outputs);
    if (!in_time)
        srt_embed_child_signal(child, SIGKILL);
    int result = read_status(status[0]);
    close(status[0]);
    srt_embed_child_free(child);
    if (!in_time)
        return srt_embed_fail(error, SRT_E_TIMEOUT, "%s took longer than %d seconds",
                              spawn->argv[0], LIMIT_MS / 1000);
    if (result == 0)
        return 0;
    return srt_embed_fail(error, SRT_E_UNSUPPORTED, "%s",
                          outputs[1].text->len ? outputs[1].text->str : "srtctl plan failed");
}

char *srt_session_plan(srt_session *session, const char *directory, srt_error **error)
{
    if (!srt_session_usable(session, __func__, error))
        return NULL;
    g_autoptr(srt_settings) settings = srt_session_settings(session);
    g_autofree char *text = srt_settings_to_json(settings);
    srt_autofd int file = settings_file(text, error);
    srt_autofd int null = srt_embed_high_fd(open("/dev/null", O_RDWR | O_CLOEXEC));
    if (file < 0)
        return NULL;
    g_auto(GStrv) argv = plan_argv(session, file);
    g_auto(GStrv) env = g_get_environ();
    SrtEmbedSpawn spawn = {.argv = (const char *const *)argv,
                           .env = (const char *const *)env,
                           .cwd = directory,
                           .fds = {null, -1, -1},
                           .hand_down = file};
    Output outputs[2] = {{-1, g_string_new(NULL)}, {-1, g_string_new(NULL)}};
    int result = run_ctl(&spawn, outputs, error);
    for (int i = 0; i < 2; i++)
        srt_fd_clear(&outputs[i].fd);
    /* Not the number of a descriptor that is closed now. */
    g_autofree char *number = g_strdup_printf("\"/dev/fd/%d\"", file);
    g_autofree char *label = srt_json_quote(settings->label);
    g_string_replace(outputs[0].text, number, label, 0);
    char *out = g_string_free(outputs[0].text, FALSE);
    g_string_free(outputs[1].text, TRUE);
    if (result < 0)
        g_clear_pointer(&out, g_free);
    return out;
}

/* ---- a trial ---- */

static int judge(srt_process *process, char **warnings, srt_error **error)
{
    int status;
    int result = srt_process_wait(process, LIMIT_MS, &status, error);
    if (result < 0)
        return -1;
    if (result == 0) {
        srt_process_signal(process, SIGKILL, NULL);
        return srt_embed_fail(error, SRT_E_TIMEOUT, "a trial command took longer than %d seconds",
                              LIMIT_MS / 1000);
    }
    const char *failure = srt_process_failure(process);
    if (failure)
        return srt_embed_fail(error, process->greeted ? SRT_E_UNSUPPORTED : SRT_E_PROTOCOL, "%s",
                              failure);
    if (status != 0)
        return srt_embed_fail(
            error, SRT_E_UNSUPPORTED,
            "a trial command, a shell that does nothing, ended with status %d; are "
            "the shell and its libraries readable with these settings?",
            status);
    if (warnings)
        *warnings = g_strdup(process->notices);
    return 0;
}

int srt_session_check(srt_session *session, char **warnings, srt_error **error)
{
    if (!srt_session_usable(session, __func__, error))
        return -1;
    srt_autofd int null = srt_embed_high_fd(open("/dev/null", O_RDWR | O_CLOEXEC));
    srt_command command = {.struct_size = sizeof command,
                           .shell = ":",
                           .stdin_plus_1 = null + 1,
                           .stdout_plus_1 = null + 1,
                           .stderr_plus_1 = null + 1};
    if (warnings)
        *warnings = NULL;
    srt_process *process = srt_session_spawn(session, &command, error);
    if (!process)
        return -1;
    int result = judge(process, warnings, error);
    srt_process_free(process);
    return result;
}
