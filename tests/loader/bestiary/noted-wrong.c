/* SPDX-License-Identifier: Apache-2.0 */
/* Its file says that it comes first, and the descriptor that it comes last. */
#include "beast.h"

SRT_BACKEND_NOTE(1000);

BEAST("noted-wrong", .priority = 1)
