/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at the kernel. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/doctor.h"

#define CAP_SETFCAP_BIT 31

const char *const srt_doctor_namespaces[] = {"user", "net", "mnt", "pid", "ipc", "uts", NULL};

static char *read_text(const char *root, const char *name)
{
    g_autofree char *path = g_strconcat(root, name, NULL);
    char *text = NULL;
    return g_file_get_contents(path, &text, NULL, NULL) ? text : NULL;
}

static gint64 read_number(const char *root, const char *name)
{
    g_autofree char *text = read_text(root, name);
    guint64 value;
    if (!text || !g_ascii_string_to_unsigned(g_strstrip(text), 10, 0, G_MAXINT64, &value, NULL))
        return -1;
    return (gint64)value;
}

static guint64 status_value(const char *status, const char *key, guint base)
{
    const char *at = status ? strstr(status, key) : NULL;
    return at ? g_ascii_strtoull(at + strlen(key), NULL, base) : 0;
}

static gboolean exists(const char *root, const char *name)
{
    g_autofree char *path = g_strconcat(root, name, NULL);
    return access(path, F_OK) == 0;
}

/* The values of ID and ID_LIKE, in small letters as they stand. */
static char *read_distribution(const char *root)
{
    g_autofree char *text = read_text(root, "/etc/os-release");
    g_autoptr(GString) found = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", 200);
    for (char **line = lines; *line; line++) {
        char *value = g_str_has_prefix(*line, "ID=")        ? *line + 3
                      : g_str_has_prefix(*line, "ID_LIKE=") ? *line + 8
                                                            : NULL;
        if (value)
            g_string_append_printf(found, "%s%s", found->len ? " " : "",
                                   g_strstrip(g_strdelimit(value, "\"'", ' ')));
    }
    return found->len ? g_strdup(found->str) : NULL;
}

void srt_doctor_kernel_files(SrtDoctorKernel *ret, const char *root)
{
    g_autofree char *status = read_text(root, "/proc/self/status");
    g_autofree char *label = read_text(root, "/proc/self/attr/current");
    *ret = (SrtDoctorKernel){.uid = geteuid(), .reached = SRT_DOCTOR_TRY_DONE, .has_notify = TRUE};
    ret->has_setfcap = (status_value(status, "\nCapEff:", 16) >> CAP_SETFCAP_BIT) & 1;
    ret->is_filtered = status_value(status, "\nSeccomp:", 10) != 0;
    ret->is_confined = label && *label && !strstr(label, "unconfined");
    ret->is_sandboxed = g_getenv("SANDBOX_RUNTIME") != NULL;
    ret->in_container = exists(root, "/.dockerenv") || exists(root, "/run/.containerenv");
    for (guint i = 0; srt_doctor_namespaces[i]; i++) {
        g_autofree char *name =
            g_strdup_printf("/proc/sys/user/max_%s_namespaces", srt_doctor_namespaces[i]);
        ret->max_namespaces[i] = read_number(root, name);
    }
    ret->userns_clone = read_number(root, "/proc/sys/kernel/unprivileged_userns_clone");
    ret->apparmor_userns =
        read_number(root, "/proc/sys/kernel/apparmor_restrict_unprivileged_userns");
    ret->ptrace_scope = read_number(root, "/proc/sys/kernel/yama/ptrace_scope");
    ret->lsm = read_text(root, "/sys/kernel/security/lsm");
    if (ret->lsm)
        g_strstrip(ret->lsm);
    ret->distribution = read_distribution(root);
}

char *srt_doctor_apparmor_profile(const char *root, const char *program)
{
    /* Those that packaging/apparmor/srt names. */
    static const char *const prefixes[] = {"/usr", "/usr/local"};
    g_autofree char *directory = program ? g_path_get_dirname(program) : NULL;
    for (gsize i = 0; directory && i < G_N_ELEMENTS(prefixes); i++) {
        g_autofree char *bin = g_strconcat(prefixes[i], "/bin", NULL);
        char *profile = g_strconcat(prefixes[i], "/share/srt/apparmor/srt", NULL);
        g_autofree char *there = g_strconcat(root, profile, NULL);
        if (strcmp(directory, bin) == 0 && g_file_test(there, G_FILE_TEST_IS_REGULAR))
            return profile;
        g_free(profile);
    }
    return NULL;
}

void srt_doctor_kernel_clear(SrtDoctorKernel *kernel)
{
    g_clear_pointer(&kernel->apparmor_profile, g_free);
    g_clear_pointer(&kernel->lsm, g_free);
    g_clear_pointer(&kernel->distribution, g_free);
}

#ifdef __linux__
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <linux/seccomp.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif
#define LANDLOCK_VERSION 1u

static gboolean write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    gboolean good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    int e = errno;
    if (fd >= 0)
        close(fd);
    errno = e;
    return good;
}

/* In a process of its own; returns how far it got, errno is why not farther. */
static SrtDoctorTry make_namespaces(void)
{
    char uid[64], gid[64];
    g_snprintf(uid, sizeof uid, "0 %u 1", (unsigned)geteuid());
    g_snprintf(gid, sizeof gid, "0 %u 1", (unsigned)getegid());
    if (unshare(CLONE_NEWUSER) != 0)
        return SRT_DOCTOR_TRY_USER;
    if (!write_text("/proc/self/setgroups", "deny") || !write_text("/proc/self/uid_map", uid) ||
        !write_text("/proc/self/gid_map", gid))
        return SRT_DOCTOR_TRY_MAP;
    if (unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS) != 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return SRT_DOCTOR_TRY_OTHERS;
    int status = 0;
    pid_t pid = fork(); /* the first process of the new pid namespace may mount its /proc */
    if (pid == 0)
        _exit(mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0 ? 0
                                                                                          : errno);
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return SRT_DOCTOR_TRY_OTHERS;
    errno = WIFEXITED(status) ? WEXITSTATUS(status) : EPERM;
    return errno ? SRT_DOCTOR_TRY_PROC : SRT_DOCTOR_TRY_DONE;
}

static void try_namespaces(SrtDoctorKernel *kernel)
{
    int ends[2], said[2] = {SRT_DOCTOR_TRY_USER, EAGAIN}, status;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return;
    pid_t pid = fork();
    if (pid == 0) {
        int answer[2];
        answer[0] = make_namespaces();
        answer[1] = answer[0] == SRT_DOCTOR_TRY_DONE ? 0 : errno;
        _exit(write(ends[1], answer, sizeof answer) == (ssize_t)sizeof answer ? 0 : 1);
    }
    close(ends[1]);
    if (pid > 0) {
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            ;
        if (read(ends[0], said, sizeof said) != (ssize_t)sizeof said)
            said[1] = EIO;
    }
    close(ends[0]);
    kernel->reached = (SrtDoctorTry)said[0];
    kernel->try_errno = said[1];
}

static void try_landlock(SrtDoctorKernel *kernel)
{
    const char *wish = g_getenv("SRT_LANDLOCK_ABI");
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_VERSION);
    kernel->landlock_errno = abi < 0 ? errno : 0;
    kernel->landlock_abi = abi < 0 ? 0 : (int)abi;
    if (wish && *wish && abi > 0)
        kernel->landlock_abi = CLAMP(atoi(wish), 0, (int)abi);
}

static int try_taking(void)
{
    long pidfd = syscall(SYS_pidfd_open, getpid(), 0);
    long fd = pidfd < 0 ? -1 : syscall(SYS_pidfd_getfd, pidfd, (int)pidfd, 0);
    int e = fd < 0 ? errno : 0;
    if (fd >= 0)
        close((int)fd);
    if (pidfd >= 0)
        close((int)pidfd);
    return e;
}

void srt_doctor_kernel_try(SrtDoctorKernel *kernel)
{
    guint32 action = SECCOMP_RET_ERRNO;
    try_namespaces(kernel);
    try_landlock(kernel);
    kernel->seccomp_errno =
        syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0 ? 0 : errno;
    action = SECCOMP_RET_USER_NOTIF;
    kernel->has_notify = syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
    kernel->take_errno = try_taking();
    int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    kernel->fuse_errno = fd < 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
}
#else
void srt_doctor_kernel_try(SrtDoctorKernel *kernel)
{
    (void)kernel;
}
#endif
