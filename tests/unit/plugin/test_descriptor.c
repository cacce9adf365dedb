/* SPDX-License-Identifier: Apache-2.0 */
/* The handshake, without a module. */
#include <string.h>

#include "plugin/internal.h"
#include "support/unit.h"

static int prepare(const srt_host *host, const srt_policy *policy, srt_backend_state **ret)
{
    (void)host, (void)policy, (void)ret;
    return 0;
}

static int wrap(srt_backend_state *state, srt_launch *launch)
{
    (void)state, (void)launch;
    return 0;
}

static int monitor(srt_backend_state *state, int32_t pid, int *ret_fd)
{
    (void)state, (void)pid, (void)ret_fd;
    return 0;
}

static void teardown(srt_backend_state *state)
{
    (void)state;
}

static srt_backend good(void)
{
    return (srt_backend){.struct_size = sizeof(srt_backend),
                         .abi = SRT_BACKEND_ABI,
                         .name = "x1-y",
                         .version = "1",
                         .summary = "s",
                         .platform = "any",
                         .prepare = prepare,
                         .wrap = wrap,
                         .monitor = monitor,
                         .teardown = teardown};
}

static gboolean adopts(const srt_backend *theirs)
{
    srt_backend ours;
    g_autoptr(GError) error = NULL;
    gboolean ok = srt_descriptor_adopt(theirs, "/dir/x1-y" SRT_MODULE_SUFFIX, &ours, &error);
    CU_ASSERT_EQUAL(ok, error == NULL);
    if (error)
        CU_ASSERT_TRUE(g_str_has_prefix(error->message,
                                        "backend /dir/x1-y" SRT_MODULE_SUFFIX " is refused: "));
    return ok;
}

static void names(void)
{
    static const char *const bad[] = {"",
                                      "-",
                                      "-a",
                                      "A",
                                      "a_b",
                                      "a.b",
                                      "a/b",
                                      "a b",
                                      "\303\244",
                                      "a\n",
                                      "123456789012345678901234567890123"};
    static const char *const fine[] = {"a", "0", "a-", "linux-bwrap",
                                       "12345678901234567890123456789012"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        CU_ASSERT_FALSE(srt_backend_name_ok(bad[i]));
    for (gsize i = 0; i < G_N_ELEMENTS(fine); i++)
        CU_ASSERT_TRUE(srt_backend_name_ok(fine[i]));
}

static void a_good_one(void)
{
    srt_backend b = good();
    CU_ASSERT_TRUE(adopts(&b));
    CU_ASSERT_FALSE(adopts(NULL));
}

static void sizes(void)
{
    srt_backend b = good();
    b.struct_size = 0;
    CU_ASSERT_FALSE(adopts(&b));
    b.struct_size = G_STRUCT_OFFSET(srt_backend, teardown) + sizeof b.teardown;
    CU_ASSERT_TRUE(adopts(&b));
    b.struct_size--;
    CU_ASSERT_FALSE(adopts(&b));
}

/* The layout is a contract with modules that were built long ago. */
static void layout(void)
{
    CU_ASSERT_EQUAL(G_STRUCT_OFFSET(srt_backend, struct_size), 0);
    CU_ASSERT_EQUAL(G_STRUCT_OFFSET(srt_backend, abi), 4);
    CU_ASSERT_EQUAL(G_STRUCT_OFFSET(srt_backend, name), 8);
    CU_ASSERT_EQUAL(G_STRUCT_OFFSET(srt_backend, priority), 8 + 4 * sizeof(void *));
    CU_ASSERT_EQUAL(G_STRUCT_OFFSET(srt_host, abi), 4);
    CU_ASSERT_EQUAL(G_STRUCT_OFFSET(srt_host, data), 8);
    CU_ASSERT_EQUAL(G_STRUCT_OFFSET(srt_host, log), 8 + sizeof(void *));
    CU_ASSERT_EQUAL(G_STRUCT_OFFSET(srt_host, launch_set_tool_env), 8 + 17 * sizeof(void *));
    CU_ASSERT_EQUAL(G_STRUCT_OFFSET(srt_host, share_loopback), 8 + 18 * sizeof(void *));
    CU_ASSERT_EQUAL(G_STRUCT_OFFSET(srt_host, launch_null_fd), 8 + 21 * sizeof(void *));
    CU_ASSERT_EQUAL(SRT_RULE_TERMINAL, 13);
    CU_ASSERT_EQUAL(SRT_OP_SYSCALL, 10);
}

static void texts(void)
{
    char line[SRT_BACKEND_SUMMARY_MAX + 2];
    srt_backend b = good();
    memset(line, 'x', sizeof line);
    line[SRT_BACKEND_SUMMARY_MAX + 1] = '\0';
    b.summary = line;
    CU_ASSERT_FALSE(adopts(&b));
    line[SRT_BACKEND_SUMMARY_MAX] = '\0';
    CU_ASSERT_TRUE(adopts(&b));
    b.summary = "not \377 UTF-8";
    CU_ASSERT_FALSE(adopts(&b));
    b.summary = "turned \342\200\256 round"; /* U+202E */
    CU_ASSERT_FALSE(adopts(&b));
    b.summary = "gr\303\274n";
    CU_ASSERT_TRUE(adopts(&b));
    b.version = "";
    CU_ASSERT_FALSE(adopts(&b));
}

static void platforms(void)
{
    srt_backend b = good();
    b.platform = SRT_PLATFORM;
    CU_ASSERT_TRUE(adopts(&b));
    b.platform = NULL;
    CU_ASSERT_FALSE(adopts(&b));
    b.platform = "";
    CU_ASSERT_FALSE(adopts(&b));
    b.platform = "anything";
    CU_ASSERT_FALSE(adopts(&b));
}

/* Who may own and write what. */
static void trust(void)
{
    static const struct {
        unsigned mode, uid;
        SrtTrustKind kind;
        gboolean good;
    } rows[] = {
        {S_IFREG | 0755, 0, SRT_TRUST_FILE, TRUE},
        {S_IFREG | 0755, 1000, SRT_TRUST_FILE, TRUE},
        {S_IFREG | 0755, 1001, SRT_TRUST_FILE, FALSE},
        {S_IFREG | 0755, 65534, SRT_TRUST_FILE, FALSE},
        {S_IFREG | 0775, 1000, SRT_TRUST_FILE, FALSE},
        {S_IFREG | 0757, 0, SRT_TRUST_FILE, FALSE},
        {S_IFREG | S_ISVTX | 0757, 0, SRT_TRUST_FILE, FALSE},
        {S_IFDIR | 0755, 0, SRT_TRUST_FILE, FALSE},
        {S_IFIFO | 0600, 0, SRT_TRUST_FILE, FALSE},
        {S_IFDIR | 0755, 0, SRT_TRUST_DIRECTORY, TRUE},
        {S_IFDIR | 0775, 1000, SRT_TRUST_DIRECTORY, FALSE},
        {S_IFDIR | S_ISVTX | 0777, 0, SRT_TRUST_DIRECTORY, FALSE},
        {S_IFDIR | S_ISVTX | 0777, 0, SRT_TRUST_ANCESTOR, TRUE},
        {S_IFDIR | S_ISVTX | 0777, 1001, SRT_TRUST_ANCESTOR, FALSE},
        {S_IFDIR | 0777, 0, SRT_TRUST_ANCESTOR, FALSE},
        {S_IFDIR | 0775, 0, SRT_TRUST_ANCESTOR, FALSE},   /* group 100 of root */
        {S_IFDIR | 0775, 1000, SRT_TRUST_ANCESTOR, TRUE}, /* the caller's private group */
    };
    SrtTrustCaller caller = {.uid = 1000, .program_owner = 0, .private_group = 100};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct stat st = {.st_mode = rows[i].mode, .st_uid = rows[i].uid, .st_gid = 100};
        if ((srt_trust_judge(&st, rows[i].kind, &caller) == NULL) != rows[i].good)
            CU_FAIL("see the row");
    }
    /* In a namespace that does not map root, also the program seems to be nobody's. */
    struct stat nobody = {.st_mode = S_IFREG | 0755, .st_uid = 65534};
    caller.program_owner = 65534;
    CU_ASSERT_PTR_NULL(srt_trust_judge(&nobody, SRT_TRUST_FILE, &caller));
}

static const srt_unit_case cases[] = {
    {"names", names}, {"a_good_one", a_good_one}, {"sizes", sizes}, {"layout", layout},
    {"texts", texts}, {"platforms", platforms},   {"trust", trust},
};

SRT_UNIT_MAIN("plugin.descriptor", cases)
