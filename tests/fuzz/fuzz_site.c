/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a site file: what comes out is words without blanks or comments. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "plugin/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_auto(GStrv) names = srt_site_parse(text);
    for (char **name = names; *name; name++)
        if (!**name || strpbrk(*name, " \t\r\n#"))
            abort();
    return 0;
}
