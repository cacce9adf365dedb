/* SPDX-License-Identifier: Apache-2.0 */
#include "servers.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_un address_of(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    return address;
}

static int listen_at(const char *path, int backlog)
{
    struct sockaddr_un address = address_of(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 ||
        listen(fd, backlog) < 0)
        abort();
    return fd;
}

static void serve(const struct pollfd *listeners, const char *letters, unsigned count)
{
    struct pollfd waiting[8];
    for (;;) {
        memcpy(waiting, listeners, count * sizeof *waiting);
        if (poll(waiting, count, -1) < 0)
            continue;
        for (unsigned i = 0; i < count; i++) {
            int fd = waiting[i].revents ? accept(waiting[i].fd, NULL, NULL) : -1;
            if (fd < 0)
                continue;
            send(fd, &letters[i], 1, MSG_NOSIGNAL);
            close(fd);
        }
    }
}

pid_t servers_start(const char *const *paths, const char *letters, unsigned count)
{
    struct pollfd listeners[8];
    for (unsigned i = 0; i < count; i++)
        listeners[i] = (struct pollfd){.fd = listen_at(paths[i], 64), .events = POLLIN};
    pid_t pid = fork();
    if (pid == 0)
        serve(listeners, letters, count);
    for (unsigned i = 0; i < count; i++)
        close(listeners[i].fd);
    return pid;
}

void servers_stop(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

int servers_full(const char *path)
{
    struct sockaddr_un address = address_of(path);
    int fd = listen_at(path, 0);
    for (int i = 0; i < 4; i++) {
        int client = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (connect(client, (const struct sockaddr *)&address, sizeof address) < 0)
            close(client);
    }
    return fd;
}

int servers_reach(const char *path)
{
    struct sockaddr_un address = address_of(path);
    char letter = 0;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0)
        return -errno;
    int result = connect(fd, (const struct sockaddr *)&address, sizeof address) < 0 ? -errno : 0;
    if (result == 0 && read(fd, &letter, 1) == 1)
        result = letter;
    close(fd);
    return result;
}
