/* SPDX-License-Identifier: Apache-2.0 */
/* What a class is to stop, tried: as part of srtctl, so that no other program is needed. Each
 * one is tried without a sandbox first. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#endif

#include "base/fd.h"
#include "trial/private.h"

#define LAST_DESCRIPTOR 1024
#define TICK 20000

static int verdict(gboolean worked)
{
    return worked ? SRT_ATTACK_WORKED : SRT_ATTACK_REFUSED;
}

/* Ways to one place. ".." of the root leads to what is mounted over the root: to the old one,
 * where a backend has left it there. */
static const char *const roads[] = {"", "/..", "/proc/1/root", "/proc/self/root/.."};

static char *by_road(gsize road, const char *path)
{
    return g_strconcat(roads[road], path, NULL);
}

static int get(const char *path, const char *text)
{
    char bytes[256] = "";
    srt_autofd int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, bytes, sizeof bytes - 1);
    return n > 0 && g_str_has_prefix(bytes, text);
}

static int make(const char *path)
{
    srt_autofd int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return fd >= 0;
}

/* The straight way alone, for what has to work. */
static int attack_get(const char *const *w)
{
    return verdict(get(w[0], w[1]));
}

static int attack_make(const char *const *w)
{
    return verdict(make(w[0]));
}

static int attack_read(const char *const *w)
{
    int done = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(roads); i++) {
        g_autofree char *path = by_road(i, w[0]);
        done += get(path, w[1]);
    }
    return verdict(done > 0);
}

static int attack_create(const char *const *w)
{
    int done = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(roads); i++) {
        g_autofree char *path = by_road(i, w[0]);
        done += make(path);
    }
    return verdict(done > 0);
}

static int attack_rename(const char *const *w)
{
    int done = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(roads); i++) {
        g_autofree char *from = by_road(i, w[0]), *to = by_road(i, w[1]);
        done += rename(from, to) == 0;
    }
    return verdict(done > 0);
}

/* Puts the directory away and makes another one in its place, with what was protected in it. */
static int attack_replace(const char *const *w)
{
    g_autofree char *kept = g_build_filename(w[0], "kept", NULL);
    g_autofree char *file = g_build_filename(kept, "file", NULL);
    return verdict(rename(w[0], w[1]) == 0 && mkdir(w[0], 0700) == 0 && mkdir(kept, 0700) == 0 &&
                   make(file));
}

/* Every way to change one file. */
static int attack_spoil(const char *const *w)
{
    g_autofree char *moved = g_strconcat(w[0], ".moved", NULL);
    srt_autofd int fd = open(w[0], O_WRONLY | O_CLOEXEC);
    int done = fd >= 0 && write(fd, "changed", 7) == 7;
    done += truncate(w[0], 1) == 0;
    done += chmod(w[0], 0777) == 0;
    done += rename(w[0], moved) == 0;
    done += unlink(w[0]) == 0;
    return verdict(done > 0);
}

/* Every way to change what is in a directory; it holds "file". */
static int tamper(const char *directory)
{
    g_autofree char *file = g_build_filename(directory, "file", NULL);
    g_autofree char *made = g_build_filename(directory, "made", NULL);
    g_autofree char *moved = g_build_filename(directory, "moved", NULL);
    srt_autofd int fd = open(file, O_WRONLY | O_CLOEXEC);
    int done = fd >= 0 && write(fd, "changed", 7) == 7;
    done += truncate(file, 1) == 0;
    done += chmod(file, 0777) == 0;
    done += chmod(directory, 0777) == 0;
    done += symlink("/", made) == 0;
    done += mkdir(made, 0700) == 0;
    done += link(file, moved) == 0;
    done += rename(file, moved) == 0;
    done += unlink(file) == 0;
    return done;
}

static int attack_tamper(const char *const *w)
{
    int done = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(roads); i++) {
        g_autofree char *path = by_road(i, w[0]);
        done += tamper(path);
    }
    return verdict(done > 0);
}

/* A file of this name wherever files may be made; which of them are somebody else's is seen
 * from outside. */
static int attack_places(const char *const *w)
{
    g_auto(GStrv) places = srt_places();
    int done = 0;
    for (char **at = places; *at; at++) {
        g_autofree char *path = g_build_filename(*at, w[0], NULL);
        done += make(path);
    }
    return verdict(done > 0);
}

static gboolean tcp(const char *host, int port)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    gboolean six = strchr(host, ':') != NULL;
    srt_autofd int fd = srt_fd_socket(six ? AF_INET6 : AF_INET, SOCK_STREAM);
    inet_pton(AF_INET, host, &v4.sin_addr);
    inet_pton(AF_INET6, host, &v6.sin6_addr);
    return fd >= 0 && (six ? connect(fd, (struct sockaddr *)&v6, sizeof v6)
                           : connect(fd, (struct sockaddr *)&v4, sizeof v4)) == 0;
}

static int attack_tcp(const char *const *w)
{
    return verdict(tcp("127.0.0.1", atoi(w[0])) || tcp("::1", atoi(w[0])));
}

static int attack_udp(const char *const *w)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(w[0]))};
    srt_autofd int fd = srt_fd_socket(AF_INET, SOCK_DGRAM);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return verdict(fd >= 0 && sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof to) == 1);
}

static int attack_unix(const char *const *w)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    srt_autofd int fd = srt_fd_socket(AF_UNIX, SOCK_STREAM);
    g_strlcpy(to.sun_path, w[0], sizeof to.sun_path);
    return verdict(fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
}

/* Whether something that speaks HTTP is where the proxy should be. */
static int attack_proxy(const char *const *w)
{
    static const char request[] =
        "GET http://refused.invalid/ HTTP/1.1\r\nHost: refused.invalid\r\n"
        "Connection: close\r\n\r\n";
    const char *url = g_getenv("http_proxy");
    int port = -1;
    char answer[16] = "";
    (void)w;
    if (!url ||
        !g_uri_split(url, G_URI_FLAGS_NONE, NULL, NULL, NULL, &port, NULL, NULL, NULL, NULL))
        return SRT_ATTACK_REFUSED;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    srt_autofd int fd = srt_fd_socket(AF_INET, SOCK_STREAM);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0 ||
        !srt_fd_write_all(fd, request, sizeof request - 1))
        return SRT_ATTACK_REFUSED;
    ssize_t n = recv(fd, answer, sizeof answer - 1, MSG_WAITALL);
    return verdict(n > 0 && g_str_has_prefix(answer, "HTTP/1."));
}

static int attack_kill(const char *const *w)
{
    return verdict(kill(atoi(w[0]), SIGTERM) == 0);
}

static int attack_shm(const char *const *w)
{
    char *memory = shmat(atoi(w[0]), NULL, 0);
    if (memory == (void *)-1)
        return SRT_ATTACK_REFUSED;
    memory[0] = 'x';
    return SRT_ATTACK_WORKED;
}

static int attack_typing(const char *const *w)
{
    char key = 'x';
    (void)w;
    return verdict(ioctl(STDIN_FILENO, TIOCSTI, &key) == 0);
}

static int attack_descriptors(const char *const *w)
{
    (void)w;
    for (int fd = 3; fd < LAST_DESCRIPTOR; fd++)
        if (fcntl(fd, F_GETFD) >= 0) {
            printf("descriptor %d is open\n", fd);
            return SRT_ATTACK_WORKED;
        }
    return SRT_ATTACK_REFUSED;
}

/* Writes a number that grows, until it is killed. */
static int attack_tick(const char *const *w)
{
    (void)w;
    for (long n = 0;; n++) {
        g_autofree char *text = g_strdup_printf("%ld", n);
        if (!g_file_set_contents_full("tick", text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL))
            return SRT_ATTACK_IMPOSSIBLE;
        if (n == 1)
            g_file_set_contents_full("ready", "", 0, G_FILE_SET_CONTENTS_NONE, 0600, NULL);
        g_usleep(TICK);
    }
}

#ifdef __linux__
static int attack_attach(const char *const *w)
{
    pid_t pid = atoi(w[0]);
    if (ptrace(PTRACE_ATTACH, pid, NULL, NULL) != 0)
        return SRT_ATTACK_REFUSED;
    waitpid(pid, NULL, 0);
    ptrace(PTRACE_DETACH, pid, NULL, NULL);
    return SRT_ATTACK_WORKED;
}

static int attack_environ(const char *const *w)
{
    g_autofree char *path = g_strdup_printf("/proc/%s/environ", w[0]);
    const char *const words[] = {path, "TRIAL=", NULL};
    return attack_read(words);
}

static int attack_look(const char *const *w)
{
    g_autofree char *path = g_strdup_printf("/proc/%s/cmdline", w[0]);
    const char *const words[] = {path, "/bin/sleep", NULL};
    return attack_read(words);
}

/* With a capability that was left to it a command takes away what was mounted. Where nothing is
 * mounted there, as without a sandbox, the two calls do nothing. */
static int attack_uncover(const char *const *w)
{
    g_autofree char *directory = g_path_get_dirname(w[0]);
    umount2(w[0], MNT_DETACH);
    umount2(directory, MNT_DETACH);
    return attack_get(w);
}

static int attack_remount(const char *const *w)
{
    mount(NULL, w[0], NULL, MS_REMOUNT | MS_BIND, NULL);
    umount2(w[0], MNT_DETACH);
    return verdict(tamper(w[0]) > 0);
}

/* Not refused means that the kernel looked at the second word and found no memory there. */
static int attack_uring(const char *const *w)
{
    (void)w;
    return verdict(syscall(425 /* io_uring_setup */, 1, NULL) < 0 && errno == EFAULT);
}

static int attack_userns(const char *const *w)
{
    (void)w;
    return verdict(unshare(CLONE_NEWUSER) == 0);
}
#endif

static const struct {
    const char *name;
    int words;
    int (*run)(const char *const *words);
} attacks[] = {
    {"get", 2, attack_get},
    {"make", 1, attack_make},
    {"spoil", 1, attack_spoil},
    {"replace", 2, attack_replace},
    {"places", 1, attack_places},
    {"read", 2, attack_read},
    {"create", 1, attack_create},
    {"rename", 2, attack_rename},
    {"tamper", 1, attack_tamper},
    {"tcp", 1, attack_tcp},
    {"udp", 1, attack_udp},
    {"unix", 1, attack_unix},
    {"proxy", 0, attack_proxy},
    {"kill", 1, attack_kill},
    {"shm", 1, attack_shm},
    {"typing", 0, attack_typing},
    {"descriptors", 0, attack_descriptors},
    {"tick", 0, attack_tick},
#ifdef __linux__
    {"attach", 1, attack_attach},
    {"environ", 1, attack_environ},
    {"look", 1, attack_look},
    {"uncover", 2, attack_uncover},
    {"remount", 1, attack_remount},
    {"uring", 0, attack_uring},
    {"userns", 0, attack_userns},
#endif
};

int srt_trial_attack(const char *const *words)
{
    int n = 0;
    while (words[n])
        n++;
    for (gsize i = 0; n > 0 && i < G_N_ELEMENTS(attacks); i++)
        if (strcmp(attacks[i].name, words[0]) == 0 && attacks[i].words == n - 1) {
            int status = attacks[i].run(words + 1);
            /* So that it is seen that this ran, and not something in its place. */
            puts(status == SRT_ATTACK_WORKED ? SRT_ATTACK_SAYS_WORKED : SRT_ATTACK_SAYS_REFUSED);
            return fflush(stdout) == 0 ? status : SRT_ATTACK_IMPOSSIBLE;
        }
    return SRT_ATTACK_IMPOSSIBLE;
}
