/* SPDX-License-Identifier: Apache-2.0 */
/* What a valid file becomes, and how messages look. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "config/config.h"
#include "support/unit.h"

static SrtConfig *parse(const char *text, char **ret_message)
{
    g_autoptr(GError) error = NULL;
    SrtConfig *config = srt_config_parse(text, strlen(text), "s.json", NULL, &error);
    if (ret_message)
        *ret_message = g_strdup(error ? error->message : "good");
    else if (error)
        printf("\n  %s\n", error->message);
    return config;
}

static void check_list(const SrtConfigList *list, const char *expected)
{
    g_autoptr(GString) all = g_string_new(NULL);
    for (guint i = 0; list && i < list->len; i++) {
        const SrtConfigItem *item = g_ptr_array_index(list, i);
        CU_ASSERT_PTR_NULL(item->within);
        g_string_append_printf(all, "%s%s@%s:%s:%u:%u", i ? " " : "", item->text, item->pointer,
                               item->file, item->line, item->column);
    }
    SRT_ASSERT_STR(list ? all->str : NULL, expected);
}

static SrtConfig *everything(void)
{
    const char *root = g_getenv("SRT_SOURCE_DIR");
    g_autofree char *file = g_build_filename(root ? root : SRT_TEST_SOURCE_DIR,
                                             "tests/unit/config/everything.json", NULL);
    g_autofree char *text = NULL;
    CU_ASSERT_TRUE_FATAL(g_file_get_contents(file, &text, NULL, NULL));
    SrtConfig *config = parse(text, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    return config;
}

static void test_network(void)
{
    g_autoptr(SrtConfig) config = everything();
    const SrtConfigNetwork *network = &config->network;
    CU_ASSERT_TRUE(network->present);
    check_list(network->allowed_domains, "example.com@network.allowedDomains[0]:s.json:3:24 "
                                         "*.example.com:443@network.allowedDomains[1]:s.json:3:39");
    check_list(network->denied_domains, "bad.example.com@network.deniedDomains[0]:s.json:4:23");
    SRT_ASSERT_STR(g_hash_table_lookup(network->denied_reasons, "bad.example.com"), "it is bad");
    check_list(network->denied_resolved_addresses,
               "10.0.0.0/8@network.deniedResolvedAddresses[0]:s.json:6:33");
    check_list(network->allow_unix_sockets, "/run/a.sock@network.allowUnixSockets[0]:s.json:8:26");
    check_list(network->allow_mach_lookup, "com.example.*@network.allowMachLookup[0]:s.json:11:25");
    check_list(network->mitm_domains, "github.com@network.mitmProxy.domains[0]:s.json:14:60");
    CU_ASSERT_EQUAL(network->strict_allowlist, SRT_TRI_TRUE);
    CU_ASSERT_EQUAL(network->allow_all_unix_sockets, SRT_TRI_FALSE);
    CU_ASSERT_EQUAL(network->allow_dangerous_sockets, SRT_TRI_TRUE);
    CU_ASSERT_EQUAL(network->allow_local_binding, SRT_TRI_TRUE);
    CU_ASSERT_EQUAL(network->http_proxy_port, 3128);
    CU_ASSERT_EQUAL(network->socks_proxy_port, 1080);
    SRT_ASSERT_STR(network->mitm_socket_path, "/run/m.sock");
    CU_ASSERT_TRUE(network->parent_present);
    SRT_ASSERT_STR(network->parent_http, "http://p.example.com");
    SRT_ASSERT_STR(network->parent_https, "http://p.example.com:8443");
    SRT_ASSERT_STR(network->parent_no_proxy, "*");
}

static void test_filesystem(void)
{
    g_autoptr(SrtConfig) config = everything();
    const SrtConfigFilesystem *filesystem = &config->filesystem;
    CU_ASSERT_TRUE(filesystem->present);
    check_list(filesystem->deny_read, "~/.ssh@filesystem.denyRead[0]:s.json:18:18 "
                                      "~/.ssh@filesystem.denyRead[1]:s.json:18:28 "
                                      "~/.netrc@credentials.files[0].path:s.json:28:24");
    check_list(filesystem->allow_read, "");
    check_list(filesystem->allow_write, ".@filesystem.allowWrite[0]:s.json:20:20");
    check_list(filesystem->deny_write, ".env@filesystem.denyWrite[0]:s.json:21:19");
    check_list(filesystem->mandatory_add, ".envrc@filesystem.mandatoryDeny.add[0]:s.json:23:31");
    check_list(filesystem->mandatory_remove,
               ".vscode@filesystem.mandatoryDeny.remove[0]:s.json:23:53");
    CU_ASSERT_EQUAL(filesystem->allow_git_config, SRT_TRI_TRUE);
    CU_ASSERT_EQUAL(filesystem->disabled, SRT_TRI_FALSE);
    SRT_ASSERT_STR(filesystem->protect_missing, "exact");
}

static void test_the_rest(void)
{
    g_autoptr(SrtConfig) config = everything();
    check_list(config->env.pass, "PATH@env.pass[0]:s.json:26:20");
    check_list(config->env.deny,
               "SECRET@env.deny[0]:s.json:26:38 TOKEN@credentials.envVars[0].name:s.json:30:16");
    SRT_ASSERT_STR(g_hash_table_lookup(config->env.set, "A"), "b");
    CU_ASSERT_EQUAL(config->env.scrub_secrets, SRT_TRI_TRUE);
    char **ignored = g_hash_table_lookup(config->ignore_violations, "*");
    CU_ASSERT_PTR_NOT_NULL_FATAL(ignored);
    CU_ASSERT_EQUAL(g_strv_length(ignored), 2);
    SRT_ASSERT_STR(ignored[1], "/sys");
    SRT_ASSERT_STR(config->backend->text, "bwrap");
    SRT_ASSERT_STR(config->backend->pointer, "backend");
    CU_ASSERT_EQUAL(config->backend->line, 34);
    CU_ASSERT_EQUAL(config->backend->column, 14);
    check_list(config->allow_unenforced, "globLater@allowUnenforced[0]:s.json:35:23");
    const SrtTri on[] = {config->weaker_nested_sandbox, config->weaker_network_isolation,
                         config->allow_apple_events, config->allow_pty,
                         config->allow_user_namespaces};
    for (guint i = 0; i < G_N_ELEMENTS(on); i++)
        CU_ASSERT_EQUAL(on[i], SRT_TRI_TRUE);
    CU_ASSERT_EQUAL(config->mandatory_deny_search_depth, 4);
    check_list(config->git_safe_directories, "/src@git.safeDirectories[0]:s.json:42:31");
    SRT_ASSERT_STR(config->bwrap_path, "/usr/bin/bwrap");
    CU_ASSERT_EQUAL_FATAL(config->layers->len, 1);
    SRT_ASSERT_STR(((SrtConfigItem *)config->layers->pdata[0])->text, "landlock");
    SRT_ASSERT_STR(config->monitor, "full");
    CU_ASSERT_EQUAL(config->files->len, 0);
}

static void test_notes(void)
{
    g_autoptr(SrtConfig) config = everything();
    g_autoptr(GString) all = g_string_new(NULL);
    for (guint i = 0; i < config->notes->len; i++)
        g_string_append_printf(all, "%s\n", (char *)g_ptr_array_index(config->notes, i));
    CU_ASSERT_PTR_NOT_NULL(strstr(all->str, "s.json:44:14: ripgrep: has a meaning only in other "
                                            "programs; it changes nothing here\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(all->str, ": windows: "));
#ifndef __APPLE__
    CU_ASSERT_PTR_NOT_NULL(strstr(all->str, "s.json:39:23: allowAppleEvents: has a meaning only on "
                                            "macOS; it changes nothing here\n"));
    CU_ASSERT_PTR_NULL(strstr(all->str, "bwrapPath"));
#endif
    CU_ASSERT_PTR_NULL(strstr(all->str, "deniedDomainReasons"));
    g_autoptr(SrtConfig) other =
        parse("{\"network\": {\"deniedDomainReasons\": {\"zz\": \"y\"}}}", NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(other);
    CU_ASSERT_EQUAL_FATAL(other->notes->len, 1);
    SRT_ASSERT_STR(g_ptr_array_index(other->notes, 0),
                   "s.json: network.deniedDomainReasons: \"zz\" is no entry of deniedDomains of "
                   "this file");
}

static void test_defaults(void)
{
    g_autoptr(SrtConfig) defaults = srt_config_defaults();
    g_autoptr(SrtConfig) empty = parse("{}", NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(empty);
    const SrtConfig *const both[] = {defaults, empty};
    for (guint i = 0; i < 2; i++) {
        const SrtConfig *config = both[i];
        CU_ASSERT_FALSE(config->network.present || config->filesystem.present);
        CU_ASSERT_PTR_NULL(config->network.allowed_domains);
        CU_ASSERT_PTR_NULL(config->filesystem.allow_write);
        CU_ASSERT_PTR_NULL(config->filesystem.deny_read);
        CU_ASSERT_PTR_NULL(config->env.pass);
        CU_ASSERT_EQUAL(config->filesystem.disabled, SRT_TRI_UNSET);
        CU_ASSERT_EQUAL(config->network.allow_all_unix_sockets, SRT_TRI_UNSET);
        CU_ASSERT_EQUAL(config->allow_user_namespaces, SRT_TRI_UNSET);
        CU_ASSERT_EQUAL(config->network.http_proxy_port, 0);
        CU_ASSERT_EQUAL(config->notes->len + config->files->len, 0);
    }
}

/* Absent and empty are two things. */
static void test_empty_lists(void)
{
    g_autoptr(SrtConfig) config = parse(
        "{\"network\": {\"allowedDomains\": []}, \"filesystem\": {\"allowWrite\": []}}", NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    check_list(config->network.allowed_domains, "");
    check_list(config->filesystem.allow_write, "");
    check_list(config->filesystem.deny_write, NULL);
}

static void test_all_in_one_go(void)
{
    g_autofree char *message = NULL;
    g_autoptr(SrtConfig) config =
        parse("{\n"
              "  \"filesystem\": {\"denyRead\": [\"/a*/\", 7]},\n"
              "  \"network\": {\"allowedDomain\": [], \"tlsTerminate\": {}},\n"
              "  \"bwrapPath\": \"b\"\n"
              "}",
              &message);
    CU_ASSERT_PTR_NULL(config);
    SRT_ASSERT_STR(
        message,
        "s.json:2:31: filesystem.denyRead[0]: found \"/a*/\", expected a glob that does "
        "not end in '/'; leave the '/' out for the directories, or end in \"/**\" for what "
        "is in them\n"
        "s.json:2:39: filesystem.denyRead[1]: found 7, expected a path\n"
        "s.json:3:15: network.allowedDomain: found an unknown key, expected a known one; "
        "did you mean \"allowedDomains\"?\n"
        "s.json:3:52: network.tlsTerminate: found the key, expected it to be absent; not "
        "supported by this version: looking into TLS connections; remove the key\n"
        "s.json:4:16: bwrapPath: found \"b\", expected an absolute path");
}

static void test_limits(void)
{
    g_autofree char *message = NULL, *longest = g_strnfill(4095, 'a'), *over = NULL;
    g_autofree char *good = g_strdup_printf("{\"filesystem\": {\"denyRead\": [\"%s\"]}}", longest);
    g_autoptr(SrtConfig) config = parse(good, NULL);
    CU_ASSERT_PTR_NOT_NULL(config);
    over = g_strdup_printf("{\"filesystem\": {\"denyRead\": [\"%sa\"]}}", longest);
    CU_ASSERT_PTR_NULL(parse(over, &message));
    CU_ASSERT_PTR_NOT_NULL(strstr(message, "(4096 bytes), expected a path of at most 4095 bytes"));

    g_autoptr(GError) error = NULL;
    gsize size = SRT_CONFIG_MAX_BYTES + 1;
    g_autofree char *huge = g_strnfill(size, ' ');
    memcpy(huge, "{}", 2);
    g_autoptr(SrtConfig) fits = srt_config_parse(huge, size - 1, "s.json", NULL, NULL);
    CU_ASSERT_PTR_NOT_NULL(fits);
    CU_ASSERT_PTR_NULL(srt_config_parse(huge, size, "s.json", NULL, &error));
    CU_ASSERT_PTR_NOT_NULL_FATAL(error);
    SRT_ASSERT_STR(error->message, "s.json: found more than 4 MiB, expected a settings file");
}

/* Far above what it takes, so that it only fails when something became
 * quadratic; the figure is for who reads the log. */
static void test_many_paths(void)
{
    g_autoptr(GString) text = g_string_new("{\"filesystem\": {\"denyRead\": [\"x\"");
    for (guint i = 0; i < 10000; i++)
        g_string_append_printf(text, ",\n\"/home/user/project/directory%u/file%u\"", i % 100, i);
    g_string_append(text, "]}}");
    gint64 start = g_get_monotonic_time();
    g_autoptr(SrtConfig) config = parse(text->str, NULL);
    gint64 taken = g_get_monotonic_time() - start;
    printf("  10001 paths: %.1f ms\n", (double)taken / 1000);
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    const SrtConfigItem *last = g_ptr_array_index(config->filesystem.deny_read, 10000);
    SRT_ASSERT_STR(last->pointer, "filesystem.denyRead[10000]");
    CU_ASSERT_EQUAL(last->line, 10001);
}

static const srt_unit_case cases[] = {
    {"values: network", test_network},
    {"values: filesystem", test_filesystem},
    {"values: the rest", test_the_rest},
    {"notes: keys without meaning", test_notes},
    {"defaults: as an empty object", test_defaults},
    {"lists: absent and empty differ", test_empty_lists},
    {"messages: all in one go, in the order of lines", test_all_in_one_go},
    {"limits: path and file", test_limits},
    {"many paths", test_many_paths},
};

SRT_UNIT_MAIN("config.values", cases)
