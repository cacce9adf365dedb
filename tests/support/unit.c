/* SPDX-License-Identifier: Apache-2.0 */
#include "support/unit.h"

#include <CUnit/Basic.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned skipped;
static bool this_skipped;

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value && strcmp(value, "1") == 0;
}

#ifdef __has_feature
#define HAS_FEATURE(name) __has_feature(name)
#else
#define HAS_FEATURE(name) 0
#endif
#if defined(__SANITIZE_THREAD__) || HAS_FEATURE(thread_sanitizer)
#define UNDER_TSAN 1

/* A proxy that ends during a lookup leaves its thread behind. Nothing but the kernel tells that the
 * numbers of the descriptors that this thread closed are free again. A process that shares memory
 * before it becomes a command has descriptors of its own, which are taken for the program's. */
__attribute__((visibility("default"))) const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
    return "race:have_descriptors\nrace:srt_embed_prepare_child\n";
}
#else
#define UNDER_TSAN 0
#endif

void srt_unit_skip_namespaces(const char *why)
{
    if (UNDER_TSAN)
        printf("  left to the runs without ThreadSanitizer, whose thread stands against a user "
               "namespace: %s\n",
               why);
    else
        srt_unit_skip("%s", why);
}

void srt_unit_skip_to_root(const char *why)
{
    if (is_set("SRT_TEST_ROOT_TOO"))
        printf("  left to the run as root: %s\n", why);
    else
        srt_unit_skip("%s", why);
}

void srt_unit_skip(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    printf("  SKIP: ");
    vprintf(format, args);
    printf("\n");
    va_end(args);
    this_skipped = true;
    skipped++;
    if (is_set("SRT_TEST_STRICT"))
        CU_FAIL("skipped in a strict run");
}

void srt_unit_same_text(const char *actual, const char *expected, const char *file, unsigned line)
{
    bool same = actual == expected || (actual && expected && strcmp(actual, expected) == 0);
    if (!same)
        printf("\n--- expected ---\n%s\n--- actual ---\n%s\n----------------\n",
               expected ? expected : "(null)", actual ? actual : "(null)");
    CU_assertImplementation(same, line, "texts are the same", file, "", CU_FALSE);
}

static bool wanted(const char *name, int argc, char **argv)
{
    if (argc < 2)
        return true;
    for (int i = 1; i < argc; i++)
        if (strstr(name, argv[i]))
            return true;
    return false;
}

int srt_unit_main(int argc, char **argv, const char *suite_name, const srt_unit_case *cases,
                  unsigned count)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    CU_pSuite suite = CU_add_suite(suite_name, NULL, NULL);
    unsigned added = 0;
    for (unsigned i = 0; suite && i < count; i++)
        if (wanted(cases[i].name, argc, argv)) {
            CU_add_test(suite, cases[i].name, cases[i].run);
            added++;
        }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_ErrorCode ran = CU_basic_run_tests();
    bool failed = ran != CUE_SUCCESS || CU_get_number_of_failures() > 0 || added == 0;
    CU_cleanup_registry();
    printf("%u passed, %u failed, %u skipped\n", failed ? 0 : added - skipped, failed ? 1 : 0,
           skipped);
    if (failed)
        return 1;
    return skipped == added ? 77 : 0;
}
