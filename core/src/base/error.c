/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include <stdarg.h>
#include <string.h>

/* Formatting would write "srt - error". */
/* clang-format off */
G_DEFINE_QUARK(srt-error, srt_error)
/* clang-format on */

gboolean srt_set_errno(GError **error, SrtError code, int e, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    /* Not g_strerror: it opens the character set converters, for English text. */
    g_set_error(error, SRT_ERROR, code, "%s: %s", text, strerror(e));
    return FALSE;
}
