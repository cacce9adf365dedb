/* SPDX-License-Identifier: Apache-2.0 */
/* The policy as a backend sees it.
 *
 * A policy is immutable from the moment that a backend gets it until after
 * that backend's teardown; every pointer in it belongs to the host and stays
 * valid for that long. It may be read from any thread. All text is bytes ended
 * by NUL; paths may hold any byte but NUL and are never assumed to be UTF-8.
 *
 * Structures start with their size and grow only at the end; arrays are arrays
 * of pointers for that reason. Read a member only if it lies within
 * struct_size.
 */
#ifndef SRT_POLICY_H
#define SRT_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a policy can ask for, and what a backend answers for (host->report).
 * Values are ABI: append only. The names are in srt_rule_class_names[] of the
 * host and appear in settings under "allowUnenforced". */
typedef enum srt_rule_class {
    SRT_RULE_READ_DENY = 0,          /* "readDeny": hidden regions */
    SRT_RULE_READ_ALLOW = 1,         /* "readAllow": readable regions inside hidden ones */
    SRT_RULE_WRITE_ALLOW = 2,        /* "writeAllow": nothing else is writable */
    SRT_RULE_WRITE_DENY = 3,         /* "writeDeny": read-only regions inside writable ones */
    SRT_RULE_WRITE_DENY_MISSING = 4, /* "writeDenyMissing": names that do not exist yet */
    SRT_RULE_GLOB_LATER = 5,         /* "globLater": deny globs for what appears later */
    SRT_RULE_NET_ISOLATE = 6,        /* "netIsolate": no traffic but through the proxies */
    SRT_RULE_NET_PROXY = 7,          /* "netProxy": the proxies can be reached from inside */
    SRT_RULE_UNIX_DENY = 8,          /* "unixDeny": no unix sockets */
    SRT_RULE_UNIX_PATH = 9,          /* "unixPath": unix sockets by path (a grant) */
    SRT_RULE_PROCESS = 10,           /* "process": no signals, ptrace, /proc of outside processes */
    SRT_RULE_IPC = 11,               /* "ipc": no SysV or POSIX IPC shared with the host */
    SRT_RULE_SYSCALL = 12,           /* "syscall": the base system call filter */
    SRT_RULE_TERMINAL = 13,          /* "terminal": nothing typed into the caller's terminal */
    SRT_RULE_CLASS_COUNT
} srt_rule_class;

/* How far a backend enforces one rule class. */
typedef enum srt_enforcement {
    SRT_ENFORCED = 0,    /* held for the whole life of the command */
    SRT_SNAPSHOT = 1,    /* held for what existed at the start; said aloud once */
    SRT_UNSUPPORTED = 2, /* not held: stops the run unless the settings allow it */
    SRT_CHECKED = 3,     /* judged at every try; code that wins a race is found when the command
                            has ended, undone and reported (host->names_changed) */
} srt_enforcement;

/* Access to a region of the file system. */
typedef enum srt_access {
    SRT_ACCESS_HIDDEN = 0, /* may not be read: empty read-only directory, or EACCES */
    SRT_ACCESS_READ = 1,   /* readable, not writable */
    SRT_ACCESS_WRITE = 2,  /* readable and writable */
} srt_access;

#define SRT_PATH_DIR (1u << 0)       /* the path is a directory */
#define SRT_PATH_MANDATORY (1u << 1) /* from the built-in protected names */
#define SRT_PATH_GLOB (1u << 2)      /* found by expanding a pattern */
#define SRT_PATH_DEFAULT (1u << 3)   /* from the built-in defaults, not the user */
/* Has the access of what is around it, but a pattern of pending would hide it. */
#define SRT_PATH_EXCEPTION (1u << 4)

/* Where a rule comes from, for messages. */
typedef struct srt_origin {
    uint32_t struct_size;
    uint32_t line;       /* from 1; 0 when there is none */
    const char *file;    /* settings file, or "built-in" */
    const char *pointer; /* "filesystem.denyWrite[2]" */
    const char *text;    /* the rule as it was written */
} srt_origin;

/* One region: the path itself and everything below it, as far as no deeper
 * region says otherwise. path is absolute and canonical (no symbolic link, no
 * ".", "..", "//" or trailing slash except for "/"), and existed when the
 * policy was made. */
typedef struct srt_region {
    uint32_t struct_size;
    uint32_t flags; /* SRT_PATH_* */
    srt_access access;
    const char *path;
    const srt_origin *origin; /* the deciding rule; NULL for the root default */
} srt_region;

/* A rule about a path that did not exist, or a pattern for what may appear.
 *
 * Without SRT_PATH_GLOB, path is literal: it and everything below it. It did not
 * exist, or is a symbolic link (its target is a region) whose name must not be
 * given to something else. With SRT_PATH_GLOB, path is a pattern and stands for
 * what matches and everything below that: '*' and '?' stop at '/', "**" does not,
 * "**" and '/' at the start of a component are zero or more directories, [a-z],
 * [!a] and [^a] are classes of ASCII characters, [*] is a literal '*'. With
 * SRT_PATH_MANDATORY, ASCII case is ignored. */
typedef struct srt_pending_rule {
    uint32_t struct_size;
    uint32_t flags;    /* SRT_PATH_MANDATORY, SRT_PATH_GLOB */
    srt_access access; /* HIDDEN or READ */
    const char *path;  /* canonical up to the first missing part; or an absolute glob */
    const srt_origin *origin;
} srt_pending_rule;

typedef enum srt_net_mode {
    SRT_NET_NONE = 0,  /* no traffic at all; no proxy runs */
    SRT_NET_PROXY = 1, /* only through the proxies */
} srt_net_mode;

/* Roles of the listening sockets that programs inside connect to. */
typedef enum srt_listener_role {
    SRT_LISTENER_HTTP = 0,  /* HTTP proxy: 127.0.0.1 and [::1] */
    SRT_LISTENER_SOCKS = 1, /* SOCKS5 proxy: 127.0.0.1 and [::1] */
} srt_listener_role;

/* How names that do not exist yet are protected ("filesystem.protectMissing"). */
typedef enum srt_protect {
    SRT_PROTECT_CHECK = 0, /* judged by name; what races through is found at the end */
    SRT_PROTECT_EXACT = 1, /* no race can win; creating files costs more */
    SRT_PROTECT_OFF = 2,
} srt_protect;

/* What is observed for the violation store ("monitor"). */
typedef enum srt_monitoring {
    SRT_MONITOR_DEFAULT = 0, /* writes, creations, deletions, renames, connections */
    SRT_MONITOR_OFF = 1,     /* only what is refused without a question to the kernel */
    SRT_MONITOR_FULL = 2,    /* reads and more too, at their cost */
} srt_monitoring;

#define SRT_LAYER_LANDLOCK (1u << 0) /* "layers": ["landlock"] */

typedef struct srt_policy {
    uint32_t struct_size;
    uint32_t reserved;
    uint64_t requested; /* bit per srt_rule_class that this policy needs enforced */

    const char *cwd;  /* physical working directory of the command */
    const char *home; /* the user's home directory, or NULL */

    /* File system. With fs_disabled there are no regions and everything is as
     * the user may do it anyway. Else regions[0] is "/"; they are sorted so
     * that a parent stands before what lies in it, and no region has the same
     * access as the one around it, unless it is an exception (SRT_PATH_EXCEPTION). */
    bool fs_disabled;
    bool private_tmp; /* give the command a fresh 0700 temporary directory */
    const srt_region *const *regions;
    size_t n_regions;
    const srt_pending_rule *const *pending;
    size_t n_pending;

    /* Network. */
    srt_net_mode net_mode;
    uint16_t http_port;  /* inside, 0 when there is none */
    uint16_t socks_port; /* inside, 0 when there is none */

    /* Unix sockets. */
    bool unix_all; /* every unix socket */
    /* Sockets that may be connected to: absolute and canonical, the socket itself or
     * what lies in that directory; or, with a '*', '?' or '[', a pattern as in
     * srt_pending_rule. Dangerous ones are already left out.
     * NULL-terminated, may be empty, never NULL. */
    const char *const *unix_paths;

    /* Switches. */
    bool weaker_nested;         /* inside a container: the /proc that is there, read-only */
    bool allow_user_namespaces; /* the command may make namespaces, and leave mounts behind in
                                 * them; without it the filter of inside_prepare refuses */

    srt_protect protect_missing;
    srt_monitoring monitor;
    uint32_t layers; /* SRT_LAYER_*: to be put under the backend's own mechanism */

    /* Directories in which no socket may be connected to whatever else the policy says, also with
     * unix_all: absolute, canonical, and existing at the start. They are hidden as well, but not
     * with fs_disabled. NULL-terminated, may be empty; NULL is empty. */
    const char *const *unix_denied;
} srt_policy;

#ifdef __cplusplus
}
#endif
#endif
