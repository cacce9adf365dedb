/* SPDX-License-Identifier: Apache-2.0 */
/* A list of host patterns, compiled: immutable, any thread. The cost of a
 * look-up depends on the number of labels asked for, not on the list. */
#ifndef SRT_POLICY_DOMAIN_SET_H
#define SRT_POLICY_DOMAIN_SET_H

#include <glib.h>

#include "base/hostname.h"
#include "config/config.h"

typedef struct SrtDomainSet SrtDomainSet;

/* Copies everything it needs from list (NULL: empty). in_denied and with_port
 * choose the grammar. Errors: SRT_ERROR_POLICY, naming the first wrong entry. */
SrtDomainSet *srt_domain_set_new(const SrtConfigList *list, gboolean in_denied, gboolean with_port,
                                 GError **error);
/* Accepts NULL. */
void srt_domain_set_free(SrtDomainSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SrtDomainSet, srt_domain_set_free)

guint srt_domain_set_count(const SrtDomainSet *set);

/* A host, ready to be looked up in any number of sets: the hash of each of its
 * parent domains, from the top level down to the whole name. */
typedef struct SrtHostKey {
    const SrtHost *host;
    guint labels;
    uint8_t length;
    uint8_t start[(SRT_HOST_MAX + 1) / 2]; /* where the parent begins in the text */
    guint64 hash[(SRT_HOST_MAX + 1) / 2];
} SrtHostKey;

/* host must live as long as the key. */
void srt_host_key_init(SrtHostKey *key, const SrtHost *host);

/* The first entry of the list that matches, or NULL; lives as long as the set.
 * port 0 meets only entries without a port. */
const SrtConfigItem *srt_domain_set_find(const SrtDomainSet *set, const SrtHostKey *key,
                                         uint16_t port);

/* The same among entries that spell out exactly this host. */
const SrtConfigItem *srt_domain_set_find_exact(const SrtDomainSet *set, const SrtHostKey *key,
                                               uint16_t port);

/* Memory in use, in bytes: the index alone, and with the copies of the entries. */
gsize srt_domain_set_index_bytes(const SrtDomainSet *set);
gsize srt_domain_set_bytes(const SrtDomainSet *set);

#endif
