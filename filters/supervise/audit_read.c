/* SPDX-License-Identifier: Apache-2.0 */
#include "audit_read.h"

#include <string.h>

#define TYPE_CALL 1300
#define TYPE_END 1320
#define TYPE_LANDLOCK_ACCESS 1423
#define TYPE_LANDLOCK_DOMAIN 1424

typedef struct text {
    const char *at;
    size_t length;
} text;

static bool is(text t, const char *word)
{
    return t.length == strlen(word) && memcmp(t.at, word, t.length) == 0;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 16;
}

/* All of it, or false. */
static bool number(text t, unsigned base, uint64_t *ret)
{
    uint64_t value = 0;
    for (size_t i = 0; i < t.length; i++) {
        const unsigned d = (unsigned)digit(t.at[i]);
        if (d >= base || value > (UINT64_MAX - d) / base)
            return false;
        value = value * base + d;
    }
    *ret = value;
    return t.length > 0;
}

/* "audit(1700000000.123:45): " goes; the serial number stays. */
static bool take_head(text *line, uint64_t *ret_serial)
{
    static const char head[] = "audit(";
    const size_t n = sizeof head - 1;
    if (line->length < n || memcmp(line->at, head, n) != 0)
        return false;
    const char *colon = memchr(line->at, ':', line->length);
    const char *end = memchr(line->at, ')', line->length);
    if (!colon || !end || colon > end)
        return false;
    if (!number((text){colon + 1, (size_t)(end - colon - 1)}, 10, ret_serial) || *ret_serial == 0)
        return false;
    line->length -= (size_t)(end + 1 - line->at);
    line->at = end + 1;
    return true;
}

/* The value of a key, quotes and all. Values hold no blank: what could is in hexadecimal, or
 * quoted without a quote in it. */
static bool find(text line, const char *key, text *ret)
{
    const size_t n = strlen(key);
    while (line.length > 0) {
        const char *at = line.at, *last = line.at + line.length;
        while (at < last && (*at == ' ' || *at == ':'))
            at++;
        const char *word = at;
        bool quoted = false;
        for (; at < last && (quoted || *at != ' '); at++)
            quoted ^= *at == '"';
        if ((size_t)(at - word) > n && memcmp(word, key, n) == 0 && word[n] == '=') {
            *ret = (text){word + n + 1, (size_t)(at - word) - n - 1};
            return true;
        }
        line = (text){at, (size_t)(last - at)};
    }
    return false;
}

/* A path into to[SUP_AUDIT_PATH]: "quoted", or hexadecimal. false: it is none. */
static bool path_of(text value, char *to)
{
    size_t n = 0;
    if (value.length >= 2 && value.at[0] == '"' && value.at[value.length - 1] == '"') {
        n = value.length - 2;
        if (n >= SUP_AUDIT_PATH || memchr(value.at + 1, '"', n) || memchr(value.at + 1, 0, n))
            return false;
        memcpy(to, value.at + 1, n);
    } else {
        if (value.length % 2 != 0 || value.length / 2 >= SUP_AUDIT_PATH)
            return false;
        for (; n < value.length / 2; n++) {
            const int high = digit(value.at[2 * n]), low = digit(value.at[2 * n + 1]);
            if (high > 15 || low > 15 || high + low == 0)
                return false;
            to[n] = (char)(high * 16 + low);
        }
    }
    to[n] = '\0';
    return to[0] == '/';
}

/* Writing is the supervisor's: what it lets through is not refused any more. */
static bool operation_of(text blockers, srt_operation *ret)
{
    bool reads = false;
    while (blockers.length > 0) {
        const char *comma = memchr(blockers.at, ',', blockers.length);
        const text one = {blockers.at, comma ? (size_t)(comma - blockers.at) : blockers.length};
        if (is(one, "fs.execute")) {
            *ret = SRT_OP_EXEC;
            return true;
        }
        reads = reads || is(one, "fs.read_file") || is(one, "fs.read_dir");
        blockers.length -= one.length + (comma ? 1 : 0);
        blockers.at += one.length + (comma ? 1 : 0);
    }
    *ret = SRT_OP_READ;
    return reads;
}

static sup_audit_event *held(sup_audit *audit, uint64_t serial)
{
    for (size_t i = 0; i < SUP_AUDIT_HELD; i++)
        if (audit->held[i].serial == serial)
            return &audit->held[i];
    return NULL;
}

static bool is_ours(const sup_audit *audit, uint64_t domain)
{
    for (size_t i = 0; i < audit->n_domains; i++)
        if (audit->domains[i] == domain)
            return true;
    return false;
}

/* Ends one. */
static bool give(const sup_audit *audit, sup_audit_event *event, sup_audit_event *ret)
{
    if (!event || event->serial == 0 || !is_ours(audit, event->domain)) {
        if (event)
            event->serial = 0;
        return false;
    }
    *ret = *event;
    event->serial = 0;
    return true;
}

/* The oldest makes room: its end did not come, or does not exist. */
static bool hold(sup_audit *audit, uint64_t serial, text line, sup_audit_event *ret)
{
    text domain, blockers, path;
    sup_audit_event *event = &audit->held[audit->oldest];
    srt_operation operation;
    uint64_t id;
    if (!find(line, "domain", &domain) || !find(line, "blockers", &blockers) ||
        !find(line, "path", &path) || !number(domain, 16, &id) ||
        !operation_of(blockers, &operation))
        return false;
    bool gave = give(audit, event, ret);
    if (!path_of(path, event->path))
        return gave;
    event->serial = serial;
    event->domain = id;
    event->operation = operation;
    event->pid = 0;
    event->program[0] = '\0';
    audit->oldest = (audit->oldest + 1) % SUP_AUDIT_HELD;
    return gave;
}

static void learn(sup_audit *audit, text line)
{
    text domain, status, pid;
    uint64_t id, owner;
    if (!find(line, "domain", &domain) || !find(line, "status", &status) ||
        !is(status, "allocated") || !find(line, "pid", &pid) || !number(domain, 16, &id) ||
        !number(pid, 10, &owner))
        return;
    if (owner == audit->owner && owner != 0 && audit->n_domains < SUP_AUDIT_DOMAINS &&
        !is_ours(audit, id))
        audit->domains[audit->n_domains++] = id;
}

static void add_call(sup_audit_event *event, text line)
{
    text value;
    uint64_t pid;
    if (find(line, "pid", &value) && number(value, 10, &pid) && pid <= INT32_MAX)
        event->pid = (uint32_t)pid;
    if (!find(line, "exe", &value) || !path_of(value, event->program))
        event->program[0] = '\0';
}

bool sup_audit_read(sup_audit *audit, uint32_t type, const char *bytes, size_t length,
                    sup_audit_event *ret)
{
    text line = {bytes, length};
    uint64_t serial;
    if (!take_head(&line, &serial))
        return false;
    sup_audit_event *event = held(audit, serial);
    switch (type) {
    case TYPE_LANDLOCK_ACCESS:
        /* One call, one refusal. */
        return !event && hold(audit, serial, line, ret);
    case TYPE_LANDLOCK_DOMAIN:
        learn(audit, line);
        return false;
    case TYPE_CALL:
        if (event)
            add_call(event, line);
        return false;
    case TYPE_END:
        return give(audit, event, ret);
    default:
        return false;
    }
}

bool sup_audit_holds(const sup_audit *audit)
{
    for (size_t i = 0; i < SUP_AUDIT_HELD; i++)
        if (audit->held[i].serial != 0)
            return true;
    return false;
}

bool sup_audit_flush(sup_audit *audit, sup_audit_event *ret)
{
    for (size_t i = 0; i < SUP_AUDIT_HELD; i++)
        if (give(audit, &audit->held[(audit->oldest + i) % SUP_AUDIT_HELD], ret))
            return true;
    return false;
}
