/* SPDX-License-Identifier: Apache-2.0 */
/* Judging what the kernel gives: what is wrong, and the commands that mend it. Pure. */
#include <errno.h>
#include <string.h>

#include "cli/doctor.h"

#define ENOUGH_NAMESPACES 15000
#define BWRAP_PROFILE "/usr/share/apparmor/extra-profiles/bwrap-userns-restrict"
#define OWN_PROFILE "/etc/apparmor.d/srt"
#define PTRACE_SCOPE_NONE 3

static SrtDoctorCheck *mechanism(GPtrArray *list, const char *id, SrtDoctorLevel level,
                                 const char *text)
{
    SrtDoctorCheck *check = srt_doctor_add(list, id, level, "%s", text);
    check->mechanism = TRUE;
    return check;
}

/* A switch of the kernel: now, and at every start. */
static void sysctl(SrtDoctorCheck *check, guint uid, const char *name, int value)
{
    srt_doctor_remedy_root(check, uid, "sysctl -w %s=%d", name, value);
    srt_doctor_remedy(check, "echo %s=%d | %stee -a /etc/sysctl.d/60-srt.conf", name, value,
                      uid == 0 ? "" : "sudo ");
}

/* The switches that forbid namespaces by themselves. TRUE when one does. */
static gboolean judge_switches(GPtrArray *list, const SrtDoctorKernel *k)
{
    gboolean off = FALSE;
    for (guint i = 0; srt_doctor_namespaces[i]; i++) {
        if (k->max_namespaces[i] != 0)
            continue;
        g_autofree char *name = g_strdup_printf("user.max_%s_namespaces", srt_doctor_namespaces[i]);
        g_autofree char *text = g_strdup_printf("%s namespaces are switched off: %s is 0",
                                                srt_doctor_namespaces[i], name);
        sysctl(mechanism(list, "namespaces", SRT_DOCTOR_PROBLEM, text), k->uid, name,
               ENOUGH_NAMESPACES);
        off = TRUE;
    }
    if (k->userns_clone == 0 && k->uid != 0) {
        sysctl(mechanism(list, "namespaces", SRT_DOCTOR_PROBLEM,
                         "user namespaces are switched off for ordinary users: "
                         "kernel.unprivileged_userns_clone is 0"),
               k->uid, "kernel.unprivileged_userns_clone", 1);
        off = TRUE;
    }
    return off;
}

/* The profile that comes with srt where this installation has it, else the distribution's for
 * bubblewrap. */
static void judge_apparmor(GPtrArray *list, const SrtDoctorKernel *k)
{
    const char *own = k->apparmor_profile, *sudo = k->uid == 0 ? "" : "sudo ";
    g_autofree char *text = g_strdup_printf(
        "AppArmor restricts user namespaces of ordinary users "
        "(kernel.apparmor_restrict_unprivileged_userns is 1). %s, or lift the restriction for "
        "every program",
        own ? "Load the profile that comes with srt (the first line)"
            : "Give bubblewrap the profile that the distribution brings (the first two lines)");
    SrtDoctorCheck *check = mechanism(list, "namespaces", SRT_DOCTOR_PROBLEM, text);
    if (own) {
        srt_doctor_remedy_root(check, k->uid,
                               "ln -sf %s " OWN_PROFILE " && %sapparmor_parser -r " OWN_PROFILE,
                               own, sudo);
    } else {
        g_autofree char *install = srt_doctor_install(k->distribution, "apparmor-profiles");
        srt_doctor_remedy_root(check, k->uid, "%s", install);
        srt_doctor_remedy_root(check, k->uid,
                               "cp " BWRAP_PROFILE " /etc/apparmor.d/ && %sapparmor_parser -r "
                               "/etc/apparmor.d/bwrap-userns-restrict",
                               sudo);
    }
    sysctl(check, k->uid, "kernel.apparmor_restrict_unprivileged_userns", 0);
}

static void judge_refusal(GPtrArray *list, const SrtDoctorKernel *k)
{
    static const char *const what[] = {
        [SRT_DOCTOR_TRY_USER] = "a user namespace cannot be made",
        [SRT_DOCTOR_TRY_MAP] = "a user namespace can be made, but no user be put into it",
        [SRT_DOCTOR_TRY_OTHERS] =
            "a user namespace has no rights: no other namespace or mount in it",
        [SRT_DOCTOR_TRY_PROC] = "a new /proc may not be mounted",
    };
    const char *why = g_strerror(k->try_errno);
    gboolean no_room = k->try_errno == ENOSPC || k->try_errno == EUSERS;
    g_autofree char *text = NULL;
    SrtDoctorCheck *check;
    if (no_room) {
        text = g_strdup_printf("%s (%s): a limit for namespaces is used up", what[k->reached], why);
        check = mechanism(list, "namespaces", SRT_DOCTOR_PROBLEM, text);
        sysctl(check, k->uid, "user.max_user_namespaces", 2 * ENOUGH_NAMESPACES);
    } else if (k->uid == 0 && !k->has_setfcap) {
        text =
            g_strdup_printf("%s (%s): root lacks the capability CAP_SETFCAP. Start the container "
                            "with --cap-add=SETFCAP, or run srt as an ordinary user",
                            what[k->reached], why);
        check = mechanism(list, "namespaces", SRT_DOCTOR_PROBLEM, text);
        srt_doctor_remedy(check,
                          "setpriv --reuid=nobody --regid=nogroup --clear-groups srtctl doctor");
    } else if (k->reached == SRT_DOCTOR_TRY_PROC) {
        text =
            g_strdup_printf("%s (%s), as in most containers. Start the container with "
                            "--security-opt systempaths=unconfined, or set "
                            "\"enableWeakerNestedSandbox\": true (the container's other processes "
                            "stay visible)",
                            what[k->reached], why);
        mechanism(list, "namespaces", SRT_DOCTOR_PROBLEM, text);
    } else {
        text = g_strdup_printf(
            "%s (%s)%s", what[k->reached], why,
            k->in_container || k->is_filtered || k->is_confined
                ? ": the container does not permit it. Start it with --security-opt "
                  "seccomp=unconfined --security-opt systempaths=unconfined"
                : "");
        mechanism(list, "namespaces", SRT_DOCTOR_PROBLEM, text);
    }
}

static void judge_namespaces(GPtrArray *list, const SrtDoctorKernel *k)
{
    if (judge_switches(list, k))
        return;
    if (k->reached == SRT_DOCTOR_TRY_DONE)
        mechanism(list, "namespaces", SRT_DOCTOR_OK, "can be made");
    else if (k->apparmor_userns > 0 && k->uid != 0)
        judge_apparmor(list, k);
    else
        judge_refusal(list, k);
    SrtDoctorCheck *check = list->pdata[list->len - 1];
    check->only_ours = TRUE;
}

static void judge_seccomp(GPtrArray *list, const SrtDoctorKernel *k)
{
    if (k->seccomp_errno) {
        SrtDoctorCheck *check =
            srt_doctor_add(list, "seccomp", SRT_DOCTOR_PROBLEM,
                           "system call filters do not work here (%s): a kernel with "
                           "CONFIG_SECCOMP_FILTER is needed; this shows what the running one has",
                           g_strerror(k->seccomp_errno));
        srt_doctor_remedy(check, "grep CONFIG_SECCOMP \"/boot/config-$(uname -r)\" || zgrep "
                                 "CONFIG_SECCOMP /proc/config.gz");
        return;
    }
    if (k->is_sandboxed)
        srt_doctor_add(
            list, "seccomp", SRT_DOCTOR_NOTE,
            "filters work; this is inside of a sandbox already, which has the one place for "
            "a supervisor");
    else if (!k->has_notify)
        srt_doctor_add(
            list, "seccomp", SRT_DOCTOR_WARNING,
            "filters work, but no supervisor can answer for them (Linux 5.9 or newer is "
            "needed): unix sockets by path and names that do not exist yet are not held");
    else if (k->take_errno)
        srt_doctor_add(
            list, "seccomp", SRT_DOCTOR_WARNING,
            "filters work, but a supervisor may not connect in place of the command "
            "(pidfd_getfd: %s): unix sockets by path are not held, and without namespaces "
            "no connection is. Start the container with --cap-add=SYS_PTRACE, or with a "
            "seccomp profile that permits pidfd_getfd",
            g_strerror(k->take_errno));
    else
        srt_doctor_add(list, "seccomp", SRT_DOCTOR_OK, "filters and supervisor work");
    if (k->ptrace_scope != PTRACE_SCOPE_NONE)
        return;
    SrtDoctorCheck *check = srt_doctor_add(
        list, "ptrace", SRT_DOCTOR_WARNING,
        "kernel.yama.ptrace_scope is 3: no supervisor can look into what it supervises. "
        "Nothing but a restart lowers it; this sets it to 1 from then on");
    srt_doctor_remedy(check, "echo kernel.yama.ptrace_scope=1 | %stee /etc/sysctl.d/99-srt.conf",
                      k->uid == 0 ? "" : "sudo ");
}

static void judge_landlock(GPtrArray *list, const SrtDoctorKernel *k)
{
    SrtDoctorCheck *check;
    if (k->landlock_abi > 0) {
        g_autofree char *text = g_strdup_printf("ABI %d", k->landlock_abi);
        mechanism(list, "landlock", SRT_DOCTOR_OK, text);
    } else if (k->landlock_errno == 0) {
        check = mechanism(list, "landlock", SRT_DOCTOR_WARNING,
                          "turned off by the environment variable SRT_LANDLOCK_ABI");
        srt_doctor_remedy(check, "unset SRT_LANDLOCK_ABI");
    } else if (k->landlock_errno == EOPNOTSUPP) {
        check =
            mechanism(list, "landlock", SRT_DOCTOR_WARNING,
                      "the kernel has Landlock but it was not turned on at the start: it is not "
                      "among the modules that lsm= names (then update-grub or grub2-mkconfig, and "
                      "restart)");
        srt_doctor_remedy_root(
            check, k->uid, "sed -i 's/^GRUB_CMDLINE_LINUX=\"/&lsm=landlock,%s /' /etc/default/grub",
            k->lsm && *k->lsm ? k->lsm : "lockdown,yama,integrity,apparmor,bpf");
    } else if (k->in_container || k->is_filtered) {
        mechanism(
            list, "landlock", SRT_DOCTOR_WARNING,
            "not permitted or not there. If the kernel is 5.13 or newer, the container's seccomp "
            "profile refuses it: start the container with --security-opt seccomp=unconfined");
    } else {
        check =
            mechanism(list, "landlock", SRT_DOCTOR_WARNING,
                      "the kernel has none: Linux 5.13 or newer with CONFIG_SECURITY_LANDLOCK is "
                      "needed; this shows what the running one has");
        srt_doctor_remedy(check,
                          "uname -r; grep CONFIG_SECURITY_LANDLOCK \"/boot/config-$(uname -r)\"");
    }
}

static void judge_fuse(GPtrArray *list, const SrtDoctorKernel *k)
{
    if (k->fuse_errno == 0)
        return;
    SrtDoctorCheck *check = srt_doctor_add(
        list, "fuse", SRT_DOCTOR_NOTE,
        "/dev/fuse: %s. Reading what is hidden is refused all the same, and not recorded",
        g_strerror(k->fuse_errno));
    if (k->in_container || k->fuse_errno == EPERM)
        return; /* --device=/dev/fuse; nothing from in here */
    if (k->fuse_errno == EACCES)
        srt_doctor_remedy_root(check, k->uid, "chmod a+rw /dev/fuse");
    else
        srt_doctor_remedy_root(check, k->uid, "modprobe fuse");
}

void srt_doctor_judge_kernel(GPtrArray *list, const SrtDoctorKernel *kernel)
{
    judge_namespaces(list, kernel);
    judge_seccomp(list, kernel);
    judge_landlock(list, kernel);
    judge_fuse(list, kernel);
}

char *srt_doctor_install(const char *distribution, const char *package)
{
    static const struct {
        const char *id, *command;
    } tools[] = {
        {"debian", "apt-get install -y"},
        {"ubuntu", "apt-get install -y"},
        {"fedora", "dnf install -y"},
        {"rhel", "dnf install -y"},
        {"suse", "zypper install -y"},
        {"arch", "pacman -S --noconfirm"},
        {"alpine", "apk add"},
        {"void", "xbps-install -y"},
        {"gentoo", "emerge"},
    };
    g_auto(GStrv) ids = g_strsplit(distribution ? distribution : "", " ", 16);
    for (char **id = ids; *id; id++)
        for (gsize i = 0; i < G_N_ELEMENTS(tools); i++)
            if (strcmp(*id, tools[i].id) == 0)
                return g_strdup_printf("%s %s", tools[i].command, package);
    return g_strdup_printf("apt-get install -y %s", package);
}
