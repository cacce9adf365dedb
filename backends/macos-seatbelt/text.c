/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "text.h"

void sb_text_add(sb_text *text, const char *bytes, size_t length)
{
    if (!text->failed && text->size - text->length < length + 1) {
        size_t size = text->size ? text->size : 256;
        while (size - text->length < length + 1)
            size *= 2;
        char *more = realloc(text->bytes, size);
        if (more) {
            text->bytes = more;
            text->size = size;
        } else {
            text->failed = true;
        }
    }
    if (text->failed)
        return;
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void sb_text_puts(sb_text *text, const char *string)
{
    sb_text_add(text, string, strlen(string));
}

void sb_text_putc(sb_text *text, char c)
{
    sb_text_add(text, &c, 1);
}

void sb_text_clear(sb_text *text)
{
    free(text->bytes);
    memset(text, 0, sizeof *text);
}

void sb_text_string(sb_text *text, const char *string)
{
    static const char digits[] = "0123456789abcdef";
    sb_text_putc(text, '"');
    for (const unsigned char *p = (const unsigned char *)string; *p; p++) {
        if (*p == '"' || *p == '\\') {
            sb_text_putc(text, '\\');
            sb_text_putc(text, (char)*p);
        } else if (*p < 0x20 || *p == 0x7f) {
            const char hex[] = {'\\', 'x', digits[*p >> 4], digits[*p & 15]};
            sb_text_add(text, hex, sizeof hex);
        } else {
            sb_text_putc(text, (char)*p);
        }
    }
    sb_text_putc(text, '"');
}

void sb_text_regex_byte(sb_text *text, unsigned char c, bool fold)
{
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter && fold) {
        const char both[] = {'[', (char)(c | 0x20), (char)(c & ~0x20), ']'};
        sb_text_add(text, both, sizeof both);
        return;
    }
    if (strchr(".[](){}*+?|^$\\", c))
        sb_text_putc(text, '\\');
    sb_text_putc(text, (char)c);
}

void sb_text_regex(sb_text *text, const char *bytes, size_t length, bool fold)
{
    for (size_t i = 0; i < length; i++)
        sb_text_regex_byte(text, (unsigned char)bytes[i], fold);
}
