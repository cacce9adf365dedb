/* SPDX-License-Identifier: Apache-2.0 */
#include "net/parent.h"

#include <arpa/inet.h>

#include "net/http_target.h"

#define ENTRIES_MAX 1024u

typedef struct Entry {
    char *name; /* NULL: an address */
    int family;
    uint8_t address[16];
    unsigned bits;
} Entry;

struct SrtNoProxy {
    gboolean all;
    GArray *entries;
};

static gboolean has_prefix(const char *text, const char *prefix)
{
    return g_ascii_strncasecmp(text, prefix, strlen(prefix)) == 0;
}

/* Undoes %XX; NULL when it is malformed or holds a NUL. */
static char *percent_decode(SrtSlice text)
{
    g_autofree char *copy = g_strndup(text.at, text.length);
    return g_uri_unescape_string(copy, NULL);
}

/* "user:password" for Basic, always with a colon. */
static char *make_authorization(SrtSlice userinfo)
{
    const char *colon = memchr(userinfo.at, ':', userinfo.length);
    gsize n = colon ? (gsize)(colon - userinfo.at) : userinfo.length;
    g_autofree char *user = percent_decode(srt_slice(userinfo.at, n));
    g_autofree char *password =
        colon ? percent_decode(srt_slice(colon + 1, userinfo.length - n - 1)) : g_strdup("");
    if (!user || !password)
        return NULL;
    g_autofree char *pair = g_strconcat(user, ":", password, NULL);
    g_autofree char *encoded = g_base64_encode((const guchar *)pair, strlen(pair));
    return g_strconcat("Basic ", encoded, NULL);
}

/* The last '@' before the path ends the user information. */
static const char *find_at(const char *text, gsize length)
{
    for (gsize i = length; i > 0; i--) {
        if (text[i - 1] == '@')
            return text + i - 1;
    }
    return NULL;
}

SrtParentResult srt_parent_parse(const char *url, SrtParent *ret)
{
    *ret = (SrtParent){0};
    if (has_prefix(url, "https://"))
        return SRT_PARENT_TLS;
    if (has_prefix(url, "http://"))
        url += strlen("http://");
    else if (strstr(url, "://"))
        return SRT_PARENT_INVALID;
    gsize length = strcspn(url, "/?#");
    SrtSlice authority = srt_slice(url, length), userinfo = srt_slice(NULL, 0);
    const char *at = find_at(url, length);
    if (at) {
        userinfo = srt_slice(url, (gsize)(at - url));
        authority = srt_slice(at + 1, length - userinfo.length - 1);
    }
    SrtTarget target;
    if (!srt_target_authority(authority, 80, &target) ||
        !srt_host_parse(target.host.at, target.host.length, &ret->host))
        return SRT_PARENT_INVALID;
    ret->port = target.port;
    if (userinfo.length) {
        ret->authorization = make_authorization(userinfo);
        if (!ret->authorization)
            return SRT_PARENT_INVALID;
    }
    return SRT_PARENT_OK;
}

void srt_parent_clear(SrtParent *parent)
{
    g_clear_pointer(&parent->authorization, g_free);
}

static gboolean parse_bits(const char *text, unsigned most, unsigned *ret)
{
    guint64 value;
    if (!g_ascii_string_to_unsigned(text, 10, 0, most, &value, NULL))
        return FALSE;
    *ret = (unsigned)value;
    return TRUE;
}

/* An address or CIDR, with or without brackets. */
static gboolean parse_address(const char *text, Entry *ret)
{
    g_autofree char *copy = g_strdup(*text == '[' ? text + 1 : text);
    char *slash = strchr(copy, '/');
    if (slash)
        *slash++ = '\0';
    copy[strcspn(copy, "]")] = '\0';
    ret->family = strchr(copy, ':') ? AF_INET6 : AF_INET;
    if (inet_pton(ret->family, copy, ret->address) != 1)
        return FALSE;
    unsigned most = ret->family == AF_INET ? 32 : 128;
    ret->bits = most;
    return !slash || parse_bits(slash, most, &ret->bits);
}

/* Cuts ":port" off a name or an IPv4 address; "[v6]:port" needs no cutting. */
static void cut_port(char *text)
{
    char *colon = strchr(text, ':');
    if (*text != '[' && colon && !strchr(colon + 1, ':'))
        *colon = '\0';
}

static void add_entry(SrtNoProxy *list, SrtSlice one)
{
    Entry entry = {0};
    g_autofree char *text = g_strndup(one.at, one.length);
    if (strcmp(text, "*") == 0) {
        list->all = TRUE;
        return;
    }
    cut_port(text);
    if (!parse_address(text, &entry)) {
        const char *name = text;
        if (g_str_has_prefix(name, "*."))
            name += 2;
        else if (*name == '.')
            name++;
        SrtHost host;
        if (!srt_host_parse(name, strlen(name), &host) || host.is_address)
            return;
        entry.name = g_strdup(host.text);
    }
    g_array_append_val(list->entries, entry);
}

static void clear_entry(gpointer entry)
{
    g_free(((Entry *)entry)->name);
}

SrtNoProxy *srt_no_proxy_new(const char *list)
{
    SrtNoProxy *self = g_new0(SrtNoProxy, 1);
    self->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    g_array_set_clear_func(self->entries, clear_entry);
    SrtSlice rest = srt_slice(list ? list : "", list ? strlen(list) : 0), one;
    while (self->entries->len < ENTRIES_MAX && srt_slice_next(&rest, &one))
        add_entry(self, one);
    return self;
}

void srt_no_proxy_free(SrtNoProxy *list)
{
    if (!list)
        return;
    g_array_unref(list->entries);
    g_free(list);
}

static gboolean same_bits(const uint8_t *a, const uint8_t *b, unsigned bits)
{
    if (memcmp(a, b, bits / 8) != 0)
        return FALSE;
    unsigned rest = bits % 8;
    return rest == 0 || ((a[bits / 8] ^ b[bits / 8]) >> (8 - rest)) == 0;
}

static gboolean is_below(const char *host, const char *name)
{
    gsize h = strlen(host), n = strlen(name);
    return h >= n && strcmp(host + h - n, name) == 0 && (h == n || host[h - n - 1] == '.');
}

static gboolean is_loopback(const SrtHost *host)
{
    static const uint8_t one[16] = {[15] = 1};
    if (!host->is_address)
        return is_below(host->text, "localhost");
    return host->family == AF_INET ? host->address[0] == 127 : memcmp(host->address, one, 16) == 0;
}

gboolean srt_no_proxy_matches(const SrtNoProxy *list, const SrtHost *host)
{
    if (list->all || is_loopback(host))
        return TRUE;
    for (guint i = 0; i < list->entries->len; i++) {
        const Entry *entry = &g_array_index(list->entries, Entry, i);
        if (entry->name) {
            if (!host->is_address && is_below(host->text, entry->name))
                return TRUE;
        } else if (host->is_address && host->family == entry->family &&
                   same_bits(host->address, entry->address, entry->bits)) {
            return TRUE;
        }
    }
    return FALSE;
}
