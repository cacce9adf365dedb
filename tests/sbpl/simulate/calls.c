/* SPDX-License-Identifier: Apache-2.0 */
/* System calls as operations of a profile. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "simulate.h"

typedef struct call {
    const sim *s;
    pid_t pid;
    const __u64 *args;
} call;

/* How a call is judged; the numbers say which arguments it has where, -1: none. */
typedef struct row {
    int number;
    bool (*judge)(const call *c, const struct row *row);
    int directory, path;   /* arguments */
    int flags;             /* argument */
    int directory2, path2; /* of a second name */
    const char *operation;
} row;

static int directory_of(const call *c, int argument)
{
    return argument < 0 ? AT_FDCWD : (int)c->args[argument];
}

static bool ask_path(const call *c, const char *operation, const sim_path *path, const char *type)
{
    const sbpl_question question = {operation, {{"path", path->text}, {"vnode-type", type}}, 2};
    return sim_ask(c->s, c->pid, &question, path->text);
}

static bool judge_opened(const call *c, const sim_path *path, int flags)
{
    int access = flags & O_ACCMODE;
    sim_path inner = *path;
    if ((flags & O_TMPFILE) == O_TMPFILE) {
        strncat(inner.text, "/#", sizeof inner.text - strlen(inner.text) - 1);
        return ask_path(c, "file-write-create", &inner, "REGULAR-FILE");
    }
    if (!path->exists)
        return !(flags & O_CREAT) || ask_path(c, "file-write-create", path, "REGULAR-FILE");
    if (flags & O_PATH)
        return ask_path(c, "file-read-metadata", path, path->type);
    if (access != O_WRONLY && !ask_path(c, "file-read-data", path, path->type))
        return false;
    bool writes = access != O_RDONLY || (flags & O_TRUNC);
    return !writes || ask_path(c, "file-write-data", path, path->type);
}

static bool judge_open(const call *c, const row *r)
{
    sim_path path;
    __u64 flags = O_CREAT | O_WRONLY | O_TRUNC; /* creat */
    if (r->number == SYS_openat2 && !sim_read(c->pid, c->args[2], &flags, sizeof flags))
        return true;
    if (r->number != SYS_openat2 && r->flags >= 0)
        flags = c->args[r->flags];
    if (!sim_resolve(c->pid, directory_of(c, r->directory), c->args[r->path], !(flags & O_NOFOLLOW),
                     &path))
        return true;
    return judge_opened(c, &path, (int)flags);
}

/* One name that has to exist. */
static bool judge_existing(const call *c, const row *r)
{
    sim_path path;
    bool nofollow =
        r->number == SYS_lstat || r->number == SYS_readlink || r->number == SYS_readlinkat ||
        r->number == SYS_lchown || r->number == SYS_unlink || r->number == SYS_unlinkat ||
        r->number == SYS_rmdir || (r->flags >= 0 && (c->args[r->flags] & AT_SYMLINK_NOFOLLOW));
    unsigned long name = r->path < 0 ? 0 : c->args[r->path];
    if (!sim_resolve(c->pid, directory_of(c, r->directory), name, !nofollow, &path) || !path.exists)
        return true;
    return ask_path(c, r->operation, &path, path.type);
}

/* One name that comes to be. */
static bool judge_new(const call *c, const row *r)
{
    sim_path path;
    const char *type = "DIRECTORY";
    if (r->number == SYS_symlink || r->number == SYS_symlinkat)
        type = "SYMLINK";
    else if (r->flags >= 0)
        type = sim_type((mode_t)c->args[r->flags]);
    if (!sim_resolve(c->pid, directory_of(c, r->directory), c->args[r->path], false, &path) ||
        path.exists)
        return true;
    return ask_path(c, "file-write-create", &path, type);
}

/* Leaving one place and coming to another; who lies there leaves too. */
static bool judge_rename(const call *c, const row *r)
{
    sim_path from, to;
    if (!sim_resolve(c->pid, directory_of(c, r->directory), c->args[r->path], false, &from) ||
        !sim_resolve(c->pid, directory_of(c, r->directory2), c->args[r->path2], false, &to) ||
        !from.exists)
        return true;
    return ask_path(c, "file-write-unlink", &from, from.type) &&
           (!to.exists || ask_path(c, "file-write-unlink", &to, to.type)) &&
           ask_path(c, "file-write-create", &to, from.type);
}

static bool judge_link(const call *c, const row *r)
{
    sim_path from, to;
    if (!sim_resolve(c->pid, directory_of(c, r->directory), c->args[r->path], false, &from) ||
        !sim_resolve(c->pid, directory_of(c, r->directory2), c->args[r->path2], false, &to) ||
        !from.exists)
        return true;
    return ask_path(c, "file-link", &from, from.type) &&
           ask_path(c, "file-write-create", &to, from.type);
}

static bool ask_unix(const call *c, const char *operation, const char *side,
                     const struct sockaddr_un *address, socklen_t length)
{
    char name[sizeof address->sun_path + 1] = "", value[4200];
    sim_path path;
    size_t n = length - offsetof(struct sockaddr_un, sun_path);
    memcpy(name, address->sun_path, n < sizeof address->sun_path ? n : sizeof address->sun_path);
    if (!name[0]) /* macOS has no names beside paths */
        return false;
    if (!sim_resolve_text(c->pid, AT_FDCWD, name, true, &path))
        return true;
    bool binds = strcmp(side, "local") == 0;
    if (binds && !path.exists && !ask_path(c, "file-write-create", &path, "SOCKET"))
        return false;
    snprintf(value, sizeof value, "unix:%s", path.text);
    const sbpl_question question = {operation, {{side, value}}, 1};
    return sim_ask(c->s, c->pid, &question, path.text);
}

static bool ask_address(const call *c, const char *operation, const char *side, int fd,
                        const struct sockaddr_storage *address, socklen_t length)
{
    char host[INET6_ADDRSTRLEN] = "", value[80], local[32], target[40];
    const struct sockaddr_in *v4 = (const void *)address;
    const struct sockaddr_in6 *v6 = (const void *)address;
    int type = SOCK_STREAM, own = sim_take_fd(c->pid, fd);
    socklen_t size = sizeof type;
    if (own >= 0) {
        getsockopt(own, SOL_SOCKET, SO_TYPE, &type, &size);
        close(own);
    }
    if (address->ss_family == AF_UNIX)
        return ask_unix(c, operation, side, (const void *)address, length);
    if (address->ss_family == AF_INET)
        inet_ntop(AF_INET, &v4->sin_addr, host, sizeof host);
    else if (address->ss_family == AF_INET6)
        inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof host);
    else
        return true; /* families that macOS has not */
    unsigned port = ntohs(address->ss_family == AF_INET ? v4->sin_port : v6->sin6_port);
    const char *protocol = type == SOCK_DGRAM ? "udp" : "tcp";
    snprintf(value, sizeof value, "%s:%s:%u", protocol, host, port);
    snprintf(local, sizeof local, "%s:0.0.0.0:0", protocol);
    snprintf(target, sizeof target, "%s:*:%u", side, port);
    sbpl_question question = {operation, {{side, value}}, 1};
    if (strcmp(side, "remote") == 0) {
        question.facts[1].key = "local";
        question.facts[1].value = local;
        question.n_facts = 2;
    }
    return sim_ask(c->s, c->pid, &question, target);
}

static bool judge_address(const call *c, const char *operation, const char *side, int fd,
                          unsigned long where, socklen_t length)
{
    struct sockaddr_storage address = {0};
    if (!where || length < sizeof address.ss_family || length > sizeof address ||
        !sim_read(c->pid, where, &address, length))
        return true;
    return ask_address(c, operation, side, fd, &address, length);
}

static bool judge_connect(const call *c, const row *r)
{
    const char *side = r->number == SYS_bind ? "local" : "remote";
    return judge_address(c, r->operation, side, (int)c->args[0], c->args[1], (socklen_t)c->args[2]);
}

static bool judge_sendto(const call *c, const row *r)
{
    return judge_address(c, r->operation, "remote", (int)c->args[0], c->args[4],
                         (socklen_t)c->args[5]);
}

static bool judge_sendmsg(const call *c, const row *r)
{
    struct msghdr message;
    if (!sim_read(c->pid, c->args[1], &message, sizeof message))
        return true;
    return judge_address(c, r->operation, "remote", (int)c->args[0],
                         (unsigned long)message.msg_name, message.msg_namelen);
}

static bool judge_listen(const call *c, const row *r)
{
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof address;
    int fd = sim_take_fd(c->pid, (int)c->args[0]);
    bool known = fd >= 0 && getsockname(fd, (struct sockaddr *)&address, &length) == 0;
    if (fd >= 0)
        close(fd);
    if (!known || address.ss_family == AF_UNIX)
        return true;
    return ask_address(c, r->operation, "local", (int)c->args[0], &address, length);
}

static bool judge_socket(const call *c, const row *r)
{
    const sbpl_question question = {r->operation, {{"socket-domain", "AF_UNIX"}}, 1};
    return c->args[0] != AF_UNIX || sim_ask(c->s, c->pid, &question, "");
}

static pid_t parent_of(pid_t pid)
{
    char path[64];
    int parent = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "re");
    if (f && fscanf(f, "%*d (%*[^)]) %*c %d", &parent) != 1)
        parent = 0;
    if (f)
        fclose(f);
    return parent;
}

static bool is_inside(const call *c, pid_t pid)
{
    for (int i = 0; i < 64 && pid > 1 && pid != c->s->root; i++)
        pid = parent_of(pid);
    return pid == c->s->root;
}

static bool judge_kill(const call *c, const row *r)
{
    pid_t pid = (pid_t)c->args[0];
    if (pid <= 0)
        return true;
    const char *target = is_inside(c, pid) ? "same-sandbox" : "others";
    const sbpl_question question = {r->operation, {{"target", target}}, 1};
    return sim_ask(c->s, c->pid, &question, "");
}

/* Mounts, and what changes the whole machine: macOS asks about the first and has not the
 * rest. Nothing of it may happen to the machine that runs the tests, even as root. */
static bool judge_mount(const call *c, const row *r)
{
    const sbpl_question question = {r->operation, {{"path", "/"}}, 1};
    return sim_ask(c->s, c->pid, &question, "/");
}

static bool judge_machine(const call *c, const row *r)
{
    const sbpl_question question = {r->operation, {{NULL, NULL}}, 0};
    return sim_ask(c->s, c->pid, &question, "");
}

/* Another process: one of the sandbox, or not. */
static bool judge_process(const call *c, const row *r)
{
    pid_t pid = (pid_t)c->args[r->path]; /* 0: by its parent, which is one of them */
    const char *target = pid == 0 || is_inside(c, pid) ? "same-sandbox" : "others";
    const sbpl_question question = {r->operation, {{"target", target}}, 1};
    return sim_ask(c->s, c->pid, &question, "");
}

#define META "file-read-metadata"

static const row rows[] = {
    {SYS_open, judge_open, -1, 0, 1, 0, 0, NULL},
    {SYS_creat, judge_open, -1, 0, -1, 0, 0, NULL},
    {SYS_openat, judge_open, 0, 1, 2, 0, 0, NULL},
    {SYS_openat2, judge_open, 0, 1, -1, 0, 0, NULL},
    {SYS_stat, judge_existing, -1, 0, -1, 0, 0, META},
    {SYS_lstat, judge_existing, -1, 0, -1, 0, 0, META},
    {SYS_access, judge_existing, -1, 0, -1, 0, 0, META},
    {SYS_readlink, judge_existing, -1, 0, -1, 0, 0, META},
    {SYS_newfstatat, judge_existing, 0, 1, 3, 0, 0, META},
    {SYS_statx, judge_existing, 0, 1, 2, 0, 0, META},
    {SYS_faccessat, judge_existing, 0, 1, -1, 0, 0, META},
    {SYS_faccessat2, judge_existing, 0, 1, 3, 0, 0, META},
    {SYS_readlinkat, judge_existing, 0, 1, -1, 0, 0, META},
    {SYS_unlink, judge_existing, -1, 0, -1, 0, 0, "file-write-unlink"},
    {SYS_rmdir, judge_existing, -1, 0, -1, 0, 0, "file-write-unlink"},
    {SYS_unlinkat, judge_existing, 0, 1, -1, 0, 0, "file-write-unlink"},
    {SYS_rename, judge_rename, -1, 0, -1, -1, 1, NULL},
    {SYS_renameat, judge_rename, 0, 1, -1, 2, 3, NULL},
    {SYS_renameat2, judge_rename, 0, 1, -1, 2, 3, NULL},
    {SYS_link, judge_link, -1, 0, -1, -1, 1, NULL},
    {SYS_linkat, judge_link, 0, 1, -1, 2, 3, NULL},
    {SYS_symlink, judge_new, -1, 1, -1, 0, 0, NULL},
    {SYS_symlinkat, judge_new, 1, 2, -1, 0, 0, NULL},
    {SYS_mkdir, judge_new, -1, 0, -1, 0, 0, NULL},
    {SYS_mkdirat, judge_new, 0, 1, -1, 0, 0, NULL},
    {SYS_mknod, judge_new, -1, 0, 1, 0, 0, NULL},
    {SYS_mknodat, judge_new, 0, 1, 2, 0, 0, NULL},
    {SYS_chmod, judge_existing, -1, 0, -1, 0, 0, "file-write-mode"},
    {SYS_fchmod, judge_existing, 0, -1, -1, 0, 0, "file-write-mode"},
    {SYS_fchmodat, judge_existing, 0, 1, -1, 0, 0, "file-write-mode"},
    {SYS_chown, judge_existing, -1, 0, -1, 0, 0, "file-write-owner"},
    {SYS_lchown, judge_existing, -1, 0, -1, 0, 0, "file-write-owner"},
    {SYS_fchownat, judge_existing, 0, 1, 4, 0, 0, "file-write-owner"},
    {SYS_utimensat, judge_existing, 0, 1, 3, 0, 0, "file-write-times"},
    {SYS_truncate, judge_existing, -1, 0, -1, 0, 0, "file-write-data"},
    {SYS_execve, judge_existing, -1, 0, -1, 0, 0, "process-exec"},
    {SYS_execveat, judge_existing, 0, 1, -1, 0, 0, "process-exec"},
    {SYS_connect, judge_connect, 0, 0, -1, 0, 0, "network-outbound"},
    {SYS_bind, judge_connect, 0, 0, -1, 0, 0, "network-bind"},
    {SYS_listen, judge_listen, 0, 0, -1, 0, 0, "network-inbound"},
    {SYS_sendto, judge_sendto, 0, 0, -1, 0, 0, "network-outbound"},
    {SYS_sendmsg, judge_sendmsg, 0, 0, -1, 0, 0, "network-outbound"},
    {SYS_socket, judge_socket, 0, 0, -1, 0, 0, "system-socket"},
    {SYS_kill, judge_kill, 0, 0, -1, 0, 0, "signal"},
    {SYS_ptrace, judge_process, -1, 1, -1, 0, 0, "mach-priv-task-port"},
    {SYS_process_vm_readv, judge_process, -1, 0, -1, 0, 0, "mach-priv-task-port"},
    {SYS_process_vm_writev, judge_process, -1, 0, -1, 0, 0, "mach-priv-task-port"},
    {SYS_mount, judge_mount, -1, 0, -1, 0, 0, "file-mount"},
    {SYS_umount2, judge_mount, -1, 0, -1, 0, 0, "file-mount"},
    {SYS_pivot_root, judge_mount, -1, 0, -1, 0, 0, "file-mount"},
    {SYS_chroot, judge_mount, -1, 0, -1, 0, 0, "file-mount"},
    {SYS_open_tree, judge_mount, -1, 0, -1, 0, 0, "file-mount"},
    {SYS_move_mount, judge_mount, -1, 0, -1, 0, 0, "file-mount"},
    {SYS_fsopen, judge_mount, -1, 0, -1, 0, 0, "file-mount"},
    {SYS_fspick, judge_mount, -1, 0, -1, 0, 0, "file-mount"},
    {SYS_mount_setattr, judge_mount, -1, 0, -1, 0, 0, "file-mount"},
    {SYS_unshare, judge_machine, -1, 0, -1, 0, 0, "system-reboot"},
    {SYS_setns, judge_machine, -1, 0, -1, 0, 0, "system-reboot"},
    {SYS_reboot, judge_machine, -1, 0, -1, 0, 0, "system-reboot"},
    {SYS_sethostname, judge_machine, -1, 0, -1, 0, 0, "system-reboot"},
    {SYS_setdomainname, judge_machine, -1, 0, -1, 0, 0, "system-reboot"},
    {SYS_swapon, judge_machine, -1, 0, -1, 0, 0, "system-reboot"},
    {SYS_swapoff, judge_machine, -1, 0, -1, 0, 0, "system-reboot"},
    {SYS_init_module, judge_machine, -1, 0, -1, 0, 0, "system-reboot"},
    {SYS_finit_module, judge_machine, -1, 0, -1, 0, 0, "system-reboot"},
    {SYS_delete_module, judge_machine, -1, 0, -1, 0, 0, "system-reboot"},
    {SYS_kexec_load, judge_machine, -1, 0, -1, 0, 0, "system-reboot"},
    {SYS_bpf, judge_machine, -1, 0, -1, 0, 0, "system-reboot"},
    {SYS_settimeofday, judge_machine, -1, 0, -1, 0, 0, "system-reboot"},
    {SYS_clock_settime, judge_machine, -1, 0, -1, 0, 0, "system-reboot"},
    {SYS_setxattr, judge_existing, -1, 0, -1, 0, 0, "file-write-xattr"},
    {SYS_lsetxattr, judge_existing, -1, 0, -1, 0, 0, "file-write-xattr"},
};

const size_t sim_n_calls = sizeof rows / sizeof *rows;

int sim_call(size_t i)
{
    return rows[i].number;
}

bool sim_judge(const sim *s, const struct seccomp_notif *notified)
{
    const call c = {s, (pid_t)notified->pid, notified->data.args};
    for (size_t i = 0; i < sim_n_calls; i++)
        if (rows[i].number == notified->data.nr)
            return rows[i].judge(&c, &rows[i]);
    return false;
}
