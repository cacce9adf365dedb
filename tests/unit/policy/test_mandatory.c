/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/mandatory.h"

#include <string.h>

#include "support/unit.h"

static SrtConfigList *list_of(const char *a, const char *b)
{
    SrtConfigList *list = g_ptr_array_new_with_free_func((GDestroyNotify)srt_config_item_free);
    g_ptr_array_add(list, srt_config_item_new(a, "x[0]", "s.json", 1, 1));
    if (b)
        g_ptr_array_add(list, srt_config_item_new(b, "x[1]", "s.json", 1, 1));
    return list;
}

static const char *match(const SrtMandatory *mandatory, const char *path, gboolean is_directory)
{
    const char *slash = strrchr(path, '/');
    const SrtMandatoryName *name =
        srt_mandatory_match(mandatory, path, strlen(path), (gsize)(slash - path) + 1, is_directory);
    return name ? name->name : NULL;
}

static void names(void)
{
    static const struct {
        const char *path;
        gboolean is_directory;
        const char *name;
    } table[] = {
        {"/p/.bashrc", FALSE, ".bashrc"},
        {"/p/q/.BashRC", FALSE, ".bashrc"},
        {"/.bashrc", FALSE, ".bashrc"},
        {"/p/.bashrc2", FALSE, NULL},
        {"/p/bashrc", FALSE, NULL},
        {"/p/.git/hooks", TRUE, ".git/hooks"},
        {"/p/.GIT/Hooks", TRUE, ".git/hooks"},
        {"/p/hooks", TRUE, NULL},
        {"/p/x.git/hooks", TRUE, NULL},
        {"/hooks", TRUE, NULL},
        {"/p/.git", FALSE, ".git"},
        {"/p/.git", TRUE, NULL},
        {"/p/.claude/settings.json", FALSE, ".claude/settings*.json"},
        {"/p/.claude/settings.local.json", FALSE, ".claude/settings*.json"},
        {"/p/.claude/settings.jsonx", FALSE, NULL},
        {"/p/settings.json", FALSE, NULL},
        {"/h/u/.ssh", TRUE, ".ssh"},
        {"/h/u/p/.ssh", TRUE, NULL},
        {"/h/.ssh", TRUE, NULL},
        {"/h/u/.config/FISH", TRUE, ".config/fish"},
        {"/h/u/x/.config/fish", TRUE, NULL},
        {"/h/u/.config/systemd/user", TRUE, ".config/systemd/user"},
        {"/h/u/systemd/user", TRUE, NULL},
    };
    SrtConfigFilesystem settings = {0};
    g_autoptr(SrtRules) rules = srt_rules_new();
    g_autoptr(SrtMandatory) mandatory = srt_mandatory_new(&settings, "/h/u", rules);
    CU_ASSERT(rules->problems->len == 0);
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
        SRT_ASSERT_STR(match(mandatory, table[i].path, table[i].is_directory), table[i].name);
    CU_ASSERT(srt_mandatory_leads_on(mandatory, ".Git"));
    CU_ASSERT(srt_mandatory_leads_on(mandatory, ".config"));
    CU_ASSERT(!srt_mandatory_leads_on(mandatory, "src"));
}

static void without_home(void)
{
    SrtConfigFilesystem settings = {0};
    g_autoptr(SrtRules) rules = srt_rules_new();
    g_autoptr(SrtMandatory) none = srt_mandatory_new(&settings, NULL, rules);
    g_autoptr(SrtMandatory) root = srt_mandatory_new(&settings, "/", rules);
    SRT_ASSERT_STR(match(none, "/.ssh", TRUE), NULL);
    SRT_ASSERT_STR(match(root, "/.ssh", TRUE), ".ssh");
    SRT_ASSERT_STR(match(root, "/x/.ssh", TRUE), NULL);
}

static void added_and_removed(void)
{
    g_autoptr(GPtrArray) add = list_of("Tool*/run?.sh", "~/.tool");
    g_autoptr(GPtrArray) remove = list_of(".SSH", ".idea");
    SrtConfigFilesystem settings = {.mandatory_add = add, .mandatory_remove = remove};
    g_autoptr(SrtRules) rules = srt_rules_new();
    g_autoptr(SrtMandatory) mandatory = srt_mandatory_new(&settings, "/h/u", rules);
    CU_ASSERT(rules->problems->len == 0);
    SRT_ASSERT_STR(match(mandatory, "/a/tools/run1.sh", FALSE), "Tool*/run?.sh");
    SRT_ASSERT_STR(match(mandatory, "/a/tools/run.sh", FALSE), NULL);
    SRT_ASSERT_STR(match(mandatory, "/a/b/tools/x/run1.sh", FALSE), NULL);
    SRT_ASSERT_STR(match(mandatory, "/h/u/.tool", FALSE), ".tool");
    SRT_ASSERT_STR(match(mandatory, "/h/.tool", FALSE), NULL);
    SRT_ASSERT_STR(match(mandatory, "/h/u/.ssh", TRUE), NULL);
    SRT_ASSERT_STR(match(mandatory, "/h/u/.idea", TRUE), NULL);
}

static void wrong_entries(void)
{
    static const char *const wrong[] = {"/etc", "", "~/", "a//b", "a/../b", "./a", "a[b]", "a**"};
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GPtrArray) add = list_of(wrong[i], NULL);
        SrtConfigFilesystem settings = {.mandatory_add = add};
        g_autoptr(SrtRules) rules = srt_rules_new();
        g_autoptr(SrtMandatory) mandatory = srt_mandatory_new(&settings, "/h/u", rules);
        if (rules->problems->len == 0)
            printf("\n  taken: %s\n", wrong[i]);
        CU_ASSERT(mandatory != NULL && rules->problems->len > 0);
    }
}

/* Every name of the table is found by its own rules. */
static void whole_table(void)
{
    SrtConfigFilesystem settings = {0};
    g_autoptr(SrtRules) rules = srt_rules_new();
    g_autoptr(SrtMandatory) mandatory = srt_mandatory_new(&settings, "/h/u", rules);
    CU_ASSERT(srt_mandatory_count(mandatory) > 80);
    for (gsize i = 0; i < srt_mandatory_count(mandatory); i++) {
        const SrtMandatoryName *name = srt_mandatory_get(mandatory, i);
        const char *directory = name->scope == SRT_SCOPE_HOME ? "/h/u" : "/h/u/a/b";
        g_autofree char *path = g_build_filename(directory, name->name, NULL);
        SRT_ASSERT_STR(match(mandatory, path, FALSE), name->name);
        CU_ASSERT(strchr(name->origin->pointer, '(') != NULL);
    }
}

static const srt_unit_case cases[] = {
    {"names", names},
    {"without home", without_home},
    {"added and removed", added_and_removed},
    {"wrong entries", wrong_entries},
    {"whole table", whole_table},
};

SRT_UNIT_MAIN("policy mandatory", cases)
