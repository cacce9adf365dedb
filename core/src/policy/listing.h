/* SPDX-License-Identifier: Apache-2.0 */
/* What directories held when they were read, so that one that has not changed since need
 * not be read again. Private to this room.
 *
 * Whoever makes, renames or removes a name in a directory sets its time of change to the
 * clock's, and nobody can set that time to anything else. So a directory with the same
 * identity and the same time of change holds the same names, provided that
 *   - the time was well in the past already when the directory was first read: a change
 *     within the same tick of a coarse clock would not be seen. What changed in the last
 *     seconds is not remembered;
 *   - the file system keeps such times itself and exactly: only those known to are taken,
 *     no network file system, no FUSE. Elsewhere nothing is remembered. */
#ifndef SRT_POLICY_LISTING_H
#define SRT_POLICY_LISTING_H

#include <glib.h>
#include <sys/stat.h>

/* Directories that are remembered at most. */
#define SRT_LISTINGS_MAX 50000u
/* Seconds for which a directory must not have changed when it is read. The coarsest times
 * of the file systems that count are of a second. */
#define SRT_LISTING_SETTLED 2

typedef struct SrtListings SrtListings;

SrtListings *srt_listings_new(void);
void srt_listings_free(SrtListings *listings); /* accepts NULL */

/* Before the open directory is read: notes its state. FALSE: it cannot be remembered. now: seconds
 * of the clock that files get their times of. */
gboolean srt_listing_mark(SrtListings *listings, int directory, gint64 now, struct stat *ret);
/* After it was read to its end: names are those of the directories in it, each ended by NUL, size
 * bytes in all. */
void srt_listing_remember(SrtListings *listings, const char *path, const struct stat *before,
                          const char *names, gsize size);
/* Whether path, which is name in the open directory parent, is what was remembered and has not
 * changed. Then *ret_names and *ret_size are the names, borrowed. */
gboolean srt_listing_holds(const SrtListings *listings, const char *path, int parent,
                           const char *name, const char **ret_names, gsize *ret_size);

#endif
