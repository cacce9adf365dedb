/* SPDX-License-Identifier: Apache-2.0 */
/* What the masks answer: from the bytes of a FUSE request to those of the answer. Pure. */
#ifndef SRT_SUPERVISE_MASK_ANSWER_H
#define SRT_SUPERVISE_MASK_ANSWER_H

#include <stddef.h>
#include <stdint.h>

#include <srt/violation.h>

/* The kernel hands out nothing larger, since it is told to write at most a page. */
#define SUP_MASK_REQUEST_MAX 16384
#define SUP_MASK_REPLY_MAX 512

typedef struct sup_mask_table {
    const uint32_t *modes; /* of each mask: kind and permissions */
    size_t count;
    uint32_t uid, gid; /* owner, as the user namespace names it */
    uint64_t time;     /* of the last change */
} sup_mask_table;

/* Something that was refused. */
typedef struct sup_mask_event {
    size_t mask; /* number; SIZE_MAX: nothing was */
    srt_operation operation;
    uint32_t pid;     /* of the thread that asked; 0: not of our pid namespace */
    const char *name; /* in the masked directory, within the request; NULL: the mask itself */
} sup_mask_event;

/* reply has room for SUP_MASK_REPLY_MAX bytes. Its length; 0: no answer is expected. */
size_t sup_mask_answer(const sup_mask_table *table, const void *request, size_t length, void *reply,
                       sup_mask_event *ret_event);

#endif
