/* SPDX-License-Identifier: Apache-2.0 */
/* A small file system in which everything that a profile allows is tried: whatever is
 * moved, linked, cloned, exchanged, made and removed, in whatever order, what was hidden
 * stays hidden, what was protected stays as and where it was, and nothing outside of what
 * is writable changes. The seed is printed; SRT_TEST_SEED repeats a run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "profiles.h"
#include "support/unit.h"

#define ROUNDS 250
#define STEPS 250
#define ENTRIES 160
#define REGIONS 24
#define PATTERNS 4
#define PATH 160
#define DEPTH 6

static const char *const names[] = {"a", "b", "k", "s"};

/* A name in a directory. Directories have one, files may have several. */
typedef struct entry {
    bool live, directory, hidden, kept; /* as it was at the start */
    int parent;                         /* -1: in "/" */
    const char *name;
    unsigned inode;
} entry;

typedef struct world {
    entry entries[ENTRIES];
    unsigned n, inodes;
    unsigned contents[ENTRIES * STEPS]; /* by inode: how often it was written */
    srt_policy policy;
    srt_region regions[REGIONS];
    const srt_region *pointers[REGIONS];
    char paths[REGIONS][PATH];
    srt_pending_rule pending[PATTERNS];
    const srt_pending_rule *pending_pointers[PATTERNS];
    profile profile;
    sbpl_model model;
    bool other; /* "/t" is writable */
} world;

static unsigned long long state;

static unsigned draw(unsigned below)
{
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(state >> 33) % below;
}

static void path_of(const world *w, int e, char *ret)
{
    char above[PATH] = "";
    if (w->entries[e].parent >= 0)
        path_of(w, w->entries[e].parent, above);
    snprintf(ret, PATH, "%.100s/%s", above, w->entries[e].name);
}

static unsigned depth_of(const world *w, int e)
{
    return e < 0 ? 0 : 1 + depth_of(w, w->entries[e].parent);
}

static bool lies_in(const world *w, int e, int directory)
{
    for (; e >= 0; e = w->entries[e].parent)
        if (e == directory)
            return true;
    return false;
}

static int find(const world *w, int parent, const char *name)
{
    for (unsigned i = 0; i < w->n; i++)
        if (w->entries[i].live && w->entries[i].parent == parent &&
            strcmp(w->entries[i].name, name) == 0)
            return (int)i;
    return -1;
}

static bool is_empty(const world *w, int directory)
{
    for (unsigned i = 0; i < w->n; i++)
        if (w->entries[i].live && w->entries[i].parent == directory)
            return false;
    return true;
}

static int add(world *w, int parent, const char *name, bool directory)
{
    if (w->n == ENTRIES || depth_of(w, parent) >= DEPTH)
        return -1;
    w->entries[w->n] = (entry){
        .live = true, .directory = directory, .parent = parent, .name = name, .inode = w->inodes++};
    return (int)w->n++;
}

static bool asks(const world *w, const char *operation, const char *path, bool directory)
{
    char why[200];
    sbpl_answer answer;
    const sbpl_question question = {
        operation, {{"path", path}, {"vnode-type", directory ? "DIRECTORY" : "REGULAR-FILE"}}, 2};
    if (!sbpl_ask(w->profile.rules, w->model, false, &question, &answer, why, sizeof why)) {
        fprintf(stderr, "%s\n", why);
        exit(1);
    }
    return answer.allow;
}

static bool asks_of(const world *w, const char *operation, int e)
{
    char path[PATH];
    path_of(w, e, path);
    return asks(w, operation, path, w->entries[e].directory);
}

static bool may_create(const world *w, int parent, const char *name, bool directory)
{
    char above[PATH] = "", path[PATH];
    if (parent >= 0)
        path_of(w, parent, above);
    snprintf(path, sizeof path, "%.100s/%s", above, name);
    return asks(w, "file-write-create", path, directory);
}

enum { IN_W = 0, IN_O = 1, IN_T = 2 };

/* "/w" is writable, "/o" is not, "/t" sometimes; in the first two is something of
 * everything. */
static void make_tree(world *w)
{
    int roots[2] = {add(w, -1, "w", true), add(w, -1, "o", true)};
    add(w, -1, "t", true);
    for (unsigned i = 0; i < 14; i++) {
        int parent = roots[draw(4) == 0], next;
        for (unsigned depth = draw(3); depth > 0; depth--) {
            const char *name = names[draw(4)];
            next = find(w, parent, name);
            next = next < 0 ? add(w, parent, name, true) : next;
            if (next < 0 || !w->entries[next].directory)
                break;
            parent = next;
        }
        const char *name = names[draw(4)];
        if (find(w, parent, name) < 0)
            add(w, parent, name, draw(4) == 0);
    }
}

static void add_region(world *w, const char *path, srt_access access)
{
    size_t n = w->policy.n_regions++;
    snprintf(w->paths[n], sizeof w->paths[n], "%s", path);
    w->regions[n] = (srt_region){sizeof(srt_region), 0, access, w->paths[n], NULL};
}

static int by_path(const void *a, const void *b)
{
    return strcmp((*(const srt_region *const *)a)->path, (*(const srt_region *const *)b)->path);
}

static void choose_pending(world *w)
{
    static const char *const patterns[] = {"/w/**/k", "/w/**/s", "/w/missing", "/w/a/later"};
    for (size_t i = 0; i < PATTERNS; i++) {
        bool glob = strchr(patterns[i], '*') != NULL;
        if (draw(2) == 0)
            continue;
        size_t n = w->policy.n_pending++;
        w->pending[n] =
            (srt_pending_rule){sizeof *w->pending, glob ? SRT_PATH_GLOB : 0,
                               glob ? (srt_access)draw(2) : SRT_ACCESS_READ, patterns[i], NULL};
        w->pending_pointers[n] = &w->pending[n];
    }
}

/* The pattern that the entry's name matches, or NULL. */
static const srt_pending_rule *matched_by(const world *w, int e)
{
    for (size_t i = 0; i < w->policy.n_pending && lies_in(w, e, IN_W); i++)
        if ((w->pending[i].flags & SRT_PATH_GLOB) &&
            strcmp(strrchr(w->pending[i].path, '/') + 1, w->entries[e].name) == 0)
            return &w->pending[i];
    return NULL;
}

static bool is_below_matched(const world *w, int e)
{
    for (; e >= 0; e = w->entries[e].parent)
        if (matched_by(w, e))
            return true;
    return false;
}

/* What a pattern matches is a region at the start, sometimes an exception; or it has
 * appeared since, and then there are no exceptions. */
static void choose_regions(world *w)
{
    bool appeared = draw(2) == 0;
    char path[PATH];
    /* Where patterns do not reach; only "exact" holds that nothing comes from there. */
    w->other = !appeared && w->policy.protect_missing == SRT_PROTECT_EXACT;
    if (w->other)
        add_region(w, "/t", SRT_ACCESS_WRITE);
    for (unsigned i = IN_T + 1; i < w->n && w->policy.n_regions < REGIONS; i++) {
        const srt_pending_rule *rule = matched_by(w, (int)i);
        srt_access any = (srt_access)draw(lies_in(w, (int)i, IN_W) ? 3 : 2);
        bool chance = draw(4) == 0;
        path_of(w, (int)i, path);
        if (appeared && is_below_matched(w, (int)i))
            continue;
        if (rule)
            add_region(w, path, chance ? any : rule->access);
        else if (chance)
            add_region(w, path, any);
    }
}

static void make_policy(world *w)
{
    static const char *const none[] = {NULL};
    w->policy = (srt_policy){.struct_size = sizeof w->policy,
                             .regions = w->pointers,
                             .pending = w->pending_pointers,
                             .unix_paths = none,
                             .protect_missing = draw(2) ? SRT_PROTECT_EXACT : SRT_PROTECT_CHECK};
    choose_pending(w);
    add_region(w, "/", SRT_ACCESS_READ);
    add_region(w, "/w", SRT_ACCESS_WRITE);
    choose_regions(w);
    for (size_t i = 0; i < w->policy.n_regions; i++)
        w->pointers[i] = &w->regions[i];
    qsort(w->pointers, w->policy.n_regions, sizeof *w->pointers, by_path);
}

static void begin(world *w, int omit)
{
    const sb_options options = {.pty = false};
    memset(w, 0, sizeof *w);
    make_tree(w);
    make_policy(w);
    /* What is so without the family counts, not what the cut profile thinks. */
    profile_of_policy(&w->profile, &w->policy, &options);
    w->model = (sbpl_model)draw(SBPL_MODELS);
    for (unsigned i = 0; i < w->n; i++) {
        w->entries[i].hidden = !asks_of(w, "file-read-data", (int)i);
        w->entries[i].kept = !asks_of(w, "file-write-data", (int)i);
    }
    if (omit >= 0) {
        profile_clear(&w->profile);
        profile_of_policy_without(&w->profile, &w->policy, &options, omit);
    }
}

static void copy_tree(world *w, int from, int parent, const char *name)
{
    int made = add(w, parent, name, w->entries[from].directory);
    unsigned before = w->n;
    if (made < 0)
        return;
    w->entries[made].hidden = w->entries[from].hidden;
    for (unsigned i = 0; i + 1 < before; i++)
        if (w->entries[i].live && w->entries[i].parent == from)
            copy_tree(w, (int)i, made, w->entries[i].name);
}

static void step_rename(world *w, int e, int parent, const char *name, bool swap)
{
    int there = find(w, parent, name);
    entry *moved = &w->entries[e];
    if (lies_in(w, parent, e) || there == e || depth_of(w, parent) >= DEPTH - 2 ||
        (there >= 0 && lies_in(w, e, there)) || (swap && there < 0))
        return;
    if (!swap && there >= 0 &&
        (moved->directory != w->entries[there].directory || !is_empty(w, there)))
        return;
    if (!asks_of(w, "file-write-unlink", e) ||
        (there >= 0 && !asks_of(w, "file-write-unlink", there)) ||
        !may_create(w, parent, name, moved->directory) ||
        (swap && !may_create(w, moved->parent, moved->name, w->entries[there].directory)))
        return;
    if (swap) {
        w->entries[there].parent = moved->parent;
        w->entries[there].name = moved->name;
    } else if (there >= 0) {
        w->entries[there].live = false;
    }
    moved->parent = parent;
    moved->name = name;
}

static void step_copy(world *w, int e, int parent, const char *name, bool link)
{
    const entry *from = &w->entries[e];
    if (find(w, parent, name) >= 0 || lies_in(w, parent, e) || (link && from->directory) ||
        !asks_of(w, link ? "file-link" : "file-clone", e) ||
        !may_create(w, parent, name, from->directory))
        return;
    if (!link) {
        copy_tree(w, e, parent, name);
        return;
    }
    int made = add(w, parent, name, false);
    if (made >= 0) {
        w->entries[made].inode = w->entries[e].inode;
        w->entries[made].hidden = w->entries[e].hidden;
        w->entries[made].kept = w->entries[e].kept;
    }
}

static void step(world *w)
{
    int e = (int)draw(w->n), parent = (int)draw(w->n);
    const char *name = names[draw(4)];
    unsigned what = draw(10);
    bool usable = w->entries[e].live && w->entries[parent].live && w->entries[parent].directory;
    if (!usable)
        return;
    if (what < 4)
        step_rename(w, e, parent, name, what == 0);
    else if (what < 6)
        step_copy(w, e, parent, name, what == 4);
    else if (what < 7 && find(w, parent, name) < 0 && may_create(w, parent, name, true))
        add(w, parent, name, true);
    else if (what < 8 && find(w, parent, name) < 0 && may_create(w, parent, name, false))
        add(w, parent, name, false);
    else if (what < 9 && is_empty(w, e) && asks_of(w, "file-write-unlink", e))
        w->entries[e].live = false;
    else if (!w->entries[e].directory && asks_of(w, "file-write-data", e))
        w->contents[w->entries[e].inode]++;
}

/* Of what was there at the start. */
static unsigned look_at_names(const world *w, unsigned count, const entry *before, const char **ret)
{
    unsigned wrong = 0;
    for (unsigned i = 0; i < w->n; i++) {
        const entry *now = &w->entries[i];
        bool readable = now->live && !now->directory && asks_of(w, "file-read-data", (int)i);
        if (now->hidden && readable) {
            *ret = "what was hidden is read";
            wrong++;
        }
        if (now->kept && i < count && w->contents[now->inode]) {
            *ret = "what was protected is written";
            wrong++;
        }
        bool root = i == IN_W || i == IN_T;
        if (i < count && (before[i].kept || root) &&
            (!now->live || now->parent != before[i].parent || now->name != before[i].name)) {
            *ret = "what was protected is somewhere else";
            wrong++;
        }
        if (i >= count && now->live && !lies_in(w, (int)i, IN_W) &&
            !(w->other && lies_in(w, (int)i, IN_T))) {
            *ret = "something came to be outside";
            wrong++;
        }
    }
    return wrong;
}

/* With "exact" no name that is not to be there ever is. */
static unsigned look_for_missing(const world *w, unsigned count, const char **ret)
{
    char path[PATH];
    unsigned wrong = 0;
    for (size_t k = 0; k < w->policy.n_pending; k++) {
        const srt_pending_rule *rule = w->policy.pending[k];
        if (w->policy.protect_missing != SRT_PROTECT_EXACT || rule->access != SRT_ACCESS_READ)
            continue;
        const char *last = strrchr(rule->path, '/') + 1;
        bool glob = rule->flags & SRT_PATH_GLOB;
        for (unsigned i = count; i < w->n; i++) {
            path_of(w, (int)i, path);
            bool is = glob ? strcmp(w->entries[i].name, last) == 0 : strcmp(path, rule->path) == 0;
            if (w->entries[i].live && is && lies_in(w, (int)i, IN_W)) {
                *ret = "a name that is not to be there is there";
                wrong++;
            }
        }
    }
    return wrong;
}

/* How many of the worlds go wrong; say: the first one is shown. */
static unsigned run(int omit, unsigned rounds, bool say)
{
    unsigned bad = 0;
    world *w = malloc(sizeof *w);
    entry before[ENTRIES];
    for (unsigned i = 0; i < rounds; i++) {
        const char *what = "";
        begin(w, omit);
        unsigned count = w->n;
        memcpy(before, w->entries, sizeof before);
        for (unsigned k = 0; k < STEPS; k++)
            step(w);
        bool wrong = look_at_names(w, count, before, &what) + look_for_missing(w, count, &what) > 0;
        if (wrong && say && bad == 0)
            printf("\n  world %u, model %d: %s\n%s\n", i, (int)w->model, what,
                   w->profile.text.bytes);
        bad += wrong;
        profile_clear(&w->profile);
    }
    free(w);
    return bad;
}

static void test_whatever_is_done(void)
{
    const char *given = getenv("SRT_TEST_SEED");
    state = given ? strtoull(given, NULL, 10) : 20240611;
    printf("seed %llu ", state);
    CU_ASSERT_EQUAL(run(-1, ROUNDS, true), 0);
}

/* The same without the rules of one family each. */
static void test_has_teeth(void)
{
    static const sb_family families[] = {SB_PIN, SB_CLONE, SB_LATER_HIDDEN, SB_LATER_READ,
                                         SB_READ_LEVEL};
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        unsigned bad = run((int)families[i], ROUNDS, false);
        printf("%s: %u; ", family_word((int)families[i]), bad);
        CU_ASSERT_TRUE(bad > 0);
    }
}

static const srt_unit_case cases[] = {
    {"whatever is done", test_whatever_is_done},
    {"it has teeth", test_has_teeth},
};

SRT_UNIT_MAIN("seatbelt moves", cases)
