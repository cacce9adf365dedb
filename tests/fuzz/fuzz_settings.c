/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of any bytes: either a configuration or an error with lines that look
 * as promised; and a file never loosens what another one that it extends says. */
#include <json-c/json.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "config/config.h"
#include "config/fill.h"
#include "config/merge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int right)
{
    if (!right)
        abort();
}

/* "s:LINE:COLUMN: text" or "s: text", or the count of what was left out. */
static void check_lines(const char *message)
{
    g_auto(GStrv) lines = g_strsplit(message, "\n", -1);
    check(lines[0] != NULL);
    for (guint i = 0; lines[i]; i++) {
        check(g_utf8_validate(lines[i], -1, NULL));
        check(g_str_has_prefix(lines[i], "s:") || g_str_has_prefix(lines[i], "and "));
    }
}

static void check_items(const SrtConfigList *list)
{
    for (guint i = 0; list && i < list->len; i++) {
        const SrtConfigItem *item = g_ptr_array_index(list, i);
        check(item->text && item->pointer && item->line > 0 && item->column > 0);
    }
}

/* A file that says the same as its base is as tight as it. */
static void check_merge(const char *text, gsize length)
{
    g_autoptr(SrtProblems) problems = srt_problems_new();
    SrtLayer *layers[2];
    for (int i = 0; i < 2; i++) {
        g_autoptr(SrtDocument) document = srt_document_new(text, length, "s", problems);
        check(document != NULL);
        layers[i] = srt_layer_new("s");
        srt_layer_fill(layers[i], document, problems);
        srt_layer_cross_check(layers[i], document, problems);
    }
    check(srt_problems_count(problems) == 0);
    srt_layer_tighten(layers[1], layers[0], problems);
    check(srt_problems_count(problems) == 0);
    srt_layer_free(layers[0]);
    srt_layer_free(layers[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    /* Without a directory no file is read. */
    SrtConfig *config = srt_config_parse((const char *)data, size, "s", NULL, &error);
    check((config == NULL) == (error != NULL));
    if (!config) {
        check(g_error_matches(error, SRT_ERROR, SRT_ERROR_SETTINGS));
        check_lines(error->message);
        return 0;
    }
    check_items(config->network.allowed_domains);
    check_items(config->filesystem.deny_read);
    check_items(config->env.deny);
    check(config->files->len == 0);
    check_merge((const char *)data, size);
    srt_config_free(config);
    return 0;
}
