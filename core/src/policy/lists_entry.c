/* SPDX-License-Identifier: Apache-2.0 */
/* The rule of one entry of a list at one place. */
#include "policy/lists_private.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

/* Device files that every sandbox has, whatever the lists say. */
static const char *const standard_devices[] = {
    "/dev/null",    "/dev/zero",    "/dev/full",         "/dev/random",
    "/dev/urandom", "/dev/tty",     "/dev/stdin",        "/dev/stdout",
    "/dev/stderr",  "/dev/fd",      "/dev/ptmx",         "/dev/pts",
    "/dev/shm",     "/dev/console", "/dev/dtracehelper", "/dev/autofs_nowait",
};

gboolean srt_list_entry_denies(const SrtListEntry *entry)
{
    return entry->kind == SRT_KIND_DENY_READ || entry->kind == SRT_KIND_DENY_WRITE;
}

gboolean srt_list_entry_skip_kernel(const SrtLists *lists, const srt_origin *origin,
                                    const char *path)
{
    if (!srt_path_is_kernel(path))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(standard_devices); i++)
        if (strcmp(path, standard_devices[i]) == 0)
            return TRUE;
    srt_rules_note(lists->rules, origin,
                   "is ignored: the sandbox has a /dev and a /proc of its own, and /sys is never "
                   "writable");
    return TRUE;
}

/* denyRead "/": every entry of it. Symbolic links lead to other entries. */
static void deny_root(const SrtLists *lists, const srt_origin *origin, guint32 flags)
{
    DIR *dir = opendir("/");
    if (!dir) {
        srt_rules_problem(lists->rules, origin, "cannot be denied: / cannot be listed");
        return;
    }
    for (struct dirent *entry; (entry = readdir(dir));) {
        struct stat st;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        g_autofree char *path = g_strconcat("/", entry->d_name, NULL);
        if (srt_path_is_kernel(path) || lstat(path, &st) < 0 || S_ISLNK(st.st_mode))
            continue;
        srt_rules_add(lists->rules, SRT_KIND_DENY_READ, path,
                      flags | (S_ISDIR(st.st_mode) ? SRT_PATH_DIR : 0), origin);
    }
    closedir(dir);
}

gboolean srt_list_entry_is_within(const SrtLists *lists, const SrtListEntry *entry,
                                  const char *path)
{
    for (const SrtConfigItem *item = entry->within; item; item = item->within) {
        if (srt_grant_covers(lists->resolver, item->text, lists->cwd, lists->home, path))
            continue;
        srt_rules_note(lists->rules, entry->origin,
                       "grants nothing: %s lies outside of \"%s\" in %s, which it may only narrow",
                       path, item->text, item->file);
        return FALSE;
    }
    return TRUE;
}

static void add_grant(const SrtLists *lists, const SrtListEntry *entry, const SrtResolved *at)
{
    guint32 dir = at->found == SRT_FOUND_DIR ? SRT_PATH_DIR : 0;
    if (srt_list_entry_skip_kernel(lists, entry->origin, at->path))
        return;
    if (at->link)
        srt_rules_add_link(lists->rules, at->link, at->path, entry->origin);
    srt_rules_add(lists->rules, SRT_KIND_ALLOW_WRITE, at->path, entry->flags | dir, entry->origin);
    /* What is below it is found by looking; the path itself is not. */
    const char *slash = strrchr(at->path, '/');
    const SrtMandatoryName *name =
        srt_mandatory_match(lists->mandatory, at->path, strlen(at->path),
                            (gsize)(slash - at->path) + 1, at->found == SRT_FOUND_DIR);
    if (name)
        srt_rules_add(lists->rules, SRT_KIND_DENY_WRITE, at->path, dir | SRT_PATH_MANDATORY,
                      name->origin);
}

/* A link could be anybody's: it opens what is hidden with it, and nothing that is denied by an
 * entry of its own. Said when not. */
static gboolean opens_denied(const SrtLists *lists, const SrtListEntry *entry,
                             const SrtResolved *at)
{
    if (entry->kind != SRT_KIND_ALLOW_READ || !at->link)
        return FALSE;
    const srt_origin *own = srt_rules_read_denial(lists->rules, at->path, NULL);
    if (!own || srt_rules_read_denial(lists->rules, at->link, own))
        return FALSE;
    srt_rules_note(lists->rules, entry->origin,
                   "is a symbolic link to %s, which %s denies by itself, and is ignored: name "
                   "the target if it is meant",
                   at->path, own->pointer);
    return TRUE;
}

static void add_existing(const SrtLists *lists, const SrtListEntry *entry, const SrtResolved *at)
{
    guint32 dir = at->found == SRT_FOUND_DIR ? SRT_PATH_DIR : 0;
    if (!srt_list_entry_denies(entry) && !srt_list_entry_is_within(lists, entry, at->path))
        return;
    if (opens_denied(lists, entry, at))
        return;
    if (entry->kind == SRT_KIND_ALLOW_WRITE)
        add_grant(lists, entry, at);
    else if (entry->kind == SRT_KIND_DENY_READ && at->path[1] == '\0')
        deny_root(lists, entry->origin, entry->flags);
    else
        srt_rules_add(lists->rules, entry->kind, at->path, entry->flags | dir, entry->origin);
}

/* A denied name that does not exist is not said aloud: lists of secrets name many
 * that a machine has not. The plan shows them. */
static void add_missing(const SrtLists *lists, const SrtListEntry *entry, const SrtResolved *at)
{
    gboolean reads = entry->kind == SRT_KIND_DENY_READ;
    if (srt_list_entry_denies(entry))
        srt_rules_add_candidate(lists->rules, at->path, at->nearest,
                                reads ? SRT_ACCESS_HIDDEN : SRT_ACCESS_READ, entry->flags,
                                !reads && !(entry->flags & SRT_PATH_MANDATORY), entry->origin);
    else
        srt_rules_note(lists->rules, entry->origin, "does not exist and is ignored");
}

void srt_list_entry_add_blocked(const SrtLists *lists, const SrtListEntry *entry,
                                const SrtResolved *at)
{
    if (entry->flags & SRT_PATH_MANDATORY)
        return; /* where nobody can look, the command cannot write */
    if (!srt_list_entry_denies(entry)) {
        srt_rules_note(lists->rules, entry->origin, "cannot be inspected (%s) and is ignored",
                       g_strerror(at->error));
    } else if (at->nearest[1] == '\0') {
        srt_rules_problem(lists->rules, entry->origin,
                          "cannot be inspected (%s), and there is no directory above it that "
                          "could be denied instead: correct the path, or make it accessible",
                          g_strerror(at->error));
    } else {
        srt_rules_add(lists->rules, entry->kind, at->nearest, entry->flags | SRT_PATH_DIR,
                      entry->origin);
        srt_rules_note(lists->rules, entry->origin,
                       "cannot be inspected (%s); %s is denied instead", g_strerror(at->error),
                       at->nearest);
    }
}

/* The target is denied where it is; this keeps the name from being given to
 * something else. */
void srt_list_entry_keep_link(const SrtLists *lists, const SrtListEntry *entry,
                              const SrtResolved *at)
{
    if (!at->link || entry->kind != SRT_KIND_DENY_WRITE)
        return;
    g_autofree char *directory = g_path_get_dirname(at->link);
    srt_rules_add_candidate(lists->rules, at->link, directory, SRT_ACCESS_READ, entry->flags,
                            !(entry->flags & SRT_PATH_MANDATORY), entry->origin);
}

void srt_list_entry_add_resolved(const SrtLists *lists, const SrtListEntry *entry,
                                 const SrtResolved *at)
{
    srt_list_entry_keep_link(lists, entry, at);
    switch (at->found) {
    case SRT_FOUND_DIR:
    case SRT_FOUND_FILE:
        add_existing(lists, entry, at);
        break;
    case SRT_FOUND_MISSING:
        add_missing(lists, entry, at);
        break;
    case SRT_FOUND_BLOCKED:
        srt_list_entry_add_blocked(lists, entry, at);
        break;
    case SRT_FOUND_LOOP:
        if (!(entry->flags & SRT_PATH_MANDATORY))
            srt_rules_problem(lists->rules, entry->origin,
                              "leads through symbolic links that lead back to each other (at %s): "
                              "remove one of them, or name the place that is meant",
                              at->path);
        break;
    case SRT_FOUND_TOO_LONG:
        srt_rules_problem(lists->rules, entry->origin, "is too long for a path");
        break;
    }
}

void srt_list_entry_add_path(const SrtLists *lists, const SrtListEntry *entry, const char *path)
{
    g_auto(SrtResolved) at = {0};
    srt_resolve(lists->resolver, path, &at);
    srt_list_entry_add_resolved(lists, entry, &at);
}
