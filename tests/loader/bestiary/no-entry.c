/* SPDX-License-Identifier: Apache-2.0 */
/* Exports another name. */
#include <srt/backend.h>

SRT_BACKEND_EXPORT const srt_backend *srt_backend_entri(void);

const srt_backend *srt_backend_entri(void)
{
    return NULL;
}
