/* SPDX-License-Identifier: Apache-2.0 */
/* Lines to the system log (syslog, journald). Private to this room. */
#ifndef SRT_VIOLATION_SINK_SYSLOG_H
#define SRT_VIOLATION_SINK_SYSLOG_H

#include "violation/database.h"

/* "<13>Jan  2 03:04:05 srt[PID]: refused …", one line. Caller frees. */
char *srt_violation_syslog_line(const SrtViolationRecord *record,
                                const SrtViolationSession *session);
char *srt_violation_syslog_lost(guint64 lost, const SrtViolationSession *session);

/* A datagram socket to the log, or -1. */
int srt_syslog_open(const char *path);
/* Never waits: FALSE when the log does not take it. */
gboolean srt_syslog_send(int fd, const char *line);

#endif
