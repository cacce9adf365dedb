/* SPDX-License-Identifier: Apache-2.0 */
/* The interface between srt and a backend: a shared object that knows one way
 * of isolating a command.
 *
 * A module exports exactly one symbol, srt_backend_entry, which returns a
 * constant descriptor with four operations, all mandatory. It imports no
 * symbol of the program: services come in the host table, so a unit test can
 * hand it a recording fake. Nothing in a module may write to standard output,
 * end the process, or leave its working directory, umask, signal mask or
 * environment changed.
 *
 * Life cycle (calls in [] may be repeated):
 *
 *   entry -> prepare -> [ wrap -> (host starts it) -> monitor [-> drain] ] -> teardown
 *
 * teardown follows every prepare, also a failed one, exactly once. All calls
 * for one state come from one thread. Several states may exist at a time.
 *
 * Results: 0 is success. A failure is a negative errno value, with a text set
 * by host->fail, as in `return host->fail(host, ENOENT, "no %s", path);`.
 * Structures start with their size and grow only at the end.
 */
#ifndef SRT_BACKEND_H
#define SRT_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <srt/launch.h>
#include <srt/policy.h>
#include <srt/violation.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The number changes when something that exists changes its meaning; growth at
 * the end of a structure does not change it. */
#define SRT_BACKEND_ABI 1u
#define SRT_BACKEND_ENTRY "srt_backend_entry"

#if defined(__GNUC__) || defined(__clang__)
#define SRT_BACKEND_EXPORT __attribute__((visibility("default")))
#define SRT_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define SRT_BACKEND_EXPORT
#define SRT_PRINTF(f, a)
#endif

typedef struct srt_host srt_host;

typedef enum srt_log_level {
    SRT_LOG_WARNING = 0, /* shown to the user, prefixed */
    SRT_LOG_DEBUG = 1,   /* shown with --debug */
} srt_log_level;

/* Paths that a backend may need; see srt_host.path. */
typedef enum srt_path_name {
    SRT_PATH_INSIDE = 0, /* the helper that runs inside, absolute, on the host */
} srt_path_name;

/* What a backend for Linux says of its own part, so that srt can do the rest inside: the
 * host's services inside_prepare, inside_launch and inside_monitor. They go together with
 * namespaces and mounts that the backend makes: the process that it starts last is the first
 * one of a pid namespace, in a network namespace with its loopback interface up, the regions
 * of the policy are what it finds mounted, and it executes the helper (SRT_PATH_INSIDE) there.
 * The helper is static, and does all that is left to do for the command: working directory,
 * environment, signals, listening sockets, pidfd. Processes that the backend leaves outside
 * close the hand-off socket, wait, and end with the same status ("Processes" and "Namespaces
 * and mounts" in srt-backend(7)). Everything is copied. */
typedef struct srt_inside {
    uint32_t struct_size;
    uint32_t reserved; /* 0 */
    /* Where the helper lies inside: absolute, not writable there. Never NULL. */
    const char *helper;
    /* A fresh directory inside, for temporary files, which exists when the policy has private_tmp
     * and fs_disabled is not set; NULL: none. */
    const char *tmpdir;
    /* Other directories that exist for this sandbox alone, so that anything may be created there:
     * absolute, canonical, NULL-terminated, at most SRT_INSIDE_DIRS_MAX; or NULL. Those that a
     * region of the policy lies in are left out by the host. */
    const char *const *private_dirs;
    /* Why srt cannot look into the processes of this backend: no supervisor is started then, and
     * what needs one is reported as unsupported for this reason. NULL: it can. */
    const char *no_supervisor;
} srt_inside;
#define SRT_INSIDE_DIRS_MAX 8

/* For inside_launch: the helper makes the listening sockets of the proxies and hands them out. Set
 * it unless another process of the backend does. Without proxies it means nothing. */
#define SRT_INSIDE_LISTEN (1u << 0)

/* What the host offers. Every member is set when struct_size covers it.
 * Functions may be called from the thread that called the operation, while
 * that operation runs, unless said otherwise. */
struct srt_host {
    uint32_t struct_size;
    uint32_t abi; /* SRT_BACKEND_ABI of the host */
    void *data;   /* the host's own; hands off */

    /* One line of text, without prefix or newline. Any thread. */
    void (*log)(const srt_host *host, srt_log_level level, const char *format, ...)
        SRT_PRINTF(3, 4);

    /* Sets the text of the failure that the operation is about to return and
     * returns -error, error being a positive errno value. The last text wins. */
    int (*fail)(const srt_host *host, int error, const char *format, ...) SRT_PRINTF(3, 4);

    /* In prepare, once for each class: how far this backend enforces it. A class
     * that the policy requests and that was not reported counts as unsupported.
     * why is copied; it may be NULL only for SRT_ENFORCED, where it states a weakness. */
    void (*report)(const srt_host *host, srt_rule_class rule, srt_enforcement how, const char *why);

    /* In monitor's drain: one violation; everything is copied. */
    void (*violation)(const srt_host *host, const srt_violation *violation);

    /* An installed path, or NULL when this installation has none. Borrowed,
     * valid until after teardown. */
    const char *(*path)(const srt_host *host, srt_path_name name);

    /* The value of an option that the settings give to backends ("bwrapPath",
     * "allowLocalBinding", "allowMachLookup", "enableWeakerNetworkIsolation",
     * "allowAppleEvents", "allowPty"; a switch that is on is "true", a list is a line for
     * each entry), or NULL; the settings have no keys for one backend alone. "plan" is "true" when
     * nothing will be started and only the launch is to be seen: a backend may then answer also
     * where it could not run. Borrowed, valid until after teardown. */
    const char *(*option)(const srt_host *host, const char *name);

    /* The launch. What the get functions return is borrowed and valid until
     * the next edit of the same part. What the set functions get is copied. */
    const char *const *(*launch_argv)(const srt_launch *launch); /* NULL-terminated */
    void (*launch_set_argv)(srt_launch *launch, const char *const *argv);
    const char *const *(*launch_env)(const srt_launch *launch); /* of the command, "NAME=value" */
    void (*launch_setenv)(srt_launch *launch, const char *name,
                          const char *value);            /* NULL removes */
    const char *(*launch_cwd)(const srt_launch *launch); /* of the command */

    /* The directory inside the sandbox that temporary files belong to: sets
     * TMPDIR, TMP, TEMP and TMPPREFIX. */
    void (*launch_set_tmpdir)(srt_launch *launch, const char *directory);
    /* The path inside the sandbox of the helper that makes a connection through
     * the HTTP proxy ("HELPER connect HOST PORT"): sets what ssh and git need. */
    void (*launch_set_connector)(srt_launch *launch, const char *helper);

    /* Takes a descriptor into the launch, which owns it from now on, and
     * returns the number that it will have in the started process. Only
     * descriptors of the launch, and 0 to 2, exist there. */
    int (*launch_take_fd)(srt_launch *launch, int fd);
    /* The number, in the started process, of the hand-off socket (launch.h). */
    int (*launch_handoff_fd)(srt_launch *launch);
    /* Bit n is set when signal n is to be ignored in the command (1..63). */
    uint64_t (*launch_ignored_signals)(const srt_launch *launch);

    /* The environment of the started process itself (of the tools between the
     * host and the command). It is empty unless this is called. */
    void (*launch_set_tool_env)(srt_launch *launch, const char *const *env);

    /* In prepare: the commands of this backend share the loopback interface of the
     * host. The host then makes the listening sockets of the proxies itself, on free
     * ports, and every connection to them needs the run's token, which only the
     * command's environment holds. */
    void (*share_loopback)(const srt_host *host);
    /* In wrap: the port of a proxy on 127.0.0.1 as the command sees it, 0 for none. */
    uint16_t (*launch_proxy_port)(const srt_launch *launch, srt_listener_role role);

    /* While a command runs, from any thread and any number of times: it has tried to
     * create names. Where a class was reported as SRT_CHECKED, the host then looks for
     * protected names when the command has ended; without this call it does not. */
    void (*names_changed)(const srt_host *host);

    /* The number of a descriptor that srt was given for itself: in the command
     * it is to be /dev/null, open for reading. -1: there is none. */
    int (*launch_null_fd)(const srt_launch *launch);

    /* In monitor's drain: so many violations came faster than they could be kept. They
     * are counted with the run. */
    void (*violations_lost)(const srt_host *host, uint64_t count);

    /* Linux. In prepare, once: settles what the helper inside and the supervisor outside do for
     * this policy (system call filter, calls that are judged outside, Landlock beneath), and
     * reports what becomes of the classes that are held in that way: WRITE_DENY_MISSING,
     * GLOB_LATER, UNIX_DENY, UNIX_PATH, SYSCALL and TERMINAL. Warnings are said, too. 0, or the
     * negative errno value to return from prepare, its text set: -ENOTSUP where this machine
     * lacks what the policy needs, or the system is not Linux; -EINVAL for a wrong inside. What it
     * makes ends after teardown. */
    int (*inside_prepare)(const srt_host *host, const srt_inside *inside);
    /* Linux. In wrap, after inside_prepare: writes what the helper has to do for the command that
     * the launch holds, and starts the supervisor if one is needed. The descriptors go into the
     * launch; temporary directory and connector are set in the command's environment. Before the
     * launch's words are replaced. flags: SRT_INSIDE_*. Returns the number PLAN, at least 3: the
     * process inside is to execute "HELPER run PLAN HANDOFF" with that descriptor and the hand-off
     * socket (launch_handoff_fd) open, in decimal; the helper closes all others but 0 to 2. Or the
     * negative errno value to return from wrap, its text set. */
    int (*inside_launch)(const srt_host *host, srt_launch *launch, uint32_t flags);
    /* Linux. In monitor, which hands over its own argument: the supervisor's descriptor to poll
     * (ret_fd not NULL; the host's, -1 when there is none), or reports what it has seen (NULL)
     * without blocking. 0, or a negative errno value, its text set. */
    int (*inside_monitor)(const srt_host *host, int *ret_fd);
};

/* Private to the backend: what prepare made. */
typedef void srt_backend_state;

typedef struct srt_backend {
    uint32_t struct_size; /* sizeof(srt_backend) */
    uint32_t abi;         /* SRT_BACKEND_ABI */

    const char *name;     /* [a-z0-9][a-z0-9-]{0,31}, the file's name without suffix */
    const char *version;  /* of the module, for people */
    const char *summary;  /* one line, no newline, at most 200 bytes */
    const char *platform; /* "linux", "macos", or "any" */
    int32_t priority;     /* higher is tried first; negative is never automatic */
    uint32_t reserved;
    uint64_t classes; /* bit per srt_rule_class that it can enforce somewhere */

    /* Checks that this machine can do it, makes the state, and reports per rule
     * class. No side effect that teardown does not undo. -ENOTSUP, with a text,
     * is the normal answer for "cannot run here": automatic selection goes on.
     * ret_state may be set also on failure; teardown gets it. host and policy
     * are borrowed until teardown returns. */
    int (*prepare)(const srt_host *host, const srt_policy *policy, srt_backend_state **ret_state);

    /* Turns the command in the launch into what gets executed. Never forks.
     * Any number of times per prepare; each call stands alone. argv[0] of the
     * result is an absolute path. */
    int (*wrap)(srt_backend_state *state, srt_launch *launch);

    /* Starts (ret_fd not NULL) or drains (ret_fd NULL) observation of a launched
     * command. Start: pid is the started process; *ret_fd gets a descriptor to
     * poll for reading, owned by the backend, or -1 when this backend has no
     * source. Drain: pid is ignored; reports what there is and does not block; also
     * before the start and after the command's end. */
    int (*monitor)(srt_backend_state *state, int32_t pid, int *ret_fd);

    /* Undoes everything; accepts NULL and half-made state; cannot fail. */
    void (*teardown)(srt_backend_state *state);
} srt_backend;

/* SRT_BACKEND_NOTE(priority), optional, once in a module, outside of functions: says the
 * descriptor's priority in the file itself, as an ELF note. srt then loads the module only when no
 * other that comes before it can do what is wanted; without it the module is loaded at every
 * automatic choice, to be asked. A note that says another priority than the descriptor is refused.
 * Where files are not ELF it is nothing. */
#define SRT_BACKEND_NOTE_NAME "srt"
#define SRT_BACKEND_NOTE_TYPE 1u
#if defined(__ELF__) && (defined(__GNUC__) || defined(__clang__))
#define SRT_BACKEND_NOTE(priority)                                                                 \
    __attribute__((used, aligned(4), section(".note.srt"))) static const struct {                  \
        uint32_t name_size, size, type;                                                            \
        char name[sizeof SRT_BACKEND_NOTE_NAME];                                                   \
        uint32_t abi;                                                                              \
        int32_t value;                                                                             \
    } srt_backend_note = {sizeof SRT_BACKEND_NOTE_NAME,                                            \
                          8,                                                                       \
                          SRT_BACKEND_NOTE_TYPE,                                                   \
                          SRT_BACKEND_NOTE_NAME,                                                   \
                          SRT_BACKEND_ABI,                                                         \
                          (priority)}
#else
#define SRT_BACKEND_NOTE(priority) struct srt_backend_note
#endif

/* The one symbol of a module. The result lives as long as the module. */
SRT_BACKEND_EXPORT const srt_backend *srt_backend_entry(void);
typedef const srt_backend *(*srt_backend_entry_function)(void);

#ifdef __cplusplus
}
#endif
#endif
