/* SPDX-License-Identifier: Apache-2.0 */
#include "embed/error.h"

#include <string.h>

#include "base/error.h"

#define STRUCT_MAX 4096 /* bytes; more is a member that was never set */

struct srt_error {
    srt_error_code code;
    char *text;
};

static void set(srt_error **error, srt_error_code code, char *text)
{
    if (!error || *error) {
        g_free(text);
        return;
    }
    *error = g_new(srt_error, 1);
    (*error)->code = code;
    (*error)->text = g_strchomp(text);
}

int srt_embed_fail(srt_error **error, srt_error_code code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set(error, code, g_strdup_vprintf(format, args));
    va_end(args);
    return -1;
}

int srt_embed_misuse(srt_error **error, const char *function, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    return srt_embed_fail(error, SRT_E_USAGE, "%s: %s", function, text);
}

static srt_error_code code_of(const GError *error)
{
    switch (error->domain == SRT_ERROR ? error->code : SRT_ERROR_FAILED) {
    case SRT_ERROR_USAGE:
        return SRT_E_USAGE;
    case SRT_ERROR_SETTINGS:
    case SRT_ERROR_POLICY:
        return SRT_E_SETTINGS;
    case SRT_ERROR_BACKEND:
    case SRT_ERROR_UNENFORCED:
        return SRT_E_UNSUPPORTED;
    case SRT_ERROR_NOT_FOUND:
        return SRT_E_NOT_FOUND;
    default:
        return SRT_E_SYSTEM;
    }
}

int srt_embed_take_error(srt_error **error, GError *from)
{
    set(error, code_of(from), g_strdup(from->message));
    g_error_free(from);
    return -1;
}

gboolean srt_embed_copy_struct(const char *function, const void *from, void *ret, gsize size,
                               gsize smallest, srt_error **error)
{
    uint32_t found;
    memcpy(&found, from, sizeof found);
    if (found < smallest || found > STRUCT_MAX) {
        srt_embed_misuse(error, function,
                         "found a structure of %u bytes, expected at least %zu; set struct_size to "
                         "its sizeof",
                         found, smallest);
        return FALSE;
    }
    memset(ret, 0, size);
    memcpy(ret, from, MIN(found, size));
    /* What this library does not know must be zero, or it would be lost without a word. */
    for (gsize i = size; i < found; i++)
        if (((const char *)from)[i] != 0) {
            srt_embed_misuse(error, function,
                             "found a member set that this library (%s) does not know, expected "
                             "zero; use a newer libsrt",
                             SRT_VERSION);
            return FALSE;
        }
    return TRUE;
}

srt_error_code srt_error_get_code(const srt_error *error)
{
    return error ? error->code : (srt_error_code)0;
}

const char *srt_error_message(const srt_error *error)
{
    return error ? error->text : NULL;
}

void srt_error_free(srt_error *error)
{
    if (!error)
        return;
    g_free(error->text);
    g_free(error);
}

const char *srt_version(void)
{
    return SRT_VERSION;
}

void srt_free(char *text)
{
    g_free(text);
}
