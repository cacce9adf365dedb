/* SPDX-License-Identifier: Apache-2.0 */
#include <srt/launch.h>
#include <string.h>
#include <sys/socket.h>

#include "launch.h"

int launch_handoff = -1;

static const struct {
    int number;
    const char *text;
} reasons[] = {
    {EPERM, "Operation not permitted"},
    {ENOENT, "No such file or directory"},
    {EBADF, "Bad file descriptor"},
    {ENOMEM, "Cannot allocate memory"},
    {EACCES, "Permission denied"},
    {EBUSY, "Device or resource busy"},
    {EXDEV, "It leads to another file system"},
    {ENOTDIR, "Not a directory"},
    {EISDIR, "Is a directory"},
    {EINVAL, "Invalid argument"},
    {EMFILE, "Too many open files"},
    {ENOSPC, "No space left on device (or a limit on namespaces or mounts)"},
    {ENAMETOOLONG, "File name too long"},
    {ENOSYS, "Function not implemented"},
    {ELOOP, "It leads through a symbolic link"},
    {EUSERS, "Too many namespaces"},
    {ESTALE, "It changed since the settings were read"},
};

typedef struct line {
    char bytes[1003];
    size_t length;
} line;

static void add(line *l, const char *text)
{
    for (; *text && l->length < sizeof l->bytes - 1; text++)
        l->bytes[l->length++] = (unsigned char)*text < 0x20 || *text == 0x7f ? ' ' : *text;
}

static void add_number(line *l, unsigned n)
{
    char digits[12];
    size_t at = sizeof digits - 1;
    digits[at] = '\0';
    do
        digits[--at] = (char)('0' + n % 10);
    while (n /= 10);
    add(l, digits + at);
}

static void add_reason(line *l, int number)
{
    add(l, ": ");
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].number == number) {
            add(l, reasons[i].text);
            return;
        }
    add(l, "error ");
    add_number(l, (unsigned)number);
}

void launch_exit(int status)
{
    for (;;)
        SYS1(SYS_exit_group, status);
}

void fail(const char *what, const char *path, long negative_errno)
{
    line l = {.length = 0};
    add(&l, "cannot ");
    add(&l, what);
    if (path) {
        add(&l, " ");
        add(&l, path);
    }
    add_reason(&l, (int)-negative_errno);
    if (launch_handoff >= 0) {
        char packet[2 + sizeof l.bytes];
        packet[0] = SRT_HANDOFF_FAILED;
        packet[1] = LAUNCH_FAILED;
        memcpy(packet + 2, l.bytes, l.length);
        SYS6(SYS_sendto, launch_handoff, packet, 2 + (l.length > 1000 ? 1000 : l.length),
             MSG_NOSIGNAL, NULL, 0);
    } else {
        SYS3(SYS_write, 2, l.bytes, l.length);
    }
    launch_exit(LAUNCH_FAILED);
}

long check(long result, const char *what, const char *path)
{
    if (result < 0)
        fail(what, path, result);
    return result;
}
