/* SPDX-License-Identifier: Apache-2.0 */
/* An evaluator of Seatbelt profiles: reads one and answers whether an operation is
 * allowed, and by which rule. It is a model made from what has been measured and
 * published, not the system itself; see test_facts.c for what it has to agree with.
 *
 * Of the language it knows what profiles consist of (version, allow, deny, with,
 * filters), and of the Scheme around it param and string-append. What it does not know is an error. */
#ifndef SRT_TESTS_SBPL_H
#define SRT_TESTS_SBPL_H

#include <stdbool.h>
#include <stddef.h>

/* How rules are weighed. TREE is what measurements show: the operation's own rules
 * are asked first, then those of its wildcard parents up to "default"; among those
 * of one operation the last one with a filter that matches wins, and one without
 * filter counts only when none did. */
typedef enum sbpl_model {
    SBPL_TREE,
    SBPL_ORDERED, /* the same, but a rule without filter is one like any other */
    SBPL_LINEAR,  /* the last rule of the file that covers the operation and matches */
    SBPL_MODELS
} sbpl_model;

typedef struct sbpl sbpl;

/* NULL with a text that names the line. Caller frees with sbpl_free. */
sbpl *sbpl_load(const char *text, size_t length, char *why, size_t size);
/* params: "NAME=VALUE" for (param "NAME"), NULL-terminated, or NULL. */
sbpl *sbpl_load_with(const char *text, size_t length, const char *const *params, char *why,
                     size_t size);
void sbpl_free(sbpl *profile);
size_t sbpl_count(const sbpl *profile); /* rules */

typedef struct sbpl_answer {
    bool allow;
    int rule;            /* number, from 0; -1: nothing matched */
    int line;            /* of that rule */
    const char *level;   /* operation that the rule was found under */
    const char *message; /* or NULL */
} sbpl_answer;

#define SBPL_FACTS 8

/* What is known of the object of an operation: "path" (resolved, absolute),
 * "vnode-type", "local" and "remote" ("tcp:127.0.0.1:80", "unix:/path"), and the
 * names of the other filters. */
typedef struct sbpl_question {
    const char *operation; /* a concrete one */
    struct {
        const char *key, *value;
    } facts[SBPL_FACTS];
    size_t n_facts;
} sbpl_question;

/* fold: paths are compared as on a file system that ignores case. false with a text
 * for a question that makes no sense: a slip in a table must not read as "deny". */
bool sbpl_ask(const sbpl *profile, sbpl_model model, bool fold, const sbpl_question *question,
              sbpl_answer *ret, char *why, size_t size);

/* "OPERATION KEY=VALUE ..."; values without blanks. The question points into words,
 * which has room for the text. */
bool sbpl_parse_question(const char *text, char *words, size_t room, sbpl_question *ret);

/* Calls say for everything that is wrong or doubtful about a profile although it can
 * be read. Returns how often. */
typedef void (*sbpl_say)(void *data, int line, const char *text);
size_t sbpl_lint(const sbpl *profile, sbpl_say say, void *data);

/* Regular expressions of the dialect; search, not whole text, unless anchored. */
typedef struct sbpl_regex sbpl_regex;
sbpl_regex *sbpl_regex_new(const char *pattern, size_t length, const char **why);
bool sbpl_regex_match(const sbpl_regex *regex, const char *text, bool fold);
void sbpl_regex_free(sbpl_regex *regex);

#endif
