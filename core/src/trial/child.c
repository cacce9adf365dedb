/* SPDX-License-Identifier: Apache-2.0 */
/* A part in a process of its own. It says what it finds in lines on a pipe: a letter, then
 * fields with tabs between. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "base/fd.h"
#include "base/log.h"
#include "trial/private.h"

#define SAY_BAD 'B'
#define SAY_LEFT 'L'
#define SAY_CANNOT 'C'
#define SAY_STEP 'S'
#define SAY_ANSWER 'A'
#define SAY_END 'E'
#define NAP 100 /* milliseconds */
#define SAID_MAX (1024 * 1024)

static void say(SrtTrialChild *child, char kind, const char *text)
{
    g_autofree char *line = g_strdup_printf("%c%s", kind, text);
    g_strdelimit(line, "\r\n", ' ');
    gsize n = strlen(line);
    line[n] = '\n'; /* in place of the end */
    if (!srt_fd_write_all(child->fd, line, n + 1))
        _exit(1);
}

void srt_child_step(SrtTrialChild *child, const char *step)
{
    say(child, SAY_STEP, step);
}

void srt_child_bad(SrtTrialChild *child, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    child->bad++;
    say(child, SAY_BAD, text);
}

void srt_child_left(SrtTrialChild *child, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    say(child, SAY_LEFT, text);
}

void srt_child_cannot(SrtTrialChild *child, const char *why)
{
    say(child, SAY_CANNOT, why);
}

void srt_child_answer(SrtTrialChild *child, SrtTrialScene scene, srt_rule_class rule,
                      srt_enforcement how, const char *why)
{
    g_autofree char *text =
        g_strdup_printf("%d\t%d\t%d\t%s", (int)scene, (int)rule, (int)how, why ? why : "");
    say(child, SAY_ANSWER, text);
}

/* What a module starts may hold the pipe open, so the end of file alone is no sign. */
static gboolean has_ended(pid_t pid)
{
    siginfo_t info = {.si_pid = 0};
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == pid;
}

/* In the parent: everything up to the end mark, the end of the process or the time. */
static char *listen_to(int fd, pid_t pid, gboolean *ret_late)
{
    g_autoptr(GString) said = g_string_new(NULL);
    gint64 end = g_get_monotonic_time() + SRT_TRIAL_SECONDS * G_USEC_PER_SEC;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    char bytes[4096];
    *ret_late = FALSE;
    while (said->len < SAID_MAX && !strstr(said->str, "\nE\n")) {
        gboolean ended = has_ended(pid);
        int n = poll(&p, 1, ended ? 0 : NAP);
        if (n < 0 && errno == EINTR)
            continue;
        ssize_t got = n > 0 ? read(fd, bytes, sizeof bytes) : 0;
        if (got > 0)
            g_string_append_len(said, bytes, got);
        *ret_late = got <= 0 && !ended && g_get_monotonic_time() > end;
        if (got < 0 || (got == 0 && (n > 0 || ended)) || *ret_late)
            break;
    }
    return g_string_free(g_steal_pointer(&said), FALSE);
}

static void keep_answer(SrtTrial *trial, const char *text)
{
    g_auto(GStrv) fields = g_strsplit(text, "\t", 4);
    if (g_strv_length(fields) != 4)
        return;
    unsigned scene = (unsigned)atoi(fields[0]), rule = (unsigned)atoi(fields[1]);
    if (scene >= SRT_SCENE_COUNT || rule >= SRT_RULE_CLASS_COUNT)
        return;
    SrtTrialAnswer *answer = &trial->answers[scene][rule];
    answer->said = TRUE;
    answer->how = (srt_enforcement)atoi(fields[2]);
    g_free(answer->why);
    answer->why = *fields[3] ? g_strdup(fields[3]) : NULL;
}

/* The file is known, and so is who reads this. */
static char *shorten(const SrtTrial *trial, const char *text)
{
    static const char advice[] = ". This is a mistake in the";
    g_autofree char *before = g_strdup_printf("backend %s: ", trial->file);
    if (g_str_has_prefix(text, before))
        text += strlen(before);
    const char *end = strstr(text, advice);
    return end ? g_strndup(text, (gsize)(end - text)) : g_strdup(text);
}

static gboolean is_known(const SrtTrial *trial, const char *name, const char *text)
{
    for (guint i = 0; i < trial->lines->len; i++) {
        const SrtTrialLine *line = trial->lines->pdata[i];
        if (strcmp(line->name, name) == 0 && g_strcmp0(line->text, text) == 0)
            return TRUE;
    }
    return FALSE;
}

static void add_once(SrtTrial *trial, SrtTrialVerdict verdict, const char *group, const char *name,
                     const char *said)
{
    g_autofree char *text = shorten(trial, said);
    if (!is_known(trial, name, text))
        srt_trial_add(trial, verdict, group, name, "%s", text);
}

typedef struct Heard {
    guint bad, left;
    gboolean ended;
    char *step; /* borrowed */
} Heard;

static void hear(SrtTrial *trial, const char *group, const char *name, char *line, Heard *heard)
{
    switch (line[0]) {
    case SAY_BAD:
        heard->bad++;
        add_once(trial, SRT_TRIAL_BAD, group, name, line + 1);
        break;
    case SAY_LEFT:
        heard->left++;
        add_once(trial, SRT_TRIAL_LEFT, group, name, line + 1);
        break;
    case SAY_CANNOT:
        heard->left++;
        if (!trial->cannot)
            trial->cannot = g_strdup(line + 1);
        break;
    case SAY_STEP:
        heard->step = line + 1;
        break;
    case SAY_ANSWER:
        keep_answer(trial, line + 1);
        break;
    case SAY_END:
        heard->ended = TRUE;
        break;
    default:
        break;
    }
}

static void say_how_it_ended(SrtTrial *trial, const char *group, const char *name,
                             const Heard *heard, int status, gboolean late)
{
    const char *step = heard->step ? heard->step : "the start";
    if (late)
        srt_trial_add(trial, SRT_TRIAL_BAD, group, name, "%s did not return within %d seconds",
                      step, SRT_TRIAL_SECONDS);
    else if (WIFSIGNALED(status))
        srt_trial_add(trial, SRT_TRIAL_BAD, group, name, "the process died in %s: %s", step,
                      g_strsignal(WTERMSIG(status)));
    else
        srt_trial_add(trial, SRT_TRIAL_BAD, group, name,
                      "%s ended the process (status %d); a module may not", step,
                      WEXITSTATUS(status));
}

static G_GNUC_NORETURN void in_child(const SrtTrial *trial, int fd, SrtTrialPart part,
                                     const void *data)
{
    SrtTrialChild child = {.fd = fd};
    srt_log_set_quiet(TRUE); /* what a backend warns of is not about the trial */
    setpgid(0, 0);
#ifdef __linux__
    /* What a module starts and leaves is found, whoever its parent was. */
    prctl(PR_SET_CHILD_SUBREAPER, 1);
#endif
    part(&child, trial, data);
    say(&child, SAY_STEP, "the end");
    say(&child, SAY_END, "");
    _exit(0);
}

gboolean srt_child_run(SrtTrial *trial, const char *group, const char *name, SrtTrialPart part,
                       const void *data)
{
    int ends[2], status = 0;
    gboolean late;
    Heard heard = {.bad = 0};
    if (!srt_fd_pipe(ends)) {
        srt_trial_add(trial, SRT_TRIAL_BAD, group, name, "pipe: %s", g_strerror(errno));
        return FALSE;
    }
    pid_t pid = fork();
    if (pid == 0)
        in_child(trial, ends[1], part, data);
    close(ends[1]);
    g_autofree char *said = listen_to(ends[0], pid, &late);
    close(ends[0]);
    kill(-pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    g_auto(GStrv) lines = g_strsplit(said, "\n", -1);
    for (char **line = lines; *line; line++)
        hear(trial, group, name, *line, &heard);
    if (!heard.ended)
        say_how_it_ended(trial, group, name, &heard, status, late);
    else if (heard.bad == 0 && heard.left == 0)
        srt_trial_add(trial, SRT_TRIAL_GOOD, group, name, NULL);
    return heard.ended && heard.bad == 0;
}
