/* SPDX-License-Identifier: Apache-2.0 */
/* One settings file on its own: checked against the table of keys and stored. */
#ifndef SRT_CONFIG_FILL_H
#define SRT_CONFIG_FILL_H

#include "config/config.h"
#include "config/document.h"
#include "config/keys.h"

/* What one file says, before it is merged with others. */
typedef struct SrtLayer {
    char *name; /* for messages */
    SrtConfig *config;
    SrtConfigList *extends; /* NULL: none */
    GHashTable *places;     /* pointer -> SrtPlace, of everything that is not an item */
} SrtLayer;

typedef struct SrtPlace {
    guint line, column;
} SrtPlace;

SrtLayer *srt_layer_new(const char *name);
void srt_layer_free(SrtLayer *layer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SrtLayer, srt_layer_free)

/* Checks and stores every key; whatever is wrong goes to problems. */
void srt_layer_fill(SrtLayer *layer, const SrtDocument *document, SrtProblems *problems);

/* Rules about several keys of one file, and what credentials mean for the other
 * lists. Call it after srt_layer_fill. */
void srt_layer_cross_check(SrtLayer *layer, const SrtDocument *document, SrtProblems *problems);

#endif
