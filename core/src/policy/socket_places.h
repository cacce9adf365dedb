/* SPDX-License-Identifier: Apache-2.0 */
/* Where dangerous sockets are on this machine, and how a path lies to them. Private to this room.
 */
#ifndef SRT_POLICY_SOCKET_PLACES_H
#define SRT_POLICY_SOCKET_PLACES_H

#include "policy/sockets.h"

/* ESCAPE: leads out of the sandbox, unless the settings allow that; LEAK: past the lists of hosts;
 * OWN: srt's. */
typedef enum { SRT_SOCKET_ESCAPE, SRT_SOCKET_LEAK, SRT_SOCKET_OWN } SrtSocketKind;

typedef struct SrtSocketRow {
    SrtSocketKind kind;
    const char *place;
    const char *reason;
} SrtSocketRow;

/* How a path or pattern lies to a place. */
typedef enum { SRT_SOCKET_APART, SRT_SOCKET_INSIDE, SRT_SOCKET_AROUND } SrtSocketRelation;

/* Every place that counts for these inputs; g_array_unref it. */
GArray *srt_socket_places(const SrtSockets *sockets);

/* The first place that the path or pattern lies in, or else covers; NULL: none. With dangerous,
 * those of ESCAPE do not count. */
const SrtSocketRow *srt_socket_find(const GArray *places, gboolean dangerous, const char *path,
                                    gboolean pattern, SrtSocketRelation *ret);

#endif
