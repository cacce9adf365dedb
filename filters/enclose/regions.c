/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to the regions of a policy. */
#include <limits.h>
#include <string.h>

#include "srt-filters/enclose.h"

bool srt_path_in(const char *path, const char *dir)
{
    size_t n = strlen(dir);
    if (n == 1 && dir[0] == '/')
        return true;
    return strncmp(path, dir, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

srt_access srt_access_at(const srt_policy *policy, const char *path)
{
    srt_access access = SRT_ACCESS_WRITE; /* without rules everything is open */
    size_t best = 0;
    for (size_t i = 0; i < policy->n_regions; i++) {
        const srt_region *r = policy->regions[i];
        size_t n = strlen(r->path);
        if (n >= best && srt_path_in(path, r->path)) {
            best = n;
            access = r->access;
        }
    }
    return access;
}

bool srt_lies_in_writable(const srt_policy *policy, srt_access access)
{
    for (size_t i = 0; i < policy->n_regions; i++) {
        char parent[PATH_MAX];
        const srt_region *region = policy->regions[i];
        size_t n = strlen(region->path);
        if (region->access != access || n <= 1 || n >= sizeof parent)
            continue;
        memcpy(parent, region->path, n + 1);
        char *slash = strrchr(parent, '/');
        slash[slash == parent] = '\0';
        if (srt_access_at(policy, parent) == SRT_ACCESS_WRITE)
            return true;
    }
    return false;
}
