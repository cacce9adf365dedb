/* SPDX-License-Identifier: Apache-2.0 */
/* Paths of the settings -> canonical paths. */
#ifndef SRT_POLICY_PATHS_H
#define SRT_POLICY_PATHS_H

#include <glib.h>

typedef enum SrtFound {
    SRT_FOUND_DIR,
    SRT_FOUND_FILE,    /* anything else that exists */
    SRT_FOUND_MISSING, /* path: canonical as far as it exists, then as written */
    SRT_FOUND_BLOCKED, /* cannot be inspected: error says why */
    SRT_FOUND_LOOP,    /* symbolic links that lead nowhere */
    SRT_FOUND_TOO_LONG,
} SrtFound;

typedef struct SrtResolved {
    SrtFound found;
    char *path;    /* canonical; for BLOCKED, LOOP, TOO_LONG: where it ended */
    char *nearest; /* the deepest existing, inspectable directory at or above path */
    char *link;    /* canonical place of the name itself when that is a symbolic link, or NULL */
    int error;     /* BLOCKED: errno value */
} SrtResolved;

void srt_resolved_clear(SrtResolved *resolved);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SrtResolved, srt_resolved_clear)

/* Remembers what it has looked at. Not to be shared between threads. */
typedef struct SrtResolver SrtResolver;
SrtResolver *srt_resolver_new(void);
void srt_resolver_free(SrtResolver *resolver);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SrtResolver, srt_resolver_free)

/* path is absolute; ".", "..", "//" and a trailing slash are allowed. ".." is
 * the parent of where a link leads, as for the kernel; below something missing
 * it takes back the last name. */
void srt_resolve(SrtResolver *resolver, const char *path, SrtResolved *ret);

/* As srt_resolve of directory + "/" + name, where directory is canonical and
 * exists: it is not looked at. name is relative and may hold slashes. */
void srt_resolve_in(SrtResolver *resolver, const char *directory, const char *name,
                    SrtResolved *ret);

/* "~" and "~/x" -> home; relative -> below cwd; a trailing slash or "/" + "**" is
 * dropped. *ret_own is where the text's own part begins, that is, what is neither
 * home nor cwd. Pure. NULL with *ret_why, a constant sentence. Caller frees. */
char *srt_path_absolute(const char *text, const char *cwd, const char *home, gsize *ret_own,
                        const char **ret_why);

/* Whether path, which is canonical, lies at or below what the text of a grant
 * means, links resolved. */
gboolean srt_grant_covers(SrtResolver *resolver, const char *text, const char *cwd,
                          const char *home, const char *path);

/* Made by the kernel: at or below /proc, /sys or /dev. Pure. */
gboolean srt_path_is_kernel(const char *path);

#endif
