/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NR_mount_setattr 442

/* At most size - 1 bytes of a small file; false when there are none. */
static bool read_text(const char *root, const char *name, char *text, size_t size)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s%s", root, name);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    const ssize_t n = read(fd, text, size - 1);
    close(fd);
    text[n > 0 ? n : 0] = '\0';
    return n > 0;
}

static long read_number(const char *root, const char *name)
{
    char text[32], *end;
    if (!read_text(root, name, text, sizeof text))
        return -1;
    errno = 0;
    const long value = strtol(text, &end, 10);
    return errno || end == text || value < 0 ? -1 : value;
}

/* Every container engine masks /proc/kcore, with a file of another file system. */
static bool is_proc_masked(const char *root)
{
    char path[PATH_MAX];
    struct stat proc, kcore;
    snprintf(path, sizeof path, "%s/proc", root);
    if (stat(path, &proc) != 0)
        return false;
    snprintf(path, sizeof path, "%s/proc/kcore", root);
    return stat(path, &kcore) == 0 && kcore.st_dev != proc.st_dev;
}

/* By calls: /proc/self/status is made of much more, which takes its time. */
static bool has_setfcap(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {{0, 0, 0}};
    return syscall(SYS_capget, &header, sets) == 0 && ((sets[0].effective >> CAP_SETFCAP) & 1);
}

void nt_facts_read(nt_facts *ret, const char *root)
{
    char label[256];
    *ret = (nt_facts){.uid = geteuid()};
    ret->has_setfcap = ret->uid != 0 || has_setfcap();
    ret->is_filtered = prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != 0;
    ret->is_confined = read_text(root, "/proc/self/attr/current", label, sizeof label) &&
                       label[0] != '\0' && !strstr(label, "unconfined");
    ret->is_proc_masked = is_proc_masked(root);
    /* No attributes: refused as invalid by who knows the call. */
    ret->has_mount_setattr = syscall(NR_mount_setattr, -1, "", 0, NULL, 0) == 0 || errno != ENOSYS;
    ret->max_user_namespaces = read_number(root, "/proc/sys/user/max_user_namespaces");
    ret->max_net_namespaces = read_number(root, "/proc/sys/user/max_net_namespaces");
    ret->userns_clone = read_number(root, "/proc/sys/kernel/unprivileged_userns_clone");
    ret->apparmor_userns =
        read_number(root, "/proc/sys/kernel/apparmor_restrict_unprivileged_userns");
}

nt_verdict nt_judge(const nt_facts *facts, const char **why)
{
    *why = NULL;
    if (!facts->has_mount_setattr)
        *why = "this kernel is older than Linux 5.12, which it needs: use another backend";
    else if (facts->max_user_namespaces == 0)
        *why = "user namespaces are switched off: \"sysctl -w user.max_user_namespaces=15000\" "
               "permits them";
    else if (facts->max_net_namespaces == 0)
        *why = "network namespaces are switched off: \"sysctl -w user.max_net_namespaces=15000\" "
               "permits them";
    else if (facts->userns_clone == 0 && facts->uid != 0)
        *why = "user namespaces are switched off for ordinary users: \"sysctl -w "
               "kernel.unprivileged_userns_clone=1\" permits them";
    if (*why)
        return NT_REFUSED;
    if (facts->is_filtered || facts->is_confined || facts->is_proc_masked ||
        (facts->uid == 0 && !facts->has_setfcap) || (facts->uid != 0 && facts->apparmor_userns > 0))
        return NT_DOUBTFUL;
    return NT_WORKS;
}

const char *nt_remedy(const nt_facts *facts, const char *message)
{
    if (strstr(message, "mount proc"))
        return "a new /proc may not be mounted here, as in most containers: set "
               "\"enableWeakerNestedSandbox\": true (processes of the container stay visible), or "
               "start the container with --security-opt systempaths=unconfined";
    if (facts->apparmor_userns > 0 && facts->uid != 0)
        return "AppArmor restricts unprivileged user namespaces, and no profile permits them to "
               "the launcher: use another backend, or \"sysctl -w "
               "kernel.apparmor_restrict_unprivileged_userns=0\"";
    if (facts->uid == 0 && !facts->has_setfcap)
        return "root without the capability CAP_SETFCAP may not make a user namespace: start the "
               "container with --cap-add=SETFCAP, or run srt as an ordinary user";
    if (facts->is_filtered || facts->is_confined)
        return "the container does not permit it: start it with a seccomp profile that permits "
               "user namespaces, or use another backend";
    return "\"srtctl doctor\" lists the switches of this system";
}
