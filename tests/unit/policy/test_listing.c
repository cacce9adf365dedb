/* SPDX-License-Identifier: Apache-2.0 */
/* What was remembered of a directory holds only as long as nothing in it changed. */
#include "policy/listing.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "support/unit.h"

/* Where the file system is one that counts: in memory, as every Linux has it. */
#define PLACE "/dev/shm/srt-listing-XXXXXX"

typedef struct Lab {
    char *top;
    int fd;
    SrtListings *listings;
} Lab;

static void make(const Lab *lab, const char *name)
{
    srt_autofd int fd = openat(lab->fd, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    CU_ASSERT_FATAL(fd >= 0);
}

static void lab_open(Lab *lab)
{
    lab->top = g_strdup(PLACE);
    CU_ASSERT_FATAL(g_mkdtemp(lab->top) != NULL);
    lab->fd = open(lab->top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CU_ASSERT_FATAL(lab->fd >= 0 && mkdirat(lab->fd, "d", 0700) == 0);
    make(lab, "d/old");
    make(lab, "spare");
    lab->listings = srt_listings_new();
}

static void lab_close(Lab *lab)
{
    g_autofree char *all = g_strdup_printf("rm -rf '%s'", lab->top);
    srt_listings_free(lab->listings);
    srt_fd_clear(&lab->fd);
    CU_ASSERT_TRUE(g_spawn_command_line_sync(all, NULL, NULL, NULL, NULL));
    g_free(lab->top);
}

static gint64 now(void)
{
    return g_get_real_time() / G_USEC_PER_SEC;
}

/* As if "d" were read at that time. */
static gboolean take(const Lab *lab, gint64 at)
{
    struct stat before;
    srt_autofd int fd = openat(lab->fd, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CU_ASSERT_FATAL(fd >= 0);
    if (!srt_listing_mark(lab->listings, fd, at, &before))
        return FALSE;
    srt_listing_remember(lab->listings, "/d", &before, "a\0bc", 5);
    return TRUE;
}

static gboolean holds(const Lab *lab, const char *path)
{
    const char *names = NULL;
    gsize size = 0;
    if (!srt_listing_holds(lab->listings, path, lab->fd, "d", &names, &size))
        return FALSE;
    CU_ASSERT(size == 5 && memcmp(names, "a\0bc", 5) == 0);
    return TRUE;
}

/* A change in the tick in which a directory was read could not be told. */
static void only_settled(void)
{
    Lab lab;
    lab_open(&lab);
    CU_ASSERT_FALSE(holds(&lab, "/d"));
    CU_ASSERT_FALSE(take(&lab, now() - 100)); /* it changed later than that */
    struct stat st;
    CU_ASSERT_FATAL(fstatat(lab.fd, "d", &st, 0) == 0);
    CU_ASSERT_FALSE(take(&lab, st.st_ctim.tv_sec + SRT_LISTING_SETTLED - 1));
    CU_ASSERT_TRUE(take(&lab, st.st_ctim.tv_sec + SRT_LISTING_SETTLED));
    CU_ASSERT_TRUE(holds(&lab, "/d"));
    CU_ASSERT_FALSE(holds(&lab, "/e"));
    lab_close(&lab);
}

static void add_file(const Lab *lab)
{
    make(lab, "d/new");
}

static void take_away(const Lab *lab)
{
    CU_ASSERT(unlinkat(lab->fd, "d/old", 0) == 0);
}

static void move_in(const Lab *lab)
{
    CU_ASSERT(renameat(lab->fd, "spare", lab->fd, "d/in") == 0);
}

static void move_over(const Lab *lab)
{
    CU_ASSERT(renameat(lab->fd, "spare", lab->fd, "d/old") == 0);
}

static void link_in(const Lab *lab)
{
    CU_ASSERT(linkat(lab->fd, "spare", lab->fd, "d/in", 0) == 0);
}

static void symlink_in(const Lab *lab)
{
    CU_ASSERT(symlinkat("/etc", lab->fd, "d/in") == 0);
}

static void directory_in(const Lab *lab)
{
    CU_ASSERT(mkdirat(lab->fd, "d/in", 0700) == 0);
}

static void come_and_go(const Lab *lab)
{
    make(lab, "d/new");
    CU_ASSERT(unlinkat(lab->fd, "d/new", 0) == 0);
}

static void shut(const Lab *lab)
{
    CU_ASSERT(fchmodat(lab->fd, "d", 0000, 0) == 0 && fchmodat(lab->fd, "d", 0700, 0) == 0);
}

/* The times that a program may set are set back to what they were. */
static void forge(const Lab *lab)
{
    struct stat st;
    CU_ASSERT_FATAL(fstatat(lab->fd, "d", &st, 0) == 0);
    make(lab, "d/new");
    const struct timespec times[] = {st.st_atim, st.st_mtim};
    CU_ASSERT(utimensat(lab->fd, "d", times, 0) == 0);
}

static void another(const Lab *lab)
{
    CU_ASSERT(renameat(lab->fd, "d", lab->fd, "e") == 0 && mkdirat(lab->fd, "d", 0700) == 0);
}

static void link_in_place(const Lab *lab)
{
    CU_ASSERT(renameat(lab->fd, "d", lab->fd, "e") == 0 && symlinkat("e", lab->fd, "d") == 0);
}

static void gone(const Lab *lab)
{
    CU_ASSERT(unlinkat(lab->fd, "d/old", 0) == 0 && unlinkat(lab->fd, "d", AT_REMOVEDIR) == 0);
}

static void every_change_is_seen(void)
{
    static void (*const changes[])(const Lab *) = {
        add_file,    take_away, move_in, move_over, link_in, symlink_in,    directory_in,
        come_and_go, shut,      forge,   another,   gone,    link_in_place,
    };
    for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
        Lab lab;
        lab_open(&lab);
        CU_ASSERT_TRUE(take(&lab, now() + 2 * SRT_LISTING_SETTLED) && holds(&lab, "/d"));
        /* Times of this machine's files go by ticks; what is remembered is seconds old. */
        struct stat before, after;
        CU_ASSERT_FATAL(fstatat(lab.fd, "d", &before, 0) == 0);
        do {
            CU_ASSERT_FATAL(fchmodat(lab.fd, "spare", 0600, 0) == 0 &&
                            fstatat(lab.fd, "spare", &after, 0) == 0);
        } while (after.st_ctim.tv_sec == before.st_ctim.tv_sec &&
                 after.st_ctim.tv_nsec <= before.st_ctim.tv_nsec);
        changes[i](&lab);
        CU_ASSERT_FALSE(holds(&lab, "/d"));
        lab_close(&lab);
    }
}

/* Elsewhere the times may be somebody else's, or old: /proc stands for all that is not known. */
static void only_known_file_systems(void)
{
    struct stat before;
    SrtListings *listings = srt_listings_new();
    srt_autofd int fd = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT_FALSE(srt_listing_mark(listings, fd, now() + 1000000, &before));
    srt_listings_free(listings);
}

static const srt_unit_case cases[] = {
    {"only settled", only_settled},
    {"every change is seen", every_change_is_seen},
    {"only known file systems", only_known_file_systems},
};

SRT_UNIT_MAIN("policy listing", cases)
