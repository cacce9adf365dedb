/* SPDX-License-Identifier: Apache-2.0 */
#include "channel/address.h"

#include <string.h>

#include "base/error.h"
#include "support/unit.h"

#define TOKEN "0123456789abcdef0123456789abcdef"

static void reads_and_writes(void)
{
    static const char *const texts[] = {"fd:3", "fd:1048576", "/run/s#" TOKEN, "/a#b/s#" TOKEN};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_auto(SrtChannelAddress) address = {0};
        g_autoptr(GError) error = NULL;
        CU_ASSERT_FATAL(srt_channel_address_parse(texts[i], &address, &error));
        CU_ASSERT((address.fd >= 3) == (address.path == NULL));
        CU_ASSERT((address.path == NULL) == (address.token == NULL));
        g_autofree char *again = srt_channel_address_text(&address);
        SRT_ASSERT_STR(again, texts[i]);
    }
}

static void refuses(void)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"", "expected fd:N, or PATH#TOKEN"},
        {"fd:", "expected fd:N with the number (>= 3)"},
        {"fd:2", "expected fd:N with the number (>= 3)"},
        {"fd:-4", "expected fd:N with the number (>= 3)"},
        {"fd: 4", "expected fd:N with the number (>= 3)"},
        {"fd:4x", "expected fd:N with the number (>= 3)"},
        {"fd:1048577", "expected fd:N with the number (>= 3)"},
        {"fd:99999999999999999999", "expected fd:N with the number (>= 3)"},
        {"run/s#" TOKEN, "expected fd:N, or PATH#TOKEN"},
        {"/run/s", "expected fd:N, or PATH#TOKEN"},
        {"/run/s#", "expected 32 lower-case hexadecimal digits"},
        {"/run/s#" TOKEN "0", "expected 32 lower-case hexadecimal digits"},
        {"/run/s#0123456789ABCDEF0123456789ABCDEF", "expected 32 lower-case hexadecimal digits"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(SrtChannelAddress) address = {0};
        g_autoptr(GError) error = NULL;
        CU_ASSERT_FATAL(!srt_channel_address_parse(cases[i].text, &address, &error));
        CU_ASSERT(g_error_matches(error, SRT_ERROR, SRT_ERROR_USAGE));
        if (!strstr(error->message, cases[i].expected))
            printf("\n  '%s': %s\n", cases[i].text, error->message);
        CU_ASSERT_PTR_NOT_NULL(strstr(error->message, cases[i].expected));
        CU_ASSERT(address.fd == -1 && !address.path && !address.token);
    }
}

static const srt_unit_case cases[] = {
    {"reads and writes", reads_and_writes},
    {"refuses", refuses},
};

SRT_UNIT_MAIN("channel.address", cases)
