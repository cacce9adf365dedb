/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "inside.h"
#include "sys.h"

void text_add_bytes(inside_text *t, const char *s, size_t n)
{
    for (size_t i = 0; i < n && t->length < sizeof t->bytes - 1; i++) {
        unsigned char c = (unsigned char)s[i];
        t->bytes[t->length++] = c < 0x20 || c == 0x7f ? ' ' : s[i];
    }
    t->bytes[t->length] = 0;
}

void text_add(inside_text *t, const char *s)
{
    text_add_bytes(t, s, strlen(s));
}

void text_add_number(inside_text *t, unsigned long n)
{
    char digits[24];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + n % 10);
    while (n /= 10);
    text_add_bytes(t, digits + at, sizeof digits - at);
}

/* The errors that what the helper does can meet. */
static const struct {
    int number;
    const char *text;
} reasons[] = {
    {EPERM, "Operation not permitted"},
    {ENOENT, "No such file or directory"},
    {EIO, "Input/output error"},
    {E2BIG, "Argument list too long"},
    {ENOEXEC, "Exec format error"},
    {EBADF, "Bad file descriptor"},
    {EAGAIN, "Resource temporarily unavailable"},
    {ENOMEM, "Cannot allocate memory"},
    {EACCES, "Permission denied"},
    {ENOTDIR, "Not a directory"},
    {EISDIR, "Is a directory"},
    {EINVAL, "Invalid argument"},
    {ENFILE, "Too many open files in system"},
    {EMFILE, "Too many open files"},
    {ETXTBSY, "Text file busy"},
    {ENOSPC, "No space left on device (or a limit on namespaces)"},
    {EPIPE, "Broken pipe"},
    {ENAMETOOLONG, "File name too long"},
    {ENOSYS, "Function not implemented"},
    {ELOOP, "Too many levels of symbolic links"},
#ifdef ELIBBAD
    {ELIBBAD, "Accessing a corrupted shared library"},
#endif
    {EUSERS, "Too many users"},
    {EBUSY, "Device or resource busy"},
    {EOPNOTSUPP, "Operation not supported"},
    {ENOTSOCK, "Socket operation on non-socket"},
    {EAFNOSUPPORT, "Address family not supported"},
    {EADDRINUSE, "Address already in use"},
    {EADDRNOTAVAIL, "Cannot assign requested address"},
    {ENETUNREACH, "Network is unreachable"},
    {ECONNRESET, "Connection reset by peer"},
    {ETIMEDOUT, "Connection timed out"},
    {ECONNREFUSED, "Connection refused"},
};

void text_add_errno(inside_text *t, int e)
{
    text_add(t, ": ");
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].number == e) {
            text_add(t, reasons[i].text);
            return;
        }
    text_add(t, "error ");
    text_add_number(t, (unsigned long)e);
}

long text_number(const char *s, long max)
{
    long n = 0;
    if (!*s)
        return -1;
    for (; *s; s++) {
        if (*s < '0' || *s > '9')
            return -1;
        n = n * 10 + (*s - '0');
        if (n > max)
            return -1;
    }
    return n;
}

const char *env_get(const char *const *env, const char *name)
{
    size_t n = strlen(name);
    for (; *env; env++)
        if (strlen(*env) > n && memcmp(*env, name, n) == 0 && (*env)[n] == '=')
            return *env + n + 1;
    return NULL;
}

bool text_equal(const char *a, const char *b)
{
    size_t n = strlen(a);
    return n == strlen(b) && memcmp(a, b, n) == 0;
}
