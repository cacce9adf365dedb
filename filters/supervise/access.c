/* SPDX-License-Identifier: Apache-2.0 */
/* The access that regions give: in the order of paths, where what lies in a region follows it at
 * once, the region of a path is the one before it, or one that this lies in. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "names_impl.h"

typedef struct sup_area {
    const srt_region *region;
    size_t length;
    size_t around; /* index of the innermost area that holds it; its own for the first */
} sup_area;

/* By components: '/' before every other byte. */
static int compare_paths(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    unsigned char x = (unsigned char)*a, y = (unsigned char)*b;
    if (x == y)
        return 0;
    if (x == '\0' || y == '\0')
        return x == '\0' ? -1 : 1;
    if (x == '/' || y == '/')
        return x == '/' ? -1 : 1;
    return x < y ? -1 : 1;
}

static int compare_areas(const void *a, const void *b)
{
    const sup_area *left = a, *right = b;
    return compare_paths(left->region->path, right->region->path);
}

static bool holds(const sup_area *area, const char *path)
{
    return strncmp(path, area->region->path, area->length) == 0 &&
           (path[area->length] == '/' || path[area->length] == '\0' || area->length == 1);
}

int sup_areas_new(sup_names *names)
{
    const srt_policy *policy = names->policy;
    size_t count = policy->fs_disabled ? 0 : policy->n_regions;
    names->areas = calloc(count + 1, sizeof *names->areas);
    if (!names->areas)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++)
        names->areas[i] = (sup_area){policy->regions[i], strlen(policy->regions[i]->path), 0};
    qsort(names->areas, count, sizeof *names->areas, compare_areas);
    for (size_t i = 1; i < count; i++) {
        size_t around = i - 1;
        while (around > 0 && !holds(&names->areas[around], names->areas[i].region->path))
            around = names->areas[around].around;
        names->areas[i].around = around;
    }
    names->n_areas = count;
    return 0;
}

srt_access sup_names_access(const sup_names *names, const char *path, const srt_origin **ret_origin)
{
    size_t low = 0, high = names->n_areas;
    *ret_origin = NULL;
    if (high == 0)
        return SRT_ACCESS_WRITE;
    /* The last area that does not stand behind path. */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (compare_paths(names->areas[middle].region->path, path) <= 0)
            low = middle;
        else
            high = middle;
    }
    while (low > 0 && !holds(&names->areas[low], path))
        low = names->areas[low].around;
    if (!holds(&names->areas[low], path))
        return SRT_ACCESS_READ;
    *ret_origin = names->areas[low].region->origin;
    return names->areas[low].region->access;
}
