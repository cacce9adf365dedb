/* SPDX-License-Identifier: Apache-2.0 */
/* The handshake: what a module says about itself, checked and copied. Pure. */
#include <string.h>

#include "plugin/internal.h"

#define AUTHOR "This is a mistake in the module: install a corrected one"

gboolean srt_backend_name_ok(const char *name)
{
    gsize n = strnlen(name, SRT_BACKEND_NAME_MAX + 1);
    if (n == 0 || n > SRT_BACKEND_NAME_MAX || name[0] == '-')
        return FALSE;
    for (gsize i = 0; i < n; i++)
        if (!g_ascii_islower(name[i]) && !g_ascii_isdigit(name[i]) && name[i] != '-')
            return FALSE;
    return TRUE;
}

char *srt_backend_name_of_file(const char *file)
{
    char *name = g_path_get_basename(file);
    if (g_str_has_suffix(name, SRT_MODULE_SUFFIX))
        name[strlen(name) - strlen(SRT_MODULE_SUFFIX)] = '\0';
    return name;
}

static gboolean refuse(GError **error, const char *file, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static gboolean refuse(GError **error, const char *file, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, SRT_ERROR, SRT_ERROR_BACKEND, "backend %s is refused: %s", file, text);
    return FALSE;
}

/* One line of readable text of 1 to max bytes. */
static gboolean line_ok(const char *text, gsize max)
{
    gsize n = strnlen(text, max + 1);
    if (n == 0 || n > max || !g_utf8_validate(text, (gssize)n, NULL))
        return FALSE;
    for (const char *p = text; *p; p = g_utf8_find_next_char(p, NULL)) {
        gunichar c = g_utf8_get_char(p);
        if (g_unichar_iscntrl(c) || g_unichar_type(c) == G_UNICODE_FORMAT)
            return FALSE;
    }
    return TRUE;
}

static gboolean check_head(const srt_backend *theirs, const char *file, GError **error)
{
    const gsize least = G_STRUCT_OFFSET(srt_backend, teardown) + sizeof theirs->teardown;
    if (!theirs)
        return refuse(error, file, SRT_BACKEND_ENTRY " returned NULL, not a descriptor. " AUTHOR);
    if (theirs->abi != SRT_BACKEND_ABI)
        return refuse(error, file,
                      "it was built for backend interface %u, and this srt speaks %u. Install "
                      "the build of it that was made for this srt",
                      theirs->abi, SRT_BACKEND_ABI);
    if (theirs->struct_size < least)
        return refuse(error, file,
                      "its descriptor has %u bytes, and %u are needed up to the last operation. "
                      "struct_size is to be sizeof(srt_backend). " AUTHOR,
                      theirs->struct_size, (unsigned)least);
    return TRUE;
}

static gboolean check_slots(const srt_backend *ours, const char *file, GError **error)
{
    const struct {
        const char *name;
        gboolean there;
    } slots[] = {
        {"prepare", ours->prepare != NULL},
        {"wrap", ours->wrap != NULL},
        {"monitor", ours->monitor != NULL},
        {"teardown", ours->teardown != NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(slots); i++)
        if (!slots[i].there)
            return refuse(error, file, "the operation \"%s\" is missing (NULL). " AUTHOR,
                          slots[i].name);
    return TRUE;
}

static gboolean check_name(const srt_backend *ours, const char *file, GError **error)
{
    g_autofree char *expected = srt_backend_name_of_file(file);
    if (!ours->name)
        return refuse(error, file, "it has no name (NULL). " AUTHOR);
    if (!srt_backend_name_ok(ours->name))
        return refuse(
            error, file,
            "its name \"%.*s\" is not 1 to %d of a-z, 0-9 and '-', not '-' first. " AUTHOR,
            SRT_BACKEND_NAME_MAX + 1, ours->name, SRT_BACKEND_NAME_MAX);
    if (strcmp(ours->name, expected) != 0)
        return refuse(error, file,
                      "it calls itself \"%s\", but its file is named for \"%s\". Rename the file "
                      "to %s%s",
                      ours->name, expected, ours->name, SRT_MODULE_SUFFIX);
    return TRUE;
}

static gboolean check_texts(const srt_backend *ours, const char *file, GError **error)
{
    if (!ours->version || !line_ok(ours->version, SRT_BACKEND_VERSION_MAX))
        return refuse(error, file, "its version is not one line of 1 to %d bytes. " AUTHOR,
                      SRT_BACKEND_VERSION_MAX);
    if (!ours->summary || !line_ok(ours->summary, SRT_BACKEND_SUMMARY_MAX))
        return refuse(
            error, file,
            "its summary is not one line of 1 to %d bytes without control characters. " AUTHOR,
            SRT_BACKEND_SUMMARY_MAX);
    return TRUE;
}

static gboolean check_platform(const srt_backend *ours, const char *file, GError **error)
{
    static const char *const known[] = {"linux", "macos", "any", NULL};
    if (!ours->platform || !line_ok(ours->platform, 16) || !g_strv_contains(known, ours->platform))
        return refuse(
            error, file,
            "its platform is \"%.16s\"; \"linux\", \"macos\" or \"any\" is expected. " AUTHOR,
            ours->platform ? ours->platform : "");
    if (strcmp(ours->platform, "any") != 0 && strcmp(ours->platform, SRT_PLATFORM) != 0)
        return refuse(error, file,
                      "it is for \"%s\", and this is \"" SRT_PLATFORM "\". Choose a backend for "
                      "this system (srtctl backends lists them)",
                      ours->platform);
    return TRUE;
}

gboolean srt_descriptor_adopt(const srt_backend *theirs, const char *file, srt_backend *ret,
                              GError **error)
{
    srt_backend ours;
    memset(&ours, 0, sizeof ours);
    if (!check_head(theirs, file, error))
        return FALSE;
    memcpy(&ours, theirs, MIN(theirs->struct_size, sizeof ours));
    ours.struct_size = sizeof ours;
    if (!check_slots(&ours, file, error) || !check_name(&ours, file, error) ||
        !check_texts(&ours, file, error) || !check_platform(&ours, file, error))
        return FALSE;
    *ret = ours;
    return TRUE;
}
