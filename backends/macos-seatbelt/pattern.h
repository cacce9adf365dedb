/* SPDX-License-Identifier: Apache-2.0 */
/* Path patterns of a policy (srt/policy.h says what they mean) as regular
 * expressions of the profile language. Pure.
 *
 * That dialect is taken to have . [] [^] * + ? | () ^ $ and backslash escapes, and
 * nothing else. "." is avoided, since it may stop at a newline, which a path may
 * hold; so are backslashes within [], whose meaning there is not known. */
#ifndef SRT_SEATBELT_PATTERN_H
#define SRT_SEATBELT_PATTERN_H

#include <stdbool.h>

#include "text.h"

#define SB_PATTERN_MAX 1024 /* elements */

typedef enum sb_element_kind {
    SB_BYTE,        /* one byte */
    SB_STAR,        /* any bytes but '/' */
    SB_ALL,         /* any bytes */
    SB_DIRECTORIES, /* zero or more components, each with its '/' */
    SB_CLASS,       /* one character of a set */
} sb_element_kind;

typedef struct sb_element {
    sb_element_kind kind;
    unsigned char byte;
    bool wide;                 /* SB_CLASS: characters beyond ASCII too */
    bool any;                  /* SB_CLASS: '?' */
    unsigned char members[16]; /* SB_CLASS: a bit for each of 1 to 127 */
} sb_element;

typedef struct sb_pattern {
    size_t count;
    size_t literal; /* elements before the first wildcard */
    sb_element elements[SB_PATTERN_MAX];
} sb_pattern;

/* False when the text is no pattern of a policy, or too long. */
bool sb_pattern_parse(sb_pattern *pattern, const char *text);
/* Elements first to last (not included), without an anchor. more, for denials: letters
 * in both cases, and where a character beyond ASCII may stand, rather too much matches;
 * else (for grants) such a character is not matched. */
void sb_pattern_regex(sb_text *out, const sb_pattern *pattern, size_t first, size_t last,
                      bool more);
/* Whether the path, or a directory above it, matches. */
bool sb_pattern_covers(const sb_pattern *pattern, const char *path, bool fold);

/* What stands for "and everything below", to the end of the path. */
#define SB_REGEX_BELOW "(/([^/]*/)*[^/]*)?$"

#endif
