/* SPDX-License-Identifier: Apache-2.0 */
/* Settings files: where they are looked for, what can be wrong with them, and what
 * a file may say that extends another one. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/error.h"
#include "config/config.h"
#include "support/unit.h"

static char *dir; /* fresh for each case */

static char *in_dir(const char *name)
{
    return g_build_filename(dir, name, NULL);
}

static void put(const char *name, const char *text)
{
    g_autofree char *path = in_dir(name);
    CU_ASSERT_TRUE_FATAL(g_file_set_contents(path, text, -1, NULL));
}

static void remove_below(const char *path)
{
    GDir *open = g_dir_open(path, 0, NULL);
    const char *name;
    while (open && (name = g_dir_read_name(open))) {
        g_autofree char *full = g_build_filename(path, name, NULL);
        if (!g_file_test(full, G_FILE_TEST_IS_SYMLINK) && g_file_test(full, G_FILE_TEST_IS_DIR))
            remove_below(full);
        else
            g_unlink(full);
    }
    if (open)
        g_dir_close(open);
    g_rmdir(path);
}

static void in_fresh_dir(void (*run)(void))
{
    dir = g_dir_make_tmp("srt-config-XXXXXX", NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
    run();
    remove_below(dir);
    g_clear_pointer(&dir, g_free);
}

/* Loads a file of dir; the message has dir written as "DIR". */
static SrtConfig *load(const char *name, char **ret_message)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = name ? in_dir(name) : NULL;
    SrtConfig *config = srt_config_load(path, dir, &error);
    CU_ASSERT_EQUAL(config == NULL, error != NULL);
    g_auto(GStrv) parts = g_strsplit(error ? error->message : "good", dir, -1);
    *ret_message = g_strjoinv("DIR", parts);
    return config;
}

static void expect(const char *name, const char *message)
{
    g_autofree char *found = NULL;
    srt_config_free(load(name, &found));
    SRT_ASSERT_STR(found, message);
}

static void default_place(void)
{
    g_autoptr(SrtConfig) nowhere = srt_config_load(NULL, NULL, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(nowhere);
    CU_ASSERT_EQUAL(nowhere->files->len, 0);
    g_autoptr(SrtConfig) empty_home = srt_config_load(NULL, "", NULL);
    CU_ASSERT_PTR_NOT_NULL(empty_home);
    expect(NULL, "good");
    put(".srt-settings.json", "{\"filesystem\": {\"allowWrite\": []}}");
    g_autofree char *message = NULL, *path = in_dir(".srt-settings.json");
    g_autoptr(SrtConfig) config = load(NULL, &message);
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    CU_ASSERT_PTR_NOT_NULL(config->filesystem.allow_write);
    CU_ASSERT_EQUAL_FATAL(config->files->len, 1);
    SRT_ASSERT_STR(g_ptr_array_index(config->files, 0), path);
    put(".srt-settings.json", "");
    expect(NULL, "DIR/.srt-settings.json:1:1: found nothing, expected a JSON object; \"{}\" means "
                 "the built-in defaults");
    put(".srt-settings.json", " \n");
    expect(NULL, "DIR/.srt-settings.json:1:1: found nothing, expected a JSON object; \"{}\" means "
                 "the built-in defaults");
    g_unlink(path);
    CU_ASSERT_EQUAL(symlink("nowhere", path), 0);
    expect(NULL,
           "DIR/.srt-settings.json: found a link that leads nowhere, expected a settings file");
    g_unlink(path);
    CU_ASSERT_EQUAL(g_mkdir(path, 0700), 0);
    expect(NULL, "DIR/.srt-settings.json: found a directory, expected a settings file");
}

static void test_default_place(void)
{
    in_fresh_dir(default_place);
}

static void test_bad_names(void)
{
    g_autoptr(GError) empty = NULL, home = NULL;
    CU_ASSERT_PTR_NULL(srt_config_load("", "/", &empty));
    SRT_ASSERT_STR(empty->message, "settings: found \"\", expected the path of a file");
    CU_ASSERT_PTR_NULL(srt_config_load(NULL, "here", &home));
    SRT_ASSERT_STR(home->message, "HOME: found \"here\", expected an absolute path");
}

static void bad_files(void)
{
    g_autofree char *fifo = in_dir("fifo"), *secret = in_dir("secret"), *big = in_dir("big");
    expect("absent", "DIR/absent: found no such file, expected a settings file");
    expect(".", "DIR/.: found a directory, expected a settings file");
    CU_ASSERT_EQUAL(mkfifo(fifo, 0600), 0);
    expect("fifo",
           "DIR/fifo: found something that is not a regular file, expected a settings file");
    put("big", "{}");
    CU_ASSERT_EQUAL(truncate(big, SRT_CONFIG_MAX_BYTES + 1), 0);
    expect("big", "DIR/big: found more than 4 MiB, expected a settings file");
    put("wrong", "{\n \"netwrok\": {}}");
    expect("wrong", "DIR/wrong:2:2: netwrok: found an unknown key, expected a known one; did you "
                    "mean \"network\"?");
    if (geteuid() == 0)
        return; /* nothing is unreadable */
    put("secret", "{}");
    CU_ASSERT_EQUAL(chmod(secret, 0), 0);
    expect("secret", "DIR/secret: found no permission to read it, expected a settings file");
}

static void test_bad_files(void)
{
    in_fresh_dir(bad_files);
}

static void relative_name(void)
{
    g_autofree char *before = g_get_current_dir(), *real = realpath(dir, NULL);
    g_autofree char *path = g_build_filename(real, "s.json", NULL);
    put("s.json", "{\"filesystem\": {\"denyRead\": [\"a\"]}}");
    CU_ASSERT_EQUAL_FATAL(chdir(dir), 0);
    g_autoptr(SrtConfig) config = srt_config_load("s.json", NULL, NULL);
    CU_ASSERT_EQUAL(chdir(before), 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    SRT_ASSERT_STR(g_ptr_array_index(config->files, 0), path);
    const SrtConfigItem *item = g_ptr_array_index(config->filesystem.deny_read, 0);
    SRT_ASSERT_STR(item->file, "s.json"); /* as it was named */
}

static void test_relative_name(void)
{
    in_fresh_dir(relative_name);
}

static void extends_places(void)
{
    g_autofree char *sub = in_dir("sub"), *message = NULL, *absolute = NULL, *text = NULL;
    CU_ASSERT_EQUAL(g_mkdir(sub, 0700), 0);
    put("home.json", "{\"filesystem\": {\"denyRead\": [\"h\"]}}");
    put("sub/near.json", "{\"filesystem\": {\"denyRead\": [\"n\"]}}");
    put("abs.json", "{\"filesystem\": {\"denyRead\": [\"a\"]}}");
    absolute = in_dir("abs.json");
    text = g_strdup_printf("{\"extends\": [\"~/home.json\", \"near.json\", \"%s\"],"
                           "\"filesystem\": {\"denyRead\": [\"o\"]}}",
                           absolute);
    put("sub/s.json", text);
    g_autoptr(SrtConfig) config = load("sub/s.json", &message);
    SRT_ASSERT_STR(message, "good");
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    static const char *const files[] = {"home.json", "sub/near.json", "abs.json", "sub/s.json"};
    static const char *const denied[] = {"h", "n", "a", "o"};
    CU_ASSERT_EQUAL_FATAL(config->files->len, 4);
    CU_ASSERT_EQUAL_FATAL(config->filesystem.deny_read->len, 4);
    for (guint i = 0; i < 4; i++) {
        const SrtConfigItem *item = g_ptr_array_index(config->filesystem.deny_read, i);
        g_autofree char *path = in_dir(files[i]);
        SRT_ASSERT_STR(g_ptr_array_index(config->files, i), path);
        SRT_ASSERT_STR(item->text, denied[i]);
        SRT_ASSERT_STR(item->file, path);
    }
}

static void test_extends_places(void)
{
    in_fresh_dir(extends_places);
}

static void extends_errors(void)
{
    put("s.json", "{\"extends\": [\"absent.json\", \"bad.json\"],\n \"x\": 1}");
    put("bad.json", "{\"y\": 1}");
    expect("s.json",
           "DIR/s.json:1:14: extends[0]: DIR/absent.json: found no such file, expected a "
           "settings file\n"
           "DIR/s.json:2:2: x: found an unknown key, expected a known one; srtctl schema "
           "lists them\n"
           "DIR/bad.json:1:2: y: found an unknown key, expected a known one; srtctl schema "
           "lists them");
    put("a.json", "{\"extends\": [\"b.json\"]}");
    put("b.json", "{\"extends\": [\"./a.json\"]}");
    expect("a.json", "DIR/b.json:1:14: extends[0]: DIR/./a.json: found a file that is being read "
                     "already, expected files that do not extend each other in a circle");
    for (guint i = 0; i <= SRT_CONFIG_MAX_DEPTH; i++) {
        g_autofree char *name = g_strdup_printf("d%u.json", i);
        g_autofree char *text = i < SRT_CONFIG_MAX_DEPTH
                                    ? g_strdup_printf("{\"extends\": [\"d%u.json\"]}", i + 1)
                                    : g_strdup("{}");
        put(name, text);
    }
    expect("d1.json", "good");
    expect("d0.json", "DIR/d7.json:1:14: extends[0]: DIR/d8.json: found one more file, expected at "
                      "most 8 that extend each other in a row");
    static const char home[] = "{\"extends\": [\"~/x\"]}";
    g_autoptr(GError) error = NULL;
    CU_ASSERT_PTR_NULL(srt_config_parse(home, strlen(home), "s", dir, &error));
    SRT_ASSERT_STR(error->message,
                   "s:1:14: extends[0]: ~/x: found '~', expected a path without it; "
                   "the home directory is not known");
    put("empty.json", "{}");
    g_autoptr(GString) many = g_string_new("{\"extends\": [\"empty.json\"");
    for (guint i = 2; i < SRT_CONFIG_MAX_FILES; i++)
        g_string_append(many, ", \"empty.json\"");
    g_autofree char *enough = g_strconcat(many->str, "]}", NULL);
    g_autofree char *over = g_strconcat(many->str, ",\n\"empty.json\"]}", NULL);
    put("many.json", enough);
    expect("many.json", "good");
    put("many.json", over);
    expect("many.json",
           "DIR/many.json:2:1: extends[31]: DIR/empty.json: found one more file, expected "
           "at most 32 in all");
}

static void test_extends_errors(void)
{
    in_fresh_dir(extends_errors);
}

/* Two ways to the same file: what it denies counts once. */
static void diamond(void)
{
    g_autofree char *message = NULL;
    put("user.json", "{\"filesystem\": {\"denyRead\": [\"u\"], \"allowWrite\": [\"w\"]}, "
                     "\"bwrapPath\": \"/usr/bin/bwrap\"}");
    put("a.json", "{\"extends\": [\"user.json\"], \"filesystem\": {\"denyRead\": [\"a\"]}}");
    put("b.json", "{\"extends\": [\"user.json\"], \"filesystem\": {\"denyRead\": [\"u\"]}}");
    put("s.json", "{\"extends\": [\"a.json\", \"b.json\"]}");
    g_autoptr(SrtConfig) config = load("s.json", &message);
    SRT_ASSERT_STR(message, "good");
    CU_ASSERT_PTR_NOT_NULL_FATAL(config);
    static const char *const denied[] = {"u", "a", "u"};
    CU_ASSERT_EQUAL_FATAL(config->filesystem.deny_read->len, 3);
    for (guint i = 0; i < 3; i++)
        SRT_ASSERT_STR(((SrtConfigItem *)g_ptr_array_index(config->filesystem.deny_read, i))->text,
                       denied[i]);
    SRT_ASSERT_STR(config->bwrap_path, "/usr/bin/bwrap");
}

static void test_diamond(void)
{
    in_fresh_dir(diamond);
}

static const srt_unit_case cases[] = {
    {"default place: absent, there, empty, no file", test_default_place},
    {"names that cannot be", test_bad_names},
    {"files that cannot be read", test_bad_files},
    {"relative name: opened from here, kept absolute", test_relative_name},
    {"extends: home, near, absolute", test_extends_places},
    {"extends: absent, bad, circle, too deep, too many", test_extends_errors},
    {"extends: two ways to one file", test_diamond},
};

SRT_UNIT_MAIN("config.load", cases)
