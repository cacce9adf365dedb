/* SPDX-License-Identifier: Apache-2.0 */
/* Attacks on what is looked at before it is acted on: a call, and what another thread changes
 * meanwhile. */
#ifndef SRT_TESTS_SUPERVISE_RACES_H
#define SRT_TESTS_SUPERVISE_RACES_H

#include <stdbool.h>
#include <stddef.h>

typedef struct race {
    const char *name;
    void (*disturb)(void);
    int (*attack)(unsigned i); /* what the call returned */
    bool (*won)(void);         /* also puts things back */
    bool writing;              /* only where writes are performed */
    bool outcomes;             /* both outcomes must be seen, or the race is none */
} race;

extern const race races[];
extern const size_t n_races;
extern int race_top; /* the directory of the attack, to be set */

#endif
