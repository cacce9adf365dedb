/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/socket_places.h"

#include <string.h>

#include "policy/glob.h"
#include "policy/sockets_table.h"

static const SrtSocketRow table[] = {
#define ROW(kind, place, reason) {SRT_SOCKET_##kind, place, reason},
    SRT_SOCKETS_TABLE(ROW)
#undef ROW
};

/* A row at one place of this machine. */
typedef struct Place {
    const SrtSocketRow *row;
    char **parts; /* lower case, without the empty one before the first '/' */
    gboolean any; /* in any directory: only the last names count */
} Place;

typedef struct Maker {
    const SrtSockets *in;
    GArray *places;
} Maker;

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

static void add_place(const Maker *m, const SrtSocketRow *row, const char *directory,
                      const char *rest, gboolean any)
{
    g_autofree char *path = g_strconcat(directory, "/", rest, NULL);
    const Place place = {row, split(path), any};
    g_array_append_val(m->places, place);
}

static void add_row(const Maker *m, const SrtSocketRow *row)
{
    if (row->place[0] == '/') {
        add_place(m, row, "", row->place + 1, FALSE);
    } else if (g_str_has_prefix(row->place, "ANY/")) {
        add_place(m, row, "", row->place + 4, TRUE);
    } else if (g_str_has_prefix(row->place, "RUN/")) {
        add_place(m, row, "/run/user/*", row->place + 4, FALSE);
        if (m->in->runtime) {
            g_auto(SrtResolved) at = {0};
            srt_resolve(m->in->resolver, m->in->runtime, &at);
            g_autofree char *escaped = srt_glob_escape(at.path);
            add_place(m, row, escaped, row->place + 4, FALSE);
        }
    } else if (m->in->home) {
        g_autofree char *escaped = srt_glob_escape(m->in->home);
        add_place(m, row, escaped, row->place + 2, FALSE);
    }
}

static const SrtSocketRow service_row = {SRT_SOCKET_ESCAPE, "",
                                         "the environment names it as the socket of a service"};
static const SrtSocketRow own_row = {SRT_SOCKET_OWN, "", "programs that embed srt listen there"};

static void add_named(const Maker *m, const SrtSocketRow *row, const char *path)
{
    g_auto(SrtResolved) at = {0};
    if (path[0] != '/')
        return;
    srt_resolve(m->in->resolver, path, &at);
    if (!at.path[1])
        return;
    g_autofree char *escaped = srt_glob_escape(at.path);
    add_place(m, row, "", escaped + 1, FALSE);
}

static void clear_place(gpointer place)
{
    g_strfreev(((Place *)place)->parts);
}

GArray *srt_socket_places(const SrtSockets *sockets)
{
    const Maker m = {sockets, g_array_new(FALSE, FALSE, sizeof(Place))};
    g_array_set_clear_func(m.places, clear_place);
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
        add_row(&m, &table[i]);
    for (const char *const *e = sockets->environment; e && *e; e++)
        add_named(&m, &service_row, *e);
    for (const char *const *e = sockets->own; e && *e; e++)
        add_named(&m, &own_row, *e);
    return m.places;
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

static SrtSocketRelation relate_any(const Place *place, char **parts)
{
    guint n = g_strv_length(parts), own = g_strv_length(place->parts);
    if (n < own)
        return SRT_SOCKET_APART;
    for (guint i = 0; i < own; i++)
        if (!part_matches(place->parts[i], parts[n - own + i]))
            return SRT_SOCKET_APART;
    return SRT_SOCKET_INSIDE;
}

static SrtSocketRelation relate(const Place *place, char **parts, gboolean pattern)
{
    if (place->any)
        return pattern ? SRT_SOCKET_APART : relate_any(place, parts);
    guint i = 0;
    for (; parts[i] && place->parts[i]; i++) {
        if (pattern && strstr(parts[i], "**"))
            return SRT_SOCKET_AROUND;
        if (!parts_meet(place->parts[i], parts[i], pattern))
            return SRT_SOCKET_APART;
    }
    return place->parts[i] ? SRT_SOCKET_AROUND : SRT_SOCKET_INSIDE;
}

const SrtSocketRow *srt_socket_find(const GArray *places, gboolean dangerous, const char *path,
                                    gboolean pattern, SrtSocketRelation *ret)
{
    const SrtSocketRow *around = NULL;
    g_auto(GStrv) parts = split(path);
    for (guint i = 0; i < places->len; i++) {
        const Place *place = &g_array_index(places, Place, i);
        if (dangerous && place->row->kind == SRT_SOCKET_ESCAPE)
            continue;
        SrtSocketRelation relation = relate(place, parts, pattern);
        if (relation == SRT_SOCKET_INSIDE) {
            *ret = SRT_SOCKET_INSIDE;
            return place->row;
        }
        if (relation == SRT_SOCKET_AROUND && !around)
            around = place->row;
    }
    *ret = around ? SRT_SOCKET_AROUND : SRT_SOCKET_APART;
    return around;
}
