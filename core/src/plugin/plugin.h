/* SPDX-License-Identifier: Apache-2.0 */
/* Backends: found, checked, loaded, chosen, called. The only room that knows
 * GModule, and the only one that calls into a module.
 *
 * Whom a module is trusted from. A module runs in this program, outside every
 * sandbox, so before it is opened:
 *   - it is a regular file that is owned by root or by the caller (effective
 *     user) and that neither its group nor others may write to;
 *   - the same holds for the directory that it lies in;
 *   - every directory above is owned by root or the caller too, and others may
 *     write to it only when it is sticky (/tmp). A group may write when it is
 *     the caller's private group, which has no other member.
 * A symbolic link is followed, and the place of the link is judged as well.
 * When srt was started with privileges, only root's files count.
 * Inside a user namespace that does not map root, files of root seem to belong
 * to the overflow user; that owner is accepted when this program has it too.
 *
 * Unless said otherwise, functions are for one thread at a time. */
#ifndef SRT_PLUGIN_H
#define SRT_PLUGIN_H

#include <glib.h>
#include <srt/backend.h>

#include "base/error.h"
#include "policy/policy.h"
#include "violation/store.h"

/* Where modules are looked for, and what chose the one to use. */
typedef struct SrtBackendSearch {
    char **directories; /* in order; NULL-terminated */
    char *site_file;    /* "<sysconfdir>/srt/backend", or NULL */
    bool privileged;    /* started setuid or with file capabilities: environment ignored */
} SrtBackendSearch;

/* The search of this installation: SRT_BACKEND_PATH, then <libdir>/srt/backends
 * relative to where the program lies. */
SrtBackendSearch *srt_backend_search_new(void);
void srt_backend_search_free(SrtBackendSearch *search);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SrtBackendSearch, srt_backend_search_free)

/* File of the module of that name: the first in the search path, or NULL when
 * there is none. Caller frees. */
char *srt_backend_find(const SrtBackendSearch *search, const char *name);

/* A loaded and checked module: every slot is filled. */
typedef struct SrtBackend SrtBackend;

/* Loads one file. Errors (SRT_ERROR_BACKEND) name the file, what was wrong, and
 * what to do. Modules stay loaded for good. */
SrtBackend *srt_backend_load(const char *path, GError **error);
SrtBackend *srt_backend_ref(SrtBackend *backend);
void srt_backend_unref(SrtBackend *backend); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SrtBackend, srt_backend_unref)
const srt_backend *srt_backend_descriptor(const SrtBackend *backend); /* our copy, complete */
const char *srt_backend_file(const SrtBackend *backend);

/* All module files in the search path, in its order; of two with one name the
 * first. SrtBackendCandidate*, owned by the array, which the caller unrefs. */
typedef struct SrtBackendCandidate {
    char *name; /* file name without suffix */
    char *file;
    gint32 priority;
    SrtBackend *backend; /* NULL when it could not be loaded */
    char *problem;       /* then: why */
} SrtBackendCandidate;
GPtrArray *srt_backend_list(const SrtBackendSearch *search);

/* One use of a backend: state between prepare and teardown. */
typedef struct SrtBackendRun SrtBackendRun;

typedef struct SrtBackendServices {
    const char *inside_helper;     /* installed path or NULL */
    GHashTable *options;           /* char* -> char*, or NULL */
    SrtViolationStore *violations; /* or NULL */
    /* Not NULL: every call into the module is watched closely, and what it does
     * against the contract (writes to standard output, leaves descriptors open
     * after teardown, reports out of turn) is added as one line each, char *.
     * Costs some system calls a call, and standard output belongs to the check
     * meanwhile: for tests and `srtctl backends --check`. */
    GPtrArray *faults;
} SrtBackendServices;

typedef struct SrtRuleReport {
    bool reported;
    srt_enforcement how;
    char *why;
} SrtRuleReport;

/* prepare; on failure the teardown was done. services and policy are borrowed
 * until the run is freed. "Cannot run here" is SRT_ERROR_BACKEND with the
 * backend's text. */
SrtBackendRun *srt_backend_prepare(SrtBackend *backend, const SrtPolicy *policy,
                                   const SrtBackendServices *services, GError **error);
/* The same; *ret_result (may be NULL) is what the backend's prepare returned. */
SrtBackendRun *srt_backend_prepare_result(SrtBackend *backend, const SrtPolicy *policy,
                                          const SrtBackendServices *services, int *ret_result,
                                          GError **error);
gboolean srt_backend_wrap(SrtBackendRun *run, srt_launch *launch, GError **error);
/* *ret_fd -1: no source. */
gboolean srt_backend_monitor(SrtBackendRun *run, int pid, int *ret_fd, GError **error);
gboolean srt_backend_drain(SrtBackendRun *run, GError **error);
void srt_backend_teardown(SrtBackendRun *run); /* and free; accepts NULL */
/* Whether the backend's commands share the loopback interface of the host: then the
 * proxies listen there, and the launch is told their ports. */
gboolean srt_backend_run_shares_loopback(const SrtBackendRun *run);
/* Whether commands have tried to create names. Any thread. */
gboolean srt_backend_run_names_changed(SrtBackendRun *run);
/* Whether the class is held in a way that needs a look afterwards, once names were made: at what
 * got past a check, or at new repositories, whose own configuration had to be let through. */
gboolean srt_backend_run_needs_look(const SrtBackendRun *run, srt_rule_class rule);
const srt_backend *srt_backend_run_descriptor(const SrtBackendRun *run);
const SrtRuleReport *srt_backend_run_report(const SrtBackendRun *run, srt_rule_class rule);

/* Which classes the policy requests and the backend does not enforce. Writes
 * warnings (one line each, char *) for snapshots, for grants, and for classes
 * named in allow_unenforced; FALSE with SRT_ERROR_UNENFORCED for the rest. */
gboolean srt_backend_run_judge(const SrtBackendRun *run, const SrtPolicy *policy,
                               const SrtConfigList *allow_unenforced, GPtrArray *warnings,
                               GError **error);

/* What --allow-unenforced gives: "all", or names of rule classes with commas
 * between. Returns a new list: base (may be NULL) and these; SRT_ERROR_USAGE for
 * a name that does not exist. Caller unrefs. */
SrtConfigList *srt_backend_allow_unenforced(const SrtConfigList *base, const char *text,
                                            GError **error);

/* Chooses by the documented order: explicit (name or path, from the command
 * line), SRT_BACKEND, settings, site file, automatic; prepares and judges.
 * explicit and from_settings may be NULL; a value with '/' is a path, which has
 * to be absolute in settings and in the site file. What was chosen by name must
 * work; only automatic selection, and the names of the site file among each
 * other, go on to the next. warnings gets char * lines. */
SrtBackendRun *srt_backend_select(const SrtBackendSearch *search, const char *explicit_choice,
                                  const char *from_settings, const SrtPolicy *policy,
                                  const SrtConfigList *allow_unenforced,
                                  const SrtBackendServices *services, GPtrArray *warnings,
                                  GError **error);

/* The site file. Read: *ret_names is a GStrv that the caller frees, NULL when there is no file;
 * what others may write to is refused. Write: makes the directory where it is missing, replaces
 * the file at once or not at all, and reads it as a run will. Remove: no file is no error. */
gboolean srt_site_read(const char *file, char ***ret_names, GError **error);
gboolean srt_site_write(const char *file, const char *const *names, GError **error);
gboolean srt_site_remove(const char *file, GError **error);

/* The launch as the core sees it; its host-table functions are in this room. */
srt_launch *srt_launch_new(const char *const *argv, const char *const *env, const char *cwd,
                           guint64 ignored_signals, int handoff_fd /* taken */);
void srt_launch_free(srt_launch *launch);
/* What host->launch_null_fd says; -1, the default: none. */
void srt_launch_set_null_fd(srt_launch *launch, int fd);
/* Variables (keys of names) that the temporary directory and the connector leave
 * alone. names must outlive the launch; NULL, the default: none. */
void srt_launch_keep_variables(srt_launch *launch, GHashTable *names);
const char *const *srt_launch_argv(const srt_launch *launch);
const char *const *srt_launch_env(const srt_launch *launch);
const char *const *srt_launch_tool_env(const srt_launch *launch);
const char *srt_launch_cwd(const srt_launch *launch);
/* Ports of the proxies on 127.0.0.1 as the command sees them, 0 for none. Unless this
 * is called before wrap they are those of the policy. */
void srt_launch_set_proxy_ports(srt_launch *launch, guint16 http, guint16 socks);
/* Whether the backend asked for the hand-off socket. When not, nothing will be
 * said on it, it is not among the descriptors, and the started process is
 * itself the command. */
gboolean srt_launch_uses_handoff(const srt_launch *launch);
/* Descriptors in order: index i becomes descriptor 3 + i. */
const int *srt_launch_fds(const srt_launch *launch, gsize *ret_count);

#endif
