/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/lists_private.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean exists(const SrtLists *lists, const char *path)
{
    g_auto(SrtResolved) at = {0};
    srt_resolve(lists->resolver, path, &at);
    return at.found == SRT_FOUND_DIR || at.found == SRT_FOUND_FILE;
}

/* The links among the directories of a path: replaced, they would lead the rule's
 * name to something else, as its last link would. */
static void keep_links_above(const SrtLists *lists, const SrtListEntry *entry, const char *path)
{
    g_auto(SrtResolved) above = {0};
    g_autofree char *directory = g_path_get_dirname(path);
    if (entry->kind != SRT_KIND_DENY_WRITE)
        return;
    srt_resolve(lists->resolver, directory, &above);
    if (strcmp(above.path, directory) == 0)
        return;
    g_autofree char *prefix = g_strdup(path);
    for (char *slash = strchr(prefix + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        g_auto(SrtResolved) at = {0};
        *slash = '\0';
        srt_resolve(lists->resolver, prefix, &at);
        srt_list_entry_keep_link(lists, entry, &at);
        *slash = '/';
    }
}

static void add_item(const SrtLists *lists, SrtKind kind, const SrtConfigItem *item)
{
    SrtListEntry entry = {
        .kind = kind,
        .origin = srt_rules_origin(lists->rules, item),
        .flags = item->line == 0 && g_strcmp0(item->file, "built-in") == 0 ? SRT_PATH_DEFAULT : 0,
        .within = item->within};
    const char *why = NULL;
    gsize own = 0;
    g_autofree char *path = srt_path_absolute(item->text, lists->cwd, lists->home, &own, &why);
    if (!path) {
        srt_rules_problem(lists->rules, entry.origin, "%s", why);
        return;
    }
    if (kind == SRT_KIND_ALLOW_WRITE && srt_list_entry_skip_kernel(lists, entry.origin, path))
        return;
    if (!srt_glob_has_wildcards(path + own)) {
        keep_links_above(lists, &entry, path);
        srt_list_entry_add_path(lists, &entry, path);
        return;
    }
    if (lists->rules->patterns->len >= SRT_POLICY_MAX_PATTERNS) {
        srt_rules_problem(lists->rules, entry.origin,
                          "is one pattern too many: at most %d are allowed",
                          SRT_POLICY_MAX_PATTERNS);
        return;
    }
    gboolean exact = exists(lists, path);
    if (exact)
        srt_list_entry_add_path(lists, &entry, path);
    srt_list_entry_add_pattern(lists, &entry, path, own, exact);
}

static void add_list(const SrtLists *lists, SrtKind kind, const SrtConfigList *list)
{
    for (guint i = 0; list && i < list->len; i++)
        add_item(lists, kind, g_ptr_array_index(list, i));
}

static gboolean is_own_directory(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid();
}

/* The reference's own places. In /tmp anybody may have made the name: a link or a
 * directory of somebody else is not taken. */
static void add_defaults(const SrtLists *lists)
{
    static const char *const places[] = {"/tmp/claude", "/private/tmp/claude", "~/.npm/_logs",
                                         "~/.claude/debug"};
    for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
        const char *why = NULL;
        gsize own;
        g_autofree char *path = srt_path_absolute(places[i], "/", lists->home, &own, &why);
        if (!path || !is_own_directory(path))
            continue;
        g_auto(SrtResolved) at = {0};
        srt_resolve(lists->resolver, path, &at);
        if (at.found != SRT_FOUND_DIR ||
            (places[i][0] == '~' && srt_rules_read_denial(lists->rules, at.path, NULL)))
            continue;
        srt_rules_add(lists->rules, SRT_KIND_ALLOW_WRITE, at.path, SRT_PATH_DIR | SRT_PATH_DEFAULT,
                      srt_rules_built_in(lists->rules, "default", places[i]));
    }
}

static void add_built_in(const SrtLists *lists, SrtKind kind, const char *path)
{
    struct stat st;
    if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
        srt_rules_add(lists->rules, kind, path, SRT_PATH_DIR | SRT_PATH_DEFAULT,
                      srt_rules_built_in(lists->rules, "default", path));
}

void srt_lists_add(const SrtLists *lists, const SrtConfigFilesystem *settings)
{
    add_list(lists, SRT_KIND_DENY_READ, settings->deny_read);
    add_list(lists, SRT_KIND_ALLOW_READ, settings->allow_read);
    add_list(lists, SRT_KIND_ALLOW_WRITE, settings->allow_write);
    add_list(lists, SRT_KIND_DENY_WRITE, settings->deny_write);
    if (!settings->allow_write && !srt_path_is_kernel(lists->cwd))
        srt_rules_add(lists->rules, SRT_KIND_ALLOW_WRITE, lists->cwd,
                      SRT_PATH_DIR | SRT_PATH_DEFAULT,
                      srt_rules_built_in(lists->rules, "default", "."));
    add_defaults(lists);
    /* ssh refuses configuration whose owner does not exist in the sandbox, and some
     * distributions put such files here; without them it works. */
    add_built_in(lists, SRT_KIND_DENY_READ, "/etc/ssh/ssh_config.d");
    /* Matters where "/" is writable. */
    add_built_in(lists, SRT_KIND_DENY_WRITE, "/sys");
}

void srt_lists_add_state(const SrtLists *lists, const char *state)
{
    g_auto(SrtResolved) at = {0};
    if (!state)
        return;
    srt_resolve(lists->resolver, state, &at);
    if (at.found == SRT_FOUND_DIR)
        srt_rules_add(lists->rules, SRT_KIND_DENY_READ, at.path, SRT_PATH_DIR | SRT_PATH_DEFAULT,
                      srt_rules_built_in(lists->rules, "default (srt's own records)",
                                         srt_rules_text(lists->rules, state)));
}

static void protected_at(const SrtLists *lists, const SrtResolved *home, const char *name,
                         SrtResolved *ret)
{
    if (home->found == SRT_FOUND_DIR) {
        srt_resolve_in(lists->resolver, home->path, name, ret);
        return;
    }
    g_autofree char *path = g_strconcat(lists->home, "/", name, NULL);
    srt_resolve(lists->resolver, path, ret);
}

static SrtListEntry protection(const srt_origin *origin)
{
    return (SrtListEntry){
        .kind = SRT_KIND_DENY_WRITE, .flags = SRT_PATH_MANDATORY, .origin = origin};
}

static void protect_file(const SrtLists *lists, const char *why, const char *path)
{
    if (path[0] != '/')
        return;
    SrtListEntry entry =
        protection(srt_rules_built_in(lists->rules, why, srt_rules_text(lists->rules, path)));
    srt_list_entry_add_path(lists, &entry, path);
}

void srt_lists_add_protected(const SrtLists *lists, const GPtrArray *files,
                             const char *const *own_files)
{
    g_auto(SrtResolved) home = {0};
    if (lists->home)
        srt_resolve(lists->resolver, lists->home, &home);
    for (gsize i = 0; home.path && i < srt_mandatory_count(lists->mandatory); i++) {
        const SrtMandatoryName *name = srt_mandatory_get(lists->mandatory, i);
        if (name->scope != SRT_SCOPE_HOME || (name->flags & SRT_MANDATORY_WILD))
            continue;
        SrtListEntry entry = protection(name->origin);
        g_auto(SrtResolved) at = {0};
        protected_at(lists, &home, name->name, &at);
        srt_list_entry_add_resolved(lists, &entry, &at);
    }
    for (guint i = 0; files && i < files->len; i++)
        protect_file(lists, "protected name (it holds the rules of the sandbox)",
                     g_ptr_array_index(files, i));
    for (gsize i = 0; own_files && own_files[i]; i++)
        protect_file(lists, "protected name (it is a part of srt)", own_files[i]);
}
