/* SPDX-License-Identifier: Apache-2.0 */
#include "config/merge.h"

#include <string.h>

#include "config/cover.h"

typedef struct Merge {
    SrtLayer *layer; /* says more; becomes the result */
    SrtLayer *base;  /* what it leaves out is taken from here */
    SrtProblems *problems;
    char *pointer;
} Merge;

static void *in_layer(Merge *merge, const SrtKey *key)
{
    return G_STRUCT_MEMBER_P(merge->layer->config, key->place - 1);
}

static void *in_base(Merge *merge, const SrtKey *key)
{
    return G_STRUCT_MEMBER_P(merge->base->config, key->place - 1);
}

static void G_GNUC_PRINTF(3, 4) complain(Merge *merge, const char *pointer, const char *format, ...)
{
    const SrtPlace *place = g_hash_table_lookup(merge->layer->places, pointer);
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    srt_problems_add(merge->problems, merge->layer->name, place ? place->line : 0,
                     place ? place->column : 0, pointer, "%s", text);
}

static void merge_loosens(Merge *merge, const SrtKey *key)
{
    SrtTri *more = in_layer(merge, key), *base = in_base(merge, key);
    if (*more == SRT_TRI_TRUE && *base != SRT_TRI_TRUE)
        complain(merge, merge->pointer,
                 "found true, expected what %s says; it does not turn this on", merge->base->name);
    else if (*more == SRT_TRI_UNSET)
        *more = *base;
}

static void merge_tightens(Merge *merge, const SrtKey *key)
{
    SrtTri *more = in_layer(merge, key), *base = in_base(merge, key);
    if (*more == SRT_TRI_FALSE && *base == SRT_TRI_TRUE)
        complain(merge, merge->pointer, "found false, expected what %s says; it turns this on",
                 merge->base->name);
    else if (*more == SRT_TRI_UNSET)
        *more = *base;
}

/* Where an item stands, as text: the same file may be met twice. */
static char *origin_of(const SrtConfigItem *item)
{
    return g_strdup_printf("%u:%u:%s", item->line, item->column, item->file);
}

static void merge_union(Merge *merge, const SrtKey *key)
{
    SrtConfigList **more = in_layer(merge, key), **base = in_base(merge, key);
    if (!*base)
        return;
    g_autoptr(GPtrArray) joined = g_steal_pointer(base);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; *more && i < joined->len; i++)
        g_hash_table_add(seen, origin_of(g_ptr_array_index(joined, i)));
    for (guint i = 0; *more && i < (*more)->len; i++) {
        SrtConfigItem *item = g_ptr_array_index(*more, i);
        g_autofree char *origin = origin_of(item);
        if (!g_hash_table_contains(seen, origin))
            g_ptr_array_add(joined, srt_config_item_copy(item));
    }
    if (*more)
        g_ptr_array_unref(*more);
    *more = g_steal_pointer(&joined);
}

/* The lists that stand for an absent one: see SrtKey.absent. */
static SrtConfigList *absent_list(const SrtKey *key, const char *pointer)
{
    SrtConfigList *list = g_ptr_array_new_with_free_func((GDestroyNotify)srt_config_item_free);
    if (key->absent)
        g_ptr_array_add(list, srt_config_item_new(key->absent, pointer, "built-in", 0, 0));
    return list;
}

static void narrow_item(Merge *merge, const SrtKey *key, const SrtCover *cover, SrtConfigItem *item)
{
    const SrtConfigItem *allows = srt_cover_find(cover, item->text);
    if (!allows) {
        g_autofree char *quoted = srt_problems_quote(item->text);
        srt_problems_add(merge->problems, item->file, item->line, item->column, item->pointer,
                         "found %s, expected something that %s allows in %s; a file that extends "
                         "another one may only tighten it",
                         quoted, merge->base->name, merge->pointer);
        return;
    }
    if (key->form != SRT_FORM_PATH || item->within)
        return;
    const SrtConfigItem *within = strcmp(allows->text, item->text) == 0 ? allows->within : allows;
    if (within)
        item->within = srt_config_item_copy(within);
}

static void merge_narrow(Merge *merge, const SrtKey *key)
{
    SrtConfigList **more = in_layer(merge, key), **base = in_base(merge, key);
    const SrtTri *unless =
        key->unless ? G_STRUCT_MEMBER_P(merge->base->config, key->unless - 1) : NULL;
    if (!*more) {
        *more = g_steal_pointer(base);
        return;
    }
    gboolean everything = !*base && g_strcmp0(key->absent, "*") == 0;
    if (everything || (unless && *unless == SRT_TRI_TRUE))
        return;
    g_autoptr(GPtrArray) before = *base ? g_ptr_array_ref(*base) : absent_list(key, merge->pointer);
    g_autoptr(SrtCover) cover = srt_cover_new(key->form, before, FALSE);
    for (guint i = 0; i < (*more)->len; i++)
        narrow_item(merge, key, cover, g_ptr_array_index(*more, i));
}

static gboolean same_lists(const SrtConfigList *a, const SrtConfigList *b)
{
    gboolean same = a->len == b->len;
    for (guint i = 0; same && i < a->len; i++)
        same = strcmp(((SrtConfigItem *)g_ptr_array_index(a, i))->text,
                      ((SrtConfigItem *)g_ptr_array_index(b, i))->text) == 0;
    return same;
}

static gboolean same_map_lists(GHashTable *a, GHashTable *b)
{
    GHashTableIter iter;
    gpointer name, value;
    gboolean same = g_hash_table_size(a) == g_hash_table_size(b);
    g_hash_table_iter_init(&iter, a);
    while (same && g_hash_table_iter_next(&iter, &name, &value)) {
        const char *const *other = g_hash_table_lookup(b, name);
        same = other && g_strv_equal((const char *const *)value, other);
    }
    return same;
}

/* Whether the layer repeats what base says; both say something. */
static gboolean same_values(const SrtKey *key, void *more, void *base)
{
    switch (key->kind) {
    case SRT_KEY_STRING:
        return strcmp(*(char **)more, *(char **)base) == 0;
    case SRT_KEY_ITEM:
        return strcmp((*(SrtConfigItem **)more)->text, (*(SrtConfigItem **)base)->text) == 0;
    case SRT_KEY_LIST:
        return same_lists(*(SrtConfigList **)more, *(SrtConfigList **)base);
    case SRT_KEY_MAP_LISTS:
        return same_map_lists(*(GHashTable **)more, *(GHashTable **)base);
    case SRT_KEY_INT:
        return *(guint *)more == *(guint *)base;
    default:
        return TRUE; /* "it was there" */
    }
}

static gboolean is_set(const SrtKey *key, const void *place)
{
    if (key->kind == SRT_KEY_OBJECT)
        return *(const bool *)place;
    if (key->kind == SRT_KEY_INT)
        return *(const guint *)place != 0;
    return *(void *const *)place != NULL;
}

static void merge_fixed(Merge *merge, const SrtKey *key)
{
    void *more = in_layer(merge, key), *base = in_base(merge, key);
    if (is_set(key, more)) {
        if (!is_set(key, base) || !same_values(key, more, base))
            complain(merge, merge->pointer,
                     "found a value of its own, expected what %s says; only a file that extends no "
                     "other one may choose it",
                     merge->base->name);
    } else if (key->kind == SRT_KEY_OBJECT) {
        *(bool *)more = *(bool *)base;
    } else if (key->kind == SRT_KEY_INT) {
        *(guint *)more = *(guint *)base;
    } else {
        *(void **)more = *(void **)base;
        *(void **)base = NULL;
    }
}

static void merge_add(Merge *merge, const SrtKey *key)
{
    GHashTable **more = in_layer(merge, key), **base = in_base(merge, key);
    GHashTableIter iter;
    gpointer name, value;
    if (!*more)
        *more = g_steal_pointer(base);
    if (!*base)
        return;
    g_hash_table_iter_init(&iter, *base);
    while (g_hash_table_iter_next(&iter, &name, &value)) {
        const char *own = g_hash_table_lookup(*more, name);
        if (!own) {
            g_hash_table_insert(*more, g_strdup(name), g_strdup(value));
        } else if (strcmp(own, value) != 0) {
            g_autofree char *quoted = srt_problems_quote(name);
            complain(merge, merge->pointer,
                     "found another value for %s, expected the one of %s or none", quoted,
                     merge->base->name);
        }
    }
}

static gsize rank_of(const SrtKey *key, const char *text)
{
    const char *const *choices = srt_form(key->form)->choices;
    gsize rank = 0;
    while (choices[rank] && strcmp(choices[rank], text) != 0)
        rank++;
    return rank;
}

static void merge_raises(Merge *merge, const SrtKey *key)
{
    char **more = in_layer(merge, key), **base = in_base(merge, key);
    const char *before = *base ? *base : key->absent;
    if (!*more)
        *more = g_steal_pointer(base);
    else if (rank_of(key, *more) < rank_of(key, before))
        complain(merge, merge->pointer,
                 "found \"%s\", expected \"%s\", which %s says, or something stricter", *more,
                 before, merge->base->name);
}

static void (*const mergers[])(Merge *, const SrtKey *) = {
    [SRT_MERGE_UNION] = merge_union,     [SRT_MERGE_NARROW] = merge_narrow,
    [SRT_MERGE_LOOSENS] = merge_loosens, [SRT_MERGE_TIGHTENS] = merge_tightens,
    [SRT_MERGE_FIXED] = merge_fixed,     [SRT_MERGE_ADD] = merge_add,
    [SRT_MERGE_RAISES] = merge_raises,
};

static void merge_members(Merge *merge, const SrtKey *object, const char *prefix)
{
    for (const SrtKey *key = object->members; key->name; key++) {
        g_autofree char *pointer = g_strconcat(prefix, key->name, NULL);
        g_autofree char *below = g_strconcat(pointer, ".", NULL);
        if (key->place && key->merge != SRT_MERGE_NOT) {
            merge->pointer = pointer;
            mergers[key->merge](merge, key);
        }
        if (key->kind == SRT_KEY_OBJECT)
            merge_members(merge, key, below);
    }
}

/* Before the lists of the two are joined: what the base denies cannot be set. */
static void check_set_names(Merge *merge)
{
    const SrtConfigEnv *more = &merge->layer->config->env, *base = &merge->base->config->env;
    for (guint i = 0; more->set && base->deny && i < base->deny->len; i++) {
        const SrtConfigItem *item = g_ptr_array_index(base->deny, i);
        if (g_hash_table_contains(more->set, item->text))
            complain(merge, "env.set", "found the variable \"%s\", expected none that %s denies",
                     item->text, merge->base->name);
    }
}

/* A variable that the base sets and the layer denies is not set. */
static void drop_denied_names(SrtConfigEnv *env)
{
    for (guint i = 0; env->set && env->deny && i < env->deny->len; i++)
        g_hash_table_remove(env->set, ((SrtConfigItem *)g_ptr_array_index(env->deny, i))->text);
}

static void join_lines(GPtrArray **more, GPtrArray **base)
{
    for (guint i = 0; i < (*more)->len; i++)
        g_ptr_array_add(*base, g_strdup(g_ptr_array_index(*more, i)));
    GPtrArray *swap = *more;
    *more = *base;
    *base = swap;
}

void srt_layer_tighten(SrtLayer *layer, SrtLayer *base, SrtProblems *problems)
{
    Merge merge = {.layer = layer, .base = base, .problems = problems};
    SrtConfig *more = layer->config, *less = base->config;
    check_set_names(&merge);
    merge_members(&merge, &srt_config_keys, "");
    drop_denied_names(&more->env);
    more->network.present |= less->network.present;
    more->filesystem.present |= less->filesystem.present;
    join_lines(&more->files, &less->files);
    join_lines(&more->notes, &less->notes);
}
