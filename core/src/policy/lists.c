/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/lists.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

/* Device files that every sandbox has, whatever the lists say. */
static const char *const standard_devices[] = {
    "/dev/null",    "/dev/zero",    "/dev/full",         "/dev/random",
    "/dev/urandom", "/dev/tty",     "/dev/stdin",        "/dev/stdout",
    "/dev/stderr",  "/dev/fd",      "/dev/ptmx",         "/dev/pts",
    "/dev/shm",     "/dev/console", "/dev/dtracehelper", "/dev/autofs_nowait",
};

/* One entry of a list. */
typedef struct Entry {
    SrtKind kind;
    guint32 flags; /* SRT_PATH_* of its rules */
    const srt_origin *origin;
    const SrtConfigItem *within; /* the grant that it may only narrow, or NULL */
} Entry;

static gboolean is_deny(SrtKind kind)
{
    return kind == SRT_KIND_DENY_READ || kind == SRT_KIND_DENY_WRITE;
}

/* A grant that is not a file of anybody: devices and kernel interfaces. TRUE if
 * that is dealt with. */
static gboolean skip_kernel_grant(const SrtLists *lists, const srt_origin *origin, const char *path)
{
    if (!srt_path_is_kernel(path))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(standard_devices); i++)
        if (strcmp(path, standard_devices[i]) == 0)
            return TRUE;
    srt_rules_note(lists->rules, origin,
                   "is ignored: the sandbox has a /dev and a /proc of its own, and /sys is never "
                   "writable");
    return TRUE;
}

/* denyRead "/": every entry of it. Symbolic links lead to other entries. */
static void deny_root(const SrtLists *lists, const srt_origin *origin, guint32 flags)
{
    DIR *dir = opendir("/");
    if (!dir) {
        srt_rules_problem(lists->rules, origin, "cannot be denied: / cannot be listed");
        return;
    }
    for (struct dirent *entry; (entry = readdir(dir));) {
        struct stat st;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        g_autofree char *path = g_strconcat("/", entry->d_name, NULL);
        if (srt_path_is_kernel(path) || lstat(path, &st) < 0 || S_ISLNK(st.st_mode))
            continue;
        srt_rules_add(lists->rules, SRT_KIND_DENY_READ, path,
                      flags | (S_ISDIR(st.st_mode) ? SRT_PATH_DIR : 0), origin);
    }
    closedir(dir);
}

/* Whether a grant of a file that extends another one lies in what that one
 * grants, links resolved. Said when not. */
static gboolean is_allowed_within(const SrtLists *lists, const Entry *entry, const char *path)
{
    for (const SrtConfigItem *item = entry->within; item; item = item->within) {
        if (srt_grant_covers(lists->resolver, item->text, lists->cwd, lists->home, path))
            continue;
        srt_rules_note(lists->rules, entry->origin,
                       "grants nothing: %s lies outside of \"%s\" in %s, which it may only narrow",
                       path, item->text, item->file);
        return FALSE;
    }
    return TRUE;
}

static void add_grant(const SrtLists *lists, const Entry *entry, const SrtResolved *at)
{
    guint32 dir = at->found == SRT_FOUND_DIR ? SRT_PATH_DIR : 0;
    if (skip_kernel_grant(lists, entry->origin, at->path))
        return;
    if (at->link)
        srt_rules_add_link(lists->rules, at->link, at->path, entry->origin);
    srt_rules_add(lists->rules, SRT_KIND_ALLOW_WRITE, at->path, entry->flags | dir, entry->origin);
    /* What is below it is found by looking; the path itself is not. */
    const char *slash = strrchr(at->path, '/');
    const SrtMandatoryName *name =
        srt_mandatory_match(lists->mandatory, at->path, strlen(at->path),
                            (gsize)(slash - at->path) + 1, at->found == SRT_FOUND_DIR);
    if (name)
        srt_rules_add(lists->rules, SRT_KIND_DENY_WRITE, at->path, dir | SRT_PATH_MANDATORY,
                      name->origin);
}

/* A link could be anybody's: it opens what is hidden with it, and nothing that is denied by an
 * entry of its own. Said when not. */
static gboolean opens_denied(const SrtLists *lists, const Entry *entry, const SrtResolved *at)
{
    if (entry->kind != SRT_KIND_ALLOW_READ || !at->link)
        return FALSE;
    const srt_origin *own = srt_rules_read_denial(lists->rules, at->path, NULL);
    if (!own || srt_rules_read_denial(lists->rules, at->link, own))
        return FALSE;
    srt_rules_note(lists->rules, entry->origin,
                   "is a symbolic link to %s, which %s denies by itself, and is ignored: name "
                   "the target if it is meant",
                   at->path, own->pointer);
    return TRUE;
}

static void add_existing(const SrtLists *lists, const Entry *entry, const SrtResolved *at)
{
    guint32 dir = at->found == SRT_FOUND_DIR ? SRT_PATH_DIR : 0;
    if (!is_deny(entry->kind) && !is_allowed_within(lists, entry, at->path))
        return;
    if (opens_denied(lists, entry, at))
        return;
    if (entry->kind == SRT_KIND_ALLOW_WRITE)
        add_grant(lists, entry, at);
    else if (entry->kind == SRT_KIND_DENY_READ && at->path[1] == '\0')
        deny_root(lists, entry->origin, entry->flags);
    else
        srt_rules_add(lists->rules, entry->kind, at->path, entry->flags | dir, entry->origin);
}

/* A denied name that does not exist is not said aloud: lists of secrets name many
 * that a machine has not. The plan shows them. */
static void add_missing(const SrtLists *lists, const Entry *entry, const SrtResolved *at)
{
    gboolean reads = entry->kind == SRT_KIND_DENY_READ;
    if (is_deny(entry->kind))
        srt_rules_add_candidate(lists->rules, at->path, at->nearest,
                                reads ? SRT_ACCESS_HIDDEN : SRT_ACCESS_READ, entry->flags,
                                !reads && !(entry->flags & SRT_PATH_MANDATORY), entry->origin);
    else
        srt_rules_note(lists->rules, entry->origin, "does not exist and is ignored");
}

static void add_blocked(const SrtLists *lists, const Entry *entry, const SrtResolved *at)
{
    if (entry->flags & SRT_PATH_MANDATORY)
        return; /* where nobody can look, the command cannot write */
    if (!is_deny(entry->kind)) {
        srt_rules_note(lists->rules, entry->origin, "cannot be inspected (%s) and is ignored",
                       g_strerror(at->error));
    } else if (at->nearest[1] == '\0') {
        srt_rules_problem(lists->rules, entry->origin,
                          "cannot be inspected (%s), and there is no directory above it that "
                          "could be denied instead: correct the path, or make it accessible",
                          g_strerror(at->error));
    } else {
        srt_rules_add(lists->rules, entry->kind, at->nearest, entry->flags | SRT_PATH_DIR,
                      entry->origin);
        srt_rules_note(lists->rules, entry->origin,
                       "cannot be inspected (%s); %s is denied instead", g_strerror(at->error),
                       at->nearest);
    }
}

/* The target is denied where it is; this keeps the name from being given to
 * something else. */
static void keep_link(const SrtLists *lists, const Entry *entry, const SrtResolved *at)
{
    if (!at->link || entry->kind != SRT_KIND_DENY_WRITE)
        return;
    g_autofree char *directory = g_path_get_dirname(at->link);
    srt_rules_add_candidate(lists->rules, at->link, directory, SRT_ACCESS_READ, entry->flags,
                            !(entry->flags & SRT_PATH_MANDATORY), entry->origin);
}

static void add_resolved(const SrtLists *lists, const Entry *entry, const SrtResolved *at)
{
    keep_link(lists, entry, at);
    switch (at->found) {
    case SRT_FOUND_DIR:
    case SRT_FOUND_FILE:
        add_existing(lists, entry, at);
        break;
    case SRT_FOUND_MISSING:
        add_missing(lists, entry, at);
        break;
    case SRT_FOUND_BLOCKED:
        add_blocked(lists, entry, at);
        break;
    case SRT_FOUND_LOOP:
        if (!(entry->flags & SRT_PATH_MANDATORY))
            srt_rules_problem(lists->rules, entry->origin,
                              "leads through symbolic links that lead back to each other (at %s): "
                              "remove one of them, or name the place that is meant",
                              at->path);
        break;
    case SRT_FOUND_TOO_LONG:
        srt_rules_problem(lists->rules, entry->origin, "is too long for a path");
        break;
    }
}

static void add_path(const SrtLists *lists, const Entry *entry, const char *path)
{
    g_auto(SrtResolved) at = {0};
    srt_resolve(lists->resolver, path, &at);
    add_resolved(lists, entry, &at);
}

/* The base of a pattern is looked up; what is found there is kept. */
static void add_pattern_at(const SrtLists *lists, const Entry *entry, SrtGlob *take_glob,
                           const char *base, const char *tail, gboolean everywhere)
{
    g_autoptr(SrtGlob) glob = take_glob;
    g_auto(SrtResolved) at = {0};
    srt_resolve(lists->resolver, base, &at);
    if (at.found == SRT_FOUND_DIR && srt_path_is_kernel(at.path)) {
        srt_rules_note(lists->rules, entry->origin, "is ignored: patterns do not apply in %s",
                       at.path);
    } else if (at.found == SRT_FOUND_DIR) {
        if (is_deny(entry->kind) || is_allowed_within(lists, entry, at.path))
            srt_rules_add_pattern(lists->rules, entry->kind, g_steal_pointer(&glob), at.path, tail,
                                  everywhere, entry->origin);
    } else if (at.found == SRT_FOUND_MISSING && is_deny(entry->kind)) {
        g_autofree char *escaped = srt_glob_escape(at.path);
        g_autofree char *pattern = g_strconcat(escaped, "/", tail, NULL);
        gboolean reads = entry->kind == SRT_KIND_DENY_READ;
        srt_rules_add_candidate(lists->rules, pattern, at.nearest,
                                reads ? SRT_ACCESS_HIDDEN : SRT_ACCESS_READ, SRT_PATH_GLOB, TRUE,
                                entry->origin);
    } else if (at.found == SRT_FOUND_MISSING || at.found == SRT_FOUND_FILE) {
        srt_rules_note(lists->rules, entry->origin, "matches nothing: %s is no directory", base);
    } else if (at.found == SRT_FOUND_BLOCKED) {
        add_blocked(lists, entry, &at);
    } else {
        srt_rules_problem(lists->rules, entry->origin, "begins with a path that leads nowhere: %s",
                          base);
    }
}

/* The absolute path with wildcards, in components without "." and "". */
static GPtrArray *split_pattern(const char *path)
{
    GPtrArray *parts = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) all = g_strsplit(path, "/", -1);
    for (guint i = 0; all[i]; i++)
        if (*all[i] && strcmp(all[i], ".") != 0)
            g_ptr_array_add(parts, g_strdup(all[i]));
    return parts;
}

static char *join(const GPtrArray *parts, guint from, guint to, const char *lead)
{
    GString *text = g_string_new(NULL);
    for (guint i = from; i < to; i++)
        g_string_append_printf(text, "%s%s", i == from ? lead : "/",
                               (const char *)g_ptr_array_index(parts, i));
    if (text->len == 0)
        g_string_append(text, lead);
    return g_string_free(text, FALSE);
}

static guint next_wild(const GPtrArray *parts, guint from)
{
    while (from < parts->len && !srt_glob_has_wildcards(g_ptr_array_index(parts, from)))
        from++;
    return from;
}

/* Relative, and its first component is two stars. */
static gboolean is_everywhere(const Entry *entry, const GPtrArray *parts, guint wild, guint given)
{
    const char *text = entry->origin->text;
    return is_deny(entry->kind) && text[0] != '/' && text[0] != '~' && wild == given &&
           strcmp(g_ptr_array_index(parts, wild), "**") == 0;
}

/* path[own..] has wildcards. exact: the path also exists as it is written. A
 * component that exists as it is written ("app/[id]/" + "*.key") is taken both ways. */
static void add_pattern(const SrtLists *lists, const Entry *entry, const char *path, gsize own,
                        gboolean exact)
{
    g_autoptr(GPtrArray) parts = split_pattern(path);
    g_autofree char *given = g_strndup(path, own);
    g_autoptr(GPtrArray) given_parts = split_pattern(given);
    guint wild = next_wild(parts, given_parts->len);
    gboolean everywhere = is_everywhere(entry, parts, wild, given_parts->len);
    for (guint i = wild; i < parts->len; i++)
        if (strcmp(g_ptr_array_index(parts, i), "..") == 0) {
            srt_rules_problem(lists->rules, entry->origin,
                              "has \"..\" after a wildcard: write it without");
            return;
        }
    while (wild < parts->len) {
        const char *why = NULL;
        g_autofree char *base = join(parts, 0, wild, "/");
        g_autofree char *tail = join(parts, wild, parts->len, "");
        SrtGlob *glob = srt_glob_new(tail, &why);
        if (glob)
            add_pattern_at(lists, entry, glob, base, tail, everywhere);
        else if (!exact)
            srt_rules_problem(lists->rules, entry->origin, "%s", why);
        g_autofree char *literal = join(parts, 0, wild + 1, "/");
        g_auto(SrtResolved) at = {0};
        srt_resolve(lists->resolver, literal, &at);
        if (at.found != SRT_FOUND_DIR)
            return;
        everywhere = FALSE;
        wild = next_wild(parts, wild + 1);
    }
}

static gboolean exists(const SrtLists *lists, const char *path)
{
    g_auto(SrtResolved) at = {0};
    srt_resolve(lists->resolver, path, &at);
    return at.found == SRT_FOUND_DIR || at.found == SRT_FOUND_FILE;
}

/* The links among the directories of a path: replaced, they would lead the rule's
 * name to something else, as its last link would. */
static void keep_links_above(const SrtLists *lists, const Entry *entry, const char *path)
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
        keep_link(lists, entry, &at);
        *slash = '/';
    }
}

static void add_item(const SrtLists *lists, SrtKind kind, const SrtConfigItem *item)
{
    Entry entry = {
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
    if (kind == SRT_KIND_ALLOW_WRITE && skip_kernel_grant(lists, entry.origin, path))
        return;
    if (!srt_glob_has_wildcards(path + own)) {
        keep_links_above(lists, &entry, path);
        add_path(lists, &entry, path);
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
        add_path(lists, &entry, path);
    add_pattern(lists, &entry, path, own, exact);
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

static Entry protection(const srt_origin *origin)
{
    return (Entry){.kind = SRT_KIND_DENY_WRITE, .flags = SRT_PATH_MANDATORY, .origin = origin};
}

static void protect_file(const SrtLists *lists, const char *why, const char *path)
{
    if (path[0] != '/')
        return;
    Entry entry =
        protection(srt_rules_built_in(lists->rules, why, srt_rules_text(lists->rules, path)));
    add_path(lists, &entry, path);
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
        Entry entry = protection(name->origin);
        g_auto(SrtResolved) at = {0};
        protected_at(lists, &home, name->name, &at);
        add_resolved(lists, &entry, &at);
    }
    for (guint i = 0; files && i < files->len; i++)
        protect_file(lists, "protected name (it holds the rules of the sandbox)",
                     g_ptr_array_index(files, i));
    for (gsize i = 0; own_files && own_files[i]; i++)
        protect_file(lists, "protected name (it is a part of srt)", own_files[i]);
}
