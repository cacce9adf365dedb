/* SPDX-License-Identifier: Apache-2.0 */
/* Does everything right, and is never chosen automatically. */
#include "beast.h"

BEAST("negative", .priority = -1)
