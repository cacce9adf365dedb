/* SPDX-License-Identifier: Apache-2.0 */
/* Runs and prints filter programs of any architecture, on any machine. For the
 * generator, tests and people; nothing in a sandbox needs it. Any thread. */
#ifndef SRT_FILTERS_SIMULATE_H
#define SRT_FILTERS_SIMULATE_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdio.h>

#include "rules/arch.h"
#include "srt-filters/filter.h"

/* Runs a program over one call. big_endian is the byte order of the machine that
 * the program is for: it decides in which half of an argument the low bits lie.
 * 0 with *ret_answer (SECCOMP_RET_*) and *ret_steps (may be NULL); -1 with
 * *ret_why where the program does something that a good one never does. */
int srt_simulate(const struct sock_filter *code, uint32_t count, bool big_endian,
                 const struct seccomp_data *call, uint32_t *ret_answer, uint32_t *ret_steps,
                 const char **ret_why);

/* "allow", "EPERM", "notify", …: constant, or the number in the given buffer. */
const char *srt_answer_name(uint32_t answer, char buffer[16]);
/* The errno value of a name that the filter uses, or 0. */
int srt_answer_errno(const char *name);
/* "base", "unix+namespaces", …; "?" where there is no such variant. */
const char *srt_variant_name(uint32_t variant);

/* The rules that make a program of this architecture, one line each. */
void srt_list_rules(FILE *out, enum srt_arch arch);
/* A program as text: labels where jumps lead, names for numbers, runs of
 * single-bit tests folded into one line unless raw. */
void srt_list_program(FILE *out, enum srt_arch arch, const struct sock_filter *code, uint32_t count,
                      bool raw);

#endif
