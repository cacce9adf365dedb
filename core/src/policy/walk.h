/* SPDX-License-Identifier: Apache-2.0 */
/* A bounded walk through a directory tree that follows no symbolic link and
 * asks the kernel only for names and types. Private to this room. */
#ifndef SRT_POLICY_WALK_H
#define SRT_POLICY_WALK_H

#include <glib.h>

/* path is canonical and ended by NUL; path + name_at is its last name. level is
 * 0 for the root and for its entries, one more for each directory below; it is
 * at most SRT_WALK_MAX_DEPTH (and then only in enter and blocked). */
typedef struct SrtWalkOps {
    /* Before a directory is listed. FALSE: it is not. */
    gboolean (*enter)(void *data, const char *path, gsize length, gsize name_at, guint level);
    /* Each entry, type is DT_*; directories are entered after the last entry. */
    void (*entry)(void *data, const char *path, gsize length, gsize name_at, guint level,
                  unsigned char type);
    /* After the last entry, before the directories in it. */
    void (*listed)(void *data, const char *path, gsize length, guint level);
    /* Instead of entry and listed: the directory cannot be opened, cannot be
     * read to its end, or lies too deep. error is an errno value. */
    void (*blocked)(void *data, const char *path, gsize length, guint level, int error);
    /* May be NULL. When the directory is open, before it is read. */
    void (*opened)(void *data, int directory, guint level);
    /* May be NULL. After listed: names are those of the directories in it, each ended by NUL. */
    void (*directories)(void *data, const char *path, guint level, const char *names, gsize size);
    /* May be NULL. After enter: TRUE when it is known what directories lie in this one, which is
     * name in the open directory parent. Then they are entered without it being read, and neither
     * entry nor listed is called. */
    gboolean (*recall)(void *data, const char *path, guint level, int parent, const char *name,
                       const char **ret_names, gsize *ret_size);
} SrtWalkOps;

/* Takes the entries it looks at from *budget. FALSE with SRT_ERROR_POLICY when
 * that is not enough, or the process is out of descriptors. A directory that
 * has gone is no error. */
gboolean srt_walk(const char *root, const SrtWalkOps *ops, void *data, guint *budget,
                  GError **error);
/* The same when root is open already, so that nothing on the way to it matters. */
gboolean srt_walk_in(int directory, const char *root, const SrtWalkOps *ops, void *data,
                     guint *budget, GError **error);

#endif
