/* SPDX-License-Identifier: Apache-2.0 */
/* Forgot the number of the interface. */
#include "beast.h"

BEAST("abi-zero", .abi = 0)
