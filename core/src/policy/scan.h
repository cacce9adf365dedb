/* SPDX-License-Identifier: Apache-2.0 */
/* One look through the trees that matter: finds the protected names that exist
 * and what the patterns match, and adds rules for them. Private to this room. */
#ifndef SRT_POLICY_SCAN_H
#define SRT_POLICY_SCAN_H

#include "policy/listing.h"
#include "policy/mandatory.h"
#include "policy/paths.h"
#include "policy/rules.h"

/* Looks through every directory that a rule makes writable and every base of a
 * pattern, each once; only as deep as something may still be found.
 * search_depth: how many levels of directories of a writable root are looked
 * through for protected names, 0 for all; patterns do not care. What cannot be
 * looked into becomes read-only (or hidden, when a denyRead pattern leads
 * there). listings, which may be NULL, gets the directories that were searched for
 * protected names and are part of no repository, which is judged as a whole.
 * Errors: SRT_ERROR_POLICY. */
gboolean srt_scan(SrtRules *rules, SrtResolver *resolver, const SrtMandatory *mandatory,
                  guint search_depth, SrtListings *listings, GError **error);

#endif
