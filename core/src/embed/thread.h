/* SPDX-License-Identifier: Apache-2.0 */
/* Threads of the library: no signal of the embedding program is handled on them. Private to this
 * room. */
#ifndef SRT_EMBED_THREAD_H
#define SRT_EMBED_THREAD_H

#include <pthread.h>
#include <stddef.h>

/* stack: bytes, 0: as usual. ret NULL: detached. 0 or errno. */
int srt_embed_thread(void *(*run)(void *), void *data, size_t stack, pthread_t *ret);

#endif
