/* SPDX-License-Identifier: Apache-2.0 */
/* Which backend is chosen, in the documented order, and what is said when none is. */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

typedef struct Scene {
    char *lab;
    SrtBackendSearch *search;
    GPtrArray *warnings;
    GError *error;
} Scene;

static void scene_begin(Scene *s, const char *const *beasts)
{
    memset(s, 0, sizeof *s);
    s->lab = lab_new();
    for (; *beasts; beasts++)
        g_free(lab_add(s->lab, *beasts));
    s->search = lab_search(s->lab, NULL);
    s->warnings = g_ptr_array_new_with_free_func(g_free);
    g_unsetenv("SRT_BACKEND");
}

static void scene_end(Scene *s)
{
    lab_free(s->lab);
    srt_backend_search_free(s->search);
    g_ptr_array_unref(s->warnings);
    g_clear_error(&s->error);
    g_unsetenv("SRT_BACKEND");
}

/* Name of what is chosen, or NULL with s->error set. */
static char *chosen(Scene *s, const char *given, const char *settings, const char *allow)
{
    static char name[SRT_BACKEND_NAME_MAX + 1];
    g_autoptr(GPtrArray) list = allow ? srt_backend_allow_unenforced(NULL, allow, NULL) : NULL;
    SrtBackendRun *run = srt_backend_select_view(s->search, given, settings, &asks_all, list, NULL,
                                                 s->warnings, &s->error);
    if (!run)
        return NULL;
    g_strlcpy(name, srt_backend_run_descriptor(run)->name, sizeof name);
    srt_backend_teardown(run);
    return name;
}

static gboolean warned(const Scene *s, const char *text)
{
    for (guint i = 0; i < s->warnings->len; i++)
        if (strstr(s->warnings->pdata[i], text))
            return TRUE;
    return FALSE;
}

static void automatic_takes_the_highest_that_works(void)
{
    Scene s;
    scene_begin(&s, (const char *[]){"low", "high", "good", "prepare-cannot", "negative", NULL});
    SRT_ASSERT_STR(chosen(&s, NULL, NULL, NULL), "high");
    CU_ASSERT_EQUAL(s.warnings->len, 0); /* "cannot run here" is a normal answer */
    scene_end(&s);
}

static void automatic_goes_on_when_rules_are_not_enforced(void)
{
    Scene s;
    scene_begin(&s, (const char *[]){"low", "report-nothing", "prepare-fails", "abi-two", NULL});
    SRT_ASSERT_STR(chosen(&s, NULL, NULL, NULL), "low");
    CU_ASSERT_TRUE(warned(&s, "the disk said no"));
    CU_ASSERT_TRUE(warned(&s, "interface 2"));
    CU_ASSERT_FALSE(warned(&s, "NOT ENFORCED"));
    scene_end(&s);
}

static void automatic_says_everything_when_nothing_works(void)
{
    Scene s;
    scene_begin(&s,
                (const char *[]){"report-nothing", "prepare-cannot", "negative", "no-wrap", NULL});
    CU_ASSERT_PTR_NULL(chosen(&s, NULL, NULL, NULL));
    CU_ASSERT_TRUE_FATAL(g_error_matches(s.error, SRT_ERROR, SRT_ERROR_BACKEND));
    CU_ASSERT_PTR_NOT_NULL(strstr(s.error->message, s.lab));
    CU_ASSERT_PTR_NOT_NULL(strstr(s.error->message, "the moon is not full"));
    CU_ASSERT_PTR_NOT_NULL(strstr(s.error->message, "negative: is never chosen automatically"));
    CU_ASSERT_PTR_NOT_NULL(strstr(s.error->message, "\"wrap\" is missing"));
    CU_ASSERT_PTR_NOT_NULL(strstr(s.error->message, "readDeny: the backend does not say"));
    CU_ASSERT_PTR_NOT_NULL(strstr(s.error->message, "srtctl doctor"));
    scene_end(&s);
    scene_begin(&s, (const char *[]){"report-nothing", NULL});
    CU_ASSERT_PTR_NULL(chosen(&s, NULL, NULL, NULL));
    CU_ASSERT_TRUE(g_error_matches(s.error, SRT_ERROR, SRT_ERROR_UNENFORCED));
    scene_end(&s);
    scene_begin(&s, (const char *[]){NULL});
    CU_ASSERT_PTR_NULL(chosen(&s, NULL, NULL, NULL));
    ASSERT_ERROR(s.error, "there is none");
    scene_end(&s);
}

#ifdef __linux__

/* Whether a module of the lab has been loaded. */
static gboolean is_loaded(const Scene *s, const char *beast)
{
    g_autofree char *maps = NULL;
    g_autofree char *file = g_strdup_printf("%s/%s" SRT_MODULE_SUFFIX "\n", s->lab, beast);
    CU_ASSERT_TRUE_FATAL(g_file_get_contents("/proc/self/maps", &maps, NULL, NULL));
    return strstr(maps, file) != NULL;
}

/* What says its priority in its file is loaded only when its turn comes. */
static void notes_spare_the_loading(void)
{
    Scene s;
    scene_begin(&s, (const char *[]){"noted-high", "noted-low", "noted-broken", "low", NULL});
    SRT_ASSERT_STR(chosen(&s, NULL, NULL, NULL), "noted-high");
    CU_ASSERT_TRUE(is_loaded(&s, "noted-high"));
    CU_ASSERT_TRUE(is_loaded(&s, "low")); /* has none: had to be asked */
    CU_ASSERT_FALSE(is_loaded(&s, "noted-low"));
    CU_ASSERT_FALSE(is_loaded(&s, "noted-broken"));
    CU_ASSERT_EQUAL(s.warnings->len, 0);
    SRT_ASSERT_STR(chosen(&s, "noted-low", NULL, NULL), "noted-low");
    scene_end(&s);
    scene_begin(&s, (const char *[]){"noted-low", "noted-broken", "high", "good", NULL});
    SRT_ASSERT_STR(chosen(&s, NULL, NULL, NULL), "high");
    CU_ASSERT_FALSE(is_loaded(&s, "noted-broken"));
    CU_ASSERT_FALSE(is_loaded(&s, "noted-low"));
    scene_end(&s);
}

/* What would have been taken and cannot be loaded is told, as without a note. */
static void notes_change_no_refusal(void)
{
    Scene s;
    scene_begin(&s, (const char *[]){"noted-low", "noted-broken", "prepare-cannot", NULL});
    SRT_ASSERT_STR(chosen(&s, NULL, NULL, NULL), "noted-low");
    CU_ASSERT_EQUAL(s.warnings->len, 1);
    CU_ASSERT_TRUE(warned(&s, "cannot be loaded"));
    scene_end(&s);
    scene_begin(&s, (const char *[]){"noted-low", "noted-wrong", NULL});
    SRT_ASSERT_STR(chosen(&s, NULL, NULL, NULL), "noted-low");
    CU_ASSERT_TRUE(warned(&s, "its note (SRT_BACKEND_NOTE) says priority 1000"));
    CU_ASSERT_PTR_NULL(chosen(&s, "noted-wrong", NULL, NULL));
    ASSERT_ERROR(s.error, "and its descriptor 1.");
    scene_end(&s);
    scene_begin(&s, (const char *[]){"noted-broken", NULL});
    CU_ASSERT_PTR_NULL(chosen(&s, NULL, NULL, NULL));
    ASSERT_ERROR(s.error, "cannot be loaded");
    scene_end(&s);
    scene_begin(&s, (const char *[]){"noted-broken", "report-nothing", NULL});
    CU_ASSERT_PTR_NULL(chosen(&s, NULL, NULL, NULL));
    CU_ASSERT_TRUE(g_error_matches(s.error, SRT_ERROR, SRT_ERROR_UNENFORCED));
    scene_end(&s);
    /* Not to be trusted: not a word of it is taken. */
    scene_begin(&s, (const char *[]){"noted-low", "noted-high", NULL});
    g_autofree char *file = g_build_filename(s.lab, "noted-high" SRT_MODULE_SUFFIX, NULL);
    CU_ASSERT_EQUAL_FATAL(g_chmod(file, 0757), 0);
    SRT_ASSERT_STR(chosen(&s, NULL, NULL, NULL), "noted-low");
    CU_ASSERT_TRUE(warned(&s, "writable by everybody"));
    CU_ASSERT_FALSE(is_loaded(&s, "noted-high"));
    scene_end(&s);
}

#endif

static void order_of_choices(void)
{
    Scene s;
    scene_begin(&s, (const char *[]){"low", "high", "good", "negative", "long-struct", NULL});
    s.search->site_file =
        lab_write(s.lab, "backend", "# ours\n\n  low  because it is small\n", 0644);
    SRT_ASSERT_STR(chosen(&s, NULL, NULL, NULL), "low");
    SRT_ASSERT_STR(chosen(&s, NULL, "good", NULL), "good");
    g_setenv("SRT_BACKEND", "negative", TRUE);
    SRT_ASSERT_STR(chosen(&s, NULL, "good", NULL), "negative");
    SRT_ASSERT_STR(chosen(&s, "long-struct", "good", NULL), "long-struct");
    g_setenv("SRT_BACKEND", "", TRUE);
    SRT_ASSERT_STR(chosen(&s, "", "", NULL), "low");
    g_setenv("SRT_BACKEND", "negative", TRUE);
    s.search->privileged = TRUE;
    SRT_ASSERT_STR(chosen(&s, NULL, "good", NULL), "good");
    scene_end(&s);
}

static void a_choice_must_work(void)
{
    Scene s;
    scene_begin(&s, (const char *[]){"high", "prepare-cannot", "no-wrap", NULL});
    CU_ASSERT_PTR_NULL(chosen(&s, "prepare-cannot", NULL, NULL));
    ASSERT_ERROR(s.error, "the moon is not full");
    CU_ASSERT_PTR_NULL(chosen(&s, "no-wrap", NULL, NULL));
    ASSERT_ERROR(s.error, "\"wrap\" is missing");
    CU_ASSERT_PTR_NULL(chosen(&s, "nosuch", NULL, NULL));
    CU_ASSERT_TRUE(s.error && strstr(s.error->message, "high, no-wrap, prepare-cannot"));
    ASSERT_ERROR(s.error, "no backend \"nosuch\" (chosen by --backend)");
    CU_ASSERT_PTR_NULL(chosen(&s, NULL, "nosuch", NULL));
    ASSERT_ERROR(s.error, "\"backend\" in the settings");
    scene_end(&s);
}

static void paths(void)
{
    Scene s;
    scene_begin(&s, (const char *[]){"high", NULL});
    char *elsewhere = lab_new();
    g_autofree char *file = lab_add(elsewhere, "good");
    SRT_ASSERT_STR(chosen(&s, file, NULL, NULL), "good");
    SRT_ASSERT_STR(chosen(&s, NULL, file, NULL), "good");
    g_autofree char *before = g_get_current_dir();
    CU_ASSERT_EQUAL_FATAL(g_chdir(elsewhere), 0);
    SRT_ASSERT_STR(chosen(&s, "./good.so", NULL, NULL), "good");
    CU_ASSERT_PTR_NULL(chosen(&s, NULL, "./good.so", NULL));
    ASSERT_ERROR(s.error, "relative path");
    CU_ASSERT_EQUAL_FATAL(g_chdir(before), 0);
    lab_free(elsewhere);
    scene_end(&s);
}

static void unenforced_rules_name_who_could(void)
{
    Scene s;
    /* Neither itself nor one that is never chosen. */
    scene_begin(&s,
                (const char *[]){"report-nothing", "report-unlisted", "high", "negative", NULL});
    CU_ASSERT_PTR_NULL(chosen(&s, "report-unlisted", NULL, NULL));
    CU_ASSERT_TRUE(g_error_matches(s.error, SRT_ERROR, SRT_ERROR_UNENFORCED));
    CU_ASSERT_TRUE(s.error && strstr(s.error->message, "allowUnenforced"));
    ASSERT_ERROR(s.error, "(may be enforced by: high, report-nothing)");
    SRT_ASSERT_STR(chosen(&s, "report-unlisted", NULL, "ipc"), "report-unlisted");
    CU_ASSERT_TRUE(warned(&s, "ipc: NOT ENFORCED"));
    SRT_ASSERT_STR(chosen(&s, "report-nothing", NULL, "all"), "report-nothing");
    scene_end(&s);
}

static void site_files(void)
{
    Scene s;
    scene_begin(&s, (const char *[]){"low", "high", "prepare-cannot", NULL});
    s.search->site_file = lab_write(s.lab, "backend", "prepare-cannot\nlow\nhigh\n", 0644);
    SRT_ASSERT_STR(chosen(&s, NULL, NULL, NULL), "low");
    g_free(lab_write(s.lab, "backend", "prepare-cannot\n", 0644));
    CU_ASSERT_PTR_NULL(chosen(&s, NULL, NULL, NULL));
    ASSERT_ERROR(s.error, "the moon is not full");
    g_free(lab_write(s.lab, "backend", "prepare-cannot\nnosuch\n", 0644));
    CU_ASSERT_PTR_NULL(chosen(&s, NULL, NULL, NULL));
    ASSERT_ERROR(s.error, "none of the backends that the site file");
    g_free(lab_write(s.lab, "backend", "# nothing\n", 0644));
    SRT_ASSERT_STR(chosen(&s, NULL, NULL, NULL), "high");
    g_free(lab_write(s.lab, "backend", "low\n", 0664));
    CU_ASSERT_PTR_NULL(chosen(&s, NULL, NULL, NULL));
    ASSERT_ERROR(s.error, "writable by its group");
    g_remove(s.search->site_file);
    SRT_ASSERT_STR(chosen(&s, NULL, NULL, NULL), "high");
    scene_end(&s);
}

static void null_needs_every_class_to_be_given_up(void)
{
    Scene s;
    g_autofree char *file = null_file();
    scene_begin(&s, (const char *[]){"high", NULL});
    CU_ASSERT_PTR_NULL(chosen(&s, file, NULL, NULL));
    CU_ASSERT_TRUE(g_error_matches(s.error, SRT_ERROR, SRT_ERROR_UNENFORCED));
    g_clear_error(&s.error);
    CU_ASSERT_PTR_NULL(chosen(&s, file, NULL, "ipc,process"));
    ASSERT_ERROR(s.error, "syscall: it restricts nothing");
    SRT_ASSERT_STR(chosen(&s, file, NULL, "all"), "null");
    CU_ASSERT_TRUE(warned(&s, "syscall: NOT ENFORCED"));
    /* Beside the others it is not chosen for anybody. */
    g_autofree char *bytes = NULL;
    gsize length = 0;
    CU_ASSERT_TRUE_FATAL(g_file_get_contents(file, &bytes, &length, NULL));
    g_autofree char *copy = g_build_filename(s.lab, "null" SRT_MODULE_SUFFIX, NULL);
    CU_ASSERT_TRUE_FATAL(g_file_set_contents(copy, bytes, (gssize)length, NULL));
    CU_ASSERT_EQUAL_FATAL(g_chmod(copy, 0755), 0);
    SRT_ASSERT_STR(chosen(&s, NULL, NULL, "all"), "high");
    scene_end(&s);
}

static void null_finds_programs(void)
{
    static const struct {
        const char *word, *path, *first;
    } searches[] = {
        {"sh", "PATH=/nothing:/bin", "/bin/sh"},
        {"./sh", "PATH=", "/bin/./sh"},
        {"sh", "PATH=", "/bin/sh"},
        {"/bin/sh", "PATH=/x", "/bin/sh"},
    };
    g_autofree char *file = null_file();
    g_autoptr(SrtBackend) backend = srt_backend_load(file, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(backend);
    SrtBackendRun *run = srt_backend_prepare_view(backend, &asks_all, NULL, NULL, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(searches); i++) {
        const char *argv[] = {searches[i].word, "x", NULL}, *env[] = {searches[i].path, NULL};
        srt_launch *launch = srt_launch_new(argv, env, "/bin", 0, -1);
        CU_ASSERT_TRUE(srt_backend_wrap(run, launch, NULL));
        SRT_ASSERT_STR(srt_launch_argv(launch)[0], searches[i].first);
        SRT_ASSERT_STR(srt_launch_argv(launch)[1], "x");
        SRT_ASSERT_STR(srt_launch_tool_env(launch)[0], searches[i].path);
        CU_ASSERT_FALSE(srt_launch_uses_handoff(launch));
        srt_launch_free(launch);
    }
    srt_backend_teardown(run);
}

static const srt_unit_case cases[] = {
    {"automatic_takes_the_highest_that_works", automatic_takes_the_highest_that_works},
    {"automatic_goes_on_when_rules_are_not_enforced",
     automatic_goes_on_when_rules_are_not_enforced},
    {"automatic_says_everything_when_nothing_works", automatic_says_everything_when_nothing_works},
#ifdef __linux__
    {"notes_spare_the_loading", notes_spare_the_loading},
    {"notes_change_no_refusal", notes_change_no_refusal},
#endif
    {"order_of_choices", order_of_choices},
    {"a_choice_must_work", a_choice_must_work},
    {"paths", paths},
    {"unenforced_rules_name_who_could", unenforced_rules_name_who_could},
    {"site_files", site_files},
    {"null_needs_every_class_to_be_given_up", null_needs_every_class_to_be_given_up},
    {"null_finds_programs", null_finds_programs},
};

SRT_UNIT_MAIN("loader.select", cases)
