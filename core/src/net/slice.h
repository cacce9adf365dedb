/* SPDX-License-Identifier: Apache-2.0 */
/* A run of bytes that somebody else owns. */
#ifndef SRT_NET_SLICE_H
#define SRT_NET_SLICE_H

#include <glib.h>
#include <string.h>

typedef struct SrtSlice {
    const char *at;
    gsize length;
} SrtSlice;

static inline SrtSlice srt_slice(const char *at, gsize length)
{
    return (SrtSlice){at, length};
}

static inline gboolean srt_slice_is(SrtSlice slice, const char *text)
{
    return slice.length == strlen(text) && memcmp(slice.at, text, slice.length) == 0;
}

/* The same without regard to the case of ASCII letters. */
static inline gboolean srt_slice_is_nocase(SrtSlice slice, const char *text)
{
    return slice.length == strlen(text) && g_ascii_strncasecmp(slice.at, text, slice.length) == 0;
}

/* Without blanks and tabs at both ends. */
static inline SrtSlice srt_slice_trim(SrtSlice slice)
{
    while (slice.length && (*slice.at == ' ' || *slice.at == '\t')) {
        slice.at++;
        slice.length--;
    }
    while (slice.length &&
           (slice.at[slice.length - 1] == ' ' || slice.at[slice.length - 1] == '\t'))
        slice.length--;
    return slice;
}

/* Takes the next member off a comma-separated list; FALSE at its end. Empty
 * members are skipped. */
static inline gboolean srt_slice_next(SrtSlice *list, SrtSlice *ret_member)
{
    while (list->length) {
        const char *comma = memchr(list->at, ',', list->length);
        gsize n = comma ? (gsize)(comma - list->at) : list->length;
        *ret_member = srt_slice_trim(srt_slice(list->at, n));
        list->at += n + (comma != NULL);
        list->length -= n + (comma != NULL);
        if (ret_member->length)
            return TRUE;
    }
    return FALSE;
}

#endif
