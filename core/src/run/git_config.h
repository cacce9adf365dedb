/* SPDX-License-Identifier: Apache-2.0 */
/* Reads git's configuration format, and knows which settings make git run programs or
 * write outside of its directories. Pure; never runs git. */
#ifndef SRT_RUN_GIT_CONFIG_H
#define SRT_RUN_GIT_CONFIG_H

#include <glib.h>

#define SRT_GIT_CONFIG_MAX (1024 * 1024) /* bytes of one file */
#define SRT_GIT_VALUE_MAX 65536          /* bytes of one value */

/* name: "section.key" or "section.Subsection.key", section and key in lower case.
 * value NULL: the key stands alone, which means true. FALSE ends the reading. */
typedef gboolean (*SrtGitConfigEach)(void *data, const char *name, const char *value);

/* FALSE when the text is malformed, or each said so. What stands before the mistake has
 * been given to each. */
gboolean srt_git_config_parse(const char *text, gsize length, SrtGitConfigEach each, void *data);

/* What the setting does when git runs in that repository ("git runs it …"), a constant;
 * NULL: nothing that matters. */
const char *srt_git_config_danger(const char *name, const char *value);

/* Judges a whole file: NULL when it is harmless, else a sentence with the setting that is
 * not. core.worktree is returned in *ret_worktree, to be judged by the caller; its last
 * value. Both are the caller's to free. */
char *srt_git_config_judge(const char *text, gsize length, char **ret_worktree);

#endif
