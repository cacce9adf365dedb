/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "channel/place.h"
#include "support/unit.h"

static char *home;

static void enter(void)
{
    g_unsetenv("XDG_STATE_HOME");
    home = g_dir_make_tmp("srt-XXXXXX", NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(home);
}

static void leave(void)
{
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", home);
    CU_ASSERT_EQUAL(system(command), 0);
    g_clear_pointer(&home, g_free);
}

static mode_t mode_of(const char *path)
{
    struct stat st;
    CU_ASSERT_EQUAL_FATAL(lstat(path, &st), 0);
    return st.st_mode;
}

static void meets(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *directory = NULL;
    char *path = NULL;
    enter();
    directory = srt_channel_directory(home);
    srt_autofd int listener = srt_channel_listen(home, &path, &error);
    CU_ASSERT_FATAL(listener >= 0);
    CU_ASSERT(g_str_has_prefix(path, directory));
    CU_ASSERT_EQUAL(strlen(path), strlen(directory) + 1 + SRT_CHANNEL_NAME_LENGTH);
    CU_ASSERT_EQUAL(mode_of(directory), S_IFDIR | 0700);
    CU_ASSERT(S_ISSOCK(mode_of(path)));
    srt_autofd int here = srt_channel_connect(path, &error);
    srt_autofd int there = srt_channel_accept(listener, NULL, &error);
    CU_ASSERT(here >= 0 && there >= 0);
    CU_ASSERT_EQUAL(write(here, "x", 1), 1);
    char byte = 0;
    CU_ASSERT(read(there, &byte, 1) == 1 && byte == 'x');
    CU_ASSERT(fcntl(there, F_GETFD) & FD_CLOEXEC);
    g_autofree char *copy = g_strdup(path);
    srt_channel_close(&listener, &path);
    CU_ASSERT(listener == -1 && path == NULL);
    CU_ASSERT_NOT_EQUAL(access(copy, F_OK), 0);
    CU_ASSERT_EQUAL(srt_channel_connect(copy, &error), -1);
    CU_ASSERT(error && strstr(error->message, "cannot reach the session"));
    leave();
}

static void accept_says_why(void)
{
    char *path = NULL;
    int why = 0;
    enter();
    srt_autofd int listener = srt_channel_listen(home, &path, NULL);
    CU_ASSERT_FATAL(listener >= 0);
    CU_ASSERT_EQUAL(fcntl(listener, F_SETFL, O_NONBLOCK), 0);
    CU_ASSERT_EQUAL(srt_channel_accept(listener, &why, NULL), -1);
    CU_ASSERT_EQUAL(why, EAGAIN);
    srt_channel_close(&listener, &path);
    leave();
}

static void removes_stale(void)
{
    char *alive = NULL, *dead = NULL, *fresh = NULL;
    enter();
    srt_autofd int living = srt_channel_listen(home, &alive, NULL);
    srt_autofd int dying = srt_channel_listen(home, &dead, NULL);
    CU_ASSERT_FATAL(living >= 0 && dying >= 0);
    srt_fd_clear(&dying); /* as a killed manager leaves it */
    g_autofree char *directory = g_path_get_dirname(alive);
    g_autofree char *file = g_build_filename(directory, "0123456789abcdef", NULL);
    g_autofree char *other = g_build_filename(directory, "other", NULL);
    CU_ASSERT(g_file_set_contents(file, "x", 1, NULL) && g_file_set_contents(other, "x", 1, NULL));
    srt_autofd int next = srt_channel_listen(home, &fresh, NULL);
    CU_ASSERT(next >= 0);
    CU_ASSERT_EQUAL(access(alive, F_OK), 0);
    CU_ASSERT_EQUAL(access(fresh, F_OK), 0);
    CU_ASSERT_NOT_EQUAL(access(dead, F_OK), 0);
    CU_ASSERT_EQUAL(access(file, F_OK), 0); /* no socket, so not ours to remove */
    CU_ASSERT_EQUAL(access(other, F_OK), 0);
    srt_channel_close(&living, &alive);
    srt_channel_close(&next, &fresh);
    g_free(dead);
    leave();
}

static void refuses_links(void)
{
    g_autoptr(GError) error = NULL;
    char *path = NULL;
    enter();
    g_autofree char *state = g_build_filename(home, ".local", "state", "srt", NULL);
    g_autofree char *elsewhere = g_build_filename(home, "elsewhere", NULL);
    g_autofree char *link = g_build_filename(state, SRT_CHANNEL_DIRECTORY, NULL);
    CU_ASSERT_EQUAL(g_mkdir_with_parents(state, 0755), 0);
    CU_ASSERT_EQUAL(g_mkdir(elsewhere, 0700), 0);
    CU_ASSERT_EQUAL(symlink(elsewhere, link), 0);
    CU_ASSERT_EQUAL(srt_channel_listen(home, &path, &error), -1);
    CU_ASSERT_PTR_NOT_NULL(error);
    CU_ASSERT_PTR_NULL(path);
    /* What is open to others is closed. */
    CU_ASSERT_EQUAL(unlink(link), 0);
    CU_ASSERT(g_mkdir(link, 0755) == 0 && chmod(link, 0755) == 0);
    srt_autofd int listener = srt_channel_listen(home, &path, NULL);
    CU_ASSERT(listener >= 0);
    CU_ASSERT_EQUAL(mode_of(link), S_IFDIR | 0700);
    srt_channel_close(&listener, &path);
    leave();
}

static void too_long(void)
{
    g_autoptr(GError) error = NULL;
    char *path = NULL;
    enter();
    g_autofree char *name = g_strnfill(120, 'x');
    g_autofree char *deep = g_build_filename(home, name, NULL);
    CU_ASSERT_EQUAL(srt_channel_listen(deep, &path, &error), -1);
    CU_ASSERT_FATAL(error != NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(error->message, "too long for a socket"));
    CU_ASSERT_PTR_NOT_NULL(strstr(error->message, "XDG_STATE_HOME"));
    leave();
}

static void nowhere(void)
{
    g_autoptr(GError) error = NULL;
    char *path = NULL;
    g_unsetenv("XDG_STATE_HOME");
    CU_ASSERT_PTR_NULL(srt_channel_directory(NULL));
    CU_ASSERT_EQUAL(srt_channel_listen(NULL, &path, &error), -1);
    CU_ASSERT(error && strstr(error->message, "XDG_STATE_HOME"));
}

/* The peer's user is what it was when the pair was made, or when it listened. */
static void other_user(void)
{
    int ends[2];
    if (geteuid() != 0) {
        srt_unit_skip_to_root("only root can be two users");
        return;
    }
    g_autoptr(GError) error = NULL;
    CU_ASSERT_FATAL(srt_fd_socketpair(SOCK_STREAM, ends));
    CU_ASSERT_EQUAL_FATAL(seteuid(65534), 0);
    CU_ASSERT(!srt_channel_check_peer(ends[0], &error));
    CU_ASSERT_EQUAL_FATAL(seteuid(0), 0);
    CU_ASSERT(error && strstr(error->message, "expected user 65534"));
    CU_ASSERT(srt_channel_check_peer(ends[0], NULL));
    srt_fd_clear(&ends[0]);
    srt_fd_clear(&ends[1]);
}

static const srt_unit_case cases[] = {
    {"the two meet", meets},
    {"accept says why there is nothing", accept_says_why},
    {"what is left of others is removed", removes_stale},
    {"links are refused, modes put right", refuses_links},
    {"a path too long is an error", too_long},
    {"no home, no place", nowhere},
    {"another user is refused", other_user},
};

SRT_UNIT_MAIN("channel.place", cases)
