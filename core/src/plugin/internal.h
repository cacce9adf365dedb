/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the plugin room and its tests. */
#ifndef SRT_PLUGIN_INTERNAL_H
#define SRT_PLUGIN_INTERNAL_H

#include <sys/stat.h>

#include "plugin/plugin.h"

#ifdef __APPLE__
#define SRT_MODULE_SUFFIX ".dylib"
#define SRT_PLATFORM "macos"
#else
#define SRT_MODULE_SUFFIX ".so"
#define SRT_PLATFORM "linux"
#endif

#define SRT_BACKEND_NAME_MAX 32
#define SRT_BACKEND_SUMMARY_MAX 200
#define SRT_BACKEND_VERSION_MAX 64
#define SRT_BACKEND_TEXT_MAX 2000   /* bytes of a text that a module gives */
#define SRT_BACKEND_MODULES_MAX 256 /* looked at per directory */
#define SRT_LAUNCH_FDS_MAX 1024
#define SRT_SITE_FILE_MAX 4096
#define SRT_NOTE_HEAD 4096 /* first bytes of a module that its note has to lie in */

struct SrtBackend {
    gatomicrefcount references;
    char *file;
    srt_backend descriptor;
};

/* trust.c: judging what one may load from. */
typedef enum { SRT_TRUST_FILE, SRT_TRUST_DIRECTORY, SRT_TRUST_ANCESTOR } SrtTrustKind;

/* Whether this process has more rights than who started it (setuid, setgid, file
 * capabilities): then nothing of that user's may be loaded. */
gboolean srt_started_privileged(void);

typedef struct SrtTrustCaller {
    uid_t uid;
    uid_t program_owner; /* of the running program */
    gid_t private_group; /* the caller's own, without other members; (gid_t)-1: none */
} SrtTrustCaller;

/* Pure. NULL when it may be trusted, else what is wrong, as a predicate: "can be
 * written by everybody". */
const char *srt_trust_judge(const struct stat *st, SrtTrustKind kind, const SrtTrustCaller *caller);
/* Judges the directory of path and all above it, for every symbolic link on the
 * way. Returns the canonical path, or NULL. what names the thing in messages:
 * "backend", "site file". */
char *srt_trust_place(const char *path, const char *what, GError **error);
/* The same for the file that an open descriptor refers to. */
gboolean srt_trust_file(int fd, const char *path, const char *what, GError **error);

/* descriptor.c: pure. Checks what an entry function returned and copies it,
 * complete, to *ret. file is the module's path; its name must be the backend's. */
gboolean srt_descriptor_adopt(const srt_backend *theirs, const char *file, srt_backend *ret,
                              GError **error);
gboolean srt_backend_name_ok(const char *name);
/* File name without directory and suffix. Caller frees. */
char *srt_backend_name_of_file(const char *file);

/* note.c: pure. The priority that the note of a module says, by the first bytes of its
 * file. FALSE: there is none, or none for this interface; the module has to be asked. */
gboolean srt_note_find(const guint8 *head, gsize size, gint32 *ret_priority);

/* load.c. The same for a module file, which is judged as if it were to be loaded.
 * SRT_PEEK_REFUSED with error set. *judged, to be NULL before the first file of a directory
 * and freed after the last, spares judging the directory again. */
typedef enum { SRT_PEEK_REFUSED, SRT_PEEK_NOTE, SRT_PEEK_NONE } SrtPeek;
SrtPeek srt_backend_peek(const char *path, char **judged, gint32 *ret_priority, GError **error);

/* search.c. All module files as srt_backend_list has them, but those with a note are not
 * loaded: both backend and problem are NULL. */
GPtrArray *srt_backend_candidates(const SrtBackendSearch *search);
/* Loads it unless that was tried before. FALSE: candidate->problem says why not. */
gboolean srt_backend_candidate_load(SrtBackendCandidate *candidate);

/* guard.c: what a call into a module may not do to the program around it. */
typedef struct SrtGuard {
    struct {
        gboolean open;
        dev_t dev;
        ino_t ino;
    } streams[3];
    int caught; /* strict: a file that stands in for standard output; else -1 */
    int stdout_copy;
} SrtGuard;

void srt_guard_enter(SrtGuard *guard, gboolean strict);
/* NULL, or what was done, as a predicate: "wrote to standard output". */
const char *srt_guard_leave(SrtGuard *guard);
/* Numbers of the open descriptors of the program: int, sorted. */
GArray *srt_guard_descriptors(void);

/* operate.c */
typedef enum {
    SRT_DOING_NOTHING,
    SRT_DOING_PREPARE,
    SRT_DOING_WRAP,
    SRT_DOING_MONITOR,
    SRT_DOING_DRAIN,
    SRT_DOING_TEARDOWN,
} SrtDoing;

struct SrtBackendRun {
    srt_host host;
    SrtBackend *backend;
    const srt_policy *policy;
    SrtBackendServices services;
    srt_backend_state *state;
    SrtDoing doing;
    int result;      /* of the last operation */
    char *fail_text; /* set by it, or NULL */
    SrtRuleReport reports[SRT_RULE_CLASS_COUNT];
    gboolean shares_loopback;
    gint names_changed;              /* atomic */
    struct srt_enclosure *enclosure; /* made by inside_prepare, or NULL */
    GArray *open_before;             /* strict: int, descriptors before prepare */
    GArray *lent;                    /* strict: int, descriptors that went into launches */
};

/* The public functions with the policy as backends see it. On failure
 * *ret_result (may be NULL) is what prepare returned. */
SrtBackendRun *srt_backend_prepare_view(SrtBackend *backend, const srt_policy *policy,
                                        const SrtBackendServices *services, int *ret_result,
                                        GError **error);
/* others: names of backends that could do it, by class; may be NULL. */
typedef char *(*SrtBackendOthers)(void *data, srt_rule_class rule);
gboolean srt_backend_judge_view(const SrtBackendRun *run, const srt_policy *policy,
                                const SrtConfigList *allow_unenforced, SrtBackendOthers others,
                                void *data, GPtrArray *warnings, GError **error);
SrtBackendRun *srt_backend_select_view(const SrtBackendSearch *search, const char *explicit_choice,
                                       const char *from_settings, const srt_policy *policy,
                                       const SrtConfigList *allow_unenforced,
                                       const SrtBackendServices *services, GPtrArray *warnings,
                                       GError **error);

/* host.c: fills run->host. */
void srt_host_init(SrtBackendRun *run);
/* Adds one line about what the module did wrong: to services.faults when it is
 * there, else as a debug line. */
void srt_backend_fault(const SrtBackendRun *run, const char *format, ...) G_GNUC_PRINTF(2, 3);
const char *srt_doing_name(SrtDoing doing);

/* inside.c: the services that do what is not mounts. */
void srt_inside_fill_host(srt_host *host);
void srt_inside_end(SrtBackendRun *run); /* after teardown */

/* launch.c */
void srt_launch_fill_host(srt_host *host);
/* Whether programs inside can reach the proxies: without, a connector is not set. */
void srt_launch_set_net(srt_launch *launch, gboolean on);
/* The ports where nobody has set others. */
void srt_launch_default_ports(srt_launch *launch, guint16 http, guint16 socks);
/* The first thing that a backend did wrong to the launch, or NULL. */
const char *srt_launch_problem(const srt_launch *launch);

/* site.c: pure. The names in a site file in order, a GStrv that may be empty. */
char **srt_site_parse(const char *text);
/* Where the site file is for a program in that directory (NULL: not known): file, when it is
 * absolute, else what it is relative to the directory; /etc for /usr. NULL: not known. Caller
 * frees. */
char *srt_site_place(const char *file, const char *directory);

#endif
