/* SPDX-License-Identifier: Apache-2.0 */
/* Settings as they were written: validated, merged, not yet resolved.
 *
 * A configuration is made once, is then never changed, and may be read from any
 * thread. Nothing here looks at the file system except to read settings files. */
#ifndef SRT_CONFIG_H
#define SRT_CONFIG_H

#include <glib.h>
#include <stdbool.h>

/* One value of a list, or one scalar, and where it stands. */
typedef struct SrtConfigItem SrtConfigItem;
struct SrtConfigItem {
    char *text;
    char *pointer; /* "filesystem.denyRead[0]" */
    char *file;    /* path of the settings file as it was named; "built-in" for defaults */
    guint line;    /* from 1; 0 for defaults */
    guint column;  /* from 1, in bytes; 0 for defaults */
    /* A path of an allow list that came from a file which extends another one:
     * the entry of that other file which allows it, as far as text can tell. The
     * path grants nothing unless it also lies, links resolved, at or below what
     * that entry resolves to; and so on along the chain. Else NULL. Owned. */
    SrtConfigItem *within;
};

/* Makes an item that owns copies of everything; for built-in rules and tests. */
SrtConfigItem *srt_config_item_new(const char *text, const char *pointer, const char *file,
                                   guint line, guint column);
SrtConfigItem *srt_config_item_copy(const SrtConfigItem *item);
void srt_config_item_free(SrtConfigItem *item);

/* Whether a list was there at all: absent and empty differ for some keys. A
 * list of NULL is absent; an empty one is empty. All lists hold SrtConfigItem*
 * and own them. */
typedef GPtrArray SrtConfigList;

typedef enum { SRT_TRI_UNSET = -1, SRT_TRI_FALSE = 0, SRT_TRI_TRUE = 1 } SrtTri;

typedef struct SrtConfigNetwork {
    bool present; /* the "network" object was there */
    SrtConfigList *allowed_domains;
    SrtConfigList *denied_domains;
    GHashTable *denied_reasons; /* exact deniedDomains text -> reason; or NULL */
    SrtConfigList *denied_resolved_addresses;
    SrtConfigList *allow_unix_sockets;
    SrtTri allow_all_unix_sockets;
    SrtTri allow_dangerous_sockets;
    SrtTri allow_local_binding; /* macOS */
    SrtTri strict_allowlist;
    SrtConfigList *allow_mach_lookup; /* macOS */
    guint http_proxy_port;            /* 0: our own proxy */
    guint socks_proxy_port;           /* 0: our own proxy */
    char *mitm_socket_path;           /* NULL: none */
    SrtConfigList *mitm_domains;
    char *parent_http; /* URL text; NULL: from the environment */
    char *parent_https;
    char *parent_no_proxy;
    bool parent_present; /* network.parentProxy was there */
} SrtConfigNetwork;

typedef struct SrtConfigFilesystem {
    bool present;
    SrtConfigList *deny_read;
    SrtConfigList *allow_read;
    SrtConfigList *allow_write; /* absent: the working directory */
    SrtConfigList *deny_write;
    SrtConfigList *mandatory_add;
    SrtConfigList *mandatory_remove;
    SrtTri allow_git_config;
    SrtTri disabled;
    char *protect_missing; /* "check", "exact", "off"; NULL: "check" */
} SrtConfigFilesystem;

typedef struct SrtConfigEnv {
    SrtConfigList *pass; /* absent: everything passes */
    SrtConfigList *deny;
    GHashTable *set; /* name -> value; or NULL */
    SrtTri scrub_secrets;
} SrtConfigEnv;

typedef struct SrtConfigViolations {
    SrtTri store;
    guint keep_days; /* 0: the default */
    guint keep_rows;
    guint keep_in_memory;
    SrtTri syslog;
} SrtConfigViolations;

typedef struct SrtConfig {
    SrtConfigNetwork network;
    SrtConfigFilesystem filesystem;
    SrtConfigEnv env;
    SrtConfigViolations violations;
    GHashTable *ignore_violations;   /* command pattern -> GStrv; or NULL */
    SrtConfigItem *backend;          /* NULL: not chosen here */
    SrtConfigList *allow_unenforced; /* names of rule classes */
    SrtTri weaker_nested_sandbox;
    SrtTri weaker_network_isolation; /* macOS */
    SrtTri allow_apple_events;       /* macOS */
    SrtTri allow_pty;                /* macOS */
    SrtTri allow_user_namespaces;
    guint mandatory_deny_search_depth; /* 0: no limit */
    char *bwrap_path;                  /* NULL: trusted directories */
    SrtConfigList *layers;             /* "landlock" */
    char *monitor;                     /* "off", "default", "full"; NULL: "default" */
    SrtConfigList *git_safe_directories;
    GPtrArray *files; /* char *: every settings file that was read, as opened, absolute */
    GPtrArray *notes; /* char *: accepted keys that mean nothing here, one debug line each */
} SrtConfig;

void srt_config_free(SrtConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SrtConfig, srt_config_free)

#define SRT_CONFIG_MAX_BYTES (4 * 1024 * 1024) /* of one file */
#define SRT_CONFIG_MAX_DEPTH 8                 /* files in a row that extend each other */
#define SRT_CONFIG_MAX_FILES 32                /* read for one configuration */

/* Loads settings. path NULL: the default place, <home>/.srt-settings.json, where
 * a missing file means the built-in defaults; home NULL or empty then means
 * defaults too. A named file must exist. On failure *error (SRT_ERROR_SETTINGS)
 * holds every problem that was found, one a line, each
 * "FILE:LINE:COLUMN: pointer: found X, expected Y" (FILE: found X when it is
 * about the file as a whole).
 *
 * "extends": [file, …] names the files that this one builds on: absolute, "~/…",
 * or relative to the directory of this file as it was named. The first of them is
 * the base. Each further one, and then the file itself, may only tighten what
 * those before it say:
 *   - deny lists are joined;
 *   - each entry of an allow list must be allowed already (the same text, a host
 *     that a pattern before covers, a path at or below one before; no ".." in
 *     it); an allow list that is absent stays as it was;
 *   - a switch that allows more may not be turned on, one that allows less not
 *     off; of levels (protectMissing, monitor) the same or a stricter one;
 *   - what replaces a part of srt or hides what happens (backend, bwrapPath,
 *     ports of other proxies, mitmProxy, parentProxy, ignoreViolations, violations,
 *     mandatoryDeny, mandatoryDenySearchDepth) is for the base alone; the same
 *     value may be repeated;
 *   - env.set and deniedDomainReasons may get new names, no new values, and
 *     env.set none that env.deny forbids.
 * Paths that may be relative to a directory are compared as they are written. */
SrtConfig *srt_config_load(const char *path, const char *home, GError **error);

/* The same from text. file names it in messages; "extends" is resolved
 * relative to base_dir (NULL: refused); "~/…" is refused. */
SrtConfig *srt_config_parse(const char *text, gsize length, const char *file, const char *base_dir,
                            GError **error);

/* The same with a home directory, absolute or NULL, for "~/…". */
SrtConfig *srt_config_parse_at(const char *text, gsize length, const char *file,
                               const char *base_dir, const char *home, GError **error);

/* The built-in defaults: reads open, working directory writable, no network. */
SrtConfig *srt_config_defaults(void);

/* The JSON Schema of the settings file (draft 2020-12), made from the same
 * table that validation uses. Caller frees. */
char *srt_config_schema(void);

/* Calls visit for every key that a settings file can have, in the order of the
 * table, with its full name ("filesystem.denyRead"; "credentials.files[].path"
 * in lists of objects), where it has a meaning ("", "on Linux", …) and what it
 * means; for manual pages and their tests. */
typedef void (*SrtConfigKeyVisit)(const char *pointer, const char *where, const char *help,
                                  gpointer data);
void srt_config_each_key(SrtConfigKeyVisit visit, gpointer data);

#endif
