/* SPDX-License-Identifier: Apache-2.0 */
/* Lacks monitor. */
#include "beast.h"

BEAST("no-monitor", .monitor = NULL)
