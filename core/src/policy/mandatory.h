/* SPDX-License-Identifier: Apache-2.0 */
/* Names that are write-protected wherever the policy would let them be written:
 * files that make some program outside the sandbox run something. Private to
 * this room. */
#ifndef SRT_POLICY_MANDATORY_H
#define SRT_POLICY_MANDATORY_H

#include "policy/rules.h"

typedef enum SrtScope {
    SRT_SCOPE_ANYWHERE, /* at any depth of every writable root */
    SRT_SCOPE_HOME,     /* in the home directory only */
} SrtScope;

#define SRT_MANDATORY_FILE_ONLY (1u << 0)  /* not when it is a directory; never pending */
#define SRT_MANDATORY_GIT_CONFIG (1u << 1) /* left alone by allowGitConfig */
#define SRT_MANDATORY_GIT_DIR (1u << 2)    /* ".git/X": X is protected in every git directory */
#define SRT_MANDATORY_WILD (1u << 3)       /* the name holds '*' or '?' */

/* One name: components joined by '/', ASCII case is ignored; '*' and '?' stand
 * for bytes inside one component. */
typedef struct SrtMandatoryName {
    const char *name;
    SrtScope scope;
    guint32 flags;
    const srt_origin *origin;
} SrtMandatoryName;

typedef struct SrtMandatory SrtMandatory;

/* The table, with the settings' additions and without what they remove or allow.
 * Wrong entries become problems of rules. home may be NULL. */
SrtMandatory *srt_mandatory_new(const SrtConfigFilesystem *settings, const char *home,
                                SrtRules *rules);
void srt_mandatory_free(SrtMandatory *mandatory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SrtMandatory, srt_mandatory_free)

/* The name that protects this entry, or NULL. path + name_at is its last
 * component. Linear in the length of the last component for the rest. */
const SrtMandatoryName *srt_mandatory_match(const SrtMandatory *mandatory, const char *path,
                                            gsize length, gsize name_at, gboolean is_directory);

/* The next name, from *index on, of which path ends with the beginning, and what
 * is left of it; NULL when there is no more. For links to directories, which no
 * walk enters. *index is 0 at first. Names of the home directory are left out. */
const SrtMandatoryName *srt_mandatory_below(const SrtMandatory *mandatory, const char *path,
                                            gsize length, gsize *index, const char **ret_rest);

/* Whether a directory of this name leads to protected names (".git", ".claude"):
 * it is looked into even at the end of the search depth. */
gboolean srt_mandatory_leads_on(const SrtMandatory *mandatory, const char *name);

/* All names in force. */
gsize srt_mandatory_count(const SrtMandatory *mandatory);
const SrtMandatoryName *srt_mandatory_get(const SrtMandatory *mandatory, gsize index);

#endif
