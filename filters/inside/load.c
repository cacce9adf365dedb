/* SPDX-License-Identifier: Apache-2.0 */
/* The plan: mapped, checked, and sorted into a structure. */
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>

#include "inside.h"
#include "sys.h"

#define PLAN_SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

/* Rules must be of a ruleset, and grant what it handles: the kernel would refuse the
 * others, after the first restrictions. */
static int take_landlock(inside_plan *plan, uint32_t tag, const void *bytes)
{
    uint64_t access;
    if (tag == SRT_PLAN_LANDLOCK) {
        memcpy(&plan->ruleset, bytes, sizeof plan->ruleset);
        return plan->n_rulesets++ == SRT_PLAN_RULESETS_MAX;
    }
    memcpy(&access, bytes, sizeof access); /* both rules begin with it */
    const uint64_t handled = tag == SRT_PLAN_LANDLOCK_PATH ? plan->ruleset.fs : plan->ruleset.net;
    return plan->n_rulesets == 0 || (access & ~handled) != 0;
}

static int take_record(void *data, uint32_t tag, const void *bytes, size_t length)
{
    inside_plan *plan = data;
    switch (tag) {
    case SRT_PLAN_ARG:
        plan->argv[plan->argc++] = bytes;
        return 0;
    case SRT_PLAN_ENV:
        plan->envp[plan->envc++] = bytes;
        return 0;
    case SRT_PLAN_CWD:
        plan->cwd = bytes;
        return 0;
    case SRT_PLAN_IGNORE:
        memcpy(&plan->ignored, bytes, sizeof plan->ignored);
        return 0;
    case SRT_PLAN_LISTEN:
        if (plan->n_listeners == INSIDE_MAX_LISTENERS)
            return 1;
        memcpy(&plan->listeners[plan->n_listeners++], bytes, length);
        return 0;
    case SRT_PLAN_FILTER:
        plan->filter = bytes;
        plan->filter_count = length / 8;
        return 0;
    case SRT_PLAN_FLAGS:
        memcpy(&plan->flags, bytes, sizeof plan->flags);
        return 0;
    case SRT_PLAN_NAMESPACES:
        memcpy(&plan->namespaces, bytes, sizeof plan->namespaces);
        return 0;
    case SRT_PLAN_UMASK:
        plan->has_umask = true;
        memcpy(&plan->umask, bytes, sizeof plan->umask);
        return 0;
    case SRT_PLAN_NOTIFY:
        plan->notify = bytes;
        plan->notify_count = length / 8;
        return 0;
    case SRT_PLAN_CHANNEL:
        plan->has_channel = true;
        memcpy(&plan->channel, bytes, sizeof plan->channel);
        return 0;
    case SRT_PLAN_LANDLOCK:
    case SRT_PLAN_LANDLOCK_PATH:
    case SRT_PLAN_LANDLOCK_PORT:
        return take_landlock(plan, tag, bytes);
    case SRT_PLAN_NULL:
        plan->has_null = true;
        memcpy(&plan->null_fd, bytes, sizeof plan->null_fd);
        return 0;
    case SRT_PLAN_MASKS:
        memcpy(&plan->masks_channel, bytes, sizeof plan->masks_channel);
        plan->masks = (const char *)bytes + sizeof plan->masks_channel;
        return 0;
    default:
        return 1;
    }
}

static void *map(size_t size, int protection, int flags, int fd)
{
#ifdef SRT_HOSTED
    void *at = mmap(NULL, size, protection, flags, fd, 0);
    return at == MAP_FAILED ? NULL : at;
#else
    long r = sys6(SYS_mmap, NULL, size, protection, flags, fd, 0);
    return r < 0 && r > -4096 ? NULL : (void *)(intptr_t)r;
#endif
}

/* What only the process that becomes the command can do. */
static bool is_of_command(const inside_plan *plan)
{
    return plan->notify || plan->has_channel || plan->n_rulesets > 0 ||
           (plan->flags & (SRT_PLAN_FLAG_DROP_CAPABILITIES | SRT_PLAN_FLAG_KEEPER |
                           SRT_PLAN_FLAG_NO_DATAGRAM_STDIO)) != 0;
}

/* The masks are mounted where only the process that builds the sandbox may. */
static const char *masks_problem(const inside_plan *plan)
{
    const uint32_t own = CLONE_NEWUSER | CLONE_NEWNS;
    if (!plan->masks)
        return NULL;
    if ((plan->flags & SRT_PLAN_FLAG_COMMAND) != 0 || (plan->namespaces & own) != own)
        return "its masks are not for namespaces of its own";
    if (plan->masks_channel < 3 || plan->masks_channel > INT32_MAX)
        return "the channel of its masks is not a descriptor";
    return NULL;
}

/* What the records say must also make sense together. */
static const char *plan_problem(const inside_plan *plan)
{
    const uint32_t known = SRT_PLAN_FLAG_LOOPBACK_UP | SRT_PLAN_FLAG_COMMAND |
                           SRT_PLAN_FLAG_IGNORE_TTY_SIGNALS | SRT_PLAN_FLAG_DIE_WITH_PARENT |
                           SRT_PLAN_FLAG_DROP_CAPABILITIES | SRT_PLAN_FLAG_KEEPER |
                           SRT_PLAN_FLAG_NO_DATAGRAM_STDIO | SRT_PLAN_FLAG_INIT;
    const bool command = (plan->flags & SRT_PLAN_FLAG_COMMAND) != 0;
    if (plan->argc == 0 || !*plan->argv[0])
        return "it names nothing to execute";
    if (plan->flags & ~known)
        return "it has unknown flags";
    if (plan->cwd && plan->cwd[0] != '/')
        return "its working directory is not absolute";
    if (!command && plan->argv[0][0] != '/')
        return "the program of its outer stage is not an absolute path";
    if (!command && is_of_command(plan))
        return "its outer stage has records of the command";
    if ((plan->notify != NULL) != plan->has_channel)
        return "a notify filter and a channel go together";
    if (plan->has_channel && (plan->channel < 3 || plan->channel > INT32_MAX))
        return "its channel is not a descriptor";
    if (plan->has_null && (plan->null_fd < 3 || plan->null_fd > INT32_MAX))
        return "the number of its empty descriptor is out of range";
    return masks_problem(plan);
}

int plan_load(int fd, inside_plan *ret, const char **why)
{
    memset(ret, 0, sizeof *ret);
    long seals = sys3(SYS_fcntl, fd, F_GET_SEALS, 0);
    long length = sys3(SYS_lseek, fd, 0, 2 /* SEEK_END */);
    *why = "its descriptor is not a sealed memory file";
    if (seals < 0 || (seals & PLAN_SEALS) != PLAN_SEALS || length <= 0)
        return -1;
    *why = "it is too large";
    if (length > (long)SRT_PLAN_MAX)
        return -1;
    /* A record has at least 8 bytes, so an array of pointers as large as the
     * plan holds all words; pages that are not used are never made. */
    size_t room = (size_t)length + 2 * sizeof(char *);
    const void *plan = map((size_t)length, PROT_READ, MAP_PRIVATE, fd);
    ret->argv = map(room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    ret->envp = map(room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    sys1(SYS_close, fd);
    *why = "there is no memory for it";
    if (!plan || !ret->argv || !ret->envp)
        return -1;
    *why = "it has too many listeners or Landlock rules that fit no ruleset";
    ret->plan = plan;
    ret->plan_length = (size_t)length;
    if (srt_plan_read(plan, (size_t)length, take_record, ret, why) != 0)
        return -1;
    *why = plan_problem(ret);
    return *why ? -1 : 0;
}
