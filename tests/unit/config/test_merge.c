/* SPDX-License-Identifier: Apache-2.0 */
/* What a file that extends another one may say: a table of pairs. */
#include <stdio.h>
#include <string.h>

#include "config/config.h"
#include "config/fill.h"
#include "config/merge.h"
#include "support/unit.h"

static SrtLayer *layer_of(const char *text, const char *name, SrtProblems *problems)
{
    SrtLayer *layer = srt_layer_new(name);
    g_autoptr(SrtDocument) document = srt_document_new(text, strlen(text), name, problems);
    CU_ASSERT_PTR_NOT_NULL_FATAL(document);
    srt_layer_fill(layer, document, problems);
    srt_layer_cross_check(layer, document, problems);
    CU_ASSERT_EQUAL(srt_problems_count(problems), 0);
    return layer;
}

/* base and more, merged; NULL with a message when more would loosen base. */
static SrtConfig *merged(const char *base_text, const char *more_text, char **ret_message)
{
    g_autoptr(SrtProblems) problems = srt_problems_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(SrtLayer) base = layer_of(base_text, "user", problems);
    g_autoptr(SrtLayer) more = layer_of(more_text, "project", problems);
    srt_layer_tighten(more, base, problems);
    gboolean good = srt_problems_settle(problems, &error);
    *ret_message = g_strdup(good ? "good" : error->message);
    return good ? g_steal_pointer(&more->config) : NULL;
}

static const struct {
    const char *base, *more;
    const char *problem; /* NULL: none */
} pairs[] = {
    /* lists of what is allowed */
    {"{'network': {'allowedDomains': ['*.a.b', 'c.d']}}",
     "{'network': {'allowedDomains': ['x.a.b:443', 'c.d']}}", NULL},
    {"{'network': {'allowedDomains': ['*.a.b']}}",
     "{'network': {'allowedDomains': ['a.b', 'z.a.b']}}",
     "project:1:33: network.allowedDomains[0]: found \"a.b\", expected something that user allows "
     "in "
     "network.allowedDomains; a file that extends another one may only tighten it"},
    {"{}", "{'network': {'allowedDomains': []}}", NULL},
    {"{}", "{'network': {'allowedDomains': ['a.b']}}", "network.allowedDomains[0]: found \"a.b\""},
    {"{}", "{'filesystem': {'allowWrite': ['./src', 'out']}}", NULL},
    {"{}", "{'filesystem': {'allowWrite': ['/tmp']}}", "filesystem.allowWrite[0]: found \"/tmp\""},
    {"{}", "{'filesystem': {'allowWrite': ['../x']}}", "filesystem.allowWrite[0]: found \"../x\""},
    {"{}", "{'filesystem': {'allowWrite': ['~']}}", "filesystem.allowWrite[0]: found \"~\""},
    {"{'filesystem': {'allowWrite': []}}", "{'filesystem': {'allowWrite': ['.']}}",
     "filesystem.allowWrite[0]: found \".\""},
    {"{'filesystem': {'disabled': true}}",
     "{'filesystem': {'disabled': false, 'allowWrite': ['/x']}}", NULL},
    {"{'filesystem': {'allowRead': ['/a']}}", "{'filesystem': {'allowRead': ['/a/b']}}", NULL},
    {"{}", "{'filesystem': {'allowRead': ['/a/b']}}", "filesystem.allowRead[0]"},
    {"{'network': {'allowUnixSockets': ['/run/a']}}",
     "{'network': {'allowUnixSockets': ['/run/b']}}",
     "network.allowUnixSockets[0]: found \"/run/b\""},
    {"{'network': {'allowAllUnixSockets': true}}",
     "{'network': {'allowAllUnixSockets': false, 'allowUnixSockets': ['/run/b']}}", NULL},
    {"{'network': {'allowMachLookup': ['a.*']}}", "{'network': {'allowMachLookup': ['b']}}",
     "network.allowMachLookup[0]"},
    {"{'allowUnenforced': ['ipc']}", "{'allowUnenforced': ['ipc']}", NULL},
    {"{'allowUnenforced': ['ipc']}", "{'allowUnenforced': ['process']}", "allowUnenforced[0]"},
    {"{}", "{'env': {'pass': ['A']}}", NULL},
    {"{'env': {'pass': ['A']}}", "{'env': {'pass': ['B']}}", "env.pass[0]: found \"B\""},
    {"{}", "{'git': {'safeDirectories': ['/a']}}", "git.safeDirectories[0]"},
    /* switches */
    {"{'filesystem': {'disabled': true}}", "{'filesystem': {'disabled': true}}", NULL},
    {"{}", "{'filesystem': {'disabled': true}}",
     "project:1:29: filesystem.disabled: found true, expected what user says; it does not turn "
     "this "
     "on"},
    {"{}", "{'filesystem': {'allowGitConfig': true}}", "filesystem.allowGitConfig"},
    {"{'filesystem': {'allowGitConfig': true}}", "{'filesystem': {'allowGitConfig': false}}", NULL},
    {"{}", "{'network': {'allowAllUnixSockets': true}}", "network.allowAllUnixSockets"},
    {"{}", "{'network': {'allowLocalBinding': true}}", "network.allowLocalBinding"},
    {"{'enableWeakerNestedSandbox': false}", "{'enableWeakerNestedSandbox': true}",
     "enableWeakerNestedSandbox: found true"},
    {"{}", "{'enableWeakerNetworkIsolation': true}", "enableWeakerNetworkIsolation: found true"},
    {"{}", "{'allowUserNamespaces': true}", "allowUserNamespaces: found true"},
    {"{}", "{'allowAppleEvents': true}", "allowAppleEvents: found true"},
    {"{}", "{'allowPty': true}", "allowPty: found true"},
    {"{}", "{'network': {'strictAllowlist': true}, 'env': {'scrubSecrets': true}}", NULL},
    {"{'network': {'strictAllowlist': true}}", "{'network': {'strictAllowlist': false}}",
     "network.strictAllowlist: found false, expected what user says; it turns this on"},
    {"{'env': {'scrubSecrets': true}}", "{'env': {'scrubSecrets': false}}", "env.scrubSecrets"},
    {"{}", "{'network': {'allowDangerousSockets': true}}", "network.allowDangerousSockets"},
    /* levels */
    {"{}", "{'filesystem': {'protectMissing': 'exact'}, 'monitor': 'full'}", NULL},
    {"{}", "{'filesystem': {'protectMissing': 'check'}, 'monitor': 'default'}", NULL},
    {"{}", "{'filesystem': {'protectMissing': 'off'}}",
     "project:1:35: filesystem.protectMissing: found \"off\", expected \"check\", which user says, "
     "or something stricter"},
    {"{'filesystem': {'protectMissing': 'exact'}}", "{'filesystem': {'protectMissing': 'check'}}",
     "filesystem.protectMissing: found \"check\", expected \"exact\""},
    {"{'filesystem': {'protectMissing': 'off'}}", "{'filesystem': {'protectMissing': 'off'}}",
     NULL},
    {"{'filesystem': {'protectMissing': 'off'}}", "{'filesystem': {'protectMissing': 'check'}}",
     NULL},
    {"{}", "{'monitor': 'off'}", "monitor: found \"off\", expected \"default\""},
    {"{'monitor': 'full'}", "{'monitor': 'default'}", "monitor: found \"default\""},
    {"{'monitor': 'off'}", "{'monitor': 'full'}", NULL},
    {"{}", "{'layers': ['landlock']}", NULL},
    {"{'layers': ['landlock']}", "{'layers': []}", NULL},
    /* for the first file alone */
    {"{}", "{'bwrapPath': '/x'}",
     "project:1:15: bwrapPath: found a value of its own, expected what user says; only a file that "
     "extends no other one may choose it"},
    {"{'bwrapPath': '/x'}", "{'bwrapPath': '/x'}", NULL},
    {"{'bwrapPath': '/x'}", "{'bwrapPath': '/y'}", "bwrapPath: found a value of its own"},
    {"{}", "{'backend': 'null'}", "backend: found a value of its own"},
    {"{'backend': 'bwrap'}", "{'backend': 'bwrap'}", NULL},
    {"{'backend': 'bwrap'}", "{'backend': 'null'}", "backend: found a value of its own"},
    {"{}", "{'filesystem': {'mandatoryDeny': {'remove': ['.git']}}}",
     "filesystem.mandatoryDeny.remove"},
    {"{}", "{'filesystem': {'mandatoryDeny': {'add': ['.x']}}}", "filesystem.mandatoryDeny.add"},
    {"{'filesystem': {'mandatoryDeny': {'add': ['.x']}}}",
     "{'filesystem': {'mandatoryDeny': {'add': ['.x']}}}", NULL},
    {"{'filesystem': {'mandatoryDeny': {'remove': ['.x']}}}",
     "{'filesystem': {'mandatoryDeny': {'remove': ['.x', '.y']}}}",
     "filesystem.mandatoryDeny.remove"},
    {"{}", "{'mandatoryDenySearchDepth': 1}", "mandatoryDenySearchDepth"},
    {"{'mandatoryDenySearchDepth': 3}", "{'mandatoryDenySearchDepth': 2}",
     "mandatoryDenySearchDepth"},
    {"{'mandatoryDenySearchDepth': 3}", "{'mandatoryDenySearchDepth': 3}", NULL},
    {"{}", "{'network': {'httpProxyPort': 1}}", "network.httpProxyPort"},
    {"{}", "{'network': {'socksProxyPort': 1}}", "network.socksProxyPort"},
    {"{}", "{'network': {'mitmProxy': {'socketPath': '/x', 'domains': ['a.b']}}}",
     "network.mitmProxy.socketPath"},
    {"{'network': {'mitmProxy': {'socketPath': '/x', 'domains': ['a.b']}}}",
     "{'network': {'mitmProxy': {'socketPath': '/x', 'domains': ['a.b', 'c.d']}}}",
     "network.mitmProxy.domains"},
    {"{}", "{'network': {'parentProxy': {}}}", "network.parentProxy: found a value of its own"},
    {"{'network': {'parentProxy': {'http': 'a'}}}", "{'network': {'parentProxy': {'https': 'a'}}}",
     "network.parentProxy.https: found a value of its own"},
    {"{}", "{'ignoreViolations': {'*': ['x']}}", "ignoreViolations: found a value of its own"},
    {"{'ignoreViolations': {'*': ['x']}}", "{'ignoreViolations': {'*': ['x']}}", NULL},
    {"{'ignoreViolations': {'*': ['x']}}", "{'ignoreViolations': {'*': ['x', 'y']}}",
     "ignoreViolations"},
    {"{'ignoreViolations': {'*': ['x']}}", "{'ignoreViolations': {'a': ['x']}}",
     "ignoreViolations"},
    /* maps */
    {"{'env': {'set': {'A': '1'}}}", "{'env': {'set': {'A': '1', 'B': '2'}}}", NULL},
    {"{'env': {'set': {'A': '1'}}}", "{'env': {'set': {'A': '2'}}}",
     "env.set: found another value for \"A\", expected the one of user or none"},
    {"{'env': {'deny': ['A']}}", "{'env': {'set': {'A': '1'}}}",
     "env.set: found the variable \"A\", expected none that user denies"},
    {"{'credentials': {'envVars': [{'name': 'A', 'mode': 'deny'}]}}",
     "{'env': {'set': {'A': '1'}}}",
     "env.set: found the variable \"A\", expected none that user denies"},
    {"{'env': {'set': {'A': '1'}}}", "{'env': {'deny': ['A']}}", NULL},
    {"{'network': {'deniedDomainReasons': {'a.b': 'x'}}}",
     "{'network': {'deniedDomainReasons': {'a.b': 'y'}}}", "network.deniedDomainReasons"},
};

static char *json(const char *text)
{
    return g_strdelimit(g_strdup(text), "'", '"');
}

static void test_pairs(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(pairs); i++) {
        g_autofree char *base = json(pairs[i].base), *more = json(pairs[i].more), *message = NULL;
        g_autoptr(SrtConfig) config = merged(base, more, &message);
        gboolean right = pairs[i].problem ? !config && strstr(message, pairs[i].problem) : !!config;
        if (!right)
            printf("\n  %s\n  %s\n    found: %s\n    wanted: %s\n", base, more, message,
                   pairs[i].problem ? pairs[i].problem : "good");
        CU_ASSERT_TRUE(right);
    }
}

static char *texts_of(const SrtConfigList *list)
{
    g_autoptr(GString) all = g_string_new(NULL);
    for (guint i = 0; list && i < list->len; i++) {
        const SrtConfigItem *item = g_ptr_array_index(list, i);
        g_string_append_printf(all, "%s%s", i ? " " : "", item->text);
        for (item = item->within; item; item = item->within)
            g_string_append_printf(all, "<%s", item->text);
    }
    return list ? g_string_free(g_steal_pointer(&all), FALSE) : NULL;
}

static void check(const SrtConfigList *list, const char *expected)
{
    g_autofree char *texts = texts_of(list);
    SRT_ASSERT_STR(texts, expected);
}

static void test_result(void)
{
    g_autofree char *message = NULL;
    g_autofree char *base =
        json("{'network': {'allowedDomains': ['*.a.b'], 'deniedDomains': ['x.a.b'],"
             "'deniedDomainReasons': {'x.a.b': 'no'}, 'httpProxyPort': 7,"
             "'strictAllowlist': true, 'allowAllUnixSockets': true,"
             "'parentProxy': {'http': 'p'}},"
             "'filesystem': {'allowWrite': ['/w', '.'], 'denyRead': ['r']},"
             "'env': {'set': {'A': '1', 'B': '2'}}, 'backend': 'bwrap',"
             "'ignoreViolations': {'*': ['i']}, 'ripgrep': {'command': 'rg'}}");
    g_autofree char *more = json("{'network': {'deniedDomains': ['y.a.b', 'x.a.b'],"
                                 "'deniedDomainReasons': {'y.a.b': 'neither'},"
                                 "'allowAllUnixSockets': false},"
                                 "'filesystem': {'allowWrite': ['src', '/w'], 'denyRead': ['s']},"
                                 "'env': {'deny': ['A'], 'set': {'C': '3'}}}");
    g_autoptr(SrtConfig) config = merged(base, more, &message);
    SRT_ASSERT_STR(message, "good");
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    check(config->network.allowed_domains, "*.a.b");
    check(config->network.denied_domains, "x.a.b y.a.b x.a.b");
    SRT_ASSERT_STR(g_hash_table_lookup(config->network.denied_reasons, "x.a.b"), "no");
    SRT_ASSERT_STR(g_hash_table_lookup(config->network.denied_reasons, "y.a.b"), "neither");
    CU_ASSERT_EQUAL(config->network.http_proxy_port, 7);
    CU_ASSERT_EQUAL(config->network.strict_allowlist, SRT_TRI_TRUE);
    CU_ASSERT_EQUAL(config->network.allow_all_unix_sockets, SRT_TRI_FALSE);
    CU_ASSERT_TRUE(config->network.parent_present);
    SRT_ASSERT_STR(config->network.parent_http, "p");
    check(config->filesystem.allow_write, "src<. /w");
    check(config->filesystem.deny_read, "r s");
    CU_ASSERT_PTR_NULL(g_hash_table_lookup(config->env.set, "A"));
    SRT_ASSERT_STR(g_hash_table_lookup(config->env.set, "B"), "2");
    SRT_ASSERT_STR(g_hash_table_lookup(config->env.set, "C"), "3");
    SRT_ASSERT_STR(config->backend->text, "bwrap");
    CU_ASSERT_PTR_NOT_NULL(config->ignore_violations);
    CU_ASSERT_TRUE(config->notes->len >= 1);
}

/* What nobody says stays unsaid, and the default of allowWrite bounds as well. */
static void test_absent(void)
{
    g_autofree char *message = NULL, *again = NULL;
    g_autoptr(SrtConfig) config = merged("{}", "{}", &message);
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    CU_ASSERT_PTR_NULL(config->filesystem.allow_write);
    CU_ASSERT_PTR_NULL(config->network.allowed_domains);
    CU_ASSERT_PTR_NULL(config->env.pass);
    CU_ASSERT_FALSE(config->network.present || config->filesystem.present);
    g_autofree char *more = json("{'filesystem': {'allowWrite': ['out']}}");
    g_autoptr(SrtConfig) narrowed = merged("{}", more, &again);
    CU_ASSERT_PTR_NOT_NULL_FATAL(narrowed);
    check(narrowed->filesystem.allow_write, "out<.");
    const SrtConfigItem *item = g_ptr_array_index(narrowed->filesystem.allow_write, 0);
    SRT_ASSERT_STR(item->within->file, "built-in");
    SRT_ASSERT_STR(item->within->pointer, "filesystem.allowWrite");
}

/* A link may lead a path out of what its text lies in, so every step is kept. */
static void test_chain(void)
{
    g_autoptr(SrtProblems) problems = srt_problems_new();
    char *const texts[] = {json("{'filesystem': {'allowWrite': ['/a', '/z']}}"),
                           json("{'filesystem': {'allowWrite': ['/a/b', '/z']}}"),
                           json("{'filesystem': {'allowWrite': ['/a/b/c', '/a/b', '/z']}}")};
    g_autoptr(SrtLayer) one = layer_of(texts[0], "1", problems);
    g_autoptr(SrtLayer) two = layer_of(texts[1], "2", problems);
    g_autoptr(SrtLayer) three = layer_of(texts[2], "3", problems);
    srt_layer_tighten(two, one, problems);
    srt_layer_tighten(three, two, problems);
    CU_ASSERT_EQUAL(srt_problems_count(problems), 0);
    check(three->config->filesystem.allow_write, "/a/b/c</a/b</a /a/b</a /z");
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
}

static void test_many(void)
{
    g_autoptr(GString) base = g_string_new("{\"filesystem\": {\"allowWrite\": [\"/b\"");
    g_autoptr(GString) more = g_string_new("{\"filesystem\": {\"allowWrite\": [\"/b/x\"");
    g_autofree char *message = NULL;
    for (guint i = 0; i < 10000; i++) {
        g_string_append_printf(base, ",\"/a/%u\"", i);
        g_string_append_printf(more, ",\"/a/%u/below\"", i);
    }
    g_string_append(base, "]}}");
    g_string_append(more, "]}}");
    gint64 start = g_get_monotonic_time();
    g_autoptr(SrtConfig) config = merged(base->str, more->str, &message);
    gint64 taken = g_get_monotonic_time() - start;
    printf("  10001 on 10001 paths: %.1f ms\n", (double)taken / 1000);
    CU_ASSERT_PTR_NOT_NULL(config);
}

static const srt_unit_case cases[] = {
    {"pairs: what may be said", test_pairs},
    {"result: what both say together", test_result},
    {"absent in both or in one", test_absent},
    {"chain: every step is kept", test_chain},
    {"many entries", test_many},
};

SRT_UNIT_MAIN("config.merge", cases)
