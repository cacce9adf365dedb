/* SPDX-License-Identifier: Apache-2.0 */
/* Proxy URLs, as srtctl doctor takes them apart. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/doctor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autofree char *host = NULL;
    guint16 port = 0;
    gboolean ok = srt_doctor_split_url(text, &host, &port);
    /* Nothing of a password: it stands before the last '@' of the authority. */
    if (ok && (!host || !*host || port == 0 || strchr(host, '@') || strchr(host, '/')))
        abort();
    return 0;
}
