/* SPDX-License-Identifier: Apache-2.0 */
/* What srtctl plan shows of descriptors and of the environment. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/ctl_plan.h"
#include "support/unit.h"

static char *read_memory(const char *bytes, gsize size, const char **ret_kind, gsize *ret_size)
{
    int fd = memfd_create("words", MFD_CLOEXEC);
    CU_ASSERT_TRUE_FATAL(fd >= 0);
    CU_ASSERT_EQUAL(write(fd, bytes, size), (gssize)size);
    g_auto(GStrv) words = srt_ctl_fd_words(fd, ret_kind, ret_size);
    close(fd);
    return words ? g_strjoinv("|", words) : NULL;
}

#define ASSERT_WORDS(bytes, expected)                                                              \
    do {                                                                                           \
        const char *kind;                                                                          \
        gsize size;                                                                                \
        g_autofree char *found = read_memory(bytes, sizeof(bytes) - 1, &kind, &size);              \
        SRT_ASSERT_STR(found, expected);                                                           \
        SRT_ASSERT_STR(kind, "memory");                                                            \
        CU_ASSERT_EQUAL(size, sizeof(bytes) - 1);                                                  \
    } while (0)

static void memory(void)
{
    ASSERT_WORDS("--ro-bind\0/\0/\0", "--ro-bind|/|/");
    ASSERT_WORDS("a\0\0b\0", "a||b");
    ASSERT_WORDS("new\nline\0caf\351\0", "new\nline|caf\351");
    ASSERT_WORDS("", NULL);
    ASSERT_WORDS("no end", NULL);
    ASSERT_WORDS("SRTPLAN1\1\0\0\0\3\0\0\0", NULL);
}

static void other_kinds(void)
{
    const char *kind;
    gsize size;
    int ends[2];
    CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    CU_ASSERT_TRUE(srt_ctl_fd_words(ends[0], &kind, &size) == NULL);
    SRT_ASSERT_STR(kind, "socket");
    close(ends[0]);
    close(ends[1]);
    CU_ASSERT_TRUE(srt_ctl_fd_words(ends[0], &kind, &size) == NULL);
    SRT_ASSERT_STR(kind, "other");
}

static void directories(void)
{
    const char *kind;
    gsize size;
    int fd = open("/usr", O_PATH | O_DIRECTORY | O_CLOEXEC);
    CU_ASSERT_TRUE_FATAL(fd >= 0);
    CU_ASSERT_TRUE(srt_ctl_fd_words(fd, &kind, &size) == NULL);
    g_autofree char *target = srt_ctl_fd_target(fd);
    SRT_ASSERT_STR(kind, "directory");
    SRT_ASSERT_STR(target, "/usr");
    close(fd);
}

static void environment(void)
{
    static const char *const before[] = {"A=1", "B=2", "LONG=3", "C=4", NULL};
    static const char *const after[] = {"A=1", "B=3", "LON=3", "C=4", "NEW=", NULL};
    g_auto(GStrv) added = NULL;
    g_autoptr(GPtrArray) removed = NULL;
    srt_ctl_env_difference(before, after, &added, &removed);
    g_autofree char *text = g_strjoinv(" ", added);
    SRT_ASSERT_STR(text, "B=3 LON=3 NEW=");
    CU_ASSERT_EQUAL_FATAL(removed->len, 1);
    SRT_ASSERT_STR(removed->pdata[0], "LONG");
}

static const srt_unit_case cases[] = {
    {"memory", memory},
    {"other_kinds", other_kinds},
    {"directories", directories},
    {"environment", environment},
};

SRT_UNIT_MAIN("cli.words", cases)
