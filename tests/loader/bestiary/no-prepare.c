/* SPDX-License-Identifier: Apache-2.0 */
/* Lacks prepare. */
#include "beast.h"

BEAST("no-prepare", .prepare = NULL)
