/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hostname.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

/* What may stand in an ASCII host, in lower case; 0: nothing else may. */
static const char host_chars[256] = {
    ['-'] = '-',      ['.'] = '.',      ['_'] = '_',      ['0'] = '0',      ['1'] = '1',
    ['2'] = '2',      ['3'] = '3',      ['4'] = '4',      ['5'] = '5',      ['6'] = '6',
    ['7'] = '7',      ['8'] = '8',      ['9'] = '9',
#define LETTER(upper, lower) [upper] = lower, [lower] = lower
    LETTER('A', 'a'), LETTER('B', 'b'), LETTER('C', 'c'), LETTER('D', 'd'), LETTER('E', 'e'),
    LETTER('F', 'f'), LETTER('G', 'g'), LETTER('H', 'h'), LETTER('I', 'i'), LETTER('J', 'j'),
    LETTER('K', 'k'), LETTER('L', 'l'), LETTER('M', 'm'), LETTER('N', 'n'), LETTER('O', 'o'),
    LETTER('P', 'p'), LETTER('Q', 'q'), LETTER('R', 'r'), LETTER('S', 's'), LETTER('T', 't'),
    LETTER('U', 'u'), LETTER('V', 'v'), LETTER('W', 'w'), LETTER('X', 'x'), LETTER('Y', 'y'),
    LETTER('Z', 'z'),
#undef LETTER
};

/* One number of an IPv4 address: decimal, octal after "0", hexadecimal after
 * "0x" ("0x" alone is 0, as URLs have it). FALSE on anything above 2^32-1. */
static bool ipv4_number(const char *text, size_t length, uint32_t *ret_value)
{
    unsigned base = 10;
    uint64_t value = 0;
    if (length == 0)
        return false;
    if (length >= 2 && text[0] == '0' && text[1] == 'x') {
        base = 16;
        text += 2;
        length -= 2;
    } else if (length >= 2 && text[0] == '0') {
        base = 8;
    }
    for (size_t i = 0; i < length; i++) {
        int digit = g_ascii_xdigit_value(text[i]);
        if (digit < 0 || (unsigned)digit >= base)
            return false;
        value = value * base + (unsigned)digit;
        if (value > UINT32_MAX)
            return false;
    }
    *ret_value = (uint32_t)value;
    return true;
}

/* inet_aton's forms: up to four parts, the last fills what is left. */
static bool ipv4_parse(const char *text, size_t length, uint8_t ret_address[4])
{
    uint32_t address = 0, value = 0;
    unsigned parts = 0;
    for (;;) {
        const char *dot = memchr(text, '.', length);
        size_t n = dot ? (size_t)(dot - text) : length;
        if (parts == 4 || !ipv4_number(text, n, &value))
            return false;
        if (!dot)
            break;
        if (value > 255)
            return false;
        address |= value << (24 - 8 * parts);
        parts++;
        text += n + 1;
        length -= n + 1;
    }
    if (parts == 4 || (uint64_t)value >= (UINT64_C(1) << (32 - 8 * parts)))
        return false;
    address |= value;
    for (int i = 0; i < 4; i++)
        ret_address[i] = (uint8_t)(address >> (24 - 8 * i));
    return true;
}

/* A host whose last label is a number can only be meant as an IPv4 address. */
static bool ends_in_number(const char *text, size_t length)
{
    size_t start = length, digits = 0;
    while (start > 0 && text[start - 1] != '.')
        start--;
    const char *label = text + start;
    size_t n = length - start;
    while (digits < n && g_ascii_isdigit(label[digits]))
        digits++;
    if (digits == n)
        return true;
    if (n < 2 || label[0] != '0' || label[1] != 'x')
        return false;
    for (size_t i = 2; i < n; i++)
        if (!g_ascii_isxdigit(label[i]))
            return false;
    return true;
}

static char *put_hex(char *to, unsigned group)
{
    static const char digits[] = "0123456789abcdef";
    bool started = false;
    for (int shift = 12; shift >= 0; shift -= 4) {
        unsigned digit = (group >> shift) & 15;
        started = started || digit != 0 || shift == 0;
        if (started)
            *to++ = digits[digit];
    }
    return to;
}

/* RFC 5952 without the dotted form, on every platform alike. */
static void ipv6_format(const uint8_t address[16], char *to)
{
    unsigned groups[8], best = 8, best_length = 1;
    for (unsigned i = 0; i < 8; i++)
        groups[i] = (unsigned)address[2 * i] << 8 | address[2 * i + 1];
    for (unsigned i = 0; i < 8; i++) {
        unsigned n = 0;
        while (i + n < 8 && groups[i + n] == 0)
            n++;
        if (n > best_length) {
            best = i;
            best_length = n;
        }
        i += n;
    }
    for (unsigned i = 0; i < 8;) {
        if (i == best) {
            *to++ = ':';
            *to++ = ':';
            i += best_length;
            continue;
        }
        to = put_hex(to, groups[i++]);
        if (i < 8 && i != best)
            *to++ = ':';
    }
    *to = 0;
}

static void ipv4_format(const uint8_t address[4], char *to)
{
    for (int i = 0; i < 4; i++) {
        unsigned value = address[i];
        if (i > 0)
            *to++ = '.';
        if (value >= 100)
            *to++ = (char)('0' + value / 100);
        if (value >= 10)
            *to++ = (char)('0' + value / 10 % 10);
        *to++ = (char)('0' + value % 10);
    }
    *to = 0;
}

void srt_host_from_address(int family, const uint8_t *address, SrtHost *ret_host)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    memset(ret_host, 0, sizeof *ret_host);
    ret_host->is_address = true;
    if (family == AF_INET6 && memcmp(address, mapped, sizeof mapped) == 0) {
        family = AF_INET;
        address += sizeof mapped;
    }
    ret_host->family = family;
    memcpy(ret_host->address, address, family == AF_INET ? 4 : 16);
    if (family == AF_INET)
        ipv4_format(address, ret_host->text);
    else
        ipv6_format(address, ret_host->text);
}

static gboolean parse_ipv6(const char *text, size_t length, SrtHost *ret_host)
{
    char copy[INET6_ADDRSTRLEN];
    uint8_t address[16];
    if (length >= sizeof copy || memchr(text, 0, length))
        return FALSE;
    memcpy(copy, text, length);
    copy[length] = 0;
    if (inet_pton(AF_INET6, copy, address) != 1)
        return FALSE;
    srt_host_from_address(AF_INET6, address, ret_host);
    return TRUE;
}

/* Copies an ASCII host in lower case; 0 when it is not one, else its length. */
static size_t copy_labels(const char *text, size_t length, char *to)
{
    size_t label = 0; /* where it begins */
    if (length > 0 && text[length - 1] == '.')
        length--;
    if (length == 0 || length > SRT_NAME_MAX)
        return 0;
    for (size_t i = 0; i < length; i++) {
        char c = host_chars[(unsigned char)text[i]];
        to[i] = c;
        if (c == 0)
            return 0;
        if (c != '.')
            continue;
        if (i == label || i - label > SRT_LABEL_MAX)
            return 0;
        label = i + 1;
    }
    to[length] = 0;
    return length > label && length - label <= SRT_LABEL_MAX ? length : 0;
}

static gboolean parse_ascii(const char *text, size_t length, SrtHost *ret_host)
{
    char name[SRT_HOST_MAX + 1];
    uint8_t address[4];
    size_t n = copy_labels(text, length, name);
    if (n == 0)
        return FALSE;
    if (ends_in_number(name, n)) {
        if (!ipv4_parse(name, n, address))
            return FALSE;
        srt_host_from_address(AF_INET, address, ret_host);
        return TRUE;
    }
    memset(ret_host, 0, sizeof *ret_host);
    memcpy(ret_host->text, name, n);
    return TRUE;
}

/* The letters that the two standards for international names turn into
 * different names: a list that names one of them would miss the other. */
static bool is_ambiguous(gunichar c)
{
    return c == 0xdf || c == 0x1e9e || c == 0x3c2 || c == 0x200c || c == 0x200d;
}

static gboolean parse_international(const char *text, size_t length, SrtHost *ret_host)
{
    if (!g_utf8_validate(text, (gssize)length, NULL))
        return FALSE;
    for (gsize i = 0; i < length; i += (gsize)g_utf8_skip[(guchar)text[i]])
        if (is_ambiguous(g_utf8_get_char(text + i)))
            return FALSE;
    g_autofree char *copy = g_strndup(text, length);
    g_autofree char *ascii = g_hostname_to_ascii(copy);
    /* What comes out is judged like anything else: normalisation can make '/',
     * dots and digits out of other characters. */
    return ascii && parse_ascii(ascii, strlen(ascii), ret_host);
}

gboolean srt_host_parse(const char *text, gsize length, SrtHost *ret_host)
{
    if (length == 0 || length > SRT_HOST_MAX)
        return FALSE;
    if (text[0] == '[')
        return text[length - 1] == ']' && length > 2 && parse_ipv6(text + 1, length - 2, ret_host);
    if (memchr(text, ':', length))
        return parse_ipv6(text, length, ret_host);
    if (parse_ascii(text, length, ret_host))
        return TRUE;
    for (gsize i = 0; i < length; i++)
        if ((unsigned char)text[i] >= 0x80)
            return parse_international(text, length, ret_host);
    return FALSE;
}
