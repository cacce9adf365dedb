/* SPDX-License-Identifier: Apache-2.0 */
#include "run/streams.h"

#include <sys/stat.h>

#include "base/error.h"

gboolean srt_run_check_streams(GError **error)
{
    static const char *const names[] = {"input", "output", "error"};
    for (int fd = 0; fd < 3; fd++) {
        struct stat st;
        if (fstat(fd, &st) < 0 || !S_ISDIR(st.st_mode))
            continue;
        g_set_error(error, SRT_ERROR, SRT_ERROR_LAUNCH,
                    "standard %s is a directory: through it the command could reach every file; "
                    "redirect it from or to a file, a pipe or /dev/null",
                    names[fd]);
        return FALSE;
    }
    return TRUE;
}
