/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/walk.h"

#include <dirent.h>
#include <string.h>

#include "support/unit.h"
#include "tree.h"

typedef struct Seen {
    GPtrArray *lines;
    const char *root;
    const char *skip; /* name of a directory not to be listed */
    guint deepest;
} Seen;

static void say(Seen *seen, const char *what, const char *path)
{
    g_ptr_array_add(seen->lines, g_strdup_printf("%s%s", what, path + strlen(seen->root)));
}

static gboolean enter(void *data, const char *path, gsize length, gsize name_at, guint level)
{
    Seen *seen = data;
    CU_ASSERT(strlen(path) == length && path[name_at - 1] == '/');
    seen->deepest = MAX(seen->deepest, level);
    say(seen, ">", path);
    return !seen->skip || strcmp(path + name_at, seen->skip) != 0;
}

static void entry(void *data, const char *path, gsize length, gsize name_at, guint level,
                  unsigned char type)
{
    CU_ASSERT(strlen(path) == length && name_at < length);
    (void)level;
    say(data, type == DT_DIR ? "d" : type == DT_LNK ? "l" : "f", path);
}

static void listed(void *data, const char *path, gsize length, guint level)
{
    (void)length;
    (void)level;
    say(data, "<", path);
}

static void blocked(void *data, const char *path, gsize length, guint level, int error)
{
    (void)length;
    (void)level;
    (void)error;
    say(data, "!", path);
}

static const SrtWalkOps ops = {enter, entry, listed, blocked};

static int by_text(gconstpointer a, gconstpointer b)
{
    const char *const *left = a, *const *right = b;
    return strcmp(*left, *right);
}

static char *walk_sorted(Seen *seen, const char *root, guint *budget, GError **error)
{
    seen->lines = g_ptr_array_new_with_free_func(g_free);
    seen->root = root;
    gboolean ok = srt_walk(root, &ops, seen, budget, error);
    g_ptr_array_sort(seen->lines, by_text);
    g_ptr_array_add(seen->lines, NULL);
    char *text = g_strjoinv(" ", (char **)seen->lines->pdata);
    g_ptr_array_unref(seen->lines);
    if (!ok)
        g_clear_pointer(&text, g_free);
    return text;
}

static void whole_tree(void)
{
    g_autoptr(Tree) tree = tree_new("a/b/c/f a/g l>a skip/x/y");
    Seen seen = {.skip = "skip"};
    guint budget = 100;
    g_autofree char *text = walk_sorted(&seen, tree->root, &budget, NULL);
    SRT_ASSERT_STR(text, "< </a </a/b </a/b/c </home </home/work > >/a >/a/b >/a/b/c >/home "
                         ">/home/work >/skip d/a d/a/b d/a/b/c d/home d/home/work d/skip f/a/b/c/f "
                         "f/a/g l/l");
    CU_ASSERT(budget == 100 - 9);
    CU_ASSERT(seen.deepest == 3);
}

static void many_entries(void)
{
    g_autoptr(Tree) tree = tree_new("");
    for (guint i = 0; i < 3000; i++) { /* more than one buffer */
        g_autofree char *name = g_strdup_printf("home/work/a-rather-long-name-of-a-file-%u", i);
        tree_add(tree, name);
    }
    Seen seen = {0};
    guint budget = 3002;
    g_autofree char *text = walk_sorted(&seen, tree->root, &budget, NULL);
    CU_ASSERT(text != NULL && budget == 0);
}

static void over_budget(void)
{
    g_autoptr(Tree) tree = tree_new("a/b/c a/d/e a/f");
    Seen seen = {0};
    guint budget = 4;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = walk_sorted(&seen, tree->root, &budget, &error);
    CU_ASSERT(text == NULL && error != NULL);
    CU_ASSERT(error && strstr(error->message, "mandatoryDenySearchDepth") != NULL);
    CU_ASSERT(error && g_str_has_prefix(error->message, tree->root));
}

static void gone_and_no_directory(void)
{
    g_autoptr(Tree) tree = tree_new("f l>home");
    g_autofree char *file = tree_path(tree, "f"), *link = tree_path(tree, "l"),
                    *gone = tree_path(tree, "gone");
    const char *const roots[] = {file, link, gone};
    for (guint i = 0; i < G_N_ELEMENTS(roots); i++) {
        Seen seen = {0};
        guint budget = 10;
        g_autofree char *text = walk_sorted(&seen, roots[i], &budget, NULL);
        SRT_ASSERT_STR(text, ">"); /* asked, not listed, not an error */
    }
}

static const srt_unit_case cases[] = {
    {"whole tree", whole_tree},
    {"many entries", many_entries},
    {"over budget", over_budget},
    {"gone and no directory", gone_and_no_directory},
};

SRT_UNIT_MAIN("policy walk", cases)
