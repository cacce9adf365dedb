/* SPDX-License-Identifier: Apache-2.0 */
/* What a module's file says of itself, so that the module need not be loaded to be
 * asked. Pure: the first bytes of a file, from whomever, go in. */
#include <string.h>
#ifdef __linux__
#include <elf.h>
#include <link.h>
#endif

#include "plugin/internal.h"

#ifdef __linux__

#define SEGMENTS_MAX 64
#define OUR_CLASS (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32)
#define OUR_DATA (G_BYTE_ORDER == G_LITTLE_ENDIAN ? ELFDATA2LSB : ELFDATA2MSB)

/* What the descriptor of our note begins with. */
typedef struct Said {
    guint32 abi;
    gint32 priority;
} Said;

/* count bytes at offset, or NULL when they are not all there. */
static const guint8 *bytes_at(const guint8 *data, gsize size, guint64 offset, guint64 count)
{
    return offset <= size && count <= size - offset ? data + offset : NULL;
}

static guint64 padded(guint32 size, guint64 alignment)
{
    return ((guint64)size + alignment - 1) & ~(alignment - 1);
}

/* Looks through one segment of notes. */
static gboolean find_in(const guint8 *notes, gsize size, guint64 alignment, Said *ret)
{
    guint64 at = 0;
    ElfW(Nhdr) head;
    const guint8 *p;
    while ((p = bytes_at(notes, size, at, sizeof head))) {
        memcpy(&head, p, sizeof head);
        at += sizeof head;
        const guint8 *name = bytes_at(notes, size, at, head.n_namesz);
        at += padded(head.n_namesz, alignment);
        const guint8 *text = bytes_at(notes, size, at, head.n_descsz);
        at += padded(head.n_descsz, alignment);
        if (!name || !text)
            return FALSE;
        if (head.n_type == SRT_BACKEND_NOTE_TYPE && head.n_descsz >= sizeof *ret &&
            head.n_namesz == sizeof SRT_BACKEND_NOTE_NAME &&
            memcmp(name, SRT_BACKEND_NOTE_NAME, sizeof SRT_BACKEND_NOTE_NAME) == 0) {
            memcpy(ret, text, sizeof *ret);
            return TRUE;
        }
    }
    return FALSE;
}

gboolean srt_note_find(const guint8 *head, gsize size, gint32 *ret_priority)
{
    ElfW(Ehdr) file;
    ElfW(Phdr) segment;
    Said said;
    const guint8 *p = bytes_at(head, size, 0, sizeof file);
    if (!p)
        return FALSE;
    memcpy(&file, p, sizeof file);
    if (memcmp(file.e_ident, ELFMAG, SELFMAG) != 0 || file.e_ident[EI_CLASS] != OUR_CLASS ||
        file.e_ident[EI_DATA] != OUR_DATA || file.e_phentsize != sizeof segment ||
        file.e_phnum > SEGMENTS_MAX || file.e_phoff > size)
        return FALSE;
    for (guint i = 0; i < file.e_phnum; i++) {
        p = bytes_at(head, size, (guint64)file.e_phoff + i * sizeof segment, sizeof segment);
        if (!p)
            return FALSE;
        memcpy(&segment, p, sizeof segment);
        const guint8 *notes = segment.p_type == PT_NOTE
                                  ? bytes_at(head, size, segment.p_offset, segment.p_filesz)
                                  : NULL;
        if (notes && find_in(notes, segment.p_filesz, segment.p_align == 8 ? 8 : 4, &said)) {
            *ret_priority = said.priority;
            return said.abi == SRT_BACKEND_ABI; /* else loading says what is wrong */
        }
    }
    return FALSE;
}

#else

gboolean srt_note_find(const guint8 *head, gsize size, gint32 *ret_priority)
{
    (void)head, (void)size, (void)ret_priority;
    return FALSE;
}

#endif
