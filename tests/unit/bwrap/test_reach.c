/* SPDX-License-Identifier: Apache-2.0 */
/* Closed directories above regions, and the plan without what lies in them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/unit.h"

#include "policies.h"
#include "reach.h"

/* Directories whose name begins with x are closed. Each question is asked once. */
static char asked[1024];

static bool is_closed(void *data, const char *directory)
{
    (void)data;
    snprintf(asked + strlen(asked), sizeof asked - strlen(asked), "%s ", directory);
    return strrchr(directory, '/')[1] == 'x';
}

static const rule rules[] = {
    {"/", READ},        {"/t/", WRITE},      {"/t/a/b", READ},   {"/t/a/c", HIDE},
    {"/t/x1/a/", READ}, {"/t/x1/b/", WRITE}, {"/t/x2/x/", HIDE}, {"/t/y", HIDE},
};
#define N (sizeof rules / sizeof *rules)

static void test_find(void)
{
    test_policy t;
    bw_reach reach;
    test_policy_init(&t, rules, N);
    asked[0] = '\0';
    CU_ASSERT_EQUAL_FATAL(bw_reach_find(&reach, &t.policy, is_closed, NULL), 0);
    CU_ASSERT_EQUAL(reach.count, 2);
    for (size_t i = 0; i < N; i++)
        SRT_ASSERT_STR(reach.closed[i], i == 4 ? "/t/x1" : i == 6 ? "/t/x2" : NULL);
    SRT_ASSERT_STR(asked, "/t /t/a /t/x1 /t/x2 ");
    bw_reach_clear(&reach);
    test_policy_clear(&t);
}

static void test_plan(void)
{
    static const rule few[] = {{"/", READ}, {"/t/", WRITE}, {"/t/x/g/h", READ}, {"/t/x/k", HIDE}};
    static const char *const closed[] = {NULL, NULL, "/t/x", "/t/x"};
    test_policy t;
    bw_plan plan = {0};
    bw_words words = {0};
    test_policy_init(&t, few, 4);
    bw_plan_input input = {.policy = &t.policy, .helper = "/h", .closed = closed};
    CU_ASSERT_EQUAL_FATAL(bw_plan_make(&plan, &input), 0);
    bw_render(&words, &plan, false, NULL);
    char *text = test_words_text(words.bytes, words.length);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "--bind /t /t\n--tmpfs /t/x\n--remount-ro /t/x\n"));
    CU_ASSERT_PTR_NULL(strstr(text, "/t/x/"));
    free(text);
    bw_words_clear(&words);
    bw_plan_clear(&plan);
    test_policy_clear(&t);
}

static void test_look(void)
{
    char own[] = "/tmp/srt-reach.XXXXXX";
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(own));
    CU_ASSERT_EQUAL(chmod(own, 0), 0);
    CU_ASSERT_FALSE(bw_closed_to_root(NULL, own)); /* it is the user's own */
    CU_ASSERT_FALSE(bw_closed_to_root(NULL, "/"));
    CU_ASSERT_FALSE(bw_closed_to_root(NULL, "/nonexistent"));
    if (geteuid() != 0) {
        srt_unit_skip_to_root("needs root for a directory of another user");
    } else {
        CU_ASSERT_EQUAL(chown(own, 4711, 4711), 0);
        CU_ASSERT_TRUE(bw_closed_to_root(NULL, own));
        CU_ASSERT_EQUAL(chmod(own, 0711), 0);
        CU_ASSERT_FALSE(bw_closed_to_root(NULL, own));
        CU_ASSERT_EQUAL(chmod(own, 0710), 0);
        CU_ASSERT_TRUE(bw_closed_to_root(NULL, own));
        CU_ASSERT_EQUAL(chown(own, 4711, getegid()), 0);
        CU_ASSERT_FALSE(bw_closed_to_root(NULL, own));
    }
    rmdir(own);
}

static const srt_unit_case cases[] = {
    {"find", test_find},
    {"plan", test_plan},
    {"look", test_look},
};

SRT_UNIT_MAIN("bwrap.reach", cases)
