/* SPDX-License-Identifier: Apache-2.0 */
/* Was built for a later interface. */
#include "beast.h"

BEAST("abi-two", .abi = 2)
