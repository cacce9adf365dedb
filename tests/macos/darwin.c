/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "darwin.h"

enum { FILE_FD = 90, LOG_FD = 91, OTHER_END = 92 };
enum { DARWIN_EAGAIN = 35, DARWIN_ENOENT = 2, DARWIN_ESRCH = 3 };

char darwin_written[1 << 20];
size_t darwin_n_written;
char darwin_started[4096];

static int error_number;
static const char *log_text = "";
static size_t log_piece = 1;

void darwin_log_says(const char *text, size_t piece)
{
    log_text = text;
    log_piece = piece;
}

static int *its_errno(void)
{
    return &error_number;
}

static int fail_with(int error)
{
    error_number = error;
    return -1;
}

/* Kinds of characters, where <ctype.h> of macOS looks for them. */
static struct rune_locale {
    char magic[8], encoding[32];
    void *functions[2];
    int invalid;
    uint32_t kinds[256];
    int lower[256], upper[256];
} runes;

static int lower(int c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static int kind_is(int c, unsigned long kind)
{
    (void)c, (void)kind;
    return 0; /* is only asked about characters beyond ASCII */
}

static void fill_runes(void)
{
    for (int c = 0; c < 128; c++) {
        bool alpha = (lower(c) >= 'a' && lower(c) <= 'z'), digit = c >= '0' && c <= '9';
        bool hex = digit || (lower(c) >= 'a' && lower(c) <= 'f');
        runes.kinds[c] = (alpha ? 0x100u : 0) | (digit ? 0x400u : 0) | (hex ? 0x10000u : 0);
    }
}

static char *its_realpath(const char *path, char *room)
{
    (void)room;
    return strdup(strcmp(path, "/tmp") == 0 ? "/private/tmp" : path);
}

static char *its_mkdtemp(char *path)
{
    size_t n = strlen(path);
    memcpy(path + n - 6, "AbCdEf", 6);
    return path;
}

/* 144 bytes; of these the mode is looked at. */
static int its_stat(const char *path, void *room)
{
    const uint16_t mode = 0100755;
    if (strncmp(path, "/usr/bin/", 9) != 0)
        return fail_with(DARWIN_ENOENT);
    memset(room, 0, 144);
    memcpy((char *)room + 4, &mode, sizeof mode);
    return 0;
}

static int its_open(const char *path, int flags)
{
    (void)flags;
    /* What would be walked to be removed is not there. */
    return strcmp(path, DARWIN_OWN) == 0 ? fail_with(DARWIN_ENOENT) : FILE_FD;
}

static long its_write(int fd, const void *bytes, size_t n)
{
    (void)fd;
    if (darwin_n_written + n >= sizeof darwin_written)
        abort();
    memcpy(darwin_written + darwin_n_written, bytes, n);
    darwin_n_written += n;
    darwin_written[darwin_n_written] = '\0';
    return (long)n;
}

static long its_read(int fd, void *room, size_t size)
{
    size_t n = strlen(log_text);
    (void)fd;
    n = n < log_piece ? n : log_piece;
    n = n < size ? n : size;
    if (n == 0)
        return fail_with(DARWIN_EAGAIN);
    memcpy(room, log_text, n);
    log_text += n;
    return (long)n;
}

static int its_poll(void *fds, unsigned count, int ms)
{
    (void)fds, (void)count, (void)ms;
    return *log_text != '\0';
}

static int its_pipe(int ends[2])
{
    ends[0] = LOG_FD;
    ends[1] = OTHER_END;
    return 0;
}

static int its_spawn(int *ret_pid, const char *path, void *actions, void *attributes,
                     char *const *argv, char *const *env)
{
    size_t n = strlen(darwin_started), size = sizeof darwin_started;
    (void)path, (void)actions, (void)attributes, (void)env;
    for (size_t i = 0; argv[i] && n < size; i++)
        n += (size_t)snprintf(darwin_started + n, size - n, "%s%s", i ? " " : "", argv[i]);
    snprintf(darwin_started + n, size - n, "\n");
    *ret_pid = 4000;
    return 0;
}

static int its_waitpid(int pid, int *status, int flags)
{
    (void)flags;
    *status = 0;
    return pid;
}

static int its_getentropy(void *room, size_t n)
{
    memset(room, DARWIN_RANDOM, n);
    return 0;
}

static int no_process(void)
{
    return fail_with(DARWIN_ESRCH);
}

static int not_there(void)
{
    return fail_with(DARWIN_ENOENT);
}

static int fine(void)
{
    return 0;
}

static void *nothing(void)
{
    return NULL;
}

static void clear(void *room, size_t n)
{
    memset(room, 0, n);
}

static void *checked_copy(void *to, const void *from, size_t n, size_t room)
{
    return n > room ? (abort(), NULL) : memcpy(to, from, n);
}

static void *checked_set(void *to, int c, size_t n, size_t room)
{
    return n > room ? (abort(), NULL) : memset(to, c, n);
}

static uintptr_t guard = 0x5a5a00ff;

/* Functions and data as addresses of one kind, for the table. */
#define F(name, function)                                                                          \
    {                                                                                              \
        name, (void *)(uintptr_t)(function)                                                        \
    }
#define SAME(function) F(#function, function)

static const struct {
    const char *name;
    void *address;
} imports[] = {
    SAME(abort),
    SAME(calloc),
    SAME(free),
    SAME(malloc),
    SAME(memchr),
    SAME(memcmp),
    SAME(memcpy),
    SAME(memmove),
    SAME(memset),
    SAME(qsort),
    SAME(realloc),
    SAME(snprintf),
    SAME(strchr),
    SAME(strcmp),
    SAME(strcspn),
    SAME(strdup),
    SAME(strerror),
    SAME(strlen),
    SAME(strncmp),
    SAME(strrchr),
    SAME(strspn),
    SAME(strstr),
    SAME(strtol),
    SAME(strtoul),
    SAME(vsnprintf),
    F("_DefaultRuneLocale", &runes),
    F("__bzero", clear),
    F("__error", its_errno),
    F("__maskrune", kind_is),
    F("__memcpy_chk", checked_copy),
    F("__memset_chk", checked_set),
    F("__stack_chk_fail", abort),
    F("__stack_chk_guard", &guard),
    F("__tolower", lower),
    F("access", fine),
    F("close", fine),
    F("closedir", fine),
    F("confstr", nothing),
    F("dirfd", not_there),
    F("dup2", not_there),
    F("dyld_stub_binder", abort),
    F("fchmod", not_there),
    F("fchmodat", not_there),
    F("fcntl", fine),
    F("fdopendir$INODE64", nothing),
    F("flock", fine),
    F("fstat$INODE64", not_there),
    F("getentropy", its_getentropy),
    F("geteuid", fine),
    F("kill", no_process),
    F("mkdir", fine),
    F("mkdtemp", its_mkdtemp),
    F("open", its_open),
    F("openat", not_there),
    F("opendir$INODE64", nothing),
    F("pipe", its_pipe),
    F("poll", its_poll),
    F("posix_spawn", its_spawn),
    F("posix_spawn_file_actions_adddup2", fine),
    F("posix_spawn_file_actions_addopen", fine),
    F("posix_spawn_file_actions_destroy", fine),
    F("posix_spawn_file_actions_init", fine),
    F("posix_spawnattr_destroy", fine),
    F("posix_spawnattr_init", fine),
    F("posix_spawnattr_setflags", fine),
    F("posix_spawnattr_setpgroup", fine),
    F("posix_spawnattr_setsigdefault", fine),
    F("posix_spawnattr_setsigmask", fine),
    F("read", its_read),
    F("readdir$INODE64", nothing),
    F("realpath$DARWIN_EXTSN", its_realpath),
    F("renameat", not_there),
    F("rmdir", fine),
    F("stat$INODE64", its_stat),
    F("time", fine),
    F("unlinkat", not_there),
    F("waitpid", its_waitpid),
    F("write", its_write),
};

void *darwin_import(const char *name)
{
    fill_runes();
    for (size_t i = 0; i < sizeof imports / sizeof *imports; i++)
        if (strcmp(imports[i].name, name) == 0)
            return imports[i].address;
    return NULL;
}
