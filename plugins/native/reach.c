/* SPDX-License-Identifier: Apache-2.0 */
#include "reach.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GROUPS_MAX 256

static bool is_member(gid_t group)
{
    gid_t groups[GROUPS_MAX];
    const int n = getgroups(GROUPS_MAX, groups);
    for (int i = 0; i < n; i++)
        if (groups[i] == group)
            return true;
    return group == getegid();
}

bool nt_closed_to_root(const char *directory)
{
    struct stat st;
    if (lstat(directory, &st) != 0 || !S_ISDIR(st.st_mode) || st.st_uid == geteuid())
        return false;
    return (st.st_mode & (is_member(st.st_gid) ? S_IXGRP : S_IXOTH)) == 0;
}

/* Where the next directory of a path ends that another one does not share. */
static size_t first_new(const char *path, const char *other)
{
    size_t shared = 0;
    for (size_t i = 0; path[i] && path[i] == other[i]; i++)
        if (path[i] == '/')
            shared = i;
    return shared + 1;
}

/* The length of the outermost closed directory above path that ends after from; 0: none. */
static size_t find(const char *path, size_t from, nt_closed *is_closed)
{
    char directory[PATH_MAX];
    const size_t length = strlen(path);
    if (length >= sizeof directory)
        return 0;
    memcpy(directory, path, length + 1);
    for (char *end = strchr(directory + from, '/'); end; end = strchr(end + 1, '/')) {
        *end = '\0';
        if (is_closed(directory))
            return (size_t)(end - directory);
        *end = '/';
    }
    return 0;
}

int nt_reach_find(const srt_policy *policy, nt_closed *is_closed, char ***ret)
{
    const char *open = ""; /* the last path that was found open all the way */
    char **closed = calloc(policy->n_regions + 1, sizeof *closed);
    *ret = closed;
    if (!closed)
        return -ENOMEM;
    for (size_t i = 0; i < policy->n_regions; i++) {
        const srt_region *r = policy->regions[i];
        if (r->access == SRT_ACCESS_WRITE)
            continue;
        const size_t n = find(r->path, first_new(r->path, open), is_closed);
        if (n == 0)
            open = r->path;
        else if (!(closed[i] = strndup(r->path, n)))
            return -ENOMEM;
    }
    return 0;
}

void nt_reach_clear(char **closed, size_t n)
{
    for (size_t i = 0; closed && i < n; i++)
        free(closed[i]);
    free(closed);
}
