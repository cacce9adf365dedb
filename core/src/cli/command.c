/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/command.h"

#include "base/error.h"
#include "run/session.h"

char **srt_cli_command(const char *shell_text, const char *const *operands, GError **error)
{
    /* What a shell says of ''; no file can have this name. */
    if (!shell_text && *operands && !**operands) {
        g_set_error_literal(error, SRT_ERROR, SRT_ERROR_NOT_FOUND, "'': command not found");
        return NULL;
    }
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    if (shell_text) {
        g_auto(GStrv) shell = srt_run_shell_argv(shell_text, error);
        if (!shell)
            return NULL;
        for (char **w = shell; *w; w++)
            g_ptr_array_add(words, g_strdup(*w));
    }
    for (; *operands; operands++)
        g_ptr_array_add(words, g_strdup(*operands));
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&words), FALSE);
}
