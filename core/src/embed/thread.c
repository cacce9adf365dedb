/* SPDX-License-Identifier: Apache-2.0 */
#include "embed/thread.h"

#include <signal.h>

static int start(void *(*run)(void *), void *data, const pthread_attr_t *attributes, pthread_t *ret)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(ret, attributes, run, data);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

int srt_embed_thread(void *(*run)(void *), void *data, size_t stack, pthread_t *ret)
{
    pthread_t thread;
    pthread_attr_t attributes;
    int failed = pthread_attr_init(&attributes);
    if (failed)
        return failed;
    if (stack)
        pthread_attr_setstacksize(&attributes, stack);
    failed = start(run, data, &attributes, &thread);
    pthread_attr_destroy(&attributes);
    if (failed && stack) /* the program's thread-local storage may need more */
        failed = start(run, data, NULL, &thread);
    if (!failed && ret)
        *ret = thread;
    else if (!failed)
        pthread_detach(thread);
    return failed;
}
