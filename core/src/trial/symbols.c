/* SPDX-License-Identifier: Apache-2.0 */
/* What a loaded module exports, from the tables that the dynamic linker itself uses. */
#include <string.h>

#include "trial/private.h"

#ifdef __linux__
#include <elf.h>
#include <limits.h>
#include <link.h>
#include <stdlib.h>

#include <srt/backend.h>

typedef struct Search {
    const char *file; /* canonical */
    GString *more;
} Search;

typedef struct Tables {
    const ElfW(Sym) * symbols;
    const char *strings;
    const guint32 *gnu, *sysv;
} Tables;

/* glibc has put addresses there, others leave what the file says. */
static const void *place(const struct dl_phdr_info *info, ElfW(Addr) value)
{
    return (const void *)(value < info->dlpi_addr ? info->dlpi_addr + value : value);
}

static void find_tables(const struct dl_phdr_info *info, const ElfW(Dyn) * dynamic, Tables *ret)
{
    for (; dynamic->d_tag != DT_NULL; dynamic++) {
        const void *at = place(info, dynamic->d_un.d_ptr);
        if (dynamic->d_tag == DT_SYMTAB)
            ret->symbols = at;
        else if (dynamic->d_tag == DT_STRTAB)
            ret->strings = at;
        else if (dynamic->d_tag == DT_GNU_HASH)
            ret->gnu = at;
        else if (dynamic->d_tag == DT_HASH)
            ret->sysv = at;
    }
}

/* How many symbols there are: the last one in any chain ends the table. */
static guint32 count_symbols(const Tables *t)
{
    if (t->sysv)
        return t->sysv[1];
    if (!t->gnu)
        return 0;
    const guint32 buckets = t->gnu[0], first = t->gnu[1], words = t->gnu[2];
    const guint32 *bucket = t->gnu + 4 + words * (sizeof(ElfW(Addr)) / sizeof(guint32));
    const guint32 *chain = bucket + buckets;
    guint32 last = 0;
    for (guint32 i = 0; i < buckets; i++)
        last = MAX(last, bucket[i]);
    if (last < first)
        return first;
    while (!(chain[last - first] & 1))
        last++;
    return last + 1;
}

/* Names with '_' in front belong to the compiler, the linker and sanitizers. */
static gboolean is_more(const Tables *t, const ElfW(Sym) * symbol)
{
    const char *name = t->strings + symbol->st_name;
    int binding = symbol->st_info >> 4;
    return symbol->st_shndx != SHN_UNDEF && (binding == STB_GLOBAL || binding == STB_WEAK) &&
           name[0] != '_' && strcmp(name, SRT_BACKEND_ENTRY) != 0;
}

static int look(struct dl_phdr_info *info, size_t size, void *data)
{
    Search *search = data;
    Tables t = {.symbols = NULL};
    (void)size;
    if (strcmp(info->dlpi_name, search->file) != 0)
        return 0;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_DYNAMIC)
            find_tables(info, (const void *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr), &t);
    for (guint32 i = 0; t.symbols && t.strings && i < count_symbols(&t); i++)
        if (is_more(&t, &t.symbols[i]))
            g_string_append_printf(search->more, " %s", t.strings + t.symbols[i].st_name);
    return 1;
}

char *srt_symbols_more(const char *file)
{
    char real[PATH_MAX];
    Search search = {.file = realpath(file, real), .more = g_string_new(NULL)};
    if (search.file)
        dl_iterate_phdr(look, &search);
    char *more = g_string_free(search.more, search.more->len == 0);
    return more;
}
#else
char *srt_symbols_more(const char *file)
{
    (void)file;
    return NULL;
}
#endif
