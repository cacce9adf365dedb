/* SPDX-License-Identifier: Apache-2.0 */
#include "run/quarantine.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

#include "base/error.h"
#include "base/fd.h"
#include "run/quarantine_copy.h"

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#endif
#ifndef O_PATH
#define O_PATH O_RDONLY
#endif

struct SrtQuarantine {
    char *full;
    char *path;  /* of base */
    char *parts; /* what is still to be made below it */
    int base;
    gboolean avoid;
    int place; /* of this run, -1: not made yet */
    char *place_path;
    guint count;
    SrtCopyLimits limits;
};

SrtQuarantine *srt_quarantine_new(const char *state)
{
    SrtQuarantine *q = g_new0(SrtQuarantine, 1);
    q->place = -1;
    q->base = -1;
    q->avoid = state == NULL;
    q->full = g_build_filename(state ? state : "/", "srt", "quarantine", NULL);
    q->path = g_strdup(q->full);
    q->limits = (SrtCopyLimits){SRT_QUARANTINE_COPY_MAX, SRT_QUARANTINE_ENTRIES_MAX};
    for (;;) {
        q->base = open(q->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (q->base >= 0 || strcmp(q->path, "/") == 0)
            break;
        char *up = g_path_get_dirname(q->path);
        g_free(q->path);
        q->path = up;
    }
    q->parts = g_strdup(q->full + (q->path[1] ? strlen(q->path) : 0));
    return q;
}

void srt_quarantine_avoid_state(SrtQuarantine *q)
{
    q->avoid = TRUE;
}

const char *srt_quarantine_state(const SrtQuarantine *q)
{
    return q->full;
}

void srt_quarantine_free(SrtQuarantine *q)
{
    if (!q)
        return;
    srt_fd_clear(&q->base);
    srt_fd_clear(&q->place);
    g_free(q->full);
    g_free(q->path);
    g_free(q->parts);
    g_free(q->place_path);
    g_free(q);
}

/* A directory of ours below another, made when it is not there. */
static int enter(int directory, const char *name)
{
    struct stat st;
    if (mkdirat(directory, name, 0700) < 0 && errno != EEXIST)
        return -1;
    srt_autofd int fd = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0)
        return -1;
    if (st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH))) {
        errno = EPERM;
        return -1;
    }
    return srt_fd_steal(&fd);
}

static gboolean make_in_state(SrtQuarantine *q, const char *name)
{
    g_auto(GStrv) parts = g_strsplit(q->parts, "/", -1);
    srt_autofd int at = q->base < 0 ? -1 : dup(q->base);
    for (char **part = parts; at >= 0 && *part; part++) {
        if (!**part)
            continue;
        int next = enter(at, *part);
        srt_fd_clear(&at);
        at = next;
    }
    if (at < 0 || mkdirat(at, name, 0700) < 0)
        return FALSE;
    q->place = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    q->place_path = g_build_filename(q->full, name, NULL);
    return q->place >= 0;
}

/* Where the user's own place cannot be used, or is itself what was planted. */
static gboolean make_elsewhere(SrtQuarantine *q)
{
    g_autofree char *path = g_strdup("/var/tmp/srt-quarantine-XXXXXX");
    if (!g_mkdtemp(path))
        return FALSE;
    g_free(q->place_path);
    q->place = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    q->place_path = g_steal_pointer(&path);
    return q->place >= 0;
}

static gboolean make_place(SrtQuarantine *q, GError **error)
{
    char name[64];
    time_t now = time(NULL);
    struct tm tm;
    if (q->place >= 0)
        return TRUE;
    gmtime_r(&now, &tm);
    size_t n = strftime(name, sizeof name, "%Y%m%dT%H%M%SZ", &tm);
    snprintf(name + n, sizeof name - n, "-%d", (int)getpid());
    if ((!q->avoid && make_in_state(q, name)) || make_elsewhere(q))
        return TRUE;
    return srt_set_errno(error, SRT_ERROR_FAILED, errno, "cannot make a directory for quarantine");
}

/* A JSON string; bytes that are not UTF-8 stand as \xHH. */
static void append_json(GString *out, const char *key, const char *value)
{
    g_string_append_printf(out, "%s\"%s\": \"", out->len > 1 ? ", " : "", key);
    for (const char *p = value; *p;) {
        gunichar c = g_utf8_get_char_validated(p, -1);
        if (c == (gunichar)-1 || c == (gunichar)-2) {
            g_string_append_printf(out, "\\\\x%02x", (guint)(guchar)*p++);
            continue;
        }
        if (c == '"' || c == '\\')
            g_string_append_printf(out, "\\%c", (char)c);
        else if (c < 0x20 || c == 0x7f)
            g_string_append_printf(out, "\\u%04x", (guint)c);
        else
            g_string_append_unichar(out, c);
        p += g_utf8_skip[(guchar)*p];
    }
    g_string_append_c(out, '"');
}

/* For people; that it cannot be written changes nothing. */
static void write_note(SrtQuarantine *q, const char *origin, const char *name, const char *rule,
                       const char *why)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *time_text = g_date_time_format_iso8601(now);
    g_autoptr(GString) line = g_string_new("{");
    append_json(line, "time", time_text);
    append_json(line, "path", origin);
    append_json(line, "kept", name);
    append_json(line, "rule", rule);
    append_json(line, "why", why);
    g_string_append(line, "}\n");
    srt_autofd int fd =
        openat(q->place, "note.json", O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd >= 0)
        srt_fd_write_all(fd, line->str, line->len);
}

static int rename_one(int from, const char *name, int to, const char *new_name)
{
#ifdef SYS_renameat2
    if (syscall(SYS_renameat2, from, name, to, new_name, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != ENOSYS && errno != EINVAL)
        return -1;
#endif
    return renameat(from, name, to, new_name); /* new_name is ours alone */
}

/* Renames, and past a mode that was set to stop that. */
static int rename_away(SrtQuarantine *q, int parent, const char *name, const char *kept)
{
    struct stat st, own;
    if (rename_one(parent, name, q->place, kept) == 0)
        return 0;
    int failed = errno;
    if ((failed != EACCES && failed != EPERM) || fstat(parent, &st) < 0)
        return -1;
    gboolean directory =
        fstatat(parent, name, &own, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(own.st_mode);
    srt_copy_chmod(parent, ".", (st.st_mode & 07777) | 0700);
    if (directory)
        srt_copy_chmod(parent, name, (own.st_mode & 07777) | 0700);
    int result = rename_one(parent, name, q->place, kept);
    failed = errno;
    if (result < 0)
        errno = failed;
    return result;
}

gboolean srt_quarantine_take(SrtQuarantine *q, const char *root, const char *relative,
                             const char *rule, const char *why, char **ret_place, GError **error)
{
    g_autofree char *origin = g_build_filename(root, relative, NULL);
    g_autofree char *directory = g_path_get_dirname(relative);
    g_autofree char *name = g_path_get_basename(relative);
    if (!make_place(q, error))
        return FALSE;
    srt_autofd int top = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    srt_autofd int fd = top < 0 ? -1 : srt_fd_open_below(top, root + 1, O_PATH | O_DIRECTORY);
    srt_autofd int parent =
        fd < 0 ? -1
               : srt_fd_open_below(fd, strcmp(directory, ".") == 0 ? "" : directory,
                                   O_PATH | O_DIRECTORY);
    if (parent < 0)
        return srt_set_errno(error, SRT_ERROR_FAILED, errno, "cannot reach %s", origin);
    /* The name itself is chosen by what was sandboxed: cut to what surely fits. */
    g_autofree char *kept = g_strdup_printf("%u-%.100s", ++q->count, name);
    int result = rename_away(q, parent, name, kept);
    if (result < 0 && errno == EXDEV)
        result = srt_copy_away(parent, name, q->place, kept, &q->limits) ? 0 : -1;
    if (result < 0)
        return srt_set_errno(error, SRT_ERROR_FAILED, errno, "cannot move %s away", origin);
    write_note(q, origin, kept, rule, why);
    *ret_place = g_build_filename(q->place_path, kept, NULL);
    return TRUE;
}
