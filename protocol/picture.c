/* SPDX-License-Identifier: GPL-2.0-or-later
 * See picture.h. */
#include "picture.h"

#include <string.h>

/* Number of the extra field that holds the bytes of a startek package. */
#define BYTES_FIELD 4

static bool has_code(const uint8_t *data, const struct s7_message *message, const char *code)
{
    const struct s7_field *field = s7_find(message, S7_FIELD_CODE);
    return field && field->length == 3 && memcmp(data + field->offset, code, 3) == 0;
}

/* Decimal digits as a number; UINT64_MAX if it is larger than any offset or size can be. False if there are others. */
static bool read_digits(const uint8_t *data, const struct s7_field *field, uint64_t *value)
{
    *value = 0;
    for (uint32_t i = 0; i < field->length; i++) {
        uint8_t c = data[field->offset + i];
        if (c < '0' || c > '9')
            return false;
        *value = *value > UINT32_MAX ? UINT64_MAX : *value * 10 + (uint64_t)(c - '0');
    }
    return field->length > 0;
}

/* The answer to 265: name, offset, size, bytes. A package without bytes has no field of them. */
static bool read_startek(const uint8_t *data, const struct s7_message *message, struct s7_picture *picture)
{
    const struct s7_field *offset = s7_find(message, S7_FIELD_ARGUMENT);
    const struct s7_field *bytes = s7_find(message, S7_FIELD_EXTRA);
    if (message->kind != S7_KIND_ANSWER || !offset || !has_code(data, message, "265") ||
        !read_digits(data, offset, &picture->offset))
        return false;
    while (bytes && bytes->number != BYTES_FIELD)
        bytes = s7_find_next(message, bytes);
    picture->start = bytes ? bytes->offset : 0;
    picture->length = bytes ? bytes->length : 0;
    return true;
}

/* D05 announces a picture and its size, D06 brings bytes of it. */
static bool read_fifotrack(const uint8_t *data, const struct s7_message *message, struct s7_picture *picture)
{
    const struct s7_field *size = s7_find(message, S7_FIELD_PICTURE_SIZE);
    const struct s7_field *offset = s7_find(message, S7_FIELD_PICTURE_OFFSET);
    const struct s7_field *bytes = s7_find(message, S7_FIELD_PICTURE_BYTES);
    if (size && has_code(data, message, "D05")) {
        picture->announced = (uint64_t)size->value.integer;
        return picture->announced > 0;
    }
    if (!offset || !bytes || bytes->flags & S7_FLAG_BIT(BAD_VALUE) || !has_code(data, message, "D06"))
        return false;
    picture->offset = (uint64_t)offset->value.integer;
    picture->start = bytes->offset;
    picture->length = bytes->length;
    return true;
}

bool s7_picture_read(const uint8_t *data, const struct s7_message *message, struct s7_picture *picture)
{
    *picture = (struct s7_picture){.name = s7_find(message, S7_FIELD_PICTURE)};
    if (!picture->name || !message->proven || message->direction != S7_UP)
        return false;
    return message->dialect == S7_FIFOTRACK ? read_fifotrack(data, message, picture)
                                            : read_startek(data, message, picture);
}
