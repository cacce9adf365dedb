/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/sockets.h"

#include <dirent.h>
#include <string.h>

#include "policy/pending.h"
#include "policy/sockets_table.h"
#include "policy/walk.h"

#define LOOK_MAX 200000u /* directory entries looked at for one entry of the list */
#define FOUND_MAX 4096u  /* sockets that one entry may stand for */

typedef enum { KIND_ESCAPE, KIND_LEAK, KIND_OWN } Kind;

typedef struct Row {
    Kind kind;
    const char *place;
    const char *reason;
} Row;

static const Row table[] = {
#define ROW(kind, place, reason) {KIND_##kind, place, reason},
    SRT_SOCKETS_TABLE(ROW)
#undef ROW
};

/* A row at one place of this machine. */
typedef struct Place {
    const Row *row;
    char **parts; /* lower case, without the empty one before the first '/' */
    gboolean any; /* in any directory: only the last names count */
} Place;

/* How a path or pattern lies to a place. */
typedef enum { APART, INSIDE, AROUND } Relation;

typedef struct Sockets {
    const SrtSockets *in;
    GArray *places;
    GPtrArray *paths;
    gboolean dangerous; /* allowed */
} Sockets;

/* Without what is the same place by another name: no link leads from one to the
 * other where a container has only one of the two. */
static const char *plain_start(const char *path)
{
    if (g_str_has_prefix(path, "/private/var/") || g_str_has_prefix(path, "/private/tmp/"))
        path += strlen("/private");
    if (g_str_has_prefix(path, "/var/run") && (path[8] == '/' || path[8] == '\0'))
        path += strlen("/var");
    return path;
}

/* Case is ignored: there are file systems that do. */
static char **split(const char *path)
{
    g_autofree char *lower = g_ascii_strdown(plain_start(path), -1);
    g_auto(GStrv) all = g_strsplit(lower, "/", -1);
    g_autoptr(GPtrArray) parts = g_ptr_array_new();
    for (char **part = all; *part; part++)
        if (**part)
            g_ptr_array_add(parts, g_strdup(*part));
    g_ptr_array_add(parts, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&parts), FALSE);
}

static void add_place(Sockets *s, const Row *row, const char *directory, const char *rest,
                      gboolean any)
{
    g_autofree char *path = g_strconcat(directory, "/", rest, NULL);
    const Place place = {row, split(path), any};
    g_array_append_val(s->places, place);
}

static void add_row(Sockets *s, const Row *row)
{
    if (row->place[0] == '/') {
        add_place(s, row, "", row->place + 1, FALSE);
    } else if (g_str_has_prefix(row->place, "ANY/")) {
        add_place(s, row, "", row->place + 4, TRUE);
    } else if (g_str_has_prefix(row->place, "RUN/")) {
        add_place(s, row, "/run/user/*", row->place + 4, FALSE);
        if (s->in->runtime) {
            g_auto(SrtResolved) at = {0};
            srt_resolve(s->in->resolver, s->in->runtime, &at);
            g_autofree char *escaped = srt_glob_escape(at.path);
            add_place(s, row, escaped, row->place + 4, FALSE);
        }
    } else if (s->in->home) {
        g_autofree char *escaped = srt_glob_escape(s->in->home);
        add_place(s, row, escaped, row->place + 2, FALSE);
    }
}

static const Row service_row = {KIND_ESCAPE, "",
                                "the environment names it as the socket of a service"};
static const Row own_row = {KIND_OWN, "", "programs that embed srt listen there"};

static void add_named(Sockets *s, const Row *row, const char *path)
{
    g_auto(SrtResolved) at = {0};
    if (path[0] != '/')
        return;
    srt_resolve(s->in->resolver, path, &at);
    if (!at.path[1])
        return;
    g_autofree char *escaped = srt_glob_escape(at.path);
    add_place(s, row, "", escaped + 1, FALSE);
}

static void clear_place(gpointer place)
{
    g_strfreev(((Place *)place)->parts);
}

static void make_places(Sockets *s)
{
    s->places = g_array_new(FALSE, FALSE, sizeof(Place));
    g_array_set_clear_func(s->places, clear_place);
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
        add_row(s, &table[i]);
    for (const char *const *e = s->in->environment; e && *e; e++)
        add_named(s, &service_row, *e);
    for (const char *const *e = s->in->own; e && *e; e++)
        add_named(s, &own_row, *e);
}

static gboolean part_matches(const char *pattern, const char *name)
{
    const char *why;
    if (!srt_glob_has_wildcards(pattern))
        return strcmp(pattern, name) == 0;
    g_autoptr(SrtGlob) glob = srt_glob_new(pattern, &why);
    return !glob || srt_glob_match(glob, name);
}

/* Whether one name could fit both. Two patterns: taken for granted. */
static gboolean parts_meet(const char *place, const char *part, gboolean pattern)
{
    if (!pattern || !srt_glob_has_wildcards(part))
        return part_matches(place, part);
    return srt_glob_has_wildcards(place) || part_matches(part, place);
}

static Relation relate_any(const Place *place, char **parts)
{
    guint n = g_strv_length(parts), own = g_strv_length(place->parts);
    if (n < own)
        return APART;
    for (guint i = 0; i < own; i++)
        if (!part_matches(place->parts[i], parts[n - own + i]))
            return APART;
    return INSIDE;
}

static Relation relate(const Place *place, char **parts, gboolean pattern)
{
    if (place->any)
        return pattern ? APART : relate_any(place, parts);
    guint i = 0;
    for (; parts[i] && place->parts[i]; i++) {
        if (pattern && strstr(parts[i], "**"))
            return AROUND;
        if (!parts_meet(place->parts[i], parts[i], pattern))
            return APART;
    }
    return place->parts[i] ? AROUND : INSIDE;
}

/* The first place that the path or pattern lies in, or else covers. */
static const Row *find(const Sockets *s, const char *path, gboolean pattern, Relation *ret)
{
    const Row *around = NULL;
    g_auto(GStrv) parts = split(path);
    for (guint i = 0; i < s->places->len; i++) {
        const Place *place = &g_array_index(s->places, Place, i);
        if (s->dangerous && place->row->kind == KIND_ESCAPE)
            continue;
        Relation relation = relate(place, parts, pattern);
        if (relation == INSIDE) {
            *ret = INSIDE;
            return place->row;
        }
        if (relation == AROUND && !around)
            around = place->row;
    }
    *ret = around ? AROUND : APART;
    return around;
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
    GPtrArray *safe; /* char * */
    const Row *row;  /* of a dangerous one, or NULL */
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
    Relation relation;
    (void)length, (void)name_at, (void)level;
    if (type != DT_SOCK || look->full || !srt_pending_matches(look->rule, path))
        return;
    const Row *row = find(look->sockets, path, FALSE, &relation);
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

static const char *who_allows(const Row *row)
{
    return row->kind == KIND_ESCAPE ? "; network.allowDangerousSockets would allow it" : "";
}

/* A directory (pattern NULL), or a pattern below base. */
static void add_many(const Sockets *s, const srt_origin *origin, const char *base,
                     const char *pattern)
{
    Relation relation;
    srt_pending_rule rule = {.struct_size = sizeof rule,
                             .flags = pattern ? SRT_PATH_GLOB : 0,
                             .path = pattern ? pattern : base};
    g_autoptr(GPtrArray) safe = g_ptr_array_new_with_free_func(g_free);
    Look look = {.sockets = s, .rule = &rule, .safe = safe};
    const Row *row = find(s, rule.path, pattern != NULL, &relation);
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

static void refuse(const Sockets *s, const srt_origin *origin, const Row *row)
{
    if (row->kind == KIND_OWN)
        srt_rules_problem(s->in->rules, origin, "is never allowed: %s; remove it", row->reason);
    else if (row->kind == KIND_LEAK)
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
static const Row *find_named(const Sockets *s, const char *written, const SrtResolved *at,
                             Relation *ret)
{
    const char *names[] = {at->path, at->link, written};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        const Row *row = names[i] ? find(s, names[i], FALSE, ret) : NULL;
        if (row && *ret == INSIDE)
            return row;
    }
    return find(s, at->path, FALSE, ret);
}

static void add_literal(const Sockets *s, const SrtConfigItem *item, const srt_origin *origin,
                        const char *path)
{
    Relation relation;
    g_auto(SrtResolved) at = {0};
    srt_resolve(s->in->resolver, path, &at);
    const Row *row = find_named(s, path, &at, &relation);
    if (row && relation == INSIDE) {
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
                 .paths = paths,
                 .dangerous = network->allow_dangerous_sockets == SRT_TRI_TRUE};
    make_places(&s);
    for (guint i = 0; i < list->len; i++)
        add_item(&s, g_ptr_array_index(list, i));
    g_array_unref(s.places);
}
