/* SPDX-License-Identifier: Apache-2.0 */
/* Thinks that there is always a state. */
#include "../bestiary/beast.h"

static void teardown(srt_backend_state *state)
{
    volatile int *number = state;
    *number += 1;
    beast_teardown(state);
}

BEAST("teardown-null", .teardown = teardown)
