/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/error.h"
#include "support/unit.h"

static void text_and_code(void)
{
    g_autoptr(GError) error = NULL;
    CU_ASSERT_FALSE(srt_set_errno(&error, SRT_ERROR_LAUNCH, ENOENT, "open %s", "/x"));
    CU_ASSERT_TRUE(g_error_matches(error, SRT_ERROR, SRT_ERROR_LAUNCH));
    g_autofree char *expected = g_strdup_printf("open /x: %s", g_strerror(ENOENT));
    SRT_ASSERT_STR(error->message, expected);
}

static void percent_in_values(void)
{
    g_autoptr(GError) error = NULL;
    srt_set_errno(&error, SRT_ERROR_FAILED, EACCES, "%s", "100%s%n");
    g_autofree char *expected = g_strdup_printf("100%%s%%n: %s", g_strerror(EACCES));
    SRT_ASSERT_STR(error->message, expected);
}

static void nobody_asks(void)
{
    CU_ASSERT_FALSE(srt_set_errno(NULL, SRT_ERROR_FAILED, EIO, "lost"));
}

static void one_domain(void)
{
    CU_ASSERT_EQUAL(srt_error_quark(), SRT_ERROR);
    SRT_ASSERT_STR(g_quark_to_string(SRT_ERROR), "srt-error");
}

static const srt_unit_case cases[] = {
    {"text_and_code", text_and_code},
    {"percent_in_values", percent_in_values},
    {"nobody_asks", nobody_asks},
    {"one_domain", one_domain},
};

SRT_UNIT_MAIN("base.error", cases)
