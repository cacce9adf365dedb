/* SPDX-License-Identifier: Apache-2.0 */
/* What srtctl gives to a backend: the same as a session does. */
#include <string.h>

#include "cli/ctl.h"
#include "run/backend_options.h"
#include "run/session.h"

void srt_ctl_services_init(SrtCtlServices *services, const SrtConfig *config)
{
    memset(services, 0, sizeof *services);
    services->inside_helper = srt_run_inside_helper();
    services->services.inside_helper = services->inside_helper;
    services->services.options = srt_run_backend_options(config);
}

void srt_ctl_services_clear(SrtCtlServices *services)
{
    g_clear_pointer(&services->services.options, g_hash_table_unref);
    g_clear_pointer(&services->inside_helper, g_free);
}

SrtPolicy *srt_ctl_plain_policy(GError **error)
{
    g_autoptr(SrtConfig) config = srt_config_defaults();
    SrtPolicyInputs inputs = {.cwd = "/", .http_port = 3128, .socks_port = 1080};
    g_clear_pointer(&config->filesystem.allow_write, g_ptr_array_unref);
    config->filesystem.allow_write =
        g_ptr_array_new_with_free_func((GDestroyNotify)srt_config_item_free);
    return srt_policy_new(config, &inputs, error);
}

char *srt_ctl_try(const SrtBackendCandidate *candidate, const SrtPolicy *policy,
                  const SrtBackendServices *services, SrtBackendRun **ret_run)
{
    g_autoptr(GError) error = NULL;
    *ret_run = NULL;
    if (!candidate->backend)
        return g_strdup(candidate->problem);
    *ret_run = srt_backend_prepare(candidate->backend, policy, services, &error);
    if (*ret_run && srt_backend_run_judge(*ret_run, policy, NULL, NULL, &error))
        return NULL;
    return g_strdup(error->message);
}
