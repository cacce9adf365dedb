/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the evaluator share. */
#ifndef SRT_TESTS_SBPL_INNER_H
#define SRT_TESTS_SBPL_INNER_H

#include <stdint.h>

#include "sbpl.h"

/* Memory that goes at once. */
typedef struct sbpl_arena {
    struct sbpl_chunk *chunks;
} sbpl_arena;

void *sbpl_take(sbpl_arena *arena, size_t size); /* zeroed; never NULL: ends the program */
void sbpl_arena_clear(sbpl_arena *arena);

/* reader.c: what is written, as a tree. */
typedef enum sbpl_kind { SBPL_LIST, SBPL_SYMBOL, SBPL_STRING, SBPL_NUMBER } sbpl_kind;

typedef struct sbpl_node {
    sbpl_kind kind;
    int line;
    const char *text; /* of a symbol or string, ends with NUL */
    size_t length;    /* of the text */
    long number;
    struct sbpl_node *first, *next; /* of a list; in a list */
} sbpl_node;

#define SBPL_STRING_MAX 1023 /* bytes of a string */
#define SBPL_ATOMS_MAX 38834 /* of a form at the top */
#define SBPL_DEPTH_MAX 64

/* The forms at the top, linked by next. NULL with a text. */
sbpl_node *sbpl_read(sbpl_arena *arena, const char *text, size_t length, char *why, size_t size);

/* names.c */
int sbpl_operation(const char *name); /* -1: there is none; aliases are followed */
const char *sbpl_operation_name(int operation);
int sbpl_operation_parent(int operation); /* -1 of "default" */
bool sbpl_operation_takes(int operation, const char *category);

typedef enum sbpl_match {
    SBPL_LITERAL,
    SBPL_PREFIX,
    SBPL_SUBPATH,
    SBPL_REGEX,
    SBPL_VALUE, /* one of a set of words, or a number */
    SBPL_NET,
    SBPL_ALL,
    SBPL_ANY,
    SBPL_NOT,
} sbpl_match;

/* What a filter's name means; false: there is none of that name. */
bool sbpl_filter_name(const char *name, sbpl_match *ret_match, const char **ret_fact,
                      const char **ret_category);
/* Whether the word may be a value of the fact. */
bool sbpl_value_known(const char *fact, const char *word);
bool sbpl_fact_known(const char *fact);
/* The number of a word such as TIOCSTI, or of digits; -1. */
long sbpl_number(const char *word);
bool sbpl_modifier_known(const char *name);

typedef struct sbpl_filter {
    sbpl_match match;
    int line;
    const char *fact, *category;
    const char *text;
    bool is_path;
    sbpl_regex *regex;
    bool local;                       /* SBPL_NET */
    const char *proto;                /* SBPL_NET */
    bool localhost;                   /* SBPL_NET: else any host */
    int port;                         /* SBPL_NET: -1 any */
    struct sbpl_filter *first, *next; /* inner ones; in a list */
    struct sbpl_filter *with_regex;   /* all that own a regex */
} sbpl_filter;

typedef struct sbpl_rule {
    bool allow;
    int line;
    size_t atoms;
    int operations[16];
    size_t n_operations;
    sbpl_filter *filter; /* NULL: none; several are joined by SBPL_ANY */
    const char *message;
} sbpl_rule;

struct sbpl {
    sbpl_arena arena;
    sbpl_rule *rules;
    size_t n_rules, rules_size;
    sbpl_filter *regexes;
    long version;
    size_t bytes;
    size_t longest; /* string */
};

#endif
