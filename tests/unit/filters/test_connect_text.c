/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "connect.h"
#include "support/unit.h"

static void test_proxy_addresses(void)
{
    proxy_address a;
    CU_ASSERT_TRUE(proxy_address_parse("http://localhost:3128", &a));
    CU_ASSERT_TRUE(a.local && a.port == 3128);
    CU_ASSERT_TRUE(proxy_address_parse("http://127.0.0.1:65535/", &a));
    CU_ASSERT_TRUE(!a.local && !a.v6 && a.v4[0] == 127 && a.v4[3] == 1 && a.port == 65535);
    CU_ASSERT_TRUE(proxy_address_parse("http://[::1]:1", &a));
    CU_ASSERT_TRUE(a.v6 && a.port == 1);
    SRT_ASSERT_STR(a.basic, "");
    CU_ASSERT_TRUE(proxy_address_parse("http://srt:0aF-._~@127.0.0.1:8080", &a));
    CU_ASSERT_TRUE(a.v4[0] == 127 && a.port == 8080);
    SRT_ASSERT_STR(a.basic, "c3J0OjBhRi0uX34=");
    CU_ASSERT_TRUE(proxy_address_parse("http://a:b@localhost:1/", &a) && a.local);
    SRT_ASSERT_STR(a.basic, "YTpi");
    CU_ASSERT_TRUE(proxy_address_parse("http://a:bc@[::1]:1", &a) && a.v6);
    SRT_ASSERT_STR(a.basic, "YTpiYw==");
    char longest[CONNECT_PAIR_MAX + 64];
    snprintf(longest, sizeof longest, "http://u:%0*d@127.0.0.1:1", CONNECT_PAIR_MAX - 2, 7);
    CU_ASSERT_TRUE(proxy_address_parse(longest, &a));
    CU_ASSERT_EQUAL(strlen(a.basic), CONNECT_BASIC_SIZE - 1);
    snprintf(longest, sizeof longest, "http://u:%0*d@127.0.0.1:1", CONNECT_PAIR_MAX - 1, 7);
    CU_ASSERT_FALSE(proxy_address_parse(longest, &a));
    static const char *const bad[] = {"",
                                      "http://@localhost:1",
                                      "http://user@localhost:1",
                                      "http://:pass@localhost:1",
                                      "http://user:@localhost:1",
                                      "http://user:pa ss@localhost:1",
                                      "http://user:pa%20s@localhost:1",
                                      "http://user:pa\r\nX: y@localhost:1",
                                      "http://user:pass@example.com:1",
                                      "http://us:er:pass@localhost:1",
                                      "http://user:pass@@localhost:1",
                                      "localhost:3128",
                                      "https://localhost:3128",
                                      "http://localhost",
                                      "http://localhost:",
                                      "http://localhost:0",
                                      "http://localhost:65536",
                                      "http://localhost:99999999999999999999",
                                      "http://localhost:3128/x",
                                      "http://localhost:3128 ",
                                      "http://example.com:3128",
                                      "http://127.0.0.256:1",
                                      "http://127.0.0:1",
                                      "http://127..0.1:1",
                                      "http://[::2]:1",
                                      "http://localhosts:1",
                                      "http://127.0.0.1.1:1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CU_ASSERT_FALSE(proxy_address_parse(bad[i], &a));
}

static void test_requests(void)
{
    char buffer[1024];
    size_t length;
    CU_ASSERT_TRUE_FATAL(connect_request("github.com", "22", "", buffer, sizeof buffer, &length));
    buffer[length] = 0;
    SRT_ASSERT_STR(buffer, "CONNECT github.com:22 HTTP/1.1\r\nHost: github.com:22\r\n\r\n");
    CU_ASSERT_TRUE_FATAL(connect_request("2001:db8::1", "443", "", buffer, sizeof buffer, &length));
    buffer[length] = 0;
    SRT_ASSERT_STR(buffer, "CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n\r\n");
    CU_ASSERT_TRUE_FATAL(connect_request("a.b", "1", "YTpi", buffer, sizeof buffer, &length));
    buffer[length] = 0;
    SRT_ASSERT_STR(buffer, "CONNECT a.b:1 HTTP/1.1\r\nHost: a.b:1\r\n"
                           "Proxy-Authorization: Basic YTpi\r\n\r\n");
    static const char *const hosts[] = {"",    "a b",   "a\r\nX: y", "a\tb",       "a/b",
                                        "a@b", "[::1]", "\x7f",      "caf\xc3\xa9"};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        CU_ASSERT_FALSE(connect_request(hosts[i], "22", "", buffer, sizeof buffer, &length));
    static const char *const ports[] = {"", "0", "65536", "-1", "22 ", "ssh", "+22"};
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++)
        CU_ASSERT_FALSE(
            connect_request("example.com", ports[i], "", buffer, sizeof buffer, &length));
    char longest[300];
    memset(longest, 'a', sizeof longest);
    longest[255] = 0;
    CU_ASSERT_TRUE(connect_request(longest, "65535", "", buffer, sizeof buffer, &length));
    CU_ASSERT_FALSE(connect_request(longest, "65535", "", buffer, 300, &length));
    longest[255] = 'a';
    longest[256] = 0;
    CU_ASSERT_FALSE(connect_request(longest, "65535", "", buffer, sizeof buffer, &length));
}

static void test_heads(void)
{
    static char long_head[CONNECT_HEAD_MAX];
    static const char ok[] = "HTTP/1.1 200 OK\r\nA: b\r\n\r\nSSH-2.0";
    CU_ASSERT_EQUAL(connect_answer_head(ok, sizeof ok - 1), (long)sizeof ok - 1 - 7);
    for (size_t n = 0; n < sizeof ok - 1 - 7; n++)
        CU_ASSERT_EQUAL(connect_answer_head(ok, n), 0);
    CU_ASSERT_EQUAL(connect_answer_head("SSH-2.0", 7), -1);
    CU_ASSERT_EQUAL(connect_answer_head("HTTP/2", 6), -1);
    memset(long_head, 'x', sizeof long_head);
    memcpy(long_head, "HTTP/1.1 200", 12);
    CU_ASSERT_EQUAL(connect_answer_head(long_head, sizeof long_head), -1);
    CU_ASSERT_EQUAL(connect_answer_head(long_head, sizeof long_head - 1), 0);
}

static void judge(const char *answer, int result, const char *reason)
{
    inside_text text = {.length = 0};
    size_t length = strlen(answer);
    long head = connect_answer_head(answer, length);
    CU_ASSERT_FATAL(head > 0);
    CU_ASSERT_EQUAL(connect_answer_judge(answer, length, (size_t)head, &text), result);
    SRT_ASSERT_STR(text.bytes, reason);
}

static void test_answers(void)
{
    judge("HTTP/1.1 200 Connection Established\r\n\r\n", 0, "");
    judge("HTTP/1.0 299\r\n\r\n", 0, "");
    judge("HTTP/1.1 403 Forbidden\r\nX-Proxy-Error: blocked-by-allowlist\r\n\r\n"
          "Connection blocked by network allowlist\r\nmore",
          -1, "403 Forbidden (blocked-by-allowlist): Connection blocked by network allowlist");
    judge("HTTP/1.1 403 Forbidden\r\nx-proxy-error:a\x1b[31mb\r\n\r\n", -1,
          "403 Forbidden (a [31mb)");
    judge("HTTP/1.1 502 Bad Gateway\r\n\r\n", -1, "502 Bad Gateway");
    judge("HTTP/1.1 2x\r\n\r\n", -1, "2x");
    judge("HTTP/1.1\r\n\r\n", -1, "no HTTP answer");
    judge("HTTP/1.1 2000 OK\r\n\r\n", -1, "2000 OK");
}

static void test_numbers_and_lines(void)
{
    CU_ASSERT_EQUAL(text_number("0", 10), 0);
    CU_ASSERT_EQUAL(text_number("10", 10), 10);
    CU_ASSERT_EQUAL(text_number("11", 10), -1);
    CU_ASSERT_EQUAL(text_number("1x", 100), -1);
    CU_ASSERT_EQUAL(text_number("99999999999999999999999", 1 << 20), -1);
    inside_text text = {.length = 0};
    for (int i = 0; i < 200; i++)
        text_add(&text, "0123456789");
    CU_ASSERT_EQUAL(text.length, 1000);
    CU_ASSERT_EQUAL(strlen(text.bytes), 1000);
    text.length = 0;
    text_add_number(&text, 18446744073709551615ul);
    text_add_errno(&text, 2);
    text_add_errno(&text, 9999);
    SRT_ASSERT_STR(text.bytes, "18446744073709551615: No such file or directory: error 9999");
    const char *const env[] = {"AB=1", "A=", "B=2", NULL};
    SRT_ASSERT_STR(env_get(env, "A"), "");
    SRT_ASSERT_STR(env_get(env, "B"), "2");
    CU_ASSERT_PTR_NULL(env_get(env, "C"));
}

static const srt_unit_case cases[] = {
    {"proxy addresses", test_proxy_addresses},
    {"requests", test_requests},
    {"heads", test_heads},
    {"answers", test_answers},
    {"numbers and lines", test_numbers_and_lines},
};
SRT_UNIT_MAIN("filters.connect", cases)
