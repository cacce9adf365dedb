/* SPDX-License-Identifier: Apache-2.0 */
/* From where a module is taken. Every case first shows that the same file loads
 * when nothing is wrong with it. */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

typedef struct Place {
    char *lab;
    char *file;
} Place;

static Place place_new(void)
{
    Place p = {.lab = lab_new()};
    p.file = lab_add(p.lab, "good");
    g_autoptr(SrtBackend) control = srt_backend_load(p.file, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(control);
    return p;
}

static void place_free(Place *p)
{
    g_free(p->file);
    lab_free(p->lab);
}

static void assert_refused(const char *file, const char *says)
{
    g_autoptr(GError) error = NULL;
    SrtBackend *backend = srt_backend_load(file, &error);
    CU_ASSERT_PTR_NULL(backend);
    CU_ASSERT_TRUE(error && strstr(error->message, file));
    ASSERT_ERROR(error, says);
    srt_backend_unref(backend);
}

static void assert_taken(const char *file)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SrtBackend) backend = srt_backend_load(file, &error);
    CU_ASSERT_PTR_NOT_NULL(backend);
    if (!backend)
        printf("%s\n", error->message);
}

static void writable_files(void)
{
    Place p = place_new();
    g_chmod(p.file, 0775);
    assert_refused(p.file, "writable by its group");
    g_chmod(p.file, 0757);
    assert_refused(p.file, "writable by everybody");
    g_chmod(p.file, 0500);
    assert_taken(p.file);
    place_free(&p);
}

static void writable_directories(void)
{
    Place p = place_new();
    g_chmod(p.lab, 0775);
    assert_refused(p.file, "writable by its group");
    g_chmod(p.lab, 0757);
    assert_refused(p.file, "writable by everybody");
    /* Sticky is not enough for the directory of the module itself. */
    g_chmod(p.lab, 01777);
    assert_refused(p.file, "writable by everybody");
    g_chmod(p.lab, 0755);
    assert_taken(p.file);
    place_free(&p);
}

static void writable_directories_above(void)
{
    Place p = place_new();
    g_autofree char *below = g_build_filename(p.lab, "a", NULL);
    CU_ASSERT_EQUAL_FATAL(g_mkdir(below, 0755), 0);
    g_autofree char *file = lab_add(below, "low");
    assert_taken(file);
    g_chmod(p.lab, 0777);
    assert_refused(file, "writable by everybody");
    g_chmod(p.lab, 01777);
    assert_taken(file);
    place_free(&p);
}

/* Only root can give files away; an ordinary user cannot make the case. */
static void owners(void)
{
    struct stat st;
    SrtTrustCaller caller = {.uid = geteuid(), .program_owner = 0, .private_group = (gid_t)-1};
    Place p = place_new();
    CU_ASSERT_EQUAL_FATAL(stat(p.file, &st), 0);
    CU_ASSERT_PTR_NULL(srt_trust_judge(&st, SRT_TRUST_FILE, &caller));
    st.st_uid = caller.uid + 1;
    CU_ASSERT_PTR_NOT_NULL(srt_trust_judge(&st, SRT_TRUST_FILE, &caller));
    if (geteuid() == 0) {
        CU_ASSERT_EQUAL_FATAL(chown(p.file, 12345, 0), 0);
        assert_refused(p.file, "neither root nor you");
        CU_ASSERT_EQUAL_FATAL(chown(p.file, 0, 0), 0);
        CU_ASSERT_EQUAL_FATAL(chown(p.lab, 12345, 0), 0);
        assert_refused(p.file, "neither root nor you");
        CU_ASSERT_EQUAL_FATAL(chown(p.lab, 0, 0), 0);
        assert_taken(p.file);
    }
    place_free(&p);
}

static void other_kinds_of_files(void)
{
    Place p = place_new();
    g_autofree char *directory = g_build_filename(p.lab, "directory.so", NULL);
    g_autofree char *fifo = g_build_filename(p.lab, "fifo.so", NULL);
    CU_ASSERT_EQUAL_FATAL(g_mkdir(directory, 0755), 0);
    CU_ASSERT_EQUAL_FATAL(mkfifo(fifo, 0600), 0);
    assert_refused(directory, "is a directory");
    assert_refused(fifo, "not a regular file");
    place_free(&p);
}

static void symbolic_links(void)
{
    Place p = place_new(), q = place_new();
    g_autofree char *link = g_build_filename(p.lab, "low.so", NULL);
    g_autofree char *loop = g_build_filename(p.lab, "loop.so", NULL);
    g_autofree char *dangling = g_build_filename(p.lab, "dangling.so", NULL);
    g_autofree char *target = lab_add(q.lab, "low");
    CU_ASSERT_EQUAL_FATAL(symlink(target, link), 0);
    CU_ASSERT_EQUAL_FATAL(symlink("loop.so", loop), 0);
    CU_ASSERT_EQUAL_FATAL(symlink("nothing.so", dangling), 0);
    assert_taken(link);
    assert_refused(loop, "symbolic links");
    assert_refused(dangling, "No such file");
    /* The place of the link and the place of the target both count. */
    g_chmod(q.lab, 0777);
    assert_refused(link, "writable by everybody");
    g_chmod(q.lab, 0700);
    assert_taken(link);
    g_chmod(p.lab, 0777);
    assert_refused(link, "writable by everybody");
    g_chmod(p.lab, 0700);
    place_free(&p);
    place_free(&q);
}

static void a_link_of_another_name(void)
{
    Place p = place_new();
    g_autofree char *link = g_build_filename(p.lab, "other.so", NULL);
    CU_ASSERT_EQUAL_FATAL(symlink("good.so", link), 0);
    assert_refused(link, "calls itself \"good\"");
    place_free(&p);
}

static const srt_unit_case cases[] = {
    {"writable_files", writable_files},
    {"writable_directories", writable_directories},
    {"writable_directories_above", writable_directories_above},
    {"owners", owners},
    {"other_kinds_of_files", other_kinds_of_files},
    {"symbolic_links", symbolic_links},
    {"a_link_of_another_name", a_link_of_another_name},
};

SRT_UNIT_MAIN("loader.trust", cases)
