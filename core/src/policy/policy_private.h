/* SPDX-License-Identifier: Apache-2.0 */
/* What a policy is, for the parts of this room that look at all of it. */
#ifndef SRT_POLICY_PRIVATE_H
#define SRT_POLICY_PRIVATE_H

#include "policy/listing.h"
#include "policy/mandatory.h"
#include "policy/policy.h"
#include "policy/rules.h"

struct SrtPolicy {
    srt_policy view;
    SrtRules *rules;
    SrtMandatory *mandatory; /* NULL where files are not restricted */
    guint search_depth;
    SrtListings *listings; /* of the search for protected names; NULL where none follows */
    GPtrArray *regions;    /* srt_region, owned */
    GPtrArray *pending;    /* srt_pending_rule, owned */
    GHashTable *by_path;   /* path -> srt_region */
    GPtrArray *unix_paths;
    GPtrArray *unix_denied;
    SrtNetPolicy *net;
};

#endif
