/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of one policy after the other. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/unit.h"

#include "plan.h"
#include "reach.h"

#define HIDE SRT_ACCESS_HIDDEN
#define READ SRT_ACCESS_READ
#define WRITE SRT_ACCESS_WRITE
#define RULES_MAX 8

typedef struct rule {
    const char *path; /* a directory when it ends in '/' */
    srt_access access;
} rule;

typedef struct given {
    const char *name;
    rule rules[RULES_MAX];
    bool net, no_files, no_tmp, host_proc, is_root, links, all_sockets, older;
    const char *protect;
    const char *text; /* NULL: no regions */
} given;

#define SRT_DIR                                                                                    \
    "tmpfs - 4 /dev/srt\n"                                                                         \
    "bind ro early file 8 /dev/srt/inside < /helper\n"
#define TMP "tmpfs private 8 /dev/srt/tmp\n"
#define SHM "tmpfs sticky 4 /dev/shm\n"
#define DEV "dev - 0 /dev\n" SRT_DIR TMP SHM
#define REST DEV "proc - 0 /proc\n" CLOSED
#define CLOSED "close - 0 /dev/srt\n"
#define DEV_NO_TMP "dev - 0 /dev\n" SRT_DIR SHM "proc - 0 /proc\n" CLOSED
#define ROOT_RO "root ro paced 0 /\n"
#define ROOT_RW "root paced 0 /\n"

static const given table[] = {
    {.name = "read-only", .rules = {{"/", READ}}, .text = ROOT_RO REST},
    {.name = "network", .rules = {{"/", READ}}, .net = true, .text = "root ro 0 /\n" REST},
    {.name = "one writable directory",
     .rules = {{"/", READ}, {"/w/", WRITE}},
     .text = ROOT_RO "bind early dir 0 /w\n" REST},
    {.name = "protected in it: what is between is pinned",
     .rules = {{"/", READ}, {"/w/", WRITE}, {"/w/a/b/k", READ}},
     .text = ROOT_RO "pin - 0 /w/a/b\npin - 0 /w/a\nbind early dir 0 /w\n"
                     "bind ro 0 /w/a/b/k\n" REST},
    {.name = "writable again in it",
     .rules = {{"/", READ}, {"/w/", WRITE}, {"/w/r/", READ}, {"/w/r/w/", WRITE}},
     .text = ROOT_RO "bind early dir 0 /w\nbind ro 0 /w/r\nbind early dir 0 /w/r/w\n" REST},
    {.name = "hidden directory and file",
     .rules = {{"/", READ}, {"/h/", HIDE}, {"/s", HIDE}},
     .text = ROOT_RO "tmpfs ro 0 /h\nmask - 0 /s\n" REST},
    {.name = "opened in a hidden one: the mount points are made",
     .rules = {{"/", READ}, {"/h/", HIDE}, {"/h/r", READ}, {"/h/w/", WRITE}},
     .text = ROOT_RO "tmpfs - 0 /h\nbind ro early file 2 /h/r\nbind early dir 2 /h/w\n" DEV
                     "proc - 0 /proc\n" CLOSED "close - 0 /h\n"},
    {.name = "pins in what is opened in a hidden one",
     .rules = {{"/", READ}, {"/h/", HIDE}, {"/h/w/", WRITE}, {"/h/w/a/k", READ}},
     .text = ROOT_RO "tmpfs - 0 /h\nbind early dir 2 /h/w\npin - 0 /h/w/a\n"
                     "bind early dir 2 /h/w\nbind ro 0 /h/w/a/k\n" DEV "proc - 0 /proc\n" CLOSED
                     "close - 0 /h\n"},
    {.name = "everything is writable",
     .rules = {{"/", WRITE}, {"/a/b/c/k", READ}},
     .text = ROOT_RW "pin - 0 /a/b/c\npin - 0 /a/b\nbind early 0 /a\n"
                     "bind ro 0 /a/b/c/k\nbind ro optional 0 /sys\n" REST},
    {.name = "nothing can be read",
     .rules = {{"/", HIDE}, {"/usr/", READ}},
     .links = true,
     .text = "root private paced 0 /\nlink - 1 /bin < usr/bin\nbind ro early dir 1 /usr\n"
             "dev - 1 /dev\n" SRT_DIR TMP SHM "proc - 1 /proc\n" CLOSED "close - 0 /\n"},
    {.name = "no file rules",
     .no_files = true,
     .text =
         ROOT_RW "bind ro optional 0 /sys\ndev - 0 /dev\n" SRT_DIR SHM "proc - 0 /proc\n" CLOSED},
    {.name = "no temporary directory",
     .rules = {{"/", READ}},
     .no_tmp = true,
     .text = ROOT_RO "dev - 0 /dev\n" SRT_DIR SHM "proc - 0 /proc\n" CLOSED},
    {.name = "root",
     .rules = {{"/", READ}},
     .is_root = true,
     .text = ROOT_RO DEV "proc ro 0 /proc\n" CLOSED},
    {.name = "the container's /proc",
     .rules = {{"/", READ}},
     .host_proc = true,
     .text = ROOT_RO DEV "bind ro early dir 0 /proc\n" CLOSED},
    {.name = "/proc hidden",
     .rules = {{"/", READ}, {"/proc/", HIDE}},
     .text = ROOT_RO DEV "tmpfs ro 0 /proc\n" CLOSED},
    {.name = "in /proc",
     .rules = {{"/", WRITE}, {"/proc/1/", HIDE}, {"/proc/kmsg", HIDE}, {"/sys/", READ}},
     .text = ROOT_RW "bind ro 0 /sys\n" DEV "proc - 0 /proc\nmask - 0 /proc/kmsg\n" CLOSED},
    {.name = "in /dev",
     .rules = {{"/", READ},
               {"/dev/", WRITE},
               {"/dev/mine/", READ},
               {"/dev/shm/", READ},
               {"/dev/shm/f", WRITE},
               {"/dev/tty", HIDE},
               {"/dev/vda", WRITE}},
     .text = ROOT_RO DEV "proc - 0 /proc\nbind ro early dir 4 /dev/mine\n"
                         "bind early file 8 /dev/shm/f\nmask - 0 /dev/tty\n" CLOSED},
    {.name = "/dev itself read-only",
     .rules = {{"/", WRITE}, {"/dev/", READ}},
     .text = ROOT_RW "bind ro optional 0 /sys\n" REST "close - 0 /dev\n"},
    {.name = "srt's own file in a writable directory",
     .rules = {{"/", READ}, {"/w/", WRITE}},
     .protect = "/w/lib/helper",
     .text = ROOT_RO "pin - 0 /w/lib\nbind early dir 0 /w\nbind ro 0 /w/lib/helper\n" REST},
    {.name = "no rules for files, all sockets: but for those that nobody may have",
     .rules = {{"/", READ}},
     .no_files = true,
     .all_sockets = true,
     .text = ROOT_RW "bind ro optional 0 /sys\ntmpfs ro 0 /closed\n" DEV_NO_TMP},
    {.name = "an older srt tells of no such sockets",
     .rules = {{"/", READ}},
     .no_files = true,
     .all_sockets = true,
     .older = true,
     .text = ROOT_RW "bind ro optional 0 /sys\n" DEV_NO_TMP},
    {.name = "nothing said of the root", .rules = {{"/w/", WRITE}}},
};

static void add_flags(char *text, uint32_t flags)
{
    static const char *const names[] = {"ro",       "early",   "dir",    "file",
                                        "optional", "private", "sticky", "paced"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (flags & (1u << i))
            sprintf(text + strlen(text), " %s", names[i]);
}

static void text_of(const nt_plan *plan, char *text)
{
    static const char *const kinds[NT_KINDS] = {"end",  "root",  "bind", "tmpfs", "pin",
                                                "mask", "close", "link", "dev",   "proc"};
    text[0] = '\0';
    for (size_t i = 0; i < plan->n_steps; i++) {
        const nt_step *s = &plan->steps[i];
        strcat(text, kinds[s->kind]);
        add_flags(text, s->flags);
        if (!s->flags && s->kind != NT_ROOT && s->kind != NT_BIND)
            strcat(text, " -");
        sprintf(text + strlen(text), " %u %s%s%s\n", s->base, s->path, s->source ? " < " : "",
                s->source ? s->source : "");
    }
}

static size_t fill(const given *g, srt_region *regions, const srt_region **pointers,
                   char (*paths)[64])
{
    size_t n = 0;
    for (; n < RULES_MAX && g->rules[n].path; n++) {
        const size_t length = strlen(g->rules[n].path);
        const bool is_dir = g->rules[n].path[length - 1] == '/';
        snprintf(paths[n], 64, "%.*s", (int)(is_dir && length > 1 ? length - 1 : length),
                 g->rules[n].path);
        regions[n] = (srt_region){.struct_size = sizeof regions[n],
                                  .flags = is_dir ? SRT_PATH_DIR : 0,
                                  .access = g->rules[n].access,
                                  .path = paths[n]};
        pointers[n] = &regions[n];
    }
    return n;
}

static void test_table(void)
{
    static const nt_link link = {"/bin", "usr/bin"};
    static const char *const denied[] = {"/closed", NULL};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const given *g = &table[i];
        srt_region regions[RULES_MAX];
        const srt_region *pointers[RULES_MAX];
        char paths[RULES_MAX][64], found[4096], expected[4096];
        const srt_policy policy = {
            .struct_size = g->older ? offsetof(srt_policy, unix_denied) : sizeof policy,
            .unix_all = g->all_sockets,
            .unix_denied = denied,
            .regions = pointers,
            .n_regions = fill(g, regions, pointers, paths),
            .fs_disabled = g->no_files,
            .private_tmp = !g->no_tmp,
            .net_mode = g->net ? SRT_NET_PROXY : SRT_NET_NONE,
        };
        const nt_plan_input input = {.policy = &policy,
                                     .helper = "/helper",
                                     .host_proc = g->host_proc,
                                     .is_root = g->is_root,
                                     .protect = &g->protect,
                                     .n_protect = g->protect ? 1 : 0,
                                     .links = &link,
                                     .n_links = g->links ? 1 : 0};
        nt_plan plan = {0};
        CU_ASSERT_EQUAL(nt_plan_make(&plan, &input), g->text ? 0 : -EINVAL);
        char steps[4000];
        text_of(&plan, steps);
        snprintf(found, sizeof found, "%s:\n%s", g->name, steps);
        snprintf(expected, sizeof expected, "%s:\n%s", g->name, g->text ? g->text : "");
        SRT_ASSERT_STR(found, expected);
        nt_plan_clear(&plan);
    }
}

/* ---- What root cannot enter ---- */

static bool closed_by_name(const char *directory)
{
    const char *slash = strrchr(directory, '/');
    return strncmp(slash, "/closed", 7) == 0;
}

static void test_reach(void)
{
    static const given g = {.rules = {{"/", READ},
                                      {"/w/", WRITE},
                                      {"/w/closed/a/k", READ},
                                      {"/w/closed/b", HIDE},
                                      {"/w/open/closed1/closed/k", READ},
                                      {"/w/open/k", READ},
                                      {"/x/closed/w/", WRITE}}};
    srt_region regions[RULES_MAX];
    const srt_region *pointers[RULES_MAX];
    char paths[RULES_MAX][64], text[4096];
    const srt_policy policy = {.struct_size = sizeof policy,
                               .regions = pointers,
                               .n_regions = fill(&g, regions, pointers, paths),
                               .private_tmp = true};
    char **closed = NULL;
    nt_plan plan = {0};
    CU_ASSERT_EQUAL(nt_reach_find(&policy, closed_by_name, &closed), 0);
    static const char *const expected[] = {NULL, NULL, "/w/closed", "/w/closed", "/w/open/closed1",
                                           NULL, NULL};
    for (size_t i = 0; i < policy.n_regions; i++)
        SRT_ASSERT_STR(closed[i] ? closed[i] : "-", expected[i] ? expected[i] : "-");
    const nt_plan_input input = {.policy = &policy, .helper = "/helper", .closed = closed};
    CU_ASSERT_EQUAL(nt_plan_make(&plan, &input), 0);
    text_of(&plan, text);
    SRT_ASSERT_STR(text, ROOT_RO "pin - 0 /w/open\nbind early dir 0 /w\ntmpfs ro 0 /w/closed\n"
                                 "tmpfs ro 0 /w/open/closed1\nbind ro 0 /w/open/k\n"
                                 "bind early dir 0 /x/closed/w\n" REST);
    nt_plan_clear(&plan);
    nt_reach_clear(closed, policy.n_regions);
    CU_ASSERT_FALSE(nt_closed_to_root("/"));
    CU_ASSERT_FALSE(nt_closed_to_root("/nonexistent"));
}

static const srt_unit_case cases[] = {{"table", test_table}, {"reach", test_reach}};

SRT_UNIT_MAIN("native.plan", cases)
