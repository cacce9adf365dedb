/* SPDX-License-Identifier: Apache-2.0 */
/* A pattern, a newline, a path: what is made of the pattern can be read, and denies
 * at least what it covers as long as both are ASCII. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pattern.h"
#include "sbpl.h"

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

static void compare(const sb_pattern *pattern, const char *path)
{
    sb_text text = {0};
    const char *why = NULL;
    sb_text_putc(&text, '^');
    sb_pattern_regex(&text, pattern, 0, pattern->count, true);
    sb_text_puts(&text, SB_REGEX_BELOW);
    sbpl_regex *regex = text.length < 4000 ? sbpl_regex_new(text.bytes, text.length, &why) : NULL;
    if (text.length < 4000 && !regex)
        abort();
    if (regex && is_ascii(path) &&
        sb_pattern_covers(pattern, path, true) > sbpl_regex_match(regex, path, true))
        abort();
    sbpl_regex_free(regex);
    sb_text_clear(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static sb_pattern pattern;
    char text[512];
    if (size >= sizeof text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    char *path = strchr(text, '\n');
    if (path)
        *path++ = '\0';
    if (sb_pattern_parse(&pattern, text))
        compare(&pattern, path ? path : "/");
    return 0;
}
