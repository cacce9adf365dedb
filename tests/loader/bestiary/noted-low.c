/* SPDX-License-Identifier: Apache-2.0 */
/* Does everything right, comes nearly last, and says so in its file. */
#include "beast.h"

SRT_BACKEND_NOTE(2);

BEAST("noted-low", .priority = 2)
