/* SPDX-License-Identifier: Apache-2.0 */
/* A command as the caller describes it: checked, and as words. Pure. */
#include <string.h>

#include "base/quote.h"
#include "embed/error.h"
#include "embed/private.h"
#include "violation/ignore.h"

#define FLAGS (SRT_COMMAND_KEEP | SRT_COMMAND_NEW_GROUP)
/* The structure as it was first. */
#define SMALLEST offsetof(srt_command, reserved)

static gboolean check_what(const char *function, const srt_command *c, srt_error **error)
{
    const char *wrong = NULL;
    if (!c->shell && (!c->argv || !c->argv[0]))
        wrong = "found neither words nor shell text, expected argv or shell";
    else if (!c->shell && !*c->argv[0])
        wrong = "the first word is empty, expected a command";
    else if (c->shell_program && !c->shell)
        wrong = "found shell_program without shell";
    else if (c->shell_program && *c->shell_program != '/')
        wrong = "shell_program is no absolute path";
    else if (c->cwd && *c->cwd != '/')
        wrong = "cwd is no absolute path";
    else if (c->id && (!*c->id || strlen(c->id) > SRT_COMMAND_ID_MAX))
        wrong = "id is empty or longer than 251 bytes";
    else if (c->id && !g_utf8_validate(c->id, -1, NULL))
        wrong = "id is no UTF-8 text";
    else if (c->stdin_plus_1 < 0 || c->stdout_plus_1 < 0 || c->stderr_plus_1 < 0)
        wrong = "a descriptor is negative; descriptors are given plus 1";
    else if ((c->flags & ~FLAGS) || c->reserved)
        wrong = "found a flag that does not exist, or a reserved member that is set";
    if (wrong)
        srt_embed_misuse(error, function, "%s", wrong);
    return !wrong;
}

static char *make_text(const srt_command *c)
{
    if (c->text)
        return g_utf8_make_valid(c->text, -1);
    if (c->shell)
        return g_utf8_make_valid(c->shell, -1);
    g_autofree char *joined = srt_quote_words(c->argv, SRT_QUOTE_COMMAND_MAX);
    return g_utf8_make_valid(joined, -1);
}

static void add(GPtrArray *argv, const char *word)
{
    g_ptr_array_add(argv, g_strdup(word));
}

gboolean srt_words_read(const char *function, const srt_command *command, SrtWords *ret,
                        srt_error **error)
{
    memset(ret, 0, sizeof *ret);
    if (!command) {
        srt_embed_misuse(error, function, "command is NULL");
        return FALSE;
    }
    srt_command *c = &ret->command;
    if (!srt_embed_copy_struct(function, command, c, sizeof *c, SMALLEST, error) ||
        !check_what(function, c, error))
        return FALSE;
    ret->text = make_text(c);
    ret->argv = g_ptr_array_new_with_free_func(g_free);
    if (c->shell && !c->shell_program) {
        add(ret->argv, "-c");
        add(ret->argv, c->shell);
        add(ret->argv, "--");
    } else {
        add(ret->argv, "--");
    }
    if (c->shell_program) {
        add(ret->argv, c->shell_program);
        add(ret->argv, "-c");
        add(ret->argv, c->shell);
    }
    for (const char *const *word = c->argv; word && *word; word++)
        add(ret->argv, *word);
    return TRUE;
}

void srt_words_clear(SrtWords *words)
{
    g_clear_pointer(&words->text, g_free);
    g_clear_pointer(&words->argv, g_ptr_array_unref);
}

char **srt_words_argv(const SrtWords *words, const char *program, const char *address)
{
    char **argv = g_new0(char *, words->argv->len + 3);
    argv[0] = g_strdup(program);
    argv[1] = g_strconcat("--session=", address, NULL);
    for (guint i = 0; i < words->argv->len; i++)
        argv[i + 2] = g_strdup(words->argv->pdata[i]);
    return argv;
}
