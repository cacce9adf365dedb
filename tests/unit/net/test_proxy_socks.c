/* SPDX-License-Identifier: Apache-2.0 */
/* SOCKS5 clients, and either protocol on either port. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness.h"

static void send_request(int fd, int command, const char *host, int port)
{
    unsigned char text[300] = {5, (unsigned char)command, 0, 3, (unsigned char)strlen(host)};
    gsize n = strlen(host);
    memcpy(text + 5, host, n);
    text[5 + n] = (unsigned char)(port >> 8);
    text[6 + n] = (unsigned char)port;
    net_send_bytes(fd, text, 7 + n);
}

static void expect(int fd, const char *bytes, gsize n)
{
    g_autofree char *got = net_read(fd, n);
    CU_ASSERT(memcmp(got, bytes, n) == 0);
}

#define EXPECT(fd, literal) expect(fd, literal, sizeof(literal) - 1)
#define REPLY_OK "\5\0\0\1\0\0\0\0\0\0"
#define REPLY_REFUSED "\5\2\0\1\0\0\0\0\0\0"
#define REPLY_FAILED "\5\4\0\1\0\0\0\0\0\0"

static int greet(int port)
{
    int fd = net_dial(port);
    net_send_bytes(fd, "\5\1\0", 3);
    EXPECT(fd, "\5\0");
    return fd;
}

static void at_its_end(int fd)
{
    gsize n;
    g_autofree char *rest = net_rest(fd, &n);
    CU_ASSERT_EQUAL(n, 0);
    SRT_ASSERT_STR(rest, "");
    close(fd);
}

static void name_and_early_bytes(void)
{
    NET_START(.allowed = "127.0.0.1 *.example.com");
    net_set_names("a.example.com=127.0.0.1");
    int client = greet(net.socks_port);
    send_request(client, 1, "A.Example.com.", net.origin_port);
    net_send(client, "early");
    shutdown(client, SHUT_WR);
    int server = net_accept(&net);
    g_autofree char *early = net_rest(server, NULL);
    SRT_ASSERT_STR(early, "early");
    net_send(server, "late");
    close(server);
    EXPECT(client, REPLY_OK "late");
    at_its_end(client);
    net_stop(&net);
}

static void address(void)
{
    NET_START();
    int client = greet(net.http_port); /* either protocol on either port */
    unsigned char request[] = {5, 1, 0, 1, 127, 0, 0, 1, 0, 0};
    request[8] = (unsigned char)(net.origin_port >> 8);
    request[9] = (unsigned char)net.origin_port;
    net_send_bytes(client, request, sizeof request);
    int server = net_accept(&net);
    EXPECT(client, REPLY_OK);
    close(server);
    at_its_end(client);
    client = net_dial(net.socks_port);
    net_send(client, "GET http://127.0.0.1:%d/ HTTP/1.1\r\n\r\n", net.origin_port);
    server = net_accept(&net);
    g_autofree char *head = net_head(server);
    CU_ASSERT(net_has(head, "GET / HTTP/1.1\r\n"));
    close(client);
    close(server);
    net_stop(&net);
}

static void one_byte_at_a_time(void)
{
    NET_START();
    int client = net_dial(net.socks_port);
    unsigned char all[] = {5, 2, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, 0, 0};
    all[12] = (unsigned char)(net.origin_port >> 8);
    all[13] = (unsigned char)net.origin_port;
    for (gsize i = 0; i < sizeof all; i++) {
        net_send_bytes(client, all + i, 1);
        g_usleep(1000);
    }
    EXPECT(client, "\5\0");
    int server = net_accept(&net);
    EXPECT(client, REPLY_OK);
    close(client);
    close(server);
    net_stop(&net);
}

static void codes(void)
{
    NET_START(.allowed = "127.0.0.1 *.example.com");
    net_set_names("loop.example.com=127.0.0.9");
    struct {
        const char *host;
        int port;
        const char *reply;
    } table[] = {
        {"denied.example.org", 443, REPLY_REFUSED},
        {"127.0.0.1", 0, REPLY_REFUSED},
        {"loop.example.com", 443, REPLY_REFUSED},
        {"a b.example.com", 443, REPLY_REFUSED},
        {"none.example.com", 443, REPLY_FAILED},
        {"127.0.0.1", 1, REPLY_FAILED}, /* nobody listens there */
    };
    for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
        int client = greet(net.socks_port);
        send_request(client, 1, table[i].host, table[i].port);
        expect(client, table[i].reply, 10);
        at_its_end(client);
    }
    CU_ASSERT_EQUAL(net_lookups(), 2);
    net_stop(&net);
}

/* "evil\0.example.com" must not be taken for a name below example.com. */
static void zero_byte_in_a_name(void)
{
    NET_START(.allowed = "*.example.com");
    net_set_names("evil=127.0.0.1");
    int client = greet(net.socks_port);
    net_send_bytes(client, "\5\1\0\3\21evil\0.example.com\1\273", 24);
    EXPECT(client, REPLY_REFUSED);
    at_its_end(client);
    CU_ASSERT_EQUAL(net_lookups(), 0);
    net_stop(&net);
}

static void other_commands(void)
{
    NET_START();
    for (int command = 2; command <= 3; command++) {
        int client = greet(net.socks_port);
        send_request(client, command, "127.0.0.1", net.origin_port);
        EXPECT(client, "\5\7");
        at_its_end(client);
    }
    static const char *const garbage[] = {"\5\4\0\3\1a\1\1", "\5\1\0\2\1a\1\1", "\5\1\1\1\1\1\1\1",
                                          "\4\1\1\1\1\1\1\1"};
    for (guint i = 0; i < G_N_ELEMENTS(garbage); i++) {
        int client = greet(net.socks_port);
        net_send_bytes(client, garbage[i], 8);
        at_its_end(client);
    }
    int client = net_dial(net.socks_port); /* SOCKS4 */
    net_send_bytes(client, "\4\1\0\120\177\0\0\1\0", 9);
    at_its_end(client);
    client = net_dial(net.socks_port); /* no method */
    net_send_bytes(client, "\5\0", 2);
    at_its_end(client);
    client = net_dial(net.socks_port); /* a method that is not known */
    net_send_bytes(client, "\5\1\1", 3);
    EXPECT(client, "\5\377");
    at_its_end(client);
    net_no_dial(&net);
    net_stop(&net);
}

static void token(void)
{
    NET_START(.options.token = "secret");
    int client = net_dial(net.socks_port);
    net_send_bytes(client, "\5\2\0\2", 4);
    EXPECT(client, "\5\2");
    net_send_bytes(client, "\1\5srt.1\6secret", 14);
    EXPECT(client, "\1\0");
    send_request(client, 1, "127.0.0.1", net.origin_port);
    int server = net_accept(&net);
    EXPECT(client, REPLY_OK);
    close(client);
    close(server);
    client = net_dial(net.socks_port);
    net_send_bytes(client, "\5\1\2\1\3srt\6secreT", 15);
    EXPECT(client, "\5\2\1\1");
    at_its_end(client);
    net_stop(&net);
}

static void stranger(void)
{
    NET_START(.options.token = "secret", .denied = "git.example.com");
    int client = greet(net.socks_port);
    send_request(client, 1, "127.0.0.1", net.origin_port);
    EXPECT(client, REPLY_REFUSED);
    at_its_end(client);
    client = greet(net.socks_port);
    send_request(client, 1, "git.example.com", 22);
    EXPECT(client, REPLY_OK "SSH-2.0-policy_refusal\r\n");
    g_autofree char *packet = net_read(client, 4);
    gsize length = (unsigned char)packet[3];
    g_autofree char *rest = net_read(client, length);
    CU_ASSERT_EQUAL((length + 4) % 8, 0);
    CU_ASSERT_EQUAL(rest[1], 1); /* SSH_MSG_DISCONNECT */
    CU_ASSERT_EQUAL(rest[5], 1); /* not allowed to connect */
    CU_ASSERT(net_has(rest + 10, "host is on the deny list"));
    at_its_end(client);
    net_no_dial(&net);
    net_stop(&net);
}

static const srt_unit_case cases[] = {
    {"name and early bytes", name_and_early_bytes},
    {"address", address},
    {"one byte at a time", one_byte_at_a_time},
    {"codes", codes},
    {"zero byte in a name", zero_byte_in_a_name},
    {"other commands", other_commands},
    {"token", token},
    {"stranger", stranger},
};

SRT_UNIT_MAIN("net proxy socks", cases)
