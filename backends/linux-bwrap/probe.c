/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "probe.h"

#define CAP_SETFCAP_BIT 31

#define UBUNTU_REMEDY                                                                              \
    "AppArmor restricts unprivileged user namespaces on this system "                              \
    "(kernel.apparmor_restrict_unprivileged_userns=1) and no profile permits them to "             \
    "srt or bwrap. \"srtctl doctor\" prints the commands that load one, or \"sysctl -w "           \
    "kernel.apparmor_restrict_unprivileged_userns=0\" lifts the restriction"
#define SETFCAP_REMEDY                                                                             \
    "root without the capability CAP_SETFCAP may not make a user namespace: start the "            \
    "container with --cap-add=SETFCAP, or run srt as an ordinary user"
#define CONTAINER_REMEDY                                                                           \
    "the container does not permit it: start it with a seccomp profile that permits user "         \
    "namespaces (for example --security-opt seccomp=unconfined), or use another backend"
#define PROC_REMEDY                                                                                \
    "a new /proc may not be mounted here, as in most containers: set "                             \
    "\"enableWeakerNestedSandbox\": true (processes of the container stay visible), or "           \
    "start the container with --security-opt systempaths=unconfined"

/* At most size - 1 bytes of a small file; false when it cannot be read. */
static bool read_text(const char *root, const char *name, char *text, size_t size)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s%s", root, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t n = read(fd, text, size - 1);
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
    long value = strtol(text, &end, 10);
    return errno || end == text || value < 0 ? -1 : value;
}

static bool exists(const char *root, const char *name)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s%s", root, name);
    return access(path, F_OK) == 0;
}

/* Every engine masks /proc/kcore, with a file of another file system. */
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

/* Engines also make other parts of it read-only, or mask them; a kernel may have no kcore. Each is
 * a mount then, and any of them can keep a new /proc from being mounted. */
static bool is_proc_covered(const char *root)
{
    static const char *const names[] = {"sys", "bus", "irq", "keys", "timer_list", "acpi"};
    char path[PATH_MAX];
    struct statx found;
    bool covered = false;
    snprintf(path, sizeof path, "%s/proc", root);
    int proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    for (size_t i = 0; proc >= 0 && i < sizeof names / sizeof *names && !covered; i++)
        covered = statx(proc, names[i], AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, 0, &found) == 0 &&
                  (found.stx_attributes & STATX_ATTR_MOUNT_ROOT);
    if (proc >= 0)
        close(proc);
    return covered;
}

static uint64_t status_value(const char *status, const char *key, int base)
{
    const char *at = strstr(status, key);
    return at ? strtoull(at + strlen(key), NULL, base) : 0;
}

/* The first kind that a sandbox needs and that is switched off, or NULL. */
static const char *kind_without(const char *root)
{
    static const char *const kinds[] = {"mnt", "pid", "ipc", "uts"};
    char path[64];
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        snprintf(path, sizeof path, "/proc/sys/user/max_%s_namespaces", kinds[i]);
        if (read_number(root, path) == 0)
            return kinds[i];
    }
    return NULL;
}

void bw_facts_read(bw_facts *ret, const char *root)
{
    char status[4096], label[256] = "";
    *ret = (bw_facts){.uid = geteuid()};
    if (read_text(root, "/proc/self/status", status, sizeof status)) {
        ret->has_setfcap = (status_value(status, "\nCapEff:", 16) >> CAP_SETFCAP_BIT) & 1;
        ret->is_filtered = status_value(status, "\nSeccomp:", 10) != 0;
    }
    ret->is_confined = read_text(root, "/proc/self/attr/current", label, sizeof label) &&
                       label[0] != '\0' && !strstr(label, "unconfined");
    /* "NAME (unconfined)"; without a profile it is "unconfined" alone. */
    ret->has_profile = !ret->is_confined && strstr(label, " (unconfined)");
    ret->is_proc_masked = is_proc_masked(root);
    ret->is_proc_covered = is_proc_covered(root);
    ret->in_container = exists(root, "/.dockerenv") || exists(root, "/run/.containerenv");
    ret->max_user_namespaces = read_number(root, "/proc/sys/user/max_user_namespaces");
    ret->max_net_namespaces = read_number(root, "/proc/sys/user/max_net_namespaces");
    ret->no_namespaces_of = kind_without(root);
    ret->userns_clone = read_number(root, "/proc/sys/kernel/unprivileged_userns_clone");
    ret->apparmor_userns =
        read_number(root, "/proc/sys/kernel/apparmor_restrict_unprivileged_userns");
}

bw_verdict bw_judge(const bw_facts *facts, bool tool_is_setuid, char *why)
{
    if (facts->max_user_namespaces == 0) {
        bw_say(why, "user namespaces are switched off (user.max_user_namespaces is 0): "
                    "\"sysctl -w user.max_user_namespaces=15000\" permits them");
        return BW_REFUSED;
    }
    if (facts->max_net_namespaces == 0) {
        bw_say(why, "network namespaces are switched off (user.max_net_namespaces is 0): "
                    "\"sysctl -w user.max_net_namespaces=15000\" permits them");
        return BW_REFUSED;
    }
    if (facts->no_namespaces_of) {
        bw_say(why,
               "%s namespaces are switched off (user.max_%s_namespaces is 0): "
               "\"sysctl -w user.max_%s_namespaces=15000\" permits them",
               facts->no_namespaces_of, facts->no_namespaces_of, facts->no_namespaces_of);
        return BW_REFUSED;
    }
    if (facts->userns_clone == 0 && facts->uid != 0 && !tool_is_setuid) {
        bw_say(why, "user namespaces are switched off for ordinary users "
                    "(kernel.unprivileged_userns_clone is 0): "
                    "\"sysctl -w kernel.unprivileged_userns_clone=1\" permits them");
        return BW_REFUSED;
    }
    if (facts->is_filtered || facts->is_confined || facts->is_proc_masked || facts->is_proc_covered)
        return BW_DOUBTFUL;
    if (facts->uid == 0 && !facts->has_setfcap)
        return BW_DOUBTFUL; /* needed since Linux 5.12 */
    if (facts->apparmor_userns > 0 && facts->uid != 0)
        return BW_DOUBTFUL; /* a profile may permit it */
    return BW_WORKS;
}

const char *bw_no_supervisor(const bw_facts *facts, bool tool_is_setuid)
{
    if (tool_is_setuid && facts->uid != 0)
        return "bwrap is setuid, so that its sandboxes are root's and cannot be supervised by you";
    return NULL;
}

bw_verdict bw_judge_outer_net(const bw_facts *facts)
{
    /* A profile for bwrap is none for our helper; what srt has of its own is. */
    if (facts->apparmor_userns > 0 && facts->uid != 0)
        return facts->has_profile ? BW_DOUBTFUL : BW_REFUSED;
    if (facts->userns_clone == 0 && facts->uid != 0)
        return BW_REFUSED;
    if (facts->is_filtered || facts->is_confined || (facts->uid == 0 && !facts->has_setfcap))
        return BW_DOUBTFUL;
    return BW_WORKS;
}

static const char *remedy_for_namespace(const bw_facts *facts)
{
    if (facts->apparmor_userns > 0 && facts->uid != 0)
        return UBUNTU_REMEDY;
    if (facts->uid == 0 && !facts->has_setfcap)
        return SETFCAP_REMEDY;
    if (facts->is_filtered || facts->is_confined || facts->in_container)
        return CONTAINER_REMEDY;
    return "user namespaces are refused here; \"srtctl doctor\" lists the switches of this system";
}

/* Words of bwrap's messages, from what is said first to what is said last. */
static const struct {
    const char *text;
    bool is_proc;
} messages[] = {
    {"mount proc", true}, {"uid map", false},    {"gid map", false}, {"setgroups", false},
    {"namespace", false}, {"loopback", false},   {"RTM_", false},    {"user ns", false},
    {"slave", false},     {"pivot_root", false}, {"mount", false},
};

void bw_explain(const bw_facts *facts, const char *message, bool weaker_nested, char *why)
{
    const char *remedy = NULL;
    for (size_t i = 0; i < sizeof messages / sizeof *messages && !remedy; i++)
        if (strstr(message, messages[i].text))
            remedy =
                messages[i].is_proc && !weaker_nested ? PROC_REMEDY : remedy_for_namespace(facts);
    bw_say(why, "bubblewrap cannot work here: %.300s%s%s", message, remedy ? "; " : "",
           remedy ? remedy : "");
}
