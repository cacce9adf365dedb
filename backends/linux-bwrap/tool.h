/* SPDX-License-Identifier: Apache-2.0 */
/* Finding a bwrap that may be trusted, and what it can do. Looks at files only;
 * nothing is executed. Any thread. */
#ifndef SRT_BWRAP_TOOL_H
#define SRT_BWRAP_TOOL_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#define BW_TEXT 1024 /* bytes of a text for people, NUL included */

/* Writes such a text, cut when it is too long. */
void bw_say(char *why, const char *format, ...) __attribute__((format(printf, 2, 3)));

typedef struct bw_tool {
    char path[PATH_MAX]; /* absolute, no symbolic link in it */
    bool is_setuid;
    bool binds_fds; /* --bind-fd: 0.10, and 0.8 of some distributions */
} bw_tool;

/* chosen: an absolute path from the settings, or NULL; then the first of the
 * directories (NULL-terminated) that has one. PATH is never asked. 0; -ENOENT:
 * there is none; -EACCES: there is one, but others could have put it there;
 * -ENOTSUP: too old; -EINVAL: not a path. why gets the text of a failure. */
int bw_tool_find(const char *chosen, const char *const *directories, bw_tool *ret, char *why);

/* Where the system's own programs lie. */
extern const char *const bw_tool_directories[];

/* Whether only root or the caller can change the file, or put another in its
 * place. path has no symbolic link in it. */
bool bw_tool_is_trusted(const char *path, char *why);

/* Whether the caller could change the file or put another in its place. */
bool bw_tool_is_replaceable(const char *path);

#endif
