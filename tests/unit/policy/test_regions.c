/* SPDX-License-Identifier: Apache-2.0 */
/* Random trees and rules: the regions say what the specification at the head of
 * regions.c says, evaluated word by word. */
#include "policy/regions.h"

#include <string.h>

#include "support/unit.h"

#define MAX_PATHS 40

typedef struct World {
    char *paths[MAX_PATHS];
    guint n_paths;
    struct {
        SrtKind kind;
        const char *path;
    } rules[16];
    guint n_rules;
} World;

/* Names that sort around '/', so that "a-b" stands between "a" and "a/b". */
static void make_world(World *world, GRand *rand)
{
    static const char *const names[] = {"a", "a-", "a.b", "b", "aa"};
    memset(world, 0, sizeof *world);
    world->paths[world->n_paths++] = g_strdup("/");
    while (world->n_paths < MAX_PATHS) {
        const char *parent = world->paths[g_rand_int_range(rand, 0, (gint32)world->n_paths)];
        const char *name = names[g_rand_int_range(rand, 0, G_N_ELEMENTS(names))];
        world->paths[world->n_paths++] = g_strconcat(parent[1] ? parent : "", "/", name, NULL);
    }
    world->n_rules = (guint)g_rand_int_range(rand, 1, 13);
    for (guint i = 0; i < world->n_rules; i++) {
        world->rules[i].kind = (SrtKind)g_rand_int_range(rand, 0, SRT_KIND_COUNT);
        world->rules[i].path = world->paths[g_rand_int_range(rand, 0, MAX_PATHS)];
    }
}

static gboolean above(const char *rule, const char *path)
{
    gsize n = strlen(rule);
    return strcmp(rule, "/") == 0 ||
           (strncmp(rule, path, n) == 0 && (path[n] == '/' || path[n] == '\0'));
}

static gboolean stands(const World *world, SrtKind kind, const char *path)
{
    for (guint i = 0; i < world->n_rules; i++)
        if (world->rules[i].kind == kind && strcmp(world->rules[i].path, path) == 0)
            return TRUE;
    return FALSE;
}

/* A denyRead that decides at its own path. */
static gboolean denies_at(const World *world, const char *path)
{
    return stands(world, SRT_KIND_DENY_READ, path) && !stands(world, SRT_KIND_ALLOW_READ, path);
}

static gboolean readable(const World *world, const char *path)
{
    const char *longest = NULL;
    for (guint i = 0; i < world->n_rules; i++)
        if (world->rules[i].kind != SRT_KIND_DENY_WRITE && above(world->rules[i].path, path) &&
            (!longest || strlen(world->rules[i].path) > strlen(longest)))
            longest = world->rules[i].path;
    return !longest || !denies_at(world, longest);
}

static gboolean granted(const World *world, const char *path)
{
    for (guint i = 0; i < world->n_rules; i++) {
        const char *grant = world->rules[i].path;
        gboolean taken_back = FALSE;
        if (world->rules[i].kind != SRT_KIND_ALLOW_WRITE || !above(grant, path))
            continue;
        for (guint j = 0; j < world->n_rules; j++) {
            const char *deny = world->rules[j].path;
            if (strlen(deny) > strlen(grant) && above(deny, path) && denies_at(world, deny))
                taken_back = TRUE;
        }
        if (!taken_back)
            return TRUE;
    }
    return FALSE;
}

static srt_access specified(const World *world, const char *path)
{
    if (!readable(world, path))
        return SRT_ACCESS_HIDDEN;
    for (guint i = 0; i < world->n_rules; i++)
        if (world->rules[i].kind == SRT_KIND_DENY_WRITE && above(world->rules[i].path, path))
            return SRT_ACCESS_READ;
    return granted(world, path) ? SRT_ACCESS_WRITE : SRT_ACCESS_READ;
}

/* As a backend finds it: the last region in the list that lies above. */
static srt_access looked_up(const GPtrArray *regions, const char *path)
{
    const srt_region *found = NULL;
    for (guint i = 0; i < regions->len; i++) {
        const srt_region *region = g_ptr_array_index(regions, i);
        if (above(region->path, path))
            found = region;
    }
    g_assert(found); /* the first one is / */
    return found->access;
}

static void check_order(const GPtrArray *regions)
{
    for (guint i = 1; i < regions->len; i++) {
        const srt_region *region = g_ptr_array_index(regions, i), *around = NULL;
        for (guint j = 0; j < regions->len; j++) {
            const srt_region *other = g_ptr_array_index(regions, j);
            if (i == j || !above(other->path, region->path))
                continue;
            CU_ASSERT(j < i);
            if (!around || strlen(other->path) > strlen(around->path))
                around = other;
        }
        CU_ASSERT(around != NULL && around->access != region->access);
    }
}

static void random_worlds(void)
{
    static const char *const reasons[SRT_KIND_COUNT] = {"r", "R", "W", "w"};
    GRand *rand = g_rand_new_with_seed(11);
    guint seen[3] = {0};
    for (guint round = 0; round < 4000; round++) {
        World world;
        make_world(&world, rand);
        g_autoptr(SrtRules) rules = srt_rules_new();
        for (guint i = 0; i < world.n_rules; i++)
            srt_rules_add(rules, world.rules[i].kind, world.rules[i].path, SRT_PATH_DIR,
                          srt_rules_built_in(rules, reasons[world.rules[i].kind], ""));
        g_autoptr(GPtrArray) regions = srt_regions_new(rules);
        const srt_region *first = g_ptr_array_index(regions, 0);
        SRT_ASSERT_STR(first->path, "/");
        check_order(regions);
        for (guint i = 0; i < world.n_paths; i++) {
            g_autofree char *inside = g_strconcat(world.paths[i], "/other", NULL);
            srt_access expected = specified(&world, world.paths[i]);
            SrtAccessState state;
            seen[expected]++;
            CU_ASSERT(looked_up(regions, world.paths[i]) == expected);
            CU_ASSERT(looked_up(regions, inside) == specified(&world, inside));
            srt_access_state_at(rules, world.paths[i], &state);
            CU_ASSERT(srt_access_state_get(&state) == expected);
        }
        for (guint i = 0; i < world.n_paths; i++)
            g_free(world.paths[i]);
    }
    CU_ASSERT(seen[0] > 1000 && seen[1] > 1000 && seen[2] > 1000);
    g_rand_free(rand);
}

static void deciding_rule(void)
{
    g_autoptr(SrtRules) rules = srt_rules_new();
    const srt_origin *user = srt_rules_built_in(rules, "allowWrite[0]", "/w");
    const srt_origin *mandatory = srt_rules_built_in(rules, "protected", ".bashrc");
    srt_rules_add(rules, SRT_KIND_ALLOW_WRITE, "/w", SRT_PATH_DIR, user);
    srt_rules_add(rules, SRT_KIND_ALLOW_WRITE, "/w", SRT_PATH_DIR, mandatory); /* too late */
    srt_rules_add(rules, SRT_KIND_DENY_WRITE, "/w/.bashrc", SRT_PATH_MANDATORY, mandatory);
    g_autoptr(GPtrArray) regions = srt_regions_new(rules);
    CU_ASSERT_FATAL(regions->len == 3);
    const srt_region *root = g_ptr_array_index(regions, 0), *w = g_ptr_array_index(regions, 1),
                     *file = g_ptr_array_index(regions, 2);
    CU_ASSERT(root->origin == NULL && root->access == SRT_ACCESS_READ);
    CU_ASSERT(w->origin == user && w->flags == SRT_PATH_DIR);
    CU_ASSERT(file->origin == mandatory && file->flags == SRT_PATH_MANDATORY);
}

static const srt_unit_case cases[] = {
    {"random worlds", random_worlds},
    {"deciding rule", deciding_rule},
};

SRT_UNIT_MAIN("policy regions", cases)
