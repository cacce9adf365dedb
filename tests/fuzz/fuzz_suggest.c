/* SPDX-License-Identifier: Apache-2.0 */
/* Suggestions for any records: one a line, its operation first. No entry opens the root directory,
 * a home directory or everything below a public suffix. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/propose.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char home[] = "/tmp";

static SrtPolicy *policy_of_nothing(void)
{
    g_autoptr(GError) error = NULL;
    static const char text[] =
        "{\"filesystem\": {\"allowWrite\": [], \"denyRead\": [\"/usr/share\"]},"
        " \"network\": {\"allowedDomains\": [\"a.example.com\"], \"deniedDomains\": "
        "[\"*.example.org\"]}}";
    g_autoptr(SrtConfig) config = srt_config_parse(text, sizeof text - 1, "s.json", NULL, &error);
    const SrtPolicyInputs inputs = {
        .cwd = "/", .home = home, .http_port = 3128, .socks_port = 1080};
    SrtPolicy *policy = config ? srt_policy_new(config, &inputs, &error) : NULL;
    if (!policy)
        abort();
    return policy;
}

static void check(const SrtProposal *p)
{
    if (!p->key != !p->value || (!p->key && !p->why))
        abort();
    if (!p->key)
        return;
    if (strcmp(p->key, "allowedDomains") == 0) {
        if (!strrchr(p->value, ':') || g_str_has_prefix(p->value, "*:") || !strchr(p->value, '.'))
            abort();
    } else if (strcmp(p->value, "/") == 0 || strcmp(p->value, "~") == 0 ||
               strcmp(p->value, home) == 0 || p->value[0] == '\0') {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static SrtPolicy *policy;
    if (!policy)
        policy = policy_of_nothing();
    g_autoptr(GPtrArray) records = srt_violation_records_new();
    g_autofree char *text = g_strndup((const char *)data, size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", 16);
    for (char **line = lines; *line; line++) {
        const srt_violation violation = {
            .struct_size = sizeof violation,
            .operation = (srt_operation)((guchar) * *line % SRT_OPERATION_COUNT),
            .target = **line ? *line + 1 : "",
        };
        g_ptr_array_add(records, srt_violation_record_new(&violation, NULL));
    }
    g_autoptr(GPtrArray) all = srt_propose_all(policy, records);
    for (guint i = 0; i < all->len; i++)
        check(g_ptr_array_index(all, i));
    return 0;
}
