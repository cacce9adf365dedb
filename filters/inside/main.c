/* SPDX-License-Identifier: Apache-2.0 */
#include "inside.h"
#include "sys.h"

void inside_exit(int status)
{
    for (;;)
        sys1(SYS_exit_group, status);
}

static int usage(void)
{
    static const char text[] = "srt-inside: part of srt, not to be started by hand\n";
    sys3(SYS_write, 2, text, sizeof text - 1);
    return INSIDE_FAILED;
}

int inside_main(int argc, char **argv, const char *const *envp)
{
    if (argc == 4 && text_equal(argv[1], "run")) {
        long plan = text_number(argv[2], 1 << 20);
        long handoff = text_number(argv[3], 1 << 20);
        if (plan < 3 || handoff < 3 || plan == handoff)
            return usage();
        inside_run((int)plan, (int)handoff, envp);
    }
    if (argc == 4 && text_equal(argv[1], "connect"))
        return inside_connect(argv[2], argv[3], envp);
    return usage();
}

#ifdef SRT_HOSTED
int main(int argc, char **argv, char **envp)
{
    return inside_main(argc, argv, (const char *const *)envp);
}
#endif
