/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of host and address patterns in settings. */
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "base/hostname.h"

/* Decimal digits without leading zero, at most limit; -1 for anything else. */
static int small_number(const char *text, int limit)
{
    int value = 0;
    if (!*text || (text[0] == '0' && text[1]))
        return -1;
    for (; *text; text++) {
        if (!g_ascii_isdigit(*text))
            return -1;
        value = value * 10 + (*text - '0');
        if (value > limit)
            return -1;
    }
    return value;
}

/* Finds where the host ends. *ret_port is the text after the colon or NULL. */
static const char *split_port(const char *pattern, size_t *ret_length, const char **ret_port)
{
    const char *end = strchr(pattern, ':');
    if (pattern[0] == '[') {
        const char *close = strchr(pattern, ']');
        if (!close)
            return "the bracket of the IPv6 address is not closed";
        end = close + 1;
        if (*end && *end != ':')
            return "after the bracket only a port may follow, like [::1]:443";
    } else if (end && strchr(end + 1, ':')) {
        return "an IPv6 address must stand in brackets, like [::1] or [::1]:443";
    }
    *ret_length = end ? (size_t)(end - pattern) : strlen(pattern);
    *ret_port = end && *end ? end + 1 : NULL;
    return NULL;
}

static const char *what_is_wrong(const char *host, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)host[i] >= 0x80)
            return "this international name has no certain ASCII form; write its xn-- form";
    if (host[0] == '[')
        return "there is no IPv6 address in the brackets";
    return "this is neither a host name (letters, digits, '-', '_' and single dots, at most 253 "
           "bytes, 63 a label) nor an IP address";
}

/* The host of an exact pattern or the base of a wildcard. */
static const char *parse_host(const char *text, size_t length, SrtDomainPattern *pattern)
{
    bool wildcard = pattern->kind == SRT_PATTERN_WILDCARD;
    bool dotted = memchr(text, '.', length);
    if (memchr(text, '*', length))
        return "'*' may only stand at the start and before a dot, like *.example.com";
    if (length == 0 || text[0] == '.' || text[length - 1] == '.')
        return "a host must neither be empty nor start or end with a dot";
    if (wildcard && g_strstr_len(text, (gssize)length, ".."))
        return "two dots must not stand side by side";
    if (!srt_host_parse(text, length, &pattern->host)) {
        pattern->kind = SRT_PATTERN_NEVER;
        return what_is_wrong(text, length);
    }
    const char *name = pattern->host.text;
    bool address = pattern->host.is_address;
    if (wildcard && address && dotted) {
        pattern->kind = SRT_PATTERN_NEVER;
        return "a wildcard never matches addresses";
    }
    if (wildcard && (address || !strchr(name, '.')))
        return "a wildcard needs a domain with a dot, like *.example.com";
    if (wildcard)
        return NULL;
    /* A lone number would be an address that nobody means, such as a port. */
    if (strcmp(name, "localhost") == 0 ||
        (address ? dotted || text[0] == '[' : !!strchr(name, '.')))
        return NULL;
    return "a host needs at least one dot, or must be localhost";
}

static const char *parse_kind(const char *text, size_t length, gboolean in_denied,
                              SrtDomainPattern *pattern)
{
    if (length == 1 && text[0] == '*') {
        pattern->kind = SRT_PATTERN_ANY;
        return in_denied ? NULL : "'*' alone is only possible in deniedDomains";
    }
    if (length >= 2 && text[0] == '*' && text[1] == '.') {
        pattern->kind = SRT_PATTERN_WILDCARD;
        text += 2;
        length -= 2;
    }
    const char *wrong = parse_host(text, length, pattern);
    if (pattern->kind != SRT_PATTERN_NEVER)
        return wrong;
    memset(&pattern->host, 0, sizeof pattern->host);
    return in_denied || text[0] == '[' || !memchr(text, '.', length) ? wrong : NULL;
}

const char *srt_domain_pattern_parse(const char *pattern, gboolean in_denied, gboolean with_port,
                                     SrtDomainPattern *ret_pattern)
{
    SrtDomainPattern parsed = {.kind = SRT_PATTERN_EXACT};
    const char *port = NULL;
    size_t length = 0;
    if (!*pattern)
        return "a pattern must not be empty";
    if (strchr(pattern, '/'))
        return "only a host and a port can be given, without scheme, path or prefix length";
    const char *wrong = split_port(pattern, &length, &port);
    if (wrong)
        return wrong;
    if (port && !with_port)
        return "a port cannot be given here";
    int number = port ? small_number(port, 65535) : 0;
    if (port && number < 1)
        return "the port must be a number from 1 to 65535 without leading zeros";
    parsed.port = (uint16_t)number;
    wrong = parse_kind(pattern, length, in_denied, &parsed);
    if (!wrong)
        *ret_pattern = parsed;
    return wrong;
}

const char *srt_domain_pattern_check(const char *pattern, gboolean in_denied, gboolean with_port)
{
    SrtDomainPattern parsed;
    return srt_domain_pattern_parse(pattern, in_denied, with_port, &parsed);
}

static void fill_range(SrtAddressRange *range, const uint8_t *address, unsigned prefix)
{
    unsigned bytes = range->family == AF_INET ? 4 : 16;
    for (unsigned i = 0; i < bytes; i++) {
        unsigned kept = prefix > 8 * i ? MIN(prefix - 8 * i, 8) : 0;
        uint8_t mask = (uint8_t)(0xff00u >> kept);
        range->first[i] = address[i] & mask;
        range->last[i] = address[i] | (uint8_t)~mask;
    }
}

const char *srt_address_pattern_parse(const char *pattern, SrtAddressRange *ret_range)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    SrtAddressRange range = {.family = strchr(pattern, ':') ? AF_INET6 : AF_INET};
    int bits = range.family == AF_INET ? 32 : 128;
    uint8_t address[16];
    char text[INET6_ADDRSTRLEN];
    const char *slash = strchr(pattern, '/');
    size_t length = slash ? (size_t)(slash - pattern) : strlen(pattern);
    if (length >= sizeof text)
        return "expected an IPv4 or IPv6 address or CIDR, like 10.0.0.0/8 or fd00::/8";
    memcpy(text, pattern, length);
    text[length] = 0;
    /* Only the plain spellings: 010.0.0.1 means two things to two readers. */
    if (inet_pton(range.family, text, address) != 1)
        return "expected an IPv4 or IPv6 address or CIDR, like 10.0.0.0/8 or fd00::/8, without "
               "brackets, port or zone";
    int prefix = slash ? small_number(slash + 1, bits) : bits;
    if (prefix < 0)
        return "the prefix length must be a number from 0 to 32 (IPv4) or 128 (IPv6)";
    if (range.family == AF_INET6 && prefix >= 96 && memcmp(address, mapped, sizeof mapped) == 0) {
        range.family = AF_INET;
        prefix -= 96;
        memmove(address, address + sizeof mapped, 4);
    }
    fill_range(&range, address, (unsigned)prefix);
    *ret_range = range;
    return NULL;
}

const char *srt_address_pattern_check(const char *pattern)
{
    SrtAddressRange range;
    return srt_address_pattern_parse(pattern, &range);
}
