/* SPDX-License-Identifier: Apache-2.0 */
#include "tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "srt-filters/landlock.h"

#define FS(name) SRT_LANDLOCK_ACCESS_FS_##name
#define WORDS_MAX 64

static const char *const no_texts[] = {NULL};

void tree_policy_init(srt_policy *policy, const rule *rules, size_t n)
{
    const srt_region **pointers = calloc(n + 1, sizeof *pointers);
    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(rules[i].path);
        bool is_dir = rules[i].path[length - 1] == '/';
        srt_region *r = calloc(1, sizeof *r);
        *r = (srt_region){.struct_size = sizeof *r,
                          .flags = (is_dir ? SRT_PATH_DIR : 0) | rules[i].flags,
                          .access = rules[i].access,
                          .path =
                              strndup(rules[i].path, length > 1 && is_dir ? length - 1 : length)};
        pointers[i] = r;
    }
    *policy = (srt_policy){.struct_size = sizeof *policy,
                           .cwd = "/",
                           .regions = pointers,
                           .n_regions = n,
                           .unix_paths = no_texts};
}

void tree_policy_clear(srt_policy *policy)
{
    for (size_t i = 0; i < policy->n_regions; i++) {
        free((void *)(uintptr_t)policy->regions[i]->path);
        free((void *)(uintptr_t)policy->regions[i]);
    }
    free((void *)(uintptr_t)policy->regions);
}

/* The next component of word below directory, or 0. */
static size_t component(const char *word, const char *directory, const char **ret)
{
    size_t n = directory[1] ? strlen(directory) : 0;
    if (strncmp(word, directory, n) != 0 || word[n] != '/')
        return 0;
    *ret = word + n + 1;
    return strcspn(word + n + 1, "/@! ");
}

static bool seen(char names[][64], size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static int list(void *data, const char *directory,
                int (*each)(void *each_data, const char *name, bool is_link), void *each_data)
{
    const tree_case *c = data;
    char names[WORDS_MAX][64];
    size_t n = 0;
    int r = 0;
    for (const char *word = c->tree; word && *word && r == 0; word += strspn(word, " ")) {
        const char *at = word;
        size_t end = strcspn(word, " "), length = component(word, directory, &at);
        if (end > 1 && word[end - 1] == '!' && strlen(directory) == end - 1 &&
            strncmp(word, directory, end - 1) == 0)
            return -EACCES;
        if (length > 0 && n < WORDS_MAX) {
            snprintf(names[n], sizeof names[n], "%.*s", (int)length, at);
            if (!seen(names, n, names[n])) {
                r = each(each_data, names[n], at[length] == '@');
                n++;
            }
        }
        word += end;
    }
    return r;
}

int tree_plan(const tree_case *c, ll_plan *plan)
{
    srt_policy policy;
    tree_policy_init(&policy, c->rules, c->n_rules);
    policy.fs_disabled = c->fs_disabled;
    const ll_plan_input input = {
        .policy = &policy,
        .abi = c->abi ? c->abi : 7,
        .supervised = !c->alone,
        .helper = HELPER,
        .protect_helper = c->protect_helper,
        .terminals = {c->terminal, NULL, NULL},
        .list = list,
        .data = (void *)(uintptr_t)c,
    };
    *plan = (ll_plan){0};
    int r = ll_plan_make(plan, &input);
    for (size_t i = 0; i < plan->n_rules; i++) { /* beyond the policy */
        char *copy = strdup(plan->rules[i].path);
        plan->owned = reallocarray(plan->owned, plan->n_owned + 1, sizeof *plan->owned);
        plan->owned[plan->n_owned++] = copy;
        plan->rules[i].path = copy;
    }
    tree_policy_clear(&policy);
    return r;
}

static const struct {
    uint64_t bits;
    char letter;
} letters[] = {
    {FS(EXECUTE), 'x'},
    {FS(READ_FILE), 'r'},
    {FS(READ_DIR), 'l'},
    {FS(WRITE_FILE), 'w'},
    {FS(TRUNCATE), 't'},
    {FS(REMOVE_FILE) | FS(REMOVE_DIR), 'd'},
    {FS(MAKE_DIR) | FS(MAKE_REG) | FS(MAKE_SOCK) | FS(MAKE_FIFO) | FS(MAKE_SYM), 'c'},
    {FS(REFER), 'f'},
    {FS(IOCTL_DEV), 'i'},
    {FS(MAKE_CHAR), 'C'},
    {FS(MAKE_BLOCK), 'B'},
};

static void put_rule(FILE *f, const ll_rule *r)
{
    uint64_t rest = r->access;
    fprintf(f, "%s ", r->path);
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if ((rest & letters[i].bits) == letters[i].bits) {
            fputc(letters[i].letter, f);
            rest &= ~letters[i].bits;
        }
    fprintf(f, "%s%s\n", rest ? "+" : "", r->optional ? "?" : "");
}

char *tree_text(const ll_plan *plan, bool all)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    for (size_t i = 0; i < plan->n_rules; i++)
        if (all || (strncmp(plan->rules[i].path, "/dev/", 5) != 0 &&
                    strcmp(plan->rules[i].path, HELPER) != 0))
            put_rule(f, &plan->rules[i]);
    fclose(f);
    return text;
}
