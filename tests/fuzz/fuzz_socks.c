/* SPDX-License-Identifier: Apache-2.0 */
/* A whole SOCKS5 conversation; each message must end at the same place however
 * many bytes are there. */
#include <stdint.h>
#include <stdlib.h>

#include "net/socks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static SrtSocksGreeting greeting;
static SrtSocksLogin login;
static SrtSocksRequest request;

static gssize run(int step, SrtSlice data)
{
    return step == 0   ? srt_socks_greeting(data, &greeting)
           : step == 1 ? srt_socks_login(data, &login)
                       : srt_socks_request(data, &request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SrtSlice all = srt_slice((const char *)data, size);
    for (int step = 0; step < 3; step++) {
        gssize end = run(step, all), growing = 0;
        for (gsize n = 0; n <= all.length && growing == 0; n++)
            growing = run(step, srt_slice(all.at, n));
        if (growing != end || end > (gssize)all.length)
            abort();
        if (end <= 0)
            return 0;
        all.at += end;
        all.length -= (gsize)end;
        if (step == 0 && !greeting.password)
            step++;
    }
    if (request.host_length > 255 || request.host[request.host_length])
        abort();
    SrtBuffer out = {0};
    srt_socks_ssh_refusal(&out, request.host);
    srt_buffer_clear(&out);
    return 0;
}
