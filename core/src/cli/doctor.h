/* SPDX-License-Identifier: Apache-2.0 */
/* What srtctl doctor looks at beside the backends: the kernel, the installation, the
 * environment. Looking and judging are apart; judging is pure. */
#ifndef SRT_CLI_DOCTOR_H
#define SRT_CLI_DOCTOR_H

#include <sys/resource.h>
#include <sys/stat.h>

#include <glib.h>

#include "config/config.h"
#include "plugin/plugin.h"

typedef enum {
    SRT_DOCTOR_OK,
    SRT_DOCTOR_NOTE,    /* worth knowing */
    SRT_DOCTOR_WARNING, /* something is weaker, or does not work in some runs */
    SRT_DOCTOR_PROBLEM, /* srt cannot run */
} SrtDoctorLevel;

typedef struct SrtDoctorCheck {
    const char *id; /* one word, fixed: for programs */
    SrtDoctorLevel level;
    gboolean mechanism; /* one of several ways to isolate: what counts is whether a backend works */
    gboolean only_ours; /* refused to srtctl; a backend's tool may be permitted what it is not */
    char *text;         /* what was found */
    GPtrArray *remedies; /* char *: lines for a shell, each does one thing */
} SrtDoctorCheck;

/* SrtDoctorCheck *, owned. */
GPtrArray *srt_doctor_list_new(void);
SrtDoctorCheck *srt_doctor_add(GPtrArray *list, const char *id, SrtDoctorLevel level,
                               const char *format, ...) G_GNUC_PRINTF(4, 5);
void srt_doctor_remedy(SrtDoctorCheck *check, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* The same for what root alone may do: with sudo, unless the caller is root. */
void srt_doctor_remedy_root(SrtDoctorCheck *check, guint uid, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
const char *srt_doctor_level_name(SrtDoctorLevel level);
/* What is missing among the ways to isolate matters less when a backend works (some), and
 * what only srtctl may not do hardly when every one works. */
void srt_doctor_settle(GPtrArray *list, gboolean some_usable, gboolean all_usable);
gboolean srt_doctor_has_problem(const GPtrArray *list);

/* How far a try to make the namespaces of a sandbox got. */
typedef enum {
    SRT_DOCTOR_TRY_USER,
    SRT_DOCTOR_TRY_MAP,
    SRT_DOCTOR_TRY_OTHERS,
    SRT_DOCTOR_TRY_PROC,
    SRT_DOCTOR_TRY_DONE
} SrtDoctorTry;

typedef struct SrtDoctorKernel {
    guint uid;
    gboolean has_setfcap;
    gboolean is_filtered;  /* by a seccomp filter: a container, or another sandbox */
    gboolean is_confined;  /* by AppArmor or SELinux */
    gboolean is_sandboxed; /* inside of srt */
    gboolean in_container;
    gint64 max_namespaces[6]; /* by srt_doctor_namespaces; -1: not known */
    gint64 userns_clone, apparmor_userns, ptrace_scope;
    SrtDoctorTry reached;
    int try_errno;
    int seccomp_errno;   /* 0: filters work */
    gboolean has_notify; /* a supervisor can answer system calls */
    int take_errno;      /* 0: it can take a descriptor from a process, to connect in its place */
    int landlock_abi;    /* 0: none, then: */
    int landlock_errno;  /* 0: lowered by SRT_LANDLOCK_ABI */
    char *lsm;           /* the list of the kernel; NULL: not known */
    int fuse_errno;      /* of opening /dev/fuse */
    char *distribution;  /* "debian ubuntu": ID and ID_LIKE; NULL: not known */
    char
        *apparmor_profile; /* that of this installation, for the programs where they lie; or NULL */
} SrtDoctorKernel;

/* "user", "net", …: the names in user.max_NAME_namespaces. NULL-terminated. */
extern const char *const srt_doctor_namespaces[];

/* The profile for AppArmor that is installed with the program at that path (NULL: not known), or
 * NULL: there is none, or it is not for programs in that directory. Caller frees. */
char *srt_doctor_apparmor_profile(const char *root, const char *program);
/* root: "" for this machine; the files of a machine below a directory for tests. */
void srt_doctor_kernel_files(SrtDoctorKernel *ret, const char *root);
/* Tries what only a try tells. Linux only; elsewhere everything works. */
void srt_doctor_kernel_try(SrtDoctorKernel *kernel);
void srt_doctor_kernel_clear(SrtDoctorKernel *kernel);
void srt_doctor_judge_kernel(GPtrArray *list, const SrtDoctorKernel *kernel);
/* The command that installs a package there. Caller frees. */
char *srt_doctor_install(const char *distribution, const char *package);

/* The files of the installation. */
void srt_doctor_look_at_helper(GPtrArray *list, const char *helper, guint uid);
void srt_doctor_look_at_modules(GPtrArray *list, const GPtrArray *candidates,
                                const SrtBackendSearch *search, guint uid);
void srt_doctor_look_at_bubblewrap(GPtrArray *list, const char *chosen,
                                   const SrtDoctorKernel *kernel);
/* What makes a file unfit to be trusted, as remedies: its own owner and mode, and those of
 * every directory above. TRUE when there is something. */
gboolean srt_doctor_mend_chain(SrtDoctorCheck *check, const char *file, guint uid);
/* The same for one entry, pure. directory_above: stickiness is enough. */
gboolean srt_doctor_mend_entry(SrtDoctorCheck *check, const char *path, const struct stat *st,
                               gboolean directory_above, guint uid);

/* The settings, and what of the environment srt goes by. */
SrtConfig *srt_doctor_look_at_settings(GPtrArray *list, const char *settings, const char *home,
                                       guint uid);
void srt_doctor_look_at_choice(GPtrArray *list, const char *choice, const char *source,
                               const char *remedy, const SrtBackendSearch *search);
/* Runs `srt true` in an empty directory: what no look at single things tells. */
void srt_doctor_try_run(GPtrArray *list, const char *settings);
void srt_doctor_look_at_state(GPtrArray *list, const char *home, guint uid);
void srt_doctor_judge_limit(GPtrArray *list, int resource, const struct rlimit *limit);
void srt_doctor_look_at_limits(GPtrArray *list);
/* Host (caller frees) and port of a URL, without user and password; what stands for no
 * scheme at all is taken as a host. FALSE: there is no port, or no host. Pure. */
gboolean srt_doctor_split_url(const char *url, char **ret_host, guint16 *ret_port);
/* name: of the variable or key that holds url; from_settings: a key. */
void srt_doctor_look_at_proxy(GPtrArray *list, const char *name, const char *url,
                              gboolean from_settings);
void srt_doctor_look_at_proxies(GPtrArray *list, const SrtConfig *config);

#endif
