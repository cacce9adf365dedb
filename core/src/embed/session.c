/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "channel/place.h"
#include "config/forms.h"
#include "embed/error.h"
#include "embed/private.h"

#define FLAGS (SRT_SESSION_END_ALL | SRT_SESSION_QUIET)
#define SMALLEST offsetof(srt_session_options, reserved)
#define KEEP_MAX 1000000u

srt_session *srt_session_ref(srt_session *session)
{
    g_atomic_int_inc(&session->refs);
    return session;
}

void srt_session_unref(srt_session *session)
{
    if (!g_atomic_int_dec_and_test(&session->refs))
        return;
    pthread_mutex_destroy(&session->lock);
    pthread_mutex_destroy(&session->calls);
    srt_violation_store_free(session->store);
    srt_settings_free(session->settings);
    g_ptr_array_unref(session->links);
    g_hash_table_unref(session->texts);
    g_array_unref(session->subscribers);
    g_free(session->program);
    g_free(session->backend);
    g_free(session->allow_unenforced);
    g_free(session);
}

gboolean srt_session_usable(srt_session *session, const char *function, srt_error **error)
{
    if (!session)
        srt_embed_misuse(error, function, "session is NULL");
    else if (session->self != getpid())
        srt_embed_misuse(error, function,
                         "this is a child made by fork, where the session of its parent cannot be "
                         "used; make one here");
    else
        return TRUE;
    return FALSE;
}

static void free_text(gpointer data)
{
    SrtShellText *text = data;
    g_free(text->id);
    g_free(text->text);
    srt_settings_free(text->over);
    g_free(text);
}

static void drop_link(gpointer link)
{
    srt_link_unref(link);
}

static void init_locks(srt_session *session)
{
    pthread_mutexattr_t recursive;
    pthread_mutex_init(&session->lock, NULL);
    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&session->calls, &recursive);
    pthread_mutexattr_destroy(&recursive);
}

/* or: what else would have been right, behind the rest. */
static gboolean check_form(const char *option, SrtForm form, const char *text, const char * or,
                           srt_error **error)
{
    g_autofree char *expected = srt_form_check(form, text);
    if (expected)
        srt_embed_misuse(error, "srt_session_new", "%s: found \"%.100s\", %s%s", option, text,
                         expected, or);
    return !expected;
}

/* A path is for srt to judge. */
static gboolean check_backend(const char *name, srt_error **error)
{
    return !name || strchr(name, '/') || check_form("backend", SRT_FORM_BACKEND, name, "", error);
}

static gboolean check_class(const char *name, srt_error **error)
{
    return strcmp(name, "all") == 0 ||
           check_form("allow_unenforced", SRT_FORM_RULE_CLASS, name, ", or \"all\"", error);
}

static gboolean check_classes(const char *text, srt_error **error)
{
    g_auto(GStrv) words = g_strsplit(text ? text : "all", ",", -1);
    gboolean right = words[0] || check_class("", error);
    for (char **word = words; *word && right; word++)
        right = check_class(g_strstrip(*word), error);
    return right;
}

static gboolean read_options(const srt_session_options *from, srt_session_options *ret,
                             srt_error **error)
{
    memset(ret, 0, sizeof *ret);
    if (!from)
        return TRUE;
    if (!srt_embed_copy_struct("srt_session_new", from, ret, sizeof *ret, SMALLEST, error))
        return FALSE;
    if (!(ret->flags & ~FLAGS) && !ret->reserved && ret->keep_records <= KEEP_MAX)
        return check_backend(ret->backend, error) && check_classes(ret->allow_unenforced, error);
    srt_embed_misuse(
        error, "srt_session_new",
        "found a flag that does not exist, a reserved member that is set, or more than "
        "%u records to keep",
        KEEP_MAX);
    return FALSE;
}

srt_session *srt_session_new(const srt_settings *settings, const srt_session_options *options,
                             srt_error **error)
{
    srt_session_options o;
    if (!read_options(options, &o, error))
        return NULL;
    char *program = srt_embed_program(o.program, error);
    if (!program)
        return NULL;
    srt_session *session = g_new0(srt_session, 1);
    session->refs = 1;
    session->self = getpid();
    session->program = program;
    session->backend = g_strdup(o.backend);
    session->allow_unenforced = g_strdup(o.allow_unenforced);
    session->flags = o.flags;
    session->ask = o.ask;
    session->data = o.data;
    session->store = srt_violation_store_new();
    if (o.keep_records)
        srt_violation_store_configure(session->store, o.keep_records, NULL);
    init_locks(session);
    session->settings = settings ? srt_settings_copy(settings) : srt_settings_new();
    session->links = g_ptr_array_new_with_free_func(drop_link);
    session->wake[0] = session->wake[1] = session->listener = -1;
    session->texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_text);
    session->subscribers = g_array_new(FALSE, FALSE, sizeof(SrtSubscriber));
    if (o.record)
        srt_session_subscribe(session, o.record, o.data);
    return session;
}

static void stop(srt_session *session)
{
    pthread_mutex_lock(&session->lock);
    gboolean running = session->running;
    session->closing = TRUE;
    srt_session_wake_locked(session);
    pthread_mutex_unlock(&session->lock);
    if (!running)
        return;
    pthread_join(session->thread, NULL);
    pthread_mutex_lock(&session->lock);
    session->running = FALSE;
    srt_fd_clear(&session->wake[0]);
    srt_fd_clear(&session->wake[1]);
    pthread_mutex_unlock(&session->lock);
}

void srt_session_free(srt_session *session)
{
    /* In a child made by fork a lock may be held by a thread that is not there. */
    if (!session || session->self != getpid())
        return;
    if (session->running && pthread_equal(session->thread, pthread_self()))
        g_error("srt_session_free was called by a callback of that session");
    stop(session);
    srt_channel_close(&session->listener, &session->listener_path);
    srt_session_unref(session);
}

/* Running commands get the hosts of what would count for them now. */
static gboolean queue_updates(srt_session *session, const srt_settings *settings, gboolean send,
                              srt_error **error)
{
    for (guint i = 0; i < session->links->len; i++) {
        SrtLink *link = session->links->pdata[i];
        g_autoptr(srt_settings) all = srt_settings_combine(settings, link->over, error);
        GError *wrong = NULL;
        if (!all)
            return FALSE;
        g_autofree char *text = srt_settings_to_json(all);
        SrtFromManager message = {.kind = SRT_FROM_MANAGER_UPDATE, .update = text};
        g_autofree char *line = srt_from_manager_line(&message, &wrong);
        if (!line) {
            srt_embed_take_error(error, wrong);
            return FALSE;
        }
        if (send && link->text)
            srt_link_send_locked(link, line);
    }
    return TRUE;
}

int srt_session_update(srt_session *session, const srt_settings *settings, srt_error **error)
{
    if (!srt_session_usable(session, __func__, error))
        return -1;
    g_autoptr(srt_settings) copy = settings ? srt_settings_copy(settings) : srt_settings_new();
    pthread_mutex_lock(&session->lock);
    gboolean right = queue_updates(session, copy, FALSE, error);
    if (right) {
        queue_updates(session, copy, TRUE, NULL);
        srt_settings_free(session->settings);
        session->settings = g_steal_pointer(&copy);
    }
    pthread_mutex_unlock(&session->lock);
    return right ? 0 : -1;
}

srt_settings *srt_session_settings(srt_session *session)
{
    if (!srt_session_usable(session, __func__, NULL))
        return NULL;
    pthread_mutex_lock(&session->lock);
    srt_settings *copy = srt_settings_copy(session->settings);
    pthread_mutex_unlock(&session->lock);
    return copy;
}
