/* SPDX-License-Identifier: Apache-2.0 */
/* The arguments of srt, judged. Pure. */
#ifndef SRT_CLI_ARGUMENTS_H
#define SRT_CLI_ARGUMENTS_H

#include <glib.h>

#include "channel/address.h"

typedef enum { SRT_ACTION_RUN, SRT_ACTION_HELP, SRT_ACTION_VERSION } SrtAction;

typedef struct SrtArguments {
    SrtAction action;
    gboolean debug;
    gboolean quiet;
    int control_fd;       /* -1: none */
    int report_fd;        /* -1: none */
    const char *settings; /* these point into argv; NULL: not given */
    const char *backend;
    const char *allow_unenforced;
    const char *command_id;
    const char *shell_text;    /* NULL: operands are the command */
    SrtChannelAddress session; /* owned; has_session: given */
    gboolean has_session;
    char **operands; /* after shell text: its $0, $1, ...; owned */
} SrtArguments;

/* SRT_ERROR_USAGE says what is wrong. ret is to be cleared in any case. */
gboolean srt_arguments_parse(int argc, const char *const *argv, SrtArguments *ret, GError **error);
void srt_arguments_clear(SrtArguments *arguments);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SrtArguments, srt_arguments_clear)

/* Whether a single operand is meant for a shell: it holds a blank or a character
 * that means something to one. */
gboolean srt_is_shell_text(const char *operand);

/* What --help prints. Caller frees. */
char *srt_arguments_help(void);

#endif
