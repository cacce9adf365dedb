/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "names.h"
#include "policies.h"
#include "policy/pending.h"
#include "support/unit.h"

#define MANDATORY_GLOB (SRT_PATH_MANDATORY | SRT_PATH_GLOB)

static test_policy tp;

static sup_names *make(void)
{
    int error;
    test_policy_init(&tp);
    test_policy_region(&tp, SRT_ACCESS_WRITE, "/w", "");
    test_policy_region(&tp, SRT_ACCESS_READ, "/w/ro", "");
    test_policy_region(&tp, SRT_ACCESS_WRITE, "/w/ro/rw", "");
    test_policy_region(&tp, SRT_ACCESS_HIDDEN, "/w/secret", "");
    test_policy_pending(&tp, MANDATORY_GLOB, "/w", "/**/.bashrc");
    test_policy_pending(&tp, MANDATORY_GLOB, "/w", "/**/.git/hooks");
    test_policy_pending(&tp, MANDATORY_GLOB, "/w", "/**/.git/config");
    test_policy_pending(&tp, MANDATORY_GLOB, "/w", "/**/.git/commondir");
    test_policy_pending(&tp, MANDATORY_GLOB, "/w", "/**/.claude/settings*.json");
    test_policy_pending(&tp, 0, "/w", "/later/deep/file");
    test_policy_pending(&tp, SRT_PATH_MANDATORY, "/w", "/home/.ssh");
    test_policy_pending(&tp, SRT_PATH_GLOB, "/w", "/[*]odd/*.Key");
    sup_names *names = sup_names_new(&tp.policy, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(names);
    return names;
}

static const char *judged(const sup_names *names, const char *path, enum sup_new how)
{
    const sup_rule *rule = sup_names_judge(names, path, how);
    return rule ? sup_rule_origin(rule)->pointer : NULL;
}

static void test_judge(void)
{
    static const struct {
        const char *path;
        enum sup_new how;
        const char *rule;
    } rows[] = {
        {"/w/.bashrc", SUP_NEW_FILE, "pending[0]"},
        {"/w/a/b/.BashRC", SUP_NEW_MOVED, "pending[0]"},
        {"/w/a/.bashrc/below", SUP_NEW_FILE, "pending[0]"},
        {"/w/a/x.bashrc", SUP_NEW_FILE, NULL},
        {"/w/a/.bashrc2", SUP_NEW_FILE, NULL},
        {"/x/.bashrc", SUP_NEW_FILE, NULL},
        {"/wx/.bashrc", SUP_NEW_FILE, NULL},
        {"/w/.git", SUP_NEW_DIRECTORY, NULL},
        {"/w/.git", SUP_NEW_FILE, NULL},
        {"/w/.git", SUP_NEW_LINK, "pending[1]"},
        {"/w/sub/.GIT", SUP_NEW_LINK, "pending[1]"},
        {"/w/sub", SUP_NEW_LINK, NULL},
        {"/w/.git/hooks", SUP_NEW_DIRECTORY, "pending[1]"},
        {"/w/.git/hooks/pre-commit", SUP_NEW_FILE, "pending[1]"},
        {"/w/hooks", SUP_NEW_DIRECTORY, NULL},
        {"/w/.git/modules/lib/x/config", SUP_NEW_FILE, "pending[2]"},
        {"/w/.git/worktrees/t/commondir", SUP_NEW_FILE, "pending[3]"},
        {"/w/.git/worktrees/t/u/commondir", SUP_NEW_FILE, NULL},
        {"/w/.claude/settings.json", SUP_NEW_FILE, "pending[4]"},
        {"/w/.claude/settings.local.json", SUP_NEW_FILE, "pending[4]"},
        {"/w/.claude", SUP_NEW_LINK, "pending[4]"},
        {"/w/.claude", SUP_NEW_DIRECTORY, NULL},
        {"/w/later/deep/file", SUP_NEW_FILE, "pending[5]"},
        {"/w/later/deep", SUP_NEW_DIRECTORY, NULL},
        {"/w/later", SUP_NEW_LINK, "pending[5]"},
        {"/w/later/DEEP/file", SUP_NEW_FILE, NULL},
        {"/w/home/.SSH", SUP_NEW_DIRECTORY, "pending[6]"},
        {"/w/*odd/x.Key", SUP_NEW_FILE, "pending[7]"},
        {"/w/*odd/x.key", SUP_NEW_FILE, NULL},
        {"/w/xodd/x.Key", SUP_NEW_FILE, NULL},
        {"/w/ro", SUP_NEW_MOVED, "region[2]"},
        {"/w/ro/rw/x", SUP_NEW_FILE, NULL},
        {"/w/secret", SUP_NEW_LINK, "region[4]"},
    };
    sup_names *names = make();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *last = strrchr(rows[i].path, '/') + 1;
        const char *rule = judged(names, rows[i].path, rows[i].how);
        if ((rule != NULL) != (rows[i].rule != NULL))
            printf("\n  row %zu: %s\n", i, rows[i].path);
        SRT_ASSERT_STR(rule, rows[i].rule);
        /* What is refused for its own name must be suspect by it. */
        if (rule && strcmp(last, "below") != 0)
            CU_ASSERT(sup_names_suspect(names, last, rows[i].how));
    }
    CU_ASSERT_FALSE(sup_names_suspect(names, "main.c", SUP_NEW_FILE));
    CU_ASSERT_FALSE(sup_names_suspect(names, "main.c", SUP_NEW_MOVED));
    CU_ASSERT_FALSE(sup_names_suspect(names, ".git", SUP_NEW_DIRECTORY));
    CU_ASSERT(sup_names_suspect(names, ".git", SUP_NEW_MOVED));
    sup_names_free(names);
}

/* Without the rules for nested git directories, which the core leaves to us. */
static void test_agrees_with_core(void)
{
    static const char *const paths[] = {
        "/w/.bashrc",
        "/w/a/.BASHRC",
        "/w/.git/hooks",
        "/w/.git/hooks/x/y",
        "/w/.git/config",
        "/w/.git",
        "/w/.claude/settings.json",
        "/w/later/deep/file",
        "/w/home/.ssh",
        "/w/home/.sshx",
        "/w/home",
        "/w/*odd/a.Key",
        "/w/.claude/x.json",
        "/w/*odd/d/a.Key",
        "/w/later/deep/file/x",
        "/x",
        "/w",
    };
    sup_names *names = make();
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        bool core = false;
        for (size_t r = 0; r < tp.policy.n_pending; r++)
            core = core || srt_pending_matches(tp.policy.pending[r], paths[i]);
        CU_ASSERT_EQUAL(sup_names_judge(names, paths[i], SUP_NEW_FILE) != NULL, core);
    }
    sup_names_free(names);
}

static void test_access(void)
{
    static const struct {
        const char *path;
        srt_access access;
    } rows[] = {
        {"/", SRT_ACCESS_READ},
        {"/w", SRT_ACCESS_WRITE},
        {"/w/x/y", SRT_ACCESS_WRITE},
        {"/wx", SRT_ACCESS_READ},
        {"/w-", SRT_ACCESS_READ},
        {"/w/ro-", SRT_ACCESS_WRITE},
        {"/w/ro.d/x", SRT_ACCESS_WRITE},
        {"/w/ro", SRT_ACCESS_READ},
        {"/w/ro/x", SRT_ACCESS_READ},
        {"/w/ro/rw/x", SRT_ACCESS_WRITE},
        {"/w/secret/x", SRT_ACCESS_HIDDEN},
    };
    const srt_origin *origin;
    sup_names *names = make();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CU_ASSERT_EQUAL(sup_names_access(names, rows[i].path, &origin), rows[i].access);
    sup_names_access(names, "/w/secret/x", &origin);
    SRT_ASSERT_STR(origin->pointer, "region[4]");
    sup_names_free(names);
}

/* Against a plain look at every region, with names around '/' in the order of bytes. */
static void test_access_many(void)
{
    static const char *const parts[] = {"a", "a-", "a.b", "a/b", "a/b/c", "b", "a/-", "a b"};
    const size_t count = sizeof parts / sizeof *parts;
    const srt_origin *origin;
    int error;
    test_policy_init(&tp);
    for (size_t i = 0; i < count; i++) /* in no order: only that parents come first is promised */
        test_policy_region(&tp, i % 3 == 0 ? SRT_ACCESS_WRITE : SRT_ACCESS_HIDDEN, "/", parts[i]);
    sup_names *names = sup_names_new(&tp.policy, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(names);
    for (size_t i = 0; i < count * 3; i++) {
        char path[64];
        srt_access expected = SRT_ACCESS_READ;
        size_t longest = 0;
        snprintf(path, sizeof path, "/%s%s", parts[i / 3],
                 i % 3 == 0 ? "" : (i % 3 == 1 ? "/x" : "x"));
        for (size_t r = 1; r < tp.policy.n_regions; r++) {
            size_t length = strlen(tp.regions[r].path);
            if (strncmp(path, tp.regions[r].path, length) == 0 && length > longest &&
                (path[length] == '/' || path[length] == '\0')) {
                longest = length;
                expected = tp.regions[r].access;
            }
        }
        CU_ASSERT_EQUAL(sup_names_access(names, path, &origin), expected);
    }
    sup_names_free(names);
}

static void test_git_part(void)
{
    static const struct {
        const char *path;
        enum sup_new how;
        unsigned part;
    } rows[] = {
        {"/w/.git/hooks", SUP_NEW_DIRECTORY, 1},
        {"/w/.git/hooks", SUP_NEW_MOVED, 0},
        {"/w/.git/hooks", SUP_NEW_LINK, 0},
        {"/w/.git/hooks/pre-commit", SUP_NEW_FILE, 0},
        {"/w/.git/hooks/pre-commit.sample", SUP_NEW_FILE, 2},
        {"/w/.git/hooks/.sample", SUP_NEW_FILE, 0},
        {"/w/.git/config", SUP_NEW_FILE, 1},
        {"/w/.git/config", SUP_NEW_MOVED, 1},
        {"/w/.git/config", SUP_NEW_LINK, 0},
        {"/w/.git/config.worktree", SUP_NEW_FILE, 0},
        {"/w/.git/commondir", SUP_NEW_FILE, 0},
        {"/w/.git/worktrees/x/commondir", SUP_NEW_FILE, 1},
        {"/w/.git/info/attributes", SUP_NEW_FILE, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CU_ASSERT_EQUAL(sup_git_part(rows[i].path, rows[i].how), rows[i].part);
}

static void test_wrong_pattern(void)
{
    int error = 0;
    test_policy_init(&tp);
    test_policy_region(&tp, SRT_ACCESS_WRITE, "/w", "");
    test_policy_pending(&tp, SRT_PATH_GLOB, "/w", "/[x");
    CU_ASSERT_PTR_NULL(sup_names_new(&tp.policy, &error));
    CU_ASSERT_EQUAL(error, -22);
}

/* A pattern that goes on for ever makes every name suspect: slow, but nothing is missed. */
static void test_open_ended(void)
{
    int error;
    test_policy_init(&tp);
    test_policy_region(&tp, SRT_ACCESS_WRITE, "/w", "");
    test_policy_pending(&tp, SRT_PATH_GLOB, "/w", "/sealed/**");
    sup_names *names = sup_names_new(&tp.policy, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(names);
    CU_ASSERT(sup_names_suspect(names, "anything", SUP_NEW_FILE));
    SRT_ASSERT_STR(judged(names, "/w/sealed/a/b", SUP_NEW_FILE), "pending[0]");
    SRT_ASSERT_STR(judged(names, "/w/sealed", SUP_NEW_LINK), "pending[0]");
    CU_ASSERT_PTR_NULL(judged(names, "/w/other/a", SUP_NEW_FILE));
    sup_names_free(names);
}

static const srt_unit_case cases[] = {
    {"judge", test_judge},
    {"agrees with the core", test_agrees_with_core},
    {"access", test_access},
    {"git part", test_git_part},
    {"access of many", test_access_many},
    {"wrong pattern", test_wrong_pattern},
    {"open ended", test_open_ended},
};
SRT_UNIT_MAIN("supervise.names", cases)
