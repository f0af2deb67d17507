/* SPDX-License-Identifier: GPL-2.0-or-later
 * Round trip: what the encoder put into a random legal message is what the decoder gives back, nothing less and nothing
 * more. Arguments: seed and number of messages of each kind (else the environment's PROPERTY_SEED, PROPERTY_COUNT). */
#include "coverage.h"
#include "decoded_sample.h"
#include "elements.h"
#include "encode.h"
#include "guard.h"
#include "property.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct property property = {.seed = 20261122, .count = 400};
static struct s7_message message;

/* The frame's own shell, which the lines do not have: index, declared length, checksum, CR LF. */
static void check_shell(const guint8 *data, const struct s7_frame *frame)
{
    const struct s7_field *length = s7_find(&message, S7_FIELD_LENGTH), *sum = s7_find(&message, S7_FIELD_CHECKSUM);
    const struct s7_field *index = s7_find(&message, S7_FIELD_INDEX), *end = s7_find(&message, S7_FIELD_TERMINATOR);
    guint8 expected = 0;
    for (guint i = 0; i < frame->length - 4; i++)
        expected = (guint8)(expected + data[i]);
    assert_int_equal(index->offset, 2);
    assert_int_equal(index->length, 1);
    assert_int_equal(length->value.integer, frame->length - 4 - 3 - length->length);
    assert_int_equal(sum->value.integer, expected);
    assert_int_equal(end->offset, frame->length - 2);
    assert_memory_equal(data + end->offset, "\r\n", 2);
}

static void check_fifotrack_shell(const guint8 *data, const struct s7_frame *frame)
{
    const struct s7_field *length = s7_find(&message, S7_FIELD_LENGTH), *sum = s7_find(&message, S7_FIELD_CHECKSUM);
    const struct s7_field *index = s7_find(&message, S7_FIELD_INDEX), *end = s7_find(&message, S7_FIELD_TERMINATOR);
    const struct s7_field *id = s7_find(&message, S7_FIELD_DEVICE_ID), *code = s7_find(&message, S7_FIELD_CODE);
    assert_int_equal(length->offset, 2);
    assert_int_equal(length->value.integer, frame->length - 5 - 2 - length->length);
    assert_int_equal(index->offset, id->offset + id->length + 1);
    assert_int_equal(index->offset + index->length + 1, code->offset);
    assert_int_equal(sum->offset, frame->length - 4);
    assert_int_equal(sum->value.integer, g_ascii_xdigit_value((char)data[sum->offset]) * 16 +
                                             g_ascii_xdigit_value((char)data[sum->offset + 1]));
    assert_int_equal(end->offset, frame->length - 2);
}

static void check_sample(const char *kind, const struct sample *sample)
{
    GArray *elements = elements_scan(sample->bytes->data, sample->bytes->len, NULL, 0, TRUE);
    const struct element *e = &g_array_index(elements, struct element, 0);
    if (elements->len != 1 || e->leftover || e->frame.length != sample->bytes->len)
        fail_msg("%s: not one frame: %.*s", kind, (int)sample->bytes->len, (const char *)sample->bytes->data);
    const guint8 *data = guard_copy(sample->bytes->data, sample->bytes->len);
    char *got = decoded_lines(data, &e->frame), *expected = expected_lines(sample);
    if (strcmp(got, expected) != 0)
        fail_msg("%s: %s\nput in:%s\n\ngot back:%s", kind, sample->raw->str, expected, got);
    s7_decode(data, &e->frame, &message);
    assert_int_equal(coverage_hole(data, &e->frame, &message), -1);
    if (e->frame.dialect == S7_STARTEK)
        check_shell(data, &e->frame);
    if (e->frame.dialect == S7_FIFOTRACK)
        check_fifotrack_shell(data, &e->frame);
    g_free(got);
    g_free(expected);
    g_array_unref(elements);
}

/* A generator of its own for each kind: a new kind does not change what the others make of a seed. */
static void test_what_was_put_in_comes_back(void **state)
{
    for (unsigned kind = 0; kind < encode_kind_count; kind++) {
        GRand *random = g_rand_new_with_seed(property.seed + kind);
        for (unsigned i = 0; i < property.count; i++) {
            struct sample *sample = sample_new();
            encode_kinds[kind].encode(random, sample);
            check_sample(encode_kinds[kind].name, sample);
            sample_free(sample);
        }
        g_rand_free(random);
    }
}

static void check_mutated(GRand *random, const struct sample *sample, const struct s7_frame *original)
{
    static const guint8 telling[] = {',', '#', '"', '-', '|', '{', '}', '~', '.', ' ', ':', '\r', '0', 'X', 0, 0xFF};
    struct s7_frame frame = *original;
    guint8 *bytes = g_memdup2(sample->bytes->data, sample->bytes->len);
    gint32 fixed = frame.dialect == S7_GOTOP ? 1 : 2; /* the head, by which the scanner knows the dialect */
    for (gint32 n = draw(random, 1, 4); n > 0; n--)
        bytes[draw(random, fixed, (gint32)frame.length - 1)] =
            telling[draw(random, 0, (gint32)G_N_ELEMENTS(telling) - 1)];
    if (chance(random, 30)) {
        frame.length = (guint32)draw(random, fixed + 1, (gint32)frame.length);
        frame.flags |= S7_FLAG_BIT(TRUNCATED);
    }
    const guint8 *data = guard_copy(bytes, frame.length);
    s7_decode(data, &frame, &message);
    long hole = coverage_hole(data, &frame, &message);
    if (hole >= 0)
        fail_msg("byte %ld of %.*s is in no field", hole, (int)frame.length, (const char *)bytes);
    g_free(bytes);
}

static void test_every_byte_of_a_mutated_frame_has_a_field(void **state)
{
    GRand *random = g_rand_new_with_seed(property.seed);
    for (unsigned i = 0; i < property.count * encode_kind_count; i++) {
        struct sample *sample = sample_new();
        encode_kinds[i % encode_kind_count].encode(random, sample);
        GArray *elements = elements_scan(sample->bytes->data, sample->bytes->len, NULL, 0, TRUE);
        const struct s7_frame *frame = &g_array_index(elements, struct element, 0).frame;
        if (frame->shape != S7_SHAPE_RESET)
            check_mutated(random, sample, frame);
        g_array_unref(elements);
        sample_free(sample);
    }
    g_rand_free(random);
}

int main(int argc, char **argv)
{
    property_read(&property, argc, argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_was_put_in_comes_back),
        cmocka_unit_test(test_every_byte_of_a_mutated_frame_has_a_field),
    };
    return cmocka_run_group_tests_name("round_trip", tests, NULL, NULL);
}
