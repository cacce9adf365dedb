/* SPDX-License-Identifier: Apache-2.0 */
/* srtctl: a table of commands, and what several of them share. */
#ifndef SRT_CLI_CTL_H
#define SRT_CLI_CTL_H

#include <glib.h>
#include <json-c/json_object.h>

#include "cli/options.h"
#include "config/config.h"
#include "plugin/plugin.h"
#include "policy/policy.h"

/* Exit statuses of srtctl. */
#define SRT_CTL_OK 0
#define SRT_CTL_NO 1       /* the answer is no: a problem was found, not allowed, not usable */
#define SRT_CTL_FAILED 125 /* srtctl itself could not do it, or was called wrongly */

/* The first options of every command's table. */
enum { SRT_CTL_HELP, SRT_CTL_DEBUG, SRT_CTL_OWN };
#define SRT_CTL_COMMON                                                                             \
    [SRT_CTL_HELP] = {'h', "help", NULL, "about this command"}, [SRT_CTL_DEBUG] = {                \
                                                                    'd', "debug", NULL,            \
                                                                    "say what is done and why"}

typedef struct SrtCtlCommand {
    const char *name;
    const char *synopsis; /* after the name */
    const char *summary;  /* one line */
    const char *text;     /* the description in its help */
    const SrtOption *options;
    gboolean stop;     /* options end at the first operand */
    guint least, most; /* operands */
    int (*run)(const SrtOptionValues *values);
} SrtCtlCommand;

extern const SrtCtlCommand srt_ctl_allow, srt_ctl_annotate, srt_ctl_backend_test, srt_ctl_backends,
    srt_ctl_check, srt_ctl_doctor, srt_ctl_explain, srt_ctl_plan, srt_ctl_schema, srt_ctl_suggest,
    srt_ctl_violations;

/* As srt_run_resolve; "-" is the text of a settings file on standard input. */
gboolean srt_ctl_resolve(const char *settings, SrtConfig **ret_config, SrtPolicy **ret_policy,
                         GError **error);

/* srtctl explain --last; settings: as it was named, or NULL. Returns an exit status. */
int srt_ctl_explain_last(const char *settings);

/* srtctl backends --select: choice is "auto" or names with commas between; mixed: other options
 * of the command were given too. Returns an exit status. */
int srt_ctl_select(const char *choice, gboolean mixed);

/* The absolute path of an operand, "~" as in settings. Caller frees. */
char *srt_ctl_expand(const char *path);
/* Whether an operand is a path rather than a host: it holds a slash, begins with '.' or
 * '~', or exists here. */
gboolean srt_ctl_looks_like_path(const char *text);

/* Runs srtctl; the result is the exit status. */
int srt_ctl_main(int argc, const char *const *argv);

/* One line on standard output. Control characters in it show as \xHH. */
void srt_ctl_line(const char *format, ...) G_GNUC_PRINTF(1, 2);
/* A text of several lines, each after indent. */
void srt_ctl_block(const char *indent, const char *text);
/* Prints error and returns SRT_CTL_FAILED. */
int srt_ctl_fail(const GError *error);

/* JSON text; bytes that are not UTF-8 show as \xHH. NULL gives null. */
json_object *srt_ctl_json_text(const char *text);
json_object *srt_ctl_json_words(const char *const *words);
/* Prints and releases. */
void srt_ctl_json_print(json_object *object);

const char *srt_ctl_access_name(srt_access access);
const char *srt_ctl_enforcement_name(srt_enforcement how);
/* "denyRead "~/.ssh" (FILE:LINE, filesystem.denyRead[0])". Caller frees. */
char *srt_ctl_origin(const srt_origin *origin);

/* What a session would give to its backend. */
typedef struct SrtCtlServices {
    SrtBackendServices services;
    char *inside_helper;
} SrtCtlServices;
void srt_ctl_services_init(SrtCtlServices *services, const SrtConfig *config);
void srt_ctl_services_clear(SrtCtlServices *services);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SrtCtlServices, srt_ctl_services_clear)

/* The built-in defaults seen from the root directory, with nothing writable, so
 * that nothing has to be searched: what every backend can make something of. */
SrtPolicy *srt_ctl_plain_policy(GError **error);

/* Prepares a candidate and judges it against policy. Returns why it cannot be
 * used, or NULL; the caller frees it. *ret_run is to be torn down; it may be set
 * also when there is a reason. */
char *srt_ctl_try(const SrtBackendCandidate *candidate, const SrtPolicy *policy,
                  const SrtBackendServices *services, SrtBackendRun **ret_run);

/* The words of a descriptor that a launch hands over in memory (a memfd of texts,
 * each ended by NUL), as bwrap reads them; NULL when it is something else.
 * *ret_kind is "memory", "socket", "directory", "file", "other"; *ret_size the bytes of memory.
 * Free with g_strfreev. */
char **srt_ctl_fd_words(int fd, const char **ret_kind, gsize *ret_size);
/* What the kernel calls it: a path, "/memfd:name (deleted)", "socket:[123]"; or
 * NULL. Caller frees. */
char *srt_ctl_fd_target(int fd);

/* How names that do not exist yet are protected, in a word: "check", "exact", "off". */
const char *srt_ctl_protect_name(srt_protect level);
/* What that means with the backend (NULL: none was chosen), as a sentence. */
const char *srt_ctl_protect_text(const srt_policy *policy, const SrtBackendRun *run);
/* Whether the backend holds the level; FALSE for "off". */
gboolean srt_ctl_protect_held(const srt_policy *policy, const SrtBackendRun *run);

/* The rule classes of a prepared backend as lines, or as JSON. requested: bits. */
void srt_ctl_print_rules(const SrtBackendRun *run, guint64 requested);
json_object *srt_ctl_json_rules(const SrtBackendRun *run, guint64 requested);

#endif
