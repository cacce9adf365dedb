/* SPDX-License-Identifier: Apache-2.0 */
#include "config/keys.h"

#include "config/key_tables.h"

static const SrtKey mandatory_keys[] = {
    {.name = "add",
     .kind = SRT_KEY_LIST,
     .form = SRT_FORM_PROTECTED_NAME,
     .place = SRT_PLACE(filesystem.mandatory_add),
     .merge = SRT_MERGE_FIXED,
     .help = "More names to protect."},
    {.name = "remove",
     .kind = SRT_KEY_LIST,
     .form = SRT_FORM_PROTECTED_NAME,
     .place = SRT_PLACE(filesystem.mandatory_remove),
     .merge = SRT_MERGE_FIXED,
     .help = "Built-in names to leave alone."},
    SRT_KEYS_END,
};

static const SrtKey violation_keys[] = {
    {.name = "store",
     .kind = SRT_KEY_BOOL,
     .place = SRT_PLACE(violations.store),
     .merge = SRT_MERGE_FIXED,
     .help = "Keeps records in the database that `srtctl violations` reads. Default true."},
    {.name = "keepDays",
     .kind = SRT_KEY_INT,
     .minimum = 1,
     .maximum = 3650,
     .place = SRT_PLACE(violations.keep_days),
     .merge = SRT_MERGE_FIXED,
     .help = "How many days records stay in it. Default 30."},
    {.name = "keepRows",
     .kind = SRT_KEY_INT,
     .minimum = 100,
     .maximum = 10000000,
     .place = SRT_PLACE(violations.keep_rows),
     .merge = SRT_MERGE_FIXED,
     .help = "How many records stay in it at most, the newest. Default 100000."},
    {.name = "keepInMemory",
     .kind = SRT_KEY_INT,
     .minimum = 1,
     .maximum = 100000,
     .place = SRT_PLACE(violations.keep_in_memory),
     .merge = SRT_MERGE_FIXED,
     .help = "How many records a run keeps at hand for its own messages. Default 100."},
    {.name = "syslog",
     .kind = SRT_KEY_BOOL,
     .place = SRT_PLACE(violations.syslog),
     .merge = SRT_MERGE_FIXED,
     .help = "Also writes a line for each record to the system log (syslog, journald). Default "
             "false."},
    SRT_KEYS_END,
};

static const SrtKey filesystem_keys[] = {
    {.name = "denyRead",
     .kind = SRT_KEY_LIST,
     .form = SRT_FORM_PATH,
     .place = SRT_PLACE(filesystem.deny_read),
     .merge = SRT_MERGE_UNION,
     .help = "What may not be read: paths (absolute, \"~/…\", or relative to the working "
             "directory) and globs."},
    {.name = "allowRead",
     .kind = SRT_KEY_LIST,
     .form = SRT_FORM_PATH,
     .place = SRT_PLACE(filesystem.allow_read),
     .merge = SRT_MERGE_NARROW,
     .unless = SRT_PLACE(filesystem.disabled),
     .help = "What may be read inside denyRead all the same."},
    {.name = "allowWrite",
     .kind = SRT_KEY_LIST,
     .form = SRT_FORM_PATH,
     .place = SRT_PLACE(filesystem.allow_write),
     .merge = SRT_MERGE_NARROW,
     .absent = ".",
     .unless = SRT_PLACE(filesystem.disabled),
     .help = "What may be written. Absent: the working directory. Empty: nothing."},
    {.name = "denyWrite",
     .kind = SRT_KEY_LIST,
     .form = SRT_FORM_PATH,
     .place = SRT_PLACE(filesystem.deny_write),
     .merge = SRT_MERGE_UNION,
     .help = "What may not be written; wins over allowWrite."},
    {.name = "allowGitConfig",
     .kind = SRT_KEY_BOOL,
     .place = SRT_PLACE(filesystem.allow_git_config),
     .merge = SRT_MERGE_LOOSENS,
     .help = "Leaves .git/config writable; hooks stay protected. Default false."},
    {.name = "mandatoryDeny",
     .kind = SRT_KEY_OBJECT,
     .members = mandatory_keys,
     .merge = SRT_MERGE_NOT,
     .help = "Changes the built-in list of names that are write-protected everywhere, for the "
             "user's own file only: one that extends no other file."},
    {.name = "protectMissing",
     .kind = SRT_KEY_STRING,
     .form = SRT_FORM_PROTECT,
     .place = SRT_PLACE(filesystem.protect_missing),
     .merge = SRT_MERGE_RAISES,
     .absent = "check",
     .help = "How names that do not exist yet are kept from being made (protected names, denyWrite "
             "of what is missing). \"check\": judged at every try; what wins a race is found when "
             "the command has ended, moved to quarantine and reported. \"exact\": no race can win; "
             "making files takes longer. \"off\": not at all, for the user's own file only. "
             "Default \"check\"."},
    {.name = "disabled",
     .kind = SRT_KEY_BOOL,
     .place = SRT_PLACE(filesystem.disabled),
     .merge = SRT_MERGE_LOOSENS,
     .help = "No rule about files at all, not even the built-in ones. Default false."},
    SRT_KEYS_END,
};

static const SrtKey env_keys[] = {
    {.name = "pass",
     .kind = SRT_KEY_LIST,
     .form = SRT_FORM_ENV_NAME,
     .place = SRT_PLACE(env.pass),
     .merge = SRT_MERGE_NARROW,
     .absent = "*",
     .help = "Variables that the command inherits. Absent: all."},
    {.name = "deny",
     .kind = SRT_KEY_LIST,
     .form = SRT_FORM_ENV_NAME,
     .place = SRT_PLACE(env.deny),
     .merge = SRT_MERGE_UNION,
     .help = "Variables that it does not inherit; wins over pass."},
    {.name = "set",
     .kind = SRT_KEY_MAP,
     .form = SRT_FORM_TEXT,
     .name_form = SRT_FORM_ENV_NAME,
     .place = SRT_PLACE(env.set),
     .merge = SRT_MERGE_ADD,
     .help = "Variables to set; wins over what srt sets."},
    {.name = "scrubSecrets",
     .kind = SRT_KEY_BOOL,
     .place = SRT_PLACE(env.scrub_secrets),
     .merge = SRT_MERGE_TIGHTENS,
     .help = "Drops variables whose names hold secrets by convention. Default false."},
    SRT_KEYS_END,
};

static const SrtKey git_keys[] = {
    {.name = "safeDirectories",
     .kind = SRT_KEY_LIST,
     .form = SRT_FORM_PATH,
     .place = SRT_PLACE(git_safe_directories),
     .merge = SRT_MERGE_NARROW,
     .help = "Repositories that git may use although another user owns them."},
    SRT_KEYS_END,
};

static const SrtKey root_keys[] = {
    {.name = "$schema",
     .kind = SRT_KEY_STRING,
     .form = SRT_FORM_TEXT,
     .help = "The schema of this file, for editors; srt does not look at it."},
    {.name = "extends",
     .kind = SRT_KEY_LIST,
     .form = SRT_FORM_PATH,
     .help = "Settings files that this one builds on, absolute, \"~/…\" or relative to the "
             "directory of this file. This file, and each file of the list after the first, may "
             "only tighten what those before it allow."},
    {.name = "network",
     .kind = SRT_KEY_OBJECT,
     .members = srt_network_keys,
     .place = SRT_PLACE(network.present),
     .merge = SRT_MERGE_NOT,
     .help = "Which hosts and sockets may be reached. Absent: none."},
    {.name = "filesystem",
     .kind = SRT_KEY_OBJECT,
     .members = filesystem_keys,
     .place = SRT_PLACE(filesystem.present),
     .merge = SRT_MERGE_NOT,
     .help = "What may be read and written."},
    {.name = "env",
     .kind = SRT_KEY_OBJECT,
     .members = env_keys,
     .help = "The environment of the command."},
    {.name = "credentials",
     .kind = SRT_KEY_OBJECT,
     .members = srt_credential_keys,
     .help = "Files and variables with credentials, kept from the command."},
    {.name = "ignoreViolations",
     .kind = SRT_KEY_MAP_LISTS,
     .form = SRT_FORM_TEXT,
     .name_form = SRT_FORM_TEXT,
     .place = SRT_PLACE(ignore_violations),
     .merge = SRT_MERGE_FIXED,
     .help = "Refusals that are not recorded: for commands that contain the name (\"*\": all), "
             "those whose text contains one of the entries."},
    {.name = "violations",
     .kind = SRT_KEY_OBJECT,
     .members = violation_keys,
     .merge = SRT_MERGE_NOT,
     .help = "Where refusals are recorded, and for how long."},
    {.name = "backend",
     .kind = SRT_KEY_ITEM,
     .form = SRT_FORM_BACKEND,
     .place = SRT_PLACE(backend),
     .merge = SRT_MERGE_FIXED,
     .help = "The backend to use: a name, or the absolute path of a module. Absent: the best "
             "that enforces everything."},
    {.name = "allowUnenforced",
     .kind = SRT_KEY_LIST,
     .form = SRT_FORM_RULE_CLASS,
     .place = SRT_PLACE(allow_unenforced),
     .merge = SRT_MERGE_NARROW,
     .help = "Classes of rules that the backend need not enforce: a warning instead of an "
             "error."},
    {.name = "allowUserNamespaces",
     .kind = SRT_KEY_BOOL,
     .place = SRT_PLACE(allow_user_namespaces),
     .merge = SRT_MERGE_LOOSENS,
     .where = SRT_WHERE_LINUX,
     .help = "The command may make namespaces of its own, as another sandbox inside needs. "
             "Protected paths in writable directories can then be moved away. Default false."},
    {.name = "enableWeakerNestedSandbox",
     .kind = SRT_KEY_BOOL,
     .place = SRT_PLACE(weaker_nested_sandbox),
     .merge = SRT_MERGE_LOOSENS,
     .where = SRT_WHERE_LINUX,
     .help = "Does without a fresh /proc, for containers that forbid one. Default false."},
    {.name = "enableWeakerNetworkIsolation",
     .kind = SRT_KEY_BOOL,
     .place = SRT_PLACE(weaker_network_isolation),
     .merge = SRT_MERGE_LOOSENS,
     .where = SRT_WHERE_MACOS,
     .help = "Lets programs speak to the system's certificate service. Default false."},
    {.name = "allowAppleEvents",
     .kind = SRT_KEY_BOOL,
     .place = SRT_PLACE(allow_apple_events),
     .merge = SRT_MERGE_LOOSENS,
     .where = SRT_WHERE_MACOS,
     .help = "The command may send Apple events. Default false."},
    {.name = "allowPty",
     .kind = SRT_KEY_BOOL,
     .place = SRT_PLACE(allow_pty),
     .merge = SRT_MERGE_LOOSENS,
     .where = SRT_WHERE_MACOS,
     .help = "The command may make pseudo-terminals. Default false."},
    {.name = "mandatoryDenySearchDepth",
     .kind = SRT_KEY_INT,
     .minimum = 1,
     .maximum = 10,
     .place = SRT_PLACE(mandatory_deny_search_depth),
     .merge = SRT_MERGE_FIXED,
     .where = SRT_WHERE_LINUX,
     .help = "How deep protected names are looked for. Absent: everywhere."},
    {.name = "layers",
     .kind = SRT_KEY_LIST,
     .form = SRT_FORM_LAYER,
     .place = SRT_PLACE(layers),
     .merge = SRT_MERGE_UNION,
     .where = SRT_WHERE_LINUX,
     .help = "Mechanisms to put under the backend's own, so that one mistake is not enough: "
             "\"landlock\"."},
    {.name = "monitor",
     .kind = SRT_KEY_STRING,
     .form = SRT_FORM_MONITOR,
     .place = SRT_PLACE(monitor),
     .merge = SRT_MERGE_RAISES,
     .absent = "default",
     .help = "What is observed for the violation records. \"default\": writes, creations, "
             "deletions, renames, connections, and what denyRead hides where that costs nothing. "
             "\"full\": reads, executions, unix sockets and blocked system calls too, at their "
             "cost. \"off\": only what srt itself refuses. Default \"default\"."},
    {.name = "git", .kind = SRT_KEY_OBJECT, .members = git_keys, .help = "About git."},
    {.name = "bwrapPath",
     .kind = SRT_KEY_STRING,
     .form = SRT_FORM_ABSOLUTE,
     .place = SRT_PLACE(bwrap_path),
     .merge = SRT_MERGE_FIXED,
     .where = SRT_WHERE_LINUX,
     .help = "The bwrap program, absolute. Absent: looked for in trusted directories."},
    {.name = "socatPath",
     .kind = SRT_KEY_STRING,
     .form = SRT_FORM_ABSOLUTE,
     .where = SRT_WHERE_NOWHERE,
     .help = "srt needs no socat."},
    {.name = "javaAgentJarPath",
     .kind = SRT_KEY_STRING,
     .form = SRT_FORM_ABSOLUTE,
     .where = SRT_WHERE_NOWHERE,
     .help = "srt has no Java agent."},
    {.name = "ripgrep",
     .kind = SRT_KEY_OBJECT,
     .members = srt_ripgrep_keys,
     .where = SRT_WHERE_NOWHERE,
     .help = "srt needs no ripgrep."},
    {.name = "seccomp",
     .kind = SRT_KEY_OBJECT,
     .members = srt_seccomp_keys,
     .where = SRT_WHERE_NOWHERE,
     .help = "srt brings its own filters."},
    {.name = "windows",
     .kind = SRT_KEY_OBJECT,
     .members = srt_windows_keys,
     .where = SRT_WHERE_NOWHERE,
     .help = "There is no srt for Windows."},
    SRT_KEYS_END,
};

const SrtKey srt_config_keys = {
    .kind = SRT_KEY_OBJECT,
    .members = root_keys,
    .help = "What a sandboxed command may do. Every key is optional.",
};

gboolean srt_key_has_meaning(const SrtKey *key)
{
#ifdef __APPLE__
    return key->where == SRT_WHERE_ANY || key->where == SRT_WHERE_MACOS;
#else
    return key->where == SRT_WHERE_ANY || key->where == SRT_WHERE_LINUX;
#endif
}

const char *srt_key_where(const SrtKey *key)
{
    switch (key->where) {
    case SRT_WHERE_LINUX:
        return "on Linux";
    case SRT_WHERE_MACOS:
        return "on macOS";
    case SRT_WHERE_NOWHERE:
        return "in other programs";
    default:
        return "";
    }
}

static void each_member(const SrtKey *object, const char *prefix, SrtConfigKeyVisit visit,
                        gpointer data)
{
    for (const SrtKey *key = object->members; key->name; key++) {
        gboolean list = key->kind == SRT_KEY_OBJECTS;
        g_autofree char *full = g_strconcat(prefix, key->name, NULL);
        g_autofree char *below = g_strconcat(full, list ? "[]." : ".", NULL);
        visit(full, srt_key_where(key), key->help, data);
        if (key->members)
            each_member(key, below, visit, data);
    }
}

void srt_config_each_key(SrtConfigKeyVisit visit, gpointer data)
{
    each_member(&srt_config_keys, "", visit, data);
}
