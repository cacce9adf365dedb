/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"

void sb_tag(char *ret, size_t size, unsigned command, const char *session)
{
    snprintf(ret, size, "SRT%u_%s_SRT", command, session);
}

/* The number of the command when the whole text is a tag of the session; -1. */
static long command_of(const char *text, const char *session)
{
    char expected[SB_SESSION_MAX + 32];
    char *end;
    if (strncmp(text, "SRT", 3) != 0 || !isdigit((unsigned char)text[3]))
        return -1;
    unsigned long number = strtoul(text + 3, &end, 10);
    if (number > 1000000)
        return -1;
    sb_tag(expected, sizeof expected, (unsigned)number, session);
    return strcmp(text, expected) == 0 ? (long)number : -1;
}

/* A word such as "file-read-data" or "process-exec*". */
static size_t operation_length(const char *p)
{
    size_t n = 0;
    while ((p[n] >= 'a' && p[n] <= 'z') || p[n] == '-' || p[n] == '*')
        n++;
    return n > 0 && (p[n] == '\0' || p[n] == ' ') ? n : 0;
}

/* "(DIGITS) deny(DIGITS) OPERATION" at p: the operation, or NULL. */
static const char *after_verdict(const char *p, long *ret_pid)
{
    char *end;
    if (*p != '(' || !isdigit((unsigned char)p[1]))
        return NULL;
    *ret_pid = strtol(p + 1, &end, 10);
    if (strncmp(end, ") deny(", 7) != 0 || *ret_pid > INT32_MAX)
        return NULL;
    const char *q = end + 7;
    while (isdigit((unsigned char)*q))
        q++;
    if (strncmp(q, ") ", 2) != 0 || operation_length(q + 2) == 0)
        return NULL;
    return q + 2;
}

/* Names and targets may hold anything, parentheses too. A name is short: of the
 * places that could end it, the last that leaves it so is taken. */
static const char *find_verdict(const char *text, size_t *ret_name, long *ret_pid)
{
    const char *found = NULL;
    for (size_t i = 1; i <= SB_PROCESS_MAX && text[i - 1]; i++) {
        long pid;
        const char *operation = after_verdict(text + i, &pid);
        if (operation) {
            found = operation;
            *ret_name = i;
            *ret_pid = pid;
        }
    }
    return found;
}

/* "4 duplicate reports for " */
static const char *skip_repeats(const char *text, unsigned *ret_count)
{
    static const char repeats[] = " duplicate reports for ";
    static const char repeat[] = " duplicate report for ";
    char *end;
    *ret_count = 1;
    if (!isdigit((unsigned char)*text))
        return text;
    unsigned long count = strtoul(text, &end, 10);
    bool many = strncmp(end, repeats, sizeof repeats - 1) == 0;
    if (!many && strncmp(end, repeat, sizeof repeat - 1) != 0)
        return text;
    *ret_count = count == 0 ? 1 : count > 1000000 ? 1000000 : (unsigned)count;
    return end + (many ? sizeof repeats : sizeof repeat) - 1;
}

/* A whole message: the denial, a newline, the tag. It is written to. */
static void take_message(sb_reader *r, char *message)
{
    char process[SB_PROCESS_MAX + 1];
    sb_record record;
    size_t name = 0;
    long pid = 0;
    char *tag = strrchr(message, '\n');
    long command = tag ? command_of(tag + 1, r->session) : -1;
    if (command < 0)
        return;
    *tag = '\0';
    const char *text = skip_repeats(message, &record.count);
    if (strncmp(text, "Sandbox: ", 9) != 0)
        return;
    text += 9;
    char *operation = (char *)(uintptr_t)find_verdict(text, &name, &pid);
    if (!operation)
        return;
    memcpy(process, text, name);
    process[name] = '\0';
    size_t n = operation_length(operation);
    record.target = operation[n] ? operation + n + 1 : "";
    operation[n] = '\0';
    record.process = process;
    record.pid = (int32_t)pid;
    record.operation = operation;
    record.command = (unsigned)command;
    r->take(r->data, &record);
}

static void take_json(sb_reader *r, const char *line, size_t length)
{
    static const char sandbox[] = "/Sandbox";
    sb_text sender = {0}, message = {0};
    long process = -1;
    sb_json_want wants[] = {
        {"processID", NULL, &process, false},
        {"senderImagePath", &sender, NULL, false},
        {"eventMessage", &message, NULL, false},
    };
    bool ok = sb_json_read(line, length, wants, 3) && wants[0].found && process == 0 &&
              !sender.failed && !message.failed && sender.bytes && message.bytes &&
              sender.length >= sizeof sandbox - 1 &&
              strcmp(sender.bytes + sender.length - (sizeof sandbox - 1), sandbox) == 0;
    if (ok)
        take_message(r, message.bytes);
    sb_text_clear(&sender);
    sb_text_clear(&message);
}

/* "2026-04-11 09:15:02.101" */
static bool begins_entry(const char *line)
{
    static const char form[] = "0000-00-00 00:00:00.";
    for (size_t i = 0; form[i]; i++)
        if (form[i] == '0' ? !isdigit((unsigned char)line[i]) : line[i] != form[i])
            return false;
    return true;
}

/* What follows "TYPE kernel[0:THREAD] (Sandbox) ", or NULL for another sender. */
static const char *after_head(const char *line)
{
    static const char kernel[] = "kernel[0:", sender[] = "] (Sandbox) ";
    const char *p = strchr(line, '.');
    while (p && isdigit((unsigned char)p[1]))
        p++;
    p = p && p[1] == ' ' ? p + 2 : NULL;
    while (p && (isalpha((unsigned char)*p) || *p == ' ')) {
        if (strncmp(p, kernel, sizeof kernel - 1) == 0)
            break;
        p++;
    }
    if (!p || strncmp(p, kernel, sizeof kernel - 1) != 0)
        return NULL;
    for (p += sizeof kernel - 1; isxdigit((unsigned char)*p);)
        p++;
    return strncmp(p, sender, sizeof sender - 1) == 0 ? p + sizeof sender - 1 : NULL;
}

static void take_compact(sb_reader *r, const char *line)
{
    if (begins_entry(line)) {
        const char *message = after_head(line);
        r->entry.length = 0;
        r->in_entry = message != NULL;
        if (message)
            sb_text_puts(&r->entry, message);
        return;
    }
    if (!r->in_entry)
        return;
    sb_text_putc(&r->entry, '\n');
    sb_text_puts(&r->entry, line);
    if (r->entry.failed || r->entry.length > SB_RECORD_MAX) {
        r->in_entry = false;
        r->dropped++;
    } else if (command_of(line, r->session) >= 0) {
        r->in_entry = false;
        take_message(r, r->entry.bytes);
    }
}

static void take_line(sb_reader *r)
{
    const char *line = r->line.bytes ? r->line.bytes : "";
    if (memchr(line, '\0', r->line.length))
        return;
    if (strncmp(line, "Filtering the log data", 22) == 0)
        r->ready = true;
    else if (line[0] == '{')
        take_json(r, line, r->line.length);
    else
        take_compact(r, line);
}

void sb_reader_init(sb_reader *reader, const char *session, sb_record_take take, void *data)
{
    memset(reader, 0, sizeof *reader);
    snprintf(reader->session, sizeof reader->session, "%s", session);
    reader->take = take;
    reader->data = data;
}

void sb_reader_feed(sb_reader *r, const char *bytes, size_t length)
{
    while (length > 0) {
        const char *newline = memchr(bytes, '\n', length);
        size_t n = newline ? (size_t)(newline - bytes) : length;
        if (r->line.length + n > SB_RECORD_MAX || r->line.failed)
            r->too_long = true;
        else if (!r->too_long)
            sb_text_add(&r->line, bytes, n);
        if (!newline)
            return;
        if (r->too_long) {
            r->dropped++;
            r->in_entry = false;
        } else {
            take_line(r);
        }
        r->too_long = false;
        r->line.length = 0;
        bytes += n + 1;
        length -= n + 1;
    }
}

void sb_reader_restart(sb_reader *reader)
{
    reader->line.length = reader->entry.length = 0;
    reader->in_entry = reader->too_long = reader->ready = false;
}

void sb_reader_clear(sb_reader *reader)
{
    sb_text_clear(&reader->line);
    sb_text_clear(&reader->entry);
}

bool sb_record_is_noise(const sb_record *record)
{
    static const struct {
        const char *operation, *target, *why;
    } noise[] = {
        {"network-outbound", "/private/var/run/mDNSResponder", "every look-up of a name"},
        {"mach-lookup", "com.apple.diagnosticd", "logging asks whether somebody listens"},
        {"mach-lookup", "com.apple.analyticsd", "frameworks count what they are used for"},
        {"file-read-data", "/dev/dtracehelper", "every start of a program"},
        {"file-read-xattr", "com.apple.provenance", "every start of a program"},
    };
    for (size_t i = 0; i < sizeof noise / sizeof *noise; i++)
        if (strcmp(noise[i].operation, record->operation) == 0 &&
            strcmp(noise[i].target, record->target) == 0)
            return true;
    return false;
}
