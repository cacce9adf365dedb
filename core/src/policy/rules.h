/* SPDX-License-Identifier: Apache-2.0 */
/* What a policy is made of while it is made: path rules, patterns, rules about
 * what does not exist, and what there is to say about them. Private to this
 * room. Everything in here lives as long as the SrtRules. */
#ifndef SRT_POLICY_RULES_H
#define SRT_POLICY_RULES_H

#include <glib.h>
#include <srt/policy.h>

#include "config/config.h"
#include "policy/glob.h"

typedef enum SrtKind {
    SRT_KIND_DENY_READ,
    SRT_KIND_ALLOW_READ,
    SRT_KIND_ALLOW_WRITE,
    SRT_KIND_DENY_WRITE,
    SRT_KIND_COUNT
} SrtKind;

#define SRT_POLICY_MAX_PATTERNS 1024

/* A rule about one existing, canonical path and what lies below it. */
typedef struct SrtPathRule {
    const char *path;
    SrtKind kind;
    guint32 flags; /* SRT_PATH_* */
    const srt_origin *origin;
} SrtPathRule;

/* The rules that stand at one path; of two of a kind the first counts. */
typedef struct SrtNode {
    const char *path;
    guint32 flags; /* SRT_PATH_DIR */
    const SrtPathRule *rules[SRT_KIND_COUNT];
} SrtNode;

/* A pattern below a base directory that is canonical and exists. */
typedef struct SrtPattern {
    SrtKind kind;
    SrtGlob *glob;
    const char *base;
    const char *tail;    /* the pattern, relative to base */
    gboolean everywhere; /* relative and of the form "**" + "/x": every writable root is a base */
    const srt_origin *origin;
} SrtPattern;

/* Something that does not exist yet. */
typedef struct SrtCandidate {
    const char *path;
    const char *nearest; /* the deepest existing directory above it */
    srt_access access;
    guint32 flags;
    gboolean asked; /* written by the user: is a rule that somebody must enforce */
    const srt_origin *origin;
} SrtCandidate;

/* A grant that was written as a symbolic link. */
typedef struct SrtLink {
    const char *link;
    const char *target;
    const srt_origin *origin;
} SrtLink;

typedef struct SrtRules {
    GStringChunk *strings;
    GPtrArray *origins;  /* srt_origin, owned */
    GPtrArray *list;     /* SrtPathRule, owned, in the order of adding */
    GHashTable *nodes;   /* path -> SrtNode, owned */
    GPtrArray *patterns; /* SrtPattern, owned */
    GArray *candidates;  /* SrtCandidate */
    GArray *links;       /* SrtLink */
    GPtrArray *names;    /* const char *: symbolic links with a protected name */
    GPtrArray *notes;    /* char * */
    GString *problems;   /* one a line */
} SrtRules;

SrtRules *srt_rules_new(void);
void srt_rules_free(SrtRules *rules);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SrtRules, srt_rules_free)

/* Copies that live as long as the rules. */
const char *srt_rules_text(SrtRules *rules, const char *text);
const srt_origin *srt_rules_origin(SrtRules *rules, const SrtConfigItem *item);
/* Of a rule that stands in no file. pointer and text are not copied. */
const srt_origin *srt_rules_built_in(SrtRules *rules, const char *pointer, const char *text);

/* A rule at an existing canonical path; path is copied. TRUE if it is the first
 * of its kind there. */
gboolean srt_rules_add(SrtRules *rules, SrtKind kind, const char *path, guint32 flags,
                       const srt_origin *origin);
void srt_rules_add_candidate(SrtRules *rules, const char *path, const char *nearest,
                             srt_access access, guint32 flags, gboolean asked,
                             const srt_origin *origin);

void srt_rules_add_link(SrtRules *rules, const char *link, const char *target,
                        const srt_origin *origin);

/* Takes glob. */
void srt_rules_add_pattern(SrtRules *rules, SrtKind kind, SrtGlob *glob, const char *base,
                           const char *tail, gboolean everywhere, const srt_origin *origin);

/* The rules at exactly this path, or NULL. */
const SrtNode *srt_rules_at(const SrtRules *rules, const char *path);

/* The entry of denyRead that hides path, or NULL; by: only whether that entry does, even where
 * allowRead opens the path again. Of the rules so far. */
const srt_origin *srt_rules_read_denial(const SrtRules *rules, const char *path,
                                        const srt_origin *by);

/* "FILE:LINE: POINTER: "TEXT" " and what follows; origin NULL: only that. */
void srt_rules_note(SrtRules *rules, const srt_origin *origin, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
void srt_rules_problem(SrtRules *rules, const srt_origin *origin, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* "denyRead" and so on. */
const char *srt_kind_name(SrtKind kind);

/* Whether path is dir or lies below it; both canonical. */
gboolean srt_path_within(const char *path, const char *dir);
/* Orders a directory before what lies in it, and that before its next sibling. */
int srt_path_compare(const char *a, const char *b);

#endif
