/* SPDX-License-Identifier: Apache-2.0 */
/* A policy in the making: from settings, directory and home to regions and rules. */
#include "policy/policy.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "base/error.h"
#include "policy/lists.h"
#include "policy/own.h"
#include "policy/pending.h"
#include "policy/policy_private.h"
#include "policy/regions.h"
#include "policy/scan.h"
#include "policy/sockets.h"

/* One policy in the making. */
typedef struct Build {
    SrtPolicy *policy;
    const SrtConfig *config;
    const SrtPolicyInputs *inputs;
    SrtResolver *resolver;
    char *cwd;
    char *home; /* canonical, or NULL */
} Build;

static void request(SrtPolicy *policy, srt_rule_class rule)
{
    policy->view.requested |= G_GUINT64_CONSTANT(1) << rule;
}

static char *address_text(const struct sockaddr *address)
{
    char text[NI_MAXHOST];
    int family = address ? address->sa_family : AF_UNSPEC;
    socklen_t size = family == AF_INET    ? sizeof(struct sockaddr_in)
                     : family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                          : 0;
    if (size == 0 || getnameinfo(address, size, text, sizeof text, NULL, 0, NI_NUMERICHOST) != 0)
        return NULL;
    text[strcspn(text, "%")] = '\0'; /* the zone of a link-local address */
    return g_strdup(text);
}

/* The addresses of this machine's interfaces, as text; NULL-terminated. Without
 * them the guard of resolved names would let some through: an error. */
static char **own_addresses(GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
    struct ifaddrs *first = NULL;
    if (getifaddrs(&first) != 0) {
        srt_set_errno(error, SRT_ERROR_POLICY, errno, "cannot list this machine's addresses");
        return NULL;
    }
    for (struct ifaddrs *at = first; at; at = at->ifa_next) {
        char *text = address_text(at->ifa_addr);
        if (text)
            g_ptr_array_add(list, text);
    }
    freeifaddrs(first);
    g_ptr_array_add(list, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&list), FALSE);
}

static gboolean build_net(Build *build, GError **error)
{
    SrtPolicy *policy = build->policy;
    g_auto(GStrv) own = NULL;
    /* Where nothing can be reached nothing is resolved either, and the machine's
     * addresses need not be known. */
    gboolean proxied =
        srt_net_may_reach_anything(&build->config->network) || build->inputs->live_network;
    if (proxied && !(own = own_addresses(error)))
        return FALSE;
    policy->net = srt_net_policy_new(&build->config->network, (const char *const *)own, error);
    if (!policy->net)
        return FALSE;
    request(policy, SRT_RULE_NET_ISOLATE);
    if (!proxied)
        return TRUE;
    policy->view.net_mode = SRT_NET_PROXY;
    policy->view.http_port = (guint16)build->inputs->http_port;
    policy->view.socks_port = (guint16)build->inputs->socks_port;
    request(policy, SRT_RULE_NET_PROXY);
    return TRUE;
}

static void build_unix(Build *build)
{
    SrtPolicy *policy = build->policy;
    const SrtConfigNetwork *network = &build->config->network;
    const SrtSockets sockets = {.rules = policy->rules,
                                .resolver = build->resolver,
                                .cwd = build->cwd,
                                .home = build->home,
                                .runtime = build->inputs->runtime,
                                .environment = build->inputs->sockets,
                                .own = build->inputs->own_sockets};
    srt_own_find(build->resolver, build->inputs->own_sockets, policy->unix_denied);
    g_ptr_array_add(policy->unix_denied, NULL);
    policy->view.unix_all = network->allow_all_unix_sockets == SRT_TRI_TRUE;
    srt_sockets_add(&sockets, network, policy->unix_paths);
    if (!policy->view.unix_all)
        request(policy, SRT_RULE_UNIX_DENY);
    if (policy->unix_paths->len > 0)
        request(policy, SRT_RULE_UNIX_PATH);
    g_ptr_array_add(policy->unix_paths, NULL);
    policy->view.unix_paths = (const char *const *)policy->unix_paths->pdata;
    policy->view.unix_denied = (const char *const *)policy->unix_denied->pdata;
}

static void request_for_regions(SrtPolicy *policy)
{
    request(policy, SRT_RULE_WRITE_ALLOW);
    for (guint i = 0; i < policy->regions->len; i++) {
        const srt_region *region = g_ptr_array_index(policy->regions, i);
        if (region->access == SRT_ACCESS_HIDDEN) {
            /* What we hide ourselves is for convenience, not for secrecy. */
            if (!(region->flags & SRT_PATH_DEFAULT))
                request(policy, SRT_RULE_READ_DENY);
            continue;
        }
        SrtAccessState above;
        g_autofree char *parent = g_path_get_dirname(region->path);
        if (i == 0 || (region->flags & SRT_PATH_EXCEPTION))
            continue;
        srt_access_state_at(policy->rules, parent, &above);
        if (srt_access_state_get(&above) == SRT_ACCESS_HIDDEN)
            request(policy, SRT_RULE_READ_ALLOW);
        else if (region->access == SRT_ACCESS_READ)
            request(policy, SRT_RULE_WRITE_DENY);
    }
}

/* A hidden working directory is refused, unless something in it is shown: then
 * it is there, with nothing else in it. */
static void check_cwd(Build *build)
{
    SrtPolicy *policy = build->policy;
    SrtAccessState state;
    srt_access_state_at(policy->rules, build->cwd, &state);
    if (srt_access_state_get(&state) != SRT_ACCESS_HIDDEN)
        return;
    for (guint i = 0; i < policy->regions->len; i++) {
        const srt_region *region = g_ptr_array_index(policy->regions, i);
        if (region->access != SRT_ACCESS_HIDDEN && srt_path_within(region->path, build->cwd))
            return;
    }
    srt_rules_problem(policy->rules, state.read->origin,
                      "hides the working directory %s: run from another directory, or name it in "
                      "filesystem.allowRead or, below what is denied, in filesystem.allowWrite",
                      build->cwd);
}

/* Grants of the user that other rules have taken back. */
static void note_lost_grants(Build *build)
{
    SrtRules *rules = build->policy->rules;
    for (guint i = 0; i < rules->list->len; i++) {
        const SrtPathRule *rule = g_ptr_array_index(rules->list, i);
        SrtAccessState state;
        if (rule->kind != SRT_KIND_ALLOW_WRITE ||
            (rule->flags & (SRT_PATH_DEFAULT | SRT_PATH_GLOB)))
            continue;
        srt_access_state_at(rules, rule->path, &state);
        if (srt_access_state_get(&state) == SRT_ACCESS_WRITE)
            continue;
        const SrtPathRule *by = srt_access_state_rule(&state);
        srt_rules_note(rules, rule->origin, "has no effect: %s is denied by %s \"%s\"%s",
                       rule->path, by->origin->pointer, by->origin->text,
                       by->flags & SRT_PATH_MANDATORY
                           ? "; filesystem.mandatoryDeny.remove takes protected names off the list"
                           : "");
    }
}

/* A grant through a link that the command itself could have made, in this run or
 * in one before, may lead anywhere: say where it led. */
static void note_loose_links(Build *build)
{
    SrtRules *rules = build->policy->rules;
    for (guint i = 0; i < rules->links->len; i++) {
        const SrtLink *link = &g_array_index(rules->links, SrtLink, i);
        SrtAccessState state;
        g_autofree char *directory = g_path_get_dirname(link->link);
        srt_access_state_at(rules, directory, &state);
        if (srt_access_state_get(&state) == SRT_ACCESS_WRITE)
            srt_rules_note(rules, link->origin,
                           "is a symbolic link in a writable directory: it makes %s writable",
                           link->target);
    }
}

/* Names that must not come into being, whoever asks for it: what is not held of them
 * stops a run only where the user wrote a rule (srt_policy_asks). */
static void request_for_missing(SrtPolicy *policy)
{
    for (guint i = 0; i < policy->pending->len; i++) {
        const srt_pending_rule *rule = g_ptr_array_index(policy->pending, i);
        gboolean built_in = rule->flags & SRT_PATH_MANDATORY;
        if (policy->view.protect_missing != SRT_PROTECT_OFF) {
            if (rule->access == SRT_ACCESS_READ && (built_in || !(rule->flags & SRT_PATH_GLOB)))
                request(policy, SRT_RULE_WRITE_DENY_MISSING);
        } else if (!(rule->flags & (SRT_PATH_MANDATORY | SRT_PATH_GLOB)) &&
                   rule->access == SRT_ACCESS_READ) {
            srt_rules_note(policy->rules, rule->origin,
                           "does not protect %s as long as it does not exist: "
                           "filesystem.protectMissing is \"off\"",
                           rule->path);
        }
    }
}

static void finish_regions(Build *build)
{
    SrtPolicy *policy = build->policy;
    policy->regions = srt_regions_new(policy->rules);
    policy->pending = srt_pending_new(policy->rules, policy->mandatory, build->home,
                                      policy->regions, &policy->view.requested);
    for (guint i = 0; i < policy->regions->len; i++) {
        srt_region *region = g_ptr_array_index(policy->regions, i);
        g_hash_table_insert(policy->by_path, (gpointer)(gsize)region->path, region);
    }
    policy->view.regions = (const srt_region *const *)policy->regions->pdata;
    policy->view.n_regions = policy->regions->len;
    policy->view.pending = (const srt_pending_rule *const *)policy->pending->pdata;
    policy->view.n_pending = policy->pending->len;
    request_for_regions(policy);
    request_for_missing(policy);
}

static gboolean build_paths(Build *build, GError **error)
{
    SrtPolicy *policy = build->policy;
    const SrtConfigFilesystem *filesystem = &build->config->filesystem;
    policy->mandatory = srt_mandatory_new(filesystem, build->home, policy->rules);
    policy->search_depth = build->config->mandatory_deny_search_depth;
    SrtLists lists = {
        .rules = policy->rules,
        .resolver = build->resolver,
        .mandatory = policy->mandatory,
        .cwd = build->cwd,
        .home = build->home,
    };
    srt_lists_add(&lists, filesystem);
    srt_lists_add_state(&lists, build->inputs->state);
    srt_lists_add_protected(&lists, build->config->files, build->inputs->own_files);
    if (policy->rules->list->len > SRT_POLICY_MAX_RULES)
        srt_rules_problem(policy->rules, NULL,
                          "the settings hold more than %d path rules: name directories instead of "
                          "the files in them",
                          SRT_POLICY_MAX_RULES);
    if (policy->rules->problems->len > 0)
        return TRUE; /* said by the caller, with the rest */
    if (policy->view.protect_missing != SRT_PROTECT_OFF)
        policy->listings = srt_listings_new();
    if (!srt_scan(policy->rules, build->resolver, policy->mandatory, policy->search_depth,
                  policy->listings, error))
        return FALSE;
    srt_own_hide(policy->rules, policy->view.unix_denied);
    finish_regions(build);
    check_cwd(build);
    note_lost_grants(build);
    note_loose_links(build);
    return TRUE;
}

static gboolean resolve_inputs(Build *build, GError **error)
{
    const SrtPolicyInputs *inputs = build->inputs;
    g_auto(SrtResolved) at = {0};
    if (!inputs->cwd || inputs->cwd[0] != '/' || (inputs->home && inputs->home[0] != '/')) {
        g_set_error(error, SRT_ERROR, SRT_ERROR_POLICY,
                    "the working directory and the home directory must be absolute paths, found "
                    "\"%s\" and \"%s\"",
                    inputs->cwd ? inputs->cwd : "", inputs->home ? inputs->home : "");
        return FALSE;
    }
    srt_resolve(build->resolver, inputs->cwd, &at);
    if (at.found != SRT_FOUND_DIR) {
        g_set_error(error, SRT_ERROR, SRT_ERROR_POLICY,
                    "the working directory %s cannot be used%s%s: run from one that exists",
                    inputs->cwd, at.error ? ": " : "", at.error ? g_strerror(at.error) : "");
        return FALSE;
    }
    build->cwd = g_steal_pointer(&at.path);
    if (inputs->home) {
        g_auto(SrtResolved) home = {0};
        srt_resolve(build->resolver, inputs->home, &home);
        build->home = g_steal_pointer(&home.path);
    }
    return TRUE;
}

static srt_protect protect_of(const char *text)
{
    return g_strcmp0(text, "exact") == 0 ? SRT_PROTECT_EXACT
           : g_strcmp0(text, "off") == 0 ? SRT_PROTECT_OFF
                                         : SRT_PROTECT_CHECK;
}

static srt_monitoring monitoring_of(const char *text)
{
    return g_strcmp0(text, "full") == 0  ? SRT_MONITOR_FULL
           : g_strcmp0(text, "off") == 0 ? SRT_MONITOR_OFF
                                         : SRT_MONITOR_DEFAULT;
}

static guint32 layers_of(const SrtConfigList *list)
{
    guint32 layers = 0;
    for (guint i = 0; list && i < list->len; i++)
        if (strcmp(((const SrtConfigItem *)list->pdata[i])->text, "landlock") == 0)
            layers |= SRT_LAYER_LANDLOCK;
    return layers;
}

static gboolean build_all(Build *build, GError **error)
{
    SrtPolicy *policy = build->policy;
    const SrtConfig *config = build->config;
    srt_policy *view = &policy->view;
    if (!resolve_inputs(build, error))
        return FALSE;
    view->struct_size = sizeof *view;
    view->cwd = srt_rules_text(policy->rules, build->cwd);
    view->home = build->inputs->home ? srt_rules_text(policy->rules, build->inputs->home) : NULL;
    view->fs_disabled = config->filesystem.disabled == SRT_TRI_TRUE;
    view->private_tmp = !view->fs_disabled;
    view->weaker_nested = config->weaker_nested_sandbox == SRT_TRI_TRUE;
    view->allow_user_namespaces = config->allow_user_namespaces == SRT_TRI_TRUE;
    view->protect_missing = protect_of(config->filesystem.protect_missing);
    view->monitor = monitoring_of(config->monitor);
    view->layers = layers_of(config->layers);
    request(policy, SRT_RULE_PROCESS);
    request(policy, SRT_RULE_IPC);
    request(policy, SRT_RULE_SYSCALL);
    request(policy, SRT_RULE_TERMINAL);
    if (!build_net(build, error))
        return FALSE;
    build_unix(build);
    if (!view->fs_disabled && !build_paths(build, error))
        return FALSE;
    if (policy->rules->problems->len == 0)
        return TRUE;
    g_set_error_literal(error, SRT_ERROR, SRT_ERROR_POLICY, policy->rules->problems->str);
    return FALSE;
}

SrtPolicy *srt_policy_new(const SrtConfig *config, const SrtPolicyInputs *inputs, GError **error)
{
    g_autoptr(SrtPolicy) policy = g_new0(SrtPolicy, 1);
    policy->rules = srt_rules_new();
    policy->by_path = g_hash_table_new(g_str_hash, g_str_equal);
    policy->unix_paths = g_ptr_array_new_with_free_func(g_free);
    policy->unix_denied = g_ptr_array_new_with_free_func(g_free);
    Build build = {
        .policy = policy,
        .config = config,
        .inputs = inputs,
        .resolver = srt_resolver_new(),
    };
    gboolean ok = build_all(&build, error);
    srt_resolver_free(build.resolver);
    g_free(build.cwd);
    g_free(build.home);
    return ok ? g_steal_pointer(&policy) : NULL;
}
