/* SPDX-License-Identifier: Apache-2.0 */
/* Which hidden regions get a mask: a table of policies. */
#include <stdio.h>
#include <string.h>

#include "support/unit.h"

#include "masks.h"
#include "policies.h"

#define USUAL SRT_MONITOR_DEFAULT
#define QUIET SRT_MONITOR_OFF
#define FULL SRT_MONITOR_FULL

static const struct {
    rule rules[6];
    srt_monitoring monitor;
    unsigned built_in; /* bit per region: srt hides it by itself */
    const char *text;  /* the masks of each region */
} rows[] = {
    {{{"/", READ}, {"/a/", HIDE}, {"/b", HIDE}}, USUAL, 0, "- 0 1 all"},
    {{{"/", READ}, {"/a/", HIDE}, {"/b", HIDE}}, QUIET, 0, "none"},
    {{{"/", READ}, {"/w/", WRITE}}, USUAL, 0, "none"},
    {{{"/", READ}, {"/a/", HIDE}, {"/b", HIDE}}, USUAL, 2, "- - 0"},
    {{{"/", READ}, {"/a/", HIDE}, {"/b", HIDE}}, USUAL, 6, "none"},
    {{{"/", READ}, {"/a/", HIDE}, {"/b", HIDE}}, FULL, 6, "- 0 1 all"},
    {{{"/", READ}, {"/a/", HIDE}, {"/a/b/", READ}, {"/a/b/c", HIDE}}, USUAL, 0, "- - - 0"},
    {{{"/", READ}, {"/a/", HIDE}, {"/a.b/", READ}}, USUAL, 0, "- 0 - all"},
    {{{"/", HIDE}, {"/usr/", READ}}, USUAL, 0, "none"},
    {{{"/", HIDE}}, USUAL, 0, "none"},
    {{{"/", READ}, {"/dev/tty", HIDE}, {"/proc/cpuinfo", HIDE}, {"/s", HIDE}}, USUAL, 0, "- - - 0"},
    {{{"/", READ}, {"/dev/shm/p/", WRITE}, {"/s", HIDE}}, USUAL, 0, "none"},
    {{{"/", READ}, {"/dev/shm/p/", HIDE}, {"/s", HIDE}}, USUAL, 0, "- - 0"},
};

static void text_of(const bw_masks *masks, size_t n, char *text, size_t size)
{
    size_t at = 0;
    if (masks->count == 0) {
        snprintf(text, size, masks->all || masks->sources ? "wrong" : "none");
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const char *source = masks->sources[i];
        if (source)
            CU_ASSERT_EQUAL(strncmp(source, BW_MASKS_DIR "/", sizeof BW_MASKS_DIR), 0);
        at += (size_t)snprintf(text + at, size - at, "%s%s", i ? " " : "",
                               source ? source + sizeof BW_MASKS_DIR : "-");
    }
    if (masks->all)
        snprintf(text + at, size - at, " all");
}

static void test_choose(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bw_masks masks = {0};
        test_policy t;
        char text[128];
        size_t n = 0;
        while (n < 6 && rows[i].rules[n].path)
            n++;
        test_policy_init(&t, rows[i].rules, n);
        t.policy.monitor = rows[i].monitor;
        for (size_t k = 0; k < n; k++)
            if (rows[i].built_in & (1u << k))
                t.regions[k].flags |= SRT_PATH_DEFAULT;
        CU_ASSERT_EQUAL(bw_masks_choose(&masks, &t.policy), 0);
        text_of(&masks, n, text, sizeof text);
        SRT_ASSERT_STR(text, rows[i].text);
        for (size_t k = 0; k < masks.count; k++)
            CU_ASSERT_EQUAL(masks.regions[k]->access, HIDE);
        bw_masks_clear(&masks);
        test_policy_clear(&t);
    }
}

static void test_no_file_rules(void)
{
    bw_masks masks = {0};
    test_policy t;
    test_policy_init(&t, NULL, 0);
    t.policy.fs_disabled = true;
    CU_ASSERT_EQUAL(bw_masks_choose(&masks, &t.policy), 0);
    CU_ASSERT_EQUAL(masks.count, 0);
    test_policy_clear(&t);
}

static void test_many(void)
{
    static rule rules[BW_MASKS_MAX + 10];
    static char names[BW_MASKS_MAX + 10][16];
    bw_masks masks = {0};
    test_policy t;
    rules[0] = (rule){"/", READ};
    for (size_t i = 1; i < BW_MASKS_MAX + 10; i++) {
        snprintf(names[i], sizeof names[i], "/f%zu", i);
        rules[i] = (rule){names[i], HIDE};
    }
    test_policy_init(&t, rules, BW_MASKS_MAX + 10);
    CU_ASSERT_EQUAL(bw_masks_choose(&masks, &t.policy), 0);
    CU_ASSERT_EQUAL(masks.count, BW_MASKS_MAX);
    CU_ASSERT_FALSE(masks.all);
    CU_ASSERT_STRING_EQUAL(masks.sources[BW_MASKS_MAX], BW_MASKS_DIR "/255");
    CU_ASSERT_PTR_NULL(masks.sources[BW_MASKS_MAX + 1]);
    bw_masks_clear(&masks);
    test_policy_clear(&t);
}

/* Trying out agrees with what happens: where the device opens and the helper may mount. */
static void test_machine(void)
{
    const bw_facts closed = {.uid = 1000, .apparmor_userns = 1};
    bw_facts facts;
    bw_facts_read(&facts, "");
    const char *why = bw_no_masks(&facts);
    if (!why)
        CU_ASSERT_TRUE(bw_try_masks(BW_MASKS_DIR));
    CU_ASSERT_PTR_NOT_NULL(bw_no_masks(&closed));
    CU_ASSERT_FALSE(bw_try_masks("/nonexistent"));
}

static const srt_unit_case cases[] = {
    {"choose", test_choose},
    {"no_file_rules", test_no_file_rules},
    {"many", test_many},
    {"machine", test_machine},
};

SRT_UNIT_MAIN("bwrap.masks", cases)
