/* SPDX-License-Identifier: Apache-2.0 */
/* What the helper inside is told. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/unit.h"

#include "render.h"
#include "srt-filters/landlock.h"
#include "tree.h"

static const unsigned char code[8] = {6, 0, 0, 0, 0, 0, 0xff, 0x7f}; /* return ALLOW */
static const srt_filter_program program = {"any", 0, 1, code};
static const char *const words[] = {"ls", "-l", NULL}, *const env[] = {"A=1", NULL};

static int put_record(void *data, uint32_t tag, const void *bytes, size_t length)
{
    FILE *f = data;
    uint64_t numbers[2] = {0, 0};
    uint32_t number = 0;
    struct srt_plan_landlock ruleset = {0}; /* the bytes lie anywhere */
    memcpy(&ruleset, bytes, length < sizeof ruleset ? length : sizeof ruleset);
    memcpy(numbers, bytes, length < sizeof numbers ? length : sizeof numbers);
    memcpy(&number, bytes, sizeof number);
    switch (tag) {
    case SRT_PLAN_ARG:
    case SRT_PLAN_ENV:
    case SRT_PLAN_CWD:
        fprintf(f, "%u %s\n", tag, (const char *)bytes);
        break;
    case SRT_PLAN_LANDLOCK:
        fprintf(f, "ruleset %llx %llx\n", (unsigned long long)numbers[0],
                (unsigned long long)numbers[1]);
        if (ruleset.restrict_flags)
            fprintf(f, "flags %x\n", ruleset.restrict_flags);
        break;
    case SRT_PLAN_LANDLOCK_PATH:
        fprintf(f, "path %llx %llx %s\n", (unsigned long long)numbers[0],
                (unsigned long long)numbers[1],
                (const char *)bytes + sizeof(struct srt_plan_landlock_path));
        break;
    case SRT_PLAN_LANDLOCK_PORT:
        fprintf(f, "port %llx %llu\n", (unsigned long long)numbers[0],
                (unsigned long long)numbers[1]);
        break;
    case SRT_PLAN_NOTIFY:
        fprintf(f, "notify %s\n", length > 64 ? "long" : "short");
        break;
    case SRT_PLAN_FILTER:
        fprintf(f, "filter %zu\n", length);
        break;
    case SRT_PLAN_IGNORE:
        fprintf(f, "ignore %llx\n", (unsigned long long)numbers[0]);
        break;
    default:
        fprintf(f, "%u: %x\n", tag, number);
    }
    return 0;
}

static void expect(const ll_stage *stage, const char *expected)
{
    srt_plan_writer w = {0};
    char bytes[16384], *text = NULL;
    size_t size;
    const char *why = NULL;
    ll_render(&w, stage);
    int fd = srt_plan_finish(&w);
    CU_ASSERT_FATAL(fd >= 0);
    ssize_t n = read(fd, bytes, sizeof bytes);
    close(fd);
    FILE *f = open_memstream(&text, &size);
    CU_ASSERT_FATAL(n > 0 && n < (ssize_t)sizeof bytes);
    CU_ASSERT_EQUAL(srt_plan_read(bytes, (size_t)n, put_record, f, &why), 0);
    fclose(f);
    SRT_ASSERT_STR(text, expected);
    free(text);
}

static ll_stage stage_of(const ll_plan *plan)
{
    return (ll_stage){.plan = plan,
                      .argv = words,
                      .env = env,
                      .cwd = "/w",
                      .ignored_signals = 2,
                      .filter = &program};
}

static const rule rules[] = {{"/", HIDE, 0}, {"/usr/", READ, 0}, {"/w/", WRITE, 0}};
static const tree_case newest = {.rules = rules, .n_rules = 3, .tree = "/", .abi = 7};
static const tree_case oldest = {
    .rules = rules, .n_rules = 3, .tree = "/", .abi = 1, .alone = true};

#define DEVICES(access)                                                                            \
    "path " access " 1 /dev/null\npath " access " 1 /dev/zero\npath " access " 1 /dev/full\n"      \
    "path " access " 1 /dev/random\npath " access " 1 /dev/urandom\npath " access " 1 /dev/tty\n"
/* COMMAND, DROP_CAPABILITIES, KEEPER, NO_DATAGRAM_STDIO */
#define HEAD "7: 72\n1 ls\n1 -l\n2 A=1\n3 /w\nignore 2\n"

static void test_newest(void)
{
    ll_plan plan;
    CU_ASSERT_EQUAL_FATAL(tree_plan(&newest, &plan), 0);
    ll_stage stage = stage_of(&plan);
    stage.private_dir = "/tmp/p";
    stage.ports[0] = 3128;
    stage.ports[1] = 1080;
    stage.notify = SRT_NOTIFY_CONNECT | SRT_NOTIFY_CREATE;
    stage.channel = 5;
    stage.logs = true;
    expect(&stage,
           HEAD "ruleset ffff 3\nflags 3\n"
                "path d 1 /usr\npath 403f 1 /w\n" DEVICES(
                    "8006") "path 5 0 " HELPER "\npath 77bf 0 /tmp/p\nport 2 3128\nport 2 1080\n"
                            "notify long\n11: 5\nfilter 8\n");
    ll_plan_clear(&plan);
}

static void test_oldest(void)
{
    ll_plan plan;
    CU_ASSERT_EQUAL_FATAL(tree_plan(&oldest, &plan), 0);
    ll_stage stage = stage_of(&plan);
    stage.ports[0] = 3128;
    expect(&stage,
           HEAD "ruleset 1fff 0\n"
                "path d 1 /usr\npath 17bf 1 /w\n" DEVICES("6") "path 5 0 " HELPER "\nfilter 8\n");
    ll_plan_clear(&plan);
}

static const srt_unit_case cases[] = {
    {"newest", test_newest},
    {"oldest", test_oldest},
};
SRT_UNIT_MAIN("landlock.render", cases)
