/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/mandatory.h"

#include <string.h>

#include "policy/mandatory_table.h"

#define BUCKETS 512 /* a power of two */
#define FIRST_LENGTHS 64

static const struct {
    SrtScope scope;
    const char *name;
    guint32 flags;
    const char *pointer; /* of its origin */
} table[] = {
#define ROW(scope, name, flags, reason)                                                            \
    {SRT_SCOPE_##scope, name, flags, "protected name (" reason ")"},
    SRT_MANDATORY_TABLE(ROW)
#undef ROW
};

/* A name with its last component, by which it is found. */
typedef struct Entry {
    SrtMandatoryName public;
    const char *last;
    gsize last_length;
    struct Entry *next; /* in its bucket */
} Entry;

struct SrtMandatory {
    const char *home;
    gsize home_length;
    Entry *entries; /* room for all, so that none moves */
    gsize n_entries;
    Entry *buckets[BUCKETS];
    GPtrArray *wild;     /* Entry whose last component has wildcards */
    GHashTable *leading; /* lower-case components that stand before the last */
    gsize longest;
    /* By the length of a name, which first characters one of that length may have: a bit for
     * each, upper and lower case of a letter share one. Most names are done with that. */
    guint32 first[FIRST_LENGTHS];
};

static guint32 first_bit(const char *name)
{
    return (guint32)1 << ((guchar)name[0] & 31);
}

static guint hash_name(const char *name, gsize length)
{
    guint h = 2166136261u;
    for (gsize i = 0; i < length; i++) {
        guchar c = (guchar)name[i];
        h = (h ^ (c >= 'A' && c <= 'Z' ? c | 0x20 : c)) * 16777619u;
    }
    return (h ^ (h >> 13)) & (BUCKETS - 1);
}

/* '*' and '?' within one component, ASCII case ignored. */
static gboolean component_matches(const char *pattern, gsize pattern_length, const char *name,
                                  gsize length)
{
    gsize p = 0, n = 0, star = G_MAXSIZE, resume = 0;
    while (n < length) {
        if (p < pattern_length && pattern[p] == '*') {
            star = p++;
            resume = n;
        } else if (p < pattern_length &&
                   (pattern[p] == '?' || g_ascii_tolower(pattern[p]) == g_ascii_tolower(name[n]))) {
            p++;
            n++;
        } else if (star != G_MAXSIZE) {
            p = star + 1;
            n = ++resume;
        } else {
            return FALSE;
        }
    }
    while (p < pattern_length && pattern[p] == '*')
        p++;
    return p == pattern_length;
}

static const char *name_problem(const char *name)
{
    if (name[0] == '/' || name[0] == '\0')
        return "is not a name: write one such as \".bashrc\" or \"dir/name\" for any directory, or "
               "\"~/name\" for the home directory";
    if (strchr(name, '['))
        return "holds '[': only '*' and '?' are wildcards here";
    g_auto(GStrv) parts = g_strsplit(name, "/", -1);
    for (guint i = 0; parts[i]; i++)
        if (!*parts[i] || strcmp(parts[i], ".") == 0 || strcmp(parts[i], "..") == 0 ||
            strstr(parts[i], "**"))
            return "has a component that is empty, \".\", \"..\" or \"**\": write plain names";
    return NULL;
}

static void add_leading(SrtMandatory *mandatory, const char *name)
{
    for (const char *slash; (slash = strchr(name, '/')); name = slash + 1)
        g_hash_table_add(mandatory->leading, g_ascii_strdown(name, slash - name));
}

static void add_entry(SrtMandatory *mandatory, SrtScope scope, const char *name, guint32 flags,
                      const srt_origin *origin)
{
    Entry *entry = &mandatory->entries[mandatory->n_entries++];
    const char *slash = strrchr(name, '/');
    gboolean wild = strpbrk(name, "*?") != NULL;
    entry->public = (SrtMandatoryName){
        .name = name,
        .scope = scope,
        .flags = flags | (wild ? SRT_MANDATORY_WILD : 0),
        .origin = origin,
    };
    entry->last = slash ? slash + 1 : name;
    entry->last_length = strlen(entry->last);
    add_leading(mandatory, name);
    if (strpbrk(entry->last, "*?")) {
        g_ptr_array_add(mandatory->wild, entry);
        return;
    }
    Entry **bucket = &mandatory->buckets[hash_name(entry->last, entry->last_length)];
    entry->next = *bucket;
    *bucket = entry;
    mandatory->longest = MAX(mandatory->longest, entry->last_length);
    if (entry->last_length < FIRST_LENGTHS)
        mandatory->first[entry->last_length] |= first_bit(entry->last);
}

/* "~/name" is of the home directory; what remains is the name. */
static SrtScope split_scope(const char **name)
{
    if (!g_str_has_prefix(*name, "~/"))
        return SRT_SCOPE_ANYWHERE;
    *name += 2;
    return SRT_SCOPE_HOME;
}

static gboolean is_removed(const SrtConfigFilesystem *settings, gsize row, gboolean *used)
{
    gboolean removed = FALSE;
    for (guint i = 0; settings->mandatory_remove && i < settings->mandatory_remove->len; i++) {
        const SrtConfigItem *item = g_ptr_array_index(settings->mandatory_remove, i);
        const char *name = item->text;
        SrtScope scope = split_scope(&name);
        if (g_ascii_strcasecmp(name, table[row].name) != 0 ||
            (scope == SRT_SCOPE_HOME && table[row].scope != SRT_SCOPE_HOME))
            continue;
        used[i] = TRUE;
        removed = TRUE;
    }
    return removed;
}

static void add_table(SrtMandatory *mandatory, const SrtConfigFilesystem *settings, SrtRules *rules)
{
    guint n_remove = settings->mandatory_remove ? settings->mandatory_remove->len : 0;
    g_autofree gboolean *used = g_new0(gboolean, n_remove + 1);
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        if (is_removed(settings, i, used))
            continue;
        if ((table[i].flags & SRT_MANDATORY_GIT_CONFIG) &&
            settings->allow_git_config == SRT_TRI_TRUE)
            continue;
        add_entry(mandatory, table[i].scope, table[i].name, table[i].flags,
                  srt_rules_built_in(rules, table[i].pointer, table[i].name));
    }
    for (guint i = 0; i < n_remove; i++)
        if (!used[i])
            srt_rules_problem(
                rules, srt_rules_origin(rules, g_ptr_array_index(settings->mandatory_remove, i)),
                "is none of the built-in protected names: write it as it stands in the list of "
                "them, with \"~/\" before a name of the home directory");
}

static void add_users(SrtMandatory *mandatory, const SrtConfigFilesystem *settings, SrtRules *rules)
{
    for (guint i = 0; settings->mandatory_add && i < settings->mandatory_add->len; i++) {
        const srt_origin *origin =
            srt_rules_origin(rules, g_ptr_array_index(settings->mandatory_add, i));
        const char *name = origin->text;
        SrtScope scope = split_scope(&name);
        const char *problem = name_problem(name);
        if (problem)
            srt_rules_problem(rules, origin, "%s", problem);
        else
            add_entry(mandatory, scope, name, 0, origin);
    }
}

SrtMandatory *srt_mandatory_new(const SrtConfigFilesystem *settings, const char *home,
                                SrtRules *rules)
{
    SrtMandatory *mandatory = g_new0(SrtMandatory, 1);
    mandatory->home = home ? srt_rules_text(rules, home) : NULL;
    /* of "/", what comes before the slash of its entries */
    mandatory->home_length = home && home[1] ? strlen(home) : 0;
    guint n_add = settings->mandatory_add ? settings->mandatory_add->len : 0;
    mandatory->entries = g_new0(Entry, G_N_ELEMENTS(table) + n_add);
    mandatory->wild = g_ptr_array_new();
    mandatory->leading = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    add_table(mandatory, settings, rules);
    add_users(mandatory, settings, rules);
    return mandatory;
}

void srt_mandatory_free(SrtMandatory *mandatory)
{
    if (!mandatory)
        return;
    g_free(mandatory->entries);
    g_ptr_array_unref(mandatory->wild);
    g_hash_table_destroy(mandatory->leading);
    g_free(mandatory);
}

/* Compares the components of a name before `last`, from the end, with those of
 * path[0..*end); *end moves before
 * what matched. */
static gboolean parts_match(const char *name, const char *last, const char *path, gsize *end)
{
    const char *p = last;
    while (p > name) {
        const char *part_end = --p;
        while (p > name && p[-1] != '/')
            p--;
        gsize start = *end;
        while (start > 0 && path[start - 1] != '/')
            start--;
        if (start == 0 || !component_matches(p, (gsize)(part_end - p), path + start, *end - start))
            return FALSE;
        *end = start - 1;
    }
    return TRUE;
}

/* What is left of the path before the name must be the home directory for names
 * of that. */
static gboolean tail_matches(const SrtMandatory *mandatory, const Entry *entry, const char *path,
                             gsize name_at)
{
    gsize end = name_at ? name_at - 1 : 0; /* the directory is path[0..end) */
    if (!parts_match(entry->public.name, entry->last, path, &end))
        return FALSE;
    if (entry->public.scope == SRT_SCOPE_ANYWHERE)
        return TRUE;
    return mandatory->home && end == mandatory->home_length &&
           memcmp(path, mandatory->home, end) == 0;
}

/* What of the name is left below a path that ends with its first parts. */
static const char *rest_below(const Entry *entry, const char *path, gsize length)
{
    for (const char *slash = strchr(entry->public.name, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        gsize end = length;
        if (parts_match(entry->public.name, slash + 1, path, &end))
            return slash + 1;
    }
    return NULL;
}

const SrtMandatoryName *srt_mandatory_below(const SrtMandatory *mandatory, const char *path,
                                            gsize length, gsize *index, const char **ret_rest)
{
    while (*index < mandatory->n_entries) {
        const Entry *entry = &mandatory->entries[(*index)++];
        if (entry->public.scope == SRT_SCOPE_ANYWHERE &&
            (*ret_rest = rest_below(entry, path, length)))
            return &entry->public;
    }
    return NULL;
}

static gboolean entry_matches(const SrtMandatory *mandatory, const Entry *entry, const char *path,
                              gsize length, gsize name_at, gboolean is_directory)
{
    if (is_directory && (entry->public.flags & SRT_MANDATORY_FILE_ONLY))
        return FALSE;
    return component_matches(entry->last, entry->last_length, path + name_at, length - name_at) &&
           tail_matches(mandatory, entry, path, name_at);
}

const SrtMandatoryName *srt_mandatory_match(const SrtMandatory *mandatory, const char *path,
                                            gsize length, gsize name_at, gboolean is_directory)
{
    gsize name_length = length - name_at;
    if (name_length <= mandatory->longest &&
        (name_length >= FIRST_LENGTHS ||
         (mandatory->first[name_length] & first_bit(path + name_at))))
        for (const Entry *entry = mandatory->buckets[hash_name(path + name_at, name_length)]; entry;
             entry = entry->next)
            if (entry->last_length == name_length &&
                entry_matches(mandatory, entry, path, length, name_at, is_directory))
                return &entry->public;
    for (guint i = 0; i < mandatory->wild->len; i++) {
        const Entry *entry = g_ptr_array_index(mandatory->wild, i);
        if (entry_matches(mandatory, entry, path, length, name_at, is_directory))
            return &entry->public;
    }
    return NULL;
}

gboolean srt_mandatory_leads_on(const SrtMandatory *mandatory, const char *name)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);
    return g_hash_table_contains(mandatory->leading, lower);
}

gsize srt_mandatory_count(const SrtMandatory *mandatory)
{
    return mandatory->n_entries;
}

const SrtMandatoryName *srt_mandatory_get(const SrtMandatory *mandatory, gsize index)
{
    return &mandatory->entries[index].public;
}
