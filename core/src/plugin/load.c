/* SPDX-License-Identifier: Apache-2.0 */
/* One module file -> one checked backend. The only place that opens modules. */
#include <errno.h>
#include <fcntl.h>
#include <gmodule.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "plugin/internal.h"

#ifdef __APPLE__
#define st_ctim st_ctimespec
#endif

static gboolean same_file(int fd, const char *path)
{
    struct stat a, b;
    return fstat(fd, &a) == 0 && stat(path, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino && a.st_ctim.tv_sec == b.st_ctim.tv_sec &&
           a.st_ctim.tv_nsec == b.st_ctim.tv_nsec;
}

/* The dynamic linker's own message for a text file is not clear. */
static gboolean check_format(int fd, const char *path, GError **error)
{
#ifdef __linux__
    char head[4] = {0};
    if (pread(fd, head, sizeof head, 0) != (ssize_t)sizeof head ||
        memcmp(head, "\177ELF", 4) != 0) {
        g_set_error(error, SRT_ERROR, SRT_ERROR_BACKEND,
                    "backend %s is refused: it is not a shared object. Name a compiled backend",
                    path);
        return FALSE;
    }
#else
    (void)fd, (void)path, (void)error;
#endif
    return TRUE;
}

/* Opens and judges. Returns the canonical path; *ret_fd holds the file open, so
 * that what was judged can be compared with what was loaded. */
static char *open_trusted(const char *path, int *ret_fd, GError **error)
{
    g_autofree char *real = srt_trust_place(path, "backend", error);
    if (!real)
        return NULL;
    /* O_NONBLOCK: a FIFO in place of the file must not make us wait. */
    srt_autofd int fd = open(real, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        srt_set_errno(error, SRT_ERROR_BACKEND, errno, "backend %s cannot be opened", path);
        return NULL;
    }
    if (!srt_trust_file(fd, path, "backend", error) || !check_format(fd, path, error))
        return NULL;
    *ret_fd = srt_fd_steal(&fd);
    return g_steal_pointer(&real);
}

static gboolean read_note(int fd, gint32 *ret_priority)
{
    guint8 head[SRT_NOTE_HEAD];
    ssize_t n = pread(fd, head, sizeof head, 0);
    return n > 0 && srt_note_find(head, (gsize)n, ret_priority);
}

/* The canonical directory of a module that is no link, or NULL. */
static char *directory_of(const char *real, const char *path)
{
    g_autofree char *given = g_path_get_dirname(path);
    g_autofree char *canonical = g_path_get_dirname(real);
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *real_name = g_path_get_basename(real);
    char resolved[PATH_MAX];
    if (strcmp(name, real_name) != 0 || !realpath(given, resolved) ||
        strcmp(resolved, canonical) != 0)
        return NULL;
    return g_steal_pointer(&canonical);
}

/* A file in a directory that was judged just now: only the file is to be judged. -1: all is. */
static int open_beside(const char *directory, const char *path)
{
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *file = g_build_filename(directory, name, NULL);
    srt_autofd int fd = open(file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || !srt_trust_file(fd, path, "backend", NULL) || !check_format(fd, path, NULL))
        return -1;
    return srt_fd_steal(&fd);
}

SrtPeek srt_backend_peek(const char *path, char **judged, gint32 *ret_priority, GError **error)
{
    srt_autofd int fd = *judged ? open_beside(*judged, path) : -1;
    if (fd < 0) {
        g_autofree char *real = open_trusted(path, &fd, error);
        if (!real)
            return SRT_PEEK_REFUSED;
        g_free(*judged);
        *judged = directory_of(real, path);
    }
    return read_note(fd, ret_priority) ? SRT_PEEK_NOTE : SRT_PEEK_NONE;
}

/* *ret_noted: whether the file has a note, which says *ret_priority. */
static GModule *open_module(const char *path, gboolean *ret_noted, gint32 *ret_priority,
                            GError **error)
{
    srt_autofd int fd = -1;
    g_autoptr(GError) why = NULL;
    g_autofree char *real = open_trusted(path, &fd, error);
    if (!real)
        return NULL;
    *ret_noted = read_note(fd, ret_priority);
    GModule *module =
        same_file(fd, real) ? g_module_open_full(real, G_MODULE_BIND_LOCAL, &why) : NULL;
    if (!module && why) {
        g_set_error(error, SRT_ERROR, SRT_ERROR_BACKEND,
                    "backend %s cannot be loaded: %s. Install what it needs, or a build of it "
                    "for this system",
                    path, why->message);
        return NULL;
    }
    /* For good: code of the module may be on some stack or in some table, and
     * sanitizers want its symbols at the end. */
    if (module)
        g_module_make_resident(module);
    if (!module || !same_file(fd, real)) {
        g_set_error(error, SRT_ERROR, SRT_ERROR_BACKEND,
                    "backend %s is refused: it was replaced while it was being loaded. Try again",
                    path);
        return NULL;
    }
    return module;
}

static gboolean handshake(GModule *module, const char *path, srt_backend *ret, GError **error)
{
    gpointer symbol = NULL;
    srt_backend_entry_function entry;
    if (!g_module_symbol(module, SRT_BACKEND_ENTRY, &symbol) || !symbol) {
        g_set_error(error, SRT_ERROR, SRT_ERROR_BACKEND,
                    "backend %s is refused: it does not export " SRT_BACKEND_ENTRY
                    ", so it is no backend of srt. Name another file",
                    path);
        return FALSE;
    }
    G_STATIC_ASSERT(sizeof entry == sizeof symbol);
    memcpy(&entry, &symbol, sizeof entry);
    return srt_descriptor_adopt(entry(), path, ret, error);
}

/* It was put in its place by what the note says. */
static gboolean check_note(gint32 priority, const srt_backend *descriptor, const char *path,
                           GError **error)
{
    if (priority == descriptor->priority)
        return TRUE;
    g_set_error(error, SRT_ERROR, SRT_ERROR_BACKEND,
                "backend %s is refused: its note (SRT_BACKEND_NOTE) says priority %d, and its "
                "descriptor %d. This is a mistake in the module: install a corrected one",
                path, priority, descriptor->priority);
    return FALSE;
}

SrtBackend *srt_backend_load(const char *path, GError **error)
{
    srt_backend descriptor;
    gboolean noted = FALSE;
    gint32 priority = 0;
    g_autofree char *file = g_canonicalize_filename(path, NULL);
    if (!g_str_has_suffix(file, SRT_MODULE_SUFFIX)) {
        g_set_error(error, SRT_ERROR, SRT_ERROR_BACKEND,
                    "backend %s is refused: the name of a module ends in " SRT_MODULE_SUFFIX
                    ". Name such a file",
                    path);
        return NULL;
    }
    GModule *module = open_module(file, &noted, &priority, error);
    if (!module || !handshake(module, file, &descriptor, error) ||
        (noted && !check_note(priority, &descriptor, file, error)))
        return NULL;
    SrtBackend *backend = g_new0(SrtBackend, 1);
    g_atomic_ref_count_init(&backend->references);
    backend->file = g_steal_pointer(&file);
    backend->descriptor = descriptor;
    srt_log_debug("loaded backend %s %s from %s", descriptor.name, descriptor.version,
                  backend->file);
    return backend;
}

SrtBackend *srt_backend_ref(SrtBackend *backend)
{
    g_atomic_ref_count_inc(&backend->references);
    return backend;
}

void srt_backend_unref(SrtBackend *backend)
{
    if (!backend || !g_atomic_ref_count_dec(&backend->references))
        return;
    g_free(backend->file);
    g_free(backend);
}

const srt_backend *srt_backend_descriptor(const SrtBackend *backend)
{
    return &backend->descriptor;
}

const char *srt_backend_file(const SrtBackend *backend)
{
    return backend->file;
}
