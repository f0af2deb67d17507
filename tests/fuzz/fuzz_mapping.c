/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: the text of a mapping file up to the first NUL, and behind it a stream whose frames it is applied to.
 * What the decoder found must stay, and what is added must be sound. */
#include "invariants.h"

#include "mapping.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ELEMENTS 64
#define REQUIRE(condition)                                                                                             \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                            \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct s7_mapping mapping;

static void parse(const uint8_t *data, size_t length)
{
    struct s7_mapping_error error;
    char *text = malloc(length ? length : 1); /* so that a read past the end is found */
    REQUIRE(text);
    if (length)
        memcpy(text, data, length);
    if (s7_mapping_parse(text, length, &mapping, &error)) {
        REQUIRE(mapping.count <= S7_MAPPING_RULES);
        for (unsigned i = 0; i < mapping.count; i++)
            REQUIRE((size_t)mapping.rules[i].offset + mapping.rules[i].length <= length);
    } else {
        REQUIRE(mapping.count == 0 && error.line > 0 && error.reason && strlen(error.near) < sizeof error.near);
    }
    free(text);
}

static void check_added(const struct s7_message *message, const struct s7_field *field)
{
    REQUIRE(field->attributes & S7_GENERATED);
    REQUIRE(field->id != S7_FIELD_LATITUDE && field->id != S7_FIELD_DEVICE_ID && field->id != S7_FIELD_DEVICE_TIME);
    if (!(field->attributes & S7_INLINE))
        return;
    const char *text = field->value.name;
    REQUIRE(text >= message->mapped && text < message->mapped + sizeof message->mapped);
    REQUIRE(memchr(text, '\0', (size_t)(message->mapped + sizeof message->mapped - text)));
}

static void apply(const uint8_t *data, const struct s7_frame *frame)
{
    static struct s7_message message;
    static struct s7_field before[S7_FIELDS_MAX];
    s7_decode(data, frame, &message);
    unsigned count = message.count;
    uint32_t flags = message.flags;
    memcpy(before, message.fields, count * sizeof *before);
    s7_mapping_apply(&mapping, data, &message);
    REQUIRE(message.count >= count && message.count < S7_FIELDS_MAX);
    REQUIRE(message.flags == flags && memcmp(before, message.fields, count * sizeof *before) == 0);
    REQUIRE(message.count == count || (message.proven && message.direction == S7_UP));
    for (unsigned i = count; i < message.count; i++)
        check_added(&message, &message.fields[i]);
    check_message(data, frame, &message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct element elements[ELEMENTS];
    const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
    size_t length = nul ? (size_t)(nul - data) : size;
    parse(data, length);
    if (!nul || mapping.count == 0)
        return 0;
    const uint8_t *stream = nul + 1;
    size_t count = scan_stream(stream, size - length - 1, NULL, 0, elements, ELEMENTS);
    for (size_t i = 0; i < count && i < ELEMENTS; i++)
        if (elements[i].result == S7_SCAN_FRAME)
            apply(stream + elements[i].offset, &elements[i].frame);
    return 0;
}
