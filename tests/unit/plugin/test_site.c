/* SPDX-License-Identifier: Apache-2.0 */
/* The site file's text, and the search path. */
#include <string.h>

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
    {"names_of_files", names_of_files},
};

SRT_UNIT_MAIN("plugin.site", cases)
