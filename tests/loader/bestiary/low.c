/* SPDX-License-Identifier: Apache-2.0 */
/* Does everything right, and comes last. */
#include "beast.h"

BEAST("low", .priority = 1)
