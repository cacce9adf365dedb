/* SPDX-License-Identifier: Apache-2.0 */
/* The sockets by which srt finds the program that embeds it: where they lie, listening, connecting,
 * who is at the other end. They lie in "sessions" in srt's state directory, for the user alone, and
 * no command may connect to them, whatever its settings allow. */
#ifndef SRT_CHANNEL_PLACE_H
#define SRT_CHANNEL_PLACE_H

#include <glib.h>

#define SRT_CHANNEL_DIRECTORY "sessions"
#define SRT_CHANNEL_NAME_LENGTH 16 /* lower-case hex digits */

/* The directory of the sockets; NULL when srt has no state directory (srt_state_directory). Caller
 * frees. */
char *srt_channel_directory(const char *home);

/* Makes it where it is missing, as far as that can be done. */
void srt_channel_make_directory(const char *home);
/* Whether the socket at path lies in it: elsewhere no policy would keep commands away from it.
 * FALSE with *error. */
gboolean srt_channel_check_place(const char *path, const char *home, GError **error);

/* Makes the directory (mode 0700) where it is missing, removes sockets in it that nobody listens
 * on, and listens on a new one. *ret_path: its path, for srt_channel_close; caller frees. -1 with
 * *error: the directory is not the user's own, it is a link, the path is too long for a socket, …
 * The descriptor is closed on exec. Waits for others who do the same at this moment. */
int srt_channel_listen(const char *home, char **ret_path, GError **error);
/* Closes the listening socket and removes its file; accepts what is -1 and NULL. *path is freed. */
void srt_channel_close(int *fd, char **path);

/* Takes a connection from a listening socket; -1 with *error when there is none (*ret_errno says
 * why: EAGAIN when it does not block) or it is somebody else's (*ret_errno is EPERM): go on
 * listening then. ret_errno may be NULL. */
int srt_channel_accept(int listener, int *ret_errno, GError **error);

/* Connects to a listening socket of the same user; -1 with *error. */
int srt_channel_connect(const char *path, GError **error);

/* Whether the other end of a connected unix socket is a process of this user. */
gboolean srt_channel_check_peer(int fd, GError **error);

#endif
