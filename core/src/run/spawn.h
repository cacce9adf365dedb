/* SPDX-License-Identifier: Apache-2.0 */
/* Starting one process: no shell, no PATH, nothing inherited by accident. */
#ifndef SRT_RUN_SPAWN_H
#define SRT_RUN_SPAWN_H

#include <glib.h>
#include <sys/types.h>

typedef struct SrtSpawn {
    const char *const *argv; /* argv[0] is an absolute path */
    const char *const *env;
    const int *fds; /* fds[i] becomes descriptor 3 + i; 0 to 2 are inherited */
    gsize n_fds;
    guint64 ignored;     /* bit n: signal n is ignored in it; all others are default */
    gboolean is_command; /* what is started is the command, not a tool on the way to it */
} SrtSpawn;

/* A command dies when the calling thread's process dies (Linux). A tool does not:
 * killed half-way it could leave behind what it has made by then, so it ends by
 * itself, because what is inside finds nobody at the other end of the hand-off; from
 * then on the backend ties it to its parent. The signal mask is empty. *ret_pid has
 * to be waited for. SRT_ERROR_LAUNCH; for a command SRT_ERROR_NOT_FOUND or
 * SRT_ERROR_NOT_EXECUTABLE. */
gboolean srt_spawn(const SrtSpawn *spawn, pid_t *ret_pid, GError **error);

/* Nothing that this program inherited is passed on to any process that it
 * starts: marks all descriptors above 2 close-on-exec. */
void srt_spawn_seal_descriptors(void);

#endif
