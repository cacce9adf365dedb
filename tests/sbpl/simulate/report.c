/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "simulate.h"

#define KEXT "/System/Library/Extensions/Sandbox.kext/Contents/MacOS/Sandbox"

static void add_json(FILE *out, const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        if (*p == '"' || *p == '\\')
            fprintf(out, "\\%c", *p);
        else if (*p < 0x20)
            fprintf(out, "\\u%04x", *p);
        else
            fputc(*p, out);
}

static void name_of(pid_t pid, char room[64])
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
    strcpy(room, "?");
    FILE *f = fopen(path, "re");
    if (f && fgets(room, 64, f))
        room[strcspn(room, "\n")] = '\0';
    if (f)
        fclose(f);
}

/* One write for a record, so that those of two commands do not mix. */
static void record(const sim *s, pid_t pid, const char *operation, const char *target,
                   const char *message)
{
    char name[64], *line = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&line, &size);
    if (!out)
        return;
    name_of(pid, name);
    fputs("{\"timestamp\":\"2026-04-11 09:15:02.101000+0200\",\"processID\":0,"
          "\"senderImagePath\":\"" KEXT "\",\"eventMessage\":\"Sandbox: ",
          out);
    add_json(out, name);
    fprintf(out, "(%d) deny(1) %s%s", (int)pid, operation, *target ? " " : "");
    add_json(out, target);
    fputs("\\n", out);
    add_json(out, message ? message : "");
    fputs("\"}\n", out);
    fclose(out);
    int fd = open(s->records, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd >= 0) {
        if (write(fd, line, size) != (ssize_t)size)
            perror("sandbox-exec: record");
        close(fd);
    }
    free(line);
}

bool sim_ask(const sim *s, pid_t pid, const sbpl_question *question, const char *target)
{
    sbpl_answer answer;
    char why[300];
    if (!sbpl_ask(s->profile, s->model, s->fold, question, &answer, why, sizeof why)) {
        fprintf(stderr, "sandbox-exec: a question makes no sense: %s\n", why);
        return false;
    }
    if (!answer.allow)
        record(s, pid, question->operation, target, answer.message);
    return answer.allow;
}
