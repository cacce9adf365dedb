/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/later.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "policy/paths.h"
#include "policy/policy_private.h"
#include "policy/regions.h"
#include "policy/walk.h"

enum { SEEN_HEAD = 1, SEEN_OBJECTS = 2, SEEN_REFS = 4, SEEN_COMMONDIR = 8 };

typedef struct Id {
    guint64 device, inode;
} Id;

/* A pattern of the user that denies writing. */
typedef struct Pattern {
    SrtGlob *glob;
    const srt_origin *origin;
} Pattern;

struct SrtLater {
    const SrtPolicy *policy;
    GHashTable *objects;      /* Id: what had a protected name */
    GHashTable *parents;      /* path of such a name -> Id of its directory */
    GHashTable *repositories; /* Id of directories with parts of a repository */
    GArray *patterns;         /* Pattern */
};

/* One directory on the way from the root of the walk. */
typedef struct Level {
    SrtAccessState access;
    guint depth; /* below the nearest writable root */
    gboolean excluded;
    gboolean protect;
    guint git;
} Level;

typedef struct Look {
    SrtLater *later;
    const SrtLaterOps *ops;
    void *data;
    const char *root;
    GHashTable *told;    /* path: nothing in it is of interest any more */
    GHashTable *visited; /* path of a directory that was entered and begins a region */
    Level levels[SRT_WALK_MAX_DEPTH + 1];
} Look;

static guint id_hash(gconstpointer key)
{
    const Id *id = key;
    return (guint)(id->inode ^ (id->inode >> 32) ^ (id->device * 31));
}

static gboolean id_equal(gconstpointer a, gconstpointer b)
{
    const Id *left = a, *right = b;
    return left->inode == right->inode && left->device == right->device;
}

static gboolean id_of(const char *path, Id *ret)
{
    struct stat st;
    if (lstat(path, &st) < 0)
        return FALSE;
    *ret = (Id){(guint64)st.st_dev, (guint64)st.st_ino};
    return TRUE;
}

static gboolean is_repository_part(const char *path)
{
    static const char *const parts[] = {"config", "hooks", "config.worktree", "commondir"};
    const char *name = strrchr(path, '/') + 1;
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        if (g_ascii_strcasecmp(name, parts[i]) == 0)
            return TRUE;
    return FALSE;
}

static void remember(SrtLater *later, const char *path)
{
    Id id, parent;
    g_autofree char *directory = g_path_get_dirname(path);
    if (!id_of(path, &id) || !id_of(directory, &parent))
        return;
    g_hash_table_add(later->objects, g_memdup2(&id, sizeof id));
    g_hash_table_insert(later->parents, g_strdup(path), g_memdup2(&parent, sizeof parent));
    if (is_repository_part(path))
        g_hash_table_add(later->repositories, g_memdup2(&parent, sizeof parent));
}

static void add_patterns(SrtLater *later)
{
    const GPtrArray *pending = later->policy->pending;
    for (guint i = 0; i < pending->len; i++) {
        const srt_pending_rule *rule = g_ptr_array_index(pending, i);
        const char *why;
        Pattern pattern = {NULL, rule->origin};
        if (!(rule->flags & SRT_PATH_GLOB)) {
            if (rule->access == SRT_ACCESS_READ)
                remember(later, rule->path);
        } else if (!(rule->flags & SRT_PATH_MANDATORY) && rule->access == SRT_ACCESS_READ &&
                   (pattern.glob = srt_glob_new(rule->path, &why))) {
            g_array_append_val(later->patterns, pattern);
        }
    }
}

static void clear_pattern(gpointer pattern)
{
    srt_glob_free(((Pattern *)pattern)->glob);
}

SrtLater *srt_later_new(const SrtPolicy *policy)
{
    SrtLater *later = g_new0(SrtLater, 1);
    later->policy = policy;
    later->objects = g_hash_table_new_full(id_hash, id_equal, g_free, NULL);
    later->parents = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    later->repositories = g_hash_table_new_full(id_hash, id_equal, g_free, NULL);
    later->patterns = g_array_new(FALSE, FALSE, sizeof(Pattern));
    g_array_set_clear_func(later->patterns, clear_pattern);
    for (guint i = 0; i < policy->rules->list->len; i++) {
        const SrtPathRule *rule = g_ptr_array_index(policy->rules->list, i);
        if (rule->kind == SRT_KIND_DENY_WRITE)
            remember(later, rule->path);
    }
    for (guint i = 0; i < policy->rules->names->len; i++)
        remember(later, g_ptr_array_index(policy->rules->names, i));
    if (policy->pending)
        add_patterns(later);
    return later;
}

void srt_later_free(SrtLater *later)
{
    if (!later)
        return;
    g_hash_table_destroy(later->objects);
    g_hash_table_destroy(later->parents);
    g_hash_table_destroy(later->repositories);
    g_array_unref(later->patterns);
    g_free(later);
}

/* The thing itself was protected at the start, wherever it lay; or its name was, in
 * this very directory, where only others could replace it. */
static gboolean is_known(const SrtLater *later, const char *path)
{
    Id id, parent;
    if (!id_of(path, &id) || g_hash_table_contains(later->objects, &id))
        return TRUE;
    const Id *before = g_hash_table_lookup(later->parents, path);
    if (!before)
        return FALSE;
    g_autofree char *directory = g_path_get_dirname(path);
    return id_of(directory, &parent) && id_equal(before, &parent);
}

gboolean srt_later_knows_repository(const SrtLater *later, const char *path)
{
    Id id;
    return id_of(path, &id) && g_hash_table_contains(later->repositories, &id);
}

const char *srt_later_root_of(const SrtLater *later, const char *path)
{
    const GPtrArray *regions = later->policy->regions;
    const srt_region *innermost = NULL;
    for (guint i = 0; i < regions->len; i++) {
        const srt_region *region = g_ptr_array_index(regions, i);
        if (srt_path_within(path, region->path))
            innermost = region; /* a parent stands before what lies in it */
    }
    return innermost && innermost->access == SRT_ACCESS_WRITE ? innermost->path : NULL;
}

gboolean srt_later_protects_git_config(const SrtLater *later)
{
    for (gsize i = 0; i < srt_mandatory_count(later->policy->mandatory); i++)
        if (srt_mandatory_get(later->policy->mandatory, i)->flags & SRT_MANDATORY_GIT_CONFIG)
            return TRUE;
    return FALSE;
}

static void tell(Look *look, const char *path, const srt_origin *origin)
{
    if (is_known(look->later, path) || !g_hash_table_add(look->told, g_strdup(path)))
        return;
    if (look->ops->found)
        look->ops->found(look->data, look->root, path, origin);
}

/* As the search at the start did: scan.c. */
static void set_level(Look *look, const char *path, gsize name_at, guint number)
{
    const SrtPolicy *policy = look->later->policy;
    const SrtNode *node = srt_rules_at(policy->rules, path);
    const char *name = path + name_at;
    Level *at = &look->levels[number];
    gboolean own_root = node && node->rules[SRT_KIND_ALLOW_WRITE];
    at->git = 0;
    if (number == 0) {
        srt_access_state_at(policy->rules, path, &at->access);
        at->depth = 0;
        at->excluded = !own_root && strstr(path, "/node_modules/") != NULL;
    } else {
        const Level *parent = at - 1;
        at->access = parent->access;
        at->depth = own_root ? 0 : parent->depth + 1;
        at->excluded = !own_root && (parent->excluded || strcmp(name, "node_modules") == 0);
        srt_access_state_apply(&at->access, node);
    }
    at->protect = !at->excluded && srt_access_state_get(&at->access) == SRT_ACCESS_WRITE &&
                  (policy->search_depth == 0 || at->depth < policy->search_depth ||
                   srt_mandatory_leads_on(policy->mandatory, name));
}

static gboolean look_enter(void *data, const char *path, gsize length, gsize name_at, guint level)
{
    Look *look = data;
    (void)length;
    if (srt_path_is_kernel(path) || g_hash_table_contains(look->told, path))
        return FALSE;
    set_level(look, path, name_at, level);
    if (g_hash_table_contains(look->later->policy->by_path, path))
        g_hash_table_add(look->visited, g_strdup(path));
    const Level *at = &look->levels[level];
    return at->protect || (look->later->patterns->len > 0 &&
                           srt_access_state_get(&at->access) == SRT_ACCESS_WRITE);
}

static void note_git_part(Level *at, const char *name)
{
    if (!strchr("HhOoRrCc", name[0])) /* most names */
        return;
    static const struct {
        const char *name;
        guint bit;
    } parts[] = {{"HEAD", SEEN_HEAD},
                 {"objects", SEEN_OBJECTS},
                 {"refs", SEEN_REFS},
                 {"commondir", SEEN_COMMONDIR}};
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        if (g_ascii_strcasecmp(name, parts[i].name) == 0)
            at->git |= parts[i].bit;
}

/* A part of a repository is judged with its repository when that is new. */
static gboolean in_new_repository(const Look *look, const char *path, gsize name_at)
{
    g_autofree char *directory = g_strndup(path, name_at - 1);
    if (g_ascii_strcasecmp(path + name_at, "attributes") == 0)
        directory[strrchr(directory, '/') - directory] = '\0';
    return !srt_later_knows_repository(look->later, directory);
}

static void look_at_name(Look *look, const char *path, gsize length, gsize name_at,
                         unsigned char type)
{
    const SrtMandatoryName *name =
        srt_mandatory_match(look->later->policy->mandatory, path, length, name_at, type == DT_DIR);
    if (!name)
        return;
    if (name->flags & SRT_MANDATORY_FILE_ONLY) {
        if (!is_known(look->later, path) && look->ops->git_file)
            look->ops->git_file(look->data, look->root, path, name->origin);
    } else if (!(name->flags & SRT_MANDATORY_GIT_DIR) || !in_new_repository(look, path, name_at)) {
        tell(look, path, name->origin);
    }
}

static void look_entry(void *data, const char *path, gsize length, gsize name_at, guint level,
                       unsigned char type)
{
    Look *look = data;
    Level *at = &look->levels[level];
    if (at->protect) {
        look_at_name(look, path, length, name_at, type);
        note_git_part(at, path + name_at);
    }
    for (guint i = 0; i < look->later->patterns->len; i++) {
        const Pattern *pattern = &g_array_index(look->later->patterns, Pattern, i);
        if (srt_glob_match(pattern->glob, path))
            tell(look, path, pattern->origin);
    }
}

/* A repository that was there may have got parts that it had not. */
static void look_at_parts(Look *look, const char *path)
{
    const SrtMandatory *mandatory = look->later->policy->mandatory;
    for (gsize i = 0; i < srt_mandatory_count(mandatory); i++) {
        const SrtMandatoryName *name = srt_mandatory_get(mandatory, i);
        if (!(name->flags & SRT_MANDATORY_GIT_DIR))
            continue;
        g_autofree char *part = g_build_filename(path, name->name + strlen(".git/"), NULL);
        tell(look, part, name->origin);
    }
}

static void look_listed(void *data, const char *path, gsize length, guint level)
{
    Look *look = data;
    const Level *at = &look->levels[level];
    const guint bare = SEEN_HEAD | SEEN_OBJECTS | SEEN_REFS, worktree = SEEN_HEAD | SEEN_COMMONDIR;
    gboolean named = length >= 5 && g_ascii_strcasecmp(path + length - 5, "/.git") == 0;
    if (!at->protect || (!named && (at->git & bare) != bare && (at->git & worktree) != worktree))
        return;
    if (srt_later_knows_repository(look->later, path))
        look_at_parts(look, path);
    else if (look->ops->repository)
        look->ops->repository(look->data, look->root, path);
}

/* A directory that has not changed holds what it held, all of which was there at the start.
 * The user's patterns are tried on everything. */
static gboolean look_recall(void *data, const char *path, guint level, int parent, const char *name,
                            const char **ret_names, gsize *ret_size)
{
    const Look *look = data;
    const SrtListings *listings = look->later->policy->listings;
    return listings && look->levels[level].protect && look->later->patterns->len == 0 &&
           srt_listing_holds(listings, path, parent, name, ret_names, ret_size);
}

static void look_blocked(void *data, const char *path, gsize length, guint level, int error)
{
    Look *look = data;
    struct stat st;
    (void)length, (void)level;
    /* What is too deep or too long to be looked at was made so: before, it would be denied. */
    gboolean ours = error == ENAMETOOLONG ||
                    (lstat(path, &st) == 0 && (st.st_uid == geteuid() || access(path, X_OK) == 0));
    if (ours && look->ops->blocked)
        look->ops->blocked(look->data, look->root, path, error);
}

static gboolean look_in(Look *look, const char *root, guint *budget, GError **error)
{
    static const SrtWalkOps ops = {
        .enter = look_enter,
        .entry = look_entry,
        .listed = look_listed,
        .blocked = look_blocked,
        .recall = look_recall,
    };
    srt_autofd int top = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    srt_autofd int fd =
        top < 0 ? -1 : srt_fd_open_below(top, root + 1, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
    look->root = root;
    if (fd >= 0)
        return srt_walk_in(fd, root, &ops, look, budget, error);
    if (errno != ENOENT)
        look_blocked(look, root, strlen(root), 0, errno);
    return TRUE;
}

/* What goes away with something above it need not be told. */
static gboolean lies_in_told(const Look *look, const char *path)
{
    g_autofree char *prefix = g_strdup(path);
    for (char *slash; !g_hash_table_contains(look->told, prefix); *slash = '\0')
        if (!(slash = strrchr(prefix, '/')) || slash == prefix)
            return FALSE;
    return TRUE;
}

/* Names that are written out: of the home directory, and of the user's lists. */
static void look_at_literals(Look *look)
{
    const GPtrArray *pending = look->later->policy->pending;
    for (guint i = 0; i < pending->len; i++) {
        const srt_pending_rule *rule = g_ptr_array_index(pending, i);
        if ((rule->flags & SRT_PATH_GLOB) || rule->access != SRT_ACCESS_READ)
            continue;
        g_autofree char *directory = g_path_get_dirname(rule->path);
        look->root = srt_later_root_of(look->later, directory);
        g_autofree char *real = look->root ? realpath(directory, NULL) : NULL;
        if (real && strcmp(real, directory) == 0 && !lies_in_told(look, directory))
            tell(look, rule->path, rule->origin);
    }
}

gboolean srt_later_look(SrtLater *later, const SrtLaterOps *ops, void *data, GError **error)
{
    const SrtPolicy *policy = later->policy;
    if (policy->view.fs_disabled || !policy->mandatory)
        return TRUE;
    Look *look = g_new(Look, 1); /* levels are room, not to be touched now */
    memset(look, 0, G_STRUCT_OFFSET(Look, levels));
    guint budget = SRT_WALK_MAX_ENTRIES;
    gboolean ok = TRUE;
    look->later = later;
    look->ops = ops;
    look->data = data;
    look->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    look->visited = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; ok && i < policy->regions->len; i++) {
        const srt_region *region = g_ptr_array_index(policy->regions, i);
        if (region->access == SRT_ACCESS_WRITE && (region->flags & SRT_PATH_DIR) &&
            !g_hash_table_contains(look->visited, region->path))
            ok = look_in(look, region->path, &budget, error);
    }
    look_at_literals(look);
    g_hash_table_destroy(look->told);
    g_hash_table_destroy(look->visited);
    g_free(look);
    return ok;
}
