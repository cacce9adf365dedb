/* SPDX-License-Identifier: Apache-2.0 */
/* Private to serve.c, listener.c, workers.c and supervise.c. */
#ifndef SRT_SUPERVISE_SERVE_H
#define SRT_SUPERVISE_SERVE_H

#include "internal.h"

enum sup_served {
    SUP_SERVED_ALL, /* nothing more will come, or it shall stop */
    SUP_SERVED_ONE, /* the role went to another thread; the call is answered */
};

/* Answers calls until *yielded, or until the end. Holds the role. */
enum sup_served sup_serve(sup_call *call, const bool *yielded);

/* Waits on the channel for the listener and what belongs to it: sup->listener, sup->root.
 * false: it does not come. */
bool sup_await_listener(srt_supervisor *sup);

/* For the calling thread: a umask and working directory of its own (else sup->shares_fs), and no
 * rights of root but to look at the caller. 0 or -errno. */
int sup_become_supervisor(srt_supervisor *sup);

#endif
