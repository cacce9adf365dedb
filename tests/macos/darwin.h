/* SPDX-License-Identifier: Apache-2.0 */
/* A macOS that does what a script says, for a module that was made for it: what its
 * imports are on Linux. Calls whose arguments look the same on both systems are those of
 * this system; the rest is answered here. */
#ifndef SRT_TESTS_DARWIN_H
#define SRT_TESTS_DARWIN_H

#include <stddef.h>

/* For macho_load. */
void *darwin_import(const char *name);

/* What `log stream` says, in pieces of so many bytes. */
void darwin_log_says(const char *text, size_t piece);
/* What getentropy gives: this byte. */
#define DARWIN_RANDOM 0x5a
/* The directory that mkdtemp makes of /tmp/srt-XXXXXX. */
#define DARWIN_OWN "/private/tmp/srt-AbCdEf"
/* What went into files, since the start. */
extern char darwin_written[1 << 20];
extern size_t darwin_n_written;
/* The programs that were started, with their arguments, a line each. */
extern char darwin_started[4096];

#endif
