/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ctl_plan.h"

static void add_text(json_object *object, const char *key, const char *text)
{
    json_object_object_add(object, key, srt_ctl_json_text(text));
}

static json_object *json_origin(const srt_origin *origin)
{
    if (!origin)
        return NULL;
    json_object *object = json_object_new_object();
    add_text(object, "file", origin->file);
    json_object_object_add(object, "line", json_object_new_int64(origin->line));
    add_text(object, "pointer", origin->pointer);
    add_text(object, "text", origin->text);
    return object;
}

static json_object *json_rule(const char *path, srt_access access, guint32 flags,
                              const srt_origin *origin)
{
    json_object *object = json_object_new_object();
    add_text(object, "path", path);
    add_text(object, "access", srt_ctl_access_name(access));
    json_object_object_add(object, "mandatory",
                           json_object_new_boolean((flags & SRT_PATH_MANDATORY) != 0));
    json_object_object_add(object, "pattern",
                           json_object_new_boolean((flags & SRT_PATH_GLOB) != 0));
    json_object_object_add(object, "rule", json_origin(origin));
    return object;
}

static json_object *json_missing(const srt_policy *p, const SrtBackendRun *run)
{
    json_object *missing = json_object_new_object();
    add_text(missing, "level", srt_ctl_protect_name(p->protect_missing));
    json_object_object_add(missing, "held", json_object_new_boolean(srt_ctl_protect_held(p, run)));
    add_text(missing, "text", srt_ctl_protect_text(p, run));
    return missing;
}

static json_object *json_files(const srt_policy *p, const SrtBackendRun *run)
{
    json_object *files = json_object_new_object();
    json_object *regions = json_object_new_array(), *pending = json_object_new_array();
    for (gsize i = 0; i < p->n_regions; i++)
        json_object_array_add(regions, json_rule(p->regions[i]->path, p->regions[i]->access,
                                                 p->regions[i]->flags, p->regions[i]->origin));
    for (gsize i = 0; i < p->n_pending; i++)
        json_object_array_add(pending, json_rule(p->pending[i]->path, p->pending[i]->access,
                                                 p->pending[i]->flags, p->pending[i]->origin));
    json_object_object_add(files, "disabled", json_object_new_boolean(p->fs_disabled));
    json_object_object_add(files, "privateTmp", json_object_new_boolean(p->private_tmp));
    json_object_object_add(files, "regions", regions);
    json_object_object_add(files, "pending", pending);
    json_object_object_add(files, "missing", json_missing(p, run));
    return files;
}

static json_object *json_items(const SrtConfigList *list)
{
    json_object *array = json_object_new_array();
    for (guint i = 0; list && i < list->len; i++) {
        const SrtConfigItem *item = list->pdata[i];
        json_object *object = json_object_new_object();
        add_text(object, "text", item->text);
        add_text(object, "file", item->file);
        json_object_object_add(object, "line", json_object_new_int64(item->line));
        add_text(object, "pointer", item->pointer);
        json_object_array_add(array, object);
    }
    return array;
}

static json_object *json_network(const SrtCtlPlan *plan)
{
    const srt_policy *p = srt_policy_view(plan->policy);
    json_object *network = json_object_new_object();
    add_text(network, "mode", p->net_mode == SRT_NET_NONE ? "none" : "proxy");
    json_object_object_add(network, "httpPort", json_object_new_int(p->http_port));
    json_object_object_add(network, "socksPort", json_object_new_int(p->socks_port));
    json_object_object_add(network, "allowed", json_items(plan->config->network.allowed_domains));
    json_object_object_add(network, "denied", json_items(plan->config->network.denied_domains));
    json_object_object_add(network, "unixAll", json_object_new_boolean(p->unix_all));
    json_object_object_add(network, "unixPaths", srt_ctl_json_words(p->unix_paths));
    return network;
}

static json_object *json_strings(const GPtrArray *strings)
{
    json_object *array = json_object_new_array();
    for (guint i = 0; strings && i < strings->len; i++)
        json_object_array_add(array, srt_ctl_json_text(strings->pdata[i]));
    return array;
}

static json_object *json_backend(const SrtCtlPlan *plan)
{
    if (!plan->run)
        return NULL;
    const srt_backend *d = srt_backend_run_descriptor(plan->run);
    json_object *backend = json_object_new_object();
    add_text(backend, "name", d->name);
    add_text(backend, "version", d->version);
    json_object_object_add(backend, "rules",
                           srt_ctl_json_rules(plan->run, srt_policy_view(plan->policy)->requested));
    return backend;
}

static json_object *json_descriptors(const srt_launch *launch)
{
    gsize n = 0;
    const int *fds = srt_launch_fds(launch, &n);
    json_object *array = json_object_new_array();
    for (gsize i = 0; i < n; i++) {
        const char *kind;
        gsize size;
        g_auto(GStrv) words = srt_ctl_fd_words(fds[i], &kind, &size);
        json_object *object = json_object_new_object();
        json_object_object_add(object, "number", json_object_new_int64((gint64)(3 + i)));
        g_autofree char *target = srt_ctl_fd_target(fds[i]);
        add_text(object, "kind", kind);
        add_text(object, "target", target);
        json_object_object_add(object, "size", json_object_new_int64((gint64)size));
        if (words)
            json_object_object_add(object, "words", srt_ctl_json_words((const char *const *)words));
        json_object_array_add(array, object);
    }
    return array;
}

static json_object *json_launch(const SrtCtlPlan *plan)
{
    if (!plan->launch)
        return NULL;
    json_object *launch = json_object_new_object();
    json_object_object_add(launch, "argv", srt_ctl_json_words(srt_launch_argv(plan->launch)));
    json_object_object_add(launch, "toolEnvironment",
                           srt_ctl_json_words(srt_launch_tool_env(plan->launch)));
    json_object_object_add(launch, "set", srt_ctl_json_words((const char *const *)plan->added));
    json_object_object_add(launch, "unset", json_strings(plan->removed));
    json_object_object_add(launch, "descriptors", json_descriptors(plan->launch));
    return launch;
}

json_object *srt_ctl_plan_json(const SrtCtlPlan *plan)
{
    json_object *root = json_object_new_object();
    json_object_object_add(root, "settings", json_strings(plan->config->files));
    add_text(root, "directory", srt_policy_view(plan->policy)->cwd);
    json_object_object_add(root, "files", json_files(srt_policy_view(plan->policy), plan->run));
    json_object_object_add(root, "network", json_network(plan));
    json_object_object_add(root, "backend", json_backend(plan));
    add_text(root, "refused", plan->problem);
    json_object_object_add(root, "warnings", json_strings(plan->warnings));
    json_object_object_add(root, "notes", json_strings(srt_policy_notes(plan->policy)));
    json_object_object_add(root, "launch", json_launch(plan));
    return root;
}
