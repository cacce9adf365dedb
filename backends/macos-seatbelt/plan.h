/* SPDX-License-Identifier: Apache-2.0 */
/* From a policy to the rules of a profile. Pure: nothing is looked at but the
 * arguments, and the same arguments give the same rules. libc only, any thread. */
#ifndef SRT_SEATBELT_PLAN_H
#define SRT_SEATBELT_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <srt/policy.h>

#include "text.h"

/* What a rule is there for. Taking all rules of one family away makes something
 * that the policy asks for go wrong, and a test shows what. */
typedef enum sb_family {
    SB_BASE_PROCESS, /* programs start, and see only each other */
    SB_BASE_MACH,    /* services of the system without which programs do not start */
    SB_BASE_IPC,
    SB_BASE_IOKIT,
    SB_BASE_SYSCTL,
    SB_BASE_OTHER,
    SB_READ_OPEN,    /* reading, where the policy does not hide the root */
    SB_READ_LEVEL,   /* hidden regions, and what is shown inside them */
    SB_WRITE_LEVEL,  /* writable regions, and what is not inside them */
    SB_OWN,          /* what this backend puts on the disk for itself */
    SB_TMP,          /* the private temporary directory */
    SB_LATER_HIDDEN, /* paths and patterns that are hidden whenever they appear */
    SB_LATER_READ,   /* paths and patterns that are not to be written */
    SB_DEVICES,      /* devices that every program uses */
    SB_ROOT,         /* "/" itself, without which no program starts */
    SB_METADATA,     /* ways lead through hidden directories */
    SB_TERMINAL,     /* the modes of the terminal, and nothing typed into it */
    SB_CLONE,        /* no copy of a directory that may hold something hidden */
    SB_PIN,          /* no directory with something protected in it moves away */
    SB_CREATE,       /* "exact": none that could hold something protected comes to be */
    SB_NET_PROXY,
    SB_NET_LOCAL, /* allowLocalBinding */
    SB_UNIX,
    SB_TRUSTD,       /* enableWeakerNetworkIsolation */
    SB_APPLE_EVENTS, /* allowAppleEvents */
    SB_MACH,         /* allowMachLookup */
    SB_PTY,          /* allowPty */
    SB_FAMILY_COUNT
} sb_family;

/* (KEY "TEXT"), or with around (AROUND (KEY "TEXT")). Without key the text is SBPL
 * as it stands. */
typedef struct sb_filter {
    const char *around;
    const char *key;
    const char *text;
} sb_filter;

typedef struct sb_rule {
    sb_family family;
    bool allow;
    const char *ops;     /* names, separated by blanks */
    const char *only;    /* NULL, or a filter, SBPL as it stands, that has to match too */
    size_t first, count; /* filters; with 0 the rule has none and is its operations' fallback */
    size_t except_first, except_count; /* filters of which none may match */
} sb_rule;

typedef struct sb_options {
    bool local_binding;
    bool weaker_network;
    bool apple_events;
    bool pty;
    const char *mach_names; /* one a line, a '*' at the end is any rest; or NULL */
} sb_options;

typedef struct sb_plan_input {
    const srt_policy *policy;
    const sb_options *options;
    const char *own_dir; /* of this backend, canonical; or NULL */
    const char *tmp_dir; /* in own_dir: what the command gets as TMPDIR; or NULL */
    uint16_t http_port;  /* 0: none */
    uint16_t socks_port; /* 0: none */
} sb_plan_input;

typedef struct sb_plan {
    sb_rule *rules;
    size_t n_rules, rules_size;
    sb_filter *filters;
    size_t n_filters, filters_size;
    char **owned; /* texts that exist only here */
    size_t n_owned, owned_size;
    size_t bytes; /* of the filters of the last rule */
    int error;    /* errno value; sticks */
    char why[512];
} sb_plan;

/* Limits of the profile language, with room left. */
#define SB_STRING_MAX 1000u  /* bytes of a quoted string; its reader stops at 1023 */
#define SB_REGEX_MAX 900u    /* bytes of a regular expression */
#define SB_RULE_FILTERS 128u /* filters of a rule */
#define SB_RULE_BYTES 24576u /* and their text; a compiled rule stops at 65535 */

/* Fills a zeroed plan; texts may be borrowed from the input. 0, or a negative errno
 * with plan->why: -ENOMEM, -EINVAL (a policy that makes no sense), -E2BIG (a path or
 * pattern that the profile language cannot hold). sb_plan_clear in any case. */
int sb_plan_make(sb_plan *plan, const sb_plan_input *input);
void sb_plan_clear(sb_plan *plan);

/* How rules get into a plan (plan.c, paths.c, later.c, base.c). A rule that gets no filter
 * between begin and end is none: it would speak for everything. */
void sb_rule_begin(sb_plan *plan, sb_family family, bool allow, const char *ops);
void sb_rule_only(sb_plan *plan, const char *filter);
void sb_rule_filter(sb_plan *plan, const char *key, const char *text);
void sb_rule_filter_around(sb_plan *plan, const char *around, const char *key, const char *text);
void sb_rule_end(sb_plan *plan);
/* After the end: none of these may match. */
void sb_rule_except(sb_plan *plan, const char *path);
/* A rule for everything that its operations are about. */
void sb_rule_open(sb_plan *plan, sb_family family, bool allow, const char *ops);
/* A copy that lives as long as the plan; "" after a failure. */
const char *sb_plan_own(sb_plan *plan, const char *text, size_t length);
void sb_plan_fail(sb_plan *plan, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* paths.c, later.c: what the regions and the pending rules make of files. */
void sb_plan_files(sb_plan *plan, const sb_plan_input *input);
/* A path or pattern of a unix socket, into the rule that was begun. */
void sb_plan_unix_path(sb_plan *plan, const char *around, const char *path);
/* base.c: what a program needs that no setting speaks of. */
void sb_plan_base(sb_plan *plan);
void sb_plan_devices(sb_plan *plan);
void sb_plan_terminal(sb_plan *plan, bool pty);

/* Whether path is dir or lies in it. */
bool sb_path_in(const char *path, const char *dir);
/* Index of the deepest region that is the path or holds it. The regions begin with
 * "/" and are sorted. */
size_t sb_region_at(const srt_policy *policy, const char *path);

#endif
