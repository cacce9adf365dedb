/* SPDX-License-Identifier: Apache-2.0 */
/* Does everything right, comes first, and says so in its file. */
#include "beast.h"

SRT_BACKEND_NOTE(60);

BEAST("noted-high", .priority = 60)
