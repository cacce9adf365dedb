/* SPDX-License-Identifier: Apache-2.0 */
#include "reach.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GROUPS_MAX 256

static bool in_group(gid_t group)
{
    gid_t groups[GROUPS_MAX];
    int n = getgroups(GROUPS_MAX, groups);
    if (group == getegid())
        return true;
    for (int i = 0; i < n; i++)
        if (groups[i] == group)
            return true;
    return false;
}

bool bw_closed_to_root(void *data, const char *directory)
{
    struct stat st;
    (void)data;
    if (lstat(directory, &st) < 0 || !S_ISDIR(st.st_mode) || st.st_uid == geteuid())
        return false;
    return !(st.st_mode & (in_group(st.st_gid) ? S_IXGRP : S_IXOTH));
}

/* How much of two paths is the same, in whole directories. */
static size_t common(const char *a, const char *b)
{
    size_t whole = 0;
    for (size_t i = 0; a[i] && a[i] == b[i]; i++)
        if (a[i] == '/')
            whole = i;
    return whole;
}

/* The length of the outermost closed directory above path, or 0. What is above path[from] is known
 * to be open. */
static size_t find_closed(const char *path, size_t from, bw_closed *is_closed, void *data)
{
    char directory[PATH_MAX];
    size_t length = strlen(path);
    if (length >= sizeof directory)
        return 0;
    memcpy(directory, path, length + 1);
    for (char *slash = strchr(directory + from + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (is_closed(data, directory))
            return (size_t)(slash - directory);
        *slash = '/';
    }
    return 0;
}

static int keep(bw_reach *reach, size_t i, const char *path, size_t length)
{
    char *copy = strndup(path, length);
    if (!copy)
        return -ENOMEM;
    reach->owned[reach->count++] = copy;
    reach->closed[i] = copy;
    return 0;
}

int bw_reach_find(bw_reach *ret, const srt_policy *policy, bw_closed *is_closed, void *data)
{
    const char *open = ""; /* the last path, above which everything is open */
    *ret = (bw_reach){.closed = calloc(policy->n_regions + 1, sizeof *ret->closed),
                      .owned = calloc(policy->n_regions + 1, sizeof *ret->owned)};
    if (!ret->closed || !ret->owned)
        return -ENOMEM;
    for (size_t i = 0; i < policy->n_regions; i++) {
        const srt_region *region = policy->regions[i];
        if (region->access == SRT_ACCESS_WRITE)
            continue;
        size_t closed = find_closed(region->path, common(open, region->path), is_closed, data);
        if (closed == 0)
            open = region->path;
        else if (keep(ret, i, region->path, closed) != 0)
            return -ENOMEM;
    }
    return 0;
}

void bw_reach_clear(bw_reach *reach)
{
    for (size_t i = 0; i < reach->count; i++)
        free(reach->owned[i]);
    free(reach->owned);
    free(reach->closed);
    *reach = (bw_reach){0};
}
