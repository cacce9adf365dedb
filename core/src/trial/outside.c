/* SPDX-License-Identifier: Apache-2.0 */
#include "trial/outside.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"

static int listen_v4(int type, int *ret_port)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t size = sizeof at;
    int fd = srt_fd_socket(AF_INET, type);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &size) != 0 ||
        (type == SOCK_STREAM && listen(fd, 8) != 0))
        srt_fd_clear(&fd);
    *ret_port = ntohs(at.sin_port);
    return fd;
}

static int listen_v6(int port)
{
    struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    int fd = srt_fd_socket(AF_INET6, SOCK_STREAM);
    at.sin6_addr = in6addr_loopback;
    if (fd >= 0 && (bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 8) != 0))
        srt_fd_clear(&fd);
    return fd;
}

static int listen_unix(const SrtTrial *trial, const char *name)
{
    g_autofree char *path = srt_lab_path(trial, name);
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = srt_fd_socket(AF_UNIX, SOCK_STREAM);
    g_strlcpy(at.sun_path, path, sizeof at.sun_path);
    g_unlink(path);
    if (fd >= 0 && (bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 8) != 0))
        srt_fd_clear(&fd);
    return fd;
}

/* A program and no copy of this one: whether it can be traced must depend on nothing else. */
static pid_t start_process(void)
{
    static const char *const words[] = {"/bin/sleep", "1000", NULL};
    static const char *const env[] = {"TRIAL=outside", NULL};
    int ends[2];
    char byte;
    if (!srt_fd_pipe(ends))
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        execve(words[0], (char **)(guintptr)words, (char **)(guintptr)env);
        _exit(127);
    }
    close(ends[1]);
    while (read(ends[0], &byte, 1) < 0 && errno == EINTR)
        ; /* closed by exec */
    close(ends[0]);
    return pid;
}

static char *snapshot(const SrtTrial *trial, SrtSight sight)
{
    g_autofree char *path = srt_lab_path(trial, sight == SRT_SEE_OUTSIDE ? "outside" : "work/kept");
    return srt_lab_snapshot(path);
}

void srt_outside_open(SrtOutside *outside, const SrtTrial *trial, SrtSight sight)
{
    srt_lab_reset(trial);
    *outside = (SrtOutside){.trial = trial, .udp = -1};
    outside->tcp = listen_v4(SOCK_STREAM, &outside->tcp_port);
    outside->tcp6 = listen_v6(outside->tcp_port);
    outside->udp = listen_v4(SOCK_DGRAM, &outside->udp_port);
    outside->refused = listen_unix(trial, "refused.sock");
    outside->granted = listen_unix(trial, "granted.sock");
    outside->process = start_process();
    outside->shm = shmget(IPC_PRIVATE, 4096, 0600);
    outside->memory = outside->shm < 0 ? NULL : shmat(outside->shm, NULL, 0);
    if (outside->memory == (void *)-1)
        outside->memory = NULL;
    outside->before = snapshot(trial, sight);
    g_autofree char *lab = g_path_get_basename(trial->lab); /* nobody else's name */
    outside->name = g_strconcat(lab, ".made", NULL);
}

static gboolean is_ready(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return fd >= 0 && poll(&p, 1, 0) == 1;
}

static gboolean exists(const SrtOutside *outside, const char *name)
{
    g_autofree char *path = srt_lab_path(outside->trial, name);
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static gboolean is_dead(const SrtOutside *outside)
{
    siginfo_t info = {.si_pid = 0};
    return outside->process > 0 &&
           waitid(P_PID, (id_t)outside->process, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == outside->process;
}

static gboolean look(const SrtOutside *outside, SrtSight sight, int status)
{
    g_autofree char *now = snapshot(outside->trial, sight);
    switch (sight) {
    case SRT_SEE_OUTSIDE:
    case SRT_SEE_KEPT:
        return strcmp(now, outside->before) != 0;
    case SRT_SEE_ABSENT:
        return exists(outside, "work/absent");
    case SRT_SEE_LATER:
        return exists(outside, "work/x.later");
    case SRT_SEE_TCP:
        return is_ready(outside->tcp) || is_ready(outside->tcp6);
    case SRT_SEE_UDP:
        return is_ready(outside->udp);
    case SRT_SEE_UNIX:
        return is_ready(outside->refused);
    case SRT_SEE_PROCESS:
        return is_dead(outside);
    case SRT_SEE_SHM:
        return outside->memory && outside->memory[0] == 'x';
    case SRT_SEE_PLACES:
        return srt_places_hold(outside->name);
    case SRT_SEE_STATUS:
        break;
    }
    return status == SRT_ATTACK_WORKED;
}

gboolean srt_outside_worked(const SrtOutside *outside, SrtSight sight, int status, int patience)
{
    gint64 end = g_get_monotonic_time() + patience * G_USEC_PER_SEC;
    while (!look(outside, sight, status)) {
        /* A file is there at once, or it was made where only the command sees it. */
        if (status != SRT_ATTACK_WORKED || sight == SRT_SEE_PLACES || g_get_monotonic_time() > end)
            return FALSE;
        g_usleep(10000);
    }
    return TRUE;
}

void srt_outside_close(SrtOutside *outside)
{
    srt_fd_clear(&outside->tcp);
    srt_fd_clear(&outside->tcp6);
    srt_fd_clear(&outside->udp);
    srt_fd_clear(&outside->refused);
    srt_fd_clear(&outside->granted);
    if (outside->process > 0) {
        kill(outside->process, SIGKILL);
        while (waitpid(outside->process, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    if (outside->memory)
        shmdt(outside->memory);
    if (outside->shm >= 0)
        shmctl(outside->shm, IPC_RMID, NULL);
    g_clear_pointer(&outside->before, g_free);
    srt_places_clear(outside->name);
    g_clear_pointer(&outside->name, g_free);
}

char *srt_outside_word(const SrtOutside *outside, const char *word)
{
    if (strcmp(word, "@tcp") == 0)
        return g_strdup_printf("%d", outside->tcp_port);
    if (strcmp(word, "@udp") == 0)
        return g_strdup_printf("%d", outside->udp_port);
    if (strcmp(word, "@pid") == 0)
        return g_strdup_printf("%d", (int)outside->process);
    if (strcmp(word, "@shm") == 0)
        return g_strdup_printf("%d", outside->shm);
    if (strcmp(word, "@places") == 0)
        return g_strdup(outside->name);
    return g_str_has_prefix(word, "@/") ? srt_lab_path(outside->trial, word + 2) : g_strdup(word);
}
