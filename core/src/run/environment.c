/* SPDX-License-Identifier: Apache-2.0 */
/* The environment of the command. Pure: inherited + settings + proxies. */
#include <string.h>

#include "run/env_names.h"
#include "run/session.h"

/* Above this many directories git gets "*" instead of one entry each. */
#define SAFE_DIRECTORIES_MAX 8

typedef struct Env {
    GPtrArray *entries; /* char *, NULL where one was removed */
    GHashTable *index;  /* name -> position + 1 */
} Env;

static void env_remove(Env *env, const char *name)
{
    gsize at = GPOINTER_TO_SIZE(g_hash_table_lookup(env->index, name));
    if (at == 0)
        return;
    g_clear_pointer(&env->entries->pdata[at - 1], g_free);
    g_hash_table_remove(env->index, name);
}

static void env_set(Env *env, const char *name, const char *value)
{
    char *entry = g_strconcat(name, "=", value, NULL);
    gsize at = GPOINTER_TO_SIZE(g_hash_table_lookup(env->index, name));
    if (at > 0) {
        g_free(env->entries->pdata[at - 1]);
        env->entries->pdata[at - 1] = entry;
        return;
    }
    g_ptr_array_add(env->entries, entry);
    g_hash_table_insert(env->index, g_strdup(name), GSIZE_TO_POINTER(env->entries->len));
}

static const char *env_value(const Env *env, const char *name)
{
    gsize at = GPOINTER_TO_SIZE(g_hash_table_lookup(env->index, name));
    const char *entry = at > 0 ? env->entries->pdata[at - 1] : NULL;
    return entry ? entry + strlen(name) + 1 : NULL;
}

static gboolean list_matches(const SrtConfigList *list, const char *name)
{
    for (guint i = 0; list && i < list->len; i++) {
        const SrtConfigItem *item = list->pdata[i];
        if (g_pattern_match_simple(item->text, name))
            return TRUE;
    }
    return FALSE;
}

static gboolean is_wanted(const SrtConfigEnv *rules, const char *name)
{
    if (rules->pass && !list_matches(rules->pass, name))
        return FALSE;
    if (list_matches(rules->deny, name))
        return FALSE;
    return rules->scrub_secrets != SRT_TRI_TRUE || !srt_env_is_secret(name);
}

/* What passes. Of two entries with one name programs disagree which counts: the
 * first is kept, as getenv has it. */
static void inherit(Env *env, const char *const *inherited, const SrtConfigEnv *rules)
{
    for (; inherited && *inherited; inherited++) {
        const char *equals = strchr(*inherited, '=');
        if (!equals || equals == *inherited)
            continue;
        g_autofree char *name = g_strndup(*inherited, (gsize)(equals - *inherited));
        if (is_wanted(rules, name) && !g_hash_table_contains(env->index, name))
            env_set(env, name, equals + 1);
    }
}

/* The proxies as a program is told of them. */
typedef struct Proxies {
    guint ports[2];
    char *hosts[2];    /* "localhost", or "srt:TOKEN@127.0.0.1" */
    const char *token; /* of the HTTP proxy, or NULL */
} Proxies;

static void proxies_init(Proxies *proxies, const srt_policy *policy, const SrtProxyPlace *place)
{
    const guint own[2] = {
        [SRT_LISTENER_HTTP] = policy->http_port, [SRT_LISTENER_SOCKS] = policy->socks_port};
    *proxies = (Proxies){.token = place ? place->tokens[SRT_LISTENER_HTTP] : NULL};
    for (int i = 0; i < 2; i++) {
        proxies->ports[i] = place ? place->ports[i] : own[i];
        proxies->hosts[i] = place && place->tokens[i]
                                ? g_strdup_printf("srt:%s@127.0.0.1", place->tokens[i])
                                : g_strdup(place ? "127.0.0.1" : "localhost");
    }
}

static void proxies_clear(Proxies *proxies)
{
    g_free(proxies->hosts[0]);
    g_free(proxies->hosts[1]);
}

/* NULL: there is none. */
static char *proxy_value(SrtEnvProxyForm form, const char *text, const Proxies *proxies)
{
    guint http = proxies->ports[SRT_LISTENER_HTTP], socks = proxies->ports[SRT_LISTENER_SOCKS];
    const char *http_host = proxies->hosts[SRT_LISTENER_HTTP];
    switch (form) {
    case SRT_ENV_HTTP_URL:
        return http ? g_strdup_printf("http://%s:%u", http_host, http) : NULL;
    case SRT_ENV_SOCKS_URL:
        return socks ? g_strdup_printf("socks5h://%s:%u", proxies->hosts[SRT_LISTENER_SOCKS], socks)
                     : NULL;
    case SRT_ENV_HTTP_HOST_PORT:
        return http ? g_strdup_printf("%s:%u", http_host, http) : NULL;
    case SRT_ENV_HTTP_PORT:
        return http ? g_strdup_printf("%u", http) : NULL;
    case SRT_ENV_HTTP_PART:
        return http ? g_strdup(text) : NULL;
    case SRT_ENV_HTTP_USER:
        return http && proxies->token ? g_strdup(text) : NULL;
    case SRT_ENV_HTTP_TOKEN:
        return http ? g_strdup(proxies->token) : NULL;
    case SRT_ENV_TEXT:
        break;
    }
    return g_strdup(text);
}

/* The JVM knows no variable for proxies, only properties; and it prints them, so the
 * token is not among them. */
static void set_java(Env *env, const Proxies *proxies)
{
    guint port = proxies->ports[SRT_LISTENER_HTTP];
    const char *inherited = env_value(env, "JAVA_TOOL_OPTIONS");
    g_autofree char *value =
        g_strdup_printf("%s%s-Dhttp.proxyHost=localhost -Dhttp.proxyPort=%u "
                        "-Dhttps.proxyHost=localhost -Dhttps.proxyPort=%u "
                        "-Dhttp.nonProxyHosts=localhost|127.*|[::1]",
                        inherited ? inherited : "", inherited && *inherited ? " " : "", port, port);
    env_set(env, "JAVA_TOOL_OPTIONS", value);
}

/* So that git sends the token at once, and not only after it was refused without. */
static void set_git_proxy(Env *env)
{
    static const char basic[] = "'http.proxyAuthMethod=basic'";
    const char *inherited = env_value(env, "GIT_CONFIG_PARAMETERS");
    if (inherited && strstr(inherited, basic))
        return;
    g_autofree char *value =
        inherited && *inherited ? g_strconcat(inherited, " ", basic, NULL) : g_strdup(basic);
    env_set(env, "GIT_CONFIG_PARAMETERS", value);
}

/* Without a network, proxies of the caller's environment cannot be reached: a
 * program fails faster and with a clearer message without them. */
static void set_proxies(Env *env, const srt_policy *policy, const SrtProxyPlace *place)
{
    gboolean on = policy->net_mode == SRT_NET_PROXY;
    Proxies proxies;
    proxies_init(&proxies, policy, place);
    for (const SrtEnvProxy *p = srt_env_proxies; p->name; p++) {
        g_autofree char *value = on ? proxy_value(p->form, p->text, &proxies) : NULL;
        if (value)
            env_set(env, p->name, value);
        else
            env_remove(env, p->name);
    }
    if (on && proxies.ports[SRT_LISTENER_HTTP])
        set_java(env, &proxies);
    if (on && proxies.token)
        set_git_proxy(env);
    proxies_clear(&proxies);
}

static void add_git_config(Env *env, guint64 *count, const char *key, const char *value)
{
    g_autofree char *key_name = g_strdup_printf("GIT_CONFIG_KEY_%" G_GUINT64_FORMAT, *count);
    g_autofree char *value_name = g_strdup_printf("GIT_CONFIG_VALUE_%" G_GUINT64_FORMAT, *count);
    env_set(env, key_name, key);
    env_set(env, value_name, value);
    (*count)++;
}

/* git refuses repositories of other owners; inside, owners may look different. */
static void set_git(Env *env, const SrtConfigList *directories)
{
    guint64 count = 0;
    const char *inherited = env_value(env, "GIT_CONFIG_COUNT");
    if (!directories || directories->len == 0)
        return;
    /* An explicit 0 switches configuration by environment off; what is no number
     * makes git stop, which is the caller's affair. */
    if (inherited && (!g_ascii_string_to_unsigned(inherited, 10, 1, 100000, &count, NULL)))
        return;
    if (directories->len > SAFE_DIRECTORIES_MAX) {
        add_git_config(env, &count, "safe.directory", "*");
    } else {
        for (guint i = 0; i < directories->len; i++) {
            const SrtConfigItem *item = directories->pdata[i];
            g_autofree char *path = g_strdup(item->text);
            for (gsize n = strlen(path); n > 1 && path[n - 1] == '/'; n--)
                path[n - 1] = 0;
            g_autofree char *below =
                g_strconcat(path, g_str_has_suffix(path, "/") ? "*" : "/*", NULL);
            add_git_config(env, &count, "safe.directory", path);
            add_git_config(env, &count, "safe.directory", below);
        }
    }
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, count);
    env_set(env, "GIT_CONFIG_COUNT", text);
}

static void set_from_settings(Env *env, GHashTable *set)
{
    if (!set)
        return;
    /* In one order on every run. */
    GList *names = g_list_sort(g_hash_table_get_keys(set), (GCompareFunc)strcmp);
    for (GList *n = names; n; n = n->next)
        env_set(env, n->data, g_hash_table_lookup(set, n->data));
    g_list_free(names);
}

static char **finish(Env *env)
{
    GPtrArray *entries = g_ptr_array_new();
    for (guint i = 0; i < env->entries->len; i++)
        if (env->entries->pdata[i])
            g_ptr_array_add(entries, env->entries->pdata[i]);
    g_ptr_array_add(entries, NULL);
    g_ptr_array_unref(env->entries);
    g_hash_table_unref(env->index);
    return (char **)g_ptr_array_free(entries, FALSE);
}

char **srt_run_environment(const char *const *inherited, const SrtConfig *config,
                           const srt_policy *policy, const SrtProxyPlace *place)
{
    Env env = {.entries = g_ptr_array_new(),
               .index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
    inherit(&env, inherited, &config->env);
    set_proxies(&env, policy, place);
    set_git(&env, config->git_safe_directories);
    env_set(&env, "SANDBOX_RUNTIME", "1");
    set_from_settings(&env, config->env.set);
    return finish(&env);
}
