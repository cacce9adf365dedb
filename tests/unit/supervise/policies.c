/* SPDX-License-Identifier: Apache-2.0 */
#include "policies.h"

#include <stdio.h>
#include <string.h>

static const char *text(test_policy *p, const char *a, const char *b)
{
    char *to = p->text[p->used++];
    snprintf(to, sizeof p->text[0], "%s%s", a, b);
    return to;
}

static const srt_origin *origin(test_policy *p, const char *kind, size_t index)
{
    char number[32];
    srt_origin *o = &p->origins[p->n_origins++];
    snprintf(number, sizeof number, "[%zu]", index);
    *o = (srt_origin){.struct_size = sizeof *o, .file = "test"};
    o->pointer = text(p, kind, number);
    return o;
}

void test_policy_region(test_policy *p, srt_access access, const char *directory, const char *name)
{
    size_t i = p->policy.n_regions++;
    p->regions[i] = (srt_region){.struct_size = sizeof(srt_region),
                                 .flags = SRT_PATH_DIR,
                                 .access = access,
                                 .path = text(p, directory, name),
                                 .origin = i ? origin(p, "region", i) : NULL};
    p->region_list[i] = &p->regions[i];
}

void test_policy_init(test_policy *p)
{
    memset(p, 0, sizeof *p);
    p->policy.struct_size = sizeof p->policy;
    p->policy.regions = p->region_list;
    p->policy.pending = p->pending_list;
    p->policy.unix_paths = p->sockets;
    test_policy_region(p, SRT_ACCESS_READ, "/", "");
}

void test_policy_pending(test_policy *p, uint32_t flags, const char *directory, const char *name)
{
    size_t i = p->policy.n_pending++;
    p->pending[i] = (srt_pending_rule){.struct_size = sizeof(srt_pending_rule),
                                       .flags = flags,
                                       .access = SRT_ACCESS_READ,
                                       .path = text(p, directory, name),
                                       .origin = origin(p, "pending", i)};
    p->pending_list[i] = &p->pending[i];
}

void test_policy_socket(test_policy *p, const char *directory, const char *name)
{
    p->sockets[p->n_sockets++] = text(p, directory, name);
}
