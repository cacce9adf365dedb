/* SPDX-License-Identifier: Apache-2.0 */
#include "run/sweep.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "policy/later.h"
#include "run/git_look.h"
#include "run/quarantine.h"
#include "run/quarantine_copy.h"

#define WARNINGS_MAX 5
#define FOUND_MAX 100000u
/* Directories that had to be made searchable are looked at in one more round. */
#define ROUNDS_MAX 16

typedef struct Found {
    char *root;
    char *path;
    char *rule;
    char *why;
} Found;

struct SrtSweep {
    SrtLater *later;
    SrtQuarantine *quarantine;
    GPtrArray *found;   /* Found, owned */
    GHashTable *paths;  /* of found, and of repositories that were looked at */
    GHashTable *opened; /* directories whose mode was changed */
    gboolean again;
    guint warnings;
};

static void found_free(gpointer data)
{
    Found *found = data;
    g_free(found->root);
    g_free(found->path);
    g_free(found->rule);
    g_free(found->why);
    g_free(found);
}

SrtSweep *srt_sweep_new(const SrtPolicy *policy, const char *state)
{
    SrtSweep *sweep = g_new0(SrtSweep, 1);
    sweep->later = srt_later_new(policy);
    sweep->quarantine = srt_quarantine_new(state);
    sweep->found = g_ptr_array_new_with_free_func(found_free);
    sweep->paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    sweep->opened = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return sweep;
}

void srt_sweep_free(SrtSweep *sweep)
{
    if (!sweep)
        return;
    srt_later_free(sweep->later);
    srt_quarantine_free(sweep->quarantine);
    g_ptr_array_unref(sweep->found);
    g_hash_table_destroy(sweep->paths);
    g_hash_table_destroy(sweep->opened);
    g_free(sweep);
}

static void add(SrtSweep *sweep, const char *root, const char *path, const char *rule,
                const char *why)
{
    if (sweep->found->len >= FOUND_MAX || !g_hash_table_add(sweep->paths, g_strdup(path)))
        return;
    Found *found = g_new(Found, 1);
    *found = (Found){g_strdup(root), g_strdup(path), g_strdup(rule), g_strdup(why)};
    g_ptr_array_add(sweep->found, found);
}

static void on_found(void *data, const char *root, const char *path, const srt_origin *rule)
{
    add(data, root, path, rule ? rule->pointer : "", "it has a protected name");
}

static void on_git(void *data, const char *path, const char *why)
{
    SrtSweep *sweep = data;
    const char *root = srt_later_root_of(sweep->later, path);
    if (root) /* else the command cannot have made it */
        add(sweep, root, path, "protected name (of a new repository)", why);
}

static void on_repository(void *data, const char *root, const char *path)
{
    SrtSweep *sweep = data;
    (void)root;
    srt_git_look_repository(sweep->later, path, on_git, sweep);
}

static void on_git_file(void *data, const char *root, const char *path, const srt_origin *rule)
{
    SrtSweep *sweep = data;
    (void)root, (void)rule;
    srt_git_look_file(sweep->later, path, on_git, sweep);
}

static void G_GNUC_PRINTF(2, 3) warn(SrtSweep *sweep, const char *format, ...)
{
    va_list args;
    if (sweep->warnings++ >= WARNINGS_MAX)
        return;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    srt_log_warning("%s", text);
}

/* What the command made unsearchable is made searchable, and looked at once more. */
static void on_blocked(void *data, const char *root, const char *path, int error)
{
    SrtSweep *sweep = data;
    (void)root;
    srt_autofd int top = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    g_autofree char *directory = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);
    if (error == EACCES && top >= 0 && g_hash_table_add(sweep->opened, g_strdup(path))) {
        struct stat st;
        srt_autofd int parent =
            srt_fd_open_below(top, directory + 1, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
        if (parent >= 0 && fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
            srt_copy_chmod(parent, name, (st.st_mode & 07777) | 0700);
        sweep->again = TRUE;
        return;
    }
    warn(sweep, "%s cannot be searched (%s): protected names may have been made in it", path,
         g_strerror(error));
}

static void look(SrtSweep *sweep)
{
    static const SrtLaterOps ops = {on_found, on_repository, on_git_file, on_blocked};
    for (guint round = 0; round < ROUNDS_MAX; round++) {
        g_autoptr(GError) error = NULL;
        sweep->again = FALSE;
        if (!srt_later_look(sweep->later, &ops, sweep, &error))
            warn(sweep, "protected names may have been made: %s", error->message);
        if (!sweep->again)
            return;
    }
}

static void record(const Found *found, const char *place, SrtViolationStore *violations,
                   const char *source)
{
    g_autofree char *reason =
        g_strdup_printf("%s, and got past the check; %s%s", found->why,
                        place ? "it is now " : "it could not be moved away", place ? place : "");
    srt_violation violation = {
        .struct_size = sizeof violation,
        .flags = SRT_VIOLATION_TAMPERING,
        .operation = SRT_OP_CREATE,
        .target = found->path,
        .rule = found->rule,
        .reason = reason,
    };
    if (violations)
        srt_violation_store_add(violations, &violation, source);
}

static void take(SrtSweep *sweep, const Found *found, SrtViolationStore *violations,
                 const char *source)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *place = NULL;
    const char *relative = found->path + (found->root[1] ? strlen(found->root) : 0) + 1;
    if (srt_quarantine_take(sweep->quarantine, found->root, relative, found->rule, found->why,
                            &place, &error))
        warn(sweep, "the command made %s against a rule (%s): it was moved to %s", found->path,
             found->why, place);
    else
        warn(sweep,
             "the command made %s against a rule (%s), and it is still there, do not use it: %s",
             found->path, found->why, error->message);
    record(found, place, violations, source);
}

/* Whether the place for quarantine lies in something that has to go there. */
static gboolean state_is_planted(const SrtSweep *sweep)
{
    const char *state = srt_quarantine_state(sweep->quarantine);
    for (guint i = 0; i < sweep->found->len; i++) {
        const Found *found = g_ptr_array_index(sweep->found, i);
        gsize length = strlen(found->path);
        if (strncmp(state, found->path, length) == 0 &&
            (state[length] == '/' || state[length] == '\0'))
            return TRUE;
    }
    return FALSE;
}

guint srt_sweep_run(SrtSweep *sweep, SrtViolationStore *violations, const char *source)
{
    look(sweep);
    if (state_is_planted(sweep))
        srt_quarantine_avoid_state(sweep->quarantine);
    for (guint i = 0; i < sweep->found->len; i++)
        take(sweep, g_ptr_array_index(sweep->found, i), violations, source);
    if (sweep->warnings > WARNINGS_MAX)
        srt_log_warning("and %u more like these: the violations and note.json there name them",
                        sweep->warnings - WARNINGS_MAX);
    return sweep->found->len;
}
