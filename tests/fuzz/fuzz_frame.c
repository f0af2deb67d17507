/* SPDX-License-Identifier: GPL-2.0-or-later
 * See fuzz_frame.h. */
#include "fuzz_frame.h"

#include "invariants.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Length of the id and commas are the scanner's to say, where it takes the bytes for the same frame: a digit in front
 * of the body would be one of the length. */
static void decode(const uint8_t *data, struct s7_frame *frame)
{
    static struct s7_message message;
    struct s7_scanner scanner = {0};
    struct s7_frame found;
    if (s7_scan(&scanner, data, frame->length, true, &found) == S7_SCAN_FRAME && found.length == frame->length &&
        found.dialect == frame->dialect && (frame->head_length == 0 || found.head_length == frame->head_length)) {
        frame->id_length = found.id_length;
        frame->commas = found.commas;
    }
    s7_decode(data, frame, &message);
    check_message(data, frame, &message);
}

void decode_gotop(const char *head, const uint8_t *body, size_t size, const char *tail, enum s7_shape shape)
{
    size_t before = strlen(head), behind = strlen(tail), length = before + size + behind;
    if (length > S7_GOTOP_MAX)
        return;
    uint8_t *data = malloc(length);
    memcpy(data, head, before);
    if (size)
        memcpy(data + before, body, size);
    memcpy(data + before + size, tail, behind);
    struct s7_frame frame = {.length = (uint32_t)length,
                             .dialect = S7_GOTOP,
                             .direction = shape == S7_SHAPE_UPLINK ? S7_UP : S7_DOWN,
                             .shape = (uint8_t)shape};
    decode(data, &frame);
    free(data);
}

void decode_startek(const char *head, const uint8_t *body, size_t size)
{
    if (size > S7_STARTEK_MAX)
        return;
    uint8_t *data = malloc(size + 16);
    int before = sprintf((char *)data, "%sA%zu", head, size);
    memcpy(data + before, body, size);
    uint8_t sum = 0;
    for (size_t i = 0; i < (size_t)before + size; i++)
        sum = (uint8_t)(sum + data[i]);
    int behind = sprintf((char *)data + before + size, "%02X\r\n", sum);
    size_t length = (size_t)before + size + (size_t)behind;
    data = realloc(data, length);
    struct s7_frame frame = {.length = (uint32_t)length,
                             .dialect = S7_STARTEK,
                             .direction = head[0] == '&' ? S7_UP : S7_DOWN,
                             .shape = S7_SHAPE_STARTEK,
                             .head_length = (uint8_t)before,
                             .body_length = (uint32_t)size};
    decode(data, &frame);
    free(data);
}

void decode_fifotrack(const char *head, const uint8_t *body, size_t size)
{
    bool damaged = size > 0 && body[0] & 0x80;
    body += damaged;
    size -= damaged;
    if (size > S7_FIFOTRACK_MAX)
        return;
    uint8_t *data = malloc(size + 16);
    int before = sprintf((char *)data, "%s%zu", head, size);
    if (size)
        memcpy(data + before, body, size);
    uint8_t all = 0;
    for (size_t i = 2; i < (size_t)before + size; i++)
        all ^= data[i];
    int behind = sprintf((char *)data + before + size, "*%02X\r\n", all);
    size_t length = (size_t)before + size + (size_t)behind;
    data = realloc(data, length);
    struct s7_frame frame = {.length = (uint32_t)length,
                             .flags = damaged ? S7_FLAG_BIT(DAMAGED) : 0,
                             .dialect = S7_FIFOTRACK,
                             .direction = head[0] == '$' ? S7_UP : S7_DOWN,
                             .shape = S7_SHAPE_FIFOTRACK,
                             .head_length = (uint8_t)before,
                             .body_length = (uint32_t)size};
    decode(data, &frame);
    free(data);
}
