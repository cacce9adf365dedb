/* SPDX-License-Identifier: Apache-2.0 */
/* A database of any bytes, as anybody could have left it: it is refused, or what comes out of it
 * is harmless text. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "violation/database.h"
#include "violation/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char directory[] = "/tmp/srt-fuzz-XXXXXX";
static const char *const names[] = {SRT_DATABASE_NAME, SRT_DATABASE_NAME "-wal",
                                    SRT_DATABASE_NAME "-shm", SRT_DATABASE_NAME "-journal"};

static void empty(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(directory, names[i], NULL);
        unlink(path);
    }
}

static void leave(void)
{
    empty();
    rmdir(directory);
}

static void put(const uint8_t *data, size_t size)
{
    g_autofree char *path = g_build_filename(directory, names[0], NULL);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    close(fd);
}

static void check(const char *text)
{
    for (; text && *text; text++)
        if ((guchar)*text < 0x20 || *text == 0x7f)
            abort();
}

static void look(SrtViolationDatabase *database)
{
    const SrtViolationQuery query = {.last_session = TRUE, .limit = 100}, all = {.limit = 100};
    const SrtViolationQuery *const queries[] = {&query, &all};
    for (size_t q = 0; q < G_N_ELEMENTS(queries); q++) {
        g_autoptr(GError) error = NULL;
        guint64 lost = 0;
        g_autoptr(GPtrArray) list =
            srt_violation_database_query(database, queries[q], &lost, &error);
        if (!list != (error != NULL))
            abort();
        for (guint i = 0; list && i < list->len; i++) {
            const SrtViolationRecord *record = g_ptr_array_index(list, i);
            g_autofree char *json = srt_violation_json(record, NULL);
            g_autofree char *line = srt_violation_line(record);
            check(line);
            check(record->program);
            check(record->command);
            if (!g_utf8_validate(json, -1, NULL))
                abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static gboolean made;
    g_autoptr(GError) error = NULL;
    if (!made) {
        if (!mkdtemp(directory))
            abort();
        atexit(leave);
        made = TRUE;
    }
    empty();
    put(data, size);
    g_autoptr(SrtViolationDatabase) database =
        srt_violation_database_open_to_read(directory, &error);
    if (database)
        look(database);
    return 0;
}
