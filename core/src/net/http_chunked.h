/* SPDX-License-Identifier: Apache-2.0 */
/* The chunked transfer coding, decoded strictly and written anew, so that what
 * goes on never depends on how the sender spelled it. Pure. */
#ifndef SRT_NET_HTTP_CHUNKED_H
#define SRT_NET_HTTP_CHUNKED_H

#include <glib.h>

#include "net/buffer.h"
#include "net/slice.h"

/* Zeroed at the start of a body. */
typedef struct SrtChunked {
    guint8 state;
    guint8 digits;
    guint16 line; /* bytes of extensions or trailer in this line and before it */
    guint64 left; /* bytes of the current chunk yet to come */
} SrtChunked;

typedef enum { SRT_CHUNKED_MORE, SRT_CHUNKED_DATA, SRT_CHUNKED_END, SRT_CHUNKED_BAD } SrtChunkedStep;

/* Takes the next piece off *input. DATA: *ret_data is a piece of the content.
 * END: the body is over, *input begins with what follows it. MORE: *input is
 * used up. BAD: malformed; do not call again. Extensions and trailer fields are
 * bounded and dropped. */
SrtChunkedStep srt_chunked_next(SrtChunked *chunked, SrtSlice *input, SrtSlice *ret_data);

/* Writes content as a chunk; nothing for an empty slice. */
void srt_chunked_write(SrtBuffer *out, SrtSlice data);
#define SRT_CHUNKED_LAST "0\r\n\r\n"

#endif
