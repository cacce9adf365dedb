/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "inner.h"

typedef struct asked {
    const sbpl_question *question;
    bool fold;
} asked;

static const char *fact(const asked *a, const char *key)
{
    for (size_t i = 0; i < a->question->n_facts; i++)
        if (strcmp(a->question->facts[i].key, key) == 0)
            return a->question->facts[i].value;
    return NULL;
}

/* The path of the object; of a unix socket that of its address. */
static const char *path_fact(const asked *a)
{
    static const char *const keys[] = {"path", "remote", "local"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *value = fact(a, keys[i]);
        if (value && i == 0)
            return value;
        if (value && strncmp(value, "unix:", 5) == 0)
            return value + 5;
    }
    return NULL;
}

static bool same(bool fold, const char *a, const char *b, size_t n)
{
    return (fold ? strncasecmp(a, b, n) : strncmp(a, b, n)) == 0;
}

static bool match_text(const sbpl_filter *f, const char *value, bool fold)
{
    size_t n = strlen(f->text);
    switch (f->match) {
    case SBPL_LITERAL:
        return strlen(value) == n && same(fold, value, f->text, n);
    case SBPL_PREFIX:
        return strlen(value) >= n && same(fold, value, f->text, n);
    case SBPL_SUBPATH:
        if (n == 1)
            return true;
        return strlen(value) >= n && same(fold, value, f->text, n) &&
               (value[n] == '\0' || value[n] == '/');
    default:
        return sbpl_regex_match(f->regex, value, fold);
    }
}

/* 127/8 and ::1, but not ::ffff:127.0.0.1; the address of a socket that is not bound
 * counts as a local one. */
static bool is_localhost(const char *host, bool local)
{
    if (strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0)
        return true;
    return local && (strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0);
}

static bool match_filter(const asked *a, const sbpl_filter *f);

static bool match_net(const asked *a, const sbpl_filter *f)
{
    const char *value = fact(a, f->local ? "local" : "remote");
    char host[64];
    bool wants_unix = strcmp(f->proto, "unix-socket") == 0;
    if (!value)
        return false;
    if (strncmp(value, "unix:", 5) == 0) {
        sbpl_question inner = {
            .operation = a->question->operation, .facts = {{"path", value + 5}}, .n_facts = 1};
        const asked about = {&inner, a->fold};
        return wants_unix && (!f->first || match_filter(&about, f->first));
    }
    if (wants_unix || (strcmp(f->proto, "ip") != 0 && strncmp(f->proto, value, 3) != 0))
        return false;
    const char *colon = strrchr(value, ':');
    snprintf(host, sizeof host, "%.*s", (int)(colon - value - 4), value + 4);
    if (f->localhost && !is_localhost(host, f->local))
        return false;
    return f->port < 0 || f->port == atoi(colon + 1);
}

static bool match_value(const asked *a, const sbpl_filter *f)
{
    const char *value = fact(a, f->fact);
    if (!value && strcmp(f->fact, "vnode-type") == 0 && fact(a, "path"))
        value = "REGULAR-FILE";
    if (!value)
        return false;
    long number = sbpl_number(f->text);
    return strcmp(value, f->text) == 0 || (number >= 0 && number == sbpl_number(value));
}

static bool match_filter(const asked *a, const sbpl_filter *f)
{
    const char *value;
    switch (f->match) {
    case SBPL_ALL:
        for (const sbpl_filter *inner = f->first; inner; inner = inner->next)
            if (!match_filter(a, inner))
                return false;
        return true;
    case SBPL_ANY:
        for (const sbpl_filter *inner = f->first; inner; inner = inner->next)
            if (match_filter(a, inner))
                return true;
        return false;
    case SBPL_NOT:
        return !match_filter(a, f->first);
    case SBPL_NET:
        return match_net(a, f);
    case SBPL_VALUE:
        return match_value(a, f);
    default:
        value = f->is_path ? path_fact(a) : fact(a, f->fact);
        return value && match_text(f, value, a->fold && f->is_path);
    }
}

static bool names(const sbpl_rule *rule, int operation)
{
    for (size_t i = 0; i < rule->n_operations; i++)
        if (rule->operations[i] == operation)
            return true;
    return false;
}

static void answer(const sbpl *p, size_t i, int level, sbpl_answer *ret)
{
    const sbpl_rule *rule = &p->rules[i];
    *ret = (sbpl_answer){.allow = rule->allow,
                         .rule = (int)i,
                         .line = rule->line,
                         .level = sbpl_operation_name(level),
                         .message = rule->message};
}

static void decide_linear(const sbpl *p, const asked *a, int operation, sbpl_answer *ret)
{
    for (size_t i = p->n_rules; i-- > 0;)
        for (int level = operation; level >= 0; level = sbpl_operation_parent(level))
            if (names(&p->rules[i], level) &&
                (!p->rules[i].filter || match_filter(a, p->rules[i].filter))) {
                answer(p, i, level, ret);
                return;
            }
}

/* The last rule of one operation that matches: with a filter, or without. */
static bool decide_level(const sbpl *p, const asked *a, int level, bool with, bool without,
                         sbpl_answer *ret)
{
    for (size_t i = p->n_rules; i-- > 0;) {
        const sbpl_rule *rule = &p->rules[i];
        if (names(rule, level) &&
            (rule->filter ? with && match_filter(a, rule->filter) : without)) {
            answer(p, i, level, ret);
            return true;
        }
    }
    return false;
}

static const char *address_problem(const char *value)
{
    const char *colon = strrchr(value, ':');
    if (strncmp(value, "unix:", 5) == 0)
        return value[5] == '/' ? NULL : "unix: needs an absolute path";
    if ((strncmp(value, "tcp:", 4) && strncmp(value, "udp:", 4)) || colon - value < 5)
        return "an address is tcp:IP:PORT, udp:IP:PORT or unix:/PATH";
    if (strspn(value + 4, "0123456789abcdef.:") != strlen(value + 4))
        return "an address is numeric";
    return colon[1] && strspn(colon + 1, "0123456789") == strlen(colon + 1) ? NULL : "no port";
}

static const char *fact_problem(const char *key, const char *value)
{
    const char *fact_of, *category;
    sbpl_match match;
    if (strcmp(key, "path") == 0) {
        size_t n = strlen(value);
        bool tidy = value[0] == '/' && !strstr(value, "//") && (n == 1 || value[n - 1] != '/');
        return tidy ? NULL : "a path is absolute and resolved";
    }
    if (strcmp(key, "local") == 0 || strcmp(key, "remote") == 0)
        return address_problem(value);
    if (!sbpl_fact_known(key))
        return "no such fact";
    if (sbpl_filter_name(key, &match, &fact_of, &category) && match == SBPL_VALUE &&
        !sbpl_value_known(key, value))
        return "no such value";
    return NULL;
}

bool sbpl_ask(const sbpl *p, sbpl_model model, bool fold, const sbpl_question *question,
              sbpl_answer *ret, char *why, size_t size)
{
    const asked a = {question, fold};
    int operation = sbpl_operation(question->operation);
    *ret = (sbpl_answer){.rule = -1, .level = "default"};
    if (operation < 0) {
        snprintf(why, size, "no such operation: %s", question->operation);
        return false;
    }
    for (size_t i = 0; i < question->n_facts; i++) {
        const char *key = question->facts[i].key, *value = question->facts[i].value;
        const char *problem = fact_problem(key, value);
        if (problem) {
            snprintf(why, size, "%s=%s: %s", key, value, problem);
            return false;
        }
    }
    if (model == SBPL_LINEAR) {
        decide_linear(p, &a, operation, ret);
        return true;
    }
    for (int level = operation; level >= 0; level = sbpl_operation_parent(level))
        if (decide_level(p, &a, level, true, model == SBPL_ORDERED, ret) ||
            (model == SBPL_TREE && decide_level(p, &a, level, false, true, ret)))
            break;
    return true;
}

bool sbpl_parse_question(const char *text, char *words, size_t room, sbpl_question *ret)
{
    *ret = (sbpl_question){.n_facts = 0};
    if (strlen(text) >= room)
        return false;
    strcpy(words, text);
    char *save = NULL;
    ret->operation = strtok_r(words, " ", &save);
    for (char *word; (word = strtok_r(NULL, " ", &save));) {
        char *equals = strchr(word, '=');
        if (!equals || ret->n_facts == SBPL_FACTS)
            return false;
        *equals = '\0';
        ret->facts[ret->n_facts].key = word;
        ret->facts[ret->n_facts++].value = equals + 1;
    }
    return ret->operation != NULL;
}
