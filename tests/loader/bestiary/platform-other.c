/* SPDX-License-Identifier: Apache-2.0 */
/* Is for another system. */
#include "beast.h"

BEAST("platform-other", .platform = "macos")
