/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files that turn lists of the settings into rules. */
#ifndef SRT_POLICY_LISTS_PRIVATE_H
#define SRT_POLICY_LISTS_PRIVATE_H

#include "policy/lists.h"

/* One entry of a list. */
typedef struct SrtListEntry {
    SrtKind kind;
    guint32 flags; /* SRT_PATH_* of its rules */
    const srt_origin *origin;
    const SrtConfigItem *within; /* the grant that it may only narrow, or NULL */
} SrtListEntry;

gboolean srt_list_entry_denies(const SrtListEntry *entry);

/* Whether a grant of a file that extends another one lies in what that one
 * grants, links resolved. Said when not. */
gboolean srt_list_entry_is_within(const SrtLists *lists, const SrtListEntry *entry,
                                  const char *path);

/* A grant that is not a file of anybody: devices and kernel interfaces. TRUE if
 * that is dealt with. */
gboolean srt_list_entry_skip_kernel(const SrtLists *lists, const srt_origin *origin,
                                    const char *path);

/* The last link of what was looked up stays as it is where the target is denied. */
void srt_list_entry_keep_link(const SrtLists *lists, const SrtListEntry *entry,
                              const SrtResolved *at);

/* What cannot be looked at. */
void srt_list_entry_add_blocked(const SrtLists *lists, const SrtListEntry *entry,
                                const SrtResolved *at);

/* The rule of an entry at a place that was looked up, or at an absolute path. */
void srt_list_entry_add_resolved(const SrtLists *lists, const SrtListEntry *entry,
                                 const SrtResolved *at);
void srt_list_entry_add_path(const SrtLists *lists, const SrtListEntry *entry, const char *path);

/* path[own..] has wildcards. exact: the path also exists as it is written. A
 * component that exists as it is written ("app/[id]/" + "*.key") is taken both ways. */
void srt_list_entry_add_pattern(const SrtLists *lists, const SrtListEntry *entry, const char *path,
                                gsize own, gboolean exact);

#endif
