/* SPDX-License-Identifier: Apache-2.0 */
/* One sandboxed command from settings to exit status. */
#ifndef SRT_RUN_SESSION_H
#define SRT_RUN_SESSION_H

#include <glib.h>

#include "channel/address.h"
#include "config/config.h"
#include "plugin/plugin.h"
#include "policy/policy.h"

/* Where settings come from. */
typedef struct SrtSettingsSource {
    const char *file;      /* NULL: the default place, or a text */
    const char *text;      /* in place of a file, or NULL */
    const char *label;     /* of a text: what errors call it; where it is an absolute path, also a
                              file that the command may not change */
    const char *directory; /* of a text: where relative paths of "extends" start, or NULL */
} SrtSettingsSource;

typedef struct SrtRunOptions {
    SrtSettingsSource settings;
    const char *backend;              /* name or path, or NULL */
    const char *const *argv;          /* the command: a vector, not shell text */
    const SrtChannelAddress *session; /* of the program that embeds srt: settings, id, text come
                                         from there; NULL: none */
    int control_fd;                   /* -1: none */
    gboolean live;                    /* the network rules may be replaced while the command runs */
    int report_fd;                    /* JSON lines about refusals; -1: none */
    const char *command_id;           /* by which refusals name the command, or NULL */
    const char *command_text;         /* what they show, or NULL: made from argv */
    gboolean quiet;                   /* no lines about refusals at the end */
    const char *allow_unenforced; /* "all" or classes with commas between, added to the settings'
                                     allowUnenforced (srt_backend_allow_unenforced); NULL: none */
} SrtRunOptions;

/* Runs the command and waits. Returns the exit status for srt: the command's,
 * 128+N, or 125/126/127 with messages on standard error. To be called once per
 * process, from the main thread, without other threads running. */
int srt_run(const SrtRunOptions *options);

/* What there is to say when the command cannot even be named: says it, also to the program that
 * embeds srt, and returns the exit status. */
int srt_run_refuse(const SrtRunOptions *options, const GError *why);

/* The steps before anything is started, for `srtctl plan` and `explain`: settings
 * + current directory + environment -> config and policy. */
gboolean srt_run_resolve(const char *settings, SrtConfig **ret_config, SrtPolicy **ret_policy,
                         GError **error);

/* The home directory: $HOME, else the account's. NULL when not known. Caller frees. */
char *srt_run_home(void);

/* argv for shell text: absolute bash, else sh, "-c", text. NULL with
 * SRT_ERROR_NOT_FOUND when there is no shell. Free with g_strfreev. */
char **srt_run_shell_argv(const char *text, GError **error);

/* Directories of this installation, found from where the program lies. Caller frees. */
char *srt_run_program(void);
char *srt_run_inside_helper(void);

/* Where the command finds the proxies on the host's loopback interface. */
typedef struct SrtProxyPlace {
    guint16 ports[2];      /* by srt_listener_role, 0: none */
    const char *tokens[2]; /* that they ask for, NULL: none */
} SrtProxyPlace;

/* The environment of the command (pure): inherited + settings + proxies. place
 * NULL: the proxies are where the policy says, on a loopback interface of the command's
 * own. Free with g_strfreev. */
char **srt_run_environment(const char *const *inherited, const SrtConfig *config,
                           const srt_policy *policy, const SrtProxyPlace *place);

#endif
