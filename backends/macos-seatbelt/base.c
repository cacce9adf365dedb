/* SPDX-License-Identifier: Apache-2.0 */
/* What every program needs and no setting speaks of, each with its reason. It goes
 * back to the policy that Chrome uses for its helpers. Nothing here lets data out:
 * what could (the certificate service, Apple events) needs a switch of the settings. */
#include <stddef.h>

#include "plan.h"

typedef struct row {
    sb_family family;
    const char *ops;
    const char *key; /* NULL: the text is a filter; "": there is no filter */
    const char *text;
    const char *why;
} row;

static const row base[] = {
    {SB_BASE_PROCESS, "process-exec", "", "", "programs are started; hidden ones are taken back"},
    {SB_BASE_PROCESS, "process-fork", "", "", "and start others"},
    {SB_BASE_PROCESS, "process-info*", NULL, "(target same-sandbox)", "ps and debuggers inside"},
    {SB_BASE_PROCESS, "signal", NULL, "(target same-sandbox)", "kill, of what runs inside"},
    {SB_BASE_PROCESS, "mach-priv-task-port", NULL, "(target same-sandbox)", "debuggers inside"},

    {SB_BASE_MACH, "mach-lookup", "global-name", "com.apple.audio.systemsoundserver", "the bell"},
    {SB_BASE_MACH, "mach-lookup", "global-name", "com.apple.bsd.dirhelper",
     "confstr() of the directory for temporary files"},
    {SB_BASE_MACH, "mach-lookup", "global-name", "com.apple.coreservices.launchservicesd",
     "programs with a bundle register themselves at their start"},
    {SB_BASE_MACH, "mach-lookup", "global-name", "com.apple.distributed_notifications@Uv3",
     "Foundation's start"},
    {SB_BASE_MACH, "mach-lookup", "global-name", "com.apple.FontObjectsServer", "fonts"},
    {SB_BASE_MACH, "mach-lookup", "global-name", "com.apple.fonts", "fonts"},
    {SB_BASE_MACH, "mach-lookup", "global-name", "com.apple.logd", "os_log"},
    {SB_BASE_MACH, "mach-lookup", "global-name", "com.apple.lsd.mapdb",
     "which program opens which kind of file"},
    {SB_BASE_MACH, "mach-lookup", "global-name", "com.apple.PowerManagement.control",
     "no sleep while a build runs"},
    {SB_BASE_MACH, "mach-lookup", "global-name", "com.apple.securityd.xpc",
     "keys and certificates that programs bring themselves"},
    {SB_BASE_MACH, "mach-lookup", "global-name", "com.apple.SecurityServer",
     "the Security framework's start"},
    {SB_BASE_MACH, "mach-lookup", "global-name", "com.apple.system.logger", "syslog()"},
    {SB_BASE_MACH, "mach-lookup", "global-name", "com.apple.system.notification_center",
     "notify(3): changes of the time zone and the like"},
    {SB_BASE_MACH, "mach-lookup", "global-name", "com.apple.system.opendirectoryd.libinfo",
     "getpwuid(): every shell"},
    {SB_BASE_MACH, "mach-lookup", "global-name", "com.apple.system.opendirectoryd.membership",
     "the groups of a user"},

    {SB_BASE_IPC, "ipc-posix-sem", "ipc-posix-name-prefix", "/mp-",
     "multiprocessing of Python: random names, unlinked at once"},
    {SB_BASE_IPC, "ipc-posix-shm", "ipc-posix-name-prefix", "/psm_",
     "multiprocessing of Python: random names"},
    {SB_BASE_IPC, "ipc-posix-shm-read-data", "ipc-posix-name", "apple.shm.notification_center",
     "notify(3)"},
    {SB_BASE_IPC, "ipc-posix-shm-read-data", "ipc-posix-name-prefix", "apple.cfprefs.",
     "CoreFoundation's preferences"},

    {SB_BASE_IOKIT, "iokit-open", "iokit-registry-entry-class", "IOSurfaceRootUserClient",
     "pictures in memory that libraries share"},
    {SB_BASE_IOKIT, "iokit-open", "iokit-registry-entry-class", "RootDomainUserClient",
     "the state of the power supply"},
    {SB_BASE_IOKIT, "iokit-open", "iokit-user-client-class", "IOSurfaceSendRight",
     "pictures in memory that libraries share"},
    {SB_BASE_IOKIT, "iokit-get-properties", "", "", "what kind of machine this is"},

    {SB_BASE_SYSCTL, "sysctl-read", "sysctl-name-prefix", "hw.", "processors, caches, memory"},
    {SB_BASE_SYSCTL, "sysctl-read", "sysctl-name-prefix", "machdep.cpu.", "processors"},
    {SB_BASE_SYSCTL, "sysctl-read", "sysctl-name", "machdep.ptrauth_enabled", "processors"},
    {SB_BASE_SYSCTL, "sysctl-read", "sysctl-name", "kern.argmax", "how long a command may be"},
    {SB_BASE_SYSCTL, "sysctl-read", "sysctl-name", "kern.bootargs", "dyld's start"},
    {SB_BASE_SYSCTL, "sysctl-read", "sysctl-name", "kern.hostname", "prompts"},
    {SB_BASE_SYSCTL, "sysctl-read", "sysctl-name-prefix", "kern.maxfiles", "limits"},
    {SB_BASE_SYSCTL, "sysctl-read", "sysctl-name", "kern.maxproc", "limits"},
    {SB_BASE_SYSCTL, "sysctl-read", "sysctl-name", "kern.ngroups", "limits"},
    {SB_BASE_SYSCTL, "sysctl-read", "sysctl-name-prefix", "kern.os", "versions: uname()"},
    {SB_BASE_SYSCTL, "sysctl-read", "sysctl-name", "kern.version", "versions: uname()"},
    {SB_BASE_SYSCTL, "sysctl-read", "sysctl-name", "kern.secure_kernel", "dyld's start"},
    {SB_BASE_SYSCTL, "sysctl-read", "sysctl-name", "kern.usrstack64", "where the stack is"},
    {SB_BASE_SYSCTL, "sysctl-read", "sysctl-name", "kern.willshutdown", "launchd's library"},
    {SB_BASE_SYSCTL, "sysctl-read", "sysctl-name-prefix", "kern.tcsm_", "threads of V8"},
    {SB_BASE_SYSCTL, "sysctl-write", "sysctl-name", "kern.tcsm_enable", "threads of V8"},
    {SB_BASE_SYSCTL, "sysctl-read", "sysctl-name-prefix", "kern.proc.all",
     "ps; names, no arguments"},
    {SB_BASE_SYSCTL, "sysctl-read", "sysctl-name-prefix", "kern.proc.pgrp.", "shells"},
    {SB_BASE_SYSCTL, "sysctl-read", "sysctl-name-prefix", "kern.proc.pid.", "shells"},
    {SB_BASE_SYSCTL, "sysctl-read", "sysctl-name", "security.mac.lockdown_mode_state",
     "JavaScript engines ask whether they may compile"},
    {SB_BASE_SYSCTL, "sysctl-read", "sysctl-name", "sysctl.proc_cputype", "Rosetta"},
    {SB_BASE_SYSCTL, "sysctl-read", "sysctl-name", "vm.loadavg", "make -l"},
    {SB_BASE_SYSCTL, "sysctl-read", "sysctl-name-prefix", "net.routetable.",
     "getifaddrs(): the addresses of this machine"},

    {SB_BASE_OTHER, "user-preference-read", "", "", "CoreFoundation's start: languages, time zone"},
    {SB_BASE_OTHER, "distributed-notification-post", "", "", "Foundation's start"},
    {SB_BASE_OTHER, "system-socket", NULL,
     "(require-all (socket-domain AF_SYSTEM) (socket-protocol 2))",
     "getifaddrs(): the kernel's control socket"},
};

static const struct {
    const char *path;
    const char *why;
} devices[] = {
    {"/dev/null", "every shell"},
    {"/dev/zero", "memory of old programs"},
    {"/dev/random", "cryptography"},
    {"/dev/urandom", "cryptography"},
    {"/dev/stdin", "the caller's descriptors"},
    {"/dev/stdout", "the caller's descriptors"},
    {"/dev/stderr", "the caller's descriptors"},
    {"/dev/tty", "questions to the user; its modes are another matter"},
    {"/dev/dtracehelper", "every program registers its probes at its start"},
    {"/dev/autofs_nowait", "the C library asks it before it looks at network mounts"},
};

/* What may be asked of these by ioctl; /dev/tty is not among them. */
static const char *const controlled[] = {"/dev/null", "/dev/zero", "/dev/random", "/dev/urandom",
                                         "/dev/dtracehelper"};

static void add_row(sb_plan *plan, const row *r)
{
    bool open = r->key && !*r->key;
    if (open) {
        sb_rule_open(plan, r->family, true, r->ops);
        return;
    }
    const sb_rule *last = plan->n_rules > 0 ? &plan->rules[plan->n_rules - 1] : NULL;
    if (plan->error)
        return;
    if (!last || last->family != r->family || last->ops != r->ops || last->count == 0)
        sb_rule_begin(plan, r->family, true, r->ops);
    sb_rule_filter(plan, r->key, r->text);
}

void sb_plan_base(sb_plan *plan)
{
    for (size_t i = 0; i < sizeof base / sizeof *base; i++)
        add_row(plan, &base[i]);
}

/* These win over what the policy says of /dev, since no program starts without. */
void sb_plan_devices(sb_plan *plan)
{
    sb_rule_begin(plan, SB_DEVICES, true, "file-read* file-write*");
    sb_rule_only(plan, "(vnode-type CHARACTER-DEVICE)");
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
        sb_rule_filter(plan, "literal", devices[i].path);
    sb_rule_end(plan);
    sb_rule_begin(plan, SB_DEVICES, true, "file-ioctl");
    for (size_t i = 0; i < sizeof controlled / sizeof *controlled; i++)
        sb_rule_filter(plan, "literal", controlled[i]);
    sb_rule_end(plan);
}

#define TERMINALS "(require-any (literal \"/dev/tty\") (regex \"^/dev/ttys[0-9]+$\"))"

/* Reading and setting the modes: editors and password questions. What else there is
 * includes TIOCSTI, which types into the terminal of who called. */
void sb_plan_terminal(sb_plan *plan, bool pty)
{
    static const char *const commands[] = {"TIOCGETA", "TIOCSETA", "TIOCSETAW", "TIOCSETAF",
                                           "TIOCGWINSZ"};
    sb_rule_begin(plan, SB_TERMINAL, true, "file-ioctl");
    sb_rule_only(plan, TERMINALS);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        sb_rule_filter_around(plan, "ioctl-command", NULL, commands[i]);
    sb_rule_end(plan);
    if (!pty)
        return;
    sb_rule_open(plan, SB_PTY, true, "pseudo-tty");
    sb_rule_begin(plan, SB_PTY, true, "file-read* file-write*");
    sb_rule_filter(plan, "literal", "/dev/ptmx");
    sb_rule_filter(plan, "regex", "^/dev/ttys[0-9]+$");
    sb_rule_end(plan);
    sb_rule_begin(plan, SB_PTY, true, "file-ioctl");
    sb_rule_filter(plan, "literal", "/dev/ptmx");
    sb_rule_filter(plan, "regex", "^/dev/ttys[0-9]+$");
    sb_rule_end(plan);
    /* TIOCSTI, _IOW('t', 114, char): never, on whatever device. */
    sb_rule_begin(plan, SB_TERMINAL, false, "file-ioctl");
    sb_rule_filter(plan, NULL, "(ioctl-command 2147578994)");
    sb_rule_end(plan);
}
