/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked for against what is held. */
#include <string.h>

#include "plugin/internal.h"
#include "support/unit.h"

#define BIT(rule) (UINT64_C(1) << (rule))

static SrtBackend backend = {.descriptor = {.name = "b"}};

typedef struct Judged {
    gboolean ok;
    GPtrArray *warnings;
    GError *error;
} Judged;

static Judged judge(srt_rule_class rule, srt_enforcement how, const char *why, guint64 requested,
                    const char *allow)
{
    SrtBackendRun run = {.backend = &backend};
    srt_policy policy = {.struct_size = sizeof policy, .requested = requested};
    Judged j = {.warnings = g_ptr_array_new_with_free_func(g_free)};
    g_autoptr(GPtrArray) list = allow ? srt_backend_allow_unenforced(NULL, allow, NULL) : NULL;
    for (int i = 0; i < SRT_RULE_CLASS_COUNT; i++)
        run.reports[i] = (SrtRuleReport){.reported = TRUE, .how = SRT_ENFORCED};
    run.reports[rule].how = how;
    run.reports[rule].why = (char *)(guintptr)why;
    j.ok = srt_backend_judge_view(&run, &policy, list, NULL, NULL, j.warnings, &j.error);
    CU_ASSERT_EQUAL(j.ok, j.error == NULL);
    return j;
}

static void done(Judged *j)
{
    g_ptr_array_unref(j->warnings);
    g_clear_error(&j->error);
}

static void enforced_is_silent(void)
{
    Judged j = judge(SRT_RULE_IPC, SRT_ENFORCED, NULL, G_MAXUINT64, NULL);
    CU_ASSERT_TRUE(j.ok);
    CU_ASSERT_EQUAL(j.warnings->len, 0);
    done(&j);
}

static void unsupported_is_an_error_only_when_asked_for(void)
{
    Judged j = judge(SRT_RULE_IPC, SRT_UNSUPPORTED, "no namespaces", BIT(SRT_RULE_IPC), NULL);
    CU_ASSERT_FALSE(j.ok);
    CU_ASSERT_TRUE(g_error_matches(j.error, SRT_ERROR, SRT_ERROR_UNENFORCED));
    CU_ASSERT_PTR_NOT_NULL(strstr(j.error->message, "\n  ipc: no namespaces"));
    done(&j);
    j = judge(SRT_RULE_IPC, SRT_UNSUPPORTED, "no namespaces", ~BIT(SRT_RULE_IPC), NULL);
    CU_ASSERT_TRUE(j.ok);
    CU_ASSERT_EQUAL(j.warnings->len, 0);
    done(&j);
}

static void the_rules_that_ask_are_named(void)
{
    const srt_origin own = {sizeof own, 3, "s.json", "filesystem.denyWrite[0]", ".env"};
    const srt_origin other = {sizeof other, 4, "s.json", "filesystem.denyWrite[1]", "x"};
    const srt_origin built_in = {sizeof built_in, 0, "built-in", "", ".git/hooks"};
    const srt_pending_rule rules[] = {
        {sizeof *rules, SRT_PATH_MANDATORY, SRT_ACCESS_READ, "/w/.git/hooks", &built_in},
        {sizeof *rules, SRT_PATH_GLOB, SRT_ACCESS_READ, "/w/**", &other},
        {sizeof *rules, 0, SRT_ACCESS_HIDDEN, "/w/secret", &other},
        {sizeof *rules, 0, SRT_ACCESS_READ, "/w/.env", &own},
        {sizeof *rules, 0, SRT_ACCESS_READ, "/w/x", &other},
    };
    const srt_pending_rule *const pending[] = {&rules[0], &rules[1], &rules[2], &rules[3],
                                               &rules[4]};
    SrtBackendRun run = {.backend = &backend};
    const srt_policy policy = {.struct_size = sizeof policy,
                               .requested = BIT(SRT_RULE_WRITE_DENY_MISSING),
                               .pending = pending,
                               .n_pending = G_N_ELEMENTS(pending)};
    g_autoptr(GError) error = NULL;
    run.reports[SRT_RULE_WRITE_DENY_MISSING] =
        (SrtRuleReport){.reported = TRUE, .how = SRT_UNSUPPORTED, .why = (char *)(guintptr) "why"};
    CU_ASSERT_FALSE(srt_backend_judge_view(&run, &policy, NULL, NULL, NULL, NULL, &error));
    CU_ASSERT_PTR_NOT_NULL(strstr(error->message, "\n  writeDenyMissing: why: \".env\" (s.json:3, "
                                                  "filesystem.denyWrite[0]) and 1 more\n"));
}

static void what_the_user_gives_up_is_a_warning(void)
{
    Judged j = judge(SRT_RULE_IPC, SRT_UNSUPPORTED, "no namespaces", G_MAXUINT64, "process,ipc");
    CU_ASSERT_TRUE(j.ok);
    CU_ASSERT_EQUAL_FATAL(j.warnings->len, 1);
    SRT_ASSERT_STR(j.warnings->pdata[0], "ipc: NOT ENFORCED, as allowUnenforced permits: backend "
                                         "b: no namespaces");
    done(&j);
    j = judge(SRT_RULE_IPC, SRT_UNSUPPORTED, "no namespaces", G_MAXUINT64, "process");
    CU_ASSERT_FALSE(j.ok);
    done(&j);
}

static void a_grant_that_stays_closed_is_a_warning(void)
{
    Judged j = judge(SRT_RULE_UNIX_PATH, SRT_UNSUPPORTED, "no supervisor", G_MAXUINT64, NULL);
    CU_ASSERT_TRUE(j.ok);
    CU_ASSERT_EQUAL_FATAL(j.warnings->len, 1);
    CU_ASSERT_TRUE(g_str_has_prefix(j.warnings->pdata[0], "unixPath: stays closed"));
    done(&j);
}

static void a_snapshot_is_said_once(void)
{
    Judged j = judge(SRT_RULE_WRITE_DENY, SRT_SNAPSHOT, "mounts", G_MAXUINT64, NULL);
    CU_ASSERT_TRUE(j.ok);
    CU_ASSERT_EQUAL_FATAL(j.warnings->len, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(j.warnings->pdata[0], "at the start: mounts"));
    done(&j);
}

static void what_is_checked_is_held(void)
{
    Judged j = judge(SRT_RULE_GLOB_LATER, SRT_CHECKED, "judged by name", G_MAXUINT64, NULL);
    CU_ASSERT_TRUE(j.ok);
    CU_ASSERT_EQUAL(j.warnings->len, 0);
    done(&j);
    j = judge(SRT_RULE_WRITE_DENY_MISSING, SRT_CHECKED, "judged by name", G_MAXUINT64, NULL);
    CU_ASSERT_TRUE(j.ok);
    CU_ASSERT_EQUAL(j.warnings->len, 0);
    done(&j);
}

static gboolean judge_missing(srt_protect level, guint32 flags, srt_enforcement how, char **ret)
{
    SrtBackendRun run = {.backend = &backend};
    g_autoptr(GError) error = NULL;
    const srt_pending_rule rule = {
        .struct_size = sizeof rule, .flags = flags, .access = SRT_ACCESS_READ, .path = "/w/no"};
    const srt_pending_rule *const pending[] = {&rule};
    srt_policy policy = {.struct_size = sizeof policy,
                         .requested = BIT(SRT_RULE_WRITE_DENY_MISSING),
                         .pending = pending,
                         .n_pending = 1,
                         .protect_missing = level};
    run.reports[SRT_RULE_WRITE_DENY_MISSING] =
        (SrtRuleReport){.reported = TRUE, .how = how, .why = (char *)(guintptr) "why"};
    gboolean ok = srt_backend_judge_view(&run, &policy, NULL, NULL, NULL, NULL, &error);
    g_free(*ret);
    *ret = g_strdup(error ? error->message : "");
    return ok;
}

static void names_that_do_not_exist(void)
{
    g_autofree char *text = NULL;
    const guint32 built_in = SRT_PATH_MANDATORY | SRT_PATH_GLOB;
    CU_ASSERT_TRUE(judge_missing(SRT_PROTECT_CHECK, built_in, SRT_UNSUPPORTED, &text));
    CU_ASSERT_TRUE(judge_missing(SRT_PROTECT_CHECK, built_in, SRT_CHECKED, &text));
    CU_ASSERT_FALSE(judge_missing(SRT_PROTECT_CHECK, 0, SRT_UNSUPPORTED, &text));
    CU_ASSERT_TRUE(judge_missing(SRT_PROTECT_CHECK, 0, SRT_CHECKED, &text));
    CU_ASSERT_TRUE(judge_missing(SRT_PROTECT_EXACT, built_in, SRT_ENFORCED, &text));
    CU_ASSERT_FALSE(judge_missing(SRT_PROTECT_EXACT, built_in, SRT_UNSUPPORTED, &text));
    CU_ASSERT_FALSE(judge_missing(SRT_PROTECT_EXACT, built_in, SRT_CHECKED, &text));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "writeDenyMissing: filesystem.protectMissing says "
                                        "\"exact\", and it is only checked: why"));
}

static void every_restriction_stops_the_run(void)
{
    for (srt_rule_class rule = 0; rule < SRT_RULE_CLASS_COUNT; rule++) {
        Judged j = judge(rule, SRT_UNSUPPORTED, "x", G_MAXUINT64, NULL);
        CU_ASSERT_EQUAL(j.ok, rule == SRT_RULE_UNIX_PATH);
        done(&j);
        j = judge(rule, SRT_UNSUPPORTED, "x", G_MAXUINT64, "all");
        CU_ASSERT_TRUE(j.ok);
        done(&j);
    }
}

static void lists(void)
{
    static const char *const bad[] = {"", "ipc,", ",ipc", "Ipc", "ipc;process", "everything"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        CU_ASSERT_PTR_NULL(srt_backend_allow_unenforced(NULL, bad[i], &error));
        CU_ASSERT_TRUE(g_error_matches(error, SRT_ERROR, SRT_ERROR_USAGE));
        CU_ASSERT_TRUE(error && strstr(error->message, "all, readDeny, readAllow"));
    }
    g_autoptr(GPtrArray) base = srt_backend_allow_unenforced(NULL, " ipc , syscall", NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(base);
    g_autoptr(GPtrArray) more = srt_backend_allow_unenforced(base, "all", NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(more);
    CU_ASSERT_EQUAL(base->len, 2);
    CU_ASSERT_EQUAL(more->len, 2 + SRT_RULE_CLASS_COUNT);
    SRT_ASSERT_STR(((SrtConfigItem *)more->pdata[1])->text, "syscall");
}

static const srt_unit_case cases[] = {
    {"enforced_is_silent", enforced_is_silent},
    {"unsupported_is_an_error_only_when_asked_for", unsupported_is_an_error_only_when_asked_for},
    {"the_rules_that_ask_are_named", the_rules_that_ask_are_named},
    {"what_the_user_gives_up_is_a_warning", what_the_user_gives_up_is_a_warning},
    {"a_grant_that_stays_closed_is_a_warning", a_grant_that_stays_closed_is_a_warning},
    {"a_snapshot_is_said_once", a_snapshot_is_said_once},
    {"what_is_checked_is_held", what_is_checked_is_held},
    {"names_that_do_not_exist", names_that_do_not_exist},
    {"every_restriction_stops_the_run", every_restriction_stops_the_run},
    {"lists", lists},
};

SRT_UNIT_MAIN("plugin.judge", cases)
