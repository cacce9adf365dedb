/* SPDX-License-Identifier: Apache-2.0 */
/* Has the name of another one. */
#include "beast.h"

BEAST("name-other", .name = "good")
