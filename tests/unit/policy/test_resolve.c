/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/paths.h"

#include <string.h>

#include "support/unit.h"
#include "tree.h"

static void spelling(void)
{
    static const struct {
        const char *text, *path;
        gsize own;
    } table[] = {
        {"~", "/h", 2},   {"~/x", "/h/x", 2},  {"~x", "/c/~x", 3},         {"/a/b", "/a/b", 0},
        {"a", "/c/a", 3}, {"a/**", "/c/a", 3}, {"a/**/**/", "/c/a", 3},    {"**", "/c", 2},
        {"/**", "/", 0},  {"/", "/", 0},       {"a/**/b", "/c/a/**/b", 3}, {"a**", "/c/a**", 3},
        {".", "/c/.", 3}, {"a//", "/c/a", 3},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        const char *why = NULL;
        gsize own = 99;
        g_autofree char *path = srt_path_absolute(table[i].text, "/c", "/h", &own, &why);
        SRT_ASSERT_STR(path, table[i].path);
        CU_ASSERT(own == table[i].own);
    }
    const char *why = NULL;
    gsize own;
    CU_ASSERT(srt_path_absolute("~/x", "/c", NULL, &own, &why) == NULL && why != NULL);
    why = NULL;
    CU_ASSERT(srt_path_absolute("", "/c", "/h", &own, &why) == NULL && why != NULL);
}

static void resolving(void)
{
    static const struct {
        const char *path;
        SrtFound found;
        const char *to, *nearest, *link;
    } table[] = {
        {"d/f", SRT_FOUND_FILE, "d/f", "d", NULL},
        {"d//./f", SRT_FOUND_FILE, "d/f", "d", NULL},
        {"d/", SRT_FOUND_DIR, "d", "d", NULL},
        {"d/../d/f", SRT_FOUND_FILE, "d/f", "d", NULL},
        {"l", SRT_FOUND_DIR, "d/e", "d/e", "l"},
        {"l/", SRT_FOUND_DIR, "d/e", "d/e", "l"},
        {"l/..", SRT_FOUND_DIR, "d", "d", NULL},
        {"l/../f", SRT_FOUND_FILE, "d/f", "d", NULL},
        {"l2", SRT_FOUND_DIR, "d/e", "d/e", "l2"},
        {"abs/e", SRT_FOUND_DIR, "d/e", "d/e", NULL},
        {"d/none", SRT_FOUND_MISSING, "d/none", "d", NULL},
        {"d/none/../f", SRT_FOUND_FILE, "d/f", "d", NULL},
        {"d/none/a/../b", SRT_FOUND_MISSING, "d/none/b", "d", NULL},
        {"d/f/x", SRT_FOUND_MISSING, "d/f/x", "d", NULL},
        {"dangling", SRT_FOUND_MISSING, "d/gone", "d", "dangling"},
        {"dangling/x", SRT_FOUND_MISSING, "d/gone/x", "d", NULL},
    };
    g_autoptr(Tree) tree = tree_new("d/f d/e/ l>d/e l2>l abs>@/d dangling>d/gone");
    g_autoptr(SrtResolver) resolver = srt_resolver_new();
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        g_auto(SrtResolved) at = {0};
        /* Not g_build_filename: it takes slashes away. */
        g_autofree char *path = g_strconcat(tree->root, "/", table[i].path, NULL);
        g_autofree char *to = tree_path(tree, table[i].to);
        g_autofree char *nearest = tree_path(tree, table[i].nearest);
        g_autofree char *link = table[i].link ? tree_path(tree, table[i].link) : NULL;
        srt_resolve(resolver, path, &at);
        CU_ASSERT(at.found == table[i].found);
        SRT_ASSERT_STR(at.path, to);
        SRT_ASSERT_STR(at.nearest, nearest);
        SRT_ASSERT_STR(at.link, link);
    }
}

static void ends(void)
{
    g_autoptr(Tree) tree = tree_new("a>b b>a self>self/x");
    g_autoptr(SrtResolver) resolver = srt_resolver_new();
    g_auto(SrtResolved) loop = {0}, self = {0}, root = {0}, above = {0}, long_path = {0};
    g_autofree char *a = tree_path(tree, "a/x"), *s = tree_path(tree, "self");
    srt_resolve(resolver, a, &loop);
    CU_ASSERT(loop.found == SRT_FOUND_LOOP);
    srt_resolve(resolver, s, &self);
    CU_ASSERT(self.found == SRT_FOUND_LOOP);
    srt_resolve(resolver, "/", &root);
    CU_ASSERT(root.found == SRT_FOUND_DIR);
    SRT_ASSERT_STR(root.path, "/");
    srt_resolve(resolver, "/../..//usr/..", &above);
    CU_ASSERT(above.found == SRT_FOUND_DIR);
    SRT_ASSERT_STR(above.path, "/");
    SRT_ASSERT_STR(above.nearest, "/");
    g_autofree char *name = g_strnfill(300, 'n');
    g_autofree char *full = g_strconcat("/usr/", name, NULL);
    srt_resolve(resolver, full, &long_path);
    CU_ASSERT(long_path.found == SRT_FOUND_TOO_LONG);
}

static const srt_unit_case cases[] = {
    {"spelling", spelling},
    {"resolving", resolving},
    {"ends", ends},
};

SRT_UNIT_MAIN("policy resolve", cases)
