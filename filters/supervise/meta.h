/* SPDX-License-Identifier: Apache-2.0 */
/* Private to meta_perform.c and meta_apply.c. */
#ifndef SRT_SUPERVISE_META_H
#define SRT_SUPERVISE_META_H

#include "target.h"

/* Performs the call on fd: the caller's own descriptor (by_fd), or O_PATH of what its path
 * names. */
sup_answer sup_meta_apply(sup_call *call, int fd, bool by_fd);

#endif
