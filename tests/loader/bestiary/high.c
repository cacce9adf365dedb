/* SPDX-License-Identifier: Apache-2.0 */
/* Does everything right, and comes first. */
#include "beast.h"

BEAST("high", .priority = 50)
