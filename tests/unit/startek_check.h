/* SPDX-License-Identifier: GPL-2.0-or-later
 * For the tests of the startek decoder: building a frame around a body, and asserting what it decodes to. */
#ifndef STARTEK_CHECK_H
#define STARTEK_CHECK_H

#include "message.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#define ID     ",356789012345672" /* a correct check digit, so that no flag comes from it */
#define TIME   "240517061233"
#define PLACE  "A,41.123457,2.765432,11,0.9,63,118,64,482913"
#define CELL   "214|07|1A2B|01234567,23"
#define STATES "0000001D,02,00"
#define VOLTS  "0512|0199|00C8|0E10"
#define AFTER  "," TIME "," PLACE "," CELL "," STATES "," VOLTS
/* A report with these event fields, and with this tail. */
#define EVENT(text) ID ",000," text AFTER
#define TAIL(text)  ID ",000,0," AFTER "," text

#define FLAGS(a)   S7_FLAG_BIT(a)
#define UP(body)   decode('&', body, sizeof(body) - 1)
#define DOWN(body) decode('$', body, sizeof(body) - 1)
#define FRAME_MAX  9000

static uint8_t data[FRAME_MAX];
static struct s7_frame frame;
static struct s7_message message;

/* Puts head, index, length, checksum and CR LF around the body and decodes that. */
static inline void decode(char head, const char *body, size_t length)
{
    int n = snprintf((char *)data, sizeof data, "%c%cA%zu", head, head, length);
    assert_true((size_t)n + length + 5 < sizeof data);
    memcpy(data + n, body, length);
    size_t size = (size_t)n + length;
    unsigned sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += data[i];
    snprintf((char *)data + size, 5, "%02X\r\n", sum & 0xFF);
    struct s7_scanner scanner = {0};
    assert_int_equal(s7_scan(&scanner, data, size + 4, true, &frame), S7_SCAN_FRAME);
    assert_int_equal(frame.length, size + 4);
    s7_decode(data, &frame, &message);
}

/* Decodes a whole frame as it was published. */
static inline void decode_frame(const char *text, size_t length)
{
    memcpy(data, text, length);
    struct s7_scanner scanner = {0};
    assert_int_equal(s7_scan(&scanner, data, length, true, &frame), S7_SCAN_FRAME);
    assert_int_equal(frame.length, length);
    s7_decode(data, &frame, &message);
}

/* The field with that id and place among its like (from 0), NULL if there is none. */
static inline const struct s7_field *nth(enum s7_field_id id, unsigned n)
{
    const struct s7_field *field = s7_find(&message, id);
    while (field && n--)
        field = s7_find_next(&message, field);
    return field;
}

static inline void check_nth(enum s7_field_id id, unsigned n, const char *expected)
{
    const struct s7_field *field = nth(id, n);
    if (!field)
        fail_msg("no field %s %u", s7_field_key(id), n);
    char printed[S7_VALUE_SIZE];
    size_t length;
    const char *text = printed;
    if (field->type == S7_TEXT || field->type == S7_NAME)
        text = s7_text(data, field, &length);
    else
        length = s7_value_print(field, printed);
    if (length != strlen(expected) || memcmp(text, expected, length) != 0)
        fail_msg("%s: %.*s instead of %s", s7_field_key(id), (int)length, text, expected);
}

static inline void check(enum s7_field_id id, const char *expected)
{
    check_nth(id, 0, expected);
    assert_null(nth(id, 1));
}

static inline void check_numbered(enum s7_field_id id, unsigned n, unsigned number, const char *expected)
{
    check_nth(id, n, expected);
    assert_int_equal(nth(id, n)->number, number);
}

static inline void check_none(enum s7_field_id id)
{
    if (s7_find(&message, id))
        fail_msg("unexpected %s", s7_field_key(id));
}

/* Kind, event and the flags of the whole message. */
static inline void check_message(enum s7_kind kind, enum s7_event event, uint32_t flags)
{
    assert_string_equal(s7_kind_names[message.kind], s7_kind_names[kind]);
    assert_string_equal(s7_event_names[message.event], s7_event_names[event]);
    assert_int_equal(message.flags, flags);
}

/* The field that a value could not become. */
static inline void check_bad(enum s7_field_id id, const char *raw, uint32_t flag)
{
    check(S7_FIELD_EXTRA, raw);
    assert_int_equal(nth(S7_FIELD_EXTRA, 0)->concerns, id + 1);
    assert_int_equal(nth(S7_FIELD_EXTRA, 0)->flags, flag);
    check_none(id);
}

#endif
