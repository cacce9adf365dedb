/* SPDX-License-Identifier: Apache-2.0 */
/* What encloses a command beside its mounts and namespaces: the base filter, the supervisor and
 * its notify filter, Landlock beneath. Decided for a policy, reported, and put into the plan of
 * the helper inside, for a backend of mounts: linked by one, or offered by the host to one that
 * somebody else wrote (srt_host.inside_*, which has the contract). libc, threads and the SDK. */
#ifndef SRT_FILTERS_ENCLOSE_H
#define SRT_FILTERS_ENCLOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <srt/backend.h>

typedef struct srt_enclosure srt_enclosure;

/* is_masked: everything hidden tells by itself when it is asked for (masks.h). host and policy are
 * borrowed until free. *ret may be set on failure as well: free it. Sets the text of a failure. The
 * calls for one enclosure come from one thread. */
int srt_enclosure_new(const srt_host *host, const srt_policy *policy, const srt_inside *inside,
                      bool is_masked, srt_enclosure **ret);
int srt_enclosure_launch(srt_enclosure *e, srt_launch *launch, uint32_t flags);
int srt_enclosure_monitor(srt_enclosure *e, int *ret_fd);
/* Ends the supervisors. NULL is fine. */
void srt_enclosure_free(srt_enclosure *e);
/* Writes the listening sockets of a policy's proxies into a plan, for an outer stage. */
struct srt_plan_writer;
void srt_enclosure_put_listeners(struct srt_plan_writer *w, const srt_policy *policy);
/* The supervisor of the last launch, NULL: it has none. */
struct srt_supervisor *srt_enclosure_supervisor(const srt_enclosure *e);
/* Why there is no supervisor here, NULL: there can be one. */
const char *srt_enclosure_no_supervisor(const srt_enclosure *e);

/* Pure, any thread. Whether path is dir or lies in it. */
bool srt_path_in(const char *path, const char *dir);
/* The access that the regions give to a path. */
srt_access srt_access_at(const srt_policy *policy, const char *path);
/* Whether a region of that access lies directly in a writable one. */
bool srt_lies_in_writable(const srt_policy *policy, srt_access access);

#endif
