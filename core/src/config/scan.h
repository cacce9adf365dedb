/* SPDX-License-Identifier: Apache-2.0 */
/* Where everything stands in a JSON text.
 *
 * json-c gives values but no positions, keeps the last of two equal keys
 * without a word and lets pass some of what RFC 8259 forbids. This scanner reads
 * the same text first: it accepts exactly RFC 8259 within the limits below,
 * without NUL characters and unpaired surrogates, and remembers the place of
 * every value. Pure. */
#ifndef SRT_CONFIG_SCAN_H
#define SRT_CONFIG_SCAN_H

#include <glib.h>
#include <stdbool.h>

#define SRT_SCAN_MAX_DEPTH 32
#define SRT_SCAN_MAX_VALUES 200000

struct json_object;

typedef struct SrtNode SrtNode;
struct SrtNode {
    SrtNode *first;            /* of the members or entries */
    SrtNode *next;             /* behind this one in the same object or list */
    char *key;                 /* decoded; NULL unless it is a member */
    gsize key_at;              /* offset of the key, its quote included */
    gsize at, end;             /* offsets of the value's first byte and behind its last */
    const SrtNode *again;      /* a later member has the same key: this one counts for nothing */
    struct json_object *value; /* set by the document */
};

typedef struct SrtScan {
    SrtNode *root;
    GPtrArray *repeated; /* SrtNode *: members whose key comes again (see again) */
    char *fault;         /* NULL, or what is wrong: "found X, expected Y" */
    gsize fault_at;
    /* private */
    GPtrArray *blocks;
    GStringChunk *keys;
    guint n_nodes;
} SrtScan;

/* Never NULL; text must be valid UTF-8. root is only to be used without fault. */
SrtScan *srt_scan_new(const char *text, gsize length);
void srt_scan_free(SrtScan *scan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SrtScan, srt_scan_free)

/* The member of an object, or NULL. Members that come again are passed over. */
const SrtNode *srt_node_member(const SrtNode *object, const char *key);

#endif
