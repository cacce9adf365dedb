/* SPDX-License-Identifier: Apache-2.0 */
/* Settings + working directory + home -> one immutable policy. The only effect
 * is reading path metadata (and walking writable trees for protected names). */
#ifndef SRT_POLICY_ROOM_H
#define SRT_POLICY_ROOM_H

#include <glib.h>
#include <srt/policy.h>

#include "config/config.h"
#include "policy/netpolicy.h"

/* Limits of what one policy may cost; beyond them the run is refused. */
#define SRT_POLICY_MAX_RULES 20000   /* path rules after glob expansion */
#define SRT_WALK_MAX_ENTRIES 5000000 /* directory entries looked at per policy */
#define SRT_WALK_MAX_DEPTH 256

typedef struct SrtPolicyInputs {
    const char *cwd;              /* absolute, physical; required */
    const char *home;             /* absolute, or NULL */
    const char *tmp_env;          /* not used for rules; NULL */
    const char *runtime;          /* $XDG_RUNTIME_DIR, or NULL */
    const char *const *sockets;   /* paths of sockets that variables of the caller name as those of
                                     dangerous services; NULL-terminated, or NULL */
    const char *const *own_files; /* what srt will execute or load again: NULL-terminated absolute
                                     paths of files and directories, or NULL */
    const char *state;            /* absolute path of srt's state directory, or NULL: hidden, and
                                     readable only where the settings name it */
    const char *const *own_sockets; /* directories of srt's own sockets: absolute, NULL-terminated, or
                                       NULL: hidden from all, whatever the settings say, and nothing
                                       in them can be connected to */
    guint http_port;              /* inside; 3128 */
    guint socks_port;             /* inside; 1080 */
    bool live_network;            /* the lists may be replaced while the command runs: proxies are
                                     needed also when nothing may be reached yet */
} SrtPolicyInputs;

typedef struct SrtPolicy SrtPolicy;

/* The path rules mean what the head of regions.c says. Nothing is created or
 * changed on disk. Denials that name something absent become pending rules: an
 * absent denyRead is a snapshot (what other programs put there later can be read)
 * and requests no class; an absent denyWrite in a writable place, and protected
 * names where something is writable, request SRT_RULE_WRITE_DENY_MISSING unless
 * protectMissing is "off"; a deny pattern requests SRT_RULE_GLOB_LATER.
 * Errors: SRT_ERROR_POLICY, every problem in one text, one a line. config is
 * borrowed only for the call. */
SrtPolicy *srt_policy_new(const SrtConfig *config, const SrtPolicyInputs *inputs, GError **error);
void srt_policy_free(SrtPolicy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SrtPolicy, srt_policy_free)

/* What backends get; lives as long as the policy. */
const srt_policy *srt_policy_view(const SrtPolicy *policy);

/* The network rules; lives as long as the policy (take a reference to keep it). */
SrtNetPolicy *srt_policy_net(const SrtPolicy *policy);

/* The access that the policy gives to a path, and why. path is absolute; it is
 * resolved first as far as it exists; what is absent is judged by the pending
 * rules too. Any ret may be NULL. *ret_rule is the
 * deciding rule or NULL for the built-in default. */
srt_access srt_policy_access(const SrtPolicy *policy, const char *path, char **ret_resolved,
                             const srt_origin **ret_rule);

/* Whether one of the protected names stands at path (absolute) or above it, also where
 * nobody looked for them because nothing was writable. */
bool srt_policy_is_protected(const SrtPolicy *policy, const char *path);

/* The denyWrite or protected name at or above path (absolute), over which no grant helps; NULL
 * when there is none. */
const srt_origin *srt_policy_write_denied(const SrtPolicy *policy, const char *path);

/* Lines for people about what the policy could not take literally (an entry of
 * allowWrite that does not exist or that another rule takes back, a grant that
 * lies in /dev, a directory that could not be searched): char *. */
const GPtrArray *srt_policy_notes(const SrtPolicy *policy);

/* Whether a rule of the user asks for the class, which the policy requests. Not so
 * for SRT_RULE_WRITE_DENY_MISSING when only protected names do, and the user did not
 * say "exact": a backend that cannot hold those may run the command all the same. */
bool srt_policy_asks(const srt_policy *policy, srt_rule_class rule);

/* Names of rule classes, as they stand in settings: index is srt_rule_class. */
extern const char *const srt_rule_class_names[SRT_RULE_CLASS_COUNT];
/* -1 when there is none of that name. */
int srt_rule_class_by_name(const char *name);

#endif
