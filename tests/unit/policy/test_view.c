/* SPDX-License-Identifier: Apache-2.0 */
/* What else a policy asks for: rule classes, network, unix sockets, narrowing. */
#include "support/unit.h"
#include "tree.h"

#include "config/config.h"

#include <string.h>

static guint64 bits(const char *names)
{
    guint64 mask = 0;
    g_auto(GStrv) words = g_strsplit(names, " ", -1);
    for (char **word = words; *word; word++) {
        int rule = srt_rule_class_by_name(*word);
        CU_ASSERT(rule >= 0);
        mask |= G_GUINT64_CONSTANT(1) << rule;
    }
    return mask;
}

static void requested(void)
{
#define BASE "writeAllow netIsolate unixDeny process ipc syscall terminal"
    static const struct {
        const char *settings, *classes;
    } table[] = {
        {"{'filesystem': {'allowWrite': []}}", BASE},
        {"{}", BASE " writeDeny writeDenyMissing"}, /* .bashrc; protected names */
        {"{'filesystem': {'denyRead': ['s'], 'allowWrite': []}}", BASE " readDeny"},
        {"{'filesystem': {'denyRead': ['s'], 'allowRead': ['s/p'], 'allowWrite': []}}",
         BASE " readDeny readAllow"},
        {"{'filesystem': {'denyRead': ['s'], 'allowWrite': ['s/p']}}",
         BASE " readDeny readAllow writeDenyMissing"},
        {"{'filesystem': {'protectMissing': 'off'}}", BASE " writeDeny"},
        {"{'filesystem': {'protectMissing': 'exact', 'allowWrite': []}}", BASE},
        {"{'filesystem': {'allowWrite': ['s'], 'denyWrite': ['s/no'], 'protectMissing': 'off'}}",
         BASE},
        {"{'filesystem': {'allowWrite': ['s'], 'denyWrite': ['s/no']}}", BASE " writeDenyMissing"},
        {"{'filesystem': {'allowWrite': ['s'], 'denyWrite': ['no']}}", BASE " writeDenyMissing"},
        {"{'filesystem': {'allowWrite': [], 'denyRead': ['*.x']}}", BASE " globLater"},
        {"{'filesystem': {'allowWrite': [], 'denyWrite': ['*.x']}}", BASE},
        {"{'filesystem': {'disabled': true}}", "netIsolate unixDeny process ipc syscall terminal"},
        {"{'filesystem': {'allowWrite': []}, 'network': {'allowedDomains': ['example.com']}}",
         BASE " netProxy"},
        {"{'filesystem': {'allowWrite': []}, 'network': {'httpProxyPort': 8080}}",
         BASE " netProxy"},
        {"{'filesystem': {'allowWrite': []}, 'network': {'allowAllUnixSockets': true}}",
         "writeAllow netIsolate process ipc syscall terminal"},
        {"{'filesystem': {'allowWrite': []}, 'network': {'allowUnixSockets': ['s/sock']}}",
         BASE " unixPath"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autoptr(Tree) tree = tree_new("home/work/.bashrc home/work/s/p/");
        g_autoptr(SrtPolicy) policy = tree_policy(tree, table[i].settings, NULL);
        guint64 actual = srt_policy_view(policy)->requested;
        if (actual != bits(table[i].classes))
            printf("\n  %s: %llx\n", table[i].settings, (unsigned long long)actual);
        CU_ASSERT(actual == bits(table[i].classes));
    }
}

/* Only what the user wrote stops a run where it is not held. */
static void asks(void)
{
    static const struct {
        const char *settings;
        bool asked;
    } table[] = {
        {"{}", false},
        {"{'filesystem': {'denyWrite': ['no']}}", true},
        {"{'filesystem': {'denyWrite': ['*.no']}}", false},
        {"{'filesystem': {'protectMissing': 'exact'}}", true},
        {"{'filesystem': {'protectMissing': 'exact', 'allowWrite': []}}", false},
        {"{'filesystem': {'denyWrite': ['no'], 'protectMissing': 'off'}}", false},
        {"{'filesystem': {'denyWrite': ['/no/such']}}", false},
        {"{'filesystem': {'mandatoryDeny': {'add': ['mine']}}}", false},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autoptr(Tree) tree = tree_new("");
        g_autoptr(SrtPolicy) policy = tree_policy(tree, table[i].settings, NULL);
        bool asked = srt_policy_asks(srt_policy_view(policy), SRT_RULE_WRITE_DENY_MISSING);
        if (asked != table[i].asked)
            printf("\n  %s: %d\n", table[i].settings, asked);
        CU_ASSERT(asked == table[i].asked);
        CU_ASSERT(srt_policy_asks(srt_policy_view(policy), SRT_RULE_NET_ISOLATE));
        CU_ASSERT(!srt_policy_asks(srt_policy_view(policy), SRT_RULE_NET_PROXY));
    }
}

static void levels(void)
{
    g_autoptr(Tree) tree = tree_new("");
    g_autoptr(SrtPolicy) plain = tree_policy(tree, "{}", NULL);
    g_autoptr(SrtPolicy) high = tree_policy(
        tree,
        "{'filesystem': {'protectMissing': 'exact'}, 'monitor': 'full', 'layers': ['landlock']}",
        NULL);
    g_autoptr(SrtPolicy) low = tree_policy(
        tree, "{'filesystem': {'protectMissing': 'off'}, 'monitor': 'off', 'layers': []}", NULL);
    const srt_policy *v = srt_policy_view(plain);
    CU_ASSERT(v->protect_missing == SRT_PROTECT_CHECK && v->monitor == SRT_MONITOR_DEFAULT);
    CU_ASSERT(v->layers == 0);
    v = srt_policy_view(high);
    CU_ASSERT(v->protect_missing == SRT_PROTECT_EXACT && v->monitor == SRT_MONITOR_FULL);
    CU_ASSERT(v->layers == SRT_LAYER_LANDLOCK);
    v = srt_policy_view(low);
    CU_ASSERT(v->protect_missing == SRT_PROTECT_OFF && v->monitor == SRT_MONITOR_OFF);
    CU_ASSERT(v->layers == 0);
}

static void off_is_said(void)
{
    g_autoptr(Tree) tree = tree_new("");
    g_autoptr(SrtPolicy) policy =
        tree_policy(tree, "{'filesystem': {'denyWrite': ['no'], 'protectMissing': 'off'}}", NULL);
    g_autofree char *notes = tree_notes(tree, policy);
    SRT_ASSERT_STR(notes, "s.json:1: filesystem.denyWrite[0]: \"no\" does not protect "
                          "@/home/work/no as long as it does not exist: "
                          "filesystem.protectMissing is \"off\"\n");
}

static void class_names(void)
{
    for (int i = 0; i < SRT_RULE_CLASS_COUNT; i++)
        CU_ASSERT(srt_rule_class_names[i] && srt_rule_class_by_name(srt_rule_class_names[i]) == i);
    CU_ASSERT(srt_rule_class_by_name("nothing") == -1);
    CU_ASSERT(srt_rule_class_by_name("") == -1);
}

static void view(void)
{
    g_autoptr(Tree) tree = tree_new("home/sock real/ home/l>../real");
    g_autoptr(SrtPolicy) policy = tree_policy(
        tree,
        "{'network': {'allowedDomains': ['example.com'], 'allowUnixSockets': ['~/sock', "
        "'~/l/absent']}, 'enableWeakerNestedSandbox': true}",
        NULL);
    const srt_policy *v = srt_policy_view(policy);
    g_autofree char *sock = tree_path(tree, "home/sock");
    g_autofree char *absent = tree_path(tree, "real/absent");
    CU_ASSERT(v->struct_size == sizeof *v);
    CU_ASSERT(v->net_mode == SRT_NET_PROXY && v->http_port == 3128 && v->socks_port == 1080);
    CU_ASSERT(v->weaker_nested && !v->allow_user_namespaces && v->private_tmp && !v->unix_all);
    SRT_ASSERT_STR(v->cwd, tree->cwd);
    SRT_ASSERT_STR(v->home, tree->home);
    SRT_ASSERT_STR(v->unix_paths[0], sock);
    SRT_ASSERT_STR(v->unix_paths[1], absent);
    CU_ASSERT(v->unix_paths[2] == NULL);
    CU_ASSERT(srt_policy_net(policy) != NULL);
    g_autoptr(SrtPolicy) closed = tree_policy(tree, NULL, NULL);
    v = srt_policy_view(closed);
    CU_ASSERT(v->net_mode == SRT_NET_NONE && v->http_port == 0 && v->socks_port == 0);
    CU_ASSERT(v->unix_paths && !v->unix_paths[0]);
}

/* Rules that may change while the command runs, or that somebody is asked about:
 * the proxies run although nothing may be reached yet. */
static void live_network(void)
{
    g_autoptr(Tree) tree = tree_new("home/");
    g_autoptr(SrtConfig) config = srt_config_defaults();
    SrtPolicyInputs inputs = {
        .cwd = tree->cwd, .home = tree->home, .http_port = 3128, .socks_port = 1080};
    for (int live = 0; live <= 1; live++) {
        g_autoptr(GError) error = NULL;
        inputs.live_network = live;
        g_autoptr(SrtPolicy) policy = srt_policy_new(config, &inputs, &error);
        CU_ASSERT_FATAL(policy != NULL);
        const srt_policy *v = srt_policy_view(policy);
        CU_ASSERT_EQUAL(v->net_mode, live ? SRT_NET_PROXY : SRT_NET_NONE);
        CU_ASSERT_EQUAL(v->http_port, live ? 3128 : 0);
    }
}

/* A grant of a file that extends another one, made by hand. */
static char *narrowed(const Tree *tree, const char *text, const char *within)
{
    g_autoptr(SrtConfig) config = srt_config_defaults();
    SrtConfigItem *item = srt_config_item_new(text, "filesystem.allowWrite[0]", "p.json", 3, 1);
    g_autoptr(GError) error = NULL;
    SrtPolicyInputs inputs = {.cwd = tree->cwd, .home = tree->home};
    item->within = srt_config_item_new(within, "filesystem.allowWrite[0]", "u.json", 1, 1);
    config->filesystem.allow_write =
        g_ptr_array_new_with_free_func((GDestroyNotify)srt_config_item_free);
    g_ptr_array_add(config->filesystem.allow_write, item);
    g_autoptr(SrtPolicy) policy = srt_policy_new(config, &inputs, &error);
    CU_ASSERT_FATAL(policy != NULL);
    g_autofree char *regions = tree_regions(tree, policy);
    g_autofree char *notes = tree_notes(tree, policy);
    return g_strconcat(regions, notes, NULL);
}

static void narrowing(void)
{
    g_autoptr(Tree) tree = tree_new("home/work/a/b/ far/x/ home/work/out>@/far");
    g_autofree char *inside = narrowed(tree, "a/b", ".");
    SRT_ASSERT_STR(inside, "READ / dir\nWRITE @/home/work/a/b dir\n");
    g_autofree char *outside = narrowed(tree, "out", ".");
    SRT_ASSERT_STR(outside, "READ / dir\np.json:3: filesystem.allowWrite[0]: \"out\" grants "
                            "nothing: @/far lies outside of \".\" in u.json, which it may only "
                            "narrow\n");
    g_autofree char *pattern = narrowed(tree, "out/*", ".");
    CU_ASSERT(g_str_has_prefix(pattern, "READ / dir\np.json:3:"));
    g_autofree char *through = narrowed(tree, "out/x", "out");
    SRT_ASSERT_STR(through, "READ / dir\nWRITE @/far/x dir\n");
}

static void bad_inputs(void)
{
    g_autoptr(SrtConfig) config = srt_config_defaults();
    const SrtPolicyInputs wrong[] = {
        {.cwd = NULL}, {.cwd = "rel"}, {.cwd = "/no/such/dir"}, {.cwd = "/", .home = "rel"}};
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SrtPolicy) policy = srt_policy_new(config, &wrong[i], &error);
        CU_ASSERT(policy == NULL && error != NULL);
    }
}

static const srt_unit_case cases[] = {
    {"requested", requested},     {"asks", asks},
    {"levels", levels},           {"off is said", off_is_said},
    {"class names", class_names}, {"view", view},
    {"narrowing", narrowing},     {"bad inputs", bad_inputs},
    {"live network", live_network},
};

SRT_UNIT_MAIN("policy view", cases)
