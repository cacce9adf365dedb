/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands of srtctl about refusals share: which records, and by which settings they
 * are judged. */
#ifndef SRT_CLI_RECORDS_H
#define SRT_CLI_RECORDS_H

#include "policy/policy.h"
#include "violation/database.h"

/* Records that a query finds; an empty list when nothing was ever recorded. NULL with
 * *error. ret_lost may be NULL. */
GPtrArray *srt_ctl_records(const SrtViolationQuery *query, guint64 *ret_lost, GError **error);

/* "read,write,…" into bits. SRT_ERROR_USAGE names what is no kind. */
gboolean srt_ctl_kinds(const char *text, guint *ret_bits, GError **error);

/* The file that judges them: named (NULL: not given), else the one of the newest record's
 * run, else the default place; absolute. Caller frees. */
char *srt_ctl_settings_of(const char *named, const GPtrArray *records);

/* Policy by that file, in the directory where the newest record's run was, or here when it is gone
 * or records is NULL. A file that does not exist means the built-in defaults. */
gboolean srt_ctl_policy_of(const char *settings, const GPtrArray *records, SrtConfig **ret_config,
                           SrtPolicy **ret_policy, GError **error);

/* Writes text in place of the file (whose links are followed) at once, or not at all. */
gboolean srt_ctl_replace_file(const char *path, const char *text, GError **error);

struct SrtSettingsEntry;
/* Adds entries to the settings file: prints the difference; write: also changes the file,
 * after it was seen that the new text is right. config: what the file says now. Returns an
 * exit status of srtctl. */
int srt_ctl_add_entries(const char *file, const SrtConfig *config,
                        const struct SrtSettingsEntry *entries, guint n, gboolean write);

#endif
