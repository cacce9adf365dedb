/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a profile can be applied here. */
#include <errno.h>
#include <unistd.h>

#include "backend.h"

#define EXIT_BAD_PROFILE 65
#define EXIT_REFUSED 71 /* already in a sandbox: they do not nest */

int sb_probe(const srt_host *host)
{
    const char *tool = sb_tool_sandbox_exec();
    const char *const argv[] = {tool, "-p", "(version 1)(allow default)", "/usr/bin/true", NULL};
    pid_t pid;
    if (access(tool, X_OK) != 0)
        return host->fail(host, ENOTSUP,
                          "%s is not here: it is a part of macOS. Elsewhere only its plan can be "
                          "seen (srtctl plan --backend=seatbelt)",
                          tool);
    int r = sb_start(argv, &pid, NULL);
    if (r < 0)
        return host->fail(host, -r, "cannot start %s", tool);
    int status = sb_wait(pid);
    if (status == 0)
        return 0;
    if (status == EXIT_REFUSED)
        return host->fail(host, ENOTSUP,
                          "%s is refused, as it is inside of another Seatbelt sandbox, which do "
                          "not nest: run srt outside of it",
                          tool);
    return host->fail(host, ENOTSUP, "%s does not work here: it ends with status %d%s", tool,
                      status, status == EXIT_BAD_PROFILE ? " (it cannot read a profile)" : "");
}
