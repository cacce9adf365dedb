/* SPDX-License-Identifier: Apache-2.0 */
/* Directories of srt's own sockets are closed, whatever the settings grant. */
#include "support/unit.h"
#include "tree.h"

static SrtPolicy *make(const Tree *tree, const char *settings)
{
    g_autofree char *own = tree_path(tree, "home/own");
    g_autofree char *linked = tree_path(tree, "home/work/link");
    g_autofree char *missing = tree_path(tree, "home/missing");
    const char *const directories[] = {own, missing, linked, NULL};
    return tree_policy_beside(tree, settings, directories, NULL);
}

static void what_exists_by_its_real_name(void)
{
    g_autoptr(Tree) tree = tree_new("home/own/ home/other/ home/work/link>@/home/other");
    g_autoptr(SrtPolicy) policy = make(tree, "{}");
    g_autofree char *first = tree_path(tree, "home/own");
    g_autofree char *second = tree_path(tree, "home/other");
    const char *const *denied = srt_policy_view(policy)->unix_denied;
    SRT_ASSERT_STR(denied[0], first);
    SRT_ASSERT_STR(denied[1], second);
    CU_ASSERT_PTR_NULL(denied[2]);
    CU_ASSERT_EQUAL(tree_access(tree, policy, "home/own"), SRT_ACCESS_HIDDEN);
    CU_ASSERT_EQUAL(tree_access(tree, policy, "home/other/socket"), SRT_ACCESS_HIDDEN);
    CU_ASSERT_EQUAL(tree_access(tree, policy, "home/work"), SRT_ACCESS_WRITE);
}

static void no_grant_opens_them(void)
{
    static const char *const settings[] = {
        "{'filesystem': {'allowWrite': ['@/home']}}",
        "{'filesystem': {'allowWrite': ['@/home/own', '@/home/own/*']}}",
        "{'filesystem': {'denyRead': ['@/home'], 'allowRead': ['@/home/own/s', '@/home/own']}}",
        "{'filesystem': {'allowWrite': ['@/home/**'], 'allowRead': ['@/home/o*']}}",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(settings); i++) {
        g_autoptr(Tree) tree = tree_new("home/own/s home/own/d/ home/ownx/");
        g_autoptr(SrtPolicy) policy = make(tree, settings[i]);
        static const char *const closed[] = {"home/own", "home/own/s", "home/own/d",
                                             "home/own/new"};
        for (gsize j = 0; j < G_N_ELEMENTS(closed); j++) {
            const srt_access found = tree_access(tree, policy, closed[j]);
            if (found != SRT_ACCESS_HIDDEN)
                printf("\n  %s: %s is %d\n", settings[i], closed[j], (int)found);
            CU_ASSERT_EQUAL(found, SRT_ACCESS_HIDDEN);
        }
    }
}

static void a_neighbour_keeps_its_grant(void)
{
    g_autoptr(Tree) tree = tree_new("home/own/s home/ownx/");
    g_autoptr(SrtPolicy) policy = make(tree, "{'filesystem': {'allowWrite': ['@/home']}}");
    CU_ASSERT_EQUAL(tree_access(tree, policy, "home/ownx/new"), SRT_ACCESS_WRITE);
}

static void without_them_nothing_is_closed(void)
{
    g_autoptr(Tree) tree = tree_new("home/own/s");
    g_autoptr(SrtPolicy) policy =
        tree_policy(tree, "{'filesystem': {'allowWrite': ['@/home']}}", NULL);
    CU_ASSERT_PTR_NULL(srt_policy_view(policy)->unix_denied[0]);
    CU_ASSERT_EQUAL(tree_access(tree, policy, "home/own/s"), SRT_ACCESS_WRITE);
}

static const srt_unit_case cases[] = {
    {"what exists, by its real name", what_exists_by_its_real_name},
    {"no grant opens them", no_grant_opens_them},
    {"a neighbour keeps its grant", a_neighbour_keeps_its_grant},
    {"without them nothing is closed", without_them_nothing_is_closed},
};

SRT_UNIT_MAIN("policy.own", cases)
