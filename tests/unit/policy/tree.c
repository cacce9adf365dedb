/* SPDX-License-Identifier: Apache-2.0 */
#include "tree.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/config.h"
#include "support/unit.h"

static char *replace(const char *text, const char *what, const char *by)
{
    g_auto(GStrv) parts = g_strsplit(text, what, -1);
    return g_strjoinv(by, parts);
}

char *tree_path(const Tree *tree, const char *path)
{
    return g_build_filename(tree->root, path, NULL);
}

static void make_parents(const char *path)
{
    g_autofree char *directory = g_path_get_dirname(path);
    CU_ASSERT_FATAL(g_mkdir_with_parents(directory, 0755) == 0);
}

void tree_add(Tree *tree, const char *entries)
{
    g_auto(GStrv) words = g_strsplit_set(entries, " \n", -1);
    for (char **word = words; *word; word++) {
        if (!**word)
            continue;
        char *target = strchr(*word, '>');
        if (target)
            *target++ = '\0';
        g_autofree char *path = tree_path(tree, *word);
        if (g_str_has_suffix(*word, "/")) {
            CU_ASSERT_FATAL(g_mkdir_with_parents(path, 0755) == 0);
            continue;
        }
        make_parents(path);
        if (target) {
            g_autofree char *to = replace(target, "@", tree->root);
            CU_ASSERT_FATAL(symlink(to, path) == 0);
        } else {
            CU_ASSERT_FATAL(g_file_set_contents(path, "x", 1, NULL));
        }
    }
}

Tree *tree_new(const char *entries)
{
    Tree *tree = g_new0(Tree, 1);
    g_autofree char *made = g_dir_make_tmp("srt-policy-XXXXXX", NULL);
    CU_ASSERT_FATAL(made != NULL);
    char *real = realpath(made, NULL);
    tree->root = g_strdup(real);
    free(real);
    tree->home = tree_path(tree, "home");
    tree->cwd = tree_path(tree, "home/work");
    tree_add(tree, "home/work/");
    tree_add(tree, entries);
    return tree;
}

void tree_mode(Tree *tree, const char *path, unsigned mode)
{
    g_autofree char *full = tree_path(tree, path);
    CU_ASSERT(chmod(full, mode) == 0);
}

static void remove_all(const char *path)
{
    struct stat st;
    if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        chmod(path, 0700);
        GDir *dir = g_dir_open(path, 0, NULL);
        for (const char *name; dir && (name = g_dir_read_name(dir));) {
            g_autofree char *child = g_build_filename(path, name, NULL);
            remove_all(child);
        }
        if (dir)
            g_dir_close(dir);
    }
    remove(path);
}

void tree_free(Tree *tree)
{
    remove_all(tree->root);
    g_free(tree->root);
    g_free(tree->cwd);
    g_free(tree->home);
    g_free(tree);
}

SrtPolicy *tree_policy(const Tree *tree, const char *settings, char **ret_error)
{
    return tree_policy_beside(tree, settings, NULL, ret_error);
}

SrtPolicy *tree_policy_beside(const Tree *tree, const char *settings, const char *const *own,
                              char **ret_error)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SrtConfig) config = NULL;
    SrtPolicyInputs inputs = {.cwd = tree->cwd,
                              .home = tree->home,
                              .http_port = 3128,
                              .socks_port = 1080,
                              .own_sockets = own};
    if (settings) {
        g_autofree char *quoted = replace(settings, "'", "\"");
        g_autofree char *text = replace(quoted, "@", tree->root);
        config = srt_config_parse(text, strlen(text), "s.json", NULL, &error);
    } else {
        config = srt_config_defaults();
    }
    if (!config)
        printf("settings: %s\n", error->message);
    CU_ASSERT_FATAL(config != NULL);
    SrtPolicy *policy = srt_policy_new(config, &inputs, &error);
    CU_ASSERT((policy == NULL) == (error != NULL));
    if (ret_error)
        *ret_error = error ? replace(error->message, tree->root, "@") : NULL;
    else if (!policy)
        printf("policy: %s\n", error->message);
    CU_ASSERT_FATAL(ret_error || policy);
    return policy;
}

static const char *access_name(srt_access access)
{
    static const char *const names[] = {"HIDDEN", "READ", "WRITE"};
    return names[access];
}

static void append_rule(GString *out, const Tree *tree, srt_access access, const char *path,
                        guint32 flags)
{
    g_autofree char *shown = replace(path, tree->root, "@");
    g_string_append_printf(
        out, "%s %s%s%s%s%s\n", access_name(access), shown, flags & SRT_PATH_DIR ? " dir" : "",
        flags & SRT_PATH_MANDATORY ? " mandatory" : "", flags & SRT_PATH_GLOB ? " glob" : "",
        flags & SRT_PATH_DEFAULT ? " default" : "");
}

char *tree_regions(const Tree *tree, const SrtPolicy *policy)
{
    const srt_policy *view = srt_policy_view(policy);
    GString *out = g_string_new(NULL);
    for (gsize i = 0; i < view->n_regions; i++) {
        const srt_region *region = view->regions[i];
        CU_ASSERT(region->struct_size == sizeof *region);
        if (i == 0 || g_str_has_prefix(region->path, tree->root))
            append_rule(out, tree, region->access, region->path, region->flags);
    }
    return g_string_free(out, FALSE);
}

char *tree_pending(const Tree *tree, const SrtPolicy *policy, gboolean mandatory)
{
    const srt_policy *view = srt_policy_view(policy);
    GString *out = g_string_new(NULL);
    for (gsize i = 0; i < view->n_pending; i++) {
        const srt_pending_rule *rule = view->pending[i];
        if (!(rule->flags & SRT_PATH_MANDATORY) == !mandatory)
            append_rule(out, tree, rule->access, rule->path, rule->flags);
    }
    return g_string_free(out, FALSE);
}

char *tree_notes(const Tree *tree, const SrtPolicy *policy)
{
    const GPtrArray *notes = srt_policy_notes(policy);
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < notes->len; i++) {
        g_autofree char *line = replace(g_ptr_array_index(notes, i), tree->root, "@");
        g_string_append_printf(out, "%s\n", line);
    }
    return g_string_free(out, FALSE);
}

srt_access tree_access(const Tree *tree, const SrtPolicy *policy, const char *path)
{
    g_autofree char *full = tree_path(tree, path);
    return srt_policy_access(policy, full, NULL, NULL);
}

gboolean tree_requests(const SrtPolicy *policy, srt_rule_class rule)
{
    return (srt_policy_view(policy)->requested >> rule) & 1;
}
