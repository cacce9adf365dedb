/* SPDX-License-Identifier: Apache-2.0 */
#include "run/env_names.h"

#define NO_PROXY_HOSTS                                                                             \
    "localhost,127.0.0.1,::1,169.254.0.0/16,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"

/* FTP goes through SOCKS because HTTP proxies for it are not what clients
 * expect; gRPC refuses socks5h; rsync wants an HTTP proxy without scheme. */
const SrtEnvProxy srt_env_proxies[] = {
    {"HTTP_PROXY", SRT_ENV_HTTP_URL, NULL},
    {"HTTPS_PROXY", SRT_ENV_HTTP_URL, NULL},
    {"http_proxy", SRT_ENV_HTTP_URL, NULL},
    {"https_proxy", SRT_ENV_HTTP_URL, NULL},
    {"ALL_PROXY", SRT_ENV_HTTP_URL, NULL},
    {"all_proxy", SRT_ENV_HTTP_URL, NULL},
    {"FTP_PROXY", SRT_ENV_SOCKS_URL, NULL},
    {"ftp_proxy", SRT_ENV_SOCKS_URL, NULL},
    {"GRPC_PROXY", SRT_ENV_HTTP_URL, NULL},
    {"grpc_proxy", SRT_ENV_HTTP_URL, NULL},
    {"RSYNC_PROXY", SRT_ENV_HTTP_HOST_PORT, NULL},
    {"DOCKER_HTTP_PROXY", SRT_ENV_HTTP_URL, NULL},
    {"DOCKER_HTTPS_PROXY", SRT_ENV_HTTP_URL, NULL},
    {"CLOUDSDK_PROXY_TYPE", SRT_ENV_HTTP_PART, "http"},
    {"CLOUDSDK_PROXY_ADDRESS", SRT_ENV_HTTP_PART, "localhost"},
    {"CLOUDSDK_PROXY_PORT", SRT_ENV_HTTP_PORT, NULL},
    {"CLOUDSDK_PROXY_USERNAME", SRT_ENV_HTTP_USER, "srt"},
    {"CLOUDSDK_PROXY_PASSWORD", SRT_ENV_HTTP_TOKEN, NULL},
    {"NO_PROXY", SRT_ENV_TEXT, NO_PROXY_HOSTS},
    {"no_proxy", SRT_ENV_TEXT, NO_PROXY_HOSTS},
    {"NODE_USE_ENV_PROXY", SRT_ENV_TEXT, "1"},
    {NULL, SRT_ENV_TEXT, NULL},
};

/* Compared with the name in capitals. */
static const char *const secrets[] = {
    "*_TOKEN",       "*_SECRET",        "*_SECRET_KEY",
    "*_SECRETS",     "*_PASSWORD",      "*_PASSWD",
    "*_PASSPHRASE",  "*_API_KEY",       "*_APIKEY",
    "*_ACCESS_KEY",  "*_ACCESS_KEY_ID", "*_PRIVATE_KEY",
    "*_SIGNING_KEY", "*_CREDENTIALS",   "*_CREDENTIAL",
    "*_PAT",         "*_AUTH",          "*_DSN",
    "*_JWT",         "AWS_*",           "TOKEN",
    "SECRET",        "PASSWORD",        "API_KEY",
    "PGPASSWORD",    "MYSQL_PWD",       "RESTIC_PASSWORD_COMMAND",
    "DATABASE_URL",  "*_DATABASE_URL",  "*_CONNECTION_STRING",
    "KUBECONFIG",    "SSHPASS",         "NETRC",
};

gboolean srt_env_is_secret(const char *name)
{
    g_autofree char *capitals = g_ascii_strup(name, -1);
    for (gsize i = 0; i < G_N_ELEMENTS(secrets); i++)
        if (g_pattern_match_simple(secrets[i], capitals))
            return TRUE;
    return FALSE;
}
