/* SPDX-License-Identifier: Apache-2.0 */
/* The settings that a command of srtctl is about: a file, or a text on standard input. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/ctl.h"
#include "run/resolve.h"

#define LABEL "standard input"

static char *read_input(gsize *ret_length, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    char buffer[65536];
    gsize n;
    while ((n = fread(buffer, 1, sizeof buffer, stdin)) > 0) {
        g_string_append_len(text, buffer, (gssize)n);
        if (text->len > SRT_CONFIG_MAX_BYTES)
            break; /* too long is said by the parser */
    }
    if (ferror(stdin)) {
        g_set_error_literal(error, SRT_ERROR, SRT_ERROR_SETTINGS, LABEL " cannot be read");
        return NULL;
    }
    *ret_length = text->len;
    return g_string_free(g_steal_pointer(&text), FALSE);
}

gboolean srt_ctl_resolve(const char *settings, SrtConfig **ret_config, SrtPolicy **ret_policy,
                         GError **error)
{
    gsize length = 0;
    if (!settings || strcmp(settings, "-") != 0)
        return srt_run_resolve(settings, ret_config, ret_policy, error);
    g_autofree char *text = read_input(&length, error);
    if (text && strlen(text) != length) {
        g_set_error_literal(error, SRT_ERROR, SRT_ERROR_SETTINGS,
                            LABEL ": found a NUL byte, expected the text of a settings file");
        return FALSE;
    }
    g_autofree char *directory = g_get_current_dir();
    const SrtSettingsSource source = {.text = text, .label = LABEL, .directory = directory};
    return text && srt_run_resolve_live(&source, FALSE, NULL, ret_config, ret_policy, error);
}
