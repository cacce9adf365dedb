/* SPDX-License-Identifier: Apache-2.0 */
/* Input: a pattern, a newline, a path. Whole and bytewise matching agree, and
 * what is escaped matches itself. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/glob.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_steps(const SrtGlob *glob, const char *path)
{
    SrtGlobState state, whole;
    gboolean alive = TRUE;
    srt_glob_start(glob, &state);
    whole = state;
    for (const char *p = path; *p && alive; p++)
        alive = srt_glob_step(glob, &state, p, 1);
    srt_glob_step(glob, &whole, path, strlen(path));
    if ((alive && srt_glob_accepts(glob, &state)) != srt_glob_match(glob, path) ||
        srt_glob_accepts(glob, &whole) != srt_glob_match(glob, path))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096)
        return 0;
    char *text = g_strndup((const char *)data, size);
    char *path = strchr(text, '\n');
    if (path)
        *path++ = '\0';
    else
        path = text + strlen(text);
    const char *why = NULL;
    SrtGlob *glob = srt_glob_new(text, &why);
    if ((glob == NULL) != (why != NULL))
        abort();
    if (glob)
        check_steps(glob, path);
    srt_glob_free(glob);
    char *escaped = srt_glob_escape(path);
    SrtGlob *exact = srt_glob_new(escaped, &why);
    if (exact && !srt_glob_match(exact, path))
        abort();
    srt_glob_free(exact);
    g_free(escaped);
    g_free(text);
    return 0;
}
