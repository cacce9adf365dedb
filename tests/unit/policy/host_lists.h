/* SPDX-License-Identifier: Apache-2.0 */
/* Network settings made by hand, for the tests of hosts. */
#ifndef SRT_TESTS_HOST_LISTS_H
#define SRT_TESTS_HOST_LISTS_H

#include <sys/socket.h>

#include "policy/netpolicy.h"

/* A list of the patterns in text, which are set apart by blanks; items are
 * called NAME[0], NAME[1] … NULL gives NULL. */
SrtConfigList *host_list(const char *name, const char *text);

/* A policy of such lists; any may be NULL. reasons and own end with NULL;
 * reasons are pairs. Fails the test when it cannot be made. */
typedef struct HostLists {
    const char *allowed, *denied, *mitm, *listed;
    const char *const *reasons;
    const char *const *own;
    SrtTri strict;
} HostLists;

SrtNetPolicy *host_policy(const HostLists *lists);

SrtHost host_of(const char *text);

/* The address that text spells, as a resolver would give it. */
const struct sockaddr *host_sockaddr(const char *text, struct sockaddr_storage *into);

#endif
