/* SPDX-License-Identifier: Apache-2.0 */
/* Ends before the last operation. */
#include "beast.h"

BEAST("short-struct", .struct_size = offsetof(srt_backend, teardown))
