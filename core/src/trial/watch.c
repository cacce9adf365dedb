/* SPDX-License-Identifier: Apache-2.0 */
#include "trial/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "run/backend_options.h"
#include "run/session.h"

/* Everything from the caller's surroundings that could change the outcome. */
gboolean srt_watch_enter(const SrtTrial *trial, GError **error)
{
    g_autofree char *work = srt_lab_path(trial, "work"), *home = srt_lab_path(trial, "home");
    if (chdir(work) != 0)
        return srt_set_errno(error, SRT_ERROR_FAILED, errno, "%s", work);
    g_setenv("HOME", home, TRUE);
    g_unsetenv("SRT_BACKEND");
    return TRUE;
}

gboolean srt_watch_open(SrtWatch *watch, const SrtTrial *trial, SrtTrialScene scene, GError **error)
{
    memset(watch, 0, sizeof *watch);
    if (!srt_watch_enter(trial, error) ||
        !srt_run_resolve(trial->settings[scene], &watch->config, &watch->policy, error))
        return FALSE;
    watch->helper = srt_run_inside_helper();
    watch->services.inside_helper = watch->helper;
    watch->services.options = srt_run_backend_options(watch->config);
    watch->faults = g_ptr_array_new_with_free_func(g_free);
    watch->services.faults = watch->faults;
    watch->backend = srt_backend_load(trial->file, error);
    if (!watch->backend)
        srt_watch_close(watch);
    return watch->backend != NULL;
}

void srt_watch_close(SrtWatch *watch)
{
    srt_backend_unref(watch->backend);
    g_clear_pointer(&watch->services.options, g_hash_table_unref);
    g_clear_pointer(&watch->faults, g_ptr_array_unref);
    g_clear_pointer(&watch->helper, g_free);
    srt_policy_free(watch->policy);
    srt_config_free(watch->config);
}

SrtBackendRun *srt_watch_prepare(SrtWatch *watch, int *ret_result, GError **error)
{
    return srt_backend_prepare_result(watch->backend, watch->policy, &watch->services, ret_result,
                                      error);
}

srt_launch *srt_watch_launch(const char *const *argv)
{
    static const char *const env[] = {"PATH=/usr/bin:/bin", "EMPTY=", "LINES=one\ntwo", NULL};
    int ends[2] = {-1, -1};
    if (srt_fd_socketpair(SOCK_SEQPACKET, ends))
        close(ends[1]);
    return srt_launch_new(argv, env, "/", 0, ends[0]);
}

char *srt_watch_policy_text(const SrtWatch *watch)
{
    const srt_policy *p = srt_policy_view(watch->policy);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *shallow = g_base64_encode((const guchar *)p, sizeof *p);
    g_string_append_printf(text, "%s\n%s\n%s\n", shallow, p->cwd, p->home ? p->home : "");
    for (gsize i = 0; i < p->n_regions; i++) {
        const srt_region *r = p->regions[i];
        g_string_append_printf(text, "%u %x %d %s %p\n", r->struct_size, r->flags, (int)r->access,
                               r->path, (const void *)r->origin);
    }
    for (gsize i = 0; i < p->n_pending; i++) {
        const srt_pending_rule *r = p->pending[i];
        g_string_append_printf(text, "%u %x %d %s %p\n", r->struct_size, r->flags, (int)r->access,
                               r->path, (const void *)r->origin);
    }
    for (const char *const *s = p->unix_paths; *s; s++)
        g_string_append_printf(text, "%s\n", *s);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static gboolean has(const int *fds, gsize n, int fd)
{
    for (gsize i = 0; i < n; i++)
        if (fds[i] == fd)
            return TRUE;
    return FALSE;
}

void srt_watch_compare_launches(SrtTrialChild *child, const srt_launch *one, const srt_launch *two)
{
    gsize n = 0, m = 0;
    const int *first = srt_launch_fds(one, &n), *second = srt_launch_fds(two, &m);
    for (gsize i = 0; i < n; i++) {
        if (fcntl(first[i], F_GETFD) < 0)
            srt_child_bad(child, "wrap: a later wrap closed descriptor %d of an earlier launch",
                          first[i]);
        if (has(second, m, first[i]))
            srt_child_bad(child, "wrap: two launches share descriptor %d", first[i]);
    }
    if (n != m)
        srt_child_bad(child, "wrap: the same command gets %zu descriptors, and then %zu", n, m);
}

gboolean srt_watch_is_mistake(const GError *error)
{
    return strstr(error->message, "This is a mistake in the backend") != NULL;
}
