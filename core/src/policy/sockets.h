/* SPDX-License-Identifier: Apache-2.0 */
/* network.allowUnixSockets -> the sockets that may be connected to. Private to
 * this room. */
#ifndef SRT_POLICY_SOCKETS_H
#define SRT_POLICY_SOCKETS_H

#include "policy/paths.h"
#include "policy/rules.h"

typedef struct SrtSockets {
    SrtRules *rules;
    SrtResolver *resolver;
    const char *cwd;
    const char *home;               /* canonical, or NULL */
    const char *runtime;            /* $XDG_RUNTIME_DIR, absolute, or NULL */
    const char *const *environment; /* sockets that variables of the caller name as one of the
                                       dangerous services; absolute; or NULL */
    const char *const *own;         /* directories of srt's own, absolute; or NULL */
} SrtSockets;

/* Appends what srt_policy.unix_paths holds, char *, without what is dangerous. An
 * entry that names a dangerous socket becomes a problem of the rules; a directory or
 * pattern that covers one stands only for the harmless sockets that exist now, which
 * is said in a note. */
void srt_sockets_add(const SrtSockets *sockets, const SrtConfigNetwork *network, GPtrArray *paths);

#endif
