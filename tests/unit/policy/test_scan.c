/* SPDX-License-Identifier: Apache-2.0 */
/* Golden tests: patterns and protected names found by looking through a tree. */
#include "support/unit.h"
#include "tree.h"

#include <string.h>
#include <unistd.h>

#define FS(text) "{'filesystem': {" text "}}"

static void same(const char *entries, const char *settings, const char *regions,
                 const char *pending)
{
    g_autoptr(Tree) tree = tree_new(entries);
    g_autoptr(SrtPolicy) policy = tree_policy(tree, settings, NULL);
    g_autofree char *actual = tree_regions(tree, policy);
    SRT_ASSERT_STR(actual, regions);
    if (pending) {
        g_autofree char *later = tree_pending(tree, policy, FALSE);
        SRT_ASSERT_STR(later, pending);
        CU_ASSERT(tree_requests(policy, SRT_RULE_GLOB_LATER) == (*pending != '\0'));
    }
}

static void globs(void)
{
    same("home/work/.env home/work/a/b/.env home/work/a/env home/work/k.pem",
         FS("'denyRead': ['**/.env'], 'denyWrite': ['*.pem']"),
         "READ / dir\nWRITE @/home/work dir default\nHIDDEN @/home/work/.env glob\n"
         "HIDDEN @/home/work/a/b/.env glob\nREAD @/home/work/k.pem glob\n",
         "HIDDEN @/home/work/**/.env glob\nREAD @/home/work/*.pem glob\n");
    same("home/work/a/secrets/k home/work/b/c/secrets/k", FS("'denyRead': ['**/secrets/**']"),
         "READ / dir\nWRITE @/home/work dir default\nHIDDEN @/home/work/a/secrets dir glob\n"
         "HIDDEN @/home/work/b/c/secrets dir glob\n",
         "HIDDEN @/home/work/**/secrets glob\n");
    same("x1/s x2/s y/s", FS("'allowWrite': ['@/x[!2]'], 'denyRead': ['@/?2/s']"),
         "READ / dir\nWRITE @/x1 dir glob\nHIDDEN @/x2/s glob\n", "HIDDEN @/?2/s glob\n");
    /* Nothing writable can come into being there. */
    same("ro/", FS("'allowWrite': ['.'], 'denyWrite': ['@/ro/*.x']"),
         "READ / dir\nWRITE @/home/work dir\n", "");
}

static void globs_in_every_root(void)
{
    same("other/d/.env home/work/.env third/.env",
         FS("'allowWrite': ['.', '@/other'], 'denyRead': ['**/.env']"),
         "READ / dir\nWRITE @/home/work dir\nHIDDEN @/home/work/.env glob\nWRITE @/other dir\n"
         "HIDDEN @/other/d/.env glob\n",
         "HIDDEN @/home/work/**/.env glob\nHIDDEN @/other/**/.env glob\n");
    /* A writable root that is itself found by a pattern. */
    same("o1/.env", FS("'allowWrite': ['@/o*'], 'denyRead': ['**/.env']"),
         "READ / dir\nWRITE @/o1 dir glob\nHIDDEN @/o1/.env glob\n",
         "HIDDEN @/home/work/**/.env glob\nHIDDEN @/o1/**/.env glob\n");
}

static void globs_in_denied_trees(void)
{
    same("s/a/pub/f s/a/priv s/b/pub s/c/.env",
         FS("'allowWrite': [], 'denyRead': ['@/s', '@/**/.env'], 'allowRead': ['@/s/*/pub', "
            "'@/s/c']"),
         "READ / dir\nHIDDEN @/s dir\nREAD @/s/a/pub dir glob\nREAD @/s/b/pub glob\n"
         "READ @/s/c dir\nHIDDEN @/s/c/.env glob\n",
         NULL);
}

static void names_with_wildcards(void)
{
    same("home/work/app/[id]/k.key home/work/app/i/k.key home/work/app/x/k.key",
         FS("'denyRead': ['app/[id]/*.key']"),
         "READ / dir\nWRITE @/home/work dir default\nHIDDEN @/home/work/app/[id]/k.key glob\n"
         "HIDDEN @/home/work/app/i/k.key glob\n",
         "HIDDEN @/home/work/app/[id]/*.key glob\nHIDDEN @/home/work/app/[[]id]/*.key glob\n");
    same("home/work/a[b home/work/a*", FS("'denyRead': ['a[b', 'a*']"),
         "READ / dir\nWRITE @/home/work dir default\nHIDDEN @/home/work/a*\n"
         "HIDDEN @/home/work/a[b\n",
         "HIDDEN @/home/work/a* glob\n");
}

static void wrong_globs(void)
{
    static const struct {
        const char *settings, *error;
    } table[] = {
        {FS("'denyRead': ['a[b']"),
         "s.json:1: filesystem.denyRead[0]: \"a[b\" has a '[' without a ']': close it, or write "
         "[[] for the character itself"},
        {FS("'allowWrite': ['*/../x', '[z-a]']"),
         "s.json:1: filesystem.allowWrite[0]: \"*/../x\" has \"..\" after a wildcard: write it "
         "without\n"
         "s.json:1: filesystem.allowWrite[1]: \"[z-a]\" has a range between '[' and ']' whose end "
         "comes before its start"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autoptr(Tree) tree = tree_new("");
        g_autofree char *message = NULL;
        g_autoptr(SrtPolicy) policy = tree_policy(tree, table[i].settings, &message);
        CU_ASSERT(policy == NULL);
        SRT_ASSERT_STR(message, table[i].error);
    }
}

static void links_and_globs(void)
{
    /* The pattern goes through a link; what it finds is denied where it is. Links
     * up and to oneself end. A match that is a link is denied at its target. */
    same("far/sub/.env far/x home/work/l>@/far home/work/up>.. home/work/me>me "
         "home/work/.env>@/far/x",
         FS("'denyRead': ['**/.env']"),
         "READ / dir\nHIDDEN @/far/sub/.env glob\nHIDDEN @/far/x glob\n"
         "WRITE @/home/work dir default\n",
         "HIDDEN @/home/work/**/.env glob\n");
    /* A grant does not. */
    same("far/out/ home/work/out>@/far/out", FS("'allowWrite': ['o*']"), "READ / dir\n", "");
}

static void protected_names(void)
{
    same("home/work/.BASHRC home/work/a/b/c/.Mcp.JSON home/work/s/.vscode/a.json "
         "home/work/node_modules/p/.idea/ home/work/.claude/settings.local.json "
         "home/work/.claude/notes home/work/x.bashrc home/work/.gitignore",
         NULL,
         "READ / dir\nWRITE @/home/work dir default\nREAD @/home/work/.BASHRC mandatory\n"
         "READ @/home/work/.claude/settings.local.json mandatory\n"
         "READ @/home/work/a/b/c/.Mcp.JSON mandatory\nREAD @/home/work/s/.vscode dir mandatory\n",
         "");
    same("other/.zshrc home/work/.zshrc", FS("'allowWrite': ['@/other', '@/other/.zshrc']"),
         "READ / dir\nWRITE @/other dir\nREAD @/other/.zshrc mandatory\n", "");
    same("other/.zshrc", FS("'allowWrite': ['@/other/.zshrc']"), "READ / dir\n", "");
}

static void home_names(void)
{
    same("home/.bashrc home/.ssh/id home/.config/fish/config.fish home/.config/other "
         "home/work/.zshenv home/.npmrc home/work/.npmrc",
         FS("'allowWrite': ['~']"),
         "READ / dir\nWRITE @/home dir\nREAD @/home/.bashrc mandatory\n"
         "READ @/home/.config/fish dir mandatory\nREAD @/home/.npmrc mandatory\n"
         "READ @/home/.ssh dir mandatory\n",
         "");
    same("home/.Zshenv", FS("'allowWrite': ['@']"),
         "READ / dir\nWRITE @ dir\nREAD @/home/.Zshenv mandatory\n", "");
}

static void git(void)
{
    static const char *const tree =
        "home/work/.git/hooks/x home/work/.git/config home/work/.git/HEAD home/work/.git/objects/ "
        "home/work/.git/refs/ home/work/.git/modules/m/HEAD home/work/.git/modules/m/objects/ "
        "home/work/.git/modules/m/refs/ home/work/.git/modules/m/config "
        "home/work/.git/worktrees/w/HEAD home/work/.git/worktrees/w/commondir "
        "home/work/bare/HEAD home/work/bare/objects/ home/work/bare/refs/ home/work/bare/config "
        "home/work/bare/hooks/ home/work/sub/.git home/work/plain/HEAD home/work/plain/config";
    same(tree, NULL,
         "READ / dir\nWRITE @/home/work dir default\nREAD @/home/work/.git/config mandatory\n"
         "READ @/home/work/.git/hooks dir mandatory\n"
         "READ @/home/work/.git/modules/m/config mandatory\n"
         "READ @/home/work/.git/worktrees/w/commondir mandatory\n"
         "READ @/home/work/bare/config mandatory\nREAD @/home/work/bare/hooks dir mandatory\n"
         "READ @/home/work/sub/.git mandatory\n",
         "");
    same(tree, FS("'allowGitConfig': true"),
         "READ / dir\nWRITE @/home/work dir default\n"
         "READ @/home/work/.git/hooks dir mandatory\n"
         "READ @/home/work/.git/worktrees/w/commondir mandatory\n"
         "READ @/home/work/bare/hooks dir mandatory\nREAD @/home/work/sub/.git mandatory\n",
         "");
}

static void own_list(void)
{
    same("home/work/.idea/ home/work/a/Secret.cfg home/.x/y home/work/.bashrc",
         FS("'allowWrite': ['~'], 'mandatoryDeny': {'remove': ['.idea', '.bashrc'], "
            "'add': ['sec*.cfg', '~/.x/y']}"),
         "READ / dir\nWRITE @/home dir\nREAD @/home/.x/y mandatory\n"
         "READ @/home/work/a/Secret.cfg mandatory\n",
         "");
    g_autoptr(Tree) tree = tree_new("");
    g_autofree char *message = NULL;
    g_autoptr(SrtPolicy) policy = tree_policy(
        tree, FS("'mandatoryDeny': {'remove': ['.bashrcc', '~/.gitconfig']}"), &message);
    CU_ASSERT(policy == NULL);
    CU_ASSERT(message && strstr(message, "\".bashrcc\" is none of the built-in") != NULL);
    CU_ASSERT(message && strstr(message, "\"~/.gitconfig\" is none of the built-in") != NULL);
}

static void depth(void)
{
    static const char *const tree = "home/work/.bashrc home/work/a/.bashrc home/work/a/b/.bashrc "
                                    "home/work/.claude/commands/ home/work/a/b/c/secret";
    same(tree, "{'mandatoryDenySearchDepth': 1, 'filesystem': {'denyRead': ['**/secret']}}",
         "READ / dir\nWRITE @/home/work dir default\nREAD @/home/work/.bashrc mandatory\n"
         "READ @/home/work/.claude/commands dir mandatory\nHIDDEN @/home/work/a/b/c/secret glob\n",
         "HIDDEN @/home/work/**/secret glob\n");
    same(tree, "{'mandatoryDenySearchDepth': 2}",
         "READ / dir\nWRITE @/home/work dir default\nREAD @/home/work/.bashrc mandatory\n"
         "READ @/home/work/.claude/commands dir mandatory\n"
         "READ @/home/work/a/.bashrc mandatory\n",
         "");
}

static void unreadable_as_user(void)
{
    g_autoptr(Tree) tree = tree_new("home/work/locked/x home/work/n/.bashrc home/shut/s");
    tree_mode(tree, "home/work/locked", 0000);
    tree_mode(tree, "home/shut", 0000);
    g_autoptr(SrtPolicy) policy =
        tree_policy(tree, FS("'denyRead': ['~/shut/s'], 'allowRead': ['~/shut/t']"), NULL);
    g_autofree char *regions = tree_regions(tree, policy);
    g_autofree char *notes = tree_notes(tree, policy);
    SRT_ASSERT_STR(regions, "READ / dir\nHIDDEN @/home/shut dir\nWRITE @/home/work dir default\n"
                            "READ @/home/work/locked dir mandatory\n"
                            "READ @/home/work/n/.bashrc mandatory\n");
    CU_ASSERT(strstr(notes, "@/home/work/locked cannot be searched for protected names") != NULL);
    CU_ASSERT(strstr(notes, "@/home/shut is denied instead") != NULL);
    g_autoptr(SrtPolicy) globbed = tree_policy(tree, FS("'denyRead': ['**/.env']"), NULL);
    CU_ASSERT(tree_access(tree, globbed, "home/work/locked") == SRT_ACCESS_HIDDEN);
    tree_mode(tree, "home/work/locked", 0700);
    tree_mode(tree, "home/shut", 0700);
}

/* Root can read every directory, so it becomes somebody else for this. */
static void unreadable(void)
{
    gboolean is_root = geteuid() == 0;
    CU_ASSERT_FATAL(!is_root || (setegid(65534) == 0 && seteuid(65534) == 0));
    unreadable_as_user();
    CU_ASSERT_FATAL(!is_root || (seteuid(0) == 0 && setegid(0) == 0));
}

/* Deeper than the walk goes: what is down there cannot be written. */
static void too_deep(void)
{
    g_autoptr(Tree) tree = tree_new("");
    g_autoptr(GString) path = g_string_new("home/work");
    for (guint i = 0; i < SRT_WALK_MAX_DEPTH + 3; i++)
        g_string_append(path, "/d");
    g_string_append(path, "/");
    tree_add(tree, path->str);
    g_autoptr(SrtPolicy) policy = tree_policy(tree, NULL, NULL);
    const srt_policy *view = srt_policy_view(policy);
    const srt_region *last = NULL;
    for (gsize i = 0; i < view->n_regions; i++)
        if (g_str_has_prefix(view->regions[i]->path, tree->cwd))
            last = view->regions[i];
    CU_ASSERT(last && last->access == SRT_ACCESS_READ && (last->flags & SRT_PATH_MANDATORY));
    CU_ASSERT(tree_access(tree, policy, path->str) == SRT_ACCESS_READ);
    CU_ASSERT(srt_policy_notes(policy)->len == 1);
}

static void settings_files(void)
{
    g_autoptr(Tree) tree = tree_new("home/.srt-settings.json home/work/.srt-settings.json");
    g_autoptr(SrtPolicy) policy = tree_policy(tree, FS("'allowWrite': ['~']"), NULL);
    CU_ASSERT(tree_access(tree, policy, "home/.srt-settings.json") == SRT_ACCESS_READ);
    CU_ASSERT(tree_access(tree, policy, "home/work/.srt-settings.json") == SRT_ACCESS_WRITE);
}

static const srt_unit_case cases[] = {
    {"globs", globs},
    {"globs in every root", globs_in_every_root},
    {"globs in denied trees", globs_in_denied_trees},
    {"names with wildcards", names_with_wildcards},
    {"wrong globs", wrong_globs},
    {"links and globs", links_and_globs},
    {"protected names", protected_names},
    {"home names", home_names},
    {"git", git},
    {"own list", own_list},
    {"depth", depth},
    {"unreadable", unreadable},
    {"too deep", too_deep},
    {"settings files", settings_files},
};

SRT_UNIT_MAIN("policy scan", cases)
