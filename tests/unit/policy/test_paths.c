/* SPDX-License-Identifier: Apache-2.0 */
/* Golden tests: settings and a tree on disk -> regions. */
#include "support/unit.h"
#include "tree.h"

#include <string.h>
#include <unistd.h>

#define FS(text) "{'filesystem': {" text "}}"

static void same_regions(const char *entries, const char *settings, const char *expected)
{
    g_autoptr(Tree) tree = tree_new(entries);
    g_autoptr(SrtPolicy) policy = tree_policy(tree, settings, NULL);
    g_autofree char *actual = tree_regions(tree, policy);
    SRT_ASSERT_STR(actual, expected);
}

static void fails(const char *entries, const char *settings, const char *expected)
{
    g_autoptr(Tree) tree = tree_new(entries);
    g_autofree char *message = NULL;
    g_autoptr(SrtPolicy) policy = tree_policy(tree, settings, &message);
    CU_ASSERT(policy == NULL);
    SRT_ASSERT_STR(message, expected);
}

static void defaults(void)
{
    same_regions("home/.bashrc", NULL, "READ / dir\nWRITE @/home/work dir default\n");
    same_regions("", FS("'allowWrite': []"), "READ / dir\n");
    same_regions("home/.npm/_logs/ home/.claude/debug/", FS("'allowWrite': []"),
                 "READ / dir\nWRITE @/home/.claude/debug dir default\n"
                 "WRITE @/home/.npm/_logs dir default\n");
}

static void defaults_under_denials(void)
{
    static const char *const tree = "home/.npm/_logs/ home/.claude/debug/";
    same_regions(tree, FS("'allowWrite': [], 'denyRead': ['~/.npm']"),
                 "READ / dir\nWRITE @/home/.claude/debug dir default\nHIDDEN @/home/.npm dir\n");
    same_regions(tree,
                 FS("'allowWrite': [], 'denyRead': ['~/.n*', '~/.claude'],"
                    "'allowRead': ['~/.claude/debug']"),
                 "READ / dir\nHIDDEN @/home/.claude dir\nWRITE @/home/.claude/debug dir default\n"
                 "HIDDEN @/home/.npm dir glob\n");
}

/* A path that a rule takes out of a pattern is there, though its access is that of
 * what is around it. */
static void exceptions(void)
{
    static const char *const tree = "home/work/.env home/work/.env.x home/work/a";
    g_autoptr(Tree) t = tree_new(tree);
    g_autoptr(SrtPolicy) policy =
        tree_policy(t, FS("'denyRead': ['**/.env*'], 'allowRead': ['.env.x', 'a']"), NULL);
    const srt_policy *view = srt_policy_view(policy);
    g_autofree char *path = tree_path(t, "home/work/.env.x");
    guint found = 0;
    for (gsize i = 0; i < view->n_regions; i++)
        if (view->regions[i]->flags & SRT_PATH_EXCEPTION) {
            SRT_ASSERT_STR(view->regions[i]->path, path);
            CU_ASSERT_EQUAL(view->regions[i]->access, SRT_ACCESS_WRITE);
            found++;
        }
    CU_ASSERT_EQUAL(found, 1);
}

static void nesting(void)
{
    static const char *const tree = "home/work/a/b/c/ home/s/x/y/ home/s/f home/s/x/g";
    same_regions(tree, FS("'denyRead': ['~/s'], 'allowRead': ['~/s/x'], 'allowWrite': ['~/s/x/y']"),
                 "READ / dir\nHIDDEN @/home/s dir\nREAD @/home/s/x dir\nWRITE @/home/s/x/y dir\n");
    same_regions(tree,
                 FS("'denyRead': ['~/s', '~/s/x/g', '~/s/f'], 'allowRead': ['~/s/x'],"
                    "'allowWrite': []"),
                 "READ / dir\nHIDDEN @/home/s dir\nREAD @/home/s/x dir\nHIDDEN @/home/s/x/g\n");
    same_regions(tree, FS("'denyRead': ['~/s/f'], 'allowRead': ['~/s/f'], 'allowWrite': []"),
                 "READ / dir\n");
    same_regions(tree, FS("'denyRead': ['~/s/f'], 'allowWrite': ['~/s/f', '~/s']"),
                 "READ / dir\nWRITE @/home/s dir\nHIDDEN @/home/s/f\n");
    same_regions(tree, FS("'allowWrite': ['.', 'a/b'], 'denyWrite': ['a']"),
                 "READ / dir\nWRITE @/home/work dir\nREAD @/home/work/a dir\n");
    same_regions(tree, FS("'allowWrite': ['a/b'], 'denyWrite': ['.']"), "READ / dir\n");
    same_regions(tree, FS("'allowWrite': ['.', 'a/b', 'a'], 'denyWrite': ['a/b/c']"),
                 "READ / dir\nWRITE @/home/work dir\nREAD @/home/work/a/b/c dir\n");
}

/* What is denied ends the grant from above; what is read again is not written. */
static void read_again_is_not_write_again(void)
{
    static const char *const tree = "home/work/s/p/ home/work/s/q/";
    same_regions(tree, FS("'allowWrite': ['.'], 'denyRead': ['s'], 'allowRead': ['s/p']"),
                 "READ / dir\nWRITE @/home/work dir\nHIDDEN @/home/work/s dir\n"
                 "READ @/home/work/s/p dir\n");
    same_regions(tree, FS("'allowWrite': ['.', 's'], 'denyRead': ['s'], 'allowRead': ['s/p']"),
                 "READ / dir\nWRITE @/home/work dir\nHIDDEN @/home/work/s dir\n"
                 "WRITE @/home/work/s/p dir\n");
}

/* A link opens what is hidden with it, not what is denied by itself. */
static void read_again_through_a_link(void)
{
    static const char *const tree = "home/s/ok/ home/s/sec/f home/s/x/f home/out/f "
                                    "home/s/ok/l>@/home/s/sec/f home/s/ok/m>@/home/s/x/f "
                                    "home/work/o>@/home/out/f home/work/p>@/home/s/sec/f";
    same_regions(tree,
                 FS("'denyRead': ['~/s', '~/s/sec'], 'allowRead': ['~/s/ok/l', '~/s/ok/m'],"
                    "'allowWrite': []"),
                 "READ / dir\nHIDDEN @/home/s dir\nREAD @/home/s/x/f\n");
    same_regions(tree,
                 FS("'denyRead': ['~/s', '~/s/sec'], 'allowRead': ['~/s/sec/f'], 'allowWrite': []"),
                 "READ / dir\nHIDDEN @/home/s dir\nREAD @/home/s/sec/f\n");
    same_regions(tree,
                 FS("'denyRead': ['~/out', '**/sec'], 'allowRead': ['o', 'p'], 'allowWrite': []"),
                 "READ / dir\nHIDDEN @/home/out dir\n");
    g_autoptr(Tree) t = tree_new(tree);
    g_autoptr(SrtPolicy) policy =
        tree_policy(t, FS("'denyRead': ['~/out'], 'allowRead': ['o'], 'allowWrite': []"), NULL);
    g_autofree char *notes = tree_notes(t, policy);
    CU_ASSERT(strstr(notes, "is a symbolic link to @/home/out/f, which filesystem.denyRead[0] "
                            "denies by itself") != NULL);
}

static void root_denied(void)
{
    g_autoptr(Tree) tree = tree_new("home/work/f home/other/ elsewhere/");
    g_autoptr(SrtPolicy) policy =
        tree_policy(tree,
                    FS("'denyRead': ['/'], 'allowRead': ['/usr', '/bin', '/lib', '/etc'],"
                       "'allowWrite': ['.']"),
                    NULL);
    const srt_policy *view = srt_policy_view(policy);
    CU_ASSERT(view->regions[0]->access == SRT_ACCESS_READ);
    CU_ASSERT(srt_policy_access(policy, "/usr/bin", NULL, NULL) == SRT_ACCESS_READ);
    CU_ASSERT(srt_policy_access(policy, "/etc/passwd", NULL, NULL) == SRT_ACCESS_READ);
    CU_ASSERT(srt_policy_access(policy, "/proc/self/status", NULL, NULL) == SRT_ACCESS_READ);
    CU_ASSERT(srt_policy_access(policy, "/dev/null", NULL, NULL) == SRT_ACCESS_READ);
    CU_ASSERT(srt_policy_access(policy, "/var/lib", NULL, NULL) == SRT_ACCESS_HIDDEN);
    CU_ASSERT(tree_access(tree, policy, "home/work/f") == SRT_ACCESS_WRITE);
    CU_ASSERT(tree_access(tree, policy, "home/other") == SRT_ACCESS_HIDDEN);
    CU_ASSERT(tree_requests(policy, SRT_RULE_READ_ALLOW));
    for (gsize i = 0; i < view->n_regions; i++)
        CU_ASSERT(strcmp(view->regions[i]->path, "/usr") != 0);
}

static void working_directory(void)
{
    /* A grant below what is denied keeps it visible. */
    same_regions("", FS("'denyRead': ['~']"),
                 "READ / dir\nHIDDEN @/home dir\nWRITE @/home/work dir default\n");
    fails("", FS("'denyRead': ['~'], 'allowWrite': []"),
          "s.json:1: filesystem.denyRead[0]: \"~\" hides the working directory @/home/work: run "
          "from another directory, or name it in filesystem.allowRead or, below what is denied, in "
          "filesystem.allowWrite");
    fails("", FS("'denyRead': ['.'], 'allowWrite': ['.']"),
          "s.json:1: filesystem.denyRead[0]: \".\" hides the working directory @/home/work: run "
          "from another directory, or name it in filesystem.allowRead or, below what is denied, in "
          "filesystem.allowWrite");
    /* Something in it is shown, so it is there. */
    same_regions("home/work/p/.env home/work/p/a",
                 FS("'denyRead': ['.', 'p/.env'], 'allowRead': ['p'], 'allowWrite': ['.']"),
                 "READ / dir\nHIDDEN @/home/work dir\nWRITE @/home/work/p dir\n"
                 "HIDDEN @/home/work/p/.env\n");
}

static void symbolic_links(void)
{
    static const char *const tree = "real/d/ real/f home/work/l>@/real/d home/work/m>l "
                                    "home/work/f>../../real/f";
    same_regions(tree, FS("'allowWrite': ['l']"), "READ / dir\nWRITE @/real/d dir\n");
    same_regions(tree, FS("'allowWrite': [], 'denyRead': ['m/../f', 'f']"),
                 "READ / dir\nHIDDEN @/real/f\n");
    same_regions(tree, FS("'allowWrite': ['@/real'], 'denyWrite': ['m']"),
                 "READ / dir\nWRITE @/real dir\nREAD @/real/d dir\n");
    same_regions("real/.npmrc home/work/.npmrc>@/real/.npmrc home/dot/rc home/.bashrc>dot/rc",
                 FS("'allowWrite': ['~']"),
                 "READ / dir\nWRITE @/home dir\nREAD @/home/dot/rc mandatory\n");
}

static void loops(void)
{
    fails("home/work/a>b home/work/b>a", FS("'denyRead': ['a/x']"),
          "s.json:1: filesystem.denyRead[0]: \"a/x\" leads through symbolic links that lead back "
          "to each other (at @/home/work/a): remove one of them, or name the place that is meant");
}

static void spelling(void)
{
    same_regions("home/work/d/e/", FS("'allowWrite': ['.//d/./e/../e//'], 'denyWrite': ['d/e/**']"),
                 "READ / dir\n");
    same_regions("home/work/d/e/", FS("'allowWrite': ['**']"),
                 "READ / dir\nWRITE @/home/work dir\n");
    same_regions("home/x/", FS("'allowWrite': ['~/x/**/']"), "READ / dir\nWRITE @/home/x dir\n");
}

static void kernel_trees(void)
{
    g_autoptr(Tree) tree = tree_new("home/work/n>/dev/null");
    g_autoptr(SrtPolicy) policy =
        tree_policy(tree,
                    FS("'allowWrite': ['/dev/null', '/dev/stdout', '/dev/shm', '/dev/mem', "
                       "'/proc/self', 'n']"),
                    NULL);
    g_autofree char *regions = tree_regions(tree, policy);
    g_autofree char *notes = tree_notes(tree, policy);
    SRT_ASSERT_STR(regions, "READ / dir\n");
    SRT_ASSERT_STR(notes,
                   "s.json:1: filesystem.allowWrite[3]: \"/dev/mem\" is ignored: the sandbox has a "
                   "/dev and a /proc of its own, and /sys is never writable\n"
                   "s.json:1: filesystem.allowWrite[4]: \"/proc/self\" is ignored: the sandbox has "
                   "a /dev and a /proc of its own, and /sys is never writable\n");
}

static void missing(void)
{
    g_autoptr(Tree) tree = tree_new("home/work/dang>gone/deep ro/");
    g_autoptr(SrtPolicy) policy = tree_policy(
        tree,
        FS("'allowWrite': ['.', 'no/dir'], 'denyWrite': ['no/such', '@/ro/new', 'dang'],"
           "'denyRead': ['secret', '@/ro/s']"),
        NULL);
    g_autofree char *regions = tree_regions(tree, policy);
    g_autofree char *pending = tree_pending(tree, policy, FALSE);
    g_autofree char *notes = tree_notes(tree, policy);
    SRT_ASSERT_STR(regions, "READ / dir\nWRITE @/home/work dir\n");
    SRT_ASSERT_STR(pending, "HIDDEN @/home/work/secret\nHIDDEN @/ro/s\nREAD @/home/work/no/such\n"
                            "READ @/home/work/dang\nREAD @/home/work/gone/deep\n");
    SRT_ASSERT_STR(notes, "s.json:1: filesystem.allowWrite[1]: \"no/dir\" does not exist and is "
                          "ignored\n");
    CU_ASSERT(tree_requests(policy, SRT_RULE_WRITE_DENY_MISSING));
    CU_ASSERT(!tree_requests(policy, SRT_RULE_GLOB_LATER));
    CU_ASSERT(tree_access(tree, policy, "home/work/no/such/x") == SRT_ACCESS_READ);
    CU_ASSERT(tree_access(tree, policy, "home/work/no/other") == SRT_ACCESS_WRITE);
    CU_ASSERT(tree_access(tree, policy, "home/work/secret") == SRT_ACCESS_HIDDEN);
    char *work = g_build_filename(tree->cwd, "no", NULL);
    CU_ASSERT(access(work, F_OK) != 0); /* nothing was made */
    g_free(work);
}

static void missing_names_ask_for_themselves(void)
{
    g_autoptr(Tree) tree = tree_new("");
    g_autoptr(SrtPolicy) policy =
        tree_policy(tree, FS("'allowWrite': ['~'], 'denyRead': ['gone']"), NULL);
    g_autofree char *pending = tree_pending(tree, policy, TRUE);
    CU_ASSERT(tree_requests(policy, SRT_RULE_WRITE_DENY_MISSING));
    CU_ASSERT(!srt_policy_asks(srt_policy_view(policy), SRT_RULE_WRITE_DENY_MISSING));
    CU_ASSERT(strstr(pending, "READ @/home/.zshenv mandatory\n") != NULL);
    CU_ASSERT(strstr(pending, "READ @/home/**/.mcp.json mandatory glob\n") != NULL);
    CU_ASSERT(strstr(pending, "READ @/home/**/.git/hooks mandatory glob\n") != NULL);
    CU_ASSERT(strstr(pending, "READ @/home/**/.git mandatory") == NULL);
    CU_ASSERT(tree_access(tree, policy, "home/work/x/.Mcp.json") == SRT_ACCESS_READ);
    CU_ASSERT(tree_access(tree, policy, "home/work/x/mcp.json") == SRT_ACCESS_WRITE);
}

static void loose_link(void)
{
    g_autoptr(Tree) tree = tree_new("out/ home/work/l>@/out outside>@/out");
    g_autoptr(SrtPolicy) policy =
        tree_policy(tree, FS("'allowWrite': ['.', 'l', '@/outside']"), NULL);
    g_autofree char *notes = tree_notes(tree, policy);
    SRT_ASSERT_STR(notes, "s.json:1: filesystem.allowWrite[1]: \"l\" is a symbolic link in a "
                          "writable directory: it makes @/out writable\n");
}

static void lost_grant(void)
{
    g_autoptr(Tree) tree = tree_new("home/.ssh/known_hosts home/work/d/e/");
    g_autoptr(SrtPolicy) policy = tree_policy(
        tree, FS("'allowWrite': ['~/.ssh/known_hosts', 'd/e'], 'denyWrite': ['d']"), NULL);
    g_autofree char *notes = tree_notes(tree, policy);
    SRT_ASSERT_STR(
        notes,
        "s.json:1: filesystem.allowWrite[0]: \"~/.ssh/known_hosts\" has no effect: "
        "@/home/.ssh/known_hosts is denied by protected name (it says who may log in, and which "
        "commands ssh runs) \".ssh\"; filesystem.mandatoryDeny.remove takes protected names off "
        "the list\n"
        "s.json:1: filesystem.allowWrite[1]: \"d/e\" has no effect: @/home/work/d/e is denied by "
        "filesystem.denyWrite[0] \"d\"\n");
}

static void switched_off(void)
{
    g_autoptr(Tree) tree = tree_new("home/work/.bashrc");
    g_autoptr(SrtPolicy) policy =
        tree_policy(tree, FS("'disabled': true, 'denyRead': ['~']"), NULL);
    const srt_policy *view = srt_policy_view(policy);
    CU_ASSERT(view->fs_disabled && !view->private_tmp);
    CU_ASSERT(view->n_regions == 0 && view->n_pending == 0);
    CU_ASSERT(!tree_requests(policy, SRT_RULE_WRITE_ALLOW));
    CU_ASSERT(tree_access(tree, policy, "home/work/.bashrc") == SRT_ACCESS_WRITE);
}

static void explained(void)
{
    g_autoptr(Tree) tree = tree_new("home/work/.bashrc home/s/");
    g_autoptr(SrtPolicy) policy =
        tree_policy(tree, FS("'denyRead': ['~/s'], 'allowWrite': ['.']"), NULL);
    const srt_origin *rule = NULL;
    g_autofree char *resolved = NULL, *hidden = tree_path(tree, "home/work/../s/x/y");
    CU_ASSERT(srt_policy_access(policy, hidden, &resolved, &rule) == SRT_ACCESS_HIDDEN);
    CU_ASSERT(g_str_has_suffix(resolved, "/home/s/x/y"));
    SRT_ASSERT_STR(rule->text, "~/s");
    SRT_ASSERT_STR(rule->pointer, "filesystem.denyRead[0]");
    SRT_ASSERT_STR(rule->file, "s.json");
    g_autofree char *protected = tree_path(tree, "home/work/.bashrc");
    CU_ASSERT(srt_policy_access(policy, protected, NULL, &rule) == SRT_ACCESS_READ);
    SRT_ASSERT_STR(rule->file, "built-in");
    SRT_ASSERT_STR(rule->text, ".bashrc");
    CU_ASSERT(srt_policy_access(policy, "/usr", NULL, &rule) == SRT_ACCESS_READ);
    CU_ASSERT(rule == NULL);
}

static const srt_unit_case cases[] = {
    {"defaults", defaults},
    {"defaults under denials", defaults_under_denials},
    {"exceptions", exceptions},
    {"nesting", nesting},
    {"read again is not write again", read_again_is_not_write_again},
    {"read again through a link", read_again_through_a_link},
    {"root denied", root_denied},
    {"working directory", working_directory},
    {"symbolic links", symbolic_links},
    {"loops", loops},
    {"spelling", spelling},
    {"kernel trees", kernel_trees},
    {"missing", missing},
    {"missing names ask for themselves", missing_names_ask_for_themselves},
    {"loose link", loose_link},
    {"lost grant", lost_grant},
    {"switched off", switched_off},
    {"explained", explained},
};

SRT_UNIT_MAIN("policy paths", cases)
