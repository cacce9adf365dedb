/* SPDX-License-Identifier: Apache-2.0 */
#include "violation/sqlite.h"

#include <dlfcn.h>
#include <string.h>

#include "base/error.h"

#ifdef __APPLE__
#define LIBRARY "/usr/lib/libsqlite3.dylib"
#else
#define LIBRARY "libsqlite3.so.0"
#endif
#define OLDEST 3035000

SrtSqlite srt_sqlite;

static gboolean find(void *library, const char *name, void *member)
{
    void *symbol = dlsym(library, name);
    memcpy(member, &symbol, sizeof symbol);
    return symbol != NULL;
}

/* NULL, or what is wrong. It stays for as long as the process. */
static const char *load(void)
{
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    gboolean complete = library != NULL;
#define FIND(name) complete = complete && find(library, "sqlite3_" #name, &srt_sqlite.name);
    SRT_SQLITE_CALLS(FIND)
#undef FIND
    if (!library)
        return LIBRARY " cannot be loaded: install SQLite";
    if (!complete || srt_sqlite.libversion_number() < OLDEST)
        return LIBRARY " is older than SQLite 3.35";
    return NULL;
}

gboolean srt_sqlite_load(GError **error)
{
    static gsize done;
    static const char *problem;
    if (g_once_init_enter(&done)) {
        problem = load();
        g_once_init_leave(&done, 1);
    }
    if (problem)
        g_set_error_literal(error, SRT_ERROR, SRT_ERROR_FAILED, problem);
    return problem == NULL;
}
