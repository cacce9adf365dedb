/* SPDX-License-Identifier: Apache-2.0 */
/* What lies under a sandbox whose supervisor performs calls: a Landlock floor, no capabilities. */
#ifndef SRT_TESTS_SUPERVISE_FLOOR_H
#define SRT_TESTS_SUPERVISE_FLOOR_H

#include <stdbool.h>

/* Whether this kernel has what the tests need of Landlock. */
bool floor_possible(void);

/* In the child. Without writes: names cannot be made but below the directories of create; with
 * writes: nor can files be written or removed but below those of write. NULL-terminated, or
 * NULL. */
bool floor_enter(bool writes, const char *const *create, const char *const *write);
/* Root's rights are given up, as the helper inside does. */
bool floor_drop_capabilities(void);

#endif
