/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "profiles.h"
#include "render.h"

static const char *const words[SB_FAMILY_COUNT] = {
    [SB_BASE_PROCESS] = "process",
    [SB_BASE_MACH] = "base-mach",
    [SB_BASE_IPC] = "ipc",
    [SB_BASE_IOKIT] = "iokit",
    [SB_BASE_SYSCTL] = "sysctl",
    [SB_BASE_OTHER] = "base",
    [SB_READ_OPEN] = "open",
    [SB_READ_LEVEL] = "read",
    [SB_WRITE_LEVEL] = "write",
    [SB_OWN] = "own",
    [SB_TMP] = "tmp",
    [SB_LATER_HIDDEN] = "later-hidden",
    [SB_LATER_READ] = "later-read",
    [SB_DEVICES] = "devices",
    [SB_ROOT] = "root",
    [SB_METADATA] = "metadata",
    [SB_TERMINAL] = "terminal",
    [SB_CLONE] = "clone",
    [SB_PIN] = "pin",
    [SB_CREATE] = "create",
    [SB_NET_PROXY] = "proxy",
    [SB_NET_LOCAL] = "local",
    [SB_UNIX] = "unix",
    [SB_TRUSTD] = "trustd",
    [SB_APPLE_EVENTS] = "events",
    [SB_MACH] = "mach",
    [SB_PTY] = "pty",
};

const char *family_word(int family)
{
    return family < 0 ? "default" : words[family];
}

int family_by_word(const char *word)
{
    if (strcmp(word, "default") == 0)
        return -1;
    if (strcmp(word, "-") == 0)
        return -2;
    for (int i = 0; i < SB_FAMILY_COUNT; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    fprintf(stderr, "no such family: %s\n", word);
    exit(1);
}

static void fill_policy(profile *p, const config *c)
{
    size_t n = 0, m = 0;
    while (n < MOST_REGIONS && c->regions[n].path)
        n++;
    while (m < MOST_PENDING && c->pending[m].path)
        m++;
    p->regions = calloc(n + 1, sizeof *p->regions);
    p->region_pointers = calloc(n + 1, sizeof *p->region_pointers);
    p->pending = calloc(m + 1, sizeof *p->pending);
    p->pending_pointers = calloc(m + 1, sizeof *p->pending_pointers);
    for (size_t i = 0; i < n; i++) {
        p->regions[i] = (srt_region){.struct_size = sizeof(srt_region),
                                     .access = c->regions[i].access,
                                     .path = c->regions[i].path};
        p->region_pointers[i] = &p->regions[i];
    }
    for (size_t i = 0; i < m; i++) {
        p->pending[i] = (srt_pending_rule){.struct_size = sizeof(srt_pending_rule),
                                           .access = c->pending[i].access,
                                           .flags = c->pending[i].flags,
                                           .path = c->pending[i].path};
        p->pending_pointers[i] = &p->pending[i];
    }
    p->policy = (srt_policy){.struct_size = sizeof(srt_policy),
                             .cwd = "/Users/me/proj",
                             .home = "/Users/me",
                             .fs_disabled = n == 0,
                             .private_tmp = n > 0 && !c->no_tmp,
                             .regions = p->region_pointers,
                             .n_regions = n,
                             .pending = p->pending_pointers,
                             .n_pending = m,
                             .net_mode = c->network ? SRT_NET_PROXY : SRT_NET_NONE,
                             .unix_all = c->unix_all,
                             .unix_paths = c->unix_paths,
                             .protect_missing = c->protect};
}

static void omit_family(sb_plan *plan, int omit)
{
    size_t kept = 0;
    for (size_t i = 0; i < plan->n_rules; i++)
        if ((int)plan->rules[i].family != omit)
            plan->rules[kept++] = plan->rules[i];
    plan->n_rules = kept;
}

static void finish(profile *p, const sb_plan_input *input, int omit)
{
    char why[400];
    if (sb_plan_make(&p->plan, input) != 0) {
        fprintf(stderr, "no plan: %s\n", p->plan.why);
        exit(1);
    }
    omit_family(&p->plan, omit);
    sb_render(&p->text, &p->plan, TEST_TAG);
    p->rules = p->text.failed ? NULL : sbpl_load(p->text.bytes, p->text.length, why, sizeof why);
    if (!p->rules || sbpl_count(p->rules) != p->plan.n_rules + 1) {
        fprintf(stderr, "%s\n%s\n", p->text.bytes, why);
        exit(1);
    }
}

void profile_make(profile *p, const config *c, int omit)
{
    memset(p, 0, sizeof *p);
    fill_policy(p, c);
    const sb_plan_input input = {
        .policy = &p->policy,
        .options = &c->options,
        .own_dir = p->policy.private_tmp ? "/private/tmp/srt-AbCdEf" : NULL,
        .tmp_dir = p->policy.private_tmp ? "/private/tmp/srt-AbCdEf/tmp" : NULL,
        .http_port = 49201,
        .socks_port = c->same_ports ? 49201 : 49202,
    };
    finish(p, &input, omit);
}

void profile_of_policy(profile *p, const srt_policy *policy, const sb_options *options)
{
    profile_of_policy_without(p, policy, options, -1);
}

void profile_of_policy_without(profile *p, const srt_policy *policy, const sb_options *options,
                               int omit)
{
    memset(p, 0, sizeof *p);
    p->policy = *policy;
    const sb_plan_input input = {.policy = policy, .options = options};
    finish(p, &input, omit);
}

void profile_clear(profile *p)
{
    sbpl_free(p->rules);
    sb_text_clear(&p->text);
    sb_plan_clear(&p->plan);
    free(p->regions);
    free(p->region_pointers);
    free(p->pending);
    free(p->pending_pointers);
    memset(p, 0, sizeof *p);
}

static int family_of(const profile *p, const sbpl_answer *answer)
{
    return answer->rule <= 0 ? -1 : (int)p->plan.rules[answer->rule - 1].family;
}

unsigned profile_ask(const profile *p, bool fold_only, const char *text, bool allow, int family,
                     bool quiet)
{
    char room[2048], why[400];
    sbpl_question question;
    unsigned wrong = 0;
    if (!sbpl_parse_question(text, room, sizeof room, &question)) {
        fprintf(stderr, "no question: %s\n", text);
        exit(1);
    }
    for (int i = 0; i < 2 * SBPL_MODELS; i++) {
        sbpl_answer answer;
        bool fold = i % 2 || fold_only;
        if (!sbpl_ask(p->rules, (sbpl_model)(i / 2), fold, &question, &answer, why, sizeof why)) {
            fprintf(stderr, "%s: %s\n", text, why);
            exit(1);
        }
        bool right = answer.allow == allow && (family == -2 || family_of(p, &answer) == family);
        /* Who finds a denial in the log finds out whose it is. */
        right =
            right && (answer.allow || (answer.message && strcmp(answer.message, TEST_TAG) == 0));
        wrong += !right;
        if (!right && !quiet)
            printf("\n  %s: %s by %s (line %d), model %d%s\n", text,
                   answer.allow ? "allowed" : "denied", family_word(family_of(p, &answer)),
                   answer.line, i / 2, fold ? ", case folded" : "");
    }
    return wrong;
}

unsigned profile_check(const profile *p, const char *check, bool quiet)
{
    char verdict[16], family[32];
    int at = 0;
    if (sscanf(check, "%15s %31s %n", verdict, family, &at) != 2 || at == 0) {
        fprintf(stderr, "no check: %s\n", check);
        exit(1);
    }
    return profile_ask(p, false, check + at, strcmp(verdict, "allow") == 0,
                       quiet ? -2 : family_by_word(family), quiet);
}
