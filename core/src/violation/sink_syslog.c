/* SPDX-License-Identifier: Apache-2.0 */
/* syslog(3) waits for a log that is full; this does not. */
#include "violation/sink_syslog.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"

#define PRIORITY 13 /* user.notice */
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

/* Month names of the protocol, whatever the locale. */
static GString *begin_line(gint64 time_us, const SrtViolationSession *session)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t seconds = (time_t)(time_us / G_USEC_PER_SEC);
    struct tm tm;
    GString *line = g_string_new(NULL);
    localtime_r(&seconds, &tm);
    g_string_append_printf(line, "<%d>%.3s %2d %02d:%02d:%02d srt[%d]: ", PRIORITY,
                           months + 3 * (tm.tm_mon % 12), tm.tm_mday, tm.tm_hour, tm.tm_min,
                           tm.tm_sec, session->pid);
    return line;
}

/* The text is harmless already; quotes keep one value from looking like two. */
static void append(GString *line, const char *key, const char *value)
{
    if (!value)
        return;
    g_string_append_printf(line, " %s=\"", key);
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            g_string_append_c(line, '\\');
        g_string_append_c(line, *value);
    }
    g_string_append_c(line, '"');
}

char *srt_violation_syslog_line(const SrtViolationRecord *record,
                                const SrtViolationSession *session)
{
    GString *line = begin_line(record->last_us, session);
    g_string_append_printf(line, "refused operation=%s count=%" G_GUINT64_FORMAT " pid=%d",
                           srt_operation_name(record->operation), record->count, record->pid);
    append(line, "target", record->target);
    append(line, "rule", srt_violation_rule(record));
    append(line, "reason", record->reason);
    append(line, "program", record->program);
    append(line, "backend", record->backend);
    append(line, "session", session->id);
    append(line, "command", record->command);
    return g_string_free(line, FALSE);
}

char *srt_violation_syslog_lost(guint64 lost, const SrtViolationSession *session)
{
    GString *line = begin_line(g_get_real_time(), session);
    g_string_append_printf(line, "refused, but not recorded: lost=%" G_GUINT64_FORMAT, lost);
    append(line, "session", session->id);
    return g_string_free(line, FALSE);
}

int srt_syslog_open(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return -1;
    memcpy(address.sun_path, path, strlen(path) + 1);
    srt_autofd int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    if (fd < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ||
        connect(fd, (const struct sockaddr *)&address, sizeof address) < 0)
        return -1;
    return srt_fd_steal(&fd);
}

gboolean srt_syslog_send(int fd, const char *line)
{
    return send(fd, line, strlen(line), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}
