/* SPDX-License-Identifier: Apache-2.0 */
/* Has no version. */
#include "beast.h"

BEAST("version-null", .version = NULL)
