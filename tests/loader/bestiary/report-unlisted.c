/* SPDX-License-Identifier: Apache-2.0 */
/* Says that it enforces what its descriptor does not list. */
#include "beast.h"

BEAST("report-unlisted", .classes = BEAST_ALL & ~(UINT64_C(1) << SRT_RULE_IPC))
