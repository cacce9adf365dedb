/* SPDX-License-Identifier: Apache-2.0 */
/* The proxy as its owner sees it: a thread that is started with the first
 * listener, told things, and stopped. */
#include "net/proxy.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "base/error.h"
#include "net/ask.h"

#define MAX_CONNECTIONS 16384u
#define STACK_SIZE ((size_t)256 * 1024)
#define DESCRIPTORS_AT_FIRST 1024u /* the usual limit; more is asked for when needed */

static void free_parent(SrtParent *parent)
{
    srt_parent_clear(parent);
    g_free(parent);
}

static void free_proxy(SrtProxy *proxy)
{
    srt_flow_shared_clear(&proxy->flows);
    g_clear_pointer(&proxy->policy, srt_net_policy_unref);
    g_clear_pointer(&proxy->parent_http, free_parent);
    g_clear_pointer(&proxy->parent_https, free_parent);
    g_clear_pointer(&proxy->no_proxy, srt_no_proxy_free);
    g_clear_pointer(&proxy->new_listeners, g_array_unref);
    g_free(proxy->token);
    g_free(proxy->mitm_socket);
    pthread_mutex_destroy(&proxy->lock);
    pthread_cond_destroy(&proxy->changed);
    g_free(proxy);
}

static gboolean set_parent(SrtParent **ret, const char *key, const char *url, GError **error)
{
    if (!url || !*url)
        return TRUE;
    SrtParent parent;
    switch (srt_parent_parse(url, &parent)) {
    case SRT_PARENT_OK:
        *ret = g_new(SrtParent, 1);
        **ret = parent;
        return TRUE;
    case SRT_PARENT_TLS:
        g_set_error(error, SRT_ERROR, SRT_ERROR_NETWORK,
                    "parent proxy (%s): an https:// URL means TLS to the proxy itself, which is "
                    "not supported: give the http:// URL of a proxy",
                    key);
        return FALSE;
    default:
        g_set_error(error, SRT_ERROR, SRT_ERROR_NETWORK,
                    "parent proxy (%s): expected http://[user:password@]host:port", key);
        return FALSE;
    }
}

static gboolean take_options(SrtProxy *proxy, const SrtProxyOptions *options, GError **error)
{
    const SrtProxyUpstream *up = &options->upstream;
    proxy->policy = srt_net_policy_ref(options->policy);
    proxy->token = g_strdup(options->token);
    proxy->mitm_socket = g_strdup(up->mitm_socket);
    proxy->no_proxy = srt_no_proxy_new(up->parent_no_proxy);
    proxy->external_ports[SRT_PROXY_HTTP] = options->http_external_port;
    proxy->external_ports[SRT_PROXY_SOCKS] = options->socks_external_port;
    proxy->max_connections = options->max_connections ? options->max_connections : MAX_CONNECTIONS;
    proxy->max_descriptors = DESCRIPTORS_AT_FIRST;
    proxy->refused = options->refused;
    proxy->refused_data = options->refused_data;
    srt_ask_init(proxy, options);
    return set_parent(&proxy->parent_http, "http", up->parent_http, error) &&
           set_parent(&proxy->parent_https, "https", up->parent_https, error);
}

SrtNetPolicy *srt_proxy_policy(SrtProxy *proxy)
{
    pthread_mutex_lock(&proxy->lock);
    SrtNetPolicy *policy = srt_net_policy_ref(proxy->policy);
    pthread_mutex_unlock(&proxy->lock);
    return policy;
}

void srt_proxy_tell_refused(const SrtConn *conn, const SrtNetDecision *decision,
                            SrtProtocol protocol, const char *reason)
{
    static const char *const names[] = {
        [SRT_PROTOCOL_HTTP] = "http",
        [SRT_PROTOCOL_CONNECT] = "connect",
        [SRT_PROTOCOL_SOCKS] = "socks5",
    };
    const SrtProxy *proxy = conn->proxy;
    if (!proxy->refused)
        return;
    SrtNetDecision told = *decision;
    if (told.verdict == SRT_NET_ALLOWED) /* by name, and then refused by address */
        told.verdict = SRT_NET_DENIED;
    proxy->refused(proxy->refused_data, conn->client.fd, &told, names[protocol], reason);
}

static void close_everything(SrtProxy *proxy)
{
    while (proxy->listeners.head)
        srt_listener_close(proxy->listeners.head->data);
    while (proxy->connections.head)
        srt_conn_close(proxy->connections.head->data);
}

static void open_listeners(SrtProxy *proxy, GArray *listeners)
{
    for (guint i = 0; i < listeners->len; i++) {
        const SrtNewListener *one = &g_array_index(listeners, SrtNewListener, i);
        srt_listener_open(proxy, one->fd, one->kind);
    }
}

static void on_wake(uv_async_t *wake)
{
    SrtProxy *proxy = wake->data;
    pthread_mutex_lock(&proxy->lock);
    gboolean stopping = proxy->stopping;
    g_autoptr(GArray) listeners = g_steal_pointer(&proxy->new_listeners);
    pthread_mutex_unlock(&proxy->lock);
    if (listeners)
        open_listeners(proxy, listeners);
    srt_ask_settle(proxy);
    if (!stopping)
        return;
    close_everything(proxy);
    srt_loop_quit(proxy->loop);
}

/* Whether the owner waits for the thread's end; else the thread frees all. */
static void say_quiet(SrtProxy *proxy)
{
    pthread_mutex_lock(&proxy->lock);
    proxy->quiet = TRUE;
    proxy->detached = proxy->resolver.running > 0;
    pthread_cond_signal(&proxy->changed);
    pthread_mutex_unlock(&proxy->lock);
}

static void wait_until_left(SrtProxy *proxy)
{
    pthread_mutex_lock(&proxy->lock);
    while (!proxy->left)
        pthread_cond_wait(&proxy->changed, &proxy->lock);
    pthread_mutex_unlock(&proxy->lock);
}

/* A lookup cannot be interrupted: one that still runs keeps this thread and
 * what it needs alive, but not the owner waiting. */
static void *run(void *data)
{
    SrtProxy *proxy = data;
    srt_loop_run(proxy->loop);
    gboolean detached = proxy->resolver.running > 0;
    if (detached)
        pthread_detach(pthread_self());
    say_quiet(proxy);
    uv_close((uv_handle_t *)&proxy->wake, NULL);
    srt_loop_free(proxy->loop);
    if (!detached)
        return NULL;
    wait_until_left(proxy);
    free_proxy(proxy);
    return NULL;
}

static int start_thread(SrtProxy *proxy)
{
    pthread_attr_t attributes;
    sigset_t all, before;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    sigfillset(&all); /* signals are the main thread's; SIGPIPE is nobody's */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int r = pthread_create(&proxy->thread, &attributes, run, proxy);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return r;
}

static gboolean start_loop(SrtProxy *proxy, GError **error)
{
    proxy->loop = srt_loop_new(error);
    if (!proxy->loop)
        return FALSE;
    proxy->resolver.loop = proxy->loop;
    srt_loop_set_period(proxy->loop, SRT_DEADLINE_ANSWER, proxy->ask_limit);
    int r = uv_async_init(srt_loop_uv(proxy->loop), &proxy->wake, on_wake);
    if (r != 0) {
        g_clear_pointer(&proxy->loop, srt_loop_free);
        return srt_set_errno(error, SRT_ERROR_NETWORK, -r, "cannot make the proxy's wake-up");
    }
    proxy->wake.data = proxy;
    r = start_thread(proxy);
    if (r == 0)
        return TRUE;
    uv_close((uv_handle_t *)&proxy->wake, NULL);
    g_clear_pointer(&proxy->loop, srt_loop_free);
    return srt_set_errno(error, SRT_ERROR_NETWORK, r, "cannot start the proxy's thread");
}

SrtProxy *srt_proxy_new(const SrtProxyOptions *options, GError **error)
{
    SrtProxy *proxy = g_new0(SrtProxy, 1);
    pthread_mutex_init(&proxy->lock, NULL);
    pthread_cond_init(&proxy->changed, NULL);
    srt_flow_shared_init(&proxy->flows);
    if (take_options(proxy, options, error))
        return proxy;
    free_proxy(proxy);
    return NULL;
}

gboolean srt_proxy_add_listener(SrtProxy *proxy, int fd, SrtProxyKind kind, GError **error)
{
    const SrtNewListener one = {fd, kind};
    if (!proxy->loop && !start_loop(proxy, error)) {
        close(fd);
        return FALSE;
    }
    pthread_mutex_lock(&proxy->lock);
    if (!proxy->new_listeners)
        proxy->new_listeners = g_array_new(FALSE, FALSE, sizeof one);
    g_array_append_val(proxy->new_listeners, one);
    pthread_mutex_unlock(&proxy->lock);
    uv_async_send(&proxy->wake);
    return TRUE;
}

void srt_proxy_set_policy(SrtProxy *proxy, SrtNetPolicy *policy)
{
    pthread_mutex_lock(&proxy->lock);
    SrtNetPolicy *old = proxy->policy;
    proxy->policy = srt_net_policy_ref(policy);
    pthread_mutex_unlock(&proxy->lock);
    srt_net_policy_unref(old);
}

void srt_proxy_stop(SrtProxy *proxy)
{
    if (!proxy)
        return;
    if (!proxy->loop) {
        free_proxy(proxy);
        return;
    }
    pthread_mutex_lock(&proxy->lock);
    proxy->stopping = TRUE;
    uv_async_send(&proxy->wake);
    while (!proxy->quiet)
        pthread_cond_wait(&proxy->changed, &proxy->lock);
    gboolean detached = proxy->detached;
    pthread_t thread = proxy->thread;
    proxy->left = TRUE;
    pthread_cond_signal(&proxy->changed);
    pthread_mutex_unlock(&proxy->lock);
    if (detached)
        return;
    pthread_join(thread, NULL);
    free_proxy(proxy);
}
