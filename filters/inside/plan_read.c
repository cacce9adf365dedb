/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of a plan: pure, without allocation. */
#include <stdbool.h>
#include <string.h>

#include "srt-filters/plan.h"

#define MAGIC_LENGTH (sizeof SRT_PLAN_MAGIC - 1)

static int malformed(const char **ret_why, const char *why)
{
    if (ret_why)
        *ret_why = why;
    return -1;
}

static const char *ruleset_problem(const unsigned char *bytes, size_t length)
{
    struct srt_plan_landlock ruleset;
    if (length != sizeof ruleset)
        return "a Landlock ruleset has a wrong size";
    memcpy(&ruleset, bytes, sizeof ruleset);
    return ruleset.reserved == 0 ? NULL : "a Landlock ruleset has unknown fields";
}

static const char *path_rule_problem(const unsigned char *bytes, size_t length)
{
    struct srt_plan_landlock_path rule;
    if (length < sizeof rule + 2 || length > sizeof rule + SRT_PLAN_PATH_MAX)
        return "a Landlock rule on a path has a wrong size";
    memcpy(&rule, bytes, sizeof rule);
    if (rule.reserved != 0 || (rule.flags & ~SRT_PLAN_PATH_OPTIONAL) != 0)
        return "a Landlock rule has unknown fields";
    const unsigned char *path = bytes + sizeof rule, *last = bytes + length - 1;
    if (*path != '/' || memchr(path, 0, length - sizeof rule) != last)
        return "a Landlock rule is not on one absolute path";
    return rule.access != 0 ? NULL : "a Landlock rule grants nothing";
}

static const char *port_rule_problem(const unsigned char *bytes, size_t length)
{
    struct srt_plan_landlock_port rule;
    if (length != sizeof rule)
        return "a Landlock rule on a port has a wrong size";
    memcpy(&rule, bytes, sizeof rule);
    if (rule.port > 65535)
        return "a Landlock rule is on a port that is none";
    return rule.access != 0 ? NULL : "a Landlock rule grants nothing";
}

static const char *masks_problem(const unsigned char *bytes, size_t length)
{
    if (length < 4 + 2 || length > 4 + SRT_PLAN_PATH_MAX)
        return "the record of the masks has a wrong size";
    if (bytes[4] != '/' || memchr(bytes + 4, 0, length - 4) != bytes + length - 1)
        return "the masks are not for one absolute path";
    return NULL;
}

/* What every record of a tag must look like; NULL when this one does. */
static const char *record_problem(uint32_t tag, const unsigned char *bytes, size_t length)
{
    switch (tag) {
    case SRT_PLAN_ARG:
    case SRT_PLAN_ENV:
    case SRT_PLAN_CWD:
        if (length == 0 || memchr(bytes, 0, length) != bytes + length - 1)
            return "a text record does not end with its only NUL";
        return NULL;
    case SRT_PLAN_IGNORE:
        return length == 8 ? NULL : "the record of ignored signals is not 8 bytes";
    case SRT_PLAN_LISTEN:
        return length == sizeof(struct srt_plan_listen) ? NULL
                                                        : "a listener record has a wrong size";
    case SRT_PLAN_FILTER:
    case SRT_PLAN_NOTIFY:
        if (length == 0 || length % 8 != 0 || length / 8 > 4096)
            return "the filter is not 1 to 4096 instructions";
        return NULL;
    case SRT_PLAN_FLAGS:
    case SRT_PLAN_NAMESPACES:
    case SRT_PLAN_UMASK:
    case SRT_PLAN_CHANNEL:
    case SRT_PLAN_NULL:
        return length == 4 ? NULL : "a number record is not 4 bytes";
    case SRT_PLAN_LANDLOCK:
        return ruleset_problem(bytes, length);
    case SRT_PLAN_LANDLOCK_PATH:
        return path_rule_problem(bytes, length);
    case SRT_PLAN_LANDLOCK_PORT:
        return port_rule_problem(bytes, length);
    case SRT_PLAN_MASKS:
        return masks_problem(bytes, length);
    default:
        return "a record has an unknown tag";
    }
}

/* Tags that may stand there once only. */
static bool is_single(uint32_t tag)
{
    return tag != SRT_PLAN_ARG && tag != SRT_PLAN_ENV && tag != SRT_PLAN_LISTEN &&
           tag != SRT_PLAN_LANDLOCK && tag != SRT_PLAN_LANDLOCK_PATH &&
           tag != SRT_PLAN_LANDLOCK_PORT;
}

int srt_plan_read(const void *plan, size_t length,
                  int (*each)(void *data, uint32_t tag, const void *bytes, size_t length),
                  void *data, const char **ret_why)
{
    const unsigned char *p = plan;
    uint32_t seen = 0;
    if (length > SRT_PLAN_MAX)
        return malformed(ret_why, "it is too large");
    if (length < MAGIC_LENGTH || memcmp(p, SRT_PLAN_MAGIC, MAGIC_LENGTH) != 0)
        return malformed(ret_why, "it does not begin as a plan of this version");
    size_t at = MAGIC_LENGTH;
    for (;;) {
        uint32_t head[2];
        if (length - at < sizeof head)
            return malformed(ret_why, "it has no end record");
        memcpy(head, p + at, sizeof head);
        at += sizeof head;
        if (head[0] == SRT_PLAN_END) {
            bool clean = head[1] == 0 && at == length;
            return clean ? 0 : malformed(ret_why, "bytes follow the end record");
        }
        size_t padded = ((size_t)head[1] + 3) & ~(size_t)3;
        if (padded > length - at)
            return malformed(ret_why, "a record is longer than the rest of it");
        const char *problem = record_problem(head[0], p + at, head[1]);
        if (problem)
            return malformed(ret_why, problem);
        if (is_single(head[0]) && (seen & (1u << head[0])) != 0)
            return malformed(ret_why, "a record stands there twice");
        seen |= 1u << head[0];
        for (size_t i = head[1]; i < padded; i++)
            if (p[at + i] != 0)
                return malformed(ret_why, "padding is not zero");
        int result = each(data, head[0], p + at, head[1]);
        if (result != 0)
            return result;
        at += padded;
    }
}
