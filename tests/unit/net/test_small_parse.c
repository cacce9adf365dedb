/* SPDX-License-Identifier: Apache-2.0 */
/* SOCKS messages, parent proxies, credentials, rendering, buffers. */
#include <string.h>

#include "net/answer.h"
#include "net/auth.h"
#include "net/http_render.h"
#include "net/parent.h"
#include "net/socks.h"
#include "support/unit.h"

static SrtSlice slice(const char *text)
{
    return srt_slice(text, strlen(text));
}

static void socks_greeting(void)
{
    SrtSocksGreeting g;
    CU_ASSERT_EQUAL(srt_socks_greeting(srt_slice("", 0), &g), 0);
    CU_ASSERT_EQUAL(srt_socks_greeting(srt_slice("\5", 1), &g), 0);
    CU_ASSERT_EQUAL(srt_socks_greeting(srt_slice("\4", 1), &g), -1);
    CU_ASSERT_EQUAL(srt_socks_greeting(srt_slice("\5\0", 2), &g), -1);
    CU_ASSERT_EQUAL(srt_socks_greeting(srt_slice("\5\201", 2), &g), -1);
    CU_ASSERT_EQUAL(srt_socks_greeting(srt_slice("\5\2\0", 3), &g), 0);
    CU_ASSERT_EQUAL(srt_socks_greeting(srt_slice("\5\2\0\1more", 8), &g), 4);
    CU_ASSERT(g.no_auth && !g.password);
    CU_ASSERT_EQUAL(srt_socks_greeting(srt_slice("\5\2\2\3", 4), &g), 4);
    CU_ASSERT(!g.no_auth && g.password);
}

static void socks_login(void)
{
    SrtSocksLogin l;
    static const char whole[] = "\1\3srt\2pw+";
    for (gsize n = 0; n < 8; n++)
        CU_ASSERT_EQUAL(srt_socks_login(srt_slice(whole, n), &l), 0);
    CU_ASSERT_EQUAL(srt_socks_login(srt_slice(whole, 9), &l), 8);
    CU_ASSERT(srt_slice_is(l.user, "srt") && srt_slice_is(l.password, "pw"));
    CU_ASSERT_EQUAL(srt_socks_login(srt_slice("\5", 1), &l), -1);
}

static void socks_request(void)
{
    SrtSocksRequest r;
    static const char name[] = "\5\1\0\3\3a.b\1\273";
    for (gsize n = 0; n < 10; n++)
        CU_ASSERT_EQUAL(srt_socks_request(srt_slice(name, n), &r), 0);
    CU_ASSERT_EQUAL(srt_socks_request(srt_slice(name, 10), &r), 10);
    SRT_ASSERT_STR(r.host, "a.b");
    CU_ASSERT(r.connect && r.port == 443 && r.host_length == 3);
    CU_ASSERT_EQUAL(srt_socks_request(srt_slice("\5\1\0\1\12\0\0\1\0\120", 10), &r), 10);
    SRT_ASSERT_STR(r.host, "10.0.0.1");
    CU_ASSERT_EQUAL(r.port, 80);
    CU_ASSERT_EQUAL(
        srt_socks_request(srt_slice("\5\1\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\120", 22), &r), 22);
    SRT_ASSERT_STR(r.host, "::1");
    CU_ASSERT_EQUAL(srt_socks_request(srt_slice("\5\3\0\3\1a\0\1", 8), &r), 8);
    CU_ASSERT(!r.connect);
    CU_ASSERT_EQUAL(srt_socks_request(srt_slice("\5\1\0\3\0", 5), &r), -1);
    CU_ASSERT_EQUAL(srt_socks_request(srt_slice("\5\1\0\2", 4), &r), -1);
    CU_ASSERT_EQUAL(srt_socks_request(srt_slice("\5\4", 2), &r), -1);
    CU_ASSERT_EQUAL(srt_socks_request(srt_slice("\5\1\1", 3), &r), -1);
    CU_ASSERT_EQUAL(srt_socks_request(srt_slice("\4", 1), &r), -1);
}

static void ssh_refusal_is_bounded(void)
{
    SrtBuffer out = {0};
    g_autofree char *text = g_strnfill(5000, '\n');
    srt_socks_ssh_refusal(&out, text);
    SrtSlice all = srt_buffer_slice(&out);
    CU_ASSERT(all.length < 1100);
    CU_ASSERT_PTR_NULL(memchr(all.at + 24, '\n', all.length - 24));
    CU_ASSERT_EQUAL((all.length - 24) % 8, 0);
    srt_buffer_clear(&out);
}

static void parents(void)
{
    static const struct {
        const char *url;
        SrtParentResult result;
        const char *host;
        int port;
        const char *authorization;
    } rows[] = {
        {"http://p.example.com:3128", SRT_PARENT_OK, "p.example.com", 3128, NULL},
        {"P.Example.com", SRT_PARENT_OK, "p.example.com", 80, NULL},
        {"10.0.0.1:8080/", SRT_PARENT_OK, "10.0.0.1", 8080, NULL},
        {"HTTP://[::1]:8080/x?y", SRT_PARENT_OK, "::1", 8080, NULL},
        {"http://u:p@p.example.com", SRT_PARENT_OK, "p.example.com", 80, "Basic dTpw"},
        {"http://u@p.example.com", SRT_PARENT_OK, "p.example.com", 80, "Basic dTo="},
        {"http://a%40b:c%3Ad@h:1", SRT_PARENT_OK, "h", 1, "Basic YUBiOmM6ZA=="},
        {"http://a@b:c@h:1", SRT_PARENT_OK, "h", 1, "Basic YUBiOmM="},
        {"https://p.example.com", SRT_PARENT_TLS, NULL, 0, NULL},
        {"socks5://p.example.com", SRT_PARENT_INVALID, NULL, 0, NULL},
        {"http://", SRT_PARENT_INVALID, NULL, 0, NULL},
        {"", SRT_PARENT_INVALID, NULL, 0, NULL},
        {"http://p:99999", SRT_PARENT_INVALID, NULL, 0, NULL},
        {"http://a b", SRT_PARENT_INVALID, NULL, 0, NULL},
        {"http://u%0:p@h", SRT_PARENT_INVALID, NULL, 0, NULL},
        {"http://u%00:p@h", SRT_PARENT_INVALID, NULL, 0, NULL},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        SrtParent parent;
        SrtParentResult result = srt_parent_parse(rows[i].url, &parent);
        if (result != rows[i].result)
            fprintf(stderr, "%s: %d\n", rows[i].url, (int)result);
        CU_ASSERT_EQUAL(result, rows[i].result);
        if (result == SRT_PARENT_OK && rows[i].host) {
            SRT_ASSERT_STR(parent.host.text, rows[i].host);
            CU_ASSERT_EQUAL(parent.port, rows[i].port);
            CU_ASSERT_EQUAL(g_strcmp0(parent.authorization, rows[i].authorization), 0);
        }
        srt_parent_clear(&parent);
    }
}

static gboolean past(const char *list, const char *host)
{
    SrtNoProxy *compiled = srt_no_proxy_new(list);
    SrtHost parsed;
    CU_ASSERT_FATAL(srt_host_parse(host, strlen(host), &parsed));
    gboolean result = srt_no_proxy_matches(compiled, &parsed);
    srt_no_proxy_free(compiled);
    return result;
}

static void no_proxy(void)
{
    static const char list[] = "a.example.com, .b.example.com,*.C.example.com:443,10.0.0.0/9,"
                               "192.0.2.1:80,2001:db8::/33,[2001:db9::1]:1,,a b,1.2.3.4/40";
    static const struct {
        const char *host;
        gboolean past;
    } rows[] = {
        {"a.example.com", TRUE},    {"x.a.example.com", TRUE}, {"xa.example.com", FALSE},
        {"b.example.com", TRUE},    {"x.b.example.com", TRUE}, {"c.example.com", TRUE},
        {"x.c.example.com", TRUE},  {"example.com", FALSE},    {"10.127.0.1", TRUE},
        {"10.128.0.1", FALSE},      {"192.0.2.1", TRUE},       {"192.0.2.2", FALSE},
        {"2001:db8:1::1", TRUE},    {"2001:db8:8000::1", FALSE}, {"2001:db9::1", TRUE},
        {"2001:db9::2", FALSE},     {"localhost", TRUE},       {"x.localhost", TRUE},
        {"127.9.9.9", TRUE},        {"::1", TRUE},             {"1.2.3.4", FALSE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (past(list, rows[i].host) != rows[i].past)
            fprintf(stderr, "%s\n", rows[i].host);
        CU_ASSERT_EQUAL(past(list, rows[i].host), rows[i].past);
    }
    CU_ASSERT(past("x,*", "anything.example.org"));
    CU_ASSERT(!past(NULL, "anything.example.org"));
}

static void credentials(void)
{
    CU_ASSERT(srt_auth_pair("t", slice("srt"), slice("t")));
    CU_ASSERT(srt_auth_pair("t", slice("srt.x"), slice("t")));
    CU_ASSERT(!srt_auth_pair("t", slice("srt."), slice("t")));
    CU_ASSERT(!srt_auth_pair("t", slice("srtx"), slice("t")));
    CU_ASSERT(!srt_auth_pair("t", slice("srt"), slice("")));
    CU_ASSERT(!srt_auth_pair("t", slice("srt"), slice("tt")));
    CU_ASSERT(!srt_auth_pair("t", slice("srt"), slice("u")));
}

static void authority(void)
{
    static const struct {
        const char *host;
        int port;
        const char *expected;
    } rows[] = {
        {"example.com", 80, "example.com"},
        {"example.com", 81, "example.com:81"},
        {"::1", 80, "[::1]"},
        {"::1", 8080, "[::1]:8080"},
        {"10.0.0.1", 80, "10.0.0.1"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        SrtBuffer out = {0};
        SrtHost host;
        CU_ASSERT_FATAL(srt_host_parse(rows[i].host, strlen(rows[i].host), &host));
        srt_render_authority(&out, &host, (uint16_t)rows[i].port, 80);
        srt_buffer_append(&out, "", 1);
        SRT_ASSERT_STR(srt_buffer_slice(&out).at, rows[i].expected);
        srt_buffer_clear(&out);
    }
}

/* What Connection names goes, but nothing that decides where a body ends. */
static void rendering(void)
{
    static const char request[] =
        "OPTIONS http://example.com HTTP/1.1\r\nHost: x\r\nConnection: A, content-length\r\n"
        "A: 1\r\nB: 2\r\nContent-Length: 3\r\nKeep-Alive: 1\r\nUpgrade: h2c\r\n\r\n";
    SrtHttpHead head;
    SrtTarget target;
    SrtHost host;
    SrtBody body;
    SrtBuffer out = {0};
    CU_ASSERT_EQUAL_FATAL(srt_http_parse_request(slice(request), &head).status, 0);
    CU_ASSERT_EQUAL_FATAL(srt_target_absolute(head.method, head.target, &target).status, 0);
    CU_ASSERT_EQUAL_FATAL(srt_http_request_body(&head, &body).status, 0);
    CU_ASSERT_FATAL(srt_host_parse("example.com", 11, &host));
    SrtForward how = {.target = &target, .host = &host, .body = &body};
    srt_render_request(&out, &head, &how);
    srt_buffer_append(&out, "", 1);
    SRT_ASSERT_STR(srt_buffer_slice(&out).at,
                   "OPTIONS * HTTP/1.1\r\nHost: example.com\r\nB: 2\r\nContent-Length: 3\r\n\r\n");
    srt_buffer_clear(&out);
}

static void buffers(void)
{
    SrtBuffer buffer = {0};
    g_autoptr(GString) model = g_string_new(NULL);
    guint32 random = 1;
    for (int i = 0; i < 5000; i++) {
        random = random * 1103515245 + 12345;
        gsize n = random >> 16 & 1023;
        if (random & 0x4000000) {
            g_autofree char *text = g_strnfill(n, (char)('a' + i % 26));
            srt_buffer_append(&buffer, text, n);
            g_string_append(model, text);
        } else {
            n = MIN(n, model->len);
            srt_buffer_consume(&buffer, n);
            g_string_erase(model, 0, (gssize)n);
        }
        SrtSlice all = srt_buffer_slice(&buffer);
        CU_ASSERT_FATAL(all.length == model->len && memcmp(all.at, model->str, model->len) == 0);
    }
    srt_buffer_clear(&buffer);
    CU_ASSERT_EQUAL(srt_buffer_length(&buffer), 0);
}

static const srt_unit_case cases[] = {
    {"socks greeting", socks_greeting},
    {"socks login", socks_login},
    {"socks request", socks_request},
    {"ssh refusal", ssh_refusal_is_bounded},
    {"parents", parents},
    {"no proxy", no_proxy},
    {"credentials", credentials},
    {"authority", authority},
    {"rendering", rendering},
    {"buffers", buffers},
};

SRT_UNIT_MAIN("net small parse", cases)
