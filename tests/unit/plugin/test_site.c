/* SPDX-License-Identifier: Apache-2.0 */
/* The site file's text, and the search path. */
#include <string.h>
#include <unistd.h>

#include "plugin/internal.h"
#include "support/unit.h"

static void parsing(void)
{
    static const struct {
        const char *text, *names;
    } rows[] = {
        {"", ""},
        {"bwrap", "bwrap"},
        {"bwrap\n", "bwrap"},
        {"# all of it\n\n \t\n", ""},
        {"  bwrap  because\r\nlandlock# or this\n", "bwrap landlock"},
        {"#bwrap\n/opt/x.so\n", "/opt/x.so"},
        {"a\nb\nc", "a b c"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(GStrv) names = srt_site_parse(rows[i].text);
        g_autofree char *text = g_strjoinv(" ", names);
        SRT_ASSERT_STR(text, rows[i].names);
    }
}

static void search_path(void)
{
    g_setenv("SRT_BACKEND_PATH", "/one:relative::/two/../three", TRUE);
    g_autoptr(SrtBackendSearch) search = srt_backend_search_new();
    g_unsetenv("SRT_BACKEND_PATH");
    CU_ASSERT_EQUAL_FATAL(g_strv_length(search->directories), 3);
    SRT_ASSERT_STR(search->directories[0], "/one");
    SRT_ASSERT_STR(search->directories[1], "/three");
    CU_ASSERT_TRUE(g_path_is_absolute(search->directories[2]));
    CU_ASSERT_TRUE(g_str_has_suffix(search->directories[2], "/srt/backends"));
    CU_ASSERT_TRUE(search->site_file && g_path_is_absolute(search->site_file));
    CU_ASSERT_FALSE(search->privileged);
    g_autoptr(SrtBackendSearch) plain = srt_backend_search_new();
    CU_ASSERT_EQUAL(g_strv_length(plain->directories), 1);
}

static void places(void)
{
    static const struct {
        const char *file, *directory, *place;
    } rows[] = {
        {"/etc/x", "/usr/bin", "/etc/x"},
        {"/etc/x", NULL, "/etc/x"},
        {"../etc/srt/backend", "/usr/bin", "/etc/srt/backend"},
        {"../etc/srt/backend", "/usr/local/bin", "/usr/local/etc/srt/backend"},
        {"../etc/srt/backend", "/opt/srt/bin", "/opt/srt/etc/srt/backend"},
        {"../etc/srt/backend", "/usrx/bin", "/usrx/etc/srt/backend"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *place = srt_site_place(rows[i].file, rows[i].directory);
        SRT_ASSERT_STR(place, rows[i].place);
    }
    CU_ASSERT_PTR_NULL(srt_site_place("../etc/srt/backend", NULL));
}

static void writing(void)
{
    g_autofree char *top = g_dir_make_tmp("srt-site-XXXXXX", NULL);
    g_autofree char *directory = g_build_filename(top, "etc", "srt", NULL);
    g_autofree char *file = g_build_filename(directory, "backend", NULL);
    static const char *const two[] = {"landlock", "bwrap", NULL}, *const one[] = {"bwrap", NULL};
    g_autoptr(GError) error = NULL;
    struct stat st;
    mode_t mask = umask(077);
    CU_ASSERT_TRUE(srt_site_write(file, two, &error));
    umask(mask);
    g_auto(GStrv) names = NULL, after = NULL, none = NULL;
    CU_ASSERT_TRUE_FATAL(srt_site_read(file, &names, &error) && names);
    CU_ASSERT_TRUE(g_strv_equal((const char *const *)names, two));
    CU_ASSERT_TRUE(stat(file, &st) == 0 && (st.st_mode & 07777) == 0644);
    CU_ASSERT_TRUE(stat(directory, &st) == 0 && (st.st_mode & 07777) == 0755);
    CU_ASSERT_TRUE(srt_site_write(file, one, &error));
    CU_ASSERT_TRUE_FATAL(srt_site_read(file, &after, &error) && after);
    CU_ASSERT_TRUE(g_strv_equal((const char *const *)after, one));
    CU_ASSERT_TRUE(srt_site_remove(file, &error) && srt_site_remove(file, &error));
    CU_ASSERT_TRUE(srt_site_read(file, &none, &error) && !none);
    /* Nothing was left beside it. */
    CU_ASSERT_EQUAL(rmdir(directory), 0);
    g_autofree char *above = g_path_get_dirname(directory);
    CU_ASSERT_TRUE(rmdir(above) == 0 && rmdir(top) == 0);
}

static void writing_refused(void)
{
    g_autofree char *top = g_dir_make_tmp("srt-site-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(top, "file", NULL);
    g_autofree char *below = g_build_filename(file, "srt", "backend", NULL);
    g_autofree char *name = g_strnfill(SRT_SITE_FILE_MAX, 'x');
    const char *const many[] = {name, NULL}, *const one[] = {"bwrap", NULL};
    g_autoptr(GError) error = NULL, second = NULL, third = NULL;
    CU_ASSERT_FALSE(srt_site_write(file, many, &error));
    CU_ASSERT_TRUE(error && strstr(error->message, "Name fewer"));
    CU_ASSERT_NOT_EQUAL(access(file, F_OK), 0);
    CU_ASSERT_TRUE(g_file_set_contents(file, "x", 1, NULL));
    CU_ASSERT_FALSE(srt_site_write(below, one, &second));
    CU_ASSERT_TRUE(second && strstr(second->message, "cannot make"));
    /* In a directory that everybody may write to it would be anybody's choice. */
    CU_ASSERT_EQUAL(unlink(file), 0);
    CU_ASSERT_EQUAL(chmod(top, 0777), 0);
    CU_ASSERT_FALSE(srt_site_write(file, one, &third));
    CU_ASSERT_TRUE(third && strstr(third->message, "is refused"));
    CU_ASSERT_TRUE(unlink(file) == 0 && rmdir(top) == 0);
}

static void names_of_files(void)
{
    g_autofree char *one = srt_backend_name_of_file("/a/b" SRT_MODULE_SUFFIX);
    g_autofree char *two = srt_backend_name_of_file("c");
    SRT_ASSERT_STR(one, "b");
    SRT_ASSERT_STR(two, "c");
}

static const srt_unit_case cases[] = {
    {"parsing", parsing},
    {"search_path", search_path},
    {"places", places},
    {"writing", writing},
    {"writing_refused", writing_refused},
    {"names_of_files", names_of_files},
};

SRT_UNIT_MAIN("plugin.site", cases)
