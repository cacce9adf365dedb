/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "macho.h"

#define MAGIC 0xfeedfacfu
#define CPU_X86_64 0x01000007u
#define DYLIB 6u

typedef struct header {
    uint32_t magic, cpu, subtype, type, n_commands, size, flags, reserved;
} header;

typedef struct segment {
    uint32_t command, size;
    char name[16];
    uint64_t address, room, offset, bytes;
    uint32_t most, protection, sections, flags;
} segment;

/* Where the tables are, of LC_DYLD_INFO_ONLY. */
typedef struct link_info {
    uint32_t command, size, rebase, rebase_size, bind, bind_size, weak, weak_size, lazy, lazy_size;
} link_info;

typedef struct symbols {
    uint32_t command, size, offset, count, texts, texts_size;
} symbols;

typedef struct symbol {
    uint32_t text;
    uint8_t type, section;
    uint16_t description;
    uint64_t value;
} symbol;

enum { SEGMENT = 0x19, SYMTAB = 2, MAX_SEGMENTS = 8, READ = 1, WRITE = 2, EXECUTE = 4 };
#define LINK_INFO 0x80000022u

typedef struct image {
    const uint8_t *file;
    size_t size;
    uint8_t *base;
    segment segments[MAX_SEGMENTS];
    size_t n_segments;
    link_info links;
    symbols symbols;
    macho_import import;
} image;

static void stop(const char *what, const char *name)
{
    fprintf(stderr, "macho: %s%s\n", what, name);
    exit(1);
}

static void read_file(image *m, const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0)
        stop("cannot open ", path);
    m->size = (size_t)st.st_size;
    m->file = mmap(NULL, m->size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (m->file == MAP_FAILED)
        stop("cannot map ", path);
}

static const void *part(const image *m, size_t offset, size_t size)
{
    if (offset > m->size || size > m->size - offset)
        stop("a table lies outside of the file", "");
    return m->file + offset;
}

static void read_commands(image *m)
{
    const header *head = part(m, 0, sizeof *head);
    size_t at = sizeof *head;
    if (head->magic != MAGIC || head->cpu != CPU_X86_64 || head->type != DYLIB)
        stop("no library for x86-64", "");
    for (uint32_t i = 0; i < head->n_commands; i++) {
        uint32_t command[2];
        memcpy(command, part(m, at, sizeof command), sizeof command);
        if (command[0] == SEGMENT && m->n_segments < MAX_SEGMENTS)
            memcpy(&m->segments[m->n_segments++], part(m, at, sizeof(segment)), sizeof(segment));
        else if (command[0] == LINK_INFO)
            memcpy(&m->links, part(m, at, sizeof m->links), sizeof m->links);
        else if (command[0] == SYMTAB)
            memcpy(&m->symbols, part(m, at, sizeof m->symbols), sizeof m->symbols);
        at += command[1];
    }
    if (!m->links.command || !m->symbols.command)
        stop("no tables", "");
}

static void map_segments(image *m)
{
    const segment *last = &m->segments[m->n_segments - 1];
    m->base = mmap(NULL, last->address + last->room, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (m->base == MAP_FAILED)
        stop("no memory", "");
    for (size_t i = 0; i < m->n_segments; i++) {
        const segment *s = &m->segments[i];
        memcpy(m->base + s->address, part(m, s->offset, s->bytes), s->bytes);
    }
}

static void protect_segments(const image *m)
{
    for (size_t i = 0; i < m->n_segments; i++) {
        const segment *s = &m->segments[i];
        int protection = (s->protection & READ ? PROT_READ : 0) |
                         (s->protection & WRITE ? PROT_WRITE : 0) |
                         (s->protection & EXECUTE ? PROT_EXEC : 0);
        if (mprotect(m->base + s->address, (s->room + 4095) & ~UINT64_C(4095), protection) != 0)
            stop("cannot protect ", s->name);
    }
}

static uint64_t number(const uint8_t **p)
{
    uint64_t value = 0;
    unsigned shift = 0;
    do
        value |= (uint64_t)(**p & 0x7f) << shift, shift += 7;
    while (*(*p)++ & 0x80);
    return value;
}

static uint64_t *place(const image *m, size_t index, uint64_t offset)
{
    if (index >= m->n_segments || offset + 8 > m->segments[index].room)
        stop("a fix-up lies outside of its segment", "");
    return (uint64_t *)(void *)(m->base + m->segments[index].address + offset);
}

/* Addresses in the library itself, which begins at 0 in its file. */
static void rebase(image *m)
{
    const uint8_t *p = part(m, m->links.rebase, m->links.rebase_size);
    const uint8_t *end = p + m->links.rebase_size;
    size_t index = 0;
    uint64_t offset = 0;
    while (p < end) {
        uint8_t operation = *p & 0xf0, operand = *p & 0x0f;
        uint64_t count = 0, skip = 0;
        p++;
        switch (operation) {
        case 0x00: /* done */
            return;
        case 0x10: /* type */
            continue;
        case 0x20:
            index = operand;
            offset = number(&p);
            continue;
        case 0x30:
            offset += number(&p);
            continue;
        case 0x40:
            offset += operand * 8u;
            continue;
        case 0x50:
            count = operand;
            break;
        case 0x60:
            count = number(&p);
            break;
        case 0x70:
            count = 1;
            skip = number(&p);
            break;
        case 0x80:
            count = number(&p);
            skip = number(&p);
            break;
        default:
            stop("an unknown fix-up", "");
        }
        for (; count > 0; count--, offset += 8 + skip)
            *place(m, index, offset) += (uint64_t)m->base;
    }
}

static void bind_one(const image *m, const char *name, size_t index, uint64_t offset)
{
    void *address = name[0] == '_' ? m->import(name + 1) : m->import(name);
    if (!address)
        stop("an import that nobody has looked at: ", name);
    *place(m, index, offset) = (uint64_t)address;
}

/* Imports; those that macOS binds at their first call too. */
static void bind(const image *m, uint32_t at, uint32_t size)
{
    const uint8_t *p = part(m, at, size), *end = p + size;
    const char *name = "";
    size_t index = 0;
    uint64_t offset = 0;
    while (p < end) {
        uint8_t operation = *p & 0xf0, operand = *p & 0x0f;
        uint64_t count = 1, skip = 0;
        p++;
        switch (operation) {
        case 0x00: /* done; in the lazy table, of one */
        case 0x10: /* which library */
        case 0x30:
        case 0x50: /* type */
            continue;
        case 0x20:
            number(&p);
            continue;
        case 0x40:
            name = (const char *)p;
            p += strlen(name) + 1;
            continue;
        case 0x70:
            index = operand;
            offset = number(&p);
            continue;
        case 0x80:
            offset += number(&p);
            continue;
        case 0x90:
            break;
        case 0xa0:
            skip = number(&p);
            break;
        case 0xb0:
            skip = operand * 8u;
            break;
        case 0xc0:
            count = number(&p);
            skip = number(&p);
            break;
        default:
            stop("an unknown way to bind ", name);
        }
        for (; count > 0; count--, offset += 8 + skip)
            bind_one(m, name, index, offset);
    }
}

static void *find(const image *m, const char *name)
{
    for (uint32_t i = 0; i < m->symbols.count; i++) {
        symbol s;
        memcpy(&s, part(m, m->symbols.offset + i * sizeof s, sizeof s), sizeof s);
        const char *text = part(m, m->symbols.texts + s.text, 1);
        bool exported = (s.type & 0x0f) == 0x0f; /* in a section, and external */
        if (exported && text[0] == '_' && strcmp(text + 1, name) == 0)
            return m->base + s.value;
    }
    stop("no such symbol: ", name);
    return NULL;
}

void *macho_load(const char *path, macho_import import, const char *symbol_name)
{
    image m = {.import = import};
    read_file(&m, path);
    read_commands(&m);
    map_segments(&m);
    rebase(&m);
    bind(&m, m.links.bind, m.links.bind_size);
    bind(&m, m.links.lazy, m.links.lazy_size);
    protect_segments(&m);
    return find(&m, symbol_name);
}
