/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const no_paths[] = {NULL};

const srt_policy asks_all = {
    .struct_size = sizeof(srt_policy),
    .requested = ALL_CLASSES,
    .cwd = "/",
    .net_mode = SRT_NET_PROXY,
    .http_port = 3128,
    .socks_port = 1080,
    .unix_paths = no_paths,
};

static const char *build_directory(void)
{
    const char *directory = g_getenv("SRT_BUILD_DIR");
    if (!directory) {
        fprintf(stderr, "SRT_BUILD_DIR has to name the build directory\n");
        exit(1);
    }
    return directory;
}

char *beast_file(const char *name)
{
    g_autofree char *base = g_strconcat(name, SRT_MODULE_SUFFIX, NULL);
    return g_build_filename(build_directory(), "tests", "bestiary", base, NULL);
}

char *null_file(void)
{
    return g_build_filename(build_directory(), "plugins", "null" SRT_MODULE_SUFFIX, NULL);
}

char *lab_new(void)
{
    char *lab = g_strdup("/var/tmp/srt-loader.XXXXXX");
    if (!g_mkdtemp_full(lab, 0700)) {
        perror(lab);
        exit(1);
    }
    return lab;
}

static void remove_tree(const char *path)
{
    GDir *dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        remove_tree(child);
    }
    g_clear_pointer(&dir, g_dir_close);
    g_remove(path);
}

void lab_free(char *lab)
{
    remove_tree(lab);
    g_free(lab);
}

char *lab_write(const char *lab, const char *name, const char *text, guint mode)
{
    char *file = g_build_filename(lab, name, NULL);
    CU_ASSERT_TRUE_FATAL(g_file_set_contents(file, text, -1, NULL));
    CU_ASSERT_EQUAL_FATAL(g_chmod(file, (int)mode), 0);
    return file;
}

char *lab_add(const char *lab, const char *beast)
{
    g_autofree char *source = beast_file(beast);
    g_autofree char *base = g_path_get_basename(source);
    g_autofree char *bytes = NULL;
    gsize length = 0;
    char *file = g_build_filename(lab, base, NULL);
    CU_ASSERT_TRUE_FATAL(g_file_get_contents(source, &bytes, &length, NULL));
    CU_ASSERT_TRUE_FATAL(g_file_set_contents(file, bytes, (gssize)length, NULL));
    CU_ASSERT_EQUAL_FATAL(g_chmod(file, 0755), 0);
    return file;
}

SrtBackendSearch *lab_search(const char *lab, const char *site)
{
    SrtBackendSearch *search = g_new0(SrtBackendSearch, 1);
    search->directories = g_new0(char *, 2);
    search->directories[0] = g_strdup(lab);
    search->site_file = g_strdup(site);
    return search;
}

void trial_begin(Trial *trial, const char *beast, gboolean strict)
{
    g_autofree char *file = beast_file(beast);
    memset(trial, 0, sizeof *trial);
    trial->journal = g_strdup("/var/tmp/srt-journal.XXXXXX");
    close(g_mkstemp(trial->journal));
    trial->services.options = g_hash_table_new(g_str_hash, g_str_equal);
    g_hash_table_insert(trial->services.options, g_strdup("journal"), trial->journal);
    if (strict)
        trial->faults = g_ptr_array_new_with_free_func(g_free);
    trial->services.faults = trial->faults;
    g_autoptr(SrtBackend) backend = srt_backend_load(file, &trial->error);
    if (!backend)
        fprintf(stderr, "%s\n", trial->error->message);
    CU_ASSERT_PTR_NOT_NULL_FATAL(backend);
    trial->run =
        srt_backend_prepare_view(backend, &asks_all, &trial->services, NULL, &trial->error);
}

void trial_end(Trial *trial)
{
    srt_backend_teardown(trial->run);
    trial->run = NULL;
}

static void free_key(gpointer key, gpointer value, gpointer data)
{
    (void)value, (void)data;
    g_free(key);
}

void trial_clear(Trial *trial)
{
    trial_end(trial);
    g_unlink(trial->journal);
    g_hash_table_foreach(trial->services.options, free_key, NULL);
    g_hash_table_unref(trial->services.options);
    g_clear_pointer(&trial->faults, g_ptr_array_unref);
    g_free(trial->journal);
    g_clear_error(&trial->error);
}

char *trial_journal(const Trial *trial)
{
    char *text = NULL;
    CU_ASSERT_TRUE_FATAL(g_file_get_contents(trial->journal, &text, NULL, NULL));
    return g_strdelimit(g_strchomp(text), "\n", ' ');
}

gboolean trial_has_fault(const Trial *trial, const char *text)
{
    for (guint i = 0; i < trial->faults->len; i++)
        if (strstr(trial->faults->pdata[i], text))
            return TRUE;
    printf("\nno fault \"%s\" among:\n", text);
    for (guint i = 0; i < trial->faults->len; i++)
        printf("  %s\n", (const char *)trial->faults->pdata[i]);
    return FALSE;
}

srt_launch *plain_launch(void)
{
    static const char *const argv[] = {"/bin/sh", "-c", "true", NULL};
    static const char *const env[] = {"PATH=/usr/bin:/bin", NULL};
    return srt_launch_new(argv, env, "/", 0, -1);
}

void assert_error(GError **error, const char *text, const char *file, unsigned line)
{
    gboolean good = *error && strstr((*error)->message, text);
    if (!good)
        printf("\nexpected \"%s\", found: %s\n", text, *error ? (*error)->message : "no error");
    CU_assertImplementation(good, line, text, file, "", CU_FALSE);
    g_clear_error(error);
}
