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

static const SrtWalkOps ops = {
    .enter = enter, .entry = entry, .listed = listed, .blocked = blocked};

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

/* "a" is known to hold b and nothing else of interest, "a/b" to hold nothing. */
static gboolean recall(void *data, const char *path, guint level, int parent, const char *name,
                       const char **ret_names, gsize *ret_size)
{
    const Seen *seen = data;
    CU_ASSERT(parent >= 0 && level > 0 && g_str_has_suffix(path, name));
    *ret_names = "b";
    *ret_size = strcmp(path + strlen(seen->root), "/a") == 0 ? 2 : 0;
    return *ret_size > 0 || g_str_has_suffix(path, "/a/b");
}

static gboolean recall_but_root(void *data, const char *path, guint level, int parent,
                                const char *name, const char **ret_names, gsize *ret_size)
{
    return level > 0 && recall(data, path, level, parent, name, ret_names, ret_size);
}

static void recalled(void)
{
    static const SrtWalkOps known = {
        .enter = enter,
        .entry = entry,
        .listed = listed,
        .blocked = blocked,
        .recall = recall_but_root,
    };
    g_autoptr(Tree) tree = tree_new("a/b/c/f a/g/h d/e");
    Seen seen = {.lines = g_ptr_array_new_with_free_func(g_free), .root = tree->root};
    guint budget = 100;
    CU_ASSERT(srt_walk(tree->root, &known, &seen, &budget, NULL));
    g_ptr_array_sort(seen.lines, by_text);
    g_ptr_array_add(seen.lines, NULL);
    g_autofree char *text = g_strjoinv(" ", (char **)seen.lines->pdata);
    SRT_ASSERT_STR(text, "< </d </home </home/work > >/a >/a/b >/d >/home >/home/work d/a d/d "
                         "d/home d/home/work f/d/e");
    CU_ASSERT(budget == 100 - 5);
    g_ptr_array_unref(seen.lines);
}

static void opened(void *data, int directory, guint level)
{
    (void)level;
    CU_ASSERT(directory >= 0);
    say(data, "o", ((const Seen *)data)->root);
}

static void directories(void *data, const char *path, guint level, const char *names, gsize size)
{
    g_autoptr(GString) text = g_string_new(path);
    (void)level;
    for (gsize at = 0; at < size; at += strlen(names + at) + 1)
        g_string_append_printf(text, "=%s", names + at);
    say(data, "=", text->str);
}

static void what_is_told_of_directories(void)
{
    static const SrtWalkOps telling = {
        .enter = enter,
        .entry = entry,
        .listed = listed,
        .blocked = blocked,
        .opened = opened,
        .directories = directories,
    };
    g_autoptr(Tree) tree = tree_new("a/f");
    Seen seen = {.lines = g_ptr_array_new_with_free_func(g_free), .root = tree->root};
    guint budget = 100;
    CU_ASSERT(srt_walk(tree->root, &telling, &seen, &budget, NULL));
    g_ptr_array_sort(seen.lines, by_text);
    g_ptr_array_add(seen.lines, NULL);
    g_autofree char *text = g_strjoinv(" ", (char **)seen.lines->pdata);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, " =/a "));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, " =/home=work "));
    CU_ASSERT(g_str_has_suffix(text, "f/a/f o o o o"));
    g_ptr_array_unref(seen.lines);
}

static const srt_unit_case cases[] = {
    {"whole tree", whole_tree},   {"many entries", many_entries},
    {"over budget", over_budget}, {"gone and no directory", gone_and_no_directory},
    {"recalled", recalled},       {"what is told of directories", what_is_told_of_directories},
};

SRT_UNIT_MAIN("policy walk", cases)
