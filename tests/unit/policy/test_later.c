/* SPDX-License-Identifier: Apache-2.0 */
/* The second look: what is told, and what was there and is not. */
#include "support/unit.h"
#include "tree.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/later.h"
#include "policy/listing.h"

typedef struct Told {
    const Tree *tree;
    GPtrArray *lines;
} Told;

static void add(Told *told, const char *what, const char *root, const char *path)
{
    CU_ASSERT(g_str_has_prefix(path, root) && g_str_has_prefix(path, told->tree->root));
    g_ptr_array_add(told->lines,
                    g_strdup_printf("%s %s", what, path + strlen(told->tree->root) + 1));
}

static void on_found(void *data, const char *root, const char *path, const srt_origin *rule)
{
    CU_ASSERT(rule != NULL);
    add(data, "found", root, path);
}

static void on_repository(void *data, const char *root, const char *path)
{
    add(data, "repository", root, path);
}

static void on_git_file(void *data, const char *root, const char *path, const srt_origin *rule)
{
    CU_ASSERT(rule != NULL);
    add(data, "file", root, path);
}

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What a second look tells, sorted. */
static char *look(const Tree *tree, SrtLater *later)
{
    static const SrtLaterOps ops = {on_found, on_repository, on_git_file, NULL};
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    Told told = {tree, lines};
    CU_ASSERT(srt_later_look(later, &ops, &told, &error) && !error);
    g_ptr_array_sort(lines, by_text);
    g_ptr_array_add(lines, NULL);
    return g_strjoinv("; ", (char **)lines->pdata);
}

static void move(const Tree *tree, const char *from, const char *to)
{
    g_autofree char *old = tree_path(tree, from), *new = tree_path(tree, to);
    CU_ASSERT_FATAL(rename(old, new) == 0);
}

static const struct {
    const char *settings, *before, *after, *told;
} table[] = {
    {"{}", "", "home/work/a/b home/work/hooks/x home/work/config", ""},
    {"{}", "home/work/.bashrc home/work/p/.vscode/x", "home/work/p/.vscode/y", ""},
    {"{}", "", "home/work/.bashrc home/work/p/.VSCode/x/.zshrc home/work/l/.mcp.json>x",
     "found home/work/.bashrc; found home/work/l/.mcp.json; found home/work/p/.VSCode"},
    {"{}", "home/work/.zshrc>@/gone home/work/q/.profile>../r home/work/r", "home/work/n", ""},
    /* outside of what is writable */
    {"{}", "", "home/.bashrc other/.bashrc", ""},
    {"{'filesystem': {'allowWrite': ['~']}}", "", "home/.zlogin home/work/.zlogin",
     "found home/.zlogin"},
    {"{'filesystem': {'allowWrite': ['.', '@/o'], 'denyWrite': ['no']}}", "home/work/no/ o/x/",
     "home/work/no/.bashrc o/x/.bashrc", "found o/x/.bashrc"},
    /* as the first search */
    {"{}", "", "home/work/node_modules/.bashrc home/work/node_modules/.git/HEAD", ""},
    {"{'mandatoryDenySearchDepth': 1}", "", "home/work/.bashrc home/work/a/.bashrc",
     "found home/work/.bashrc"},
    {"{'filesystem': {'mandatoryDeny': {'remove': ['.bashrc'], 'add': ['x.y']}}}", "",
     "home/work/.bashrc home/work/a/X.y", "found home/work/a/X.y"},
    {"{'filesystem': {'disabled': true}}", "", "home/work/.bashrc", ""},
    /* rules of the user */
    {"{'filesystem': {'denyWrite': ['a/b', '*.k', '**/*.m']}}", "home/work/1.k",
     "home/work/a/b/c home/work/2.k home/work/d/3.k home/work/node_modules/4.m",
     "found home/work/2.k; found home/work/a/b; found home/work/node_modules/4.m"},
    {"{'filesystem': {'denyRead': ['*.k', 's']}}", "", "home/work/1.k home/work/s", ""},
    /* repositories */
    {"{}", "", "home/work/a/.git/hooks/x home/work/a/.git/config", "repository home/work/a/.git"},
    {"{}", "", "home/work/b/HEAD home/work/b/objects/ home/work/b/refs/ home/work/b/config",
     "repository home/work/b"},
    {"{}", "home/work/.git/config",
     "home/work/.git/worktrees/t/HEAD "
     "home/work/.git/worktrees/t/commondir",
     "repository home/work/.git/worktrees/t"},
    {"{}", "home/work/.git/config", "home/work/.git/hooks/x home/work/.git/info/attributes",
     "found home/work/.git/hooks; found home/work/.git/info/attributes"},
    {"{}", "home/work/b/HEAD home/work/b/objects/ home/work/b/refs/ home/work/b/config",
     "home/work/b/hooks/x", "found home/work/b/hooks"},
    {"{}", "home/work/o/.git", "home/work/a/.git home/work/b/.git>x",
     "file home/work/a/.git; file home/work/b/.git"},
};

static void what_is_told(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autoptr(Tree) tree = tree_new(table[i].before);
        if (strstr(table[i].settings, "@/o"))
            tree_add(tree, "o/");
        g_autoptr(SrtPolicy) policy = tree_policy(tree, table[i].settings, NULL);
        g_autoptr(SrtLater) later = srt_later_new(policy);
        g_autofree char *unchanged = look(tree, later);
        SRT_ASSERT_STR(unchanged, "");
        tree_add(tree, table[i].after);
        g_autofree char *told = look(tree, later);
        SRT_ASSERT_STR(told, table[i].told);
    }
}

/* The same where nothing had changed for a while, so that what is still as it was is not
 * read again. */
static void what_is_told_of_settled_trees(void)
{
    Tree *trees[G_N_ELEMENTS(table)];
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        trees[i] = tree_new(table[i].before);
        tree_add(trees[i], "home/work/deep/t/u/v home/work/deep/w");
        if (strstr(table[i].settings, "@/o"))
            tree_add(trees[i], "o/");
    }
    g_usleep((SRT_LISTING_SETTLED + 1) * G_USEC_PER_SEC);
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autoptr(SrtPolicy) policy = tree_policy(trees[i], table[i].settings, NULL);
        g_autoptr(SrtLater) later = srt_later_new(policy);
        g_autofree char *unchanged = look(trees[i], later);
        SRT_ASSERT_STR(unchanged, "");
        tree_add(trees[i], table[i].after);
        g_autofree char *told = look(trees[i], later);
        SRT_ASSERT_STR(told, table[i].told);
        if (i == 0) { /* below a directory that is as it was */
            tree_add(trees[i], "home/work/deep/t/u/.mcp.json");
            g_autofree char *below = look(trees[i], later);
            SRT_ASSERT_STR(below, "found home/work/deep/t/u/.mcp.json");
            move(trees[i], "home/work/deep/t/u", "home/work/deep/x");
            tree_add(trees[i], "home/work/deep/t/u/.mcp.json");
            g_autofree char *moved = look(trees[i], later);
            SRT_ASSERT_STR(moved,
                           "found home/work/deep/t/u/.mcp.json; found home/work/deep/x/.mcp.json");
        }
        tree_free(trees[i]);
    }
}

/* What moves along with a directory above it is the same thing still; what takes its
 * place there is not. */
static void moved_along(void)
{
    g_autoptr(Tree) tree = tree_new("home/work/p/.git/config home/work/p/.git/hooks/x "
                                    "home/work/p/.mcp.json home/work/x/hooks/evil");
    g_autoptr(SrtPolicy) policy = tree_policy(tree, "{}", NULL);
    g_autoptr(SrtLater) later = srt_later_new(policy);
    move(tree, "home/work/p", "home/work/q");
    g_autofree char *moved = look(tree, later);
    SRT_ASSERT_STR(moved, "");
    tree_add(tree, "home/work/p/.mcp.json");
    g_autofree char *again = look(tree, later);
    SRT_ASSERT_STR(again, "found home/work/p/.mcp.json");
    move(tree, "home/work/x", "home/work/p/.git");
    g_autofree char *repository = look(tree, later);
    SRT_ASSERT_STR(repository, "found home/work/p/.mcp.json; repository home/work/p/.git");
}

/* In a directory that is the same, only others can have replaced what was protected. */
static void replaced_by_others(void)
{
    g_autoptr(Tree) tree = tree_new("home/work/.mcp.json home/work/new");
    g_autoptr(SrtPolicy) policy = tree_policy(tree, "{}", NULL);
    g_autoptr(SrtLater) later = srt_later_new(policy);
    move(tree, "home/work/new", "home/work/.mcp.json");
    g_autofree char *told = look(tree, later);
    SRT_ASSERT_STR(told, "");
}

/* The directory is somewhere else now, and a link stands in its place. */
static void links_are_not_followed(void)
{
    g_autoptr(Tree) tree = tree_new("home/work/d/ out/");
    g_autoptr(SrtPolicy) policy =
        tree_policy(tree, "{'filesystem': {'allowWrite': ['d', '.']}}", NULL);
    g_autoptr(SrtLater) later = srt_later_new(policy);
    g_autofree char *directory = tree_path(tree, "home/work/d");
    CU_ASSERT(rmdir(directory) == 0);
    tree_add(tree, "home/work/d>@/out out/.bashrc");
    g_autofree char *told = look(tree, later);
    SRT_ASSERT_STR(told, "");
    move(tree, "home/work", "home/elsewhere");
    tree_add(tree, "home/work>@/out");
    g_autofree char *gone = look(tree, later);
    SRT_ASSERT_STR(gone, "");
}

static void roots(void)
{
    g_autoptr(Tree) tree = tree_new("home/work/no/ home/work/d/");
    g_autoptr(SrtPolicy) policy = tree_policy(tree, "{'filesystem': {'denyWrite': ['no']}}", NULL);
    g_autoptr(SrtLater) later = srt_later_new(policy);
    g_autofree char *inside = tree_path(tree, "home/work/d/x"),
                    *denied = tree_path(tree, "home/work/no/x");
    SRT_ASSERT_STR(srt_later_root_of(later, inside), tree->cwd);
    CU_ASSERT_PTR_NULL(srt_later_root_of(later, denied));
    CU_ASSERT_PTR_NULL(srt_later_root_of(later, "/etc"));
    CU_ASSERT_TRUE(srt_later_protects_git_config(later));
    g_autoptr(SrtPolicy) loose =
        tree_policy(tree, "{'filesystem': {'allowGitConfig': true}}", NULL);
    g_autoptr(SrtLater) other = srt_later_new(loose);
    CU_ASSERT_FALSE(srt_later_protects_git_config(other));
}

static const srt_unit_case cases[] = {
    {"what is told", what_is_told},
    {"what is told of settled trees", what_is_told_of_settled_trees},
    {"moved along", moved_along},
    {"replaced by others", replaced_by_others},
    {"links are not followed", links_are_not_followed},
    {"roots", roots},
};

SRT_UNIT_MAIN("policy later", cases)
