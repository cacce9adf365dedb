/* SPDX-License-Identifier: Apache-2.0 */
/* Has no summary. */
#include "beast.h"

BEAST("summary-null", .summary = NULL)
