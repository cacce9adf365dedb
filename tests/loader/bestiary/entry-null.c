/* SPDX-License-Identifier: Apache-2.0 */
/* Has no descriptor to give. */
#include <srt/backend.h>

const srt_backend *srt_backend_entry(void)
{
    return NULL;
}
