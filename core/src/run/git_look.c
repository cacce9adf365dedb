/* SPDX-License-Identifier: Apache-2.0 */
#include "run/git_look.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "policy/paths.h"
#include "run/git_config.h"

#define HOOKS_MAX 1000    /* entries of a directory of hooks */
#define POINTER_MAX 8192u /* bytes of a file that names a directory */

static int open_path(const char *path, int flags)
{
    srt_autofd int top = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return top < 0 ? -1 : srt_fd_open_below(top, path + 1, flags);
}

/* The text of a regular file, ended by a NUL that does not count. NULL with *ret_why,
 * which is NULL when there is nothing of that name. */
static char *read_regular(const char *path, gsize limit, gsize *ret_length, const char **ret_why)
{
    struct stat st;
    gsize have = 0;
    srt_autofd int fd = open_path(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    *ret_why = fd < 0 && errno == ENOENT ? NULL : "it is no file that can be read";
    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        return NULL;
    if ((guint64)st.st_size > limit) {
        *ret_why = "it is larger than such a file is";
        return NULL;
    }
    g_autofree char *text = g_malloc(limit + 1);
    for (ssize_t n = 1; n > 0 && have<limit; have += n> 0 ? (gsize)n : 0) {
        n = read(fd, text + have, limit - have);
        if (n < 0)
            return NULL;
    }
    text[have] = '\0';
    *ret_length = have;
    return g_steal_pointer(&text);
}

static gboolean is_sample(int directory, const char *name)
{
    struct stat st;
    return g_str_has_suffix(name, ".sample") &&
           fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

static void look_at_hooks(const char *path, SrtGitFound found, void *data)
{
    guint n = 0;
    int fd = open_path(path, O_RDONLY | O_DIRECTORY);
    DIR *stream = fd < 0 ? NULL : fdopendir(fd);
    if (!stream) {
        if (errno != ENOENT)
            found(data, path, "git runs what it leads to");
        srt_fd_clear(&fd);
        return;
    }
    for (struct dirent *entry; (entry = readdir(stream)) && n <= HOOKS_MAX;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            is_sample(fd, entry->d_name))
            continue;
        g_autofree char *hook = g_build_filename(path, entry->d_name, NULL);
        if (++n <= HOOKS_MAX)
            found(data, hook, "git runs it as a hook");
    }
    if (n > HOOKS_MAX)
        found(data, path, "it holds more hooks than anybody has");
    closedir(stream);
}

/* Where git would write the files of the repository. */
static char *judge_worktree(const SrtLater *later, const char *repository, const char *worktree)
{
    g_autoptr(SrtResolver) resolver = srt_resolver_new();
    g_auto(SrtResolved) at = {0};
    g_autofree char *path =
        *worktree == '/' ? g_strdup(worktree) : g_strconcat(repository, "/", worktree, NULL);
    srt_resolve(resolver, path, &at);
    if (srt_later_root_of(later, at.path))
        return NULL;
    return g_strdup_printf("it sets core.worktree to %.500s, which is not writable for the command",
                           at.path);
}

static void look_at_config(const SrtLater *later, const char *repository, const char *name,
                           SrtGitFound found, void *data)
{
    gsize length = 0;
    const char *why = NULL;
    g_autofree char *worktree = NULL;
    g_autofree char *path = g_build_filename(repository, name, NULL);
    g_autofree char *text = read_regular(path, SRT_GIT_CONFIG_MAX, &length, &why);
    if (!text) {
        if (why)
            found(data, path, why);
        return;
    }
    g_autofree char *wrong = srt_git_config_judge(text, length, &worktree);
    if (!wrong && worktree)
        wrong = judge_worktree(later, repository, worktree);
    if (wrong)
        found(data, path, wrong);
}

/* What `git worktree add` writes, and nothing else. */
static void look_at_commondir(const char *repository, SrtGitFound found, void *data)
{
    gsize length = 0;
    const char *why = NULL;
    g_autofree char *path = g_build_filename(repository, "commondir", NULL);
    g_autofree char *text = read_regular(path, POINTER_MAX, &length, &why);
    g_autofree char *parent = g_path_get_dirname(repository);
    if (!text && !why)
        return;
    if (!text || strcmp(g_strchomp(text), "../..") != 0 || !g_str_has_suffix(parent, "/worktrees"))
        found(data, path, "git takes configuration and hooks from where it points");
}

void srt_git_look_repository(const SrtLater *later, const char *path, SrtGitFound found, void *data)
{
    struct stat st;
    g_autofree char *hooks = g_build_filename(path, "hooks", NULL);
    g_autofree char *attributes = g_build_filename(path, "info", "attributes", NULL);
    look_at_hooks(hooks, found, data);
    if (srt_later_protects_git_config(later))
        look_at_config(later, path, "config", found, data);
    look_at_config(later, path, "config.worktree", found, data);
    look_at_commondir(path, found, data);
    if (lstat(attributes, &st) == 0)
        found(data, attributes, "git chooses filter commands by it");
}

void srt_git_look_file(const SrtLater *later, const char *path, SrtGitFound found, void *data)
{
    static const char before[] = "gitdir: ";
    gsize length = 0;
    const char *why = NULL;
    g_autoptr(SrtResolver) resolver = srt_resolver_new();
    g_auto(SrtResolved) at = {0};
    g_autofree char *text = read_regular(path, POINTER_MAX, &length, &why);
    if (!text && !why)
        return;
    if (!text || !g_str_has_prefix(text, before) || strlen(text) != length) {
        found(data, path, "git takes configuration and hooks from where it points");
        return;
    }
    const char *target = g_strchomp(text) + strlen(before);
    g_autofree char *directory = g_path_get_dirname(path);
    g_autofree char *full =
        *target == '/' ? g_strdup(target) : g_strconcat(directory, "/", target, NULL);
    srt_resolve(resolver, full, &at);
    if (at.found != SRT_FOUND_DIR)
        found(data, path, "it points to no directory, which could still be made");
    else if (srt_later_knows_repository(later, at.path))
        return;
    else if (srt_later_root_of(later, at.path))
        srt_git_look_repository(later, at.path, found, data);
    else
        found(data, path, "it points to a repository that the command cannot have made");
}
