/* SPDX-License-Identifier: Apache-2.0 */
/* The refusals of one run: kept, sent to where they are recorded, summed up at the end. */
#ifndef SRT_RUN_REPORTING_H
#define SRT_RUN_REPORTING_H

#include "run/manager.h"
#include "run/session.h"
#include "violation/store.h"

typedef struct SrtReporting SrtReporting;

/* config, policy and manager (NULL: nobody embeds srt) must live until srt_reporting_end. Nothing
 * is opened yet. */
SrtReporting *srt_reporting_new(const SrtRunOptions *options, SrtManager *manager,
                                const SrtConfig *config, const srt_policy *policy);
SrtViolationStore *srt_reporting_store(SrtReporting *reporting);

/* When nothing of the sandbox runs any more. Writes out what waits and frees; on a terminal
 * says in a few lines what was refused to a command that failed. Accepts NULL. */
void srt_reporting_end(SrtReporting *reporting, int status);

#endif
