/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "support/unit.h"

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static bool is_cloexec(int fd)
{
    return (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0;
}

static void clear(void)
{
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), number = fd, none = -1;
    errno = ENOTTY;
    srt_fd_clear(&fd);
    CU_ASSERT_EQUAL(fd, -1);
    CU_ASSERT_FALSE(is_open(number));
    errno = ENOTTY;
    srt_fd_clear(&none);
    CU_ASSERT_EQUAL(errno, ENOTTY);
    number = 1 << 20; /* nothing: close fails */
    srt_fd_clear(&number);
    CU_ASSERT_EQUAL(errno, ENOTTY);
    CU_ASSERT_EQUAL(number, -1);
}

static void end_of_scope(void)
{
    int kept, lost;
    {
        srt_autofd int first = open("/dev/null", O_RDONLY | O_CLOEXEC);
        srt_autofd int second = open("/dev/null", O_RDONLY | O_CLOEXEC);
        lost = first;
        kept = srt_fd_steal(&second);
        CU_ASSERT_EQUAL(second, -1);
    }
    CU_ASSERT_FALSE(is_open(lost));
    CU_ASSERT_TRUE(is_open(kept));
    close(kept);
}

static void pairs(void)
{
    int ends[2];
    char byte = 0;
    CU_ASSERT_TRUE(srt_fd_pipe(ends));
    CU_ASSERT_TRUE(is_cloexec(ends[0]) && is_cloexec(ends[1]));
    CU_ASSERT_TRUE(srt_fd_write_all(ends[1], "x", 1));
    CU_ASSERT_EQUAL(read(ends[0], &byte, 1), 1);
    srt_fd_clear(&ends[0]);
    srt_fd_clear(&ends[1]);
    CU_ASSERT_TRUE(srt_fd_socketpair(SOCK_STREAM, ends));
    CU_ASSERT_TRUE(is_cloexec(ends[0]) && is_cloexec(ends[1]));
    CU_ASSERT_TRUE(srt_fd_write_all(ends[1], "y", 1));
    CU_ASSERT_EQUAL(read(ends[0], &byte, 1), 1);
    CU_ASSERT_EQUAL(byte, 'y');
    srt_fd_clear(&ends[0]);
    srt_fd_clear(&ends[1]);
    CU_ASSERT_FALSE(srt_fd_socketpair(9999, ends));
}

static void *read_everything(void *data)
{
    GByteArray *all = g_byte_array_new();
    guint8 buffer[700];
    ssize_t n;
    while ((n = read(*(int *)data, buffer, sizeof buffer)) > 0)
        g_byte_array_append(all, buffer, (guint)n);
    return all;
}

static void write_all(void)
{
    /* More than a pipe holds, so that single writes are short. */
    int ends[2];
    gsize size = 300000;
    g_autofree char *data = g_malloc(size);
    for (gsize i = 0; i < size; i++)
        data[i] = (char)(i * 7);
    CU_ASSERT_TRUE_FATAL(srt_fd_pipe(ends));
    GThread *reader = g_thread_new("reader", read_everything, &ends[0]);
    CU_ASSERT_TRUE(srt_fd_write_all(ends[1], data, size));
    srt_fd_clear(&ends[1]);
    g_autoptr(GByteArray) all = g_thread_join(reader);
    CU_ASSERT_EQUAL(all->len, size);
    CU_ASSERT_TRUE(all->len == size && memcmp(all->data, data, size) == 0);
    srt_fd_clear(&ends[0]);

    errno = 0;
    CU_ASSERT_FALSE(srt_fd_write_all(-1, "x", 1));
    CU_ASSERT_EQUAL(errno, EBADF);
}

typedef struct Place {
    char *dir;
    char *path;
} Place;

static Place make_file(const char *text, gsize length)
{
    Place place = {.dir = g_dir_make_tmp("srt-fd-XXXXXX", NULL)};
    place.path = g_build_filename(place.dir, "file", NULL);
    CU_ASSERT_TRUE(g_file_set_contents(place.path, text, (gssize)length, NULL));
    return place;
}

static void remove_place(Place *place)
{
    unlink(place->path);
    rmdir(place->dir);
    g_free(place->path);
    g_free(place->dir);
}

static void read_file(void)
{
    Place place = make_file("ab\0cd", 5);
    size_t length = 99;
    int number = 0;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = srt_fd_read_file(place.path, 5, &length, &number, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_EQUAL(length, 5);
    CU_ASSERT_EQUAL(memcmp(text, "ab\0cd\0", 6), 0);
    CU_ASSERT_PTR_NULL(error);
    g_autofree char *short_of = srt_fd_read_file(place.path, 4, NULL, &number, &error);
    CU_ASSERT_PTR_NULL(short_of);
    CU_ASSERT_EQUAL(number, EFBIG);
    CU_ASSERT_TRUE(g_error_matches(error, SRT_ERROR, SRT_ERROR_FAILED));
    CU_ASSERT_PTR_NOT_NULL(strstr(error->message, place.path));
    remove_place(&place);

    Place empty = make_file("", 0);
    g_autofree char *nothing = srt_fd_read_file(empty.path, 0, &length, NULL, NULL);
    SRT_ASSERT_STR(nothing, "");
    CU_ASSERT_EQUAL(length, 0);
    remove_place(&empty);
}

static int failure_of(const char *path)
{
    int number = 0;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = srt_fd_read_file(path, 100, NULL, &number, &error);
    CU_ASSERT_PTR_NULL(text);
    CU_ASSERT_PTR_NOT_NULL(error);
    return number;
}

static void not_files(void)
{
    Place place = make_file("x", 1);
    g_autofree char *missing = g_build_filename(place.dir, "missing", NULL);
    g_autofree char *fifo = g_build_filename(place.dir, "fifo", NULL);
    CU_ASSERT_EQUAL(failure_of(missing), ENOENT);
    CU_ASSERT_EQUAL(failure_of(place.dir), EISDIR);
    CU_ASSERT_EQUAL(failure_of("/dev/zero"), EINVAL);
    CU_ASSERT_EQUAL_FATAL(mkfifo(fifo, 0600), 0);
    /* Nobody writes: the alarm ends a wait. */
    alarm(10);
    CU_ASSERT_EQUAL(failure_of(fifo), EINVAL);
    alarm(0);
    unlink(fifo);
    if (geteuid() != 0) {
        chmod(place.path, 0);
        CU_ASSERT_EQUAL(failure_of(place.path), EACCES);
    }
    remove_place(&place);
}

/* 0 when it opened, else the errno value. */
static int open_below(int top, const char *relative, int flags)
{
    srt_autofd int fd = srt_fd_open_below(top, relative, flags);
    return fd >= 0 ? 0 : errno;
}

static void below(void)
{
    char place[] = "/tmp/srt-below-XXXXXX";
    CU_ASSERT_FATAL(mkdtemp(place) != NULL);
    srt_autofd int top = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CU_ASSERT_FATAL(mkdirat(top, "a", 0700) == 0 && mkdirat(top, "a/b", 0700) == 0);
    srt_autofd int file = openat(top, "a/b/f", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    CU_ASSERT_FATAL(file >= 0 && symlinkat("a", top, "l") == 0 &&
                    symlinkat("f", top, "a/b/m") == 0);
    CU_ASSERT_EQUAL(open_below(top, "", O_RDONLY | O_DIRECTORY), 0);
    CU_ASSERT_EQUAL(open_below(top, "a/b/f", O_RDONLY), 0);
    CU_ASSERT_EQUAL(open_below(top, "a/b", O_RDONLY | O_DIRECTORY), 0);
    CU_ASSERT_EQUAL(open_below(top, "a/b/m", O_RDONLY), ELOOP);
    CU_ASSERT_NOT_EQUAL(open_below(top, "l/b/f", O_RDONLY), 0);
    CU_ASSERT_NOT_EQUAL(open_below(top, "l", O_RDONLY | O_DIRECTORY), 0);
    CU_ASSERT_EQUAL(open_below(top, "a/../a/b/f", O_RDONLY), EINVAL);
    CU_ASSERT_EQUAL(open_below(top, "..", O_RDONLY), EINVAL);
    CU_ASSERT_EQUAL(open_below(top, "/a", O_RDONLY), EINVAL);
    CU_ASSERT_EQUAL(open_below(top, "a//b", O_RDONLY), EINVAL);
    CU_ASSERT_EQUAL(open_below(top, "a/b/", O_RDONLY), EINVAL);
    CU_ASSERT_EQUAL(open_below(top, "a/no/f", O_RDONLY), ENOENT);
    CU_ASSERT_EQUAL(open_below(top, "a/b/f/g", O_RDONLY), ENOTDIR);
    g_autofree char *longest = g_strnfill(300, 'x');
    CU_ASSERT_EQUAL(open_below(top, longest, O_RDONLY), ENAMETOOLONG);
    const char *const files[] = {"a/b/f", "a/b/m", "l"}, *const directories[] = {"a/b", "a"};
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
        unlinkat(top, files[i], 0);
    for (size_t i = 0; i < G_N_ELEMENTS(directories); i++)
        unlinkat(top, directories[i], AT_REMOVEDIR);
    CU_ASSERT_EQUAL(rmdir(place), 0);
}

static const srt_unit_case cases[] = {
    {"clear", clear},         {"end_of_scope", end_of_scope}, {"pairs", pairs},
    {"write_all", write_all}, {"read_file", read_file},       {"not_files", not_files},
    {"below", below},
};

SRT_UNIT_MAIN("base.fd", cases)
