/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that grow, and what profiles and regular expressions need to be quoted.
 * libc only, pure. */
#ifndef SRT_SEATBELT_TEXT_H
#define SRT_SEATBELT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

typedef struct sb_text {
    char *bytes; /* malloc; ends with NUL once something was added */
    size_t length, size;
    bool failed; /* out of memory; sticks */
} sb_text;

void sb_text_add(sb_text *text, const char *bytes, size_t length);
void sb_text_puts(sb_text *text, const char *string);
void sb_text_putc(sb_text *text, char c);
void sb_text_clear(sb_text *text);

/* A string of the profile language, with its quotes. The reader knows \" \\ and
 * \xHH (and \n, \r, \t, which are written in that form too); everything from 0x80
 * on stands for itself. */
void sb_text_string(sb_text *text, const char *string);

/* One byte as a regular expression that matches just it; fold: in both cases. */
void sb_text_regex_byte(sb_text *text, unsigned char c, bool fold);
void sb_text_regex(sb_text *text, const char *bytes, size_t length, bool fold);

#endif
