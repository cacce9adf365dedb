/* SPDX-License-Identifier: Apache-2.0 */
/* Lacks wrap. */
#include "beast.h"

BEAST("no-wrap", .wrap = NULL)
