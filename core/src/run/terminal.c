/* SPDX-License-Identifier: Apache-2.0 */
#include "run/terminal.h"

#include <signal.h>
#include <unistd.h>

void srt_terminal_remember(SrtTerminal *ret)
{
    ret->fd = -1;
    ret->group = getpgrp();
    for (int fd = 0; fd < 3; fd++)
        if (tcgetattr(fd, &ret->mode) == 0) {
            ret->fd = tcgetpgrp(fd) == ret->group ? fd : -1;
            return;
        }
}

void srt_terminal_restore(const SrtTerminal *terminal, gboolean mode)
{
    sigset_t output, before;
    if (terminal->fd < 0)
        return;
    pid_t now = tcgetpgrp(terminal->fd);
    if (now < 0 || (now == terminal->group && !mode))
        return;
    /* A group in the background would be stopped for what follows. */
    sigemptyset(&output);
    sigaddset(&output, SIGTTOU);
    pthread_sigmask(SIG_BLOCK, &output, &before);
    if (now != terminal->group)
        tcsetpgrp(terminal->fd, terminal->group);
    if (mode)
        tcsetattr(terminal->fd, TCSANOW, &terminal->mode);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}
