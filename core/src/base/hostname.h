/* SPDX-License-Identifier: Apache-2.0 */
/* Host names, addresses and the patterns of the settings, as text: pure, any
 * thread. The validation of settings and the matcher share this file, so that
 * what is accepted is what is matched. */
#ifndef SRT_BASE_HOSTNAME_H
#define SRT_BASE_HOSTNAME_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define SRT_HOST_MAX 255  /* bytes of what a client may ask for */
#define SRT_NAME_MAX 253  /* bytes of a canonical name: what DNS can carry */
#define SRT_LABEL_MAX 63

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
 * control characters, '%', '@', '/', '\\', zone identifiers; then *ret_host is
 * untouched. Parsing a canonical text again gives the same text. */
gboolean srt_host_parse(const char *text, gsize length, SrtHost *ret_host);

/* The canonical host of an address in network byte order: 4 bytes for AF_INET,
 * 16 for AF_INET6. IPv4-mapped addresses become AF_INET. */
void srt_host_from_address(int family, const uint8_t *address, SrtHost *ret_host);

typedef enum {
    SRT_PATTERN_EXACT,    /* one name or address */
    SRT_PATTERN_WILDCARD, /* every name below host, not host itself, no address */
    SRT_PATTERN_ANY,      /* "*": every name and address */
    SRT_PATTERN_NEVER,    /* cannot be any host: see srt_domain_pattern_check */
} SrtPatternKind;

typedef struct SrtDomainPattern {
    SrtPatternKind kind;
    SrtHost host;  /* the base of a wildcard; empty text for "*" and "never" */
    uint16_t port; /* 0: every port */
} SrtDomainPattern;

/* One pattern of the settings grammar (host[:port], "*.x", [v6], ports).
 * in_denied allows "*" and ports are refused when with_port is FALSE. NULL when
 * it is right, else a constant sentence saying what is wrong. A pattern that
 * could not match any host ("x .com", "a..b") is refused in deny lists, where it
 * would protect nothing; elsewhere it grants nothing and old files hold such. */
const char *srt_domain_pattern_check(const char *pattern, gboolean in_denied, gboolean with_port);

/* The same, and fills *ret_pattern when it is right. */
const char *srt_domain_pattern_parse(const char *pattern, gboolean in_denied, gboolean with_port,
                                     SrtDomainPattern *ret_pattern);

/* The addresses from first to last, both included, of one family. */
typedef struct SrtAddressRange {
    int family;        /* AF_INET: the first 4 bytes count */
    uint8_t first[16];
    uint8_t last[16];
} SrtAddressRange;

/* An IPv4 or IPv6 literal or CIDR without brackets; NULL when right. */
const char *srt_address_pattern_check(const char *pattern);

/* The same, and fills *ret_range when it is right. A CIDR inside ::ffff:0:0/96
 * becomes the IPv4 range that it means. */
const char *srt_address_pattern_parse(const char *pattern, SrtAddressRange *ret_range);

#endif
