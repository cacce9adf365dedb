/* SPDX-License-Identifier: Apache-2.0 */
/* bind, performed on the caller's own socket. A unix socket is a new name: it is made only where
 * one is granted, beneath what may be written, and never over a protected name. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "internal.h"

static const char refused_unix[] = "making a unix socket here is not allowed";
static const char refused_net[] = "taking connections on the host's network is not allowed";
static const char refused_abstract[] = "abstract unix sockets are not allowed";

static sup_answer perform(int fd, const struct sockaddr *address, socklen_t length)
{
    return bind(fd, address, length) < 0 ? -errno : 0;
}

/* In the directory itself, since the path of a descriptor and a name might not fit an address. The
 * working directory and the umask are the thread's own. */
static sup_answer bind_in(const sup_call *call, int fd, const sup_place *place)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(place->last);
    int mask = sup_caller_umask(call);
    if (atomic_load(&call->sup->shares_fs))
        return -EPERM;
    if (mask < 0)
        return mask;
    if (length >= sizeof address.sun_path)
        return -ENAMETOOLONG;
    if (fchdir(place->parent) < 0)
        return -errno;
    memcpy(address.sun_path, place->last, length + 1);
    umask((mode_t)mask);
    sup_answer answer = perform(fd, (const struct sockaddr *)&address,
                                (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1));
    umask(077);
    return chdir("/") < 0 ? -errno : answer;
}

static bool granted(const sup_call *call, const char *path)
{
    const srt_supervisor *sup = call->sup;
    const srt_origin *origin;
    if (sup_within_any(sup->options.private_dirs, path))
        return true;
    return sup_names_access(sup->names, path, &origin) == SRT_ACCESS_WRITE &&
           sup_socket_allowed(sup, -1, path, true);
}

static sup_answer refuse(sup_call *call, const char *target, const char *reason)
{
    if (sup_call_alive(call))
        sup_report(call, SRT_OP_UNIX, 0, target, NULL, reason);
    return -EACCES;
}

static sup_answer bind_place(sup_call *call, int fd, const sup_place *place)
{
    struct stat st;
    if (place->dots || fstatat(place->parent, place->last, &st, AT_SYMLINK_NOFOLLOW) == 0)
        return -EADDRINUSE;
    if (place->slash)
        return -ENOENT;
    ssize_t length = sup_place_path(call, place, call->canonical);
    if (length == -EXDEV || (length > 0 && !granted(call, call->canonical)))
        return refuse(call, length > 0 ? call->canonical : place->last, refused_unix);
    if (length < 0)
        return length;
    sup_answer answer = sup_judge_place(call, place, SUP_NEW_FILE, SRT_OP_CREATE);
    if (answer != SUP_GO_ON)
        return answer;
    answer = bind_in(call, fd, place);
    if (answer == 0)
        sup_names_changed(call->sup);
    return answer;
}

static sup_answer bind_unix(sup_call *call, int fd, const struct sockaddr_storage *storage,
                            int length)
{
    char path[sizeof(struct sockaddr_storage)];
    const char *bytes = (const char *)storage + offsetof(struct sockaddr_un, sun_path);
    int rest = length - (int)offsetof(struct sockaddr_un, sun_path);
    sup_place place;
    if (storage->ss_family != AF_UNIX || rest < 0 || length > (int)sizeof(struct sockaddr_un))
        return -EINVAL;
    if (rest == 0 || bytes[0] == '\0') { /* also "any name", which is an abstract one */
        if (sup_abstract_allowed(call->sup))
            return perform(fd, (const struct sockaddr *)storage, (socklen_t)length);
        snprintf(path, sizeof path, "@%.*s", rest > 0 ? rest - 1 : 0, bytes + 1);
        return refuse(call, path, refused_abstract);
    }
    snprintf(path, sizeof path, "%.*s", rest, bytes);
    int base = path[0] == '/' ? -1 : sup_open_proc(call, "cwd");
    if (path[0] != '/' && base < 0)
        return base;
    int failed = sup_resolve_parent_at(call, base, path, &place);
    if (base >= 0)
        close(base);
    sup_answer answer = failed ? failed : bind_place(call, fd, &place);
    sup_place_close(&place);
    return answer;
}

/* Where the network is the host's, whoever may reach it could come in. */
static bool takes_from_network(const sup_call *call, int domain)
{
    return call->sup->options.judge_tcp && (domain == AF_INET || domain == AF_INET6);
}

static sup_answer refuse_network(sup_call *call)
{
    if (sup_call_alive(call))
        sup_report(call, SRT_OP_CONNECT, 0, "a listening socket", NULL, refused_net);
    return -EACCES;
}

static sup_answer bind_on(sup_call *call, int fd)
{
    struct sockaddr_storage address;
    int domain;
    socklen_t size = sizeof domain;
    if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) < 0)
        return -errno;
    int length = sup_read_address(call, &address);
    if (length < 0)
        return length;
    if (domain == AF_UNIX)
        return bind_unix(call, fd, &address, length);
    if (takes_from_network(call, domain))
        return refuse_network(call);
    return perform(fd, (const struct sockaddr *)&address, (socklen_t)length);
}

sup_answer sup_bind(sup_call *call)
{
    if (call->sup->options.observe_sockets)
        return SUP_GO_ON;
    int fd = sup_take_socket(call);
    if (fd < 0)
        return fd;
    sup_answer answer = bind_on(call, fd);
    close(fd);
    return answer;
}

/* listen gives a socket without an address one, and every host can reach it. */
static sup_answer listen_on(sup_call *call, int fd)
{
    int domain;
    socklen_t size = sizeof domain;
    if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) < 0)
        return -errno;
    if (takes_from_network(call, domain))
        return refuse_network(call);
    return listen(fd, (int)sup_arg(call, 1)) < 0 ? -errno : 0;
}

sup_answer sup_listen(sup_call *call)
{
    int fd = sup_take_socket(call);
    if (fd < 0)
        return fd;
    sup_answer answer = listen_on(call, fd);
    close(fd);
    return answer;
}
