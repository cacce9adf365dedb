/* SPDX-License-Identifier: Apache-2.0 */
/* srtctl plan: everything up to the start of a command, without the start. */
#include "cli/ctl_plan.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/log.h"
#include "cli/arguments.h"
#include "cli/command.h"
#include "run/session.h"

extern char **environ;

enum { OPT_SETTINGS = SRT_CTL_OWN, OPT_BACKEND, OPT_UNENFORCED, OPT_ALL, OPT_JSON };

static const SrtOption options[] = {
    SRT_CTL_COMMON,
    [OPT_SETTINGS] = {'s', "settings", "FILE",
                      "settings (-: on standard input); default\n~/.srt-settings.json"},
    [OPT_BACKEND] = {0, "backend", "NAME|PATH", "as for srt"},
    [OPT_UNENFORCED] = {0, "allow-unenforced", "CLASS,...", "as for srt"},
    [OPT_ALL] = {'a', "all", NULL, "also the built-in rules about what does not exist yet"},
    [OPT_JSON] = {'j', "json", NULL, "print JSON"},
    {0, NULL, NULL, NULL},
};

static gsize name_length(const char *entry)
{
    return strcspn(entry, "=");
}

/* The entry of that name, or NULL. */
static const char *find(const char *const *env, const char *name, gsize length)
{
    for (; *env; env++)
        if (name_length(*env) == length && memcmp(*env, name, length) == 0)
            return *env;
    return NULL;
}

void srt_ctl_env_difference(const char *const *before, const char *const *after, char ***ret_added,
                            GPtrArray **ret_removed)
{
    g_autoptr(GPtrArray) added = g_ptr_array_new();
    *ret_removed = g_ptr_array_new_with_free_func(g_free);
    for (const char *const *e = after; *e; e++) {
        const char *old = find(before, *e, name_length(*e));
        if (!old || strcmp(old, *e) != 0)
            g_ptr_array_add(added, g_strdup(*e));
    }
    for (const char *const *e = before; *e; e++)
        if (!find(after, *e, name_length(*e)))
            g_ptr_array_add(*ret_removed, g_strndup(*e, name_length(*e)));
    g_ptr_array_add(added, NULL);
    *ret_added = (char **)g_ptr_array_free(g_steal_pointer(&added), FALSE);
}

static void plan_clear(SrtCtlPlan *plan)
{
    srt_launch_free(plan->launch);
    srt_backend_teardown(plan->run);
    srt_ctl_services_clear(&plan->services);
    g_strfreev(plan->added);
    g_clear_pointer(&plan->removed, g_ptr_array_unref);
    g_clear_pointer(&plan->warnings, g_ptr_array_unref);
    srt_policy_free(plan->policy);
    srt_config_free(plan->config);
    g_free(plan->problem);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SrtCtlPlan, plan_clear)

static gboolean choose(SrtCtlPlan *plan, const SrtOptionValues *values, GError **error)
{
    g_autoptr(SrtBackendSearch) search = srt_backend_search_new();
    g_autoptr(GPtrArray) allowed = NULL;
    const char *text = values->values[OPT_UNENFORCED];
    const SrtConfig *config = plan->config;
    if (text && !(allowed = srt_backend_allow_unenforced(config->allow_unenforced, text, error)))
        return FALSE;
    plan->run = srt_backend_select(search, values->values[OPT_BACKEND],
                                   config->backend ? config->backend->text : NULL, plan->policy,
                                   allowed ? allowed : config->allow_unenforced,
                                   &plan->services.services, plan->warnings, error);
    return plan->run != NULL;
}

/* The launch as srt would make it of these operands. */
static gboolean wrap(SrtCtlPlan *plan, const char *const *operands, GError **error)
{
    gboolean text = !operands[1] && srt_is_shell_text(operands[0]);
    g_auto(GStrv) argv = srt_cli_command(text ? operands[0] : NULL, operands + text, error);
    g_auto(GStrv) env = NULL;
    int ends[2];
    if (!argv)
        return FALSE;
    if (!srt_fd_socketpair(SOCK_SEQPACKET, ends))
        return srt_set_errno(error, SRT_ERROR_FAILED, errno, "socketpair");
    srt_autofd int outer = ends[1];
    (void)outer;
    /* The ports and the token of a shared loopback interface are made at the start. */
    const srt_policy *view = srt_policy_view(plan->policy);
    const SrtProxyPlace place = {.ports = {view->http_port, view->socks_port},
                                 .tokens = {"TOKEN", "TOKEN"}};
    env = srt_run_environment((const char *const *)environ, plan->config, view,
                              srt_backend_run_shares_loopback(plan->run) ? &place : NULL);
    srt_launch *launch = srt_launch_new((const char *const *)argv, (const char *const *)env,
                                        srt_policy_view(plan->policy)->cwd, 0, ends[0]);
    srt_launch_keep_variables(launch, plan->config->env.set);
    if (!srt_backend_wrap(plan->run, launch, error)) {
        srt_launch_free(launch);
        return FALSE;
    }
    plan->launch = launch;
    srt_ctl_env_difference((const char *const *)environ, srt_launch_env(launch), &plan->added,
                           &plan->removed);
    return TRUE;
}

static int run(const SrtOptionValues *values)
{
    g_auto(SrtCtlPlan) plan = {.config = NULL};
    g_autoptr(GError) error = NULL;
    const char *const *argv = srt_options_operands(values);
    plan.warnings = g_ptr_array_new_with_free_func(g_free);
    if (!srt_ctl_resolve(values->values[OPT_SETTINGS], &plan.config, &plan.policy, &error))
        return srt_ctl_fail(error);
    srt_ctl_services_init(&plan.services, plan.config);
    /* Nothing will be started: a backend may answer where it could not run. */
    g_hash_table_insert(plan.services.services.options, (gpointer)(guintptr) "plan",
                        g_strdup("true"));
    if (!choose(&plan, values, &error) || (argv[0] && !wrap(&plan, argv, &error)))
        plan.problem = g_strdup(error->message);
    if (values->values[OPT_JSON])
        srt_ctl_json_print(srt_ctl_plan_json(&plan));
    else
        srt_ctl_plan_print(&plan, values->values[OPT_ALL] != NULL);
    return plan.problem ? SRT_CTL_NO : SRT_CTL_OK;
}

const SrtCtlCommand srt_ctl_plan = {
    .name = "plan",
    .synopsis = "[-s FILE] [--backend=B] [--json] [--] [command [argument...]]",
    .summary = "what would be mounted, allowed and run; nothing is started",
    .text = "Prints the rules that the settings make in this directory with the place where each\n"
            "one stands, how far the chosen backend enforces every rule class, how the\n"
            "environment changes, and the exact words that would be executed. Exit status 1: srt\n"
            "would refuse to run it.",
    .options = options,
    .stop = TRUE,
    .most = G_MAXUINT,
    .run = run,
};
