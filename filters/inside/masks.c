/* SPDX-License-Identifier: Apache-2.0 */
/* The file system of the masks: see srt-filters/masks.h. The kernel wants it to be opened
 * and mounted in one user namespace, so this is where it is done. */
#include <fcntl.h>
#include <sys/mount.h>

#include "inside.h"
#include "sys.h"

static void add_option(inside_text *text, const char *name, unsigned long value)
{
    text_add(text, name);
    text_add_number(text, value);
}

void masks_mount(const inside_plan *plan, int handoff)
{
    const int channel = (int)plan->masks_channel;
    inside_text options = {.length = 0};
    /* Who answers may not sleep in a read for a request that was taken back. */
    long fd = sys4(SYS_openat, AT_FDCWD, "/dev/fuse", O_RDWR | O_CLOEXEC | O_NONBLOCK, 0);
    if (fd < 0)
        fail_errno(handoff, "open /dev/fuse, to hide what may not be read", fd);
    add_option(&options, "fd=", (unsigned long)fd);
    add_option(&options, ",rootmode=40000,user_id=", (unsigned long)sys0(SYS_geteuid));
    add_option(&options, ",group_id=", (unsigned long)sys0(SYS_getegid));
    /* Others are those of this user namespace and of the ones in it, nobody else. */
    text_add(&options, ",allow_other");
    long r = sys5(SYS_mount, "srt", plan->masks, "fuse", MS_NOSUID | MS_NODEV, options.bytes);
    if (r < 0)
        fail_errno(handoff, "mount what hides what may not be read", r);
    r = handoff_masks(channel, (int)fd);
    if (r < 0)
        fail_errno(handoff, "hand out what hides what may not be read", r);
    sys1(SYS_close, fd);
    sys1(SYS_close, channel);
}
