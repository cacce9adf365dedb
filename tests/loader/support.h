/* SPDX-License-Identifier: Apache-2.0 */
/* What the loader's tests share: modules in fresh directories, a policy, a run. */
#ifndef SRT_TESTS_LOADER_SUPPORT_H
#define SRT_TESTS_LOADER_SUPPORT_H

#include <glib.h>

#include "plugin/internal.h"
#include "support/unit.h"

#define ALL_CLASSES ((UINT64_C(1) << SRT_RULE_CLASS_COUNT) - 1)

/* The built file of a beast, and of the null backend. Free with g_free. */
char *beast_file(const char *name);
char *null_file(void);

/* A fresh directory that only its owner may write to, below /var/tmp; removed
 * with everything in it. */
char *lab_new(void);
void lab_free(char *lab);
/* Puts a copy of a beast there, mode 0755. Free with g_free. */
char *lab_add(const char *lab, const char *beast);
char *lab_write(const char *lab, const char *name, const char *text, guint mode);
/* A search in that directory alone; site may be NULL. */
SrtBackendSearch *lab_search(const char *lab, const char *site);

/* A policy that asks for everything. */
extern const srt_policy asks_all;

/* A prepared beast and what was found out about it. */
typedef struct Trial {
    SrtBackendServices services;
    GPtrArray *faults; /* NULL: not strict */
    char *journal;     /* file */
    SrtBackendRun *run;
    GError *error;
} Trial;

void trial_begin(Trial *trial, const char *beast, gboolean strict);
void trial_end(Trial *trial); /* teardown, if it runs; keeps faults and journal */
void trial_clear(Trial *trial);
/* The lines of the journal with blanks between. Free with g_free. */
char *trial_journal(const Trial *trial);
/* Whether one of the faults holds the text. */
gboolean trial_has_fault(const Trial *trial, const char *text);

/* A launch of "/bin/sh -c true" with one variable. */
srt_launch *plain_launch(void);

/* Asserts that the error is set and holds text, shows it otherwise, and clears. */
#define ASSERT_ERROR(error, text) assert_error(&(error), text, __FILE__, __LINE__)
void assert_error(GError **error, const char *text, const char *file, unsigned line);

#endif
