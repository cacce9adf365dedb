/* SPDX-License-Identifier: Apache-2.0 */
/* A second look at the writable directories: which protected names are there now that
 * were not when the policy was made. Only reads. */
#ifndef SRT_POLICY_LATER_H
#define SRT_POLICY_LATER_H

#include "policy/policy.h"

/* What was there at the start. */
typedef struct SrtLater SrtLater;

/* To be made before the command starts. policy is borrowed until the free. */
SrtLater *srt_later_new(const SrtPolicy *policy);
void srt_later_free(SrtLater *later); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SrtLater, srt_later_free)

/* Paths are canonical, and lie in the writable directory root. */
typedef struct SrtLaterOps {
    /* Something has a name that is protected, and had it not at the start. */
    void (*found)(void *data, const char *root, const char *path, const srt_origin *rule);
    /* A directory that git takes for a repository, and that was none. */
    void (*repository)(void *data, const char *root, const char *path);
    /* A file or symbolic link named ".git" that was not there. */
    void (*git_file)(void *data, const char *root, const char *path, const srt_origin *rule);
    /* A directory of the caller that cannot be searched, and could be at the start. */
    void (*blocked)(void *data, const char *root, const char *path, int error);
} SrtLaterOps;

/* Looks with the same bounds as the policy did, and calls what is set. FALSE with
 * SRT_ERROR_POLICY when there is too much to look at: what was found until then has
 * been told. */
gboolean srt_later_look(SrtLater *later, const SrtLaterOps *ops, void *data, GError **error);

/* Whether the directory was a repository at the start. */
gboolean srt_later_knows_repository(const SrtLater *later, const char *path);
/* The writable directory that a canonical path lies in, or NULL. */
const char *srt_later_root_of(const SrtLater *later, const char *path);
/* Whether the configuration of repositories is protected (not with allowGitConfig). */
gboolean srt_later_protects_git_config(const SrtLater *later);

#endif
