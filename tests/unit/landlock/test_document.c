/* SPDX-License-Identifier: Apache-2.0 */
/* docs/landlock.md promises what the backend reports: its table, cell by cell. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/unit.h"

#include "backend.h"

#define CELLS 6
#define ABI_MAX 10

static const char *const classes[SRT_RULE_CLASS_COUNT] = {
    "readDeny",  "readAllow",  "writeAllow", "writeDeny", "writeDenyMissing",
    "globLater", "netIsolate", "netProxy",   "unixDeny",  "unixPath",
    "process",   "ipc",        "syscall",    "terminal",
};

/* The columns after the class: the lowest and highest ABI. The last has no supervisor. */
static const struct {
    int first, last;
} columns[CELLS - 1] = {{1, 2}, {3, 3}, {4, 5}, {6, ABI_MAX}, {1, ABI_MAX}};

static srt_enforcement how[SRT_RULE_CLASS_COUNT];

static void note(const srt_host *host, srt_rule_class rule, srt_enforcement enforcement,
                 const char *why)
{
    (void)host;
    (void)why;
    how[rule] = enforcement;
}

static void ask(int abi, bool supervised, srt_net_mode net, bool hides)
{
    static const srt_pending_rule hidden = {.struct_size = sizeof hidden,
                                            .access = SRT_ACCESS_HIDDEN};
    const srt_pending_rule *rules[] = {&hidden};
    const srt_host host = {.struct_size = sizeof host, .report = note};
    const srt_policy policy = {.net_mode = net, .pending = rules, .n_pending = hides ? 1 : 0};
    ll_report(&host, &policy, &(ll_facts){.abi = abi, .supervised = supervised});
}

static void check(int rule, const char *cell, int abi, bool supervised)
{
    const char *from = strstr(cell, "from ABI ");
    const bool offline = strstr(cell, "with no network") != NULL;
    bool good = strncmp(cell, "not", 3) != 0 || offline;
    CU_ASSERT(strncmp(cell, "enforced", 8) == 0 || strncmp(cell, "not", 3) == 0);
    if (from)
        good = good && abi >= atoi(from + 9);
    ask(abi, supervised, offline ? SRT_NET_NONE : SRT_NET_PROXY, false);
    if ((how[rule] == SRT_ENFORCED) != good)
        printf("\n%s, ABI %d, %s: \"%s\"\n", classes[rule], abi,
               supervised ? "supervised" : "alone", cell);
    CU_ASSERT_EQUAL(how[rule], good ? SRT_ENFORCED : SRT_UNSUPPORTED);
    if (offline) {
        ask(abi, supervised, SRT_NET_PROXY, false);
        CU_ASSERT_EQUAL(how[rule], SRT_UNSUPPORTED);
    }
    if (strstr(cell, "snapshot")) {
        ask(abi, supervised, SRT_NET_PROXY, true);
        CU_ASSERT_EQUAL(how[rule], SRT_SNAPSHOT);
    }
}

/* Cuts a line of the table into its cells: their number. */
static int split(char *line, char *cells[CELLS])
{
    int n = 0;
    char *save = NULL;
    for (char *cell = strtok_r(line, "|\n", &save); cell && n < CELLS;
         cell = strtok_r(NULL, "|\n", &save))
        cells[n++] = cell + strspn(cell, " ");
    return n;
}

static void check_row(char *cells[CELLS], unsigned seen[SRT_RULE_CLASS_COUNT])
{
    for (int rule = 0; rule < SRT_RULE_CLASS_COUNT; rule++) {
        char name[40];
        snprintf(name, sizeof name, "`%s`", classes[rule]);
        if (!strstr(cells[0], name))
            continue;
        seen[rule]++;
        for (int c = 0; c < CELLS - 1; c++)
            for (int abi = columns[c].first; abi <= columns[c].last; abi++)
                check(rule, cells[c + 1], abi, c < CELLS - 2);
    }
}

static void test_table(void)
{
    char path[4096], *line = NULL;
    size_t size = 0;
    unsigned seen[SRT_RULE_CLASS_COUNT] = {0};
    snprintf(path, sizeof path, "%s/docs/landlock.md", getenv("SRT_SOURCE_DIR"));
    FILE *f = fopen(path, "re");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    while (getline(&line, &size, f) > 0) {
        char *cells[CELLS];
        if (strncmp(line, "| `", 3) == 0) {
            CU_ASSERT_EQUAL_FATAL(split(line, cells), CELLS);
            check_row(cells, seen);
        }
    }
    fclose(f);
    free(line);
    for (int rule = 0; rule < SRT_RULE_CLASS_COUNT; rule++)
        CU_ASSERT_EQUAL(seen[rule], 1);
}

static const srt_unit_case cases[] = {{"table", test_table}};
SRT_UNIT_MAIN("landlock.document", cases)
