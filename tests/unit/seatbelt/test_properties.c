/* SPDX-License-Identifier: Apache-2.0 */
/* What has to be true of every profile, on random policies. The seed is printed;
 * SRT_TEST_SEED repeats a run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "profiles.h"
#include "render.h"
#include "support/unit.h"

#define POLICIES 150
#define QUESTIONS 60
#define REGIONS 14

static unsigned long long state;

static unsigned draw(unsigned below)
{
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(state >> 33) % below;
}

static void seed(void)
{
    const char *given = getenv("SRT_TEST_SEED");
    state = given ? strtoull(given, NULL, 10) : 20240607;
    printf("seed %llu ", state);
}

static void random_path(char *ret, size_t size)
{
    static const char *const names[] = {"a", "b", ".git", "x.y", "B", "ü"};
    size_t depth = 1 + draw(4), n = 0;
    for (size_t i = 0; i < depth; i++)
        n += (size_t)snprintf(ret + n, size - n, "/%s", names[draw(6)]);
}

typedef struct random_policy {
    srt_policy policy;
    srt_region regions[REGIONS];
    const srt_region *pointers[REGIONS];
    char paths[REGIONS][64];
} random_policy;

static int slashes_first(const void *a, const void *b)
{
    const unsigned char *x = *(const unsigned char *const *)a,
                        *y = *(const unsigned char *const *)b;
    while (*x && *x == *y)
        x++, y++;
    return (*x == '/' ? 1 : *x ? *x + 1 : 0) - (*y == '/' ? 1 : *y ? *y + 1 : 0);
}

static srt_access access_at(const srt_policy *policy, const char *path, size_t before)
{
    srt_access access = policy->regions[0]->access;
    for (size_t i = 1; i < before; i++)
        if (sb_path_in(path, policy->regions[i]->path))
            access = policy->regions[i]->access;
    return access;
}

static void make_policy(random_policy *r)
{
    const char *sorted[REGIONS];
    size_t n = 1 + draw(REGIONS - 1), kept = 0;
    memset(r, 0, sizeof *r);
    strcpy(r->paths[0], "/");
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            random_path(r->paths[i], sizeof r->paths[i]);
        sorted[i] = r->paths[i];
    }
    qsort(sorted, n, sizeof *sorted, slashes_first);
    r->policy = (srt_policy){.struct_size = sizeof r->policy, .regions = r->pointers};
    static const char *const none[] = {NULL};
    r->policy.unix_paths = none;
    for (size_t i = 0; i < n; i++) {
        srt_access access = (srt_access)draw(3);
        if (kept > 0 && (strcmp(sorted[i], r->regions[kept - 1].path) == 0 ||
                         access == access_at(&r->policy, sorted[i], kept)))
            continue;
        r->regions[kept] = (srt_region){sizeof(srt_region), 0, access, sorted[i], NULL};
        r->pointers[kept] = &r->regions[kept];
        kept++;
    }
    r->policy.n_regions = kept;
}

/* Whether something that may not be written lies below. */
static bool holds_protected(const srt_policy *policy, const char *path)
{
    for (size_t i = 1; i < policy->n_regions; i++)
        if (policy->regions[i]->access != SRT_ACCESS_WRITE &&
            sb_path_in(policy->regions[i]->path, path))
            return true;
    return false;
}

/* Whether the path is where something writable begins. */
static bool is_root(const srt_policy *policy, const char *path)
{
    for (size_t i = 1; i < policy->n_regions; i++)
        if (strcmp(policy->regions[i]->path, path) == 0)
            return policy->regions[i]->access == SRT_ACCESS_WRITE &&
                   access_at(policy, path, i) != SRT_ACCESS_WRITE;
    return false;
}

static unsigned ask(const profile *p, const char *operation, const char *path, bool allow)
{
    char text[300];
    snprintf(text, sizeof text, "%s path=%s", operation, path);
    return profile_ask(p, false, text, allow, -2, false);
}

/* "B" and "b" are two names here, and one where case is folded. */
static bool has_twin(const char *path)
{
    return strpbrk(path, "bB") != NULL;
}

static unsigned check_path(const profile *p, const srt_policy *policy, const char *path)
{
    srt_access access = access_at(policy, path, policy->n_regions);
    bool read = access != SRT_ACCESS_HIDDEN, write = access == SRT_ACCESS_WRITE;
    unsigned wrong = 0;
    if (has_twin(path))
        return 0;
    wrong += ask(p, "file-read-data", path, read);
    wrong += ask(p, "file-read-metadata", path, read);
    wrong += ask(p, "process-exec", path, read);
    wrong += ask(p, "file-write-create", path, write);
    wrong += ask(p, "file-write-data", path, write);
    wrong += ask(p, "file-link", path, write);
    if (strcmp(path, "/") != 0)
        wrong += ask(p, "file-write-unlink", path,
                     write && !holds_protected(policy, path) && !is_root(policy, path));
    return wrong;
}

static void test_random(void)
{
    seed();
    for (unsigned i = 0; i < POLICIES; i++) {
        random_policy r;
        profile p;
        const sb_options options = {.pty = false};
        char path[64];
        unsigned wrong = 0;
        make_policy(&r);
        profile_of_policy(&p, &r.policy, &options);
        CU_ASSERT_EQUAL(sbpl_lint(p.rules, NULL, NULL), 0);
        for (size_t k = 1; k < r.policy.n_regions; k++)
            wrong += check_path(&p, &r.policy, r.policy.regions[k]->path);
        for (unsigned k = 0; k < QUESTIONS; k++) {
            random_path(path, sizeof path);
            wrong += check_path(&p, &r.policy, path);
        }
        if (wrong)
            printf("\n%s\n", p.text.bytes);
        CU_ASSERT_EQUAL_FATAL(wrong, 0);
        profile_clear(&p);
    }
}

/* Every byte that a path may hold comes back out of the reader as it went in. */
static void test_strings(void)
{
    for (unsigned round = 0; round < 300; round++) {
        char path[64] = "/";
        size_t n = 1 + draw(40);
        for (size_t i = 1; i <= n; i++) {
            do
                path[i] = (char)(1 + draw(255));
            while (path[i] == '/' || path[i] == ' ');
        }
        path[n + 1] = '\0';
        srt_region regions[2] = {{sizeof(srt_region), 0, READ, "/", NULL},
                                 {sizeof(srt_region), 0, WRITE, path, NULL}};
        const srt_region *pointers[] = {&regions[0], &regions[1]};
        static const char *const none[] = {NULL};
        const srt_policy policy = {
            .struct_size = sizeof policy, .regions = pointers, .n_regions = 2, .unix_paths = none};
        const sb_options options = {.pty = false};
        profile p;
        sbpl_answer answer;
        char why[200];
        profile_of_policy(&p, &policy, &options);
        const sbpl_question question = {"file-write-create", {{"path", path}}, 1};
        CU_ASSERT_TRUE(sbpl_ask(p.rules, SBPL_TREE, false, &question, &answer, why, sizeof why));
        CU_ASSERT_TRUE(answer.allow);
        path[n]++;
        if (path[n] && path[n] != '/') {
            char other[64];
            memcpy(other, path, sizeof other);
            path[n]--;
            const sbpl_question wrong = {"file-write-create", {{"path", other}}, 1};
            CU_ASSERT_TRUE(sbpl_ask(p.rules, SBPL_TREE, false, &wrong, &answer, why, sizeof why));
            CU_ASSERT_FALSE(answer.allow);
        }
        profile_clear(&p);
    }
}

typedef struct many {
    srt_policy policy;
    srt_region *regions;
    const srt_region **pointers;
    char (*paths)[80];
} many;

static void make_many(many *m, size_t count)
{
    static const char *const none[] = {NULL};
    m->regions = calloc(count + 2, sizeof *m->regions);
    m->pointers = calloc(count + 2, sizeof *m->pointers);
    m->paths = calloc(count + 2, sizeof *m->paths);
    for (size_t i = 0; i < count + 2; i++) {
        if (i > 1)
            snprintf(m->paths[i], sizeof m->paths[i], "/Users/me/proj/dir%06zu/sub/file", i);
        m->regions[i] = (srt_region){sizeof(srt_region), 0, i == 1 ? WRITE : READ,
                                     i == 0   ? "/"
                                     : i == 1 ? "/Users/me/proj"
                                              : m->paths[i],
                                     NULL};
        m->pointers[i] = &m->regions[i];
    }
    m->policy = (srt_policy){.struct_size = sizeof m->policy,
                             .regions = m->pointers,
                             .n_regions = count + 2,
                             .unix_paths = none};
}

static void clear_many(many *m)
{
    free(m->regions);
    free(m->pointers);
    free(m->paths);
}

static void test_sizes(void)
{
    static const size_t counts[] = {1000, 20000};
    const sb_options options = {.pty = false};
    for (size_t i = 0; i < 2; i++) {
        many m;
        profile p;
        make_many(&m, counts[i]);
        struct timespec before, after;
        sb_plan plan = {0};
        sb_text text = {0};
        const sb_plan_input input = {.policy = &m.policy, .options = &options};
        clock_gettime(CLOCK_MONOTONIC, &before);
        CU_ASSERT_EQUAL(sb_plan_make(&plan, &input), 0);
        sb_render(&text, &plan, TEST_TAG);
        clock_gettime(CLOCK_MONOTONIC, &after);
        printf("%zu rules, %zu bytes: %.1f ms; ", counts[i], text.length,
               (double)(after.tv_sec - before.tv_sec) * 1e3 +
                   (double)(after.tv_nsec - before.tv_nsec) / 1e6);
        profile_of_policy(&p, &m.policy, &options);
        SRT_ASSERT_STR(p.text.bytes, text.bytes); /* the same twice */
        CU_ASSERT_EQUAL(sbpl_lint(p.rules, NULL, NULL), 0);
        CU_ASSERT_EQUAL(profile_ask(&p, true, "file-write-unlink path=/Users/me/proj/dir000500/sub",
                                    false, SB_PIN, false),
                        0);
        for (size_t r = 0; r < p.plan.n_rules; r++)
            CU_ASSERT_TRUE(p.plan.rules[r].count <= SB_RULE_FILTERS);
        profile_clear(&p);
        sb_text_clear(&text);
        sb_plan_clear(&plan);
        clear_many(&m);
    }
}

/* Paths of one shape need few bytes, and each is still denied by itself. */
static void test_groups(void)
{
    static const char *const none[] = {NULL};
    enum { COUNT = 500 };
    static char paths[COUNT][64];
    static srt_region regions[COUNT + 2];
    static const srt_region *pointers[COUNT + 2];
    const sb_options options = {.pty = false};
    char question[128];
    profile p;
    for (size_t i = 0; i < COUNT + 2; i++) {
        if (i > 1)
            snprintf(paths[i - 2], sizeof paths[0], "/Users/me/proj/w/%03zu/a.b", i - 2);
        regions[i] = (srt_region){sizeof regions[i], 0, i == 1 ? WRITE : READ,
                                  i == 0   ? "/"
                                  : i == 1 ? "/Users/me/proj"
                                           : paths[i - 2],
                                  NULL};
        pointers[i] = &regions[i];
    }
    const srt_policy policy = {.struct_size = sizeof policy,
                               .regions = pointers,
                               .n_regions = COUNT + 2,
                               .unix_paths = none};
    profile_of_policy(&p, &policy, &options);
    CU_ASSERT_EQUAL(sbpl_lint(p.rules, NULL, NULL), 0);
    size_t regexes = 0, longest = 0;
    for (size_t i = 0; i < p.plan.n_filters; i++) {
        const sb_filter *f = &p.plan.filters[i];
        regexes += f->key && strcmp(f->key, "regex") == 0 && strstr(f->text, "/w/(");
        if (f->key && strcmp(f->key, "regex") == 0 && strlen(f->text) > longest)
            longest = strlen(f->text);
    }
    printf("%zu paths: %zu expressions; ", (size_t)COUNT, regexes);
    CU_ASSERT_TRUE(regexes > 1 && regexes < 5);
    CU_ASSERT_TRUE(longest <= SB_REGEX_MAX);
    for (size_t i = 0; i < COUNT + 3; i++) {
        snprintf(question, sizeof question, "file-write-data path=/Users/me/proj/w/%03zu/a.b", i);
        CU_ASSERT_EQUAL(profile_ask(&p, false, question, i >= COUNT, -2, false), 0);
    }
    profile_clear(&p);
}

/* What the language cannot hold stops the run with a text. */
static void test_too_long(void)
{
    char path[1200] = "/Users/me/";
    memset(path + 10, 'a', 1100);
    const sb_options options = {.pty = false};
    static const char *const none[] = {NULL};
    srt_region regions[2] = {{sizeof(srt_region), 0, READ, "/", NULL},
                             {sizeof(srt_region), 0, WRITE, "/Users/me", NULL}};
    const srt_region *pointers[] = {&regions[0], &regions[1]};
    for (unsigned flags = 0; flags <= SRT_PATH_GLOB; flags += SRT_PATH_GLOB) {
        for (int access = 0; access < 2; access++) {
            if (flags)
                strcpy(path + 1000, "*");
            const srt_pending_rule rule = {sizeof rule, flags, (srt_access)access, path, NULL};
            const srt_pending_rule *pending[] = {&rule};
            const srt_policy policy = {.struct_size = sizeof policy,
                                       .regions = pointers,
                                       .n_regions = 2,
                                       .pending = pending,
                                       .n_pending = 1,
                                       .unix_paths = none};
            const sb_plan_input input = {.policy = &policy, .options = &options};
            sb_plan plan = {0};
            CU_ASSERT_EQUAL(sb_plan_make(&plan, &input), -7 /* E2BIG */);
            CU_ASSERT_PTR_NOT_NULL(strstr(plan.why, "too long"));
            sb_plan_clear(&plan);
        }
    }
    const srt_policy empty = {.struct_size = sizeof empty, .unix_paths = none};
    const sb_plan_input input = {.policy = &empty, .options = &options};
    sb_plan plan = {0};
    CU_ASSERT_EQUAL(sb_plan_make(&plan, &input), -22 /* EINVAL */);
    sb_plan_clear(&plan);
}

static const srt_unit_case cases[] = {
    {"random policies", test_random}, {"strings", test_strings},   {"sizes", test_sizes},
    {"groups", test_groups},          {"too long", test_too_long},
};

SRT_UNIT_MAIN("seatbelt properties", cases)
