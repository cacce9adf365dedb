/* SPDX-License-Identifier: Apache-2.0 */
/* The first bytes of a module: what is found is one of the words that stand there. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "plugin/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gint32 priority = 0;
    /* Memory of its own, so that a byte too far is noticed. */
    g_autofree guint8 *head = g_memdup2(data, size);
    if (!srt_note_find(head, size, &priority))
        return 0;
    if (size < sizeof priority || !memmem(data, size, &priority, sizeof priority))
        abort();
    return 0;
}
