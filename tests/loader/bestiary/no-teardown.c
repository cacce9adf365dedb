/* SPDX-License-Identifier: Apache-2.0 */
/* Lacks teardown. */
#include "beast.h"

BEAST("no-teardown", .teardown = NULL)
