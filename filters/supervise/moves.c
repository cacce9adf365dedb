/* SPDX-License-Identifier: Apache-2.0 */
/* Directories that are moved: their content gets new names without being named. Each rule is
 * stepped along the old and the new path at once; where nothing more can match below the new one
 * than below the old one, nothing needs to be read. That is nearly always so at once. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

#define DEPTH_MAX 64
#define ENTRIES_MAX 20000

typedef struct open_rule {
    const sup_rule *rule;
    sup_cursor from, to;
} open_rule;

typedef struct move {
    unsigned entries;
    int error;
    const sup_rule *found;
} move;

/* Steps the rules by "/name" into a new list. The number of those that are still open; sets
 * found. */
static size_t step(move *m, const open_rule *rules, size_t count, const char *name, open_rule *ret)
{
    size_t left = 0, length = strlen(name);
    for (size_t i = 0; i < count && !m->found; i++) {
        open_rule next = rules[i];
        sup_cursor_step(next.rule, &next.from, "/", 1);
        sup_cursor_step(next.rule, &next.to, "/", 1);
        sup_cursor_step(next.rule, &next.from, name, length);
        sup_cursor_step(next.rule, &next.to, name, length);
        if (next.to.accepted && !next.from.accepted)
            m->found = next.rule;
        else if (!sup_cursor_covers(next.rule, &next.from, &next.to))
            ret[left++] = next;
    }
    return left;
}

static void look_into(move *m, int parent, const char *name, const open_rule *rules, size_t count,
                      unsigned depth);

static bool is_directory(int parent, const struct dirent *entry)
{
    struct stat st;
    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type == DT_DIR;
    return fstatat(parent, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

static void look_at_entries(move *m, DIR *directory, const open_rule *rules, size_t count,
                            open_rule *room, unsigned depth)
{
    const struct dirent *entry;
    while (!m->found && !m->error && (errno = 0, entry = readdir(directory))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (++m->entries > ENTRIES_MAX) {
            m->error = -EXDEV;
            return;
        }
        size_t left = step(m, rules, count, entry->d_name, room);
        if (left > 0 && !m->found && is_directory(dirfd(directory), entry))
            look_into(m, dirfd(directory), entry->d_name, room, left, depth + 1);
    }
    if (!m->found && !m->error && errno)
        m->error = -errno;
}

static void look_into(move *m, int parent, const char *name, const open_rule *rules, size_t count,
                      unsigned depth)
{
    if (depth > DEPTH_MAX) {
        m->error = -EXDEV;
        return;
    }
    open_rule *room = calloc(count, sizeof *room);
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
    if (!room)
        m->error = -ENOMEM;
    else if (!directory)
        m->error = -errno;
    else
        look_at_entries(m, directory, rules, count, room, depth);
    if (directory)
        closedir(directory);
    else if (fd >= 0)
        close(fd);
    free(room);
}

const sup_rule *sup_move_judge(const sup_names *names, int parent, const char *name,
                               const char *from, const char *to, int *ret_error)
{
    move m = {0};
    size_t count = sup_names_count(names), left = 0;
    open_rule *rules = calloc(count + 1, sizeof *rules);
    *ret_error = 0;
    if (!rules) {
        *ret_error = -ENOMEM;
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        open_rule *open = &rules[left];
        open->rule = sup_names_rule(names, i);
        sup_cursor_start(open->rule, &open->from);
        sup_cursor_start(open->rule, &open->to);
        sup_cursor_step(open->rule, &open->from, from, strlen(from));
        sup_cursor_step(open->rule, &open->to, to, strlen(to));
        left += !sup_cursor_covers(open->rule, &open->from, &open->to);
    }
    if (left > 0)
        look_into(&m, parent, name, rules, left, 0);
    free(rules);
    *ret_error = m.found ? 0 : m.error;
    return m.found;
}
