/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/streams.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

int srt_cli_open_streams(void)
{
    for (int fd = 0; fd < 3; fd++)
        /* Not close-on-exec: the command inherits them. The lowest free number
         * is fd, because all below are open. */
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd ? O_WRONLY : O_RDONLY) != fd)
            return -1;
    return 0;
}

int srt_cli_flush(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    srt_log_error("standard output: %s", strerror(errno));
    return 125;
}
