/* SPDX-License-Identifier: Apache-2.0 */
/* Settings: built, read, merged, and what is wrong with them. */
#include <glib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab.h"

/* Without white space, so that the way it is printed does not matter. */
static char *flat(const srt_settings *settings)
{
    static char text[4096];
    char *json = srt_settings_to_json(settings);
    size_t n = 0;
    for (const char *p = json; *p && n + 1 < sizeof text; p++)
        if (!strchr(" \n\t", *p))
            text[n++] = *p;
    text[n] = '\0';
    srt_free(json);
    return text;
}

static srt_settings *of(const char *json)
{
    srt_error *error = NULL;
    srt_settings *settings = srt_settings_from_text(json, strlen(json), NULL, NULL, &error);
    if (!settings)
        printf("%s\n", lab_error(error));
    CU_ASSERT_PTR_NOT_NULL_FATAL(settings);
    return settings;
}

static void builds(void)
{
    srt_settings *s = srt_settings_new();
    SRT_ASSERT_STR(flat(s), "{}");
    CU_ASSERT_EQUAL(srt_settings_append(s, "filesystem.allowWrite", "out", NULL), 0);
    CU_ASSERT_EQUAL(srt_settings_append(s, "filesystem.allowWrite", "/var/tmp/x", NULL), 0);
    CU_ASSERT_EQUAL(srt_settings_append(s, "filesystem.allowWrite", "out", NULL), 0);
    CU_ASSERT_EQUAL(srt_settings_set_bool(s, "network.strictAllowlist", true, NULL), 0);
    CU_ASSERT_EQUAL(srt_settings_set_number(s, "violations.keepDays", 3, NULL), 0);
    CU_ASSERT_EQUAL(srt_settings_set_text(s, "monitor", "off", NULL), 0);
    CU_ASSERT_EQUAL(srt_settings_set_text(s, "env.set.A.B", "x.y", NULL), -1);
    CU_ASSERT_EQUAL(srt_settings_set_text(s, "env.set.A_B", "x.y", NULL), 0);
    CU_ASSERT_EQUAL(srt_settings_append(s, "ignoreViolations.npm run x.y", "/etc", NULL), 0);
    CU_ASSERT_EQUAL(
        srt_settings_set_json(s, "network.allowedDomains", "[\"example.com\", \"*.x.org\"]", NULL),
        0);
    SRT_ASSERT_STR(flat(s),
                   "{\"filesystem\":{\"allowWrite\":[\"out\",\"/var/tmp/x\"]},"
                   "\"network\":{\"strictAllowlist\":true,\"allowedDomains\":[\"example.com\","
                   "\"*.x.org\"]},\"violations\":{\"keepDays\":3},\"monitor\":\"off\","
                   "\"env\":{\"set\":{\"A_B\":\"x.y\"}},\"ignoreViolations\":{\"npmrunx.y\":["
                   "\"/etc\"]}}");
    CU_ASSERT_EQUAL(srt_settings_unset(s, "violations.keepDays", NULL), 0);
    CU_ASSERT_EQUAL(srt_settings_unset(s, "violations.keepDays", NULL), 0);
    CU_ASSERT_EQUAL(srt_settings_unset(s, "env", NULL), 0);
    CU_ASSERT_EQUAL(srt_settings_unset(s, "env.set.A_B", NULL), 0);
    CU_ASSERT_PTR_NULL(strstr(flat(s), "keepDays"));
    CU_ASSERT_PTR_NULL(strstr(flat(s), "env"));
    srt_settings_free(s);
}

static void wrong_values_change_nothing(void)
{
    srt_settings *s = of("{\"network\": {\"allowedDomains\": [\"example.com\"]}}");
    g_autofree char *before = g_strdup(flat(s));
    srt_error *e = NULL;
    CU_ASSERT_EQUAL(srt_settings_append(s, "network.allowedDomains", "http://x", &e), -1);
    CU_ASSERT_EQUAL(srt_error_get_code(e), SRT_E_SETTINGS);
    LAB_HAS(lab_error(e), "network.allowedDomains[1]");
    e = NULL;
    CU_ASSERT_EQUAL(srt_settings_append(s, "network.allowedDomain", "x.org", &e), -1);
    LAB_HAS(lab_error(e), "did you mean \"allowedDomains\"");
    e = NULL;
    CU_ASSERT_EQUAL(srt_settings_set_bool(s, "network.allowedDomains", true, &e), -1);
    LAB_HAS(lab_error(e), "expected a list");
    e = NULL;
    CU_ASSERT_EQUAL(srt_settings_append(s, "network.strictAllowlist", "x", &e), -1);
    lab_error(e);
    e = NULL;
    CU_ASSERT_EQUAL(srt_settings_set_number(s, "violations.keepDays", 0, &e), -1);
    LAB_HAS(lab_error(e), "violations.keepDays");
    e = NULL;
    CU_ASSERT_EQUAL(srt_settings_set_json(s, "network", "{\"allowedDomains\": [}", &e), -1);
    LAB_HAS(lab_error(e), "not valid JSON");
    e = NULL;
    CU_ASSERT_EQUAL(srt_settings_set_json(s, "network.strictAllowlist", "true], [false", &e), -1);
    LAB_HAS(lab_error(e), "JSON");
    e = NULL;
    CU_ASSERT_EQUAL(srt_settings_set_json(s, "network.strictAllowlist", "true, \"x\": 1", &e), -1);
    LAB_HAS(lab_error(e), "one JSON value");
    static const char *const keys[] = {"", ".", "network.", ".network", "network..x", "nothing"};
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        e = NULL;
        CU_ASSERT_EQUAL(srt_settings_set_text(s, keys[i], "x", &e), -1);
        CU_ASSERT_EQUAL(srt_error_get_code(e), SRT_E_SETTINGS);
        lab_error(e);
    }
    e = NULL;
    CU_ASSERT_EQUAL(srt_settings_set_text(s, "monitor", "\xff", &e), -1);
    CU_ASSERT_EQUAL(srt_error_get_code(e), SRT_E_USAGE);
    lab_error(e);
    CU_ASSERT_EQUAL(srt_settings_set_text(s, "monitor", NULL, NULL), -1);
    CU_ASSERT_EQUAL(srt_settings_set_text(NULL, "monitor", "off", NULL), -1);
    CU_ASSERT_EQUAL(srt_settings_merge(s, NULL, NULL), -1);
    SRT_ASSERT_STR(flat(s), before);
    srt_settings_free(s);
}

static void merges(void)
{
    srt_settings *s =
        of("{\"network\": {\"allowedDomains\": [\"a.org\"], \"strictAllowlist\": true},"
           " \"env\": {\"set\": {\"A\": \"1\", \"B\": \"2\"}}}");
    srt_settings *over = of("{\"network\": {\"allowedDomains\": [\"b.org\"]}, \"env\": {\"set\": "
                            "{\"B\": \"3\"}}, \"filesystem\": {\"denyRead\": [\"/x\"]}}");
    srt_settings *copy = srt_settings_copy(over);
    CU_ASSERT_EQUAL(srt_settings_merge(s, over, NULL), 0);
    srt_settings_free(over);
    SRT_ASSERT_STR(flat(s),
                   "{\"network\":{\"allowedDomains\":[\"b.org\"],\"strictAllowlist\":true},"
                   "\"env\":{\"set\":{\"A\":\"1\",\"B\":\"3\"}},"
                   "\"filesystem\":{\"denyRead\":[\"/x\"]}}");
    CU_ASSERT_EQUAL(srt_settings_append(s, "filesystem.denyRead", "/y", NULL), 0);
    CU_ASSERT_PTR_NULL(strstr(flat(copy), "/y"));
    srt_settings_free(copy);
    srt_settings_free(s);
}

static void reads_text(void)
{
    srt_error *e = NULL;
    const char *text = "{\n \"netwrk\": {}}";
    CU_ASSERT_PTR_NULL(srt_settings_from_text(text, strlen(text), "mine", NULL, &e));
    CU_ASSERT_EQUAL(srt_error_get_code(e), SRT_E_SETTINGS);
    LAB_HAS(lab_error(e), "mine:2:2: netwrk");
    e = NULL;
    CU_ASSERT_PTR_NULL(srt_settings_from_text("[]", 2, NULL, NULL, &e));
    LAB_HAS(lab_error(e), "settings:1:1");
    e = NULL;
    CU_ASSERT_PTR_NULL(srt_settings_from_text(NULL, 0, NULL, NULL, &e));
    LAB_HAS(lab_error(e), "found nothing");
    e = NULL;
    CU_ASSERT_PTR_NULL(srt_settings_from_text("{\"a\":1,\"a\":2}", 13, NULL, NULL, &e));
    LAB_HAS(lab_error(e), "second time");
    e = NULL;
    CU_ASSERT_PTR_NULL(srt_settings_from_text("{}", 2, NULL, "relative", &e));
    CU_ASSERT_EQUAL(srt_error_get_code(e), SRT_E_USAGE);
    lab_error(e);
    /* Only length bytes count. */
    srt_settings *s = srt_settings_from_text("{}garbage", 2, NULL, NULL, NULL);
    CU_ASSERT_PTR_NOT_NULL(s);
    srt_settings_free(s);
    g_autofree char *long_text = g_malloc(5 * 1024 * 1024);
    memset(long_text, ' ', 5 * 1024 * 1024);
    e = NULL;
    CU_ASSERT_PTR_NULL(srt_settings_from_text(long_text, 5 * 1024 * 1024, NULL, NULL, &e));
    LAB_HAS(lab_error(e), "4 MiB");
}

static void put(const char *directory, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(directory, name, NULL);
    CU_ASSERT_TRUE(g_file_set_contents(path, text, -1, NULL));
}

static void reads_files(void)
{
    srt_error *e = NULL;
    g_autofree char *home = g_dir_make_tmp("srt-case-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(home, "a.json", NULL);
    setenv("HOME", home, 1);
    srt_settings *s = srt_settings_from_file(NULL, &e);
    CU_ASSERT_PTR_NOT_NULL(s);
    srt_settings_free(s);
    put(home, ".srt-settings.json", "{\"monitor\": \"full\"}");
    s = srt_settings_from_file(NULL, &e);
    SRT_ASSERT_STR(flat(s), "{\"monitor\":\"full\"}");
    srt_settings_free(s);
    CU_ASSERT_PTR_NULL(srt_settings_from_file(file, &e));
    LAB_HAS(lab_error(e), "found no such file");
    e = NULL;
    put(home, "a.json", "{\"extends\": [\"base.json\"],\n\"monitor\": \"off\"}");
    put(home, "base.json", "{\"monitor\": \"full\"}");
    CU_ASSERT_PTR_NULL(srt_settings_from_file(file, &e));
    LAB_HAS(lab_error(e), "a.json:2:12: monitor");
    e = NULL;
    put(home, "a.json", "{\"extends\": [\"base.json\", \"~/.srt-settings.json\"]}");
    s = srt_settings_from_file(file, &e);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    g_autofree char *wanted =
        g_strdup_printf("{\"extends\":[\"%s/base.json\",\"%s/.srt-settings.json\"]}", home, home);
    SRT_ASSERT_STR(flat(s), wanted);
    /* What is built on it obeys what it extends. */
    CU_ASSERT_EQUAL(srt_settings_set_text(s, "monitor", "off", &e), -1);
    LAB_HAS(lab_error(e), "monitor");
    srt_settings_free(s);
    e = NULL;
    CU_ASSERT_PTR_NULL(srt_settings_from_text("{\"extends\":[\"b\"]}", 17, NULL, NULL, &e));
    LAB_HAS(lab_error(e), "extends[0]");
    s = srt_settings_from_text("{\"extends\":[\"base.json\"]}", 25, NULL, home, NULL);
    CU_ASSERT_PTR_NOT_NULL(s);
    srt_settings_free(s);
    g_autofree char *command = g_strdup_printf("rm -r '%s'", home);
    CU_ASSERT_EQUAL(system(command), 0);
}

static void names_operations(void)
{
    SRT_ASSERT_STR(srt_operation_name(SRT_OP_READ), "read");
    SRT_ASSERT_STR(srt_operation_name(SRT_OP_CONNECT), "connect");
    SRT_ASSERT_STR(srt_operation_name(SRT_OP_SYSCALL), "syscall");
    SRT_ASSERT_STR(srt_operation_name((srt_operation)(SRT_OP_SYSCALL + 1)), "?");
}

static const srt_unit_case cases[] = {
    {"names_operations", names_operations},
    {"builds", builds},
    {"wrong_values_change_nothing", wrong_values_change_nothing},
    {"merges", merges},
    {"reads_text", reads_text},
    {"reads_files", reads_files},
};

SRT_UNIT_MAIN("embed.settings", cases)
