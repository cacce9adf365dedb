/* SPDX-License-Identifier: Apache-2.0 */
/* Commands: started here, or prepared for others to start. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/random.h"
#include "channel/address.h"
#include "channel/place.h"
#include "embed/error.h"
#include "embed/private.h"

struct srt_wrapped {
    char **argv;
    char **env;
    int fd;
};

static char **environment(const srt_command *command)
{
    return command->env ? g_strdupv((char **)(gsize)command->env) : g_get_environ();
}

static char *address_of(int fd)
{
    SrtChannelAddress address = {.fd = fd};
    return srt_channel_address_text(&address);
}

static int fail_to_run(int failed, srt_error **error)
{
    return srt_embed_fail(error, SRT_E_SYSTEM, "cannot start the session's thread: %s",
                          g_strerror(failed));
}

/* A link that is not in the session yet, and the other end of its channel. NULL with *error. */
static SrtLink *open_link(srt_session *session, const SrtWords *words, gboolean ends,
                          int *ret_other, srt_error **error)
{
    int pair[2];
    if (!srt_embed_socketpair(pair, error))
        return NULL;
    srt_embed_unblock(pair[0]);
    SrtLink *link = srt_link_new(session, pair[0]);
    srt_link_name(link, words->command.id, words->text, words->command.settings);
    link->ends = ends;
    pthread_mutex_lock(&session->lock);
    int failed = srt_session_run_locked(session);
    gboolean started = !failed && srt_link_start_locked(link, error);
    pthread_mutex_unlock(&session->lock);
    if (failed)
        fail_to_run(failed, error);
    if (!started) {
        close(pair[1]);
        srt_link_unref(link);
        return NULL;
    }
    *ret_other = pair[1];
    return link;
}

/* Takes the reference. */
static void add_link(srt_session *session, SrtLink *link)
{
    pthread_mutex_lock(&session->lock);
    g_ptr_array_add(session->links, link);
    srt_session_wake_locked(session);
    pthread_mutex_unlock(&session->lock);
}

static gboolean check_places(const srt_command *command, srt_error **error)
{
    const int32_t fds[3] = {command->stdin_plus_1, command->stdout_plus_1, command->stderr_plus_1};
    static const char *const names[3] = {"stdin", "stdout", "stderr"};
    struct stat st;
    for (int i = 0; i < 3; i++)
        if (fds[i] > 0 && fcntl(fds[i] - 1, F_GETFD) < 0) {
            srt_embed_misuse(error, "srt_session_spawn",
                             "%s_plus_1 is %d, but descriptor %d is not "
                             "open",
                             names[i], fds[i], fds[i] - 1);
            return FALSE;
        }
    if (!command->cwd || (stat(command->cwd, &st) == 0 && S_ISDIR(st.st_mode)))
        return TRUE;
    srt_embed_fail(error, SRT_E_NOT_FOUND,
                   "cwd: found \"%s\", which is no directory that can be "
                   "used, expected one",
                   command->cwd);
    return FALSE;
}

static gboolean start(SrtLink *link, const SrtWords *words, int other, srt_error **error)
{
    const srt_command *command = &words->command;
    g_autofree char *address = address_of(other);
    g_auto(GStrv) argv = srt_words_argv(words, link->session->program, address);
    g_auto(GStrv) env = environment(command);
    SrtEmbedSpawn spawn = {
        .argv = (const char *const *)argv,
        .env = (const char *const *)env,
        .cwd = command->cwd,
        .fds = {command->stdin_plus_1 - 1, command->stdout_plus_1 - 1, command->stderr_plus_1 - 1},
        .hand_down = other,
        .new_group = (command->flags & SRT_COMMAND_NEW_GROUP) != 0,
    };
    link->process->child = srt_embed_spawn(&spawn, srt_process_gone, srt_link_ref(link), error);
    if (link->process->child)
        return TRUE;
    srt_link_unref(link); /* the one for srt_process_gone */
    return FALSE;
}

srt_process *srt_session_spawn(srt_session *session, const srt_command *command, srt_error **error)
{
    g_auto(SrtWords) words = {0};
    srt_autofd int other = -1;
    if (!srt_session_usable(session, __func__, error) ||
        !srt_words_read(__func__, command, &words, error) || !check_places(&words.command, error))
        return NULL;
    gboolean ends = !(words.command.flags & SRT_COMMAND_KEEP);
    SrtLink *link = open_link(session, &words, ends, &other, error);
    if (!link)
        return NULL;
    srt_process *process = srt_process_new(session, link->id, error);
    link->process = process;
    if (!process || !start(link, &words, other, error)) {
        srt_link_unref(link); /* and with it the process */
        return NULL;
    }
    g_atomic_int_inc(&process->refs);
    add_link(session, link);
    return process;
}

srt_wrapped *srt_session_wrap(srt_session *session, const srt_command *command, srt_error **error)
{
    g_auto(SrtWords) words = {0};
    if (!srt_session_usable(session, __func__, error) ||
        !srt_words_read(__func__, command, &words, error))
        return NULL;
    const srt_command *c = &words.command;
    if (c->flags || c->stdin_plus_1 || c->stdout_plus_1 || c->stderr_plus_1) {
        srt_embed_misuse(error, __func__,
                         "flags and descriptors are for srt_session_spawn, and must "
                         "be 0 here");
        return NULL;
    }
    int other;
    gboolean ends = (session->flags & SRT_SESSION_END_ALL) != 0;
    SrtLink *link = open_link(session, &words, ends, &other, error);
    if (!link)
        return NULL;
    g_autofree char *address = address_of(other);
    srt_wrapped *wrapped = g_new0(srt_wrapped, 1);
    wrapped->argv = srt_words_argv(&words, session->program, address);
    wrapped->env = environment(c);
    wrapped->fd = other;
    add_link(session, link);
    return wrapped;
}

const char *const *srt_wrapped_argv(const srt_wrapped *wrapped)
{
    return wrapped ? (const char *const *)wrapped->argv : NULL;
}

const char *const *srt_wrapped_env(const srt_wrapped *wrapped)
{
    return wrapped ? (const char *const *)wrapped->env : NULL;
}

int srt_wrapped_fd(const srt_wrapped *wrapped)
{
    return wrapped ? wrapped->fd : -1;
}

void srt_wrapped_free(srt_wrapped *wrapped)
{
    if (!wrapped)
        return;
    srt_fd_clear(&wrapped->fd);
    g_strfreev(wrapped->argv);
    g_strfreev(wrapped->env);
    g_free(wrapped);
}

/* With the lock. */
static gboolean listen_locked(srt_session *session, srt_error **error)
{
    GError *wrong = NULL;
    if (session->listener >= 0)
        return TRUE;
    int failed = srt_session_run_locked(session);
    if (failed) {
        fail_to_run(failed, error);
        return FALSE;
    }
    session->listener =
        srt_embed_high_fd(srt_channel_listen(g_getenv("HOME"), &session->listener_path, &wrong));
    if (session->listener < 0) {
        srt_embed_take_error(error, wrong);
        return FALSE;
    }
    srt_embed_unblock(session->listener);
    srt_session_wake_locked(session);
    return TRUE;
}

/* A token for the words, with the lock. NULL with *error. */
static char *add_text_locked(srt_session *session, const SrtWords *words, srt_error **error)
{
    GError *wrong = NULL;
    char *token = srt_random_hex(SRT_CHANNEL_TOKEN_LENGTH / 2, "a token", &wrong);
    if (!token) {
        srt_embed_take_error(error, wrong);
        return NULL;
    }
    SrtShellText *text = g_new0(SrtShellText, 1);
    text->id = g_strdup(words->command.id);
    text->text = g_strdup(words->text);
    text->over = srt_settings_copy(words->command.settings);
    g_hash_table_insert(session->texts, g_strdup(token), text);
    return token;
}

static char *quote_all(char **argv)
{
    GString *out = g_string_new(NULL);
    for (char **word = argv; *word; word++) {
        g_autofree char *quoted = g_shell_quote(*word);
        g_string_append_printf(out, "%s%s", out->len ? " " : "", quoted);
    }
    return g_string_free(out, FALSE);
}

char *srt_session_wrap_shell(srt_session *session, const srt_command *command, srt_error **error)
{
    g_auto(SrtWords) words = {0};
    if (!srt_session_usable(session, __func__, error) ||
        !srt_words_read(__func__, command, &words, error))
        return NULL;
    const srt_command *c = &words.command;
    if (c->flags || c->stdin_plus_1 || c->stdout_plus_1 || c->stderr_plus_1 || c->env || c->cwd) {
        srt_embed_misuse(error, __func__,
                         "env, cwd, flags and descriptors are those of whoever runs the text, and "
                         "must be NULL and 0 here");
        return NULL;
    }
    SrtChannelAddress address = {.fd = -1};
    pthread_mutex_lock(&session->lock);
    g_autoptr(srt_settings) all = srt_settings_combine(session->settings, c->settings, error);
    if (all && listen_locked(session, error))
        address.token = add_text_locked(session, &words, error);
    address.path = g_strdup(session->listener_path);
    pthread_mutex_unlock(&session->lock);
    char *text = NULL;
    if (address.token) {
        g_autofree char *where = srt_channel_address_text(&address);
        g_auto(GStrv) argv = srt_words_argv(&words, session->program, where);
        text = quote_all(argv);
    }
    srt_channel_address_clear(&address);
    return text;
}

static gboolean has_id(gpointer key, gpointer value, gpointer id)
{
    const SrtShellText *text = value;
    (void)key;
    return strcmp(text->id ? text->id : text->text, id) == 0;
}

void srt_session_forget(srt_session *session, const char *command_id)
{
    if (!command_id || !srt_session_usable(session, __func__, NULL))
        return;
    pthread_mutex_lock(&session->lock);
    g_hash_table_foreach_remove(session->texts, has_id, (gpointer)(gsize)command_id);
    pthread_mutex_unlock(&session->lock);
}
