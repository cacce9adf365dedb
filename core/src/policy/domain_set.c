/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/domain_set.h"

#include <string.h>

#include "base/error.h"

/* What one entry of the list matches. "*" is a wildcard below the empty name.
 * Same index as its item. */
typedef struct Pattern {
    const char *name; /* canonical; in the strings of the set */
    uint16_t port;    /* 0: every port */
    uint8_t length;
    uint8_t wildcard;
} Pattern;

/* Open addressing, at most two thirds full. The tag saves looking at the
 * pattern of almost every slot that does not match. */
typedef struct Slot {
    uint32_t tag;
    uint32_t index; /* of the pattern, plus one; 0: free */
} Slot;

struct SrtDomainSet {
    guint count;
    SrtConfigItem *items;
    Pattern *patterns;
    Slot *slots;
    guint32 mask;   /* slots - 1 */
    guint64 depths; /* bit n: a wildcard with n labels exists; 63 and more share a bit */
    bool has_ports; /* some entry has a port */
    GStringChunk *strings;
    gsize string_bytes;
};

#define NONE G_MAXUINT
#define DEPTH_BIT(n) (G_GUINT64_CONSTANT(1) << MIN((n), 63u))
#define HASH_START G_GUINT64_CONSTANT(0xcbf29ce484222325)

/* The hash of a name is the sum of its bytes, each times a power of a constant
 * that grows from the last byte to the first: the hashes of all parent domains fall
 * out on the way, and with the powers at hand one byte costs one addition. */
static const guint64 *powers_of_place(void)
{
    static guint64 powers[SRT_HOST_MAX + 1];
    static gsize ready;
    if (g_once_init_enter(&ready)) {
        powers[0] = G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
        for (gsize i = 1; i < G_N_ELEMENTS(powers); i++)
            powers[i] = powers[i - 1] * G_GUINT64_CONSTANT(0xd1342543de82ef95);
        g_once_init_leave(&ready, 1);
    }
    return powers;
}

static guint64 hash_name(const char *name, size_t length)
{
    const guint64 *power = powers_of_place();
    guint64 hash = HASH_START;
    while (length > 0)
        hash += (guchar)name[--length] * *power++;
    return hash;
}

static guint64 hash_key(guint64 name_hash, bool wildcard, uint16_t port)
{
    guint64 h =
        name_hash ^ ((guint64)port << 1 | wildcard) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
    h ^= h >> 33;
    h *= G_GUINT64_CONSTANT(0xff51afd7ed558ccd);
    h ^= h >> 33;
    return h;
}

/* The slot of the key, or the free slot where it would stand. */
static Slot *find_slot(const SrtDomainSet *set, guint64 name_hash, const Pattern *key)
{
    guint64 hash = hash_key(name_hash, key->wildcard, key->port);
    uint32_t tag = (uint32_t)(hash >> 32);
    for (guint32 i = (guint32)hash & set->mask;; i = (i + 1) & set->mask) {
        Slot *slot = &set->slots[i];
        if (slot->index == 0)
            return slot;
        if (slot->tag != tag)
            continue;
        const Pattern *there = &set->patterns[slot->index - 1];
        if (there->wildcard == key->wildcard && there->port == key->port &&
            there->length == key->length && memcmp(there->name, key->name, key->length) == 0)
            return slot;
    }
}

static void insert(SrtDomainSet *set, guint index)
{
    const Pattern *pattern = &set->patterns[index];
    guint64 hash = hash_name(pattern->name, pattern->length);
    Slot *slot = find_slot(set, hash, pattern);
    if (slot->index != 0)
        return; /* The first of equal entries decides. */
    slot->tag = (uint32_t)(hash_key(hash, pattern->wildcard, pattern->port) >> 32);
    slot->index = index + 1;
    set->has_ports = set->has_ports || pattern->port != 0;
    if (!pattern->wildcard)
        return;
    guint labels = pattern->length > 0;
    for (guint i = 0; i < pattern->length; i++)
        labels += pattern->name[i] == '.';
    set->depths |= DEPTH_BIT(labels);
}

static char *keep(SrtDomainSet *set, const char *text)
{
    gsize size = text ? strlen(text) + 1 : 0;
    set->string_bytes += size;
    return text ? g_string_chunk_insert_len(set->strings, text, (gssize)size - 1) : NULL;
}

/* The canonical name is mostly a part of the text as it was written. */
static const char *keep_name(SrtDomainSet *set, const char *written, const SrtHost *host)
{
    const char *inside = strstr(written, host->text);
    return inside ? inside : keep(set, host->text);
}

static void copy_item(SrtDomainSet *set, const SrtConfigItem *from, SrtConfigItem *to)
{
    to->text = keep(set, from->text);
    to->pointer = keep(set, from->pointer);
    to->file = from->file ? g_string_chunk_insert_const(set->strings, from->file) : NULL;
    to->line = from->line;
    to->column = from->column;
}

static gboolean add(SrtDomainSet *set, guint index, const SrtConfigItem *from, gboolean in_denied,
                    gboolean with_port, GError **error)
{
    SrtDomainPattern parsed;
    const char *wrong = srt_domain_pattern_parse(from->text, in_denied, with_port, &parsed);
    if (wrong) {
        g_set_error(error, SRT_ERROR, SRT_ERROR_POLICY, "%s:%u:%u: %s: found \"%s\": %s",
                    from->file ? from->file : "settings", from->line, from->column,
                    from->pointer ? from->pointer : "pattern", from->text, wrong);
        return FALSE;
    }
    SrtConfigItem *item = &set->items[index];
    copy_item(set, from, item);
    if (parsed.kind == SRT_PATTERN_NEVER)
        return TRUE;
    Pattern *pattern = &set->patterns[index];
    pattern->name = keep_name(set, item->text, &parsed.host);
    pattern->length = (uint8_t)strlen(parsed.host.text);
    pattern->port = parsed.port;
    pattern->wildcard = parsed.kind != SRT_PATTERN_EXACT;
    insert(set, index);
    return TRUE;
}

SrtDomainSet *srt_domain_set_new(const SrtConfigList *list, gboolean in_denied, gboolean with_port,
                                 GError **error)
{
    g_autoptr(SrtDomainSet) set = g_new0(SrtDomainSet, 1);
    guint count = list ? list->len : 0;
    guint64 slots = 8;
    while (slots * 2 < (guint64)count * 3)
        slots *= 2;
    set->count = count;
    set->mask = (guint32)(slots - 1);
    set->items = g_new0(SrtConfigItem, count);
    set->patterns = g_new0(Pattern, count);
    set->slots = g_new0(Slot, slots);
    set->strings = g_string_chunk_new(4096);
    for (guint i = 0; i < count; i++)
        if (!add(set, i, g_ptr_array_index(list, i), in_denied, with_port, error))
            return NULL;
    return g_steal_pointer(&set);
}

void srt_domain_set_free(SrtDomainSet *set)
{
    if (!set)
        return;
    g_free(set->items);
    g_free(set->patterns);
    g_free(set->slots);
    g_string_chunk_free(set->strings);
    g_free(set);
}

guint srt_domain_set_count(const SrtDomainSet *set)
{
    return set->count;
}

gsize srt_domain_set_index_bytes(const SrtDomainSet *set)
{
    return sizeof *set + set->count * sizeof *set->patterns +
           ((gsize)set->mask + 1) * sizeof *set->slots;
}

gsize srt_domain_set_bytes(const SrtDomainSet *set)
{
    return srt_domain_set_index_bytes(set) + set->count * sizeof *set->items + set->string_bytes;
}

void srt_host_key_init(SrtHostKey *key, const SrtHost *host)
{
    size_t length = strlen(host->text);
    const guint64 *power = powers_of_place();
    guint64 hash = HASH_START;
    key->host = host;
    key->labels = 0;
    key->length = (uint8_t)length;
    for (size_t i = length; i-- > 0;) {
        if (host->text[i] == '.') {
            key->start[key->labels] = (uint8_t)(i + 1);
            key->hash[key->labels++] = hash;
        }
        hash += (guchar)host->text[i] * *power++;
    }
    key->start[key->labels] = 0;
    key->hash[key->labels++] = hash;
}

/* The lower of best and the entries that have this name, for every port and for
 * the port asked for. */
static guint probe(const SrtDomainSet *set, guint64 hash, Pattern key, uint16_t port, guint best)
{
    const Slot *slot = find_slot(set, hash, &key);
    if (slot->index != 0)
        best = MIN(best, slot->index - 1);
    if (port == 0 || !set->has_ports)
        return best;
    key.port = port;
    slot = find_slot(set, hash, &key);
    return slot->index != 0 ? MIN(best, slot->index - 1) : best;
}

static guint probe_exact(const SrtDomainSet *set, const SrtHostKey *key, uint16_t port)
{
    Pattern pattern = {.name = key->host->text, .length = key->length};
    return probe(set, key->hash[key->labels - 1], pattern, port, NONE);
}

const SrtConfigItem *srt_domain_set_find(const SrtDomainSet *set, const SrtHostKey *key,
                                         uint16_t port)
{
    if (set->count == 0)
        return NULL;
    guint best = probe_exact(set, key, port);
    Pattern pattern = {.name = "", .wildcard = true};
    if (set->depths & DEPTH_BIT(0))
        best = probe(set, HASH_START, pattern, port, best);
    /* The last label set is the whole name, which is not below itself. */
    for (guint i = 0; i + 1 < key->labels && !key->host->is_address; i++) {
        if (set->depths >> MIN(i + 1, 63u) == 0)
            break; /* no wildcard is that deep */
        if (!(set->depths & DEPTH_BIT(i + 1)))
            continue;
        pattern.name = key->host->text + key->start[i];
        pattern.length = (uint8_t)(key->length - key->start[i]);
        best = probe(set, key->hash[i], pattern, port, best);
    }
    return best == NONE ? NULL : &set->items[best];
}

const SrtConfigItem *srt_domain_set_find_exact(const SrtDomainSet *set, const SrtHostKey *key,
                                               uint16_t port)
{
    guint best = probe_exact(set, key, port);
    return best == NONE ? NULL : &set->items[best];
}
