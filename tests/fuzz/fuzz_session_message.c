/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes as they come from the other end of the channel: split into lines, read in both directions;
 * what was understood is written and understood again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "channel/address.h"
#include "channel/line.h"
#include "channel/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LONGEST 65536

static void check(gboolean right)
{
    if (!right)
        abort();
}

/* What is written once is written the same again. */
static void take_to_manager(const char *line, gsize length)
{
    g_auto(SrtToManager) first = {.version = NULL};
    g_auto(SrtToManager) second = {.version = NULL};
    g_autoptr(GError) error = NULL;
    gboolean right = srt_to_manager_parse(line, length, &first, &error);
    check(right == (error == NULL));
    g_autofree char *text = right ? srt_to_manager_line(&first) : NULL;
    if (!text)
        return;
    check(strlen(text) <= SRT_CHANNEL_TO_MANAGER_MAX + 1 && strchr(text, '\n')[1] == '\0');
    check(srt_to_manager_parse(text, strlen(text) - 1, &second, NULL));
    g_autofree char *again = srt_to_manager_line(&second);
    check(again && first.kind == second.kind && strcmp(text, again) == 0);
}

static void take_from_manager(const char *line, gsize length)
{
    g_auto(SrtFromManager) first = {.update = NULL};
    g_auto(SrtFromManager) second = {.update = NULL};
    g_autoptr(GError) error = NULL;
    gboolean right = srt_from_manager_parse(line, length, &first, &error);
    check(right == (error == NULL));
    g_autofree char *text = right ? srt_from_manager_line(&first, NULL) : NULL;
    if (!text)
        return;
    check(strchr(text, '\n')[1] == '\0');
    check(srt_from_manager_parse(text, strlen(text) - 1, &second, NULL));
    g_autofree char *again = srt_from_manager_line(&second, NULL);
    check(again && first.kind == second.kind && strcmp(text, again) == 0);
}

static void take_address(const char *line)
{
    g_auto(SrtChannelAddress) address = {.fd = -1};
    if (!srt_channel_address_parse(line, &address, NULL))
        return;
    check((address.fd < 0) == (address.path != NULL) && !address.path == !address.token);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(SrtLines) lines = srt_lines_new(LONGEST);
    const char *line;
    gsize length, step = size ? 1 + data[0] % 64 : 1;
    for (gsize at = 0; at < size; at += step) {
        srt_lines_add(lines, (const char *)data + at, MIN(step, size - at));
        while (srt_lines_next(lines, &line, &length) == SRT_LINE_READY) {
            check(length <= LONGEST && line[length] == '\0' && !memchr(line, '\n', length));
            take_to_manager(line, length);
            take_from_manager(line, length);
            take_address(line);
        }
    }
    return 0;
}
