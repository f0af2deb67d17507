/* SPDX-License-Identifier: GPL-2.0-or-later
 * Generated streams of the three dialects: however they are cut, joined and mixed with junk, the scanner finds the
 * messages that were sent and no others; when a stretch is lost, it finds all that the loss does not touch and invents
 * none. Arguments: seed and number of streams (else the environment's PROPERTY_SEED, PROPERTY_COUNT). */
#include "decoded_sample.h"
#include "elements.h"
#include "guard.h"
#include "property.h"
#include "traffic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct property property = {.seed = 8888, .count = 300};
static struct s7_message message;

static struct traffic *next_traffic(GRand *random)
{
    const char directions[] = "udb";
    return traffic_new(random, (unsigned)draw(random, 1, 12), directions[draw(random, 0, 2)], TRUE);
}

/* The frames among the elements are the messages that were sent, and decode to what was put in. */
static void check_all_found(const struct traffic *traffic, const GArray *elements)
{
    guint n = 0;
    for (guint i = 0; i < elements->len; i++) {
        const struct element *e = &g_array_index(elements, struct element, i);
        if (e->leftover)
            continue;
        assert_in_range(n, 0, traffic->sent->len - 1);
        const struct sent *sent = &g_array_index(traffic->sent, struct sent, n++);
        if (e->offset != sent->offset || e->frame.length != sent->length)
            fail_msg("%s: sent at %zu, %zu bytes; found at %zu, %u bytes", sent->sample->raw->str, sent->offset,
                     sent->length, e->offset, e->frame.length);
        char *got = decoded_lines(guard_copy(traffic->stream->data + e->offset, e->frame.length), &e->frame);
        char *expected = expected_lines(sent->sample);
        assert_string_equal(got, expected);
        g_free(got);
        g_free(expected);
    }
    assert_int_equal(n, traffic->sent->len);
}

static void test_everything_sent_is_found(void **state)
{
    GRand *random = g_rand_new_with_seed(property.seed);
    for (unsigned i = 0; i < property.count; i++) {
        struct traffic *traffic = next_traffic(random);
        GArray *elements = elements_scan(traffic->stream->data, traffic->stream->len, NULL, 0, TRUE);
        check_all_found(traffic, elements);
        g_array_unref(elements);
        traffic_free(traffic);
    }
    g_rand_free(random);
}

/* Ascending offsets inside the stream, pieces of up to size bytes. */
static GArray *draw_cuts(GRand *random, gsize length, gint32 size)
{
    GArray *cuts = g_array_new(FALSE, FALSE, sizeof(gsize));
    for (gsize at = (gsize)draw(random, 1, size); at < length; at += (gsize)draw(random, 1, size))
        g_array_append_val(cuts, at);
    return cuts;
}

static void test_segmentation_does_not_matter(void **state)
{
    static const gint32 sizes[] = {1, 7, 100, 1400};
    GRand *random = g_rand_new_with_seed(property.seed + 1);
    for (unsigned i = 0; i < property.count; i++) {
        struct traffic *traffic = next_traffic(random);
        GArray *whole = elements_scan(traffic->stream->data, traffic->stream->len, NULL, 0, TRUE);
        char *expected = elements_print(whole);
        /* Byte by byte is slow, for the scanner gets its bytes anew each time. */
        gint32 size = sizes[i % 10 == 0 ? 0 : 1 + i % 3];
        GArray *cuts = draw_cuts(random, traffic->stream->len, size);
        GArray *elements = elements_scan(traffic->stream->data, traffic->stream->len, (const gsize *)(void *)cuts->data,
                                         cuts->len, TRUE);
        char *got = elements_print(elements);
        assert_string_equal(got, expected);
        check_all_found(traffic, elements);
        g_free(got);
        g_free(expected);
        g_array_unref(cuts);
        g_array_unref(whole);
        g_array_unref(elements);
        traffic_free(traffic);
    }
    g_rand_free(random);
}

/* --- Loss --- */

static gboolean is_cut_in_ssid(const guint8 *data, const struct s7_frame *frame)
{
    guint quotes = 0;
    for (guint i = 0; i < frame->length; i++)
        quotes += data[i] == '"';
    return frame->shape == S7_SHAPE_UPLINK && quotes % 2 == 1;
}

/* Is this found frame one that was sent, whole? CR LF of a startek frame may be lost, then a flag says so; a "#" that
 * two frames shared belongs to the one that is left. */
static gboolean was_sent(const struct traffic *traffic, gsize offset, const struct s7_frame *frame)
{
    for (guint i = 0; i < traffic->sent->len; i++) {
        const struct sent *sent = &g_array_index(traffic->sent, struct sent, i);
        gsize end = sent->offset + sent->length, found = offset + frame->length;
        gboolean shares = sent->shared && offset + 1 == sent->offset;
        /* Its own "#" is lost, but that of another frame came to stand before it. */
        gboolean borrows = frame->flags & S7_FLAG_BIT(SHARED_DELIMITER) && offset == sent->offset + 1;
        if (offset != sent->offset && !shares && !borrows)
            continue;
        /* A line inside it may have the right checksum by chance, 1 in 256. */
        if (found == end || frame->flags & S7_FLAG_BIT(LENGTH_WRONG))
            return TRUE;
        /* A "#" in an SSID closes the frame when no quote follows it (1.2). */
        if (is_cut_in_ssid(traffic->stream->data + offset, frame) && found < end)
            return TRUE;
        /* "RESET!" of "RESET!1": the end of the stream decides it (docs/PROTOCOL.md 1.3). */
        if (frame->shape == S7_SHAPE_RESET && found + 1 == end)
            return TRUE;
        if (frame->flags & S7_FLAG_BIT(TERMINATOR_MISSING) && found < end && found + 2 >= end)
            return TRUE;
    }
    return FALSE;
}

static gboolean was_found(const GArray *elements, gsize shift, const struct sent *sent)
{
    for (guint i = 0; i < elements->len; i++) {
        const struct element *e = &g_array_index(elements, struct element, i);
        gsize end = shift + e->offset + e->frame.length;
        if (!e->leftover && end == sent->offset + sent->length && shift + e->offset <= sent->offset &&
            shift + e->offset + 1 >= sent->offset)
            return TRUE;
    }
    return FALSE;
}

/* One side of the gap: bytes [from, to) of the stream, scanned on their own as the hosts do. */
static void check_side(const struct traffic *traffic, gsize from, gsize to)
{
    if (from == to)
        return;
    GArray *elements = elements_scan(traffic->stream->data + from, to - from, NULL, 0, TRUE);
    for (guint i = 0; i < elements->len; i++) {
        const struct element *e = &g_array_index(elements, struct element, i);
        if (e->leftover)
            continue;
        const guint8 *data = traffic->stream->data + from + e->offset;
        s7_decode(guard_copy(data, e->frame.length), &e->frame, &message);
        if (message.proven && !was_sent(traffic, from + e->offset, &e->frame))
            fail_msg("never sent: %.*s", (int)e->frame.length, (const char *)data);
    }
    gboolean boundary = from == 0; /* RESET! counts behind a frame, not behind the rest of one (docs/PROTOCOL.md 1.3) */
    for (guint i = 0; i < traffic->sent->len; i++) {
        const struct sent *sent = &g_array_index(traffic->sent, struct sent, i);
        gsize start = sent->offset - (sent->shared ? 1 : 0); /* with the "#" that it needs */
        gboolean found = was_found(elements, from, sent);
        gboolean reset = sent->sample->bytes->data[0] == 'R' && !boundary;
        if (start >= from && sent->offset + sent->length <= to && !found && !reset)
            fail_msg("lost beside %zu..%zu: %s", from, to, sent->sample->raw->str);
        boundary = found;
    }
    g_array_unref(elements);
}

static void test_a_known_gap_costs_only_what_it_touches(void **state)
{
    GRand *random = g_rand_new_with_seed(property.seed + 2);
    for (unsigned i = 0; i < property.count; i++) {
        struct traffic *traffic = next_traffic(random);
        for (int n = 0; n < 8; n++) {
            gint32 start = draw(random, 0, (gint32)traffic->stream->len);
            gint32 end = draw(random, start, (gint32)MIN((gsize)start + 600, traffic->stream->len));
            check_side(traffic, 0, (gsize)start);
            check_side(traffic, (gsize)end, traffic->stream->len);
        }
        traffic_free(traffic);
    }
    g_rand_free(random);
}

/* Does the message touch the stretch, or stand next to one that does? */
static gboolean is_near(const struct traffic *traffic, guint i, gsize start, gsize end)
{
    for (guint k = i ? i - 1 : 0; k <= i + 1 && k < traffic->sent->len; k++) {
        const struct sent *sent = &g_array_index(traffic->sent, struct sent, k);
        if (sent->offset <= end && sent->offset + sent->length >= start)
            return TRUE;
    }
    return FALSE;
}

/* The element in which the two sides of a hidden loss join, NULL if they do not. A frame that begins at the loss joins
 * them by the "#" in front of it: what is left of a frame may look like an id. */
static const struct element *joined(const GArray *elements, gsize start)
{
    for (guint i = 0; i < elements->len; i++) {
        const struct element *e = &g_array_index(elements, struct element, i);
        gsize from = e->offset - (e->frame.flags & S7_FLAG_BIT(SHARED_DELIMITER) ? 1 : 0);
        if (from < start && e->offset + e->frame.length > start)
            return e;
    }
    return NULL;
}

/* By these a gotop frame is known inside a damaged one. (docs/PROTOCOL.md 10.1) */
static gboolean has_code_or_body(const GByteArray *bytes)
{
    char *text = g_strndup((const char *)bytes->data, bytes->len);
    char **fields = g_strsplit(text, ",", 6);
    gboolean found = FALSE;
    for (guint i = 1; fields[0] && fields[i] && i <= 3; i++)
        found = found || g_regex_match_simple("^ *(CMD-|ALM-|ERROR!|Ver:)", fields[i], 0, 0) ||
                (g_regex_match_simple("^[AV]$", fields[i], 0, 0) && fields[i + 1] &&
                 g_regex_match_simple("^(DATE:)?[0-9]{6}", fields[i + 1], 0, 0));
    g_strfreev(fields);
    g_free(text);
    return found;
}

/* May a frame that lost its end swallow this message? A gotop frame reaches to the next "#", which only the device's
 * frames bring at their start, a startek frame to the next CR LF or to a whole frame of the device or of startek.
 * (docs/PROTOCOL.md 1.1, docs/STARTEK.md 1.2 and 8) */
static gboolean may_swallow(const struct element *open, gsize shift, const struct sent *sent)
{
    const GByteArray *bytes = sent->sample->bytes;
    guint8 head = bytes->data[0];
    if (!open || open->leftover || sent->offset >= shift + open->offset + open->frame.length)
        return FALSE;
    if (open->frame.dialect == S7_GOTOP)
        return head != '#' || sent->offset + 1 == shift + open->offset + open->frame.length;
    /* By chance CR LF of another frame stands where the length says, or the checksum of the line is right (rules 3, 4).
     */
    if (open->frame.flags & (S7_FLAG_BIT(CHECKSUM_BAD) | S7_FLAG_BIT(LENGTH_WRONG)))
        return TRUE;
    /* The first CR LF may be one inside it. */
    gboolean double_head = head == '&' || head == '$' || (head == '#' && bytes->data[1] == '#');
    gboolean lines = double_head && g_strstr_len((const char *)bytes->data, bytes->len - 2, "\r\n");
    return head == ':' || head == 'R' || sent->shared || lines ||
           (head == '#' && !double_head && !has_code_or_body(bytes));
}

/* Nobody says that bytes are missing: what is left joins. */
static void check_hidden_loss(const struct traffic *traffic, gsize start, gsize end)
{
    GByteArray *left = g_byte_array_new();
    g_byte_array_append(left, traffic->stream->data, (guint)start);
    g_byte_array_append(left, traffic->stream->data + end, traffic->stream->len - (guint)end);
    if (left->len == 0) {
        g_byte_array_unref(left);
        return;
    }
    GArray *elements = elements_scan(left->data, left->len, NULL, 0, TRUE);
    const struct element *open = joined(elements, start);
    gboolean boundary = TRUE;
    for (guint i = 0; i < traffic->sent->len; i++) {
        const struct sent *sent = &g_array_index(traffic->sent, struct sent, i);
        gsize shift = sent->offset >= end ? end - start : 0;
        gboolean found = was_found(elements, shift, sent);
        gboolean reset = sent->sample->bytes->data[0] == 'R' && !boundary;
        boundary = found;
        if (!found && !reset && !is_near(traffic, i, start, end) && !may_swallow(open, shift, sent))
            fail_msg("lost far from %zu..%zu, at %zu: %s\n%s", start, end, sent->offset, sent->sample->raw->str,
                     elements_print(elements));
    }
    for (guint i = 0; i < elements->len; i++) {
        const struct element *e = &g_array_index(elements, struct element, i);
        gboolean touches = e->offset <= start && e->offset + e->frame.length >= start;
        if (e->leftover || touches)
            continue;
        gsize shift = e->offset >= start ? end - start : 0;
        s7_decode(guard_copy(left->data + e->offset, e->frame.length), &e->frame, &message);
        if (message.proven && !was_sent(traffic, e->offset + shift, &e->frame))
            fail_msg("never sent: %.*s", (int)e->frame.length, (const char *)left->data + e->offset);
    }
    g_array_unref(elements);
    g_byte_array_unref(left);
}

static void test_a_hidden_loss_costs_only_its_neighbours(void **state)
{
    GRand *random = g_rand_new_with_seed(property.seed + 3);
    for (unsigned i = 0; i < property.count; i++) {
        struct traffic *traffic = next_traffic(random);
        for (int n = 0; n < 8; n++) {
            gint32 start = draw(random, 0, (gint32)traffic->stream->len);
            gint32 end = draw(random, start, (gint32)MIN((gsize)start + 600, traffic->stream->len));
            check_hidden_loss(traffic, (gsize)start, (gsize)end);
        }
        traffic_free(traffic);
    }
    g_rand_free(random);
}

int main(int argc, char **argv)
{
    property_read(&property, argc, argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_sent_is_found),
        cmocka_unit_test(test_segmentation_does_not_matter),
        cmocka_unit_test(test_a_known_gap_costs_only_what_it_touches),
        cmocka_unit_test(test_a_hidden_loss_costs_only_its_neighbours),
    };
    return cmocka_run_group_tests_name("generated streams", tests, NULL, NULL);
}
