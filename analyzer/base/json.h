/* SPDX-License-Identifier: GPL-2.0-or-later
 * Writes one JSON document, indented, keys in the order in which they are given.
 * Takes values, appends to a GString. */
#ifndef JSON_H
#define JSON_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct json {
    GString *out;
    unsigned depth;
    bool filled; /* the innermost object or array has a member */
};

/* key: NULL inside an array and for the document itself. kind: '{' or '['. */
void json_open(struct json *json, const char *key, char kind);
/* kind: '}' or ']'. The document ends with a line end. */
void json_close(struct json *json, char kind);
/* NULL gives null. Bytes that are not valid UTF-8 are escaped as in the column raw. */
void json_text(struct json *json, const char *key, const char *text);
void json_unsigned(struct json *json, const char *key, uint64_t value);
/* A finite one, with nine digits at most. */
void json_number(struct json *json, const char *key, double value);
void json_bool(struct json *json, const char *key, bool value);
/* Capture time in ns. */
void json_time(struct json *json, const char *key, int64_t time);
/* A duration in ns, as seconds with nine decimals. */
void json_seconds(struct json *json, const char *key, int64_t duration);
void json_null(struct json *json, const char *key);

#endif
