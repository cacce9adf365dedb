/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox-exec -p PROFILE|-f FILE COMMAND [ARGUMENT...]. Denials go to the file
 * "records" beside this program, when there is one, as lines of `log`'s ndjson.
 * SRT_SIMULATE_MODEL and SRT_SIMULATE_FOLD choose how rules are weighed. */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "simulate.h"

#define EXIT_USAGE 64
#define EXIT_PROFILE 65
#define EXIT_REFUSED 71

static volatile pid_t root; /* signals go on to it */

/* What the terminal sends, the command gets as well. */
static void forward(int number, siginfo_t *info, void *context)
{
    (void)context;
    if (info->si_code > 0)
        return;
    kill(root, number);
}

static int install_filter(void)
{
    struct sock_filter code[160];
    unsigned short n = 0;
    size_t calls = sim_n_calls;
#define ADD(...) code[n++] = (struct sock_filter)__VA_ARGS__
    ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)));
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0));
    ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
    ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
    for (size_t i = 0; i < calls; i++)
        ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)sim_call(i), (unsigned char)(calls - i),
                     0));
    ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF));
#undef ADD
    struct sock_fprog program = {n, code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
                        &program);
}

/* The parent takes the listener before anything is asked. */
static void become(char **argv, int channel)
{
    char ready;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int listener = install_filter();
    if (write(channel, &listener, sizeof listener) != sizeof listener ||
        read(channel, &ready, 1) != 1)
        _exit(EXIT_REFUSED);
    close(listener);
    close(channel);
    execvp(argv[0], argv);
    fprintf(stderr, "sandbox-exec: execvp() of '%s' failed: %s\n", argv[0], strerror(errno));
    _exit(EXIT_REFUSED);
}

static bool start(sim *s, char **argv)
{
    int ends[2], number;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return false;
    s->root = root = fork();
    if (s->root == 0)
        become(argv, ends[1]);
    close(ends[1]);
    bool ok = s->root > 0 && read(ends[0], &number, sizeof number) == sizeof number &&
              number >= 0 && (s->listener = sim_take_fd(s->root, number)) >= 0 &&
              write(ends[0], "", 1) == 1;
    close(ends[0]);
    return ok;
}

static void answer(const sim *s)
{
    struct seccomp_notif call = {0};
    if (ioctl(s->listener, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0)
        return;
    struct seccomp_notif_resp reply = {.id = call.id};
    if (sim_judge(s, &call))
        reply.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    else
        reply.error = -EPERM;
    ioctl(s->listener, SECCOMP_IOCTL_NOTIF_SEND, &reply);
}

static int serve(const sim *s)
{
    int status = 0, process = (int)syscall(SYS_pidfd_open, s->root, 0);
    struct pollfd p[] = {{s->listener, POLLIN, 0}, {process, POLLIN, 0}};
    for (;;) {
        if (poll(p, 2, -1) < 0 && errno != EINTR)
            break;
        if (p[0].revents & POLLIN)
            answer(s);
        else if (p[1].revents)
            break;
        else if (p[0].revents)
            p[0].fd = -1;
    }
    waitpid(s->root, &status, 0);
    if (!WIFSIGNALED(status))
        return WEXITSTATUS(status);
    signal(WTERMSIG(status), SIG_DFL);
    raise(WTERMSIG(status));
    return 128 + WTERMSIG(status);
}

static char *read_file(const char *path, size_t *ret_length)
{
    FILE *f = fopen(path, "re");
    char *text = f ? calloc(1, 1 << 23) : NULL;
    *ret_length = text ? fread(text, 1, (1 << 23) - 1, f) : 0;
    if (f)
        fclose(f);
    return text;
}

static sbpl *load(const char *option, const char *value)
{
    char why[400];
    size_t length = strlen(value);
    char *text = option[1] == 'f' ? read_file(value, &length) : strdup(value);
    if (!text) {
        fprintf(stderr, "sandbox-exec: %s: %s\n", value, strerror(errno));
        exit(EXIT_REFUSED);
    }
    sbpl *profile = sbpl_load(text, length, why, sizeof why);
    free(text);
    if (!profile) {
        fprintf(stderr, "sandbox-exec: %s\n", why);
        exit(EXIT_PROFILE);
    }
    return profile;
}

int main(int argc, char **argv)
{
    static const int passed_on[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};
    sim s = {.listener = -1};
    const char *model = getenv("SRT_SIMULATE_MODEL");
    if (argc < 4 || (strcmp(argv[1], "-p") != 0 && strcmp(argv[1], "-f") != 0)) {
        fprintf(stderr, "Usage: sandbox-exec [options] command [args]\n");
        return EXIT_USAGE;
    }
    if (getenv("SRT_SIMULATE_INSIDE")) {
        fprintf(stderr, "sandbox-exec: sandbox_apply: Operation not permitted\n");
        return EXIT_REFUSED;
    }
    sbpl *profile = load(argv[1], argv[2]);
    s.profile = profile;
    s.model = model && strcmp(model, "linear") == 0    ? SBPL_LINEAR
              : model && strcmp(model, "ordered") == 0 ? SBPL_ORDERED
                                                       : SBPL_TREE;
    s.fold = getenv("SRT_SIMULATE_FOLD") != NULL;
    const char *slash = strrchr(argv[0], '/');
    snprintf(s.records, sizeof s.records, "%.*s/records", slash ? (int)(slash - argv[0]) : 1,
             slash ? argv[0] : ".");
    setenv("SRT_SIMULATE_INSIDE", "1", 1);
    if (!start(&s, argv + 3)) {
        fprintf(stderr, "sandbox-exec: sandbox_apply: the kernel does not ask\n");
        sbpl_free(profile);
        return EXIT_REFUSED;
    }
    struct sigaction action = {.sa_sigaction = forward, .sa_flags = SA_SIGINFO | SA_RESTART};
    for (size_t i = 0; i < sizeof passed_on / sizeof *passed_on; i++)
        sigaction(passed_on[i], &action, NULL);
    int status = serve(&s);
    sbpl_free(profile);
    return status;
}
