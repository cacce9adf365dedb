/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/addresses.h"

#include <netinet/in.h>
#include <string.h>

typedef struct Prefix {
    int family;
    unsigned bits;
    uint8_t bytes[16];
    const char *class;
} Prefix;

static const Prefix classes[] = {
    {AF_INET, 8, {127}, SRT_CLASS_LOOPBACK},
    {AF_INET6, 128, {[15] = 1}, SRT_CLASS_LOOPBACK},
    {AF_INET, 8, {0}, SRT_CLASS_UNSPECIFIED},
    {AF_INET6, 128, {0}, SRT_CLASS_UNSPECIFIED},
    {AF_INET, 16, {169, 254}, SRT_CLASS_LINK_LOCAL},
    {AF_INET6, 10, {0xfe, 0x80}, SRT_CLASS_LINK_LOCAL},
    {AF_INET, 4, {224}, SRT_CLASS_MULTICAST},
    {AF_INET6, 8, {0xff}, SRT_CLASS_MULTICAST},
    {AF_INET, 32, {255, 255, 255, 255}, SRT_CLASS_BROADCAST},
    {AF_INET, 32, {100, 100, 100, 200}, SRT_CLASS_METADATA},
    {AF_INET, 32, {168, 63, 129, 16}, SRT_CLASS_METADATA},
    {AF_INET, 32, {192, 0, 0, 192}, SRT_CLASS_METADATA},
    /* fd00:ec2::/32 */
    {AF_INET6, 32, {0xfd, 0, 0x0e, 0xc2}, SRT_CLASS_METADATA},
    /* fd20:ce::254 */
    {AF_INET6, 128, {0xfd, 0x20, 0, 0xce, [14] = 0x02, [15] = 0x54}, SRT_CLASS_METADATA},
    /* fd00:c1::a9fe:a9fe */
    {AF_INET6, 128, {0xfd, 0, 0, 0xc1, [12] = 0xa9, 0xfe, 0xa9, 0xfe}, SRT_CLASS_METADATA},
    /* fd00:42::42 */
    {AF_INET6, 128, {0xfd, 0, 0, 0x42, [15] = 0x42}, SRT_CLASS_METADATA},
    /* fd00:a9fe:a9fe::1 */
    {AF_INET6, 128, {0xfd, 0, 0xa9, 0xfe, 0xa9, 0xfe, [15] = 1}, SRT_CLASS_METADATA},
    /* fd00:100::100:200 */
    {AF_INET6, 128, {0xfd, 0, 1, 0, [12] = 1, 0, 2, 0}, SRT_CLASS_METADATA},
};

/* Prefixes whose addresses carry an IPv4 address, and at which byte. */
static const struct {
    Prefix prefix;
    unsigned at;
} carriers[] = {
    {{AF_INET6, 96, {[10] = 0xff, 0xff}, "mapped"}, 12},
    {{AF_INET6, 96, {0}, "compatible"}, 12},
    {{AF_INET6, 96, {[8] = 0xff, 0xff}, "translated"}, 12},
    {{AF_INET6, 96, {0, 0x64, 0xff, 0x9b}, "NAT64"}, 12},
    {{AF_INET6, 16, {0x20, 0x02}, "6to4"}, 2},
};

static bool in_prefix(const SrtAddress *address, const Prefix *prefix)
{
    unsigned whole = prefix->bits / 8, rest = prefix->bits % 8;
    if (address->family != prefix->family || memcmp(address->bytes, prefix->bytes, whole) != 0)
        return false;
    return rest == 0 || (address->bytes[whole] ^ prefix->bytes[whole]) >> (8 - rest) == 0;
}

bool srt_address_from_sockaddr(const struct sockaddr *from, SrtAddress *ret_address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    SrtAddress address = {.family = from->sa_family};
    /* Copied: the caller's memory need not be aligned for the larger types. */
    if (from->sa_family == AF_INET) {
        memcpy(&v4, from, sizeof v4);
        memcpy(address.bytes, &v4.sin_addr, 4);
    } else if (from->sa_family == AF_INET6) {
        memcpy(&v6, from, sizeof v6);
        memcpy(address.bytes, &v6.sin6_addr, 16);
    } else {
        return false;
    }
    *ret_address = address;
    return true;
}

bool srt_address_embedded(const SrtAddress *address, SrtAddress *ret_inner)
{
    for (gsize i = 0; i < G_N_ELEMENTS(carriers); i++) {
        if (!in_prefix(address, &carriers[i].prefix))
            continue;
        *ret_inner = (SrtAddress){.family = AF_INET};
        memcpy(ret_inner->bytes, address->bytes + carriers[i].at, 4);
        return true;
    }
    return false;
}

const char *srt_address_class(const SrtAddress *address)
{
    for (gsize i = 0; i < G_N_ELEMENTS(classes); i++)
        if (in_prefix(address, &classes[i]))
            return classes[i].class;
    return NULL;
}

struct SrtAddressSet {
    gatomicrefcount references;
    GArray *ranges; /* SrtAddressRange; when sealed: in order, none overlaps another */
};

SrtAddressSet *srt_address_set_new(void)
{
    SrtAddressSet *set = g_new0(SrtAddressSet, 1);
    g_atomic_ref_count_init(&set->references);
    set->ranges = g_array_new(FALSE, FALSE, sizeof(SrtAddressRange));
    return set;
}

SrtAddressSet *srt_address_set_ref(SrtAddressSet *set)
{
    g_atomic_ref_count_inc(&set->references);
    return set;
}

void srt_address_set_unref(SrtAddressSet *set)
{
    if (!set || !g_atomic_ref_count_dec(&set->references))
        return;
    g_array_unref(set->ranges);
    g_free(set);
}

void srt_address_set_add(SrtAddressSet *set, const SrtAddressRange *range)
{
    g_array_append_vals(set->ranges, range, 1);
}

static int compare(int family_a, const uint8_t *a, int family_b, const uint8_t *b)
{
    if (family_a != family_b)
        return family_a < family_b ? -1 : 1;
    return memcmp(a, b, 16);
}

static gint by_start(gconstpointer a, gconstpointer b)
{
    const SrtAddressRange *first = a, *second = b;
    return compare(first->family, first->first, second->family, second->first);
}

void srt_address_set_seal(SrtAddressSet *set)
{
    guint kept = 0;
    g_array_sort(set->ranges, by_start);
    for (guint i = 0; i < set->ranges->len; i++) {
        SrtAddressRange range = g_array_index(set->ranges, SrtAddressRange, i);
        SrtAddressRange *last =
            kept > 0 ? &g_array_index(set->ranges, SrtAddressRange, kept - 1) : NULL;
        if (last && compare(last->family, last->last, range.family, range.first) >= 0) {
            if (memcmp(last->last, range.last, 16) < 0)
                memcpy(last->last, range.last, 16);
            continue;
        }
        g_array_index(set->ranges, SrtAddressRange, kept++) = range;
    }
    g_array_set_size(set->ranges, kept);
}

bool srt_address_set_contains(const SrtAddressSet *set, const SrtAddress *address)
{
    guint low = 0, high = set->ranges->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        const SrtAddressRange *range = &g_array_index(set->ranges, SrtAddressRange, middle);
        if (compare(address->family, address->bytes, range->family, range->first) < 0)
            high = middle;
        else if (compare(address->family, address->bytes, range->family, range->last) > 0)
            low = middle + 1;
        else
            return true;
    }
    return false;
}
