/* SPDX-License-Identifier: Apache-2.0 */
#include "violation/store.h"

#include <pthread.h>
#include <string.h>

#include "violation/ignore.h"
#include "violation/text.h"

#define SINKS_MAX 4
#define UNKNOWN_ID_SHOWN 100 /* characters */

typedef struct Subscriber {
    guint number;
    SrtViolationChanged changed;
    void *data;
} Subscriber;

/* pthread mutexes: thread sanitizers know them, GLib's own futexes they do not. */
struct SrtViolationStore {
    pthread_mutex_t lock; /* guards all down to calls */
    guint64 total;
    guint size;
    GQueue kept;       /* SrtViolationRecord, owned, oldest first */
    GHashTable *links; /* record -> its link in kept */
    GHashTable *ignored;
    SrtCommands *commands;
    char *command_id; /* of records that nobody attributes, or NULL */
    struct {
        SrtViolationSink sink;
        void *data;
    } sinks[SINKS_MAX];
    guint n_sinks;

    pthread_mutex_t calls; /* recursive; held while subscribers are called; guards: */
    GArray *subscribers;
    guint last_number;
};

SrtViolationStore *srt_violation_store_new(void)
{
    pthread_mutexattr_t recursive;
    SrtViolationStore *store = g_new0(SrtViolationStore, 1);
    pthread_mutex_init(&store->lock, NULL);
    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&store->calls, &recursive);
    pthread_mutexattr_destroy(&recursive);
    store->size = SRT_VIOLATION_RING;
    g_queue_init(&store->kept);
    store->links = g_hash_table_new(srt_violation_record_hash, srt_violation_record_equal);
    store->commands = srt_commands_new();
    store->subscribers = g_array_new(FALSE, FALSE, sizeof(Subscriber));
    return store;
}

static void drop_oldest(SrtViolationStore *store)
{
    SrtViolationRecord *oldest = g_queue_peek_head(&store->kept);
    g_hash_table_remove(store->links, oldest);
    g_queue_pop_head(&store->kept);
    srt_violation_record_free(oldest);
}

void srt_violation_store_free(SrtViolationStore *store)
{
    if (!store)
        return;
    while (!g_queue_is_empty(&store->kept))
        drop_oldest(store);
    g_hash_table_destroy(store->links);
    srt_commands_free(store->commands);
    g_free(store->command_id);
    g_array_unref(store->subscribers);
    pthread_mutex_destroy(&store->lock);
    pthread_mutex_destroy(&store->calls);
    g_free(store);
}

void srt_violation_store_configure(SrtViolationStore *store, guint size, GHashTable *ignored)
{
    store->size = MAX(size, 1);
    store->ignored = ignored;
}

void srt_violation_store_set_command(SrtViolationStore *store, const char *id, const char *text)
{
    pthread_mutex_lock(&store->lock);
    const char *kept = srt_commands_add(store->commands, id, text);
    g_free(store->command_id);
    store->command_id = g_strdup(kept);
    pthread_mutex_unlock(&store->lock);
}

void srt_violation_store_add_command(SrtViolationStore *store, const char *id, const char *text)
{
    pthread_mutex_lock(&store->lock);
    srt_commands_add(store->commands, id, text);
    pthread_mutex_unlock(&store->lock);
}

void srt_violation_store_add_sink(SrtViolationStore *store, SrtViolationSink sink, void *data)
{
    g_assert(store->n_sinks < SINKS_MAX);
    store->sinks[store->n_sinks].sink = sink;
    store->sinks[store->n_sinks++].data = data;
}

static void tell(SrtViolationStore *store)
{
    pthread_mutex_lock(&store->calls);
    for (guint i = 0; i < store->subscribers->len; i++) {
        /* A copy: the call may change the list. */
        Subscriber subscriber = g_array_index(store->subscribers, Subscriber, i);
        subscriber.changed(subscriber.data, store);
    }
    pthread_mutex_unlock(&store->calls);
}

static void attribute(SrtViolationStore *store, SrtViolationRecord *record, const char *id)
{
    if (!id)
        return;
    const char *text = srt_commands_text(store->commands, id);
    record->command_id = g_strdup(id);
    record->command = text ? g_strdup(text)
                           : g_utf8_substring(id, 0, MIN(g_utf8_strlen(id, -1), UNKNOWN_ID_SHOWN));
}

/* Takes the record. */
static void keep(SrtViolationStore *store, SrtViolationRecord *record)
{
    GList *link = g_hash_table_lookup(store->links, record);
    if (link) {
        srt_violation_record_merge(link->data, record);
        g_queue_unlink(&store->kept, link);
        g_queue_push_tail_link(&store->kept, link);
        srt_violation_record_free(record);
        return;
    }
    if (g_queue_get_length(&store->kept) >= store->size)
        drop_oldest(store);
    g_queue_push_tail(&store->kept, record);
    g_hash_table_insert(store->links, record, g_queue_peek_tail_link(&store->kept));
}

void srt_violation_store_take(SrtViolationStore *store, SrtViolationRecord *record)
{
    pthread_mutex_lock(&store->lock);
    store->total += record->count;
    keep(store, record);
    pthread_mutex_unlock(&store->lock);
    tell(store);
}

static void add(SrtViolationStore *store, const char *id, gboolean own,
                const srt_violation *violation, const char *source)
{
    SrtViolationRecord *record = srt_violation_record_new(violation, source);
    pthread_mutex_lock(&store->lock);
    attribute(store, record, own ? store->command_id : id);
    gboolean ignored = srt_violation_is_ignored(store->ignored, record);
    if (!ignored) {
        store->total += record->count;
        for (guint i = 0; i < store->n_sinks; i++)
            store->sinks[i].sink(store->sinks[i].data, record, 0);
        keep(store, record);
    }
    pthread_mutex_unlock(&store->lock);
    if (ignored)
        srt_violation_record_free(record);
    else
        tell(store);
}

void srt_violation_store_add(SrtViolationStore *store, const srt_violation *violation,
                             const char *source)
{
    add(store, NULL, TRUE, violation, source);
}

void srt_violation_store_add_for(SrtViolationStore *store, const char *command_id,
                                 const srt_violation *violation, const char *source)
{
    g_autofree char *clean = NULL;
    if (command_id && strlen(command_id) <= SRT_COMMAND_ID_MAX)
        clean = srt_violation_clean_command(command_id);
    add(store, clean, FALSE, violation, source);
}

void srt_violation_store_lose(SrtViolationStore *store, guint64 count)
{
    pthread_mutex_lock(&store->lock);
    store->total += count;
    for (guint i = 0; i < store->n_sinks; i++)
        store->sinks[i].sink(store->sinks[i].data, NULL, count);
    pthread_mutex_unlock(&store->lock);
}

guint64 srt_violation_store_total(SrtViolationStore *store)
{
    pthread_mutex_lock(&store->lock);
    guint64 total = store->total;
    pthread_mutex_unlock(&store->lock);
    return total;
}

static GPtrArray *list_where(SrtViolationStore *store, const char *id)
{
    GPtrArray *list = srt_violation_records_new();
    pthread_mutex_lock(&store->lock);
    for (GList *at = store->kept.head; at; at = at->next) {
        const SrtViolationRecord *record = at->data;
        if (!id || g_strcmp0(record->command_id, id) == 0)
            g_ptr_array_add(list, srt_violation_record_copy(record));
    }
    pthread_mutex_unlock(&store->lock);
    return list;
}

GPtrArray *srt_violation_store_list(SrtViolationStore *store)
{
    return list_where(store, NULL);
}

GPtrArray *srt_violation_store_list_for(SrtViolationStore *store, const char *command_id)
{
    g_autofree char *clean = srt_violation_clean_command(command_id);
    return list_where(store, clean);
}

void srt_violation_store_clear(SrtViolationStore *store)
{
    pthread_mutex_lock(&store->lock);
    while (!g_queue_is_empty(&store->kept))
        drop_oldest(store);
    pthread_mutex_unlock(&store->lock);
    tell(store);
}

guint srt_violation_store_subscribe(SrtViolationStore *store, SrtViolationChanged changed,
                                    void *data)
{
    pthread_mutex_lock(&store->calls);
    Subscriber subscriber = {++store->last_number, changed, data};
    g_array_append_val(store->subscribers, subscriber);
    changed(data, store);
    pthread_mutex_unlock(&store->calls);
    return subscriber.number;
}

void srt_violation_store_unsubscribe(SrtViolationStore *store, guint number)
{
    pthread_mutex_lock(&store->calls);
    for (guint i = 0; i < store->subscribers->len; i++)
        if (g_array_index(store->subscribers, Subscriber, i).number == number) {
            g_array_remove_index(store->subscribers, i);
            break;
        }
    pthread_mutex_unlock(&store->calls);
}
