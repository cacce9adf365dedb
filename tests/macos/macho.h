/* SPDX-License-Identifier: Apache-2.0 */
/* Loads a library made for macOS, x86-64, into a Linux process: calls work the same way
 * on both. What it imports comes from a function of the caller, so that nothing of the
 * system is reached that was not thought of. For libraries built by the tests only: a
 * file that is no such library ends the program. */
#ifndef SRT_TESTS_MACHO_H
#define SRT_TESTS_MACHO_H

/* The address of an import, by its name without the leading underscore; NULL: unknown. */
typedef void *(*macho_import)(const char *name);

/* The exported symbol, by its name without the underscore. Never NULL. */
void *macho_load(const char *path, macho_import import, const char *symbol);

#endif
