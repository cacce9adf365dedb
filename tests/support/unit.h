/* SPDX-License-Identifier: Apache-2.0 */
/* CUnit, wrapped once: a table of cases, a filter on the command line, skips
 * that are failures in strict runs, an exit status for CTest. */
#ifndef SRT_TESTS_UNIT_H
#define SRT_TESTS_UNIT_H

#include <CUnit/CUnit.h>

typedef struct srt_unit_case {
    const char *name;
    void (*run)(void);
} srt_unit_case;

/* Runs the cases whose name contains an argument (all without arguments).
 * Returns 0, 1 on a failure, 77 when everything that ran was skipped. */
int srt_unit_main(int argc, char **argv, const char *suite, const srt_unit_case *cases,
                  unsigned count);

/* Marks the running case as skipped and says why; with SRT_TEST_STRICT=1 it is
 * a failure. The case should return at once. */
void srt_unit_skip(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same for what root alone can do; no failure where the tests run as root as well
 * (SRT_TEST_ROOT_TOO=1, by scripts/test). */
void srt_unit_skip_to_root(const char *why);
/* The same where no user namespace can be made: no failure under ThreadSanitizer. */
void srt_unit_skip_namespaces(const char *why);

#define SRT_UNIT_MAIN(suite, cases)                                                      \
    int main(int argc, char **argv)                                                      \
    {                                                                                    \
        return srt_unit_main(argc, argv, suite, cases, sizeof(cases) / sizeof(*(cases))); \
    }

/* Compares text and prints both on a difference. */
#define SRT_ASSERT_STR(actual, expected) \
    srt_unit_same_text((actual), (expected), __FILE__, __LINE__)
void srt_unit_same_text(const char *actual, const char *expected, const char *file, unsigned line);

#endif
