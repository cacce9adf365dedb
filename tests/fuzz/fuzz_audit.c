/* SPDX-License-Identifier: Apache-2.0 */
/* Input: audit records, one a line, each after a letter for its type. The owner is process 7.
 * Whatever comes, what is given has an absolute path and is of a domain of the owner. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "audit_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int holds)
{
    if (!holds)
        abort();
}

static uint32_t type_of(uint8_t letter)
{
    static const uint32_t types[] = {1300, 1320, 1423, 1424, 1327};
    return types[letter % (sizeof types / sizeof *types)];
}

static void check(const sup_audit *audit, const sup_audit_event *event)
{
    int known = 0;
    for (size_t i = 0; i < audit->n_domains; i++)
        known |= audit->domains[i] == event->domain;
    must(known && event->serial != 0);
    must(event->path[0] == '/' && memchr(event->path, 0, sizeof event->path) != NULL);
    must(memchr(event->program, 0, sizeof event->program) != NULL);
    must(event->program[0] == '\0' || event->program[0] == '/');
    must(event->operation == SRT_OP_READ || event->operation == SRT_OP_EXEC);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static sup_audit audit;
    static sup_audit_event event;
    memset(&audit, 0, sizeof audit);
    audit.owner = 7;
    while (size > 0) {
        const uint8_t *end = memchr(data, '\n', size);
        const size_t n = end ? (size_t)(end - data) : size;
        char *line = malloc(n ? n : 1); /* exactly as long, for the sanitizer */
        must(line != NULL);
        if (n > 1)
            memcpy(line, data + 1, n - 1);
        if (n > 0 && sup_audit_read(&audit, type_of(data[0]), line, n - 1, &event))
            check(&audit, &event);
        free(line);
        data += n + (end ? 1 : 0);
        size -= n + (end ? 1 : 0);
    }
    must(audit.n_domains <= SUP_AUDIT_DOMAINS);
    unsigned given = 0;
    for (; sup_audit_flush(&audit, &event); given++)
        check(&audit, &event);
    must(given <= SUP_AUDIT_HELD && !sup_audit_holds(&audit));
    return 0;
}
