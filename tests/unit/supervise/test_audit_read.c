/* SPDX-License-Identifier: Apache-2.0 */
/* Refusals from audit records, as a kernel 6.18 wrote them. */
#include <stdio.h>
#include <string.h>

#include "audit_read.h"
#include "support/unit.h"

#define CALL 1300
#define END 1320
#define ACCESS 1423
#define DOMAIN 1424

static sup_audit audit;
static char seen[4096];

static void add(const sup_audit_event *e)
{
    size_t n = strlen(seen);
    snprintf(seen + n, sizeof seen - n, "%d %.200s %u %.200s\n", e->operation, e->path, e->pid,
             e->program[0] ? e->program : "-");
}

static void begin(uint32_t owner)
{
    memset(&audit, 0, sizeof audit);
    audit.owner = owner;
    seen[0] = '\0';
}

static void feed(uint32_t type, const char *text)
{
    static sup_audit_event event;
    if (sup_audit_read(&audit, type, text, strlen(text), &event))
        add(&event);
}

static void flush(void)
{
    static sup_audit_event event;
    while (sup_audit_flush(&audit, &event))
        add(&event);
    CU_ASSERT_FALSE(sup_audit_holds(&audit));
}

#define FIRST                                                                                      \
    "audit(1795782647.659:5): domain=1ca57bf56 blockers=fs.read_file path=\"/etc/passwd\" "        \
    "dev=\"vda\" ino=409613"
#define OWNED                                                                                      \
    "audit(1795782647.659:5): domain=1ca57bf56 status=allocated mode=enforcing pid=11972 uid=0 "   \
    "exe=\"/usr/libexec/srt/srt-inside\" comm=\"srt-inside\""
#define CALLED                                                                                     \
    "audit(1795782647.659:5): arch=c000003e syscall=257 success=no exit=-13 a0=ffffff9c a1=7fff "  \
    "a2=0 a3=0 items=0 ppid=11972 pid=11973 auid=4294967295 uid=0 gid=0 euid=0 suid=0 fsuid=0 "    \
    "egid=0 sgid=0 fsgid=0 tty=(none) ses=4294967295 comm=\"cat\" exe=\"/usr/bin/cat\" key=(null)"
#define ENDED "audit(1795782647.659:5): "

static void test_one(void)
{
    begin(11972);
    feed(ACCESS, FIRST);
    feed(DOMAIN, OWNED);
    feed(CALL, CALLED);
    CU_ASSERT_TRUE(sup_audit_holds(&audit));
    SRT_ASSERT_STR(seen, "");
    feed(END, ENDED);
    SRT_ASSERT_STR(seen, "0 /etc/passwd 11973 /usr/bin/cat\n");
    feed(END, ENDED);
    flush();
    /* The domain is known from now on. */
    feed(ACCESS,
         "audit(1.1:6): domain=1ca57bf56 blockers=fs.read_dir path=\"/etc\" dev=\"vda\" ino=1");
    feed(END, "audit(1.1:6): ");
    SRT_ASSERT_STR(seen, "0 /etc/passwd 11973 /usr/bin/cat\n0 /etc 0 -\n");
}

static void test_another_sandbox(void)
{
    begin(4711);
    feed(ACCESS, FIRST);
    feed(DOMAIN, OWNED);
    feed(CALL, CALLED);
    feed(END, ENDED);
    flush();
    SRT_ASSERT_STR(seen, "");
    begin(0);
    feed(ACCESS, FIRST);
    feed(DOMAIN, "audit(1795782647.659:5): domain=1ca57bf56 status=allocated pid=0");
    feed(END, ENDED);
    SRT_ASSERT_STR(seen, "");
}

static void begin_owned(void)
{
    begin(11972);
    feed(DOMAIN, OWNED);
}

/* Where calls are not audited nothing says that a refusal is complete. */
static void test_without_calls(void)
{
    begin_owned();
    feed(ACCESS, FIRST);
    CU_ASSERT_TRUE(sup_audit_holds(&audit));
    flush();
    SRT_ASSERT_STR(seen, "0 /etc/passwd 0 -\n");
}

static void test_mixed(void)
{
    begin_owned();
    feed(ACCESS, FIRST);
    feed(ACCESS,
         "audit(1.1:6): domain=1ca57bf56 blockers=fs.execute path=\"/x\" dev=\"vda\" ino=1");
    feed(ACCESS,
         "audit(1.1:6): domain=1ca57bf56 blockers=fs.read_file path=\"/y\" dev=\"vda\" ino=1");
    feed(CALL, "audit(1.1:6): pid=7 exe=\"/b\" comm=\"a\"");
    feed(CALL, CALLED);
    feed(END, "audit(1.1:6): ");
    feed(END, ENDED);
    SRT_ASSERT_STR(seen, "5 /x 7 /b\n0 /etc/passwd 11973 /usr/bin/cat\n");
}

static void test_many(void)
{
    begin_owned();
    for (int i = 0; i < SUP_AUDIT_HELD + 3; i++) {
        char line[128];
        snprintf(line, sizeof line,
                 "audit(1.1:%d): domain=1ca57bf56 blockers=fs.read_file path=\"/%d\" dev=\"a\"",
                 i + 1, i);
        feed(ACCESS, line);
    }
    SRT_ASSERT_STR(seen, "0 /0 0 -\n0 /1 0 -\n0 /2 0 -\n");
    seen[0] = '\0';
    flush();
    CU_ASSERT_EQUAL(strncmp(seen, "0 /3 0 -\n0 /4", 13), 0);
}

static void test_paths(void)
{
    static const struct {
        const char *value, *path;
    } rows[] = {
        {"2F746D702F6120622263", "/tmp/a b\"c"},
        {"2f0a", "/\n"},
        {"\"/a b\"", "/a b"},
        {"\"/a\" b", "/a"},
        {"\"/ path=\"", "/ path="},
        {"\"relative\"", NULL},
        {"\"/a\"b\"", NULL},
        {"\"<no_memory>\"", NULL},
        {"\"pipe:[12]\"", NULL},
        {"(null)", NULL},
        {"2F7", NULL},
        {"2F00", NULL},
        {"2G2F", NULL},
        {"\"", NULL},
        {"\"\"", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char line[256], expected[64];
        begin_owned();
        snprintf(line, sizeof line,
                 "audit(1.1:9): domain=1ca57bf56 blockers=fs.read_file path=%s dev=\"a\"",
                 rows[i].value);
        feed(ACCESS, line);
        feed(END, "audit(1.1:9): ");
        expected[0] = '\0';
        if (rows[i].path)
            snprintf(expected, sizeof expected, "0 %s 0 -\n", rows[i].path);
        SRT_ASSERT_STR(seen, expected);
    }
}

static void test_what_is_no_read(void)
{
    static const char *const lines[] = {
        "audit(1.1:9): domain=1ca57bf56 blockers=fs.make_reg path=\"/usr\" dev=\"vda\"",
        "audit(1.1:9): domain=1ca57bf56 blockers=fs.read_filex,xfs.execute path=\"/usr\"",
        "audit(1.1:9): domain=1ca57bf56 blockers=net.connect_tcp daddr=127.0.0.1 dest=1",
        "audit(1.1:9): domain=1ca57bf56 blockers= path=\"/usr\"",
        "audit(1.1:9): domain=1ca57bf56 path=\"/usr\"",
        "audit(1.1:9): blockers=fs.read_file path=\"/usr\"",
        "audit(1.1:9): domain=xyz blockers=fs.read_file path=\"/usr\"",
        "audit(1.1:9): xdomain=1ca57bf56 blockers=fs.read_file path=\"/usr\"",
        "audit(1.1:0): domain=1ca57bf56 blockers=fs.read_file path=\"/usr\"",
        "audit(1.1:99999999999999999999): domain=1ca57bf56 blockers=fs.read_file path=\"/usr\"",
        "audit(1.1): domain=1ca57bf56 blockers=fs.read_file path=\"/usr\"",
        "audit(1.1:9",
        "audit",
        "",
    };
    begin_owned();
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        feed(ACCESS, lines[i]);
    feed(1, FIRST);
    flush();
    SRT_ASSERT_STR(seen, "");
    feed(ACCESS,
         "audit(1.1:9): domain=1ca57bf56 blockers=fs.write_file,fs.read_file path=\"/usr\"");
    feed(END, "audit(1.1:9): ");
    SRT_ASSERT_STR(seen, "0 /usr 0 -\n");
}

static const srt_unit_case cases[] = {
    {"one", test_one},
    {"another sandbox", test_another_sandbox},
    {"without calls", test_without_calls},
    {"mixed", test_mixed},
    {"many", test_many},
    {"paths", test_paths},
    {"what is no read", test_what_is_no_read},
};

SRT_UNIT_MAIN("supervise.audit_read", cases)
