/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "simulate.h"

static const struct {
    int value;
    const char *name;
} errors[] = {
    {EPERM, "EPERM"},
    {ENOSYS, "ENOSYS"},
    {ENOTTY, "ENOTTY"},
    {EAFNOSUPPORT, "EAFNOSUPPORT"},
    {EPROTONOSUPPORT, "EPROTONOSUPPORT"},
    {EOPNOTSUPP, "EOPNOTSUPP"},
    {ENOPROTOOPT, "ENOPROTOOPT"},
};

const char *srt_answer_name(uint32_t answer, char buffer[16])
{
    if (answer == SECCOMP_RET_ALLOW)
        return "allow";
    if (answer == SECCOMP_RET_KILL_PROCESS)
        return "kill";
    if (answer == SECCOMP_RET_USER_NOTIF)
        return "notify";
    if (answer == SECCOMP_RET_ERRNO)
        return "nothing, successfully";
    if ((answer & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO)
        for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
            if ((answer & SECCOMP_RET_DATA) == (uint32_t)errors[i].value)
                return errors[i].name;
    snprintf(buffer, 16, "0x%08x", answer);
    return buffer;
}

int srt_answer_errno(const char *name)
{
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (strcmp(errors[i].name, name) == 0)
            return errors[i].value;
    return 0;
}

const char *srt_variant_name(uint32_t variant)
{
    static const char *const names[SRT_FILTER_VARIANTS] = {
        "base",
        "unix",
        "namespaces",
        "unix+namespaces",
        "supervised-unix",
        NULL,
        "namespaces+supervised-unix",
        NULL,
        "shared-net",
        "unix+shared-net",
        "namespaces+shared-net",
        "unix+namespaces+shared-net",
        "supervised-unix+shared-net",
        NULL,
        "namespaces+supervised-unix+shared-net",
        NULL,
    };
    return variant < SRT_FILTER_VARIANTS && names[variant] ? names[variant] : "?";
}
