/* SPDX-License-Identifier: Apache-2.0 */
/* The order of the rules. Which of two rules wins is not documented; what has been
 * measured is that a rule of a more special operation beats one of a more general
 * operation, that among rules of one operation the last that matches wins, and that
 * a rule without filter is only asked when no other matches. So a profile is made
 * whose answers are the same in whatever way they are weighed:
 *
 *   1. rules without filter come before those of the same operations that have one
 *   2. rules of a general operation come before those of its special ones
 *   3. within one operation, what is to win comes later
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

bool sb_path_in(const char *path, const char *dir)
{
    size_t n = strlen(dir);
    if (n == 1 && dir[0] == '/')
        return true;
    return strncmp(path, dir, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

/* '/' sorts before every other byte, so that what lies in a directory follows it. */
static int compare_paths(const char *a, const char *b)
{
    const unsigned char *x = (const unsigned char *)a, *y = (const unsigned char *)b;
    while (*x && *x == *y)
        x++, y++;
    int p = *x == '/' ? 1 : *x ? *x + 1 : 0;
    int q = *y == '/' ? 1 : *y ? *y + 1 : 0;
    return p - q;
}

size_t sb_region_at(const srt_policy *policy, const char *path)
{
    size_t low = 0, high = policy->n_regions;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (compare_paths(policy->regions[middle]->path, path) <= 0)
            low = middle;
        else
            high = middle;
    }
    while (low > 0 && !sb_path_in(path, policy->regions[low]->path))
        low--;
    return low;
}

void sb_plan_fail(sb_plan *plan, int error, const char *format, ...)
{
    va_list args;
    if (plan->error)
        return;
    plan->error = error;
    va_start(args, format);
    vsnprintf(plan->why, sizeof plan->why, format, args);
    va_end(args);
}

/* Room for one more; array is a pointer to a pointer. */
static bool grow(sb_plan *plan, void *array, size_t count, size_t *size, size_t width)
{
    void *old;
    if (plan->error)
        return false;
    if (count < *size)
        return true;
    size_t more = *size ? *size * 2 : 64;
    memcpy(&old, array, sizeof old);
    void *grown = realloc(old, more * width);
    if (!grown) {
        sb_plan_fail(plan, ENOMEM, "out of memory");
        return false;
    }
    memcpy(array, &grown, sizeof grown);
    *size = more;
    return true;
}

const char *sb_plan_own(sb_plan *plan, const char *text, size_t length)
{
    if (!grow(plan, &plan->owned, plan->n_owned, &plan->owned_size, sizeof *plan->owned))
        return "";
    char *copy = malloc(length + 1);
    if (!copy) {
        sb_plan_fail(plan, ENOMEM, "out of memory");
        return "";
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    plan->owned[plan->n_owned++] = copy;
    return copy;
}

void sb_rule_begin(sb_plan *plan, sb_family family, bool allow, const char *ops)
{
    if (!grow(plan, &plan->rules, plan->n_rules, &plan->rules_size, sizeof *plan->rules))
        return;
    plan->rules[plan->n_rules++] =
        (sb_rule){.family = family, .allow = allow, .ops = ops, .first = plan->n_filters};
    plan->bytes = 0;
}

static sb_rule *last_rule(sb_plan *plan)
{
    return plan->error || plan->n_rules == 0 ? NULL : &plan->rules[plan->n_rules - 1];
}

void sb_rule_only(sb_plan *plan, const char *filter)
{
    sb_rule *rule = last_rule(plan);
    if (rule)
        rule->only = filter;
}

static void check_length(sb_plan *plan, const char *key, const char *text)
{
    bool regex = key && strstr(key, "regex");
    size_t length = strlen(text), most = regex ? SB_REGEX_MAX : SB_STRING_MAX;
    if (length > most)
        sb_plan_fail(plan, E2BIG,
                     "a rule is too long for a Seatbelt profile, which takes %zu bytes for one "
                     "%s: \"%.200s...\"; use a shorter path or pattern",
                     most, regex ? "pattern" : "path", text);
}

void sb_rule_filter_around(sb_plan *plan, const char *around, const char *key, const char *text)
{
    sb_rule *rule = last_rule(plan);
    check_length(plan, key, text);
    if (!rule ||
        !grow(plan, &plan->filters, plan->n_filters, &plan->filters_size, sizeof *plan->filters))
        return;
    size_t length = strlen(text);
    if (rule->count == SB_RULE_FILTERS || plan->bytes + length > SB_RULE_BYTES) {
        sb_rule full = *rule;
        sb_rule_begin(plan, full.family, full.allow, full.ops);
        sb_rule_only(plan, full.only);
        rule = last_rule(plan);
        if (!rule)
            return;
    }
    plan->bytes += length;
    rule->count++;
    plan->filters[plan->n_filters++] = (sb_filter){around, key, text};
}

void sb_rule_filter(sb_plan *plan, const char *key, const char *text)
{
    sb_rule_filter_around(plan, NULL, key, text);
}

void sb_rule_end(sb_plan *plan)
{
    const sb_rule *rule = last_rule(plan);
    if (rule && rule->count == 0)
        plan->n_rules--;
}

void sb_rule_except(sb_plan *plan, const char *path)
{
    sb_rule *rule = last_rule(plan);
    check_length(plan, NULL, path);
    if (!rule ||
        !grow(plan, &plan->filters, plan->n_filters, &plan->filters_size, sizeof *plan->filters))
        return;
    if (rule->except_count++ == 0)
        rule->except_first = plan->n_filters;
    plan->filters[plan->n_filters++] = (sb_filter){NULL, "subpath", path};
}

void sb_rule_open(sb_plan *plan, sb_family family, bool allow, const char *ops)
{
    sb_rule_begin(plan, family, allow, ops);
}

static void plan_unix(sb_plan *plan, const srt_policy *policy)
{
    static const struct {
        const char *ops, *around;
    } sides[] = {
        {"network-bind", "local unix-socket"},
        {"network-outbound", "remote unix-socket"},
    };
    if (!policy->unix_all && !policy->unix_paths[0])
        return;
    sb_rule_begin(plan, SB_UNIX, true, "system-socket");
    sb_rule_filter(plan, NULL, "(socket-domain AF_UNIX)");
    sb_rule_end(plan);
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        sb_rule_begin(plan, SB_UNIX, true, sides[i].ops);
        if (policy->unix_all)
            sb_rule_filter_around(plan, sides[i].around, "path-regex", "^/");
        for (const char *const *p = policy->unix_paths; *p && !policy->unix_all; p++)
            sb_plan_unix_path(plan, sides[i].around, *p);
        sb_rule_end(plan);
    }
    const char *const *denied = policy->unix_denied;
    for (size_t i = 0; policy->unix_all && denied && *denied && i < sizeof sides / sizeof *sides;
         i++) {
        sb_rule_begin(plan, SB_UNIX, false, sides[i].ops);
        for (const char *const *p = denied; *p; p++)
            sb_rule_filter_around(plan, sides[i].around, "subpath", *p);
        sb_rule_end(plan);
    }
}

static void add_port(sb_plan *plan, uint16_t port)
{
    char text[40];
    if (!port)
        return;
    int n = snprintf(text, sizeof text, "(remote ip \"localhost:%u\")", port);
    sb_rule_filter(plan, NULL, sb_plan_own(plan, text, (size_t)n));
}

/* A server is reached by its address of the loopback interface; a filter on the
 * local address would let every connection out, since an unbound socket's local
 * address counts as localhost. Sockets of both IP versions bind ::ffff:127.0.0.1,
 * which "localhost" does not match: hence "*" for bind and inbound, which open
 * nothing to the outside by themselves. */
static void plan_network(sb_plan *plan, const sb_plan_input *input)
{
    if (input->options->local_binding) {
        sb_rule_begin(plan, SB_NET_LOCAL, true, "network-bind network-inbound");
        sb_rule_filter(plan, NULL, "(local ip \"*:*\")");
        sb_rule_end(plan);
        sb_rule_begin(plan, SB_NET_LOCAL, true, "network-outbound");
        sb_rule_filter(plan, NULL, "(remote ip \"localhost:*\")");
        sb_rule_end(plan);
    }
    if (input->policy->net_mode == SRT_NET_PROXY) {
        sb_rule_begin(plan, SB_NET_PROXY, true, "network-outbound");
        add_port(plan, input->http_port);
        if (input->socks_port != input->http_port)
            add_port(plan, input->socks_port);
        sb_rule_end(plan);
    }
    plan_unix(plan, input->policy);
}

static void plan_mach_names(sb_plan *plan, const char *names)
{
    if (!names)
        return;
    sb_rule_begin(plan, SB_MACH, true, "mach-lookup");
    for (const char *line = names; *line;) {
        size_t n = strcspn(line, "\n");
        bool prefix = n > 0 && line[n - 1] == '*';
        if (n > 0)
            sb_rule_filter(plan, prefix ? "global-name-prefix" : "global-name",
                           sb_plan_own(plan, line, prefix ? n - 1 : n));
        line += n + (line[n] == '\n');
    }
    sb_rule_end(plan);
}

static void plan_switches(sb_plan *plan, const sb_options *options)
{
    if (options->weaker_network) {
        sb_rule_begin(plan, SB_TRUSTD, true, "mach-lookup");
        sb_rule_filter(plan, "global-name", "com.apple.trustd.agent");
        sb_rule_end(plan);
    }
    if (options->apple_events) {
        static const char *const names[] = {
            "com.apple.coreservices.appleevents",
            "com.apple.CoreServices.coreservicesd",
            "com.apple.coreservices.quarantine-resolver",
        };
        sb_rule_open(plan, SB_APPLE_EVENTS, true, "appleevent-send");
        sb_rule_open(plan, SB_APPLE_EVENTS, true, "lsopen");
        sb_rule_begin(plan, SB_APPLE_EVENTS, true, "mach-lookup");
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            sb_rule_filter(plan, "global-name", names[i]);
        sb_rule_end(plan);
    }
    plan_mach_names(plan, options->mach_names);
}

int sb_plan_make(sb_plan *plan, const sb_plan_input *input)
{
    const srt_policy *policy = input->policy;
    if (!policy->fs_disabled &&
        (policy->n_regions == 0 || strcmp(policy->regions[0]->path, "/") != 0)) {
        sb_plan_fail(plan, EINVAL, "the policy does not say what holds for \"/\"");
        return -EINVAL;
    }
    sb_plan_base(plan);
    plan_switches(plan, input->options);
    plan_network(plan, input);
    sb_plan_files(plan, input);
    return -plan->error;
}

void sb_plan_clear(sb_plan *plan)
{
    for (size_t i = 0; i < plan->n_owned; i++)
        free(plan->owned[i]);
    free(plan->owned);
    free(plan->filters);
    free(plan->rules);
    memset(plan, 0, sizeof *plan);
}
