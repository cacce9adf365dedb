/* SPDX-License-Identifier: Apache-2.0 */
#include "net/answer.h"

static const struct {
    int status;
    const char *phrase;
} phrases[] = {
    {400, "Bad Request"},
    {403, "Forbidden"},
    {407, "Proxy Authentication Required"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {505, "HTTP Version Not Supported"},
};

static const char *phrase_of(int status)
{
    for (guint i = 0; i < G_N_ELEMENTS(phrases); i++) {
        if (phrases[i].status == status)
            return phrases[i].phrase;
    }
    return "Error";
}

static void write_answer(SrtBuffer *out, int status, const char *fields, const char *text,
                         const char *newline, gboolean is_head)
{
    srt_buffer_printf(out, "HTTP/1.1 %d %s\r\n%s", status, phrase_of(status), fields);
    if (text)
        srt_buffer_append_text(out, "Content-Type: text/plain\r\n");
    gsize length = text ? strlen(text) + strlen(newline) : 0;
    srt_buffer_printf(out, "Content-Length: %zu\r\nConnection: close\r\n\r\n", length);
    if (text && !is_head) {
        srt_buffer_append_text(out, text);
        srt_buffer_append_text(out, newline);
    }
}

void srt_answer(SrtBuffer *out, SrtAnswerKind kind, gboolean is_connect, gboolean is_head,
                const char *text)
{
    const char *newline = is_connect ? "" : "\n";
    switch (kind) {
    case SRT_ANSWER_LISTS:
        write_answer(out, 403, "X-Proxy-Error: blocked-by-allowlist\r\n", SRT_DENIED_TEXT, newline,
                     is_head);
        break;
    case SRT_ANSWER_GUARD:
        write_answer(out, 403, "X-Proxy-Error: blocked-by-sandbox-runtime\r\n", text, newline,
                     is_head);
        break;
    case SRT_ANSWER_TOKEN:
        write_answer(out, 407, "Proxy-Authenticate: Basic realm=\"srt\"\r\n", NULL, "", is_head);
        break;
    case SRT_ANSWER_UPSTREAM:
        write_answer(out, 502, "", is_connect ? NULL : "Bad Gateway", "", is_head);
        break;
    }
}

void srt_answer_fault(SrtBuffer *out, int status, const char *text)
{
    write_answer(out, status, "", text, "\n", FALSE);
}
