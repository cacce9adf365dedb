/* SPDX-License-Identifier: Apache-2.0 */
/* Random trees on disk, random literal rules and patterns: every path gets the
 * access that the specification gives when each pattern is simply tried on each
 * path, so nothing that the walk leaves out matters. */
#include "policy/glob.h"
#include "policy/regions.h"
#include "support/unit.h"
#include "tree.h"

#include <string.h>
#include <sys/stat.h>

typedef struct World {
    Tree *tree;
    GPtrArray *paths; /* every path below the root, absolute */
    SrtRules *rules;  /* what the naive evaluation finds */
    GString *lists[SRT_KIND_COUNT];
} World;

static const char *const names[] = {"a", "b", "c.x", "d.x", "node_modules"};

static void make_tree(World *world, GRand *rand)
{
    world->tree = tree_new("");
    world->paths = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) dirs = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(dirs, g_strdup("home/work"));
    g_ptr_array_add(dirs, g_strdup("other"));
    tree_add(world->tree, "other/");
    for (guint i = 0; i < 18; i++) {
        const char *parent =
            g_ptr_array_index(dirs, (guint)g_rand_int_range(rand, 0, (gint32)dirs->len));
        char *name =
            g_strdup_printf("%s/%s", parent, names[g_rand_int_range(rand, 0, G_N_ELEMENTS(names))]);
        g_autofree char *full = tree_path(world->tree, name);
        g_autofree char *entry = g_strconcat(name, "/", NULL);
        gboolean is_dir = g_rand_int_range(rand, 0, 3) > 0;
        if (g_file_test(full, G_FILE_TEST_EXISTS)) {
            g_free(name);
            continue;
        }
        tree_add(world->tree, is_dir ? entry : name);
        g_ptr_array_add(world->paths, g_strdup(full));
        if (is_dir)
            g_ptr_array_add(dirs, name);
        else
            g_free(name);
    }
    g_ptr_array_add(world->paths, tree_path(world->tree, "home/work"));
    g_ptr_array_add(world->paths, tree_path(world->tree, "other"));
}

static void naive_rule(World *world, SrtKind kind, const char *path)
{
    srt_rules_add(world->rules, kind, path, SRT_PATH_DIR,
                  srt_rules_built_in(world->rules, "naive", path));
}

static void naive_pattern(World *world, SrtKind kind, const char *base, const char *tail)
{
    const char *why = NULL;
    g_autoptr(SrtGlob) glob = srt_glob_new(tail, &why);
    for (guint i = 0; i < world->paths->len; i++) {
        const char *path = g_ptr_array_index(world->paths, i);
        if (srt_path_within(path, base) && strcmp(path, base) != 0 &&
            srt_glob_match(glob, path + strlen(base) + 1))
            naive_rule(world, kind, path);
    }
}

static void add_text(World *world, SrtKind kind, const char *text)
{
    g_string_append_printf(world->lists[kind], "%s'%s'", world->lists[kind]->len ? ", " : "", text);
}

static void add_random_literal(World *world, GRand *rand)
{
    SrtKind kind = (SrtKind)g_rand_int_range(rand, 0, SRT_KIND_COUNT);
    const char *path = g_ptr_array_index(
        world->paths, (guint)g_rand_int_range(rand, 0, (gint32)world->paths->len));
    add_text(world, kind, path);
    naive_rule(world, kind, path);
}

static const char *const tails[] = {"**/a",  "*",     "**/*.x",      "a/**/b", "**/b/*",
                                    "?/c.x", "*/*.x", "**/a/**/c.x", "[!a]",   "node_modules/**/a"};

/* Grants first: "everywhere" means in the roots that they make. */
static void add_random_pattern(World *world, GRand *rand, gboolean deny)
{
    SrtKind kind = deny ? (g_rand_boolean(rand) ? SRT_KIND_DENY_READ : SRT_KIND_DENY_WRITE)
                        : (g_rand_boolean(rand) ? SRT_KIND_ALLOW_READ : SRT_KIND_ALLOW_WRITE);
    const char *tail = tails[g_rand_int_range(rand, 0, G_N_ELEMENTS(tails))];
    g_autofree char *base = tree_path(world->tree, g_rand_boolean(rand) ? "other" : "home/work");
    gboolean relative = g_rand_boolean(rand);
    g_autofree char *text = relative ? g_strdup(tail) : g_strconcat(base, "/", tail, NULL);
    add_text(world, kind, text);
    naive_pattern(world, kind, relative ? world->tree->cwd : base, tail);
    if (!relative || !deny || !g_str_has_prefix(tail, "**/"))
        return;
    for (guint i = 0; i < world->paths->len; i++) {
        const char *root = g_ptr_array_index(world->paths, i);
        const SrtNode *node = srt_rules_at(world->rules, root);
        if (node && node->rules[SRT_KIND_ALLOW_WRITE])
            naive_pattern(world, kind, root, tail);
    }
}

static void check_world(World *world)
{
    g_autofree char *message = NULL;
    g_autofree char *settings = g_strdup_printf(
        "{'filesystem': {'denyRead': [%s], 'allowRead': [%s], 'allowWrite': [%s], "
        "'denyWrite': [%s]}}",
        world->lists[SRT_KIND_DENY_READ]->str, world->lists[SRT_KIND_ALLOW_READ]->str,
        world->lists[SRT_KIND_ALLOW_WRITE]->str, world->lists[SRT_KIND_DENY_WRITE]->str);
    g_autoptr(SrtPolicy) policy = tree_policy(world->tree, settings, &message);
    if (!policy) {
        CU_ASSERT(strstr(message, "hides the working directory") != NULL);
        return;
    }
    const srt_policy *view = srt_policy_view(policy);
    for (guint i = 0; i < world->paths->len; i++) {
        const char *path = g_ptr_array_index(world->paths, i);
        const srt_region *region = NULL;
        SrtAccessState state;
        for (gsize r = 0; r < view->n_regions; r++)
            if (srt_path_within(path, view->regions[r]->path))
                region = view->regions[r];
        g_assert(region); /* the first one is / */
        srt_access_state_at(world->rules, path, &state);
        if (region->access != srt_access_state_get(&state))
            printf("\n%s\n  %s: %d, expected %d\n", settings, path, (int)region->access,
                   (int)srt_access_state_get(&state));
        CU_ASSERT(region->access == srt_access_state_get(&state));
    }
}

static void random_worlds(void)
{
    GRand *rand = g_rand_new_with_seed(5);
    for (guint round = 0; round < 400; round++) {
        World world = {.rules = srt_rules_new()};
        for (guint k = 0; k < SRT_KIND_COUNT; k++)
            world.lists[k] = g_string_new(NULL);
        make_tree(&world, rand);
        for (gint32 n = g_rand_int_range(rand, 0, 5); n > 0; n--)
            add_random_literal(&world, rand);
        for (gint32 n = g_rand_int_range(rand, 0, 3); n > 0; n--)
            add_random_pattern(&world, rand, FALSE);
        for (gint32 n = g_rand_int_range(rand, 0, 4); n > 0; n--)
            add_random_pattern(&world, rand, TRUE);
        check_world(&world);
        for (guint k = 0; k < SRT_KIND_COUNT; k++)
            g_string_free(world.lists[k], TRUE);
        g_ptr_array_unref(world.paths);
        srt_rules_free(world.rules);
        tree_free(world.tree);
    }
    g_rand_free(rand);
}

static const srt_unit_case cases[] = {{"random worlds", random_worlds}};

SRT_UNIT_MAIN("policy world", cases)
