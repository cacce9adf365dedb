/* SPDX-License-Identifier: Apache-2.0 */
/* Which hosts may be reached: compiled, immutable, reference-counted. Every
 * function may be called from any thread. Pure: nothing here resolves or dials. */
#ifndef SRT_NETPOLICY_H
#define SRT_NETPOLICY_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/hostname.h"
#include "config/config.h"

typedef struct SrtNetPolicy SrtNetPolicy;

/* Compiles the lists. own_addresses: all addresses of this host's interfaces as
 * text, or NULL. Errors: SRT_ERROR_POLICY (patterns were validated before, so
 * only for lists made by hand). */
SrtNetPolicy *srt_net_policy_new(const SrtConfigNetwork *network, const char *const *own_addresses,
                                 GError **error);

/* Other lists for the same machine: the own addresses are those of previous.
 * For settings that change while the command runs. Errors as above. */
SrtNetPolicy *srt_net_policy_renew(const SrtNetPolicy *previous, const SrtConfigNetwork *network,
                                   GError **error);
SrtNetPolicy *srt_net_policy_ref(SrtNetPolicy *policy);
void srt_net_policy_unref(SrtNetPolicy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SrtNetPolicy, srt_net_policy_unref)

/* Whether anything at all may be reached: when not, no proxy is started. True
 * also when an external proxy is named, whose rules are its own. */
gboolean srt_net_may_reach_anything(const SrtConfigNetwork *network);

/* network.strictAllowlist: what is not listed is refused without asking. */
gboolean srt_net_policy_is_strict(const SrtNetPolicy *policy);

typedef enum {
    SRT_NET_ALLOWED,
    SRT_NET_DENIED,  /* on the deny list, or malformed */
    SRT_NET_UNLISTED, /* not on the allow list: an ask callback may overturn it */
} SrtNetVerdict;

typedef struct SrtNetDecision {
    SrtNetVerdict verdict;
    SrtHost host;              /* canonical; this is what gets dialled and forwarded; empty
                                * text when the host was malformed */
    uint16_t port;
    const char *reason;        /* NULL when allowed; lives as long as the policy or the program */
    const SrtConfigItem *rule; /* deciding pattern, or NULL; lives as long as the policy */
} SrtNetDecision;

/* Judges host:port. Denied beats allowed; port 0 is malformed. *ret is always
 * filled. */
void srt_net_policy_decide(const SrtNetPolicy *policy, const char *host, gsize length,
                           uint16_t port, SrtNetDecision *ret);

/* Whether a host that decide found unlisted may be asked about: not where the
 * allow list is strict, and no address of a kind that no name may lead to. */
gboolean srt_net_policy_may_ask(const SrtNetPolicy *policy, const SrtNetDecision *decision);

/* Judges one address that a *name* resolved to (behaviour of the resolved-address
 * guard). TRUE: may be dialled. FALSE: *ret_class is a constant text such as
 * "a loopback address" that never holds the address itself. */
gboolean srt_net_policy_judge_address(const SrtNetPolicy *policy, const SrtHost *name,
                                      uint16_t port, const struct sockaddr *address,
                                      const char **ret_class);

/* The refused classes of all addresses of one name as one text: each once, in
 * their fixed order, joined with " / ". classes are texts that judge_address
 * gave. Caller frees. */
char *srt_net_policy_join_classes(const char *const *classes, guint count);

/* Whether traffic to host goes to the external inspecting proxy (mitmProxy). */
gboolean srt_net_policy_is_mitm(const SrtNetPolicy *policy, const SrtHost *host);

#endif
