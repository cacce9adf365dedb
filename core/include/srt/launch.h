/* SPDX-License-Identifier: Apache-2.0 */
/* A launch: one command on its way into the sandbox.
 *
 * The host makes it with the command that the user wants; the backend's wrap
 * turns it into what really gets executed. The type is opaque; a backend edits
 * it through the host table (srt_host.launch_*). A launch is used from one
 * thread, and belongs to the host.
 */
#ifndef SRT_LAUNCH_H
#define SRT_LAUNCH_H

#ifdef __cplusplus
extern "C" {
#endif

typedef struct srt_launch srt_launch;

/* Hand-off: how a process inside the sandbox speaks to the host before it
 * becomes the command. It is a SOCK_SEQPACKET unix socket whose inner end is
 * in the launch (launch_handoff_fd). One message is one packet; the first byte
 * is the kind. Everything goes outwards; nothing is ever answered.
 *
 *   LISTENER  byte 1: srt_listener_role; one descriptor: a listening socket
 *   COMMAND   one descriptor: a pidfd of the process that will be the command.
 *             Sent last. After it the socket closes by exec: end of file means
 *             that the command runs. Every other process that has the socket
 *             closes it before.
 *   FAILED    byte 1: exit status that srt should end with (125, 126, 127);
 *             bytes 2..: text for people, no NUL, no newline, at most 1000 bytes
 *
 * End of file without COMMAND or FAILED means that the set-up died: 125. */
#define SRT_HANDOFF_LISTENER 'L'
#define SRT_HANDOFF_COMMAND 'C'
#define SRT_HANDOFF_FAILED 'E'
#define SRT_HANDOFF_MAX 1024 /* bytes in a packet, descriptors not counted */

#ifdef __cplusplus
}
#endif
#endif
