/* SPDX-License-Identifier: Apache-2.0 */
/* Names of the language, as far as they are published. */
#include <stdlib.h>
#include <string.h>

#include "inner.h"

/* Operations, with the kinds of filters that say something about their objects. */
static const struct {
    const char *name, *takes;
} operations[] = {
    {"default", "*"},
    {"appleevent-send", "appleevent"},
    {"distributed-notification-post", "notification"},
    {"file*", "path"},
    {"file-clone", "path"},
    {"file-ioctl", "path ioctl"},
    {"file-link", "path"},
    {"file-map-executable", "path"},
    {"file-mknod", "path"},
    {"file-mount", "path"},
    {"file-read*", "path"},
    {"file-read-data", "path"},
    {"file-read-metadata", "path"},
    {"file-read-xattr", "path"},
    {"file-test-existence", "path"},
    {"file-write*", "path"},
    {"file-write-acl", "path"},
    {"file-write-create", "path"},
    {"file-write-data", "path"},
    {"file-write-flags", "path"},
    {"file-write-mode", "path"},
    {"file-write-owner", "path"},
    {"file-write-setugid", "path"},
    {"file-write-times", "path"},
    {"file-write-unlink", "path"},
    {"file-write-xattr", "path"},
    {"iokit*", "iokit"},
    {"iokit-get-properties", "iokit"},
    {"iokit-open*", "iokit"},
    {"iokit-open-user-client", "iokit"},
    {"ipc*", "posix"},
    {"ipc-posix*", "posix"},
    {"ipc-posix-sem*", "posix"},
    {"ipc-posix-sem-create", "posix"},
    {"ipc-posix-sem-open", "posix"},
    {"ipc-posix-shm*", "posix"},
    {"ipc-posix-shm-read-data", "posix"},
    {"ipc-posix-shm-write*", "posix"},
    {"ipc-posix-shm-write-create", "posix"},
    {"ipc-posix-shm-write-data", "posix"},
    {"ipc-posix-shm-write-unlink", "posix"},
    {"ipc-sysv*", ""},
    {"ipc-sysv-shm", ""},
    {"job-creation", ""},
    {"lsopen", ""},
    {"mach*", "mach"},
    {"mach-lookup", "mach"},
    {"mach-priv*", "target"},
    {"mach-priv-task-port", "target"},
    {"mach-register", "mach"},
    {"network*", "network path socket"},
    {"network-bind", "network path socket"},
    {"network-inbound", "network path socket"},
    {"network-outbound", "network path socket"},
    {"process*", "path target"},
    {"process-exec*", "path"},
    {"process-exec-interpreter", "path"},
    {"process-fork", ""},
    {"process-info*", "target"},
    {"process-info-listpids", "target"},
    {"process-info-pidinfo", "target"},
    {"process-info-setcontrol", "target"},
    {"pseudo-tty", ""},
    {"signal", "target"},
    {"sysctl*", "sysctl"},
    {"sysctl-read", "sysctl"},
    {"sysctl-write", "sysctl"},
    {"system*", "socket"},
    {"system-reboot", ""},
    {"system-socket", "socket"},
    {"user-preference*", "preference"},
    {"user-preference-read", "preference"},
    {"user-preference-write", "preference"},
};
#define OPERATIONS ((int)(sizeof operations / sizeof *operations))

static const struct {
    const char *alias, *name;
} aliases[] = {
    {"process-exec", "process-exec*"},
    {"ipc-posix-sem", "ipc-posix-sem*"},
    {"ipc-posix-shm", "ipc-posix-shm*"},
    {"iokit-open", "iokit-open*"},
};

/* Parents that the name does not tell: linking and cloning have been measured to be
 * judged as writing of the source. */
static const struct {
    const char *name, *parent;
} adopted[] = {
    {"file-link", "file-write*"},
    {"file-clone", "file-write*"},
};

int sbpl_operation(const char *name)
{
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strcmp(aliases[i].alias, name) == 0)
            name = aliases[i].name;
    for (int i = 0; i < OPERATIONS; i++)
        if (strcmp(operations[i].name, name) == 0)
            return i;
    return -1;
}

const char *sbpl_operation_name(int operation)
{
    return operations[operation].name;
}

/* The longest "name*" that the name begins with. */
int sbpl_operation_parent(int operation)
{
    const char *name = operations[operation].name;
    size_t best = 0;
    int parent = 0;
    if (operation == 0)
        return -1;
    for (size_t i = 0; i < sizeof adopted / sizeof *adopted; i++)
        if (strcmp(adopted[i].name, name) == 0)
            return sbpl_operation(adopted[i].parent);
    for (int i = 0; i < OPERATIONS; i++) {
        size_t n = strlen(operations[i].name) - 1;
        if (i != operation && operations[i].name[n] == '*' && n > best &&
            strncmp(name, operations[i].name, n) == 0 && name[n] == '-') {
            best = n;
            parent = i;
        }
    }
    return parent;
}

static bool holds_word(const char *words, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = words; (p = strstr(p, word)); p++)
        if ((p == words || p[-1] == ' ') && (p[n] == '\0' || p[n] == ' '))
            return true;
    return false;
}

bool sbpl_operation_takes(int operation, const char *category)
{
    return operations[operation].takes[0] == '*' ||
           holds_word(operations[operation].takes, category);
}

/* Filters with a text; each has the forms NAME, NAME-prefix and NAME-regex. */
static const struct {
    const char *name, *category;
} texts[] = {
    {"path", "path"},
    {"global-name", "mach"},
    {"sysctl-name", "sysctl"},
    {"ipc-posix-name", "posix"},
    {"iokit-registry-entry-class", "iokit"},
    {"iokit-user-client-class", "iokit"},
    {"appleevent-destination", "appleevent"},
    {"preference-domain", "preference"},
};

static const struct {
    const char *name, *category, *values; /* NULL: numbers */
} values[] = {
    {"vnode-type", "path",
     "REGULAR-FILE DIRECTORY BLOCK-DEVICE CHARACTER-DEVICE SYMLINK SOCKET FIFO"},
    {"target", "target", "self others children same-sandbox"},
    {"socket-domain", "socket", "AF_UNIX AF_INET AF_INET6 AF_SYSTEM AF_ROUTE"},
    {"socket-protocol", "socket", NULL},
    {"ioctl-command", "ioctl", NULL},
};

static const struct {
    const char *name;
    long number;
} numbers[] = {
    {"TIOCGETA", 0x40487413},  {"TIOCSETA", 0x80487414},   {"TIOCSETAW", 0x80487415},
    {"TIOCSETAF", 0x80487416}, {"TIOCGWINSZ", 0x40087468}, {"TIOCSWINSZ", 0x80087467},
    {"TIOCSTI", 0x80017472},   {"TIOCSCTTY", 0x20007461},
};

static bool text_filter(const char *name, size_t length, const char **ret_fact,
                        const char **ret_category)
{
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strlen(texts[i].name) == length && strncmp(texts[i].name, name, length) == 0) {
            /* Both ask for the class of the object. */
            bool iokit = strcmp(texts[i].category, "iokit") == 0;
            *ret_fact = iokit ? "iokit-class" : texts[i].name;
            *ret_category = texts[i].category;
            return true;
        }
    return false;
}

bool sbpl_filter_name(const char *name, sbpl_match *ret_match, const char **ret_fact,
                      const char **ret_category)
{
    static const struct {
        const char *name;
        sbpl_match match;
    } paths[] = {{"literal", SBPL_LITERAL},
                 {"path-literal", SBPL_LITERAL},
                 {"prefix", SBPL_PREFIX},
                 {"subpath", SBPL_SUBPATH},
                 {"regex", SBPL_REGEX}};
    static const struct {
        const char *suffix;
        sbpl_match match;
    } forms[] = {{"-prefix", SBPL_PREFIX}, {"-regex", SBPL_REGEX}, {"", SBPL_LITERAL}};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (strcmp(paths[i].name, name) == 0) {
            *ret_match = paths[i].match;
            return text_filter("path", 4, ret_fact, ret_category);
        }
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (strcmp(values[i].name, name) == 0) {
            *ret_match = SBPL_VALUE;
            *ret_fact = values[i].name;
            *ret_category = values[i].category;
            return true;
        }
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        size_t n = strlen(name), m = strlen(forms[i].suffix);
        *ret_match = forms[i].match;
        if (n > m && strcmp(name + n - m, forms[i].suffix) == 0 &&
            text_filter(name, n - m, ret_fact, ret_category))
            return true;
    }
    return false;
}

bool sbpl_value_known(const char *fact, const char *word)
{
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (strcmp(values[i].name, fact) == 0)
            return values[i].values ? holds_word(values[i].values, word) : sbpl_number(word) >= 0;
    return false;
}

bool sbpl_fact_known(const char *fact)
{
    const char *ignored_fact, *ignored_category;
    if (strcmp(fact, "local") == 0 || strcmp(fact, "remote") == 0 ||
        strcmp(fact, "iokit-class") == 0)
        return true;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (strcmp(values[i].name, fact) == 0)
            return true;
    return text_filter(fact, strlen(fact), &ignored_fact, &ignored_category);
}

long sbpl_number(const char *word)
{
    char *end;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (strcmp(numbers[i].name, word) == 0)
            return numbers[i].number;
    long number = strtol(word, &end, 0);
    return *word && !*end && number >= 0 ? number : -1;
}

bool sbpl_modifier_known(const char *name)
{
    static const char *const known[] = {"message", "no-log", "report", "send-signal"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i], name) == 0)
            return true;
    return false;
}
