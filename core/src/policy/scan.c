/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/scan.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/scan_state.h"
#include "policy/walk.h"

enum { SEEN_HEAD = 1, SEEN_OBJECTS = 2, SEEN_REFS = 4, SEEN_COMMONDIR = 8 };

static SrtScanPoint *point_at(SrtScan *scan, const char *path)
{
    SrtScanPoint *point = g_hash_table_lookup(scan->points, path);
    if (!point) {
        point = g_new0(SrtScanPoint, 1);
        g_hash_table_insert(scan->points, (gpointer)(gsize)path, point);
    }
    return point;
}

/* The root of a walk: everything that the directories above it began. */
static void start_at(SrtScan *scan, SrtScanLevel *at, const char *path, const SrtNode *node)
{
    srt_access_state_at(scan->rules, path, &at->access);
    gboolean own_root = node && node->rules[SRT_KIND_ALLOW_WRITE];
    at->depth = 0;
    at->excluded = !own_root && strstr(path, "/node_modules/") != NULL;
    if (scan->current) {
        srt_scan_alive_add(scan, at, scan->current->alive.pattern, &scan->current->alive.state);
        return;
    }
    if (scan->rules->patterns->len == 0)
        return;
    srt_scan_begin_patterns(scan, at, "/", path + 1);
    g_autofree char *prefix = g_strdup(path);
    for (char *slash = strchr(prefix + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        srt_scan_begin_patterns(scan, at, prefix, slash + 1);
        *slash = '/';
    }
    if (path[1])
        srt_scan_begin_patterns(scan, at, path, "");
}

static void descend(SrtScan *scan, SrtScanLevel *at, const SrtScanLevel *parent, const char *path,
                    gsize length, gsize name_at, const SrtNode *node)
{
    const char *name = path + name_at;
    at->access = parent->access;
    at->depth = parent->depth + 1;
    at->excluded = parent->excluded || strcmp(name, "node_modules") == 0;
    srt_scan_step_patterns(scan, at, parent, name, length - name_at);
    if (!scan->current && scan->rules->patterns->len > 0)
        srt_scan_begin_patterns(scan, at, path, "");
    if (node && node->rules[SRT_KIND_ALLOW_WRITE]) {
        at->depth = 0;
        at->excluded = FALSE;
    }
    srt_access_state_apply(&at->access, node);
}

static gboolean scan_enter(void *data, const char *path, gsize length, gsize name_at, guint level)
{
    SrtScan *scan = data;
    SrtScanLevel *at = &scan->levels[level];
    if (scan->error || srt_path_is_kernel(path))
        return FALSE;
    const SrtNode *node = srt_rules_at(scan->rules, path);
    if (level >= scan->n_levels) {
        memset(at, 0, sizeof *at);
        scan->n_levels = level + 1;
    }
    at->n_alive = 0;
    at->git = 0;
    if (level == 0)
        start_at(scan, at, path, node);
    else
        descend(scan, at, &scan->levels[level - 1], path, length, name_at, node);
    SrtScanPoint *point = scan->current ? NULL : g_hash_table_lookup(scan->points, path);
    if (point)
        point->visited = TRUE;
    at->protect = !scan->current && !at->excluded &&
                  srt_access_state_get(&at->access) == SRT_ACCESS_WRITE &&
                  (scan->search_depth == 0 || at->depth < scan->search_depth ||
                   srt_mandatory_leads_on(scan->mandatory, path + name_at));
    if (at->protect)
        return TRUE;
    for (guint i = 0; i < at->n_alive; i++)
        if (srt_scan_pattern_matters(scan, at, at->alive[i].pattern))
            return TRUE;
    return FALSE;
}

static void note_git_part(SrtScanLevel *at, const char *name)
{
    if (!strchr("HhOoRrCc", name[0])) /* most names */
        return;
    if (g_ascii_strcasecmp(name, "HEAD") == 0)
        at->git |= SEEN_HEAD;
    else if (g_ascii_strcasecmp(name, "objects") == 0)
        at->git |= SEEN_OBJECTS;
    else if (g_ascii_strcasecmp(name, "refs") == 0)
        at->git |= SEEN_REFS;
    else if (g_ascii_strcasecmp(name, "commondir") == 0)
        at->git |= SEEN_COMMONDIR;
}

/* What the names say about a directory holds also where a link stands in its
 * place ("~/project/.claude" in a collection of dot files). */
static void deny_below_link(SrtScan *scan, const char *path, gsize length)
{
    const SrtMandatoryName *name;
    const char *rest;
    for (gsize i = 0; (name = srt_mandatory_below(scan->mandatory, path, length, &i, &rest));) {
        /* Of a name with wildcards, all that lies beside its matches. */
        const char *wild = strpbrk(rest, "*?");
        while (wild && wild > rest && *wild != '/')
            wild--;
        g_autofree char *plain = wild ? g_strndup(rest, (gsize)(wild - rest)) : g_strdup(rest);
        g_autofree char *part = g_build_filename(path, plain, NULL);
        srt_scan_deny(scan, SRT_KIND_DENY_WRITE, part, DT_LNK, SRT_PATH_MANDATORY, name->origin);
    }
}

static void scan_entry(void *data, const char *path, gsize length, gsize name_at, guint level,
                       unsigned char type)
{
    SrtScan *scan = data;
    SrtScanLevel *at = &scan->levels[level];
    if (scan->error)
        return;
    if (at->protect) {
        const SrtMandatoryName *name =
            srt_mandatory_match(scan->mandatory, path, length, name_at, type == DT_DIR);
        if (name)
            srt_scan_deny(scan, SRT_KIND_DENY_WRITE, path, type, SRT_PATH_MANDATORY, name->origin);
        if (type == DT_LNK && srt_mandatory_leads_on(scan->mandatory, path + name_at))
            deny_below_link(scan, path, length);
        note_git_part(at, path + name_at);
    }
    if (at->n_alive > 0)
        srt_scan_try_patterns(scan, at, path, length, name_at, type);
}

/* A directory that git takes for a repository: a bare one, one of .git/modules,
 * one of .git/worktrees. */
static void scan_listed(void *data, const char *path, gsize length, guint level)
{
    SrtScan *scan = data;
    const SrtScanLevel *at = &scan->levels[level];
    const guint repository = SEEN_HEAD | SEEN_OBJECTS | SEEN_REFS;
    const guint worktree = SEEN_HEAD | SEEN_COMMONDIR;
    (void)length;
    if (!at->protect || ((at->git & repository) != repository && (at->git & worktree) != worktree))
        return;
    for (gsize i = 0; i < srt_mandatory_count(scan->mandatory); i++) {
        const SrtMandatoryName *name = srt_mandatory_get(scan->mandatory, i);
        if (!(name->flags & SRT_MANDATORY_GIT_DIR))
            continue;
        g_autofree char *part = g_build_filename(path, name->name + strlen(".git/"), NULL);
        g_auto(SrtResolved) found = {0};
        srt_resolve(scan->resolver, part, &found);
        if (found.found == SRT_FOUND_DIR || found.found == SRT_FOUND_FILE)
            srt_scan_add_rule(scan, SRT_KIND_DENY_WRITE, found.path,
                              SRT_PATH_MANDATORY |
                                  (found.found == SRT_FOUND_DIR ? SRT_PATH_DIR : 0),
                              name->origin);
        else if (found.found == SRT_FOUND_MISSING)
            srt_rules_add_candidate(scan->rules, found.path, found.nearest, SRT_ACCESS_READ,
                                    SRT_PATH_MANDATORY, FALSE, name->origin);
    }
}

/* Whether the command could get into a directory that we cannot list: by being
 * allowed to pass through it, or by changing the mode of what it owns. */
static gboolean is_reachable(const char *path)
{
    struct stat st;
    return lstat(path, &st) < 0 || st.st_uid == geteuid() ||
           faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0;
}

static void scan_blocked(void *data, const char *path, gsize length, guint level, int error)
{
    SrtScan *scan = data;
    const SrtScanLevel *at = &scan->levels[level];
    (void)length;
    if (scan->error || !is_reachable(path))
        return;
    if (at->protect) {
        srt_scan_add_rule(scan, SRT_KIND_DENY_WRITE, path, SRT_PATH_DIR | SRT_PATH_MANDATORY,
                          srt_rules_built_in(scan->rules, "protected name (cannot be looked for)",
                                             srt_rules_text(scan->rules, path)));
        srt_rules_note(scan->rules, NULL,
                       "%s cannot be searched for protected names (%s) and is therefore read-only",
                       path, g_strerror(error));
    }
    for (guint i = 0; i < at->n_alive; i++) {
        const SrtPattern *pattern = srt_scan_pattern(scan, at->alive[i].pattern);
        if (pattern->kind == SRT_KIND_DENY_READ || pattern->kind == SRT_KIND_DENY_WRITE)
            srt_scan_add_rule(scan, pattern->kind, path, SRT_PATH_DIR | SRT_PATH_GLOB,
                              pattern->origin);
    }
}

static void scan_opened(void *data, int directory, guint level)
{
    SrtScan *scan = data;
    scan->marked = scan->levels[level].protect && scan->listings &&
                   srt_listing_mark(scan->listings, directory, g_get_real_time() / G_USEC_PER_SEC,
                                    &scan->before);
}

/* What belongs to a repository is looked at again in any case: its parts are judged with
 * it, and lie in directories of their own. */
static void scan_directories(void *data, const char *path, guint level, const char *names,
                             gsize size)
{
    SrtScan *scan = data;
    const SrtScanLevel *at = &scan->levels[level];
    const char *slash = strrchr(path, '/');
    if (scan->marked && !scan->error && at->git == 0 && g_ascii_strcasecmp(slash + 1, ".git") != 0)
        srt_listing_remember(scan->listings, path, &scan->before, names, size);
}

static const SrtWalkOps scan_ops = {
    .enter = scan_enter,
    .entry = scan_entry,
    .listed = scan_listed,
    .blocked = scan_blocked,
    .opened = scan_opened,
    .directories = scan_directories,
};

static gboolean walk_from(SrtScan *scan, const char *path, GError **error)
{
    if (!srt_walk(path, &scan_ops, scan, &scan->budget, error))
        return FALSE;
    if (!scan->error)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&scan->error));
    return FALSE;
}

/* Where walks may have to begin, in order, and where patterns do. */
static GPtrArray *collect_points(SrtScan *scan)
{
    const GPtrArray *list = scan->rules->list, *patterns = scan->rules->patterns;
    for (guint i = 0; i < patterns->len; i++) {
        const SrtPattern *pattern = g_ptr_array_index(patterns, i);
        SrtScanPoint *point = point_at(scan, pattern->base);
        if (!point->patterns)
            point->patterns = g_array_new(FALSE, FALSE, sizeof(guint));
        g_array_append_val(point->patterns, i);
        if (pattern->everywhere)
            g_array_append_val(scan->everywhere, i);
    }
    for (guint i = 0; i < list->len; i++) {
        const SrtPathRule *rule = g_ptr_array_index(list, i);
        if ((rule->flags & SRT_PATH_DIR) &&
            (rule->kind == SRT_KIND_ALLOW_WRITE || patterns->len > 0))
            point_at(scan, rule->path);
    }
    GPtrArray *roots = g_ptr_array_new();
    GHashTableIter iter;
    gpointer path;
    g_hash_table_iter_init(&iter, scan->points);
    while (g_hash_table_iter_next(&iter, &path, NULL))
        g_ptr_array_add(roots, path);
    return roots;
}

static int compare_paths(gconstpointer a, gconstpointer b)
{
    const char *const *left = a, *const *right = b;
    return srt_path_compare(*left, *right);
}

static void try_fixed_paths(SrtScan *scan, const GPtrArray *roots)
{
    guint n_rules = scan->rules->list->len; /* more are added */
    if (scan->rules->patterns->len == 0)
        return;
    for (guint i = 0; i < n_rules && !scan->error; i++) {
        const SrtPathRule *rule = g_ptr_array_index(scan->rules->list, i);
        if (!(rule->flags & SRT_PATH_MANDATORY))
            srt_scan_try_along(scan, rule->path, (rule->flags & SRT_PATH_DIR) != 0);
    }
    for (guint i = 0; i < roots->len && !scan->error; i++)
        srt_scan_try_along(scan, g_ptr_array_index(roots, i), TRUE);
}

static gboolean walk_all(SrtScan *scan, GPtrArray *roots, GError **error)
{
    g_ptr_array_sort(roots, compare_paths);
    try_fixed_paths(scan, roots);
    for (guint i = 0; i < roots->len; i++) {
        const char *root = g_ptr_array_index(roots, i);
        const SrtScanPoint *point = g_hash_table_lookup(scan->points, root);
        if (!point->visited && !walk_from(scan, root, error))
            return FALSE;
    }
    gboolean ok = TRUE;
    SrtScanLinked *linked;
    while ((linked = g_queue_pop_head(&scan->linked))) {
        scan->current = linked;
        ok = ok && walk_from(scan, linked->path, error);
        g_free(linked->path);
        g_free(linked);
    }
    return ok;
}

static void point_free(gpointer data)
{
    SrtScanPoint *point = data;
    if (point->patterns)
        g_array_unref(point->patterns);
    g_free(point);
}

gboolean srt_scan(SrtRules *rules, SrtResolver *resolver, const SrtMandatory *mandatory,
                  guint search_depth, SrtListings *listings, GError **error)
{
    SrtScan *scan = g_new(SrtScan, 1);
    memset(scan, 0, G_STRUCT_OFFSET(SrtScan, levels));
    scan->rules = rules;
    scan->resolver = resolver;
    scan->mandatory = mandatory;
    scan->search_depth = search_depth;
    scan->listings = listings;
    scan->budget = SRT_WALK_MAX_ENTRIES;
    scan->points = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, point_free);
    scan->everywhere = g_array_new(FALSE, FALSE, sizeof(guint));
    scan->linked_seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_queue_init(&scan->linked);
    g_autoptr(GPtrArray) roots = collect_points(scan);
    gboolean ok = walk_all(scan, roots, error);
    for (guint i = 0; i < scan->n_levels; i++)
        g_free(scan->levels[i].alive);
    g_hash_table_destroy(scan->points);
    g_hash_table_destroy(scan->linked_seen);
    g_array_unref(scan->everywhere);
    g_clear_error(&scan->error);
    g_free(scan);
    return ok;
}
