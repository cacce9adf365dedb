/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "run/env_names.h"
#include "run/session.h"
#include "support/unit.h"

static const srt_policy offline = {.net_mode = SRT_NET_NONE};
static const srt_policy online = {.net_mode = SRT_NET_PROXY, .http_port = 3128, .socks_port = 1080};

static char *render(const char *const *inherited, const SrtConfig *config, const srt_policy *policy)
{
    g_auto(GStrv) env = srt_run_environment(inherited, config, policy, NULL);
    return g_strjoinv("\n", env);
}

static SrtConfigList *list(const char *const *texts)
{
    SrtConfigList *l = g_ptr_array_new_with_free_func((GDestroyNotify)srt_config_item_free);
    for (; *texts; texts++)
        g_ptr_array_add(l, srt_config_item_new(*texts, "env", "test", 1, 1));
    return l;
}

#define LIST(...) list((const char *const[]){__VA_ARGS__, NULL})

static void test_inherited_passes(void)
{
    const SrtConfig config = {.env.scrub_secrets = SRT_TRI_UNSET};
    const char *const in[] = {"PATH=/bin", "EMPTY=", "A=b=c", "BASH_FUNC_f%%=() { :; }", NULL};
    g_autofree char *out = render(in, &config, &offline);
    SRT_ASSERT_STR(out, "PATH=/bin\nEMPTY=\nA=b=c\nBASH_FUNC_f%%=() { :; }\nSANDBOX_RUNTIME=1");
}

static void test_malformed_and_double_entries(void)
{
    const SrtConfig config = {.env.scrub_secrets = SRT_TRI_UNSET};
    const char *const in[] = {"no equals sign", "=x", "A=1", "A=2", NULL};
    g_autofree char *out = render(in, &config, &offline);
    SRT_ASSERT_STR(out, "A=1\nSANDBOX_RUNTIME=1");
}

static void test_proxies(void)
{
    const SrtConfig config = {.env.scrub_secrets = SRT_TRI_UNSET};
    const char *const in[] = {"http_proxy=http://corp.example.com:8080", "A=1", NULL};
    g_autofree char *out = render(in, &config, &online);
    SRT_ASSERT_STR(out, "http_proxy=http://localhost:3128\n"
                        "A=1\n"
                        "HTTP_PROXY=http://localhost:3128\n"
                        "HTTPS_PROXY=http://localhost:3128\n"
                        "https_proxy=http://localhost:3128\n"
                        "ALL_PROXY=http://localhost:3128\n"
                        "all_proxy=http://localhost:3128\n"
                        "FTP_PROXY=socks5h://localhost:1080\n"
                        "ftp_proxy=socks5h://localhost:1080\n"
                        "GRPC_PROXY=http://localhost:3128\n"
                        "grpc_proxy=http://localhost:3128\n"
                        "RSYNC_PROXY=localhost:3128\n"
                        "DOCKER_HTTP_PROXY=http://localhost:3128\n"
                        "DOCKER_HTTPS_PROXY=http://localhost:3128\n"
                        "CLOUDSDK_PROXY_TYPE=http\n"
                        "CLOUDSDK_PROXY_ADDRESS=localhost\n"
                        "CLOUDSDK_PROXY_PORT=3128\n"
                        "NO_PROXY=localhost,127.0.0.1,::1,169.254.0.0/16,10.0.0.0/8,172.16.0.0/12,"
                        "192.168.0.0/16\n"
                        "no_proxy=localhost,127.0.0.1,::1,169.254.0.0/16,10.0.0.0/8,172.16.0.0/12,"
                        "192.168.0.0/16\n"
                        "NODE_USE_ENV_PROXY=1\n"
                        "JAVA_TOOL_OPTIONS=-Dhttp.proxyHost=localhost -Dhttp.proxyPort=3128 "
                        "-Dhttps.proxyHost=localhost -Dhttps.proxyPort=3128 "
                        "-Dhttp.nonProxyHosts=localhost|127.*|[::1]\n"
                        "SANDBOX_RUNTIME=1");
}

static void test_proxies_with_a_token(void)
{
    const SrtConfig config = {.env.scrub_secrets = SRT_TRI_UNSET};
    const SrtProxyPlace place = {.ports = {4001, 4002}, .tokens = {"0af", "0af"}};
    const char *const in[] = {"CLOUDSDK_PROXY_TYPE=http", "CLOUDSDK_PROXY_PORT=1",
                              "GIT_CONFIG_PARAMETERS='a.b=c'", NULL};
    g_auto(GStrv) env = srt_run_environment(in, &config, &online, &place);
    static const struct {
        const char *name, *value;
    } expected[] = {
        {"HTTP_PROXY", "http://srt:0af@127.0.0.1:4001"},
        {"https_proxy", "http://srt:0af@127.0.0.1:4001"},
        {"ftp_proxy", "socks5h://srt:0af@127.0.0.1:4002"},
        {"RSYNC_PROXY", "srt:0af@127.0.0.1:4001"},
        {"CLOUDSDK_PROXY_TYPE", "http"},
        {"CLOUDSDK_PROXY_ADDRESS", "localhost"},
        {"CLOUDSDK_PROXY_PORT", "4001"},
        {"CLOUDSDK_PROXY_USERNAME", "srt"},
        {"CLOUDSDK_PROXY_PASSWORD", "0af"},
        {"GIT_CONFIG_PARAMETERS", "'a.b=c' 'http.proxyAuthMethod=basic'"},
        {"NODE_USE_ENV_PROXY", "1"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(expected); i++)
        SRT_ASSERT_STR(g_environ_getenv(env, expected[i].name), expected[i].value);
    /* Nowhere but in what names a proxy. */
    for (char **e = env; *e; e++)
        CU_ASSERT(!strstr(*e, "0af") || strstr(*e, "srt:0af@127.0.0.1:400") ||
                  strcmp(*e, "CLOUDSDK_PROXY_PASSWORD=0af") == 0);
    /* Once is enough. */
    g_auto(GStrv) again = srt_run_environment((const char *const *)env, &config, &online, &place);
    SRT_ASSERT_STR(g_environ_getenv(again, "GIT_CONFIG_PARAMETERS"),
                   "'a.b=c' 'http.proxyAuthMethod=basic'");
    CU_ASSERT_PTR_NOT_NULL(
        strstr(g_environ_getenv(env, "JAVA_TOOL_OPTIONS"), "-Dhttp.proxyPort=4001 "));
}

static void test_external_proxies_have_no_token(void)
{
    const SrtConfig config = {.env.scrub_secrets = SRT_TRI_UNSET};
    const SrtProxyPlace place = {.ports = {8080, 4002}, .tokens = {NULL, "0af"}};
    const char *const in[] = {NULL};
    g_auto(GStrv) env = srt_run_environment(in, &config, &online, &place);
    SRT_ASSERT_STR(g_environ_getenv(env, "http_proxy"), "http://127.0.0.1:8080");
    SRT_ASSERT_STR(g_environ_getenv(env, "FTP_PROXY"), "socks5h://srt:0af@127.0.0.1:4002");
    SRT_ASSERT_STR(g_environ_getenv(env, "CLOUDSDK_PROXY_PORT"), "8080");
    CU_ASSERT_PTR_NULL(g_environ_getenv(env, "CLOUDSDK_PROXY_USERNAME"));
    CU_ASSERT_PTR_NULL(g_environ_getenv(env, "CLOUDSDK_PROXY_PASSWORD"));
    CU_ASSERT_PTR_NULL(g_environ_getenv(env, "GIT_CONFIG_PARAMETERS"));
}

static void test_java_keeps_what_was_there(void)
{
    const SrtConfig config = {.env.scrub_secrets = SRT_TRI_UNSET};
    const char *const in[] = {"JAVA_TOOL_OPTIONS=-Dx=1", NULL};
    g_auto(GStrv) env = srt_run_environment(in, &config, &online, NULL);
    CU_ASSERT(g_str_has_prefix(env[0], "JAVA_TOOL_OPTIONS=-Dx=1 -Dhttp.proxyHost=localhost "));
    g_auto(GStrv) off = srt_run_environment(in, &config, &offline, NULL);
    SRT_ASSERT_STR(off[0], "JAVA_TOOL_OPTIONS=-Dx=1");
}

static void test_offline_drops_proxies(void)
{
    const SrtConfig config = {.env.scrub_secrets = SRT_TRI_UNSET};
    const char *const in[] = {
        "HTTPS_PROXY=http://corp.example.com:8080", "no_proxy=x", "CLOUDSDK_PROXY_USERNAME=u",
        "ALL_PROXY=socks5://corp.example.com",      "A=1",        NULL};
    g_autofree char *out = render(in, &config, &offline);
    SRT_ASSERT_STR(out, "A=1\nSANDBOX_RUNTIME=1");
}

static void test_pass_deny_set(void)
{
    SrtConfig config = {.env.scrub_secrets = SRT_TRI_UNSET};
    config.env.pass = LIST("PATH", "LC_*");
    config.env.deny = LIST("LC_ALL");
    config.env.set = g_hash_table_new(g_str_hash, g_str_equal);
    char set_name[] = "NEW", set_value[] = "v=1", path_name[] = "PATH", path_value[] = "/opt";
    g_hash_table_insert(config.env.set, set_name, set_value);
    g_hash_table_insert(config.env.set, path_name, path_value);
    const char *const in[] = {"PATH=/bin", "HOME=/h", "LC_ALL=C", "LC_TIME=C", NULL};
    g_autofree char *out = render(in, &config, &offline);
    SRT_ASSERT_STR(out, "PATH=/opt\nLC_TIME=C\nSANDBOX_RUNTIME=1\nNEW=v=1");
    g_ptr_array_unref(config.env.pass);
    g_ptr_array_unref(config.env.deny);
    g_hash_table_unref(config.env.set);
}

static void test_empty_pass_list_passes_nothing(void)
{
    SrtConfig config = {.env.scrub_secrets = SRT_TRI_UNSET};
    config.env.pass = g_ptr_array_new();
    const char *const in[] = {"PATH=/bin", "A=1", NULL};
    g_autofree char *out = render(in, &config, &offline);
    SRT_ASSERT_STR(out, "SANDBOX_RUNTIME=1");
    g_ptr_array_unref(config.env.pass);
}

static void test_secrets(void)
{
    static const char *const are[] = {
        "GITHUB_TOKEN", "npm_token",     "AWS_SECRET_ACCESS_KEY",
        "AWS_PROFILE",  "DB_PASSWORD",   "OPENAI_API_KEY",
        "PGPASSWORD",   "CLIENT_SECRET", "GOOGLE_APPLICATION_CREDENTIALS",
        "DATABASE_URL"};
    static const char *const are_not[] = {"PATH",      "HOME",   "TOKENIZER", "MY_TOKENS_PATH",
                                          "SECRETARY", "LAWS_X", "KEYBOARD",  "PASSWORD_STORE"};
    for (gsize i = 0; i < G_N_ELEMENTS(are); i++)
        CU_ASSERT_TRUE(srt_env_is_secret(are[i]));
    for (gsize i = 0; i < G_N_ELEMENTS(are_not); i++)
        CU_ASSERT_FALSE(srt_env_is_secret(are_not[i]));
    const SrtConfig config = {.env.scrub_secrets = SRT_TRI_TRUE};
    const char *const in[] = {"GITHUB_TOKEN=x", "A=1", NULL};
    g_autofree char *out = render(in, &config, &offline);
    SRT_ASSERT_STR(out, "A=1\nSANDBOX_RUNTIME=1");
}

static void test_git_safe_directories(void)
{
    SrtConfig config = {.env.scrub_secrets = SRT_TRI_UNSET};
    config.git_safe_directories = LIST("/r/", "/");
    const char *const none[] = {NULL};
    g_autofree char *fresh = render(none, &config, &offline);
    SRT_ASSERT_STR(fresh, "GIT_CONFIG_KEY_0=safe.directory\nGIT_CONFIG_VALUE_0=/r\n"
                          "GIT_CONFIG_KEY_1=safe.directory\nGIT_CONFIG_VALUE_1=/r/*\n"
                          "GIT_CONFIG_KEY_2=safe.directory\nGIT_CONFIG_VALUE_2=/\n"
                          "GIT_CONFIG_KEY_3=safe.directory\nGIT_CONFIG_VALUE_3=/*\n"
                          "GIT_CONFIG_COUNT=4\nSANDBOX_RUNTIME=1");
    g_ptr_array_unref(config.git_safe_directories);
}

static void test_git_continues_a_count(void)
{
    SrtConfig config = {.env.scrub_secrets = SRT_TRI_UNSET};
    config.git_safe_directories = LIST("/r");
    const char *const in[] = {"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=a.b", "GIT_CONFIG_VALUE_0=c",
                              NULL};
    g_autofree char *out = render(in, &config, &offline);
    SRT_ASSERT_STR(out, "GIT_CONFIG_COUNT=3\nGIT_CONFIG_KEY_0=a.b\nGIT_CONFIG_VALUE_0=c\n"
                        "GIT_CONFIG_KEY_1=safe.directory\nGIT_CONFIG_VALUE_1=/r\n"
                        "GIT_CONFIG_KEY_2=safe.directory\nGIT_CONFIG_VALUE_2=/r/*\n"
                        "SANDBOX_RUNTIME=1");
    const char *const zero[] = {"GIT_CONFIG_COUNT=0", NULL};
    g_autofree char *off = render(zero, &config, &offline);
    SRT_ASSERT_STR(off, "GIT_CONFIG_COUNT=0\nSANDBOX_RUNTIME=1");
    g_ptr_array_unref(config.git_safe_directories);
}

static void test_git_many_directories(void)
{
    SrtConfig config = {.env.scrub_secrets = SRT_TRI_UNSET};
    config.git_safe_directories = LIST("/1", "/2", "/3", "/4", "/5", "/6", "/7", "/8", "/9");
    const char *const none[] = {NULL};
    g_autofree char *out = render(none, &config, &offline);
    SRT_ASSERT_STR(out, "GIT_CONFIG_KEY_0=safe.directory\nGIT_CONFIG_VALUE_0=*\n"
                        "GIT_CONFIG_COUNT=1\nSANDBOX_RUNTIME=1");
    g_ptr_array_unref(config.git_safe_directories);
}

static void test_shell(void)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) argv = srt_run_shell_argv("echo \"$HOME\" | cat", &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(argv);
    CU_ASSERT_TRUE(g_str_has_suffix(argv[0], "/bash") || g_str_has_suffix(argv[0], "/sh"));
    CU_ASSERT_TRUE(argv[0][0] == '/');
    SRT_ASSERT_STR(argv[1], "-c");
    SRT_ASSERT_STR(argv[2], "echo \"$HOME\" | cat");
    CU_ASSERT_PTR_NULL(argv[3]);
}

static const srt_unit_case cases[] = {
    {"inherited passes", test_inherited_passes},
    {"malformed and double entries", test_malformed_and_double_entries},
    {"proxies", test_proxies},
    {"proxies with a token", test_proxies_with_a_token},
    {"external proxies have no token", test_external_proxies_have_no_token},
    {"java keeps what was there", test_java_keeps_what_was_there},
    {"offline drops proxies", test_offline_drops_proxies},
    {"pass, deny, set", test_pass_deny_set},
    {"empty pass list", test_empty_pass_list_passes_nothing},
    {"secrets", test_secrets},
    {"git safe directories", test_git_safe_directories},
    {"git continues a count", test_git_continues_a_count},
    {"git many directories", test_git_many_directories},
    {"shell", test_shell},
};
SRT_UNIT_MAIN("run.environment", cases)
