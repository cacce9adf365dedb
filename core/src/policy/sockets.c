/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/sockets.h"

#include <dirent.h>
#include <string.h>

#include "policy/pending.h"
#include "policy/socket_places.h"
#include "policy/walk.h"

#define LOOK_MAX 200000u /* directory entries looked at for one entry of the list */
#define FOUND_MAX 4096u  /* sockets that one entry may stand for */

typedef struct Sockets {
    const SrtSockets *in;
    GArray *places;
    GPtrArray *paths;
    gboolean dangerous; /* allowed */
} Sockets;

static const SrtSocketRow *find(const Sockets *s, const char *path, gboolean pattern,
                                SrtSocketRelation *ret)
{
    return srt_socket_find(s->places, s->dangerous, path, pattern, ret);
}

static void grant(const Sockets *s, const char *path)
{
    g_ptr_array_add(s->paths, g_strdup(path));
}

/* A path that holds wildcards is written so that it means itself. */
static void grant_literal(const Sockets *s, const char *path)
{
    g_ptr_array_add(s->paths, srt_glob_escape(path));
}

/* The sockets that an entry stands for now. */
typedef struct Look {
    const Sockets *sockets;
    const srt_pending_rule *rule;
    GPtrArray *safe;         /* char * */
    const SrtSocketRow *row; /* of a dangerous one, or NULL */
    gboolean full;
} Look;

static gboolean look_enter(void *data, const char *path, gsize length, gsize name_at, guint level)
{
    const Look *look = data;
    (void)length, (void)name_at, (void)level;
    return !look->full && !srt_path_is_kernel(path);
}

static void look_entry(void *data, const char *path, gsize length, gsize name_at, guint level,
                       unsigned char type)
{
    Look *look = data;
    SrtSocketRelation relation;
    (void)length, (void)name_at, (void)level;
    if (type != DT_SOCK || look->full || !srt_pending_matches(look->rule, path))
        return;
    const SrtSocketRow *row = find(look->sockets, path, FALSE, &relation);
    if (row)
        look->row = row;
    else if (look->safe->len < FOUND_MAX)
        g_ptr_array_add(look->safe, g_strdup(path));
    else
        look->full = TRUE;
}

static void look_listed(void *data, const char *path, gsize length, guint level)
{
    (void)data, (void)path, (void)length, (void)level;
}

static void look_blocked(void *data, const char *path, gsize length, guint level, int error)
{
    (void)data, (void)path, (void)length, (void)level, (void)error;
}

/* FALSE: there is too much to look at. */
static gboolean look_below(Look *look, const char *base)
{
    static const SrtWalkOps ops = {
        .enter = look_enter,
        .entry = look_entry,
        .listed = look_listed,
        .blocked = look_blocked,
    };
    guint budget = LOOK_MAX;
    g_autoptr(GError) error = NULL;
    return srt_walk(base, &ops, look, &budget, &error) && !look->full;
}

static const char *who_allows(const SrtSocketRow *row)
{
    return row->kind == SRT_SOCKET_ESCAPE ? "; network.allowDangerousSockets would allow it" : "";
}

/* A directory (pattern NULL), or a pattern below base. */
static void add_many(const Sockets *s, const srt_origin *origin, const char *base,
                     const char *pattern)
{
    SrtSocketRelation relation;
    srt_pending_rule rule = {.struct_size = sizeof rule,
                             .flags = pattern ? SRT_PATH_GLOB : 0,
                             .path = pattern ? pattern : base};
    g_autoptr(GPtrArray) safe = g_ptr_array_new_with_free_func(g_free);
    Look look = {.sockets = s, .rule = &rule, .safe = safe};
    const SrtSocketRow *row = find(s, rule.path, pattern != NULL, &relation);
    gboolean seen = look_below(&look, base);
    if (!row && !look.row) {
        if (pattern)
            grant(s, pattern);
        else
            grant_literal(s, base);
        return;
    }
    row = row ? row : look.row;
    if (!seen) {
        srt_rules_note(s->in->rules, origin,
                       "grants nothing: it covers dangerous sockets (%s) and holds too much to "
                       "tell the others apart: name them%s",
                       row->reason, who_allows(row));
        return;
    }
    for (guint i = 0; i < safe->len; i++)
        grant_literal(s, safe->pdata[i]);
    srt_rules_note(s->in->rules, origin,
                   "covers sockets that are left out (%s), and so stands only for the other "
                   "sockets that exist in it now (%u)%s",
                   row->reason, safe->len, who_allows(row));
}

static void refuse(const Sockets *s, const srt_origin *origin, const SrtSocketRow *row)
{
    if (row->kind == SRT_SOCKET_OWN)
        srt_rules_problem(s->in->rules, origin, "is never allowed: %s; remove it", row->reason);
    else if (row->kind == SRT_SOCKET_LEAK)
        srt_rules_problem(s->in->rules, origin,
                          "is never allowed: %s, past the lists of hosts; remove it", row->reason);
    else
        srt_rules_problem(s->in->rules, origin,
                          "leads out of the sandbox: %s; remove it, or set "
                          "network.allowDangerousSockets to true",
                          row->reason);
}

/* An entry of a file that extends another one stays within what that allows. */
static gboolean is_allowed(const Sockets *s, const SrtConfigItem *item, const srt_origin *origin,
                           const char *path)
{
    for (const SrtConfigItem *outer = item->within; outer; outer = outer->within) {
        if (srt_grant_covers(s->in->resolver, outer->text, s->in->cwd, s->in->home, path))
            continue;
        srt_rules_note(s->in->rules, origin,
                       "grants nothing: %s lies outside of \"%s\" in %s, which it may only narrow",
                       path, outer->text, outer->file);
        return FALSE;
    }
    return TRUE;
}

/* The row for the name as it is written, for where a link lies, and for where it
 * leads to. */
static const SrtSocketRow *find_named(const Sockets *s, const char *written, const SrtResolved *at,
                                      SrtSocketRelation *ret)
{
    const char *names[] = {at->path, at->link, written};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        const SrtSocketRow *row = names[i] ? find(s, names[i], FALSE, ret) : NULL;
        if (row && *ret == SRT_SOCKET_INSIDE)
            return row;
    }
    return find(s, at->path, FALSE, ret);
}

static void add_literal(const Sockets *s, const SrtConfigItem *item, const srt_origin *origin,
                        const char *path)
{
    SrtSocketRelation relation;
    g_auto(SrtResolved) at = {0};
    srt_resolve(s->in->resolver, path, &at);
    const SrtSocketRow *row = find_named(s, path, &at, &relation);
    if (row && relation == SRT_SOCKET_INSIDE) {
        refuse(s, origin, row);
        return;
    }
    if (!is_allowed(s, item, origin, at.path))
        return;
    if (at.found == SRT_FOUND_DIR)
        add_many(s, origin, at.path, NULL);
    else if (!row || at.found == SRT_FOUND_FILE)
        grant_literal(s, at.path);
    else
        srt_rules_note(s->in->rules, origin,
                       "grants nothing: it does not exist, and as a directory it would cover "
                       "dangerous sockets (%s)%s",
                       row->reason, who_allows(row));
}

/* path[own..] has wildcards. */
static void add_pattern(const Sockets *s, const SrtConfigItem *item, const srt_origin *origin,
                        const char *path, gsize own)
{
    const char *why = NULL;
    const char *wild = path + own + strcspn(path + own, "*?[");
    while (wild > path && wild[-1] != '/')
        wild--;
    g_autofree char *directory = g_strndup(path, (gsize)(wild - path));
    g_auto(SrtResolved) at = {0};
    g_autofree char *dotted = g_strconcat("/", wild, "/", NULL);
    if (strstr(dotted, "/../") || strstr(dotted, "/./")) {
        srt_rules_problem(s->in->rules, origin,
                          "has \".\" or \"..\" after a wildcard: write it "
                          "without");
        return;
    }
    srt_resolve(s->in->resolver, directory, &at);
    g_autofree char *escaped = srt_glob_escape(at.path[1] ? at.path : "");
    g_autofree char *pattern = g_strconcat(escaped, "/", wild, NULL);
    g_autoptr(SrtGlob) glob = srt_glob_new(pattern, &why);
    if (!glob)
        srt_rules_problem(s->in->rules, origin, "%s", why);
    else if (at.found != SRT_FOUND_DIR)
        srt_rules_note(s->in->rules, origin, "matches nothing: %s is no directory", directory);
    else if (is_allowed(s, item, origin, at.path))
        add_many(s, origin, at.path, pattern);
}

static void add_item(const Sockets *s, const SrtConfigItem *item)
{
    const char *why = NULL;
    gsize own;
    const srt_origin *origin = srt_rules_origin(s->in->rules, item);
    g_autofree char *path = srt_path_absolute(item->text, s->in->cwd, s->in->home, &own, &why);
    if (!path) {
        srt_rules_problem(s->in->rules, origin, "%s", why);
        return;
    }
    g_auto(SrtResolved) at = {0};
    srt_resolve(s->in->resolver, path, &at);
    gboolean exists = at.found == SRT_FOUND_DIR || at.found == SRT_FOUND_FILE;
    if (exists || !srt_glob_has_wildcards(path + own))
        add_literal(s, item, origin, path);
    else
        add_pattern(s, item, origin, path, own);
}

void srt_sockets_add(const SrtSockets *sockets, const SrtConfigNetwork *network, GPtrArray *paths)
{
    const SrtConfigList *list = network->allow_unix_sockets;
    if (!list || list->len == 0)
        return;
    Sockets s = {.in = sockets,
                 .places = srt_socket_places(sockets),
                 .paths = paths,
                 .dangerous = network->allow_dangerous_sockets == SRT_TRI_TRUE};
    for (guint i = 0; i < list->len; i++)
        add_item(&s, g_ptr_array_index(list, i));
    g_array_unref(s.places);
}
