/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/error.h"

char *srt_random_hex(gsize count, const char *what, GError **error)
{
    guchar bytes[SRT_RANDOM_MAX];
    g_return_val_if_fail(count <= sizeof bytes, NULL);
    if (getentropy(bytes, count) != 0) {
        srt_set_errno(error, SRT_ERROR_FAILED, errno, "cannot make %s of random numbers", what);
        return NULL;
    }
    GString *text = g_string_sized_new(2 * count);
    for (gsize i = 0; i < count; i++)
        g_string_append_printf(text, "%02x", bytes[i]);
    memset(bytes, 0, sizeof bytes);
    return g_string_free(text, FALSE);
}
