/* SPDX-License-Identifier: Apache-2.0 */
/* A settings text as JSON: values from json-c, places from the scanner. Pure. */
#ifndef SRT_CONFIG_DOCUMENT_H
#define SRT_CONFIG_DOCUMENT_H

#include <glib.h>
#include <json-c/json.h>

#include "config/problems.h"
#include "config/scan.h"

typedef struct SrtDocument {
    char *file; /* as it was named */
    char *text;
    gsize length;
    SrtScan *scan;
    struct json_object *json;
    GArray *lines; /* gsize: where each line begins */
} SrtDocument;

/* NULL when the text is not JSON or holds a key twice; then problems says why. */
SrtDocument *srt_document_new(const char *text, gsize length, const char *file,
                              SrtProblems *problems);
void srt_document_free(SrtDocument *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SrtDocument, srt_document_free)

/* Line and column, both from 1, of a byte. */
void srt_document_locate(const SrtDocument *document, gsize at, guint *ret_line, guint *ret_column);

/* A value for a message: text in quotes, "null", "2.5", "an object", "a list". */
char *srt_document_describe(const SrtDocument *document, const SrtNode *node);

/* The text of a node that is a string, else NULL. Borrowed. */
const char *srt_node_text(const SrtNode *node);
gboolean srt_node_is(const SrtNode *node, enum json_type type);

#endif
