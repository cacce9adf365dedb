/* SPDX-License-Identifier: Apache-2.0 */
/* srt's state directory: records, sockets of programs that embed srt. */
#ifndef SRT_BASE_STATE_H
#define SRT_BASE_STATE_H

#include <glib.h>

/* "$XDG_STATE_HOME/srt", or "HOME/.local/state/srt"; NULL when neither is an absolute path.
 * Caller frees. */
char *srt_state_directory(const char *home);

/* Opens it; create: makes what is missing, mode 0700. The directory itself is never a
 * link, belongs to the caller and is for nobody else (that is put right when it is
 * not). -1 with *error set; then *ret_missing (may be NULL) says that it is just not there. */
int srt_state_open(const char *directory, gboolean create, gboolean *ret_missing, GError **error);

/* Opens or makes a regular file of ours in it, mode 0600, never through a link. */
int srt_state_open_file(int directory, const char *name, gboolean create, gboolean *ret_missing,
                        GError **error);

/* Opens a directory of ours in it, as srt_state_open does; create: makes it. */
int srt_state_open_directory(int directory, const char *name, gboolean create,
                             gboolean *ret_missing, GError **error);

#endif
