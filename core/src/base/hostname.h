/* SPDX-License-Identifier: Apache-2.0 */
/* Host names, addresses and the patterns of the settings, as text: pure, any
 * thread. The validation of settings and the matcher share this file, so that
 * what is accepted is what is matched. */
#ifndef SRT_BASE_HOSTNAME_H
#define SRT_BASE_HOSTNAME_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define SRT_HOST_MAX 255

/* A host in canonical form: lower-case A-labels without trailing dot, or an
 * address in its shortest spelling without brackets. */
typedef struct SrtHost {
    char text[SRT_HOST_MAX + 1];
    bool is_address;
    int family;         /* AF_INET or AF_INET6 when is_address */
    uint8_t address[16];
} SrtHost;

/* Canonicalises what a client asked for: case, trailing dot, IDN, IPv4 in every
 * inet_aton spelling, IPv6 with or without brackets, IPv4-mapped. FALSE for
 * anything that is not a plain host: empty, over 255 bytes, NUL, blanks,
 * control characters, '%', '@', '/', '\\', zone identifiers. */
gboolean srt_host_parse(const char *text, gsize length, SrtHost *ret_host);

/* One pattern of the settings grammar (host[:port], "*.x", [v6], ports).
 * in_denied allows "*" and ports are refused when with_port is FALSE. NULL when
 * it is right, else a constant sentence saying what is wrong. */
const char *srt_domain_pattern_check(const char *pattern, gboolean in_denied, gboolean with_port);

/* An IPv4 or IPv6 literal or CIDR without brackets; NULL when right. */
const char *srt_address_pattern_check(const char *pattern);

#endif
