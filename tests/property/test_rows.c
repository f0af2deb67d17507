/* SPDX-License-Identifier: GPL-2.0-or-later
 * Rows of generated messages, also of damaged ones: the fast paths write what the plain ones write, in the room that
 * row_bound() says, and what a message says of its fields is true. Arguments: seed and count, see property.h. */
#include "guard.h"
#include "property.h"
#include "result/row.h"
#include "traffic.h"

#include <string.h>

static struct row_path path;
static const struct origin packets[] = {
    {.number = 9, .file = 1}, {.number = 2, .file = 2}, {.number = 17000, .file = 2}};

/* What the fields themselves say. */
static void check_sets(const struct s7_message *message)
{
    uint64_t present[S7_FIELD_WORDS] = {0}, repeated[S7_FIELD_WORDS] = {0};
    uint32_t flags = 0, bytes = 0;
    bool secret = false;
    for (unsigned i = 0; i < message->count; i++) {
        const struct s7_field *field = &message->fields[i];
        uint64_t bit = UINT64_C(1) << field->id % 64;
        if (!(present[field->id / 64] & bit))
            g_assert_true(s7_find(message, (enum s7_field_id)field->id) == field);
        repeated[field->id / 64] |= present[field->id / 64] & bit;
        present[field->id / 64] |= bit;
        flags |= field->flags;
        bytes += field->length;
        secret |= (field->attributes & S7_SECRET) != 0;
    }
    g_assert_true(memcmp(present, message->present, sizeof present) == 0);
    g_assert_true(memcmp(repeated, message->repeated, sizeof repeated) == 0);
    g_assert_cmpuint(flags, ==, message->field_flags);
    g_assert_cmpuint(bytes, <=, message->span_bytes);
    g_assert_true(!secret || message->secret);
}

/* Where a field says that its bytes are what is printed, they are. */
static void check_sent(const uint8_t *data, const struct s7_message *message)
{
    for (unsigned i = 0; i < message->count; i++) {
        const struct s7_field *field = &message->fields[i];
        char printed[S7_VALUE_SIZE], *text = printed;
        size_t length = s7_value_print(field, printed);
        if (field->sent == 0)
            continue;
        if (field->type == S7_HEX)
            text += 2;
        else if (printed[0] == '-')
            text++;
        g_autofree char *sent = g_ascii_strdown((const char *)data + field->offset + field->sent_at, field->sent);
        g_assert_true(text + strlen(sent) == printed + length && g_str_equal(text, sent));
    }
}

/* The memory ends where the room does: a sanitizer sees what is written behind it. */
static GString *print(struct row_writer *writer, const struct s7_message *message, const struct row_facts *facts)
{
    size_t bound = row_bound(message, facts->packet_count);
    char *line = g_malloc(bound), *end = row_print(writer, line, message, facts);
    g_assert_cmpuint((size_t)(end - line), <=, bound);
    GString *row = g_string_new_len(line, end - line);
    g_free(line);
    return row;
}

/* A byte here and there behind the head becomes another one, mostly one that has a meaning in rows. */
static void damage(uint8_t *bytes, uint32_t length, GRand *random)
{
    static const char odd[] = ",\"\\\r\n=+-@'\t\xc3\xa9|;{}0.X";
    for (uint32_t i = 2; i < length; i++)
        if (chance(random, 1))
            bytes[i] =
                chance(random, 80) ? (uint8_t)odd[g_rand_int(random) % (sizeof odd - 1)] : (uint8_t)g_rand_int(random);
}

static void check_row(const uint8_t *data, const struct s7_frame *frame, GRand *random)
{
    static struct s7_message message;
    static const char id[DEVICE_ID_MAX + 1] = "353327020115804";
    g_autofree uint8_t *bytes = g_memdup2(data, frame->length);
    if (chance(random, 70))
        damage(bytes, frame->length, random);
    const uint8_t *copy = guard_copy(bytes, frame->length);
    s7_decode_values(copy, frame, &message);
    check_sets(&message);
    check_sent(copy, &message);
    struct row_facts facts = {.data = copy,
                              .length = frame->length,
                              .context = g_rand_int(random) % (1U << CONTEXT_FLAG_COUNT),
                              .time = INT64_C(1795376700123456789),
                              .device_id = id,
                              .path = &path,
                              .packets = packets,
                              .packet_count = 1 + g_rand_int(random) % 3,
                              .file = 2,
                              .answers = packets[0]};
    struct row_options options = {.csv_guard = chance(random, 50), .show_secrets = chance(random, 50)};
    struct row_writer writer;
    row_writer_init(&writer, &options);
    GString *fast = print(&writer, &message, &facts);
    writer.fast = false;
    GString *plain = print(&writer, &message, &facts);
    g_assert_cmpstr(fast->str, ==, plain->str);
    g_assert_cmpuint(fast->len, ==, plain->len);
    g_string_free(fast, TRUE);
    g_string_free(plain, TRUE);
}

static unsigned check_stream(const GByteArray *stream, GRand *random)
{
    unsigned rows = 0;
    struct s7_scanner scanner = {0};
    struct s7_frame frame;
    for (gsize at = 0; at < stream->len; at += frame.length) {
        enum s7_scan_result result = s7_scan(&scanner, stream->data + at, stream->len - at, true, &frame);
        if (result != S7_SCAN_FRAME && frame.length == 0)
            break;
        if (result == S7_SCAN_FRAME) {
            check_row(stream->data + at, &frame, random);
            rows++;
        }
    }
    return rows;
}

int main(int argc, char **argv)
{
    struct property property = {20261130, 400};
    property_read(&property, argc, argv);
    const struct endpoint here = {.version = 4, .port = 5000}, there = {.version = 6, .port = 8888};
    row_path_set(&path, &here, &there, TRANSPORT_UDP, UINT64_MAX);
    GRand *random = g_rand_new_with_seed(property.seed);
    unsigned rows = 0;
    for (unsigned i = 0; i < property.count; i++) {
        struct traffic *traffic = traffic_new(random, 20, "ud"[i % 4 == 0], TRUE);
        rows += check_stream(traffic->stream, random);
        traffic_free(traffic);
    }
    g_rand_free(random);
    printf("%u rows\n", rows);
    return rows > property.count ? 0 : 1;
}
