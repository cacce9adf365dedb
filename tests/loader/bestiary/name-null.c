/* SPDX-License-Identifier: Apache-2.0 */
/* Has no name. */
#include "beast.h"

BEAST("name-null", .name = NULL)
