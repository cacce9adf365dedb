/* SPDX-License-Identifier: Apache-2.0 */
/* Exports what others could collide with. */
#include "../bestiary/beast.h"

SRT_BACKEND_EXPORT int helper_of_mine(void);

int helper_of_mine(void)
{
    return 0;
}

BEAST("exports-more", .version = "1.0")
