/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/listing.h"

#include <fcntl.h>
#include <string.h>
#ifdef __linux__
#include <linux/magic.h>
#include <sys/vfs.h>
#ifndef XFS_SUPER_MAGIC
#define XFS_SUPER_MAGIC 0x58465342
#endif
#endif

typedef struct Listing {
    struct stat before;
    gsize size;
    char names[];
} Listing;

struct SrtListings {
    GHashTable *by_path; /* path -> Listing */
    gboolean any;        /* the device below is one */
    dev_t device;        /* asked last */
    gboolean exact;      /* what was answered for it */
};

SrtListings *srt_listings_new(void)
{
    SrtListings *listings = g_new0(SrtListings, 1);
    listings->by_path = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return listings;
}

void srt_listings_free(SrtListings *listings)
{
    if (!listings)
        return;
    g_hash_table_destroy(listings->by_path);
    g_free(listings);
}

#ifdef __linux__

/* File systems of this machine that set the time of change of a directory with each name
 * that is made or goes, from the machine's clock. */
static gboolean keeps_times(int fd)
{
    static const guint32 known[] = {EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC,
                                    TMPFS_MAGIC};
    struct statfs fs;
    if (fstatfs(fd, &fs) != 0)
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
        if ((guint32)fs.f_type == known[i])
            return TRUE;
    return FALSE;
}

gboolean srt_listing_mark(SrtListings *listings, int directory, gint64 now, struct stat *ret)
{
    if (g_hash_table_size(listings->by_path) >= SRT_LISTINGS_MAX || fstat(directory, ret) != 0)
        return FALSE;
    if (!listings->any || listings->device != ret->st_dev) {
        listings->any = TRUE;
        listings->device = ret->st_dev;
        listings->exact = keeps_times(directory);
    }
    return listings->exact && S_ISDIR(ret->st_mode) &&
           (gint64)ret->st_ctim.tv_sec + SRT_LISTING_SETTLED <= now;
}

static gboolean same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_mode == b->st_mode &&
           a->st_uid == b->st_uid && a->st_gid == b->st_gid && a->st_nlink == b->st_nlink &&
           a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec && a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
           a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

#else

gboolean srt_listing_mark(SrtListings *listings, int directory, gint64 now, struct stat *ret)
{
    (void)listings, (void)directory, (void)now, (void)ret;
    return FALSE;
}

static gboolean same(const struct stat *a, const struct stat *b)
{
    (void)a, (void)b;
    return FALSE;
}

#endif

void srt_listing_remember(SrtListings *listings, const char *path, const struct stat *before,
                          const char *names, gsize size)
{
    Listing *listing = g_malloc(sizeof *listing + size);
    listing->before = *before;
    listing->size = size;
    if (size > 0)
        memcpy(listing->names, names, size);
    g_hash_table_replace(listings->by_path, g_strdup(path), listing);
}

gboolean srt_listing_holds(const SrtListings *listings, const char *path, int parent,
                           const char *name, const char **ret_names, gsize *ret_size)
{
    struct stat now;
    const Listing *listing = g_hash_table_lookup(listings->by_path, path);
    if (!listing || fstatat(parent, name, &now, AT_SYMLINK_NOFOLLOW) != 0 ||
        !same(&listing->before, &now))
        return FALSE;
    *ret_names = listing->names;
    *ret_size = listing->size;
    return TRUE;
}
