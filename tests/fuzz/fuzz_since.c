/* SPDX-License-Identifier: Apache-2.0 */
/* Points in time. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/since.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(GError) error = NULL;
    gint64 at = -1;
    gboolean ok = srt_since_parse(text, G_GINT64_CONSTANT(1800000000000000), &at, &error);
    if (ok == (error != NULL) || (ok && at < 0))
        abort();
    return 0;
}
