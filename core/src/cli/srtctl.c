/* SPDX-License-Identifier: Apache-2.0 */
/* srtctl: everything that is not running a command. */
#include "base/log.h"
#include "cli/ctl.h"
#include "cli/streams.h"

int main(int argc, char **argv)
{
    const char *debug = g_getenv("SRT_DEBUG");
    if (srt_cli_open_streams() != 0)
        return SRT_CTL_FAILED;
    srt_log_set_debug(debug && *debug);
    return srt_cli_flush(srt_ctl_main(argc, (const char *const *)argv));
}
