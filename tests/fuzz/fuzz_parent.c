/* SPDX-License-Identifier: Apache-2.0 */
/* A parent proxy's URL in the first line, a noProxy list in the second, a host
 * in the third. */
#include <stdint.h>
#include <string.h>

#include "net/parent.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", 3);
    SrtParent parent;
    SrtHost host;
    if (!lines[0])
        return 0;
    srt_parent_parse(lines[0], &parent);
    srt_parent_clear(&parent);
    if (!lines[1] || !lines[2])
        return 0;
    SrtNoProxy *list = srt_no_proxy_new(lines[1]);
    if (srt_host_parse(lines[2], strlen(lines[2]), &host))
        srt_no_proxy_matches(list, &host);
    srt_no_proxy_free(list);
    return 0;
}
