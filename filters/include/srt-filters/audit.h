/* SPDX-License-Identifier: Apache-2.0 */
/* What Landlock refuses to read or execute in a sandbox, as the kernel's audit says it
 * (Linux 6.15): exact, and without any cost for what is not refused. For root alone, and
 * only where audit is on: this never turns it on, which would change the whole machine. The
 * rulesets need SRT_LANDLOCK_RESTRICT_SELF_LOG_NEW_EXEC_ON. libc and threads only; made for
 * backends. */
#ifndef SRT_FILTERS_AUDIT_H
#define SRT_FILTERS_AUDIT_H

#include "srt-filters/supervise.h"

typedef struct srt_audit srt_audit;

/* Whether it could be. 0; -EPERM: not for this process; -ENODATA: audit is off; another
 * negative errno value: the kernel has none. */
int srt_audit_possible(void);

/* Listens for the sandbox of a supervisor, which takes the records and lives longer. To be
 * called before the command is launched. 0 or as above. */
int srt_audit_new(srt_supervisor *supervisor, srt_audit **ret);
/* Before draining. When the command has ended, the first call waits, a second at most, for
 * what the kernel said of it. NULL is fine for both. */
void srt_audit_settle(srt_audit *audit);
void srt_audit_free(srt_audit *audit);

#endif
