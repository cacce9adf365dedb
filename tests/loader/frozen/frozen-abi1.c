/* SPDX-License-Identifier: Apache-2.0 */
/* What somebody built when the headers beside this file were the headers. They are never
 * changed: a module like this one has to work for as long as SRT_BACKEND_ABI is 1, and is to be
 * refused after that. */
#include "../bestiary/beast.h"

BEAST("frozen-abi1", .version = "1.0")
