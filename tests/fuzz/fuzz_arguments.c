/* SPDX-License-Identifier: Apache-2.0 */
/* The arguments of srt: the input is words, each ended by NUL. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/arguments.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_malloc0(size + 1);
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_auto(SrtArguments) arguments = {.operands = NULL};
    g_autoptr(GError) error = NULL;
    memcpy(text, data, size);
    g_ptr_array_add(argv, (gpointer)(guintptr) "srt");
    for (size_t at = 0; at < size; at += strlen(text + at) + 1)
        g_ptr_array_add(argv, text + at);
    int argc = (int)argv->len;
    g_ptr_array_add(argv, NULL);
    gboolean ok = srt_arguments_parse(argc, (const char *const *)argv->pdata, &arguments, &error);
    if (ok != (error == NULL))
        abort();
    if (!ok || arguments.action != SRT_ACTION_RUN)
        return 0;
    /* What runs is shell text or at least one word, and numbers are in range. */
    if (!arguments.operands || (!arguments.shell_text && !arguments.operands[0]))
        abort();
    if (arguments.control_fd != -1 && arguments.control_fd < 3)
        abort();
    return 0;
}
