/* SPDX-License-Identifier: Apache-2.0 */
#include "run/control.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "config/config.h"

struct SrtControl {
    int fd;
    SrtNetPolicy *policy; /* the one that counts now */
    SrtControlApply apply;
    void *data;
    GString *line;
    gboolean skipping; /* inside a line that is too long */
    gboolean heard;    /* a whole line has come */
    gboolean lost;
};

SrtControl *srt_control_new(int fd, SrtNetPolicy *first, SrtControlApply apply, void *data)
{
    SrtControl *control = g_new0(SrtControl, 1);
    control->fd = fd;
    control->policy = srt_net_policy_ref(first);
    control->apply = apply;
    control->data = data;
    control->line = g_string_new(NULL);
    return control;
}

void srt_control_free(SrtControl *control)
{
    if (!control)
        return;
    g_string_free(control->line, TRUE);
    srt_net_policy_unref(control->policy);
    g_free(control);
}

static void ignore_update(const SrtControl *control, const char *why)
{
    srt_log_error("update on descriptor %d ignored, the settings stay as they were: %s",
                  control->fd, why);
}

SrtNetPolicy *srt_control_renew(SrtNetPolicy *now, const char *text, gsize length,
                                const char *label, GError **error)
{
    g_autoptr(GError) wrong = NULL;
    g_autoptr(SrtConfig) config = srt_config_parse(text, length, label, NULL, &wrong);
    SrtNetPolicy *policy = config ? srt_net_policy_renew(now, &config->network, &wrong) : NULL;
    if (!policy) {
        g_strdelimit(wrong->message, "\n", ';');
        g_propagate_error(error, g_steal_pointer(&wrong));
    }
    return policy;
}

static void take_line(SrtControl *control)
{
    g_autoptr(GError) error = NULL;
    const char *text = control->line->str;
    gsize length = control->line->len;
    if (strspn(text, " \t\r") == length)
        return;
    g_autoptr(SrtNetPolicy) policy =
        srt_control_renew(control->policy, text, length, "control", &error);
    if (!policy) {
        ignore_update(control, error->message);
        return;
    }
    srt_log_debug("update on descriptor %d taken", control->fd);
    control->apply(control->data, policy);
    srt_net_policy_unref(control->policy);
    control->policy = g_steal_pointer(&policy);
}

static void add_piece(SrtControl *control, const char *bytes, gsize length)
{
    if (control->skipping)
        return;
    if (length > SRT_CONTROL_LINE_MAX - control->line->len) {
        control->skipping = TRUE;
        g_string_truncate(control->line, 0);
        ignore_update(control, "the line is longer than 4 MiB");
        return;
    }
    g_string_append_len(control->line, bytes, (gssize)length);
}

void srt_control_feed(SrtControl *control, const char *bytes, gsize length)
{
    while (length > 0) {
        const char *end = memchr(bytes, '\n', length);
        gsize n = end ? (gsize)(end - bytes) : length;
        add_piece(control, bytes, n);
        if (!end)
            return;
        control->heard = TRUE;
        if (!control->skipping)
            take_line(control);
        control->skipping = FALSE;
        g_string_truncate(control->line, 0);
        bytes += n + 1;
        length -= n + 1;
    }
}

gboolean srt_control_read(SrtControl *control)
{
    char buffer[16384];
    ssize_t n = read(control->fd, buffer, sizeof buffer);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return TRUE;
    if (n < 0 && !control->heard) {
        srt_log_error("--control-fd %d cannot be read, the command is ended: %s", control->fd,
                      g_strerror(errno));
        control->lost = TRUE;
        return FALSE;
    }
    if (n < 0) {
        srt_log_error("descriptor %d cannot be read any more, the settings stay as they are: %s",
                      control->fd, g_strerror(errno));
        return FALSE;
    }
    if (n > 0) {
        srt_control_feed(control, buffer, (gsize)n);
        return TRUE;
    }
    /* A last line may lack its end. */
    srt_control_feed(control, "\n", 1);
    return FALSE;
}

gboolean srt_control_is_lost(const SrtControl *control)
{
    return control->lost;
}
