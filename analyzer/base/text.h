/* SPDX-License-Identifier: GPL-2.0-or-later
 * How values become text in the results: escapes, CSV cells, JSON strings, times.
 * Appends to a GString that the caller keeps, so that nothing is allocated once it has grown. */
#ifndef TEXT_H
#define TEXT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* TEXT_ASCII: every byte that is not printable ASCII becomes \r, \n, \\ or \xNN. TEXT_UTF8: printable characters in
 * valid UTF-8 stay as they are. Both can be undone. */
enum text_set { TEXT_ASCII, TEXT_UTF8 };
void text_escape(GString *out, const uint8_t *bytes, size_t length, enum text_set set);

/* The same for those that write to a pointer, TEXT_BYTE_MAX bytes at most for each; they return the byte behind the
 * last. TEXT_BARE: the escaped text alone. TEXT_JSON: as it stands in a JSON string, where a backslash is two and a
 * quote is \". TEXT_JSON_CELL: in one in a quoted cell, where a quote is \"". */
enum text_form { TEXT_BARE, TEXT_JSON, TEXT_JSON_CELL };
#define TEXT_BYTE_MAX 6
char *text_put(char *out, const uint8_t *bytes, size_t length, enum text_set set, enum text_form form);
/* Text without escapes, as text_json() has it, without the quotes around it. form: one of the latter two. */
char *text_put_json(char *out, const char *text, size_t length, enum text_form form);

/* One CSV cell (RFC 4180): quoted if it needs to be. guard: prefix ' when a spreadsheet would run it. */
void text_cell(GString *out, const char *text, size_t length, bool guard);

/* A JSON string with its quotes. text is UTF-8. */
void text_json(GString *out, const char *text, size_t length);

void text_unsigned(GString *out, uint64_t value);

/* Nanoseconds since 1970 as 2026-11-22T19:45:00.123456789Z. text_second: without the fraction, with a blank for the T
 * and without the Z, for people. */
#define TEXT_TIME_SIZE   30
#define TEXT_SECOND_SIZE 19
void text_time(GString *out, int64_t time);
void text_second(GString *out, int64_t time);

/* For times that mostly fall into the same second as the one before, or on the same day: the text of that second. */
struct text_clock {
    int64_t second, midnight; /* of it, and of the beginning of its day */
    uint32_t fraction;        /* of the time printed last, ns */
    char text[TEXT_SECOND_SIZE];
};
void text_clock_init(struct text_clock *clock);
/* The same as text_time(), TEXT_TIME_SIZE bytes without a NUL. */
void text_clock_put(struct text_clock *clock, char *out, int64_t time);

/* For a terminal: what is not printable is escaped, bytes that are no UTF-8 too; a backslash stays. The caller's to
 * free.
 */
char *text_visible(const char *text);
/* Bytes of the printable character with which the text begins, 0 if it begins with none. length: at least 1. */
size_t text_visible_character(const char *text, size_t length);

#endif
