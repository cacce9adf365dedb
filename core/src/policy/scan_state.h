/* SPDX-License-Identifier: Apache-2.0 */
/* What the two halves of the scan share: scan.c walks and looks for protected
 * names, scan_patterns.c knows what the patterns may still match. */
#ifndef SRT_POLICY_SCAN_STATE_H
#define SRT_POLICY_SCAN_STATE_H

#include <sys/stat.h>

#include "policy/listing.h"
#include "policy/mandatory.h"
#include "policy/paths.h"
#include "policy/policy.h"
#include "policy/regions.h"
#include "policy/rules.h"

/* A pattern that may still match below a directory. */
typedef struct SrtScanAlive {
    guint pattern; /* index */
    SrtGlobState state;
} SrtScanAlive;

/* One directory on the way from the root of the walk. */
typedef struct SrtScanLevel {
    SrtAccessState access;
    guint depth;       /* below the nearest writable root */
    gboolean excluded; /* in node_modules */
    gboolean protect;  /* protected names are looked for */
    guint git;         /* parts of a repository that were seen, for scan.c */
    SrtScanAlive *alive;
    guint n_alive;
} SrtScanLevel;

/* A directory at which patterns begin, or where a walk may have to begin. */
typedef struct SrtScanPoint {
    GArray *patterns; /* guint, or NULL */
    gboolean visited;
} SrtScanPoint;

/* A directory that a symbolic link leads to, to be searched for one pattern. */
typedef struct SrtScanLinked {
    char *path;
    SrtScanAlive alive;
} SrtScanLinked;

typedef struct SrtScan {
    SrtRules *rules;
    SrtResolver *resolver;
    const SrtMandatory *mandatory;
    guint search_depth;
    SrtListings *listings; /* or NULL */
    guint budget;
    GHashTable *points; /* path -> SrtScanPoint */
    GArray *everywhere; /* guint: patterns that begin at every writable root */
    GQueue linked;
    GHashTable *linked_seen;
    const SrtScanLinked *current; /* in a walk that follows a link */
    GError *error;
    gboolean marked; /* the directory that is being read: it was as in before */
    struct stat before;
    guint n_levels; /* of levels that have been used; most of it is room, not to be touched */
    SrtScanLevel levels[SRT_WALK_MAX_DEPTH + 1];
} SrtScan;

/* The pattern of that index. */
const SrtPattern *srt_scan_pattern(const SrtScan *scan, guint index);

/* Adds a rule; one too many becomes scan->error. */
void srt_scan_add_rule(SrtScan *scan, SrtKind kind, const char *path, guint32 flags,
                       const srt_origin *origin);

/* A deny at the place that a name leads to; the name may be a symbolic link. */
void srt_scan_deny(SrtScan *scan, SrtKind kind, const char *path, unsigned char type, guint32 flags,
                   const srt_origin *origin);

/* Joins the state to what the directory knows of the pattern already. */
void srt_scan_alive_add(SrtScan *scan, SrtScanLevel *at, guint pattern, const SrtGlobState *state);

/* Adds the patterns that begin at prefix; rest is what lies between it and the
 * directory, with its slashes. */
void srt_scan_begin_patterns(SrtScan *scan, SrtScanLevel *at, const char *prefix, const char *rest);

/* The patterns that are alive in parent, taken into its directory name. */
void srt_scan_step_patterns(SrtScan *scan, SrtScanLevel *at, const SrtScanLevel *parent,
                            const char *name, gsize length);

/* Whether a match below a directory could change its access. */
gboolean srt_scan_pattern_matters(const SrtScan *scan, const SrtScanLevel *at, guint index);

/* Tries the patterns that are alive in a directory on one entry of it. */
void srt_scan_try_patterns(SrtScan *scan, const SrtScanLevel *at, const char *path, gsize length,
                           gsize name_at, unsigned char type);

/* Tries all patterns on a path and on every directory above it, which the walk
 * need not come by: it leaves out what no pattern changes by itself, and a rule of
 * the settings may stand there. */
void srt_scan_try_along(SrtScan *scan, const char *path, gboolean is_directory);

#endif
