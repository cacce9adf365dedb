/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "policy/policy.h"
#include "policy/regions.h"
#include "policy/walk.h"

#define MAX_LINKED 10000 /* trees reached through symbolic links */

/* A pattern that may still match below a directory. */
typedef struct Alive {
    guint pattern; /* index */
    SrtGlobState state;
} Alive;

enum { SEEN_HEAD = 1, SEEN_OBJECTS = 2, SEEN_REFS = 4, SEEN_COMMONDIR = 8 };

/* One directory on the way from the root of the walk. */
typedef struct Level {
    SrtAccessState access;
    guint depth;       /* below the nearest writable root */
    gboolean excluded; /* in node_modules */
    gboolean protect;  /* protected names are looked for */
    guint git;         /* SEEN_* */
    Alive *alive;
    guint n_alive;
} Level;

/* A directory at which patterns begin, or where a walk may have to begin. */
typedef struct Point {
    GArray *patterns; /* guint, or NULL */
    gboolean visited;
} Point;

/* A directory that a symbolic link leads to, to be searched for one pattern. */
typedef struct Linked {
    char *path;
    Alive alive;
} Linked;

typedef struct Scan {
    SrtRules *rules;
    SrtResolver *resolver;
    const SrtMandatory *mandatory;
    guint search_depth;
    guint budget;
    GHashTable *points; /* path -> Point */
    GArray *everywhere; /* guint: patterns that begin at every writable root */
    GQueue linked;
    GHashTable *linked_seen;
    const Linked *current; /* in a walk that follows a link */
    GError *error;
    Level levels[SRT_WALK_MAX_DEPTH + 1];
} Scan;

static const SrtPattern *pattern_at(const Scan *scan, guint index)
{
    return g_ptr_array_index(scan->rules->patterns, index);
}

static void add_rule(Scan *scan, SrtKind kind, const char *path, guint32 flags,
                     const srt_origin *origin)
{
    srt_rules_add(scan->rules, kind, path, flags, origin);
    if (scan->rules->list->len <= SRT_POLICY_MAX_RULES || scan->error)
        return;
    g_set_error(&scan->error, SRT_ERROR, SRT_ERROR_POLICY,
                "the settings lead to more than %d path rules; the last came from %s \"%s\": "
                "name directories instead of the files in them",
                SRT_POLICY_MAX_RULES, origin->pointer, origin->text);
}

/* A deny at the place that a name leads to; the name may be a symbolic link. */
static void deny_target(Scan *scan, SrtKind kind, const char *path, unsigned char type,
                        guint32 flags, const srt_origin *origin)
{
    if (type != DT_LNK) {
        add_rule(scan, kind, path, flags | (type == DT_DIR ? SRT_PATH_DIR : 0), origin);
        return;
    }
    g_auto(SrtResolved) at = {0};
    srt_resolve(scan->resolver, path, &at);
    if (at.found == SRT_FOUND_DIR || at.found == SRT_FOUND_FILE)
        add_rule(scan, kind, at.path, flags | (at.found == SRT_FOUND_DIR ? SRT_PATH_DIR : 0),
                 origin);
    else if (at.found == SRT_FOUND_BLOCKED && at.nearest[1])
        add_rule(scan, kind, at.nearest, flags | SRT_PATH_DIR, origin);
    else if (at.found == SRT_FOUND_MISSING && (flags & SRT_PATH_MANDATORY))
        srt_rules_add_candidate(scan->rules, at.path, at.nearest, SRT_ACCESS_READ, flags, FALSE,
                                origin);
}

static Point *point_at(Scan *scan, const char *path)
{
    Point *point = g_hash_table_lookup(scan->points, path);
    if (!point) {
        point = g_new0(Point, 1);
        g_hash_table_insert(scan->points, (gpointer)(gsize)path, point);
    }
    return point;
}

static void alive_add(Scan *scan, Level *at, guint pattern, const SrtGlobState *state)
{
    for (guint i = 0; i < at->n_alive; i++)
        if (at->alive[i].pattern == pattern) {
            srt_glob_state_join(&at->alive[i].state, state);
            return;
        }
    if (!at->alive)
        at->alive = g_new(Alive, scan->rules->patterns->len);
    at->alive[at->n_alive++] = (Alive){.pattern = pattern, .state = *state};
}

/* rest: what lies between the base and the directory, with its slashes. */
static void begin_pattern(Scan *scan, Level *at, guint index, const char *rest)
{
    const SrtPattern *pattern = pattern_at(scan, index);
    SrtGlobState state;
    srt_glob_start(pattern->glob, &state);
    gsize length = strlen(rest);
    if (srt_glob_step(pattern->glob, &state, rest, length) &&
        (length == 0 || srt_glob_step(pattern->glob, &state, "/", 1)))
        alive_add(scan, at, index, &state);
}

/* The patterns that begin at prefix. */
static void begin_patterns(Scan *scan, Level *at, const char *prefix, const char *rest)
{
    const Point *point = g_hash_table_lookup(scan->points, prefix);
    if (point && point->patterns)
        for (guint i = 0; i < point->patterns->len; i++)
            begin_pattern(scan, at, g_array_index(point->patterns, guint, i), rest);
    const SrtNode *node = srt_rules_at(scan->rules, prefix);
    if (node && node->rules[SRT_KIND_ALLOW_WRITE])
        for (guint i = 0; i < scan->everywhere->len; i++)
            begin_pattern(scan, at, g_array_index(scan->everywhere, guint, i), rest);
}

/* The root of a walk: everything that the directories above it began. */
static void start_at(Scan *scan, Level *at, const char *path, const SrtNode *node)
{
    srt_access_state_at(scan->rules, path, &at->access);
    gboolean own_root = node && node->rules[SRT_KIND_ALLOW_WRITE];
    at->depth = 0;
    at->excluded = !own_root && strstr(path, "/node_modules/") != NULL;
    if (scan->current) {
        alive_add(scan, at, scan->current->alive.pattern, &scan->current->alive.state);
        return;
    }
    if (scan->rules->patterns->len == 0)
        return;
    begin_patterns(scan, at, "/", path + 1);
    g_autofree char *prefix = g_strdup(path);
    for (char *slash = strchr(prefix + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        begin_patterns(scan, at, prefix, slash + 1);
        *slash = '/';
    }
    if (path[1])
        begin_patterns(scan, at, path, "");
}

/* The patterns that are alive in parent, taken into its directory name. */
static void step_patterns(Scan *scan, Level *at, const Level *parent, const char *name,
                          gsize length)
{
    for (guint i = 0; i < parent->n_alive; i++) {
        const Alive *from = &parent->alive[i];
        const SrtGlob *glob = pattern_at(scan, from->pattern)->glob;
        SrtGlobState state = from->state;
        if (srt_glob_step(glob, &state, name, length) && srt_glob_step(glob, &state, "/", 1))
            alive_add(scan, at, from->pattern, &state);
    }
}

static void descend(Scan *scan, Level *at, const Level *parent, const char *path, gsize length,
                    gsize name_at, const SrtNode *node)
{
    const char *name = path + name_at;
    at->access = parent->access;
    at->depth = parent->depth + 1;
    at->excluded = parent->excluded || strcmp(name, "node_modules") == 0;
    step_patterns(scan, at, parent, name, length - name_at);
    if (!scan->current && scan->rules->patterns->len > 0)
        begin_patterns(scan, at, path, "");
    if (node && node->rules[SRT_KIND_ALLOW_WRITE]) {
        at->depth = 0;
        at->excluded = FALSE;
    }
    srt_access_state_apply(&at->access, node);
}

static gboolean pattern_matters(const Scan *scan, const Level *at, guint index)
{
    srt_access access = srt_access_state_get(&at->access);
    switch (pattern_at(scan, index)->kind) {
    case SRT_KIND_DENY_READ:
        return access != SRT_ACCESS_HIDDEN;
    case SRT_KIND_DENY_WRITE:
        return access == SRT_ACCESS_WRITE;
    case SRT_KIND_ALLOW_READ:
        return access == SRT_ACCESS_HIDDEN;
    case SRT_KIND_ALLOW_WRITE:
    case SRT_KIND_COUNT:
        break;
    }
    return access == SRT_ACCESS_HIDDEN || (access == SRT_ACCESS_READ && !at->access.deny);
}

static gboolean scan_enter(void *data, const char *path, gsize length, gsize name_at, guint level)
{
    Scan *scan = data;
    Level *at = &scan->levels[level];
    if (scan->error || srt_path_is_kernel(path))
        return FALSE;
    const SrtNode *node = srt_rules_at(scan->rules, path);
    at->n_alive = 0;
    at->git = 0;
    if (level == 0)
        start_at(scan, at, path, node);
    else
        descend(scan, at, &scan->levels[level - 1], path, length, name_at, node);
    Point *point = scan->current ? NULL : g_hash_table_lookup(scan->points, path);
    if (point)
        point->visited = TRUE;
    at->protect = !scan->current && !at->excluded &&
                  srt_access_state_get(&at->access) == SRT_ACCESS_WRITE &&
                  (scan->search_depth == 0 || at->depth < scan->search_depth ||
                   srt_mandatory_leads_on(scan->mandatory, path + name_at));
    if (at->protect)
        return TRUE;
    for (guint i = 0; i < at->n_alive; i++)
        if (pattern_matters(scan, at, at->alive[i].pattern))
            return TRUE;
    return FALSE;
}

static void note_git_part(Level *at, const char *name)
{
    if (g_ascii_strcasecmp(name, "HEAD") == 0)
        at->git |= SEEN_HEAD;
    else if (g_ascii_strcasecmp(name, "objects") == 0)
        at->git |= SEEN_OBJECTS;
    else if (g_ascii_strcasecmp(name, "refs") == 0)
        at->git |= SEEN_REFS;
    else if (g_ascii_strcasecmp(name, "commondir") == 0)
        at->git |= SEEN_COMMONDIR;
}

/* Whether the tree at target will be searched anyway, from a base above it, with
 * at least the same chances to match. */
static gboolean is_covered(const Scan *scan, const Alive *alive, const char *target)
{
    const SrtPattern *pattern = pattern_at(scan, alive->pattern);
    SrtGlobState state;
    if (!srt_path_within(target, pattern->base))
        return FALSE;
    srt_glob_start(pattern->glob, &state);
    const char *rest = target + (pattern->base[1] ? strlen(pattern->base) : 0);
    rest += *rest == '/';
    gsize length = strlen(rest);
    if (length > 0 && !(srt_glob_step(pattern->glob, &state, rest, length) &&
                        srt_glob_step(pattern->glob, &state, "/", 1)))
        return FALSE;
    return srt_glob_state_covers(&state, &alive->state);
}

static void queue_linked(Scan *scan, const char *target, const Alive *alive)
{
    g_autoptr(GString) key = g_string_new(NULL);
    g_string_printf(key, "%u", alive->pattern);
    for (guint i = 0; i < SRT_GLOB_WORDS; i++)
        g_string_append_printf(key, " %" G_GINT64_MODIFIER "x", alive->state.bits[i]);
    g_string_append_printf(key, " %s", target);
    if (!g_hash_table_add(scan->linked_seen, g_strdup(key->str)) || scan->error)
        return;
    if (g_hash_table_size(scan->linked_seen) > MAX_LINKED) {
        const SrtPattern *pattern = pattern_at(scan, alive->pattern);
        g_set_error(&scan->error, SRT_ERROR, SRT_ERROR_POLICY,
                    "%s \"%s\": more than %d symbolic links lead to other trees that it may match "
                    "in: give it a narrower directory to begin in",
                    pattern->origin->pointer, pattern->origin->text, MAX_LINKED);
        return;
    }
    Linked *linked = g_new0(Linked, 1);
    linked->path = g_strdup(target);
    linked->alive = *alive;
    g_queue_push_tail(&scan->linked, linked);
}

/* A deny pattern goes through a link to a directory: what it names is denied
 * where it really is. Not upwards, that would search the same tree again. */
static void follow_link(Scan *scan, const char *path, const Alive *below)
{
    g_auto(SrtResolved) at = {0};
    srt_resolve(scan->resolver, path, &at);
    if (at.found != SRT_FOUND_DIR || srt_path_within(path, at.path) ||
        is_covered(scan, below, at.path))
        return;
    queue_linked(scan, at.path, below);
}

static void add_match(Scan *scan, const SrtPattern *pattern, const char *path, gsize length,
                      gsize name_at, unsigned char type)
{
    if (pattern->kind == SRT_KIND_DENY_READ || pattern->kind == SRT_KIND_DENY_WRITE) {
        deny_target(scan, pattern->kind, path, type, SRT_PATH_GLOB, pattern->origin);
        return;
    }
    if (type == DT_LNK)
        return;
    add_rule(scan, pattern->kind, path, SRT_PATH_GLOB | (type == DT_DIR ? SRT_PATH_DIR : 0),
             pattern->origin);
    const SrtMandatoryName *name =
        pattern->kind == SRT_KIND_ALLOW_WRITE
            ? srt_mandatory_match(scan->mandatory, path, length, name_at, type == DT_DIR)
            : NULL;
    if (name)
        deny_target(scan, SRT_KIND_DENY_WRITE, path, type, SRT_PATH_MANDATORY, name->origin);
}

static void try_patterns(Scan *scan, const Level *at, const char *path, gsize length, gsize name_at,
                         unsigned char type)
{
    for (guint i = 0; i < at->n_alive; i++) {
        const SrtPattern *pattern = pattern_at(scan, at->alive[i].pattern);
        Alive below = at->alive[i];
        if (!srt_glob_step(pattern->glob, &below.state, path + name_at, length - name_at))
            continue;
        if (srt_glob_accepts(pattern->glob, &below.state))
            add_match(scan, pattern, path, length, name_at, type);
        if (type == DT_LNK &&
            (pattern->kind == SRT_KIND_DENY_READ || pattern->kind == SRT_KIND_DENY_WRITE) &&
            srt_glob_step(pattern->glob, &below.state, "/", 1))
            follow_link(scan, path, &below);
    }
}

/* Tries the patterns on a path and on every directory above it, which the walk
 * need not come by: it leaves out what no pattern changes by itself, and a rule of
 * the settings may stand there. */
static void try_along(Scan *scan, const char *path, gboolean is_directory)
{
    Level here = {0}, next = {0};
    gsize length = 0;
    g_autofree char *prefix = g_strdup(path);
    begin_patterns(scan, &here, "/", "");
    while (path[1] && path[length]) {
        gsize name_at = length + 1;
        length = name_at + strcspn(path + name_at, "/");
        prefix[length] = '\0';
        unsigned char type = path[length] || is_directory ? DT_DIR : DT_REG;
        try_patterns(scan, &here, prefix, length, name_at, type);
        next.n_alive = 0;
        step_patterns(scan, &next, &here, prefix + name_at, length - name_at);
        begin_patterns(scan, &next, prefix, "");
        prefix[length] = path[length];
        Level done = here;
        here = next;
        next = done;
    }
    g_free(here.alive);
    g_free(next.alive);
}

static void scan_entry(void *data, const char *path, gsize length, gsize name_at, guint level,
                       unsigned char type)
{
    Scan *scan = data;
    Level *at = &scan->levels[level];
    if (scan->error)
        return;
    if (at->protect) {
        const SrtMandatoryName *name =
            srt_mandatory_match(scan->mandatory, path, length, name_at, type == DT_DIR);
        if (name)
            deny_target(scan, SRT_KIND_DENY_WRITE, path, type, SRT_PATH_MANDATORY, name->origin);
        note_git_part(at, path + name_at);
    }
    if (at->n_alive > 0)
        try_patterns(scan, at, path, length, name_at, type);
}

/* A directory that git takes for a repository: a bare one, one of .git/modules,
 * one of .git/worktrees. */
static void scan_listed(void *data, const char *path, gsize length, guint level)
{
    Scan *scan = data;
    const Level *at = &scan->levels[level];
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
            add_rule(scan, SRT_KIND_DENY_WRITE, found.path,
                     SRT_PATH_MANDATORY | (found.found == SRT_FOUND_DIR ? SRT_PATH_DIR : 0),
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
    Scan *scan = data;
    const Level *at = &scan->levels[level];
    (void)length;
    if (scan->error || !is_reachable(path))
        return;
    if (at->protect) {
        add_rule(scan, SRT_KIND_DENY_WRITE, path, SRT_PATH_DIR | SRT_PATH_MANDATORY,
                 srt_rules_built_in(scan->rules, "protected name (cannot be looked for)", path));
        srt_rules_note(scan->rules, NULL,
                       "%s cannot be searched for protected names (%s) and is therefore read-only",
                       path, g_strerror(error));
    }
    for (guint i = 0; i < at->n_alive; i++) {
        const SrtPattern *pattern = pattern_at(scan, at->alive[i].pattern);
        if (pattern->kind == SRT_KIND_DENY_READ || pattern->kind == SRT_KIND_DENY_WRITE)
            add_rule(scan, pattern->kind, path, SRT_PATH_DIR | SRT_PATH_GLOB, pattern->origin);
    }
}

static const SrtWalkOps scan_ops = {
    .enter = scan_enter,
    .entry = scan_entry,
    .listed = scan_listed,
    .blocked = scan_blocked,
};

static gboolean walk_from(Scan *scan, const char *path, GError **error)
{
    if (!srt_walk(path, &scan_ops, scan, &scan->budget, error))
        return FALSE;
    if (!scan->error)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&scan->error));
    return FALSE;
}

/* Where walks may have to begin, in order, and where patterns do. */
static GPtrArray *collect_points(Scan *scan)
{
    const GPtrArray *list = scan->rules->list, *patterns = scan->rules->patterns;
    for (guint i = 0; i < patterns->len; i++) {
        const SrtPattern *pattern = g_ptr_array_index(patterns, i);
        Point *point = point_at(scan, pattern->base);
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

static void try_fixed_paths(Scan *scan, const GPtrArray *roots)
{
    guint n_rules = scan->rules->list->len; /* more are added */
    if (scan->rules->patterns->len == 0)
        return;
    for (guint i = 0; i < n_rules && !scan->error; i++) {
        const SrtPathRule *rule = g_ptr_array_index(scan->rules->list, i);
        if (!(rule->flags & SRT_PATH_MANDATORY))
            try_along(scan, rule->path, (rule->flags & SRT_PATH_DIR) != 0);
    }
    for (guint i = 0; i < roots->len && !scan->error; i++)
        try_along(scan, g_ptr_array_index(roots, i), TRUE);
}

static gboolean walk_all(Scan *scan, GPtrArray *roots, GError **error)
{
    g_ptr_array_sort(roots, compare_paths);
    try_fixed_paths(scan, roots);
    for (guint i = 0; i < roots->len; i++) {
        const char *root = g_ptr_array_index(roots, i);
        const Point *point = g_hash_table_lookup(scan->points, root);
        if (!point->visited && !walk_from(scan, root, error))
            return FALSE;
    }
    gboolean ok = TRUE;
    Linked *linked;
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
    Point *point = data;
    if (point->patterns)
        g_array_unref(point->patterns);
    g_free(point);
}

gboolean srt_scan(SrtRules *rules, SrtResolver *resolver, const SrtMandatory *mandatory,
                  guint search_depth, GError **error)
{
    Scan *scan = g_new0(Scan, 1);
    scan->rules = rules;
    scan->resolver = resolver;
    scan->mandatory = mandatory;
    scan->search_depth = search_depth;
    scan->budget = SRT_WALK_MAX_ENTRIES;
    scan->points = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, point_free);
    scan->everywhere = g_array_new(FALSE, FALSE, sizeof(guint));
    scan->linked_seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_queue_init(&scan->linked);
    g_autoptr(GPtrArray) roots = collect_points(scan);
    gboolean ok = walk_all(scan, roots, error);
    for (guint i = 0; i <= SRT_WALK_MAX_DEPTH; i++)
        g_free(scan->levels[i].alive);
    g_hash_table_destroy(scan->points);
    g_hash_table_destroy(scan->linked_seen);
    g_array_unref(scan->everywhere);
    g_clear_error(&scan->error);
    g_free(scan);
    return ok;
}
