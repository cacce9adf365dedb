/* SPDX-License-Identifier: Apache-2.0 */
/* What this machine offers. */
#ifndef SRT_LANDLOCK_PROBE_H
#define SRT_LANDLOCK_PROBE_H

#include <stdbool.h>
#include <stddef.h>

#define LL_TEXT 600
#define LL_TERMINAL_MAX 64

typedef struct ll_facts {
    int abi;         /* of Landlock, as far as it is to be used; 0: none; -EINVAL: a wrong wish */
    bool supervised; /* a supervisor can be had */
} ll_facts;

void ll_facts_read(ll_facts *ret);
/* 0, or a negative errno value with the text of the refusal. Pure. */
int ll_judge(const ll_facts *facts, char why[LL_TEXT]);

/* Whether the caller could change the file or put another in its place. */
bool ll_is_replaceable(const char *path);
/* The path of the terminal behind a descriptor, or "". */
void ll_terminal(int fd, char ret[LL_TERMINAL_MAX]);

#endif
