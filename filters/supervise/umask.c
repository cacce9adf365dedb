/* SPDX-License-Identifier: Apache-2.0 */
/* The callers' umasks. Reading one from /proc costs as much as creating a file, so they are
 * remembered, by thread; the inode of /proc/TID tells a thread from a later one with its number.
 * Every umask(2) is put to us and forgets them all. It takes effect only after our answer: until
 * it has, nothing is remembered, for a thread that shares the umask could be read too early. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "target.h"

#define SLOTS 256 /* a power of two */
#define CHANGES 8

typedef struct known_umask {
    uint32_t thread;
    uint32_t generation;
    ino_t inode;
    int mask;
} known_umask;

/* A umask(2) that was let go on and may not have happened yet. */
typedef struct change {
    uint32_t thread; /* 0: none */
    ino_t inode;
    int mask;
} change;

struct sup_umasks {
    pthread_mutex_t lock;
    uint32_t generation;
    known_umask known[SLOTS];
    change changes[CHANGES];
    unsigned next_change;
};

sup_umasks *sup_umasks_new(void)
{
    sup_umasks *umasks = calloc(1, sizeof *umasks);
    if (!umasks)
        return NULL;
    umasks->generation = 1;
    pthread_mutex_init(&umasks->lock, NULL);
    return umasks;
}

void sup_umasks_free(sup_umasks *umasks)
{
    if (!umasks)
        return;
    pthread_mutex_destroy(&umasks->lock);
    free(umasks);
}

static ino_t inode_of(const srt_supervisor *sup, uint32_t thread)
{
    struct stat st;
    char name[16];
    snprintf(name, sizeof name, "%u", thread);
    return fstatat(sup->proc, name, &st, 0) == 0 ? st.st_ino : 0;
}

static int mask_in_proc(srt_supervisor *sup, uint32_t thread)
{
    const sup_call other = {.sup = sup, .notif = {.pid = thread}};
    return sup_caller_umask(&other);
}

/* Whether every change has happened. A thread that asks again has left its umask(2). */
static bool settled(const sup_call *call, sup_umasks *umasks)
{
    bool all = true;
    for (unsigned i = 0; i < CHANGES; i++) {
        change *c = &umasks->changes[i];
        if (c->thread == 0)
            continue;
        if (c->thread == call->notif.pid || inode_of(call->sup, c->thread) != c->inode ||
            mask_in_proc(call->sup, c->thread) == c->mask)
            c->thread = 0;
        else
            all = false;
    }
    return all;
}

int sup_umask_of(const sup_call *call)
{
    sup_umasks *umasks = call->sup->perform->umasks;
    const uint32_t thread = call->notif.pid;
    const ino_t inode = inode_of(call->sup, thread);
    known_umask *known = &umasks->known[thread & (SLOTS - 1)];
    pthread_mutex_lock(&umasks->lock);
    int mask = known->mask;
    bool fresh = inode != 0 && known->thread == thread && known->inode == inode &&
                 known->generation == umasks->generation;
    if (!fresh) {
        bool keep = settled(call, umasks) && inode != 0;
        mask = sup_caller_umask(call);
        if (keep && mask >= 0)
            *known = (known_umask){thread, umasks->generation, inode, mask};
    }
    pthread_mutex_unlock(&umasks->lock);
    return mask;
}

sup_answer sup_umask(sup_call *call)
{
    if (!call->sup->perform)
        return SUP_GO_ON;
    sup_umasks *umasks = call->sup->perform->umasks;
    const uint32_t thread = call->notif.pid;
    pthread_mutex_lock(&umasks->lock);
    umasks->generation++;
    settled(call, umasks);
    umasks->changes[umasks->next_change++ % CHANGES] =
        (change){thread, inode_of(call->sup, thread), (int)(sup_arg(call, 0) & 0777)};
    pthread_mutex_unlock(&umasks->lock);
    return SUP_GO_ON;
}
