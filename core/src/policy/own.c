/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/own.h"

void srt_own_find(SrtResolver *resolver, const char *const *directories, GPtrArray *ret)
{
    for (; directories && *directories; directories++) {
        g_auto(SrtResolved) at = {0};
        srt_resolve(resolver, *directories, &at);
        if (at.found == SRT_FOUND_DIR)
            g_ptr_array_add(ret, g_strdup(at.path));
    }
}

static void take_back(SrtRules *rules, const char *directory)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, rules->nodes);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        SrtNode *node = value;
        if (!srt_path_within(node->path, directory))
            continue;
        node->rules[SRT_KIND_ALLOW_READ] = NULL;
        node->rules[SRT_KIND_ALLOW_WRITE] = NULL;
    }
}

void srt_own_hide(SrtRules *rules, const char *const *directories)
{
    for (; *directories; directories++) {
        take_back(rules, *directories);
        srt_rules_add(rules, SRT_KIND_DENY_READ, *directories, SRT_PATH_DIR | SRT_PATH_DEFAULT,
                      srt_rules_built_in(rules, "default (srt's own sockets)",
                                         srt_rules_text(rules, *directories)));
    }
}
