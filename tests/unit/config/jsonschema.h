/* SPDX-License-Identifier: Apache-2.0 */
/* A checker for exactly the JSON Schema keywords that srt's schema uses. */
#ifndef SRT_TESTS_JSONSCHEMA_H
#define SRT_TESTS_JSONSCHEMA_H

#include <glib.h>
#include <json-c/json.h>

/* NULL when value fits, else where and why not. A keyword that the checker does
 * not know makes *ret_unknown that keyword: then the result says nothing. */
char *jsonschema_check(struct json_object *schema, struct json_object *value,
                       const char **ret_unknown);

#endif
