/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of the library share. */
#ifndef SRT_TESTS_EMBED_LAB_H
#define SRT_TESTS_EMBED_LAB_H

#include <srt/srt.h>

#include "support/unit.h"

/* A session with the fake srt; options may be NULL. */
srt_session *lab_session(const srt_settings *settings, const srt_session_options *options);
/* Spawns the fake with steps ("hello start end=0"), output to /dev/null. id may be NULL. */
srt_process *lab_spawn(srt_session *session, const char *id, const char *steps);
/* Waits at most 60 seconds and frees; -1 when it did not end. */
int lab_status(srt_process *process);
/* Runs it and returns what it prints, to be freed with g_free. */
char *lab_output(srt_session *session, srt_command command, int *ret_status);
/* The text of an error, which is freed; "(none)". Valid until the next call. */
const char *lab_error(srt_error *error);
#define LAB_HAS(text, part) lab_has((text), (part), __FILE__, __LINE__)
void lab_has(const char *text, const char *part, const char *file, unsigned line);
/* Open descriptors of this process. */
int lab_descriptors(void);

#endif
