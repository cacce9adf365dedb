/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/paths.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_LINKS 40 /* as the kernel */

/* What one name is, without following it. */
typedef struct Known {
    mode_t mode; /* 0: error */
    int error;
    char *target; /* of a symbolic link */
} Known;

struct SrtResolver {
    GHashTable *known;       /* canonical directory + name -> Known */
    GHashTable *directories; /* as written -> canonical, of those that exist */
    GString *done, *rest;    /* of the walk under way */
};

/* One resolution under way. */
typedef struct Walk {
    GString *done; /* canonical; "" is "/" */
    GString *rest; /* what is still to do; from position `at` on */
    gsize at;
    gsize existing; /* length of the part of done that is an existing directory */
    guint missing;  /* names at the end of done that do not exist */
    guint links;
    char *link;
} Walk;

static void known_free(gpointer data)
{
    Known *known = data;
    g_free(known->target);
    g_free(known);
}

SrtResolver *srt_resolver_new(void)
{
    SrtResolver *resolver = g_new0(SrtResolver, 1);
    resolver->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, known_free);
    resolver->directories = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    resolver->done = g_string_sized_new(256);
    resolver->rest = g_string_sized_new(256);
    return resolver;
}

void srt_resolver_free(SrtResolver *resolver)
{
    if (!resolver)
        return;
    g_hash_table_destroy(resolver->known);
    g_hash_table_destroy(resolver->directories);
    g_string_free(resolver->done, TRUE);
    g_string_free(resolver->rest, TRUE);
    g_free(resolver);
}

void srt_resolved_clear(SrtResolved *resolved)
{
    g_free(resolved->path);
    g_free(resolved->nearest);
    g_free(resolved->link);
    *resolved = (SrtResolved){0};
}

static gboolean is_transient(int error)
{
    return error == EIO || error == ESTALE || error == EMFILE || error == ENFILE ||
           error == EAGAIN || error == EINTR || error == ENOMEM;
}

static Known *inspect(const char *path)
{
    Known *known = g_new0(Known, 1);
    struct stat st;
    int result = lstat(path, &st);
    if (result < 0 && is_transient(errno))
        result = lstat(path, &st);
    if (result < 0) {
        known->error = errno;
        return known;
    }
    known->mode = st.st_mode;
    if (S_ISLNK(st.st_mode)) {
        char target[PATH_MAX];
        ssize_t n = readlink(path, target, sizeof target);
        if (n <= 0 || (gsize)n >= sizeof target) {
            known->error = n < 0 ? errno : ENAMETOOLONG;
            known->mode = 0;
        } else {
            known->target = g_strndup(target, (gsize)n);
        }
    }
    return known;
}

static const Known *look_at(SrtResolver *resolver, const char *path)
{
    Known *known = g_hash_table_lookup(resolver->known, path);
    if (!known) {
        known = inspect(path);
        g_hash_table_insert(resolver->known, g_strdup(path), known);
    }
    return known;
}

static void pop(Walk *walk)
{
    const char *slash = strrchr(walk->done->str, '/');
    g_string_truncate(walk->done, slash ? (gsize)(slash - walk->done->str) : 0);
    if (walk->missing > 0)
        walk->missing--;
    if (walk->existing > walk->done->len)
        walk->existing = walk->done->len;
}

static gboolean is_last(const Walk *walk)
{
    return walk->rest->str[walk->at + strspn(walk->rest->str + walk->at, "/")] == '\0';
}

/* The name that was just appended to done is a link: done goes back to its
 * directory, what is left begins with the target. */
static SrtFound follow(Walk *walk, const Known *known)
{
    if (++walk->links > MAX_LINKS)
        return SRT_FOUND_LOOP;
    if (is_last(walk) && !walk->link)
        walk->link = g_strdup(walk->done->str);
    pop(walk);
    g_string_erase(walk->rest, 0, (gssize)walk->at);
    g_string_prepend_c(walk->rest, '/');
    g_string_prepend(walk->rest, known->target);
    walk->at = 0;
    if (known->target[0] == '/') {
        g_string_truncate(walk->done, 0);
        walk->existing = 0;
    }
    return SRT_FOUND_DIR;
}

/* Appends one name and looks at it. DIR: go on. */
static SrtFound enter(SrtResolver *resolver, Walk *walk, const char *name, gsize length,
                      int *ret_error)
{
    g_string_append_c(walk->done, '/');
    g_string_append_len(walk->done, name, (gssize)length);
    if (walk->done->len >= PATH_MAX || walk->rest->len >= 4 * PATH_MAX || length > NAME_MAX)
        return SRT_FOUND_TOO_LONG;
    if (walk->missing > 0) {
        walk->missing++;
        return SRT_FOUND_DIR;
    }
    const Known *known = look_at(resolver, walk->done->str);
    if (known->mode == 0 && known->error != ENOENT && known->error != ENOTDIR) {
        *ret_error = known->error;
        return SRT_FOUND_BLOCKED;
    }
    if (known->mode == 0 || (!S_ISDIR(known->mode) && !S_ISLNK(known->mode) && !is_last(walk)))
        walk->missing = 1;
    else if (S_ISLNK(known->mode))
        return follow(walk, known);
    else if (S_ISDIR(known->mode))
        walk->existing = walk->done->len;
    else
        return SRT_FOUND_FILE;
    return SRT_FOUND_DIR;
}

static SrtFound resolve_all(SrtResolver *resolver, Walk *walk, int *ret_error)
{
    for (;;) {
        walk->at += strspn(walk->rest->str + walk->at, "/");
        const char *name = walk->rest->str + walk->at;
        gsize length = strcspn(name, "/");
        if (length == 0)
            return walk->missing > 0 ? SRT_FOUND_MISSING : SRT_FOUND_DIR;
        walk->at += length;
        if (length == 1 && name[0] == '.')
            continue;
        if (length == 2 && name[0] == '.' && name[1] == '.') {
            pop(walk);
            continue;
        }
        SrtFound found = enter(resolver, walk, name, length, ret_error);
        if (found != SRT_FOUND_DIR)
            return found;
    }
}

static void resolve(SrtResolver *resolver, const char *from, const char *path, SrtResolved *ret)
{
    Walk walk = {.done = resolver->done, .rest = resolver->rest};
    g_string_assign(walk.done, from[1] ? from : "");
    g_string_assign(walk.rest, path);
    walk.existing = walk.done->len;
    *ret = (SrtResolved){0};
    ret->found = resolve_all(resolver, &walk, &ret->error);
    ret->nearest = walk.existing ? g_strndup(walk.done->str, walk.existing) : g_strdup("/");
    ret->path = g_strdup(walk.done->len ? walk.done->str : "/");
    ret->link = walk.link;
}

/* The canonical directory that path[0..length) names, if it is one. */
static const char *directory_of(SrtResolver *resolver, const char *path, gsize length)
{
    g_autofree char *text = g_strndup(path, length);
    const char *known = g_hash_table_lookup(resolver->directories, text);
    if (known)
        return known;
    g_auto(SrtResolved) at = {0};
    resolve(resolver, "/", text, &at);
    if (at.found != SRT_FOUND_DIR)
        return NULL;
    char *directory = g_steal_pointer(&at.path);
    g_hash_table_insert(resolver->directories, g_steal_pointer(&text), directory);
    return directory;
}

/* Lists name many entries of few directories: the directory is looked up once. */
void srt_resolve(SrtResolver *resolver, const char *path, SrtResolved *ret)
{
    const char *name = strrchr(path, '/') + 1;
    gboolean plain = *name && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
    const char *directory = plain ? directory_of(resolver, path, (gsize)(name - path)) : NULL;
    resolve(resolver, directory ? directory : "/", directory ? name : path, ret);
}

void srt_resolve_in(SrtResolver *resolver, const char *directory, const char *name,
                    SrtResolved *ret)
{
    resolve(resolver, directory, name, ret);
}

static void trim_end(char *path)
{
    gsize length = strlen(path);
    for (;;) {
        while (length > 1 && path[length - 1] == '/')
            path[--length] = '\0';
        if (!g_str_has_suffix(path, "/**"))
            return;
        length -= 2; /* keeps the slash, for "/" itself */
        path[length] = '\0';
    }
}

char *srt_path_absolute(const char *text, const char *cwd, const char *home, gsize *ret_own,
                        const char **ret_why)
{
    char *path;
    if (text[0] == '\0') {
        *ret_why = "is empty: write a path";
        return NULL;
    }
    if (text[0] == '~' && (text[1] == '\0' || text[1] == '/')) {
        if (!home) {
            *ret_why = "begins with '~', but there is no home directory: set HOME, or write the "
                       "path out";
            return NULL;
        }
        *ret_own = strlen(home);
        path = g_strconcat(home, text + 1, NULL);
    } else if (text[0] == '/') {
        *ret_own = 0;
        path = g_strdup(text);
    } else {
        *ret_own = strlen(cwd) + 1;
        path = g_strconcat(cwd, "/", text, NULL);
    }
    trim_end(path);
    *ret_own = MIN(*ret_own, strlen(path));
    return path;
}

gboolean srt_path_is_kernel(const char *path)
{
    static const char *const trees[] = {"/proc", "/sys", "/dev"};
    for (gsize i = 0; i < G_N_ELEMENTS(trees); i++) {
        gsize length = strlen(trees[i]);
        if (strncmp(path, trees[i], length) == 0 && (path[length] == '\0' || path[length] == '/'))
            return TRUE;
    }
    return FALSE;
}

gboolean srt_grant_covers(SrtResolver *resolver, const char *text, const char *cwd,
                          const char *home, const char *path)
{
    const char *why = NULL;
    gsize own, length;
    g_autofree char *absolute = srt_path_absolute(text, cwd, home, &own, &why);
    if (!absolute)
        return FALSE;
    g_auto(SrtResolved) at = {0};
    srt_resolve(resolver, absolute, &at);
    length = strlen(at.path);
    if (at.found != SRT_FOUND_DIR && at.found != SRT_FOUND_FILE)
        return FALSE;
    return length == 1 ||
           (strncmp(path, at.path, length) == 0 && (path[length] == '\0' || path[length] == '/'));
}
