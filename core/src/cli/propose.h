/* SPDX-License-Identifier: Apache-2.0 */
/* Refusals -> the smallest changes of the settings that would allow them. */
#ifndef SRT_CLI_PROPOSE_H
#define SRT_CLI_PROPOSE_H

#include "policy/policy.h"
#include "violation/record.h"

typedef struct SrtProposal {
    srt_operation operation;
    char *target;
    guint64 count;
    const char
        *section;    /* "filesystem"; NULL: no entry of the settings would help, or none should */
    const char *key; /* "allowWrite" */
    char *value;
    char *why; /* why there is none; NULL when there is one */
} SrtProposal;

void srt_proposal_free(SrtProposal *proposal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SrtProposal, srt_proposal_free)

/* For one record, judged by the policy as it is now. wide: a path stands for the place
 * that it belongs to (a repository, a cache of a tool), never for a whole home
 * directory. Secrets and protected names get none. Looks at the file system. Caller frees. */
SrtProposal *srt_propose(const SrtPolicy *policy, const SrtViolationRecord *record, gboolean wide);

/* For many: each entry once, those in the same directory or domain as one. SrtProposal*,
 * owned; first those with an entry. */
GPtrArray *srt_propose_all(const SrtPolicy *policy, const GPtrArray *records);

/* Pure parts, for their tests. */

/* Why a path (absolute, canonical) is never suggested: it holds secrets, or leads to some.
 * NULL when it may be. */
const char *srt_propose_secret(const char *path, const char *home);
/* Whether granting a directory would open far more than was asked for. */
gboolean srt_propose_too_wide(const char *path, const char *home);
/* "*.x" that covers host (canonical) and its neighbours; NULL when that would be a public suffix or
 * less than two labels would lie left of one. Caller frees. */
char *srt_propose_wildcard(const char *host);

#endif
