/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of addresses that a name must not lead to, and sets of addresses. Pure. */
#ifndef SRT_POLICY_ADDRESSES_H
#define SRT_POLICY_ADDRESSES_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/hostname.h"

/* The texts of a refusal, in the order in which several are joined. */
#define SRT_CLASS_DENIED "a deny-listed address"
#define SRT_CLASS_LOOPBACK "a loopback address"
#define SRT_CLASS_UNSPECIFIED "an unspecified address"
#define SRT_CLASS_LINK_LOCAL "a link-local address"
#define SRT_CLASS_MULTICAST "a multicast address"
#define SRT_CLASS_BROADCAST "the broadcast address"
#define SRT_CLASS_METADATA "a cloud metadata address"
#define SRT_CLASS_LISTED "a listed address"
#define SRT_CLASS_OWN "one of this host's addresses"
#define SRT_CLASS_NOT_LOOPBACK "a non-loopback address"
#define SRT_CLASS_UNPARSABLE "an unparsable address"

typedef struct SrtAddress {
    int family; /* AF_INET: the first 4 bytes count */
    uint8_t bytes[16];
} SrtAddress;

/* FALSE for any family but the two. */
bool srt_address_from_sockaddr(const struct sockaddr *from, SrtAddress *ret_address);

/* The IPv4 address inside an IPv6 one: mapped, compatible, translated, NAT64,
 * 6to4. FALSE when there is none. */
bool srt_address_embedded(const SrtAddress *address, SrtAddress *ret_inner);

/* One of the texts above, or NULL for an ordinary address. Looks at the address
 * as it is, not at what is embedded in it. */
const char *srt_address_class(const SrtAddress *address);

/* Filled, then sealed, then only read (by any thread). Reference-counted. */
typedef struct SrtAddressSet SrtAddressSet;

SrtAddressSet *srt_address_set_new(void);
SrtAddressSet *srt_address_set_ref(SrtAddressSet *set);
/* Accepts NULL. */
void srt_address_set_unref(SrtAddressSet *set);
void srt_address_set_add(SrtAddressSet *set, const SrtAddressRange *range);
void srt_address_set_seal(SrtAddressSet *set);
/* Only after seal. */
bool srt_address_set_contains(const SrtAddressSet *set, const SrtAddress *address);

#endif
