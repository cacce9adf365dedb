/* SPDX-License-Identifier: Apache-2.0 */
/* The input is a host as a client sends it, and a pattern as settings hold it. */
#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "base/hostname.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_address(const SrtHost *host)
{
    uint8_t address[16] = {0};
    SrtHost made;
    g_assert_cmpint(inet_pton(host->family, host->text, address), ==, 1);
    g_assert(memcmp(address, host->address, sizeof address) == 0);
    srt_host_from_address(host->family, host->address, &made);
    g_assert(memcmp(&made, host, sizeof made) == 0);
}

static void check_name(const SrtHost *host)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
    size_t length = strlen(host->text);
    g_assert(length > 0 && length <= SRT_NAME_MAX);
    g_assert(strspn(host->text, allowed) == length);
    g_assert(host->text[0] != '.' && host->text[length - 1] != '.' && !strstr(host->text, ".."));
}

static void check_host(const SrtHost *host)
{
    SrtHost again;
    g_assert(srt_host_parse(host->text, strlen(host->text), &again));
    g_assert(memcmp(&again, host, sizeof again) == 0);
    if (host->is_address)
        check_address(host);
    else
        check_name(host);
}

static void check_pattern(const char *text, gboolean in_denied, gboolean with_port)
{
    SrtDomainPattern pattern;
    const char *wrong = srt_domain_pattern_parse(text, in_denied, with_port, &pattern);
    g_assert((wrong == NULL) == (srt_domain_pattern_check(text, in_denied, with_port) == NULL));
    if (wrong)
        return;
    g_assert(pattern.port == 0 || with_port);
    g_assert(pattern.kind != SRT_PATTERN_ANY || in_denied);
    g_assert(pattern.kind != SRT_PATTERN_NEVER || !in_denied);
    if (pattern.kind == SRT_PATTERN_EXACT || pattern.kind == SRT_PATTERN_WILDCARD)
        check_host(&pattern.host);
    g_assert(pattern.kind != SRT_PATTERN_WILDCARD || !pattern.host.is_address);
    if (in_denied) /* what a deny list takes, the others take, but for "*" */
        g_assert((pattern.kind == SRT_PATTERN_ANY) ==
                 (srt_domain_pattern_check(text, FALSE, TRUE) != NULL));
}

static void check_range(const char *text)
{
    SrtAddressRange range;
    if (srt_address_pattern_parse(text, &range))
        return;
    g_assert(range.family == AF_INET || range.family == AF_INET6);
    g_assert(memcmp(range.first, range.last, 16) <= 0);
    g_assert(srt_address_pattern_check(text) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SrtHost host;
    if (size > 4096)
        return 0;
    g_autofree char *exact = g_memdup2(data, size);
    if (size > 0 && srt_host_parse(exact, size, &host))
        check_host(&host);
    g_autofree char *text = g_strndup(exact ? exact : "", size);
    for (int mode = 0; mode < 4; mode++)
        check_pattern(text, mode & 1, mode & 2);
    check_range(text);
    return 0;
}
