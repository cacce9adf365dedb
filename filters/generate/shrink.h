/* SPDX-License-Identifier: Apache-2.0 */
/* libseccomp has one comparison for each bit where BPF has one for all of them,
 * and compares upper halves that no rule looks at. One thread. */
#ifndef SRT_FILTERS_SHRINK_H
#define SRT_FILTERS_SHRINK_H

#include <linux/filter.h>
#include <stdint.h>

/* Makes a program shorter that answers the same to every call; in place. Returns
 * the new number of instructions. */
uint32_t srt_shrink(struct sock_filter *code, uint32_t count);

#endif
