/* SPDX-License-Identifier: Apache-2.0 */
/* Has a name that is none. */
#include "beast.h"

BEAST("name-bad", .name = "Name Bad")
