/* SPDX-License-Identifier: Apache-2.0 */
/* Has a summary that speaks to the terminal. */
#include "beast.h"

BEAST("summary-escape", .summary = "red: \033[31m")
