/* SPDX-License-Identifier: Apache-2.0 */
/* What a repository that a command has made would have git do outside of the
 * sandbox. Only reads, and follows no link. */
#ifndef SRT_RUN_GIT_LOOK_H
#define SRT_RUN_GIT_LOOK_H

#include <glib.h>

#include "policy/later.h"

/* path must go, because of why. Everything is borrowed for the call. */
typedef void (*SrtGitFound)(void *data, const char *path, const char *why);

/* A directory that git takes for a repository: hooks that are no samples, settings that
 * run programs, files that lead git elsewhere. */
void srt_git_look_repository(const SrtLater *later, const char *path, SrtGitFound found,
                             void *data);

/* A file or link named ".git". The directory that it leads to is looked at when it is in
 * a writable directory and was no repository before; else the file must go, unless it
 * leads to a repository that was there. */
void srt_git_look_file(const SrtLater *later, const char *path, SrtGitFound found, void *data);

#endif
