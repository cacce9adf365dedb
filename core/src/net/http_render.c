/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_render.h"

/* Fields that speak of one connection only, and the two that are said anew. */
static const char *const hop_by_hop[] = {
    "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection",
    "TE", "Trailer", "Transfer-Encoding", "Upgrade",
};

static gboolean is_hop_by_hop(const SrtHttpHead *head, SrtSlice name)
{
    for (guint i = 0; i < G_N_ELEMENTS(hop_by_hop); i++) {
        if (srt_slice_is_nocase(name, hop_by_hop[i]))
            return TRUE;
    }
    guint from = 0;
    const SrtHttpField *connection;
    while ((connection = srt_http_field(head, "Connection", &from))) {
        SrtSlice list = connection->value, one;
        while (srt_slice_next(&list, &one)) {
            if (one.length == name.length &&
                g_ascii_strncasecmp(one.at, name.at, name.length) == 0)
                return TRUE;
        }
    }
    return FALSE;
}

static void write_field(SrtBuffer *out, SrtSlice name, SrtSlice value)
{
    srt_buffer_append_slice(out, name);
    srt_buffer_append(out, ": ", 2);
    srt_buffer_append_slice(out, value);
    srt_buffer_append(out, "\r\n", 2);
}

/* Content-Length decides where the body ends, so no Connection field may drop it. */
static void write_fields(SrtBuffer *out, const SrtHttpHead *head, gboolean is_request,
                         gboolean keep_length)
{
    for (guint i = 0; i < head->n_fields; i++) {
        SrtSlice name = head->fields[i].name;
        if (srt_slice_is_nocase(name, "Content-Length")) {
            if (keep_length)
                write_field(out, name, head->fields[i].value);
            continue;
        }
        if (is_request && srt_slice_is_nocase(name, "Host"))
            continue;
        /* A client that old does not know what it would be waiting for. */
        if (is_request && head->minor == 0 && srt_slice_is_nocase(name, "Expect"))
            continue;
        if (!is_hop_by_hop(head, name))
            write_field(out, name, head->fields[i].value);
    }
}

static void write_upgrade(SrtBuffer *out, const SrtHttpHead *head)
{
    guint from = 0;
    const SrtHttpField *field;
    srt_buffer_append_text(out, "Connection: Upgrade\r\n");
    while ((field = srt_http_field(head, "Upgrade", &from)))
        write_field(out, field->name, field->value);
}

void srt_render_authority(SrtBuffer *out, const SrtHost *host, uint16_t port,
                          uint16_t default_port)
{
    gboolean brackets = host->is_address && strchr(host->text, ':') != NULL;
    if (brackets)
        srt_buffer_append_text(out, "[");
    srt_buffer_append_text(out, host->text);
    if (brackets)
        srt_buffer_append_text(out, "]");
    if (port != default_port) {
        char text[8];
        g_snprintf(text, sizeof text, ":%u", port);
        srt_buffer_append_text(out, text);
    }
}

static void write_target(SrtBuffer *out, const SrtForward *forward)
{
    const SrtTarget *target = forward->target;
    if (forward->absolute) {
        srt_buffer_append_text(out, "http://");
        srt_render_authority(out, forward->host, target->port, 80);
        if (target->asterisk)
            return;
    } else if (target->asterisk) {
        srt_buffer_append_text(out, "*");
        return;
    }
    if (target->path.length == 0 || *target->path.at != '/')
        srt_buffer_append_text(out, "/");
    srt_buffer_append_slice(out, target->path);
}

void srt_render_request(SrtBuffer *out, const SrtHttpHead *head, const SrtForward *forward)
{
    srt_buffer_append_slice(out, head->method);
    srt_buffer_append_text(out, " ");
    write_target(out, forward);
    srt_buffer_append_text(out, " HTTP/1.1\r\nHost: ");
    srt_render_authority(out, forward->host, forward->target->port, 80);
    srt_buffer_append_text(out, "\r\n");
    write_fields(out, head, TRUE, forward->body->kind == SRT_BODY_LENGTH);
    if (forward->body->kind == SRT_BODY_CHUNKED)
        srt_buffer_append_text(out, "Transfer-Encoding: chunked\r\n");
    if (forward->upgrade)
        write_upgrade(out, head);
    if (forward->authorization)
        write_field(out, srt_slice("Proxy-Authorization", 19),
                    srt_slice(forward->authorization, strlen(forward->authorization)));
    srt_buffer_append_text(out, "\r\n");
}

void srt_render_response(SrtBuffer *out, const SrtHttpHead *head, const SrtAnswer *answer)
{
    char code[16];
    g_snprintf(code, sizeof code, "HTTP/1.1 %d ", head->status);
    srt_buffer_append_text(out, code);
    srt_buffer_append_slice(out, head->reason);
    srt_buffer_append_text(out, "\r\n");
    /* A bodiless answer (to HEAD, 304) keeps the length that it speaks of. */
    write_fields(out, head, FALSE,
                 head->status >= 200 && head->status != 204 &&
                     (answer->body == SRT_BODY_LENGTH || answer->body == SRT_BODY_NONE));
    if (answer->body == SRT_BODY_CHUNKED)
        srt_buffer_append_text(out, "Transfer-Encoding: chunked\r\n");
    if (answer->upgrade)
        write_upgrade(out, head);
    else if (answer->connection == SRT_CONNECTION_CLOSE)
        srt_buffer_append_text(out, "Connection: close\r\n");
    else if (answer->connection == SRT_CONNECTION_KEEP)
        srt_buffer_append_text(out, "Connection: keep-alive\r\n");
    srt_buffer_append_text(out, "\r\n");
}

void srt_render_connect(SrtBuffer *out, const SrtHost *host, uint16_t port,
                        const char *authorization)
{
    srt_buffer_append_text(out, "CONNECT ");
    srt_render_authority(out, host, port, 0);
    srt_buffer_append_text(out, " HTTP/1.1\r\nHost: ");
    srt_render_authority(out, host, port, 0);
    srt_buffer_append_text(out, "\r\n");
    if (authorization) {
        srt_buffer_append_text(out, "Proxy-Authorization: ");
        srt_buffer_append_text(out, authorization);
        srt_buffer_append_text(out, "\r\n");
    }
    srt_buffer_append_text(out, "\r\n");
}
