/* SPDX-License-Identifier: Apache-2.0 */
/* The note in a module's file: found where it is, and nothing read that is not there. */
#include <elf.h>
#include <link.h>
#include <string.h>

#include "plugin/internal.h"
#include "support/unit.h"

#define NOTES_AT 512

typedef struct Note {
    ElfW(Nhdr) head;
    char name[sizeof SRT_BACKEND_NOTE_NAME];
    guint32 abi;
    gint32 priority;
} Note;

/* A file with one segment that is none of notes, and one with two notes. */
typedef struct File {
    ElfW(Ehdr) head;
    ElfW(Phdr) segments[2];
    guint8 room[NOTES_AT - sizeof(ElfW(Ehdr)) - 2 * sizeof(ElfW(Phdr))];
    Note other, ours;
} File;

static const Note a_note = {
    .head = {.n_namesz = sizeof SRT_BACKEND_NOTE_NAME, .n_descsz = 8, .n_type = 1},
    .name = SRT_BACKEND_NOTE_NAME,
    .abi = SRT_BACKEND_ABI,
    .priority = -7,
};

static File good(void)
{
    File file;
    memset(&file, 0, sizeof file);
    memcpy(file.head.e_ident, ELFMAG, SELFMAG);
    file.head.e_ident[EI_CLASS] = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32;
    file.head.e_ident[EI_DATA] = G_BYTE_ORDER == G_LITTLE_ENDIAN ? ELFDATA2LSB : ELFDATA2MSB;
    file.head.e_phoff = G_STRUCT_OFFSET(File, segments);
    file.head.e_phentsize = sizeof(ElfW(Phdr));
    file.head.e_phnum = 2;
    file.segments[0].p_type = PT_LOAD;
    file.segments[1].p_type = PT_NOTE;
    file.segments[1].p_align = 4;
    file.segments[1].p_offset = NOTES_AT;
    file.segments[1].p_filesz = 2 * sizeof(Note);
    file.other = file.ours = a_note;
    file.other.name[0] = 'G';
    return file;
}

static gboolean found(const File *file, gsize size)
{
    gint32 priority = 99;
    g_autofree guint8 *head = g_memdup2(file, size);
    gboolean is = srt_note_find(head, size, &priority);
    CU_ASSERT(!is || priority == -7);
    return is;
}

static void as_it_should_be(void)
{
    File file = good();
    G_STATIC_ASSERT(G_STRUCT_OFFSET(File, other) == NOTES_AT);
    CU_ASSERT_TRUE(found(&file, sizeof file));
    for (gsize size = 0; size < sizeof file; size++)
        CU_ASSERT_FALSE(found(&file, size));
    file.ours.head.n_descsz = 9; /* it may grow */
    file.segments[1].p_filesz += 4;
    CU_ASSERT_FALSE(found(&file, sizeof file));
    file = good();
    file.other.head.n_descsz = 5; /* padded to 8 */
    CU_ASSERT_TRUE(found(&file, sizeof file));
}

#define CHANGED(change)                                                                            \
    do {                                                                                           \
        File file = good();                                                                        \
        change;                                                                                    \
        CU_ASSERT_FALSE(found(&file, sizeof file));                                                \
    } while (0)

static void none_of_ours(void)
{
    CHANGED(file.head.e_ident[0] = 0);
    CHANGED(file.head.e_ident[EI_CLASS] ^= ELFCLASS32 ^ ELFCLASS64);
    CHANGED(file.head.e_ident[EI_DATA] ^= ELFDATA2LSB ^ ELFDATA2MSB);
    CHANGED(file.head.e_phentsize--);
    CHANGED(file.head.e_phnum = 1);
    CHANGED(file.segments[1].p_type = PT_LOAD);
    CHANGED(file.ours.head.n_type = 2);
    CHANGED(file.ours.head.n_descsz = 4);
    CHANGED(file.ours.head.n_namesz = 3);
    CHANGED(file.ours.name[3] = 'x');
    CHANGED(file.ours.abi = SRT_BACKEND_ABI + 1);
}

static void numbers_that_lead_away(void)
{
    const guint64 far[] = {sizeof(File), sizeof(File) - 1,       G_MAXUINT32,
                           G_MAXUINT64,  G_MAXUINT64 - NOTES_AT, (guint64)1 << 63};
    for (gsize i = 0; i < G_N_ELEMENTS(far); i++) {
        CHANGED(file.head.e_phoff = far[i]);
        CHANGED(file.segments[1].p_offset = far[i]);
        CHANGED(file.segments[1].p_filesz = far[i] < sizeof(File) ? NOTES_AT * 2 : far[i]);
        CHANGED(file.other.head.n_namesz = (guint32)far[i]);
        CHANGED(file.other.head.n_descsz = (guint32)far[i]);
    }
    CHANGED(file.head.e_phnum = 65535);
    CHANGED(file.other.head.n_namesz = G_MAXUINT32; file.other.head.n_descsz = G_MAXUINT32);
}

static const srt_unit_case cases[] = {
    {"as it should be", as_it_should_be},
    {"none of ours", none_of_ours},
    {"numbers that lead away", numbers_that_lead_away},
};

SRT_UNIT_MAIN("plugin note", cases)
