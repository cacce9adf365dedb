/* SPDX-License-Identifier: Apache-2.0 */
/* Has a summary of two lines. */
#include "beast.h"

BEAST("summary-newline", .summary = "one\ntwo")
