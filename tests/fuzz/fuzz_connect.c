/* SPDX-License-Identifier: Apache-2.0 */
/* What the connector reads from outside: the proxy's answer as it arrives piece
 * by piece, and the variable that names the proxy. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "connect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int holds)
{
    if (!holds)
        abort();
}

static void answer(const char *bytes, size_t size)
{
    inside_text text = {.length = 0};
    long head = 0;
    size_t length = 0;
    while (head == 0 && length < size && length < CONNECT_HEAD_MAX)
        head = connect_answer_head(bytes, ++length);
    if (head <= 0)
        return;
    must((size_t)head <= length);
    int result = connect_answer_judge(bytes, size, (size_t)head, &text);
    must(text.length <= 1000 && text.bytes[text.length] == 0);
    must((result == 0) == (text.length == 0));
    for (size_t i = 0; i < text.length; i++)
        must((unsigned char)text.bytes[i] >= 0x20 && text.bytes[i] != 0x7f);
    if (result == 0)
        must(memcmp(bytes, "HTTP/1.", 7) == 0 && bytes[9] == '2');
}

static void words(const char *bytes, size_t size)
{
    char request[1536];
    size_t length = 0;
    proxy_address address;
    char *text = malloc(size + 1);
    must(text != NULL);
    memcpy(text, bytes, size);
    text[size] = 0;
    if (proxy_address_parse(text, &address)) {
        must(address.port != 0);
        size_t basic = strlen(address.basic);
        must(basic < sizeof address.basic && basic % 4 == 0);
        must((basic > 0) == (strchr(text, '@') != NULL));
    } else {
        address.basic[0] = 0;
    }
    if (connect_request(text, "22", address.basic, request, sizeof request, &length)) {
        must(length <= sizeof request && memcmp(request + length - 4, "\r\n\r\n", 4) == 0);
        /* Two lines and an empty one, whatever the host holds. */
        size_t newlines = 0;
        for (size_t i = 0; i < length; i++)
            newlines += request[i] == '\n';
        must(newlines == 3);
    }
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    answer((const char *)data, size);
    words((const char *)data, size);
    return 0;
}
