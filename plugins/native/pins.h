/* SPDX-License-Identifier: Apache-2.0 */
/* The directories that must not be moved. Pure, any thread. */
#ifndef NATIVE_PINS_H
#define NATIVE_PINS_H

#include "plan.h"

typedef struct nt_part {
    const char *path; /* its first length bytes */
    size_t length;
} nt_part;

/* The directories strictly between a writable node and what is protected directly inside of it,
 * each once, the deepest first. *ret_parts is malloc. False: out of memory. */
bool nt_pins_find(const nt_node *nodes, size_t n_nodes, size_t root, nt_part **ret_parts,
                  size_t *ret_n);

#endif
