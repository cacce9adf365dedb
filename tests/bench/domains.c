/* SPDX-License-Identifier: Apache-2.0 */
/* Time and memory of the host rules: domains [PATTERNS]. Prints one figure a
 * line, "name value unit". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policy/domain_set.h"
#include "policy/netpolicy.h"

#define HOSTS 4096
#define ROUNDS 200

static void free_item(gpointer data)
{
    SrtConfigItem *item = data;
    g_free(item->text);
    g_free(item->pointer);
    g_free(item->file);
    g_free(item);
}

/* Half wildcards, a tenth with a port, over as many domains as patterns. */
static GPtrArray *make_list(const char *name, guint count)
{
    GPtrArray *list = g_ptr_array_new_full(count, free_item);
    for (guint i = 0; i < count; i++) {
        SrtConfigItem *item = g_new0(SrtConfigItem, 1);
        item->text = g_strdup_printf("%shost-%x.domain%u.example.com%s", i % 2 ? "*." : "",
                                     i * 2654435761u, i, i % 10 ? "" : ":443");
        item->pointer = g_strdup_printf("network.%s[%u]", name, i);
        item->file = g_strdup("/home/user/.srt-settings.json");
        item->line = i + 1;
        g_ptr_array_add(list, item);
    }
    return list;
}

static char **make_hosts(guint patterns, bool hit)
{
    char **hosts = g_new0(char *, HOSTS + 1);
    for (guint n = 0; n < HOSTS; n++) {
        guint i = (guint)((guint64)n * 7919 % MAX(patterns, 1));
        hosts[n] = g_strdup_printf("%shost-%x.domain%u.example.%s", i % 2 ? "www." : "",
                                   i * 2654435761u, i, hit ? "com" : "net");
    }
    return hosts;
}

/* Processor time, so that a busy machine does not count as slow code. */
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double decide_all(const SrtNetPolicy *policy, char **hosts, SrtNetVerdict expected)
{
    gsize lengths[HOSTS];
    guint wrong = 0;
    for (guint i = 0; i < HOSTS; i++)
        lengths[i] = strlen(hosts[i]);
    double start = now();
    for (guint round = 0; round < ROUNDS; round++)
        for (guint i = 0; i < HOSTS; i++) {
            SrtNetDecision decision;
            srt_net_policy_decide(policy, hosts[i], lengths[i], 443, &decision);
            wrong += decision.verdict != expected;
        }
    double seconds = now() - start;
    if (wrong > 0) {
        fprintf(stderr, "%u wrong decisions\n", wrong);
        exit(1);
    }
    return seconds * 1e9 / (HOSTS * ROUNDS);
}

static void bench_decisions(SrtNetPolicy *policy, guint count)
{
    char **hits = make_hosts(count, true), **misses = make_hosts(count, false);
    char *deep = g_strnfill(253, 'a');
    for (guint i = 1; i < 252; i += 2)
        deep[i] = '.';
    char **deepest = g_new0(char *, HOSTS + 1);
    for (guint i = 0; i < HOSTS; i++)
        deepest[i] = g_strdup(deep);
    printf("decide_hit %.0f ns\n", decide_all(policy, hits, SRT_NET_ALLOWED));
    printf("decide_miss %.0f ns\n", decide_all(policy, misses, SRT_NET_UNLISTED));
    printf("decide_deepest %.0f ns\n", decide_all(policy, deepest, SRT_NET_UNLISTED));
    g_strfreev(hits);
    g_strfreev(misses);
    g_strfreev(deepest);
    g_free(deep);
}

static void bench_memory(const GPtrArray *list)
{
    g_autoptr(SrtDomainSet) set = srt_domain_set_new(list, FALSE, TRUE, NULL);
    double count = MAX(list->len, 1);
    printf("index_bytes_per_pattern %.1f B\n", (double)srt_domain_set_index_bytes(set) / count);
    printf("all_bytes_per_pattern %.1f B\n", (double)srt_domain_set_bytes(set) / count);
}

int main(int argc, char **argv)
{
    guint count = argc > 1 ? (guint)strtoul(argv[1], NULL, 10) : 100000;
    g_autoptr(GPtrArray) allowed = make_list("allowedDomains", count);
    /* A deny list of the same size, for other hosts: both are always asked. */
    g_autoptr(GPtrArray) denied = make_list("deniedDomains", count);
    for (guint i = 0; i < count; i++) {
        SrtConfigItem *item = g_ptr_array_index(denied, i);
        memcpy(strstr(item->text, "host"), "evil", 4);
    }
    g_autoptr(GError) error = NULL;
    SrtConfigNetwork network = {.allowed_domains = allowed};
    double start = now();
    g_autoptr(SrtNetPolicy) one = srt_net_policy_new(&network, NULL, &error);
    double seconds = now() - start;
    network.denied_domains = denied;
    g_autoptr(SrtNetPolicy) both = one ? srt_net_policy_new(&network, NULL, &error) : NULL;
    if (!both) {
        fprintf(stderr, "%s\n", error->message);
        return 1;
    }
    printf("patterns %u\n", count);
    printf("compile %.1f ms\n", seconds * 1e3);
    bench_decisions(both, count);
    bench_memory(allowed);
    return 0;
}
