/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "run/git_config.h"
#include "run/git_config_table.h"

typedef enum { WHEN_ALWAYS, WHEN_NOT_BOOLEAN, WHEN_COMMAND } When;

static const struct {
    const char *section, *key;
    When when;
    const char *reason;
} table[] = {
#define ROW(section, key, when, reason) {section, key, WHEN_##when, reason},
    SRT_GIT_CONFIG_TABLE(ROW)
#undef ROW
};

static gboolean is_boolean(const char *value)
{
    static const char *const words[] = {"", "true", "false", "yes", "no", "on", "off"};
    if (!value)
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_ascii_strcasecmp(value, words[i]) == 0)
            return TRUE;
    return strspn(value, "0123456789") == strlen(value);
}

static gboolean matters(When when, const char *value)
{
    switch (when) {
    case WHEN_NOT_BOOLEAN:
        return !is_boolean(value);
    case WHEN_COMMAND:
        value = value ? value + strspn(value, " \t\r\n\v\f") : "";
        return *value == '!' || *value == '-';
    default:
        return TRUE;
    }
}

static gboolean part_is(const char *wanted, const char *part, gsize length)
{
    if (strcmp(wanted, "*") == 0)
        return TRUE;
    return strlen(wanted) == length && g_ascii_strncasecmp(wanted, part, length) == 0;
}

const char *srt_git_config_danger(const char *name, const char *value)
{
    const char *first = strchr(name, '.'), *last = strrchr(name, '.');
    if (!first)
        return NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
        if (part_is(table[i].section, name, (gsize)(first - name)) &&
            part_is(table[i].key, last + 1, strlen(last + 1)) && matters(table[i].when, value))
            return table[i].reason;
    return NULL;
}

typedef struct Judge {
    char *found;
    char *worktree;
} Judge;

static gboolean judge_one(void *data, const char *name, const char *value)
{
    Judge *judge = data;
    const char *reason = srt_git_config_danger(name, value);
    if (strcmp(name, "core.worktree") == 0) {
        g_free(judge->worktree);
        judge->worktree = g_strdup(value ? value : "");
    }
    if (reason)
        judge->found = g_strdup_printf("it sets %.200s: %s", name, reason);
    return reason == NULL;
}

char *srt_git_config_judge(const char *text, gsize length, char **ret_worktree)
{
    Judge judge = {NULL, NULL};
    if (!srt_git_config_parse(text, length, judge_one, &judge) && !judge.found)
        judge.found = g_strdup("it is no configuration that could be read to its end");
    if (judge.found)
        g_clear_pointer(&judge.worktree, g_free);
    *ret_worktree = judge.worktree;
    return judge.found;
}
