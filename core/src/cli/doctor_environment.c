/* SPDX-License-Identifier: Apache-2.0 */
/* Limits of the process, and the proxies through which srt reaches the outside. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/doctor.h"

#define LOOK_MILLISECONDS 1000

/* What a run needs, with room. */
static const struct {
    int resource;
    const char *name;
    rlim_t least;
    const char *what, *remedy;
} limits[] = {
    {RLIMIT_NOFILE, "nofile", 64, "open files", "ulimit -n 1024"},
    {RLIMIT_NPROC, "nproc", 32, "processes", "ulimit -u 1024"},
    {RLIMIT_FSIZE, "fsize", 1 << 20, "bytes of a file", "ulimit -f unlimited"},
};

void srt_doctor_judge_limit(GPtrArray *list, int resource, const struct rlimit *limit)
{
    for (gsize i = 0; i < G_N_ELEMENTS(limits); i++) {
        if (limits[i].resource != resource || limit->rlim_cur == RLIM_INFINITY ||
            limit->rlim_cur >= limits[i].least)
            continue;
        gboolean hard = limit->rlim_max != RLIM_INFINITY && limit->rlim_max < limits[i].least;
        SrtDoctorCheck *check = srt_doctor_add(
            list, "limits", SRT_DOCTOR_WARNING,
            "at most %" G_GUINT64_FORMAT " %s are permitted (ulimit), srt needs %" G_GUINT64_FORMAT
            "%s",
            (guint64)limit->rlim_cur, limits[i].what, (guint64)limits[i].least,
            hard ? "; the hard limit is that low too, so log in again after this" : "");
        if (hard)
            srt_doctor_remedy(check,
                              "echo \"$(id -un) - %s unlimited\" | sudo tee "
                              "/etc/security/limits.d/60-srt.conf",
                              limits[i].name);
        else
            srt_doctor_remedy(check, "%s", limits[i].remedy);
    }
}

void srt_doctor_look_at_limits(GPtrArray *list)
{
    guint before = list->len;
    for (gsize i = 0; i < G_N_ELEMENTS(limits); i++) {
        struct rlimit limit;
        if (getrlimit((__typeof__(RLIMIT_NOFILE))limits[i].resource, &limit) == 0)
            srt_doctor_judge_limit(list, limits[i].resource, &limit);
    }
    if (list->len == before)
        srt_doctor_add(list, "limits", SRT_DOCTOR_OK, "wide enough");
}

gboolean srt_doctor_split_url(const char *url, char **ret_host, guint16 *ret_port)
{
    const char *begin = strstr(url, "://");
    begin = begin ? begin + 3 : url;
    g_autofree char *place = g_strndup(begin, strcspn(begin, "/?#"));
    const char *at = strrchr(place, '@');
    const char *host = at ? at + 1 : place;
    const char *colon = strrchr(host, ':');
    guint64 port = 80;
    if (colon && !strchr(colon, ']') &&
        !g_ascii_string_to_unsigned(colon + 1, 10, 1, 65535, &port, NULL))
        return FALSE;
    gsize length = colon && !strchr(colon, ']') ? (gsize)(colon - host) : strlen(host);
    if (length > 2 && host[0] == '[' && host[length - 1] == ']')
        *ret_host = g_strndup(host + 1, length - 2);
    else
        *ret_host = g_strndup(host, length);
    *ret_port = (guint16)port;
    return **ret_host != '\0';
}

static gboolean connects(int family, const struct sockaddr *address, socklen_t size)
{
    int fd = srt_fd_socket(family, SOCK_STREAM);
    int e = 0;
    socklen_t e_size = sizeof e;
    if (fd < 0)
        return TRUE; /* nothing can be said */
    fcntl(fd, F_SETFL, O_NONBLOCK);
    if (connect(fd, address, size) != 0) {
        e = errno;
        struct pollfd p = {.fd = fd, .events = POLLOUT};
        if (e == EINPROGRESS && poll(&p, 1, LOOK_MILLISECONDS) == 1)
            (void)getsockopt(fd, SOL_SOCKET, SO_ERROR, &e, &e_size);
    }
    close(fd);
    return e != ECONNREFUSED;
}

/* Only the loopback interface is asked; what else there is is the network's. */
static gboolean nobody_listens(const char *host, guint16 port)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {
        .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = in6addr_loopback};
    gboolean is_name = g_ascii_strcasecmp(host, "localhost") == 0;
    if (is_name || strcmp(host, "::1") == 0) {
        gboolean v6_refused = !connects(AF_INET6, (const struct sockaddr *)&v6, sizeof v6);
        if (!is_name || !v6_refused)
            return v6_refused;
        host = "127.0.0.1";
    }
    if (inet_pton(AF_INET, host, &v4.sin_addr) != 1 || (ntohl(v4.sin_addr.s_addr) >> 24) != 127)
        return FALSE;
    return !connects(AF_INET, (const struct sockaddr *)&v4, sizeof v4);
}

static void mend_proxy(SrtDoctorCheck *check, const char *name, gboolean from_settings,
                       const char *better)
{
    if (from_settings) {
        srt_doctor_remedy(check, "${EDITOR:-vi} ~/.srt-settings.json");
        return;
    }
    if (better)
        srt_doctor_remedy(check, "export %s=\"%s${%s#*://}\"", name, better, name);
    srt_doctor_remedy(check, "unset %s", name);
}

void srt_doctor_look_at_proxy(GPtrArray *list, const char *name, const char *url,
                              gboolean from_settings)
{
    g_autofree char *host = NULL;
    guint16 port = 0;
    SrtDoctorCheck *check;
    gboolean plain = g_str_has_prefix(url, "http://") || !strstr(url, "://");
    if (g_str_has_prefix(url, "https://")) {
        check =
            srt_doctor_add(list, "proxy", SRT_DOCTOR_WARNING,
                           "%s names a proxy that wants TLS, which srt cannot speak to a proxy: "
                           "runs with a network stop. Most such proxies take plain HTTP as well",
                           name);
        mend_proxy(check, name, from_settings, "http://");
    } else if (!plain || !srt_doctor_split_url(url, &host, &port)) {
        check = srt_doctor_add(
            list, "proxy", SRT_DOCTOR_WARNING,
            "%s is not the URL of an HTTP proxy (http://HOST:PORT): it is ignored", name);
        mend_proxy(check, name, from_settings, plain ? NULL : "http://");
    } else if (nobody_listens(host, port)) {
        check = srt_doctor_add(list, "proxy", SRT_DOCTOR_WARNING,
                               "%s: nothing listens on %s, port %u: nothing outside can be reached",
                               name, host, port);
        mend_proxy(check, name, from_settings, NULL);
    } else {
        srt_doctor_add(list, "proxy", SRT_DOCTOR_OK, "%s: %s, port %u", name, host, port);
    }
}

static void look_at_port(GPtrArray *list, const char *name, guint port)
{
    g_autofree char *url = g_strdup_printf("http://localhost:%u", port);
    if (port)
        srt_doctor_look_at_proxy(list, name, url, TRUE);
}

void srt_doctor_look_at_proxies(GPtrArray *list, const SrtConfig *config)
{
    /* The first of each line that is set counts. */
    static const char *const names[][2] = {{"HTTP_PROXY", "http_proxy"},
                                           {"HTTPS_PROXY", "https_proxy"}};
    if (config && config->network.parent_http)
        srt_doctor_look_at_proxy(list, "network.parentProxy.http", config->network.parent_http,
                                 TRUE);
    if (config && config->network.parent_https)
        srt_doctor_look_at_proxy(list, "network.parentProxy.https", config->network.parent_https,
                                 TRUE);
    if (config) {
        look_at_port(list, "network.httpProxyPort", config->network.http_proxy_port);
        look_at_port(list, "network.socksProxyPort", config->network.socks_proxy_port);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(names) && !(config && config->network.parent_present); i++)
        for (gsize k = 0; k < G_N_ELEMENTS(names[i]); k++) {
            const char *value = g_getenv(names[i][k]);
            if (!value || !*value)
                continue;
            srt_doctor_look_at_proxy(list, names[i][k], value, FALSE);
            break;
        }
}
