/* SPDX-License-Identifier: Apache-2.0 */
/* Is for a system that nobody knows. */
#include "beast.h"

BEAST("platform-unknown", .platform = "beos")
