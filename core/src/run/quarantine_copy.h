/* SPDX-License-Identifier: Apache-2.0 */
/* Moving to another file system: copies and removes, within limits, following no link.
 * Private to the quarantine. */
#ifndef SRT_RUN_QUARANTINE_COPY_H
#define SRT_RUN_QUARANTINE_COPY_H

#include <glib.h>
#include <sys/types.h>

/* What is left of the limits. */
typedef struct SrtCopyLimits {
    guint64 bytes;
    guint entries;
} SrtCopyLimits;

/* Regular files, symbolic links and directories are copied; of other kinds only the name
 * is taken away. What the limits do not allow to be copied is removed all the same: it
 * must not stay. FALSE with errno when something could not be removed. */
gboolean srt_copy_away(int from, const char *name, int to, const char *new_name,
                       SrtCopyLimits *limits);

/* Sets the mode of an entry that is no link, or of the directory itself ("."). Failure shows in
 * what needs it. */
void srt_copy_chmod(int directory, const char *name, mode_t mode);

#endif
