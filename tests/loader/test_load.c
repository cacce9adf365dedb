/* SPDX-License-Identifier: Apache-2.0 */
/* The handshake with every kind of module that there should not be. */
#include <string.h>

#include "support.h"

static const struct {
    const char *beast, *says;
} refused[] = {
    {"no-entry", "does not export srt_backend_entry"},
    {"entry-null", "returned NULL"},
    {"undefined-symbol", "srt_log_debug_on"},
    {"abi-zero", "backend interface 0, and this srt speaks 1"},
    {"abi-two", "backend interface 2, and this srt speaks 1"},
    {"short-struct", "are needed up to the last operation"},
    {"no-prepare", "\"prepare\" is missing"},
    {"no-wrap", "\"wrap\" is missing"},
    {"no-monitor", "\"monitor\" is missing"},
    {"no-teardown", "\"teardown\" is missing"},
    {"name-null", "no name"},
    {"name-bad", "\"Name Bad\" is not"},
    {"name-other", "calls itself \"good\""},
    {"version-null", "version"},
    {"summary-null", "summary"},
    {"summary-newline", "summary"},
    {"summary-escape", "summary"},
    {"platform-other", "it is for \"macos\""},
    {"platform-unknown", "\"beos\""},
};

static void every_bad_one_is_refused_by_name(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *file = beast_file(refused[i].beast);
        SrtBackend *backend = srt_backend_load(file, &error);
        CU_ASSERT_PTR_NULL_FATAL(backend);
        CU_ASSERT_TRUE(g_error_matches(error, SRT_ERROR, SRT_ERROR_BACKEND));
        CU_ASSERT_PTR_NOT_NULL(strstr(error->message, file));
        ASSERT_ERROR(error, refused[i].says);
    }
}

static void a_good_one_is_copied_whole(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *file = beast_file("good");
    g_autoptr(SrtBackend) backend = srt_backend_load(file, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(backend);
    const srt_backend *d = srt_backend_descriptor(backend);
    SRT_ASSERT_STR(srt_backend_file(backend), file);
    SRT_ASSERT_STR(d->name, "good");
    SRT_ASSERT_STR(d->version, "1.0");
    CU_ASSERT_EQUAL(d->priority, 10);
    CU_ASSERT_EQUAL(d->classes, ALL_CLASSES);
    CU_ASSERT_EQUAL(d->struct_size, sizeof(srt_backend));
}

static void a_longer_one_is_cut(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *file = beast_file("long-struct");
    g_autoptr(SrtBackend) backend = srt_backend_load(file, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(backend);
    SRT_ASSERT_STR(srt_backend_descriptor(backend)->version, "2.0");
    CU_ASSERT_EQUAL(srt_backend_descriptor(backend)->struct_size, sizeof(srt_backend));
}

static void the_same_file_twice(void)
{
    g_autofree char *file = beast_file("good");
    g_autoptr(SrtBackend) one = srt_backend_load(file, NULL);
    g_autoptr(SrtBackend) two = srt_backend_load(file, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(one);
    CU_ASSERT_PTR_NOT_NULL_FATAL(two);
    CU_ASSERT_TRUE(srt_backend_descriptor(one)->name == srt_backend_descriptor(two)->name);
}

static void null_is_a_good_one(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *file = null_file();
    g_autoptr(SrtBackend) backend = srt_backend_load(file, &error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(backend);
    CU_ASSERT_TRUE(srt_backend_descriptor(backend)->priority < 0);
    CU_ASSERT_EQUAL(srt_backend_descriptor(backend)->classes, 0);
}

static void files_that_are_no_modules(void)
{
    static const struct {
        const char *name, *text, *says;
    } files[] = {
        {"text.so", "hello\n", "not a shared object"},
        {"empty.so", "", "not a shared object"},
        {"cut.so", "\177ELF\2\1\1", "cannot be loaded"},
        {"good.txt", "x", "ends in " SRT_MODULE_SUFFIX},
        {"good.la", "dlname='/tmp/x.so'\n", "ends in " SRT_MODULE_SUFFIX},
    };
    char *lab = lab_new();
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *file = lab_write(lab, files[i].name, files[i].text, 0755);
        CU_ASSERT_PTR_NULL(srt_backend_load(file, &error));
        ASSERT_ERROR(error, files[i].says);
    }
    g_autoptr(GError) error = NULL;
    g_autofree char *missing = g_build_filename(lab, "missing" SRT_MODULE_SUFFIX, NULL);
    CU_ASSERT_PTR_NULL(srt_backend_load(missing, &error));
    ASSERT_ERROR(error, "No such file");
    lab_free(lab);
}

static void a_list_has_good_and_bad(void)
{
    char *lab = lab_new();
    g_free(lab_add(lab, "good"));
    g_free(lab_add(lab, "abi-two"));
    g_free(lab_write(lab, "readme.txt", "not a module", 0644));
    g_free(lab_write(lab, ".hidden.so", "not a module", 0644));
    g_autoptr(SrtBackendSearch) search = lab_search(lab, NULL);
    g_autoptr(GPtrArray) list = srt_backend_list(search);
    CU_ASSERT_EQUAL_FATAL(list->len, 2);
    const SrtBackendCandidate *bad = list->pdata[0], *good = list->pdata[1];
    SRT_ASSERT_STR(bad->name, "abi-two");
    CU_ASSERT_PTR_NULL(bad->backend);
    CU_ASSERT_PTR_NOT_NULL(strstr(bad->problem, "interface 2"));
    SRT_ASSERT_STR(good->name, "good");
    CU_ASSERT_PTR_NOT_NULL(good->backend);
    CU_ASSERT_PTR_NULL(good->problem);
    lab_free(lab);
}

static void the_first_directory_hides_the_next(void)
{
    char *one = lab_new(), *two = lab_new();
    g_autofree char *first = lab_add(one, "good");
    g_free(lab_add(two, "good"));
    g_free(lab_add(two, "low"));
    SrtBackendSearch search = {.directories = (char *[]){one, two, NULL}};
    g_autoptr(GPtrArray) list = srt_backend_list(&search);
    CU_ASSERT_EQUAL_FATAL(list->len, 2);
    SRT_ASSERT_STR(((SrtBackendCandidate *)list->pdata[0])->file, first);
    SRT_ASSERT_STR(((SrtBackendCandidate *)list->pdata[1])->name, "low");
    g_autofree char *found = srt_backend_find(&search, "good");
    SRT_ASSERT_STR(found, first);
    CU_ASSERT_PTR_NULL(srt_backend_find(&search, "missing"));
    CU_ASSERT_PTR_NULL(srt_backend_find(&search, "../good"));
    lab_free(one);
    lab_free(two);
}

static const srt_unit_case cases[] = {
    {"every_bad_one_is_refused_by_name", every_bad_one_is_refused_by_name},
    {"a_good_one_is_copied_whole", a_good_one_is_copied_whole},
    {"a_longer_one_is_cut", a_longer_one_is_cut},
    {"the_same_file_twice", the_same_file_twice},
    {"null_is_a_good_one", null_is_a_good_one},
    {"files_that_are_no_modules", files_that_are_no_modules},
    {"a_list_has_good_and_bad", a_list_has_good_and_bad},
    {"the_first_directory_hides_the_next", the_first_directory_hides_the_next},
};

SRT_UNIT_MAIN("loader.load", cases)
