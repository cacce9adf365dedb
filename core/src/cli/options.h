/* SPDX-License-Identifier: Apache-2.0 */
/* Command line options as data: one table a command, one parser for all. Pure. */
#ifndef SRT_CLI_OPTIONS_H
#define SRT_CLI_OPTIONS_H

#include <glib.h>

/* One option. A table ends with a name of NULL; an option is known by its index. */
typedef struct SrtOption {
    char letter;       /* 0: none */
    const char *name;  /* without "--" */
    const char *value; /* what it takes, for messages: "FILE"; NULL: nothing */
    const char *help;  /* lines, broken with '\n' */
} SrtOption;

#define SRT_OPTIONS_MAX 16

typedef struct SrtOptionValues {
    const char *values[SRT_OPTIONS_MAX]; /* borrowed from argv; "" for a flag that was
                                            given; NULL: not given. The last one wins. */
    GPtrArray *operands;                 /* const char *, borrowed; ended by NULL that counts */
    gboolean after_dashes;               /* "--" stood before the operands */
} SrtOptionValues;

/* Reads argv[1..]. stop: options end at the first operand; else they may stand
 * among operands; "--" ends them always. Understands -x, -xVALUE, -x VALUE,
 * bundled flags, --name, --name=VALUE, --name VALUE. SRT_ERROR_USAGE says what is
 * wrong, with the nearest option there is. ret is to be cleared in any case. */
gboolean srt_options_parse(const SrtOption *table, gboolean stop, int argc, const char *const *argv,
                           SrtOptionValues *ret, GError **error);
void srt_options_clear(SrtOptionValues *values);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SrtOptionValues, srt_options_clear)

/* How many operands there are, and a NULL-terminated view of them. */
guint srt_options_count(const SrtOptionValues *values);
const char *const *srt_options_operands(const SrtOptionValues *values);

/* The options of a table as lines for help. Caller frees. */
char *srt_options_help(const SrtOption *table);

/* The candidate that is most like text, or NULL when none is like it. */
const char *srt_nearest(const char *text, const char *const *candidates);

#endif
