/* SPDX-License-Identifier: GPL-2.0-or-later
 * Nothing of a startek frame is dropped: every byte but the head and the separators of fields and items belongs to a
 * field. Takes the published frames (tests/data/frames.tsv), whole, cut and mutated, and constructed large ones. */
#include "coverage.h"
#include "startek_check.h"

#define ROW_MAX 4096

/* Decodes a copy that ends where the allocation does. */
static void check_covered(const uint8_t *bytes, const struct s7_frame *found)
{
    uint8_t *copy = malloc(found->length);
    assert_non_null(copy);
    memcpy(copy, bytes, found->length);
    s7_decode(copy, found, &message);
    long hole = coverage_hole(copy, found, &message);
    if (hole >= 0)
        fail_msg("byte %ld of %.*s is in no field", hole, (int)found->length, (const char *)copy);
    free(copy);
}

/* Each frame of a stream. */
static unsigned check_stream(const uint8_t *bytes, size_t length)
{
    struct s7_scanner scanner = {0};
    unsigned frames = 0;
    for (size_t at = 0; at < length; at += frame.length) {
        if (s7_scan(&scanner, bytes + at, length - at, true, &frame) != S7_SCAN_FRAME || frame.dialect != S7_STARTEK)
            continue;
        check_covered(bytes + at, &frame);
        frames++;
    }
    return frames;
}

static unsigned next_random(void)
{
    static uint32_t seed = 1;
    seed = seed * 1664525 + 1013904223;
    return seed >> 8;
}

/* Wrong lengths, changed bytes and shifted parts, behind the back of the scanner. */
static void check_mutated(const uint8_t *bytes, size_t length)
{
    static const char likely[] = ",,||-.0F9%L\r\xFF";
    struct s7_scanner scanner = {0};
    uint8_t changed[ROW_MAX];
    if (s7_scan(&scanner, bytes, length, true, &frame) != S7_SCAN_FRAME || frame.dialect != S7_STARTEK)
        return;
    struct s7_frame found = frame;
    for (unsigned round = 0; round < 50; round++) {
        memcpy(changed, bytes, length);
        for (unsigned i = next_random() % 4; i > 0; i--)
            changed[2 + next_random() % (found.length - 2)] = (uint8_t)likely[next_random() % (sizeof likely - 1)];
        frame = found;
        if (round % 5 == 1)
            frame.length = 3 + next_random() % (found.length - 2);
        if (round % 5 == 2)
            frame.body_length = next_random() % (2 * found.length);
        if (round % 5 == 3)
            frame.head_length = (uint8_t)next_random();
        if (round % 5 == 4)
            frame.flags = FLAGS(DAMAGED);
        check_covered(changed, &frame);
    }
    frame = found;
    frame.body_length = UINT32_MAX;
    check_covered(bytes, &frame);
}

/* Undoes the escapes of frames.tsv; returns the number of bytes. */
static size_t unescape(const char *text, size_t length, uint8_t *out)
{
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '\\') {
            out[n++] = (uint8_t)text[i];
        } else if (text[i + 1] == 'x') {
            char hex[3] = {text[i + 2], text[i + 3], '\0'};
            out[n++] = (uint8_t)strtoul(hex, NULL, 16);
            i += 3;
        } else {
            char c = text[++i];
            out[n++] = (uint8_t)(c == 'r' ? '\r' : c == 'n' ? '\n' : c == 't' ? '\t' : c);
        }
    }
    return n;
}

static FILE *open_frames(void)
{
    char path[1024];
    const char *slash = strrchr(__FILE__, '/');
    int directory = slash ? (int)(slash - __FILE__) : 1;
    snprintf(path, sizeof path, "%.*s/../data/frames.tsv", directory, slash ? __FILE__ : ".");
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("cannot open %s", path);
    return file;
}

/* Calls use() for each startek row; returns their number. */
static unsigned each_row(void (*use)(const uint8_t *bytes, size_t length))
{
    char row[ROW_MAX];
    uint8_t bytes[ROW_MAX];
    unsigned rows = 0;
    FILE *file = open_frames();
    while (fgets(row, sizeof row, file)) {
        if (!strstr(row, "\tstartek"))
            continue;
        const char *text = strchr(strchr(row, '\t') + 1, '\t') + 1; /* the third column */
        use(bytes, unescape(text, (size_t)(strchr(text, '\t') - text), bytes));
        rows++;
    }
    fclose(file);
    return rows;
}

static void check_whole(const uint8_t *bytes, size_t length)
{
    assert_true(check_stream(bytes, length) > 0);
}

static void check_cut(const uint8_t *bytes, size_t length)
{
    for (size_t cut = 1; cut < length; cut += 1 + cut / 40)
        check_stream(bytes, cut);
}

static void test_published_frames(void **state)
{
    assert_true(each_row(check_whole) >= 103);
}

static void test_cut_frames(void **state)
{
    each_row(check_cut);
}

static void test_mutated_frames(void **state)
{
    each_row(check_mutated);
}

static void test_binary_bodies(void **state)
{
    static const char *const codes[] = {"000", "020", "030", "265", "271", "710", "888", "990", "992", "600"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        char body[600];
        int n = snprintf(body, sizeof body, ID ",%s,", codes[i]);
        for (unsigned byte = 0; byte < 256; byte++)
            body[n++] = (char)byte;
        decode(i % 2 ? '$' : '&', body, (size_t)n);
        check_covered(data, &frame);
        decode(i % 2 ? '&' : '$', body, (size_t)n);
        check_covered(data, &frame);
    }
}

/* More fields than a message can hold. */
static void test_endless_lists(void **state)
{
    static const char *const starts[] = {ID ",888,", ID ",000,0," AFTER, ID ",000,0," AFTER ",1", ID ",129,",
                                         ID ",000,x"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        static char body[8000];
        size_t n = (size_t)snprintf(body, sizeof body, "%s", starts[i]);
        while (n + 6 < sizeof body) {
            memcpy(body + n, i == 1 ? "|0102" : ",3,4,", 5);
            n += 5;
        }
        decode('&', body, n);
        check_covered(data, &frame);
        assert_true(message.count <= S7_FIELDS_MAX);
    }
}

/* The message is full at a field that is the first with its name: what spills takes its place. */
static void test_full_at_any_field(void **state)
{
    static char body[8000];
    for (unsigned words = 600; words < 900; words++) {
        size_t n = (size_t)snprintf(body, sizeof body, "%s", ID ",000,0," AFTER);
        for (unsigned i = 0; i < words; i++) {
            memcpy(body + n, "|0102", 5);
            n += 5;
        }
        n += (size_t)snprintf(body + n, sizeof body - n, ",1,0101F4,01013D,1|2|3|4|5|6|7|8|9L,text,5");
        decode('&', body, n);
        check_covered(data, &frame);
        for (unsigned id = 0; id < S7_FIELD_COUNT; id++)
            if (s7_find(&message, id))
                assert_int_equal(s7_find(&message, id)->id, id);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_frames), cmocka_unit_test(test_cut_frames),
        cmocka_unit_test(test_mutated_frames),   cmocka_unit_test(test_binary_bodies),
        cmocka_unit_test(test_endless_lists),    cmocka_unit_test(test_full_at_any_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
