/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal is the caller's: what a command that was killed left behind is
 * put right. */
#ifndef SRT_RUN_TERMINAL_H
#define SRT_RUN_TERMINAL_H

#include <glib.h>
#include <sys/types.h>
#include <termios.h>

typedef struct SrtTerminal {
    int fd; /* -1: there is none, or it is not ours to use now */
    pid_t group;
    struct termios mode;
} SrtTerminal;

void srt_terminal_remember(SrtTerminal *ret);
/* Makes our group the foreground again; with mode, also the settings. */
void srt_terminal_restore(const SrtTerminal *terminal, gboolean mode);

#endif
