/* SPDX-License-Identifier: Apache-2.0 */
/* Does everything right. */
#include "beast.h"

BEAST("good", .version = "1.0")
