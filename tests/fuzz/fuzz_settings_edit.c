/* SPDX-License-Identifier: Apache-2.0 */
/* Editing of settings: the first byte chooses the entry, then its value up to a NUL, then the
 * text. What comes out is settings again, with the entry in it, and a second time changes
 * nothing. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/edit.h"
#include "config/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size > 1 ? memchr(data + 1, 0, size - 1) : NULL;
    if (!end)
        return 0;
    const SrtSettingsEntry entry = {
        .section = data[0] & 1 ? "filesystem" : "network",
        .key = data[0] & 2 ? "allowWrite" : "allowedDomains",
        .value = (const char *)data + 1,
        .first = data[0] & 4 ? "." : NULL,
    };
    const char *text = (const char *)end + 1;
    size_t length = size - (size_t)(end + 1 - data);
    g_autoptr(GError) error = NULL;
    g_autofree char *once = srt_settings_add(text, length, "f", &entry, 1, &error);
    if (!once != (error != NULL))
        abort();
    if (!once)
        return 0;
    g_autoptr(SrtScan) scan = srt_scan_new(once, strlen(once));
    if (scan->fault || scan->repeated->len)
        abort();
    const SrtNode *section = srt_node_member(scan->root, entry.section);
    const SrtNode *list = section ? srt_node_member(section, entry.key) : NULL;
    if (!list || !list->first)
        abort();
    g_autofree char *twice = srt_settings_add(once, strlen(once), "f", &entry, 1, &error);
    if (!twice || strcmp(once, twice) != 0)
        abort();
    return 0;
}
