/* SPDX-License-Identifier: Apache-2.0 */
#include "assemble.h"

#include <string.h>

#define FARTHEST 255

void srt_assemble_start(srt_assembly *a)
{
    memset(a, 0, sizeof *a);
    a->labels = 1; /* the first is SRT_LABEL_NEXT */
}

uint16_t srt_assemble_label(srt_assembly *a)
{
    if (a->labels == SRT_LABELS) {
        a->failed = true;
        return SRT_LABEL_NEXT;
    }
    return (uint16_t)a->labels++;
}

void srt_assemble_place(srt_assembly *a, uint16_t label)
{
    if (label == SRT_LABEL_NEXT || label >= a->labels || a->place[label] != 0)
        a->failed = true;
    else
        a->place[label] = (uint16_t)(a->count + 1);
}

static void add(srt_assembly *a, struct sock_filter f, uint16_t yes, uint16_t no)
{
    if (a->count == SRT_NOTIFY_MAX) {
        a->failed = true;
        return;
    }
    a->at[a->count].f = f;
    a->at[a->count].yes = yes;
    a->at[a->count].no = no;
    a->count++;
}

void srt_assemble_load(srt_assembly *a, uint32_t offset)
{
    add(a, (struct sock_filter){BPF_LD | BPF_W | BPF_ABS, 0, 0, offset}, 0, 0);
}

void srt_assemble_branch(srt_assembly *a, uint16_t test, uint32_t k, uint16_t yes, uint16_t no)
{
    const uint16_t code = (uint16_t)(BPF_JMP | test | BPF_K);
    add(a, (struct sock_filter){code, 0, 0, k}, yes, no);
}

void srt_assemble_return(srt_assembly *a, uint32_t answer)
{
    add(a, (struct sock_filter){BPF_RET | BPF_K, 0, 0, answer}, 0, 0);
}

static bool resolve(const srt_assembly *a, uint32_t from, uint16_t label, uint8_t *ret)
{
    if (label == SRT_LABEL_NEXT) {
        *ret = 0;
        return true;
    }
    if (label >= a->labels || a->place[label] < from + 2)
        return false;
    const uint32_t distance = a->place[label] - 1 - (from + 1);
    *ret = (uint8_t)distance;
    return distance <= FARTHEST;
}

uint32_t srt_assemble_finish(const srt_assembly *a, struct sock_filter *code)
{
    if (a->failed)
        return 0;
    for (uint32_t i = 0; i < a->count; i++) {
        code[i] = a->at[i].f;
        if (BPF_CLASS(code[i].code) == BPF_JMP &&
            (!resolve(a, i, a->at[i].yes, &code[i].jt) || !resolve(a, i, a->at[i].no, &code[i].jf)))
            return 0;
    }
    return a->count;
}
