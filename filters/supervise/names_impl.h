/* SPDX-License-Identifier: Apache-2.0 */
/* Private to names.c and names_new.c. */
#ifndef SRT_SUPERVISE_NAMES_IMPL_H
#define SRT_SUPERVISE_NAMES_IMPL_H

#include <stdint.h>

#include "names.h"

struct sup_rule {
    const srt_origin *origin;
    char *literal; /* what stands before the first wildcard, whole components; folded */
    size_t length;
    sup_glob *tail; /* the rest, from its slash on; NULL: there is none */
    bool fold;
    bool mandatory;
    bool itself; /* the path alone, not what lies below */
    bool nested; /* derived from a ".git" rule, for git directories inside one */
};

#define SUP_NAME_LAST (1u << 0) /* it is the last component of a rule */
#define SUP_NAME_LEAD (1u << 1) /* it is another */

/* Folded names in a hash table; wild ones in a list. */
typedef struct sup_name {
    char *text; /* NULL: free */
    uint32_t hash;
    uint8_t bits;
} sup_name;

typedef struct sup_wild {
    sup_glob *glob;
    uint8_t bits;
} sup_wild;

struct sup_names {
    const srt_policy *policy;
    struct sup_area *areas; /* access.c: the regions by path */
    size_t n_areas;
    sup_rule *rules;
    size_t n_rules, rules_size;
    sup_name *table;
    size_t table_size, n_names; /* size: a power of two */
    sup_wild *wild;
    size_t n_wild;
    uint8_t any; /* bits that hold for every name: a rule ends, or goes on, with "**" */
    bool moves_matter;
};

/* access.c. 0 or -ENOMEM. */
int sup_areas_new(sup_names *names);

#endif
