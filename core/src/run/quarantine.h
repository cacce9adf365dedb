/* SPDX-License-Identifier: Apache-2.0 */
/* Where things go that a command was not to make: out of its reach, and kept for
 * people to look at. Nothing that the command left behind is followed on the way. */
#ifndef SRT_RUN_QUARANTINE_H
#define SRT_RUN_QUARANTINE_H

#include <glib.h>

#define SRT_QUARANTINE_FILE_MAX (64 * 1024 * 1024)  /* bytes kept of one file that is copied */
#define SRT_QUARANTINE_COPY_MAX (512 * 1024 * 1024) /* bytes copied in all */
#define SRT_QUARANTINE_ENTRIES_MAX 100000           /* files copied in all */
#define SRT_QUARANTINE_DEPTH_MAX 128

typedef struct SrtQuarantine SrtQuarantine;

/* state: the user's directory for such things ($XDG_STATE_HOME), absolute; NULL: none. What exists
 * of it is opened now, before the command could put something else in its place; nothing
 * is made until there is something to keep. */
SrtQuarantine *srt_quarantine_new(const char *state);
void srt_quarantine_free(SrtQuarantine *quarantine); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SrtQuarantine, srt_quarantine_free)

/* Keeps things in a fresh directory below /var/tmp instead; before the first one. */
void srt_quarantine_avoid_state(SrtQuarantine *quarantine);
/* The path where things would go otherwise; borrowed. */
const char *srt_quarantine_state(const SrtQuarantine *quarantine);

/* Moves root + "/" + relative away: by renaming, and to another file system by copying
 * files, within the limits, and removing. A line about it goes to note.json there.
 * *ret_place gets where it is now. Errors: SRT_ERROR_FAILED; the thing may then still be
 * in its place. */
gboolean srt_quarantine_take(SrtQuarantine *quarantine, const char *root, const char *relative,
                             const char *rule, const char *why, char **ret_place, GError **error);

#endif
