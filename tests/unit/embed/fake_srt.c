/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for srt: speaks the session's protocol as its words tell, without any sandbox.
 *
 *   --session=fd:N|PATH#TOKEN [-c TEXT] [--] STEP...
 *
 * Steps: hello  hello=VERSION  start (waits for it)  say=LINE  violation=TARGET  notice=TEXT
 * error=TEXT  ask=HOST (waits for the answer; status 0 or 3)  update (waits for one; status 0 when
 * it has "updated")  eof (waits for the end of the channel)  env=NAME  cwd  fds  show=KEY (of
 * start's settings)  sleep  stop=SIGNAL  end=STATUS  exit=STATUS  text (prints TEXT and what is
 * behind it)
 *
 * A file named FAKE_STEPS in the environment is read in their place: for words that are a command.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "channel/address.h"
#include "channel/line.h"
#include "channel/message.h"
#include "channel/place.h"

static int channel;
static char *token;
static SrtLines *lines;
static SrtFromManager start;
static int status;

static void say(const char *line)
{
    if (send(channel, line, strlen(line), MSG_NOSIGNAL) < 0 && errno != EPIPE)
        perror("fake: say");
}

static void send_message(SrtToManager message)
{
    char *line = srt_to_manager_line(&message);
    say(line);
    g_free(line);
}

/* FALSE at the end of the channel. */
static gboolean next_message(SrtFromManager *ret)
{
    const char *line;
    gsize length;
    SrtLineResult result;
    while ((result = srt_lines_next(lines, &line, &length)) == SRT_LINE_NONE)
        if (srt_lines_read(lines, channel) <= 0)
            return FALSE;
    GError *error = NULL;
    if (result != SRT_LINE_READY || !srt_from_manager_parse(line, length, ret, &error)) {
        fprintf(stderr, "fake: %s\n", error ? error->message : "too long");
        exit(99);
    }
    return TRUE;
}

static void say_violation(const char *target)
{
    char *json = g_strdup_printf(
        "{\"time\":\"2026-01-31T12:00:00.000005Z\",\"session\":\"run-%d\",\"operation\":\"write\","
        "\"target\":\"%s\",\"rule\":\"filesystem.allowWrite\",\"reason\":\"no\",\"backend\":"
        "\"fake\","
        "\"pid\":77,\"commandId\":\"not me\",\"count\":2,\"attempt\":true,\"tampering\":false}",
        getpid(), target);
    send_message((SrtToManager){.kind = SRT_TO_MANAGER_VIOLATION, .violation = json});
    g_free(json);
}

static void ask(const char *host)
{
    static guint64 number;
    SrtFromManager message = {0};
    send_message((SrtToManager){.kind = SRT_TO_MANAGER_ASK,
                                .number = ++number,
                                .host = (char *)(gsize)host,
                                .port = 443,
                                .ask_protocol = SRT_ASK_HTTPS});
    if (!next_message(&message))
        exit(98);
    if (message.kind != SRT_FROM_MANAGER_ANSWER || message.answer != number)
        exit(97);
    status = message.allow ? 0 : 3;
    srt_from_manager_clear(&message);
}

static void show_fds(void)
{
    for (int fd = 3; fd < 256; fd++)
        if (fd != channel && fcntl(fd, F_GETFD) >= 0)
            printf("fd %d\n", fd);
}

static gboolean simple_step(const char *step, const char *value)
{
    if (strcmp(step, "hello") == 0)
        send_message((SrtToManager){.kind = SRT_TO_MANAGER_HELLO,
                                    .protocol_version = *value ? (guint)atoi(value) : 1,
                                    .version = (char *)(gsize) "0.0.0",
                                    .pid = getpid(),
                                    .token = token});
    else if (strcmp(step, "say") == 0)
        say(value);
    else if (strcmp(step, "violation") == 0)
        say_violation(value);
    else if (strcmp(step, "notice") == 0)
        send_message((SrtToManager){.kind = SRT_TO_MANAGER_NOTICE, .text = (char *)(gsize)value});
    else if (strcmp(step, "error") == 0)
        send_message((SrtToManager){
            .kind = SRT_TO_MANAGER_ERROR, .text = (char *)(gsize)value, .status = 125});
    else if (strcmp(step, "lost") == 0)
        send_message((SrtToManager){.kind = SRT_TO_MANAGER_LOST, .number = 5});
    else
        return FALSE;
    return TRUE;
}

static void step(const char *word)
{
    SrtFromManager message = {0};
    g_autofree char *name = g_strndup(word, strcspn(word, "="));
    const char *value = strchr(word, '=') ? strchr(word, '=') + 1 : "";
    if (simple_step(name, value))
        return;
    if (strcmp(name, "start") == 0) {
        if (!next_message(&start) || start.kind != SRT_FROM_MANAGER_START)
            exit(96);
    } else if (strcmp(name, "ask") == 0) {
        ask(value);
    } else if (strcmp(name, "update") == 0) {
        if (!next_message(&message) || message.kind != SRT_FROM_MANAGER_UPDATE)
            exit(95);
        status = strstr(message.update, "updated") ? 0 : 4;
        srt_from_manager_clear(&message);
    } else if (strcmp(name, "eof") == 0) {
        while (next_message(&message))
            srt_from_manager_clear(&message);
    } else if (strcmp(name, "env") == 0) {
        printf("%s=%s\n", value, getenv(value) ? getenv(value) : "(none)");
    } else if (strcmp(name, "cwd") == 0) {
        g_autofree char *cwd = g_get_current_dir();
        printf("cwd %s\n", cwd);
    } else if (strcmp(name, "fds") == 0) {
        show_fds();
    } else if (strcmp(name, "show") == 0) {
        printf("%s|%s|%s|%s|%s|%d%d%d%d\n", start.start.label, start.start.directory,
               start.start.backend, start.start.command_id, start.start.command_text,
               start.start.ask, start.start.end_with_session, start.start.quiet, start.start.live);
        printf("%s\n", start.start.settings);
    } else if (strcmp(name, "sleep") == 0) {
        sleep(600);
    } else if (strcmp(name, "stop") == 0) {
        raise(atoi(value));
    } else if (strcmp(name, "end") == 0) {
        send_message(
            (SrtToManager){.kind = SRT_TO_MANAGER_ENDED, .status = *value ? atoi(value) : status});
        fflush(stdout);
        exit(*value ? atoi(value) : status);
    } else if (strcmp(name, "exit") == 0) {
        fflush(stdout);
        _exit(atoi(value));
    } else {
        fprintf(stderr, "fake: no step %s\n", name);
        exit(94);
    }
}

static void print_words(char **words)
{
    for (; *words; words++)
        printf("[%s]", *words);
    printf("\n");
}

/* A command that is none of ours: the steps are in the environment. */
static char **steps_of(char **words)
{
    const char *steps = getenv("FAKE_STEPS");
    if (!steps)
        return words;
    print_words(words);
    return g_strsplit(steps, " ", -1);
}

int main(int argc, char **argv)
{
    g_auto(SrtChannelAddress) address = {.fd = -1};
    if (argc < 3 || strncmp(argv[1], "--session=", 10) != 0 ||
        !srt_channel_address_parse(argv[1] + 10, &address, NULL))
        return 93;
    channel = address.path ? srt_channel_connect(address.path, NULL) : address.fd;
    if (channel < 0)
        return 92;
    token = address.token;
    lines = srt_lines_new(SRT_CHANNEL_TO_SRT_MAX);
    char **words = steps_of(argv + 2);
    for (; *words; words++)
        if (strcmp(*words, "--") != 0)
            step(*words);
    srt_lines_free(lines);
    fflush(stdout);
    return status;
}
