/* SPDX-License-Identifier: Apache-2.0 */
#include "run/managed.h"

#include <string.h>

#include "base/log.h"
#include "run/control.h"

/* What the command line says itself counts. */
static void merge(SrtRunOptions *options, const SrtStart *start)
{
    options->settings = (SrtSettingsSource){.text = start->settings,
                                            .label = start->label ? start->label : "settings",
                                            .directory = start->directory};
    if (!options->backend)
        options->backend = start->backend;
    if (!options->allow_unenforced)
        options->allow_unenforced = start->allow_unenforced;
    options->command_id = start->command_id;
    if (start->command_text)
        options->command_text = start->command_text;
    options->live = start->ask || start->live;
    options->quiet = options->quiet || start->quiet;
}

gboolean srt_managed_begin(SrtManaged *managed, const SrtRunOptions *given, GError **error)
{
    managed->options = *given;
    if (!given->session)
        return TRUE;
    managed->manager = srt_manager_open(given->session, error);
    if (!managed->manager || !srt_manager_wait_start(managed->manager, error))
        return FALSE;
    merge(&managed->options, srt_manager_start(managed->manager));
    srt_log_set_quiet(managed->options.quiet);
    return TRUE;
}

static void update(void *data, const char *text)
{
    SrtManaged *managed = data;
    g_autoptr(GError) error = NULL;
    if (!managed->proxy) {
        srt_log_warning("an update is ignored: this command was started without any network, and "
                        "not so that the rules could change");
        return;
    }
    SrtNetPolicy *rules = srt_control_renew(managed->rules, text, strlen(text), "update", &error);
    if (!rules) {
        srt_log_warning("an update is ignored, the settings stay as they were: %s", error->message);
        return;
    }
    srt_log_debug("an update of the session is taken");
    srt_proxy_set_policy(managed->proxy, rules);
    srt_net_policy_unref(managed->rules);
    managed->rules = rules;
}

static void answer(void *data, guint64 question, gboolean allow)
{
    SrtManaged *managed = data;
    if (managed->proxy)
        srt_proxy_answer(managed->proxy, question, allow);
}

static void channel_ended(void *data)
{
    SrtManaged *managed = data;
    if (managed->proxy)
        srt_proxy_stop_asking(managed->proxy);
}

/* On the proxy's thread. */
static void ask(void *data, guint64 question, const SrtNetDecision *decision, SrtProtocol protocol)
{
    static const SrtAskProtocol protocols[] = {[SRT_PROTOCOL_HTTP] = SRT_ASK_HTTP,
                                               [SRT_PROTOCOL_CONNECT] = SRT_ASK_HTTPS,
                                               [SRT_PROTOCOL_SOCKS] = SRT_ASK_SOCKS};
    SrtManaged *managed = data;
    if (!srt_manager_ask(managed->manager, question, decision->host.text, decision->port,
                         protocols[protocol]))
        srt_proxy_answer(managed->proxy, question, FALSE);
}

void srt_managed_add_ask(SrtManaged *managed, SrtProxyOptions *options)
{
    if (!managed->manager || !srt_manager_start(managed->manager)->ask)
        return;
    options->ask = ask;
    options->ask_data = managed;
}

void srt_managed_set_proxy(SrtManaged *managed, SrtProxy *proxy)
{
    managed->proxy = proxy;
}

void srt_managed_watch(SrtManaged *managed, SrtNetPolicy *rules)
{
    const SrtManagerHandlers handlers = {
        .update = update, .answer = answer, .ended = channel_ended, .data = managed};
    if (!managed->manager)
        return;
    managed->rules = srt_net_policy_ref(rules);
    srt_manager_handle(managed->manager, &handlers);
    srt_manager_begin(managed->manager);
}

void srt_managed_unwatch(SrtManaged *managed)
{
    if (managed->rules)
        srt_net_policy_unref(managed->rules);
    managed->rules = NULL;
}

void srt_managed_failed(SrtManaged *managed, int status)
{
    if (managed->manager)
        srt_manager_failed(managed->manager, status);
}

void srt_managed_end(SrtManaged *managed, int status)
{
    srt_manager_end(managed->manager, status);
    managed->manager = NULL;
}
