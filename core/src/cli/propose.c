/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/propose.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/propose_private.h"
#include "policy/glob.h"

void srt_proposal_free(SrtProposal *proposal)
{
    if (!proposal)
        return;
    g_free(proposal->target);
    g_free(proposal->value);
    g_free(proposal->why);
    g_free(proposal);
}

static void no(SrtProposal *p, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void no(SrtProposal *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    p->section = p->key = NULL;
    p->why = g_strdup_vprintf(format, args);
    va_end(args);
}

/* As it is to stand in the settings. Takes nothing. */
static void yes(SrtProposal *p, const char *key, const char *path, const char *home)
{
    gboolean below = home && srt_propose_within(path, home);
    g_autofree char *text = below ? g_strconcat("~", path + strlen(home), NULL) : g_strdup(path);
    p->section = "filesystem";
    p->key = key;
    p->value = srt_glob_has_wildcards(text) ? srt_glob_escape(text) : g_strdup(text);
}

/* As the policy names paths: without links. */
static char *home_of(const SrtPolicy *policy)
{
    const char *home = srt_policy_view(policy)->home;
    char *real = home ? realpath(home, NULL) : NULL;
    char *copy = real ? g_strdup(real) : g_strdup(home);
    free(real);
    return copy;
}

static gboolean exists(const char *path, gboolean *ret_directory)
{
    struct stat st;
    gboolean there = stat(path, &st) == 0;
    if (ret_directory)
        *ret_directory = there && S_ISDIR(st.st_mode);
    return there;
}

/* Up to the top of a repository, when that lies in the home directory or somewhere that
 * is not the system's. */
static char *repository_of(const char *path, const char *home)
{
    g_autofree char *at = g_strdup(path);
    while (strchr(at + 1, '/') && !srt_propose_too_wide(at, home) && !srt_propose_is_system(at)) {
        g_autofree char *git = g_build_filename(at, ".git", NULL);
        if (exists(git, NULL))
            return g_steal_pointer(&at);
        *strrchr(at, '/') = '\0';
    }
    return NULL;
}

/* What has to be writable for the call: the file itself when it is only written, else the
 * directory that holds the name. */
static char *needed(const SrtViolationRecord *record, const char *path)
{
    gboolean directory = FALSE;
    if (exists(path, &directory) && (record->operation == SRT_OP_WRITE || directory) &&
        record->operation != SRT_OP_DELETE && record->operation != SRT_OP_RENAME)
        return g_strdup(path);
    return g_path_get_dirname(path);
}

static void propose_write(SrtProposal *p, const SrtPolicy *policy, const SrtViolationRecord *record,
                          gboolean wide, const char *path)
{
    g_autofree char *home = home_of(policy);
    g_autofree char *place = needed(record, path);
    g_autofree char *wider = NULL;
    if (wide && !(wider = srt_propose_tool_place(path, home)))
        wider = repository_of(place, home);
    /* A grant of something that is not there is none. */
    if (wider && (exists(wider, NULL) || !exists(place, NULL))) {
        g_free(place);
        place = g_steal_pointer(&wider);
    }
    const char *secret = srt_propose_secret(place, home);
    gboolean directory = FALSE, there = exists(place, &directory);
    if (directory && srt_propose_is_system(place))
        no(p, "never suggested: %s is a directory of the system", place);
    else if (directory && srt_propose_too_wide(place, home))
        no(p, "would open all of %s: choose a directory in it, or make the file first", place);
    else if (secret || (secret = srt_propose_secret(path, home)))
        no(p, "never suggested: %s", secret);
    else if (srt_policy_is_protected(policy, place) || srt_policy_is_protected(policy, path))
        no(p, "never suggested: a protected name, from which other programs run things");
    else if (!there)
        no(p, "%s does not exist: make it first", place);
    else if (access(place, W_OK) != 0)
        no(p, "you may not write %s yourself", place);
    else
        yes(p, "allowWrite", place, home);
}

static void propose_read(SrtProposal *p, const SrtPolicy *policy, const char *path)
{
    g_autofree char *home = home_of(policy);
    const char *secret = srt_propose_secret(path, home);
    gboolean directory = FALSE, there = exists(path, &directory);
    if (secret)
        no(p, "never suggested: %s", secret);
    else if (!there)
        no(p, "%s does not exist", path);
    else if (directory && srt_propose_too_wide(path, home))
        no(p, "would open all of %s", path);
    else if (access(path, R_OK) != 0)
        no(p, "you may not read %s yourself", path);
    else
        yes(p, "allowRead", path, home);
}

static const char *pointer_of(const srt_origin *origin)
{
    return origin && origin->pointer ? origin->pointer : "a rule";
}

static const char *text_of(const srt_origin *origin)
{
    return origin && origin->text ? origin->text : "";
}

static void propose_path(SrtProposal *p, const SrtPolicy *policy, const SrtViolationRecord *record,
                         gboolean wide)
{
    gboolean read = record->operation == SRT_OP_READ || record->operation == SRT_OP_EXEC;
    const srt_origin *origin = NULL, *denied = NULL;
    g_autofree char *resolved = NULL;
    if (record->target[0] != '/' || (record->flags & SRT_RECORD_ALTERED)) {
        no(p, "the name holds characters that cannot be shown");
        return;
    }
    srt_access access = srt_policy_access(policy, record->target, &resolved, &origin);
    if (access == SRT_ACCESS_WRITE || (read && access == SRT_ACCESS_READ))
        no(p, "allowed by the settings as they are now");
    else if (origin && g_str_has_prefix(origin->pointer ? origin->pointer : "", "default (srt"))
        no(p, "never suggested: srt's own records");
    else if (read)
        propose_read(p, policy, resolved);
    else if ((denied = srt_policy_write_denied(policy, record->target)) ||
             access == SRT_ACCESS_HIDDEN)
        no(p, "denied by %s \"%s\", which wins over any grant",
           pointer_of(denied ? denied : origin), text_of(denied ? denied : origin));
    else
        propose_write(p, policy, record, wide, resolved);
}

/* Splits HOST:PORT or [V6]:PORT. */
static char *split_port(const char *target, guint16 *ret_port)
{
    const char *colon = strrchr(target, ':');
    guint64 port = 0;
    if (!colon || !g_ascii_string_to_unsigned(colon + 1, 10, 1, 65535, &port, NULL))
        return NULL;
    *ret_port = (guint16)port;
    if (target[0] == '[' && colon > target + 1 && colon[-1] == ']')
        return g_strndup(target + 1, (gsize)(colon - target) - 2);
    return g_strndup(target, (gsize)(colon - target));
}

static void propose_host(SrtProposal *p, const SrtPolicy *policy, const SrtViolationRecord *record)
{
    guint16 port = 0;
    SrtNetDecision decision;
    g_autofree char *host = split_port(record->target, &port);
    if (!host || (record->flags & SRT_RECORD_ALTERED)) {
        no(p, "no host and port are known");
        return;
    }
    srt_net_policy_decide(srt_policy_net(policy), host, strlen(host), port, &decision);
    if (decision.verdict == SRT_NET_ALLOWED) {
        if (record->reason && strstr(record->reason, "address"))
            no(p, "the name is allowed, what it resolves to is not: %s", record->reason);
        else
            no(p, "allowed by the settings as they are now");
        return;
    }
    if (decision.verdict == SRT_NET_DENIED) {
        no(p, "denied by %s \"%s\", which wins over any grant",
           decision.rule ? decision.rule->pointer : "a rule",
           decision.rule ? decision.rule->text : "");
        return;
    }
    if (decision.host.is_address) {
        no(p, "an address, not a name: if it is meant, `srtctl allow %s`", record->target);
        return;
    }
    if (!strchr(decision.host.text, '.') || g_str_has_suffix(decision.host.text, ".localhost")) {
        no(p, "a name of this machine or network: if it is meant, `srtctl allow %s`",
           record->target);
        return;
    }
    p->section = "network";
    p->key = "allowedDomains";
    p->value = g_strdup_printf("%s:%u", decision.host.text, port);
}

SrtProposal *srt_propose(const SrtPolicy *policy, const SrtViolationRecord *record, gboolean wide)
{
    SrtProposal *p = g_new0(SrtProposal, 1);
    p->operation = record->operation;
    p->target = g_strdup(record->target);
    p->count = record->count;
    if (record->flags & SRT_VIOLATION_TAMPERING) {
        no(p, "it was made against a rule, past a check");
        return p;
    }
    switch (record->operation) {
    case SRT_OP_READ:
    case SRT_OP_WRITE:
    case SRT_OP_CREATE:
    case SRT_OP_DELETE:
    case SRT_OP_RENAME:
    case SRT_OP_EXEC:
        propose_path(p, policy, record, wide);
        break;
    case SRT_OP_CONNECT:
        propose_host(p, policy, record);
        break;
    case SRT_OP_RESOLVE:
        no(p,
           "there is no name service in a sandbox: a program that uses the proxy needs none, and "
           "no other reaches the network");
        break;
    case SRT_OP_UNIX:
        no(p, "a socket may lead out of the sandbox: if it is meant, `srtctl allow --socket %s`",
           record->target);
        break;
    default:
        no(p, "no entry of the settings allows this");
    }
    return p;
}
