/* SPDX-License-Identifier: GPL-2.0-or-later
 * Export Objects: see objects.h. */
#include "objects.h"

#include <epan/export_object.h>
#include <epan/tap.h>

#include <string.h>

#include "text.h"

/* Packages that reach further are left out: no camera makes such pictures. */
#define PICTURE_MAX ((size_t)16 * 1024 * 1024)

/* What the tap hands over; lives as long as the packet. */
struct part {
    const char *device_id;
    const char *picture; /* name; NULL: a payload of its own */
    size_t offset, length;
    const uint8_t *bytes;
};

/* Pieces that a picture may be in, and those missing that are named. */
#define PIECES_MAX 1024
#define NAMED_MAX  8

/* Bytes that were received, from start up to end - 1. */
struct piece {
    size_t start, end;
};

/* A picture on its way. The list of objects owns the entry. */
struct picture {
    export_object_entry_t *entry;
    unsigned count;
    struct piece pieces[PIECES_MAX]; /* in order, with holes between */
};

static int objects_tap = -1;
static GHashTable *pictures; /* device, NUL-free separator, name -> the latest picture of that name */

static void forget_pictures(void)
{
    if (pictures)
        g_hash_table_destroy(pictures);
    pictures = NULL;
}

static export_object_entry_t *new_entry(const packet_info *pinfo, const char *device_id)
{
    export_object_entry_t *entry = g_new0(export_object_entry_t, 1);
    entry->pkt_num = pinfo->num;
    entry->hostname = g_strdup(device_id);
    return entry;
}

static void add_payload(export_object_list_t *list, const packet_info *pinfo, const struct part *part)
{
    export_object_entry_t *entry = new_entry(pinfo, part->device_id);
    entry->content_type = g_strdup("RS232 payload");
    entry->filename = g_strdup_printf("%s-packet-%u.bin", part->device_id, pinfo->num);
    entry->payload_len = part->length;
    entry->payload_data = g_malloc(part->length ? part->length : 1);
    memcpy(entry->payload_data, part->bytes, part->length);
    list->add_entry(list->gui_data, entry);
}

/* Does the picture have other bytes where the package stands? Then a new one of that name has begun. */
static bool contradicts(const struct picture *picture, const struct part *part)
{
    for (unsigned i = 0; i < picture->count; i++) {
        size_t start = MAX(picture->pieces[i].start, part->offset);
        size_t end = MIN(picture->pieces[i].end, part->offset + part->length);
        if (start < end &&
            memcmp(picture->entry->payload_data + start, part->bytes + (start - part->offset), end - start) != 0)
            return true;
    }
    return false;
}

/* Adds the piece, joined with those that it touches. False if there are too many. */
static bool add_piece(struct picture *picture, struct piece piece)
{
    struct piece *pieces = picture->pieces;
    unsigned first = 0, last;
    while (first < picture->count && pieces[first].end < piece.start)
        first++;
    for (last = first; last < picture->count && pieces[last].start <= piece.end; last++) {
        piece.start = MIN(piece.start, pieces[last].start);
        piece.end = MAX(piece.end, pieces[last].end);
    }
    if (first == last && picture->count == PIECES_MAX)
        return false;
    memmove(&pieces[first + 1], &pieces[last], (picture->count - last) * sizeof *pieces);
    picture->count = picture->count + 1 - (last - first);
    pieces[first] = piece;
    return true;
}

/* Says what is missing, in the name and in the type: "picture, missing 1024-2047". */
static void name_picture(const struct picture *picture, const struct part *part)
{
    export_object_entry_t *entry = picture->entry;
    GString *type = g_string_new("picture");
    size_t known = 0;
    unsigned holes = 0;
    for (unsigned i = 0; i < picture->count; known = picture->pieces[i++].end) {
        if (picture->pieces[i].start == known)
            continue;
        if (holes++ < NAMED_MAX)
            g_string_append_printf(type, "%s%zu-%zu", holes == 1 ? ", missing " : ", ", known,
                                   picture->pieces[i].start - 1);
    }
    if (holes > NAMED_MAX)
        g_string_append_printf(type, " and %u more", holes - NAMED_MAX);
    g_free(entry->content_type);
    g_free(entry->filename);
    entry->content_type = g_string_free(type, FALSE);
    entry->filename = g_strdup_printf("%s-%s%s", part->device_id, part->picture, holes ? ".incomplete" : "");
}

static void fill_picture(struct picture *picture, const struct part *part)
{
    size_t end = part->offset + part->length;
    export_object_entry_t *entry = picture->entry;
    if (part->length && add_piece(picture, (struct piece){part->offset, end})) {
        if (end > entry->payload_len) {
            entry->payload_data = g_realloc(entry->payload_data, end);
            memset(entry->payload_data + entry->payload_len, 0, end - entry->payload_len);
            entry->payload_len = end;
        }
        memcpy(entry->payload_data + part->offset, part->bytes, part->length);
    }
    name_picture(picture, part);
}

static void add_package(export_object_list_t *list, const packet_info *pinfo, const struct part *part)
{
    if (pictures == NULL)
        pictures = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    char *key = g_strdup_printf("%s\n%s", part->device_id, part->picture);
    struct picture *picture = g_hash_table_lookup(pictures, key);
    bool begins = picture == NULL || contradicts(picture, part);
    if (begins) {
        picture = g_new0(struct picture, 1);
        picture->entry = new_entry(pinfo, part->device_id);
        g_hash_table_replace(pictures, g_strdup(key), picture);
    }
    g_free(key);
    fill_picture(picture, part);
    if (begins)
        list->add_entry(list->gui_data, picture->entry);
}

static tap_packet_status add_object(void *tapdata, packet_info *pinfo, epan_dissect_t *edt, const void *data,
                                    tap_flags_t flags)
{
    const struct part *part = data;
    if (part->picture)
        add_package(tapdata, pinfo, part);
    else
        add_payload(tapdata, pinfo, part);
    return TAP_PACKET_REDRAW;
}

void objects_register(int proto)
{
    objects_tap = register_export_object(proto, add_object, forget_pictures);
}

/* The offset of a package: its first argument. False if it reaches too far. */
static bool package_offset(const uint8_t *data, const struct s7_message *message, size_t length, size_t *offset)
{
    const struct s7_field *argument = s7_find(message, S7_FIELD_ARGUMENT);
    size_t digits;
    if (argument == NULL)
        return false;
    const char *text = s7_text(data, argument, &digits);
    *offset = 0;
    for (size_t i = 0; i < digits; i++) {
        *offset = *offset * 10 + (size_t)(text[i] - '0');
        if (*offset > PICTURE_MAX)
            return false;
    }
    return *offset + length <= PICTURE_MAX;
}

static void queue_part(packet_info *pinfo, const uint8_t *data, const struct s7_field *field, struct part part)
{
    size_t length = 0;
    const char *bytes = field ? s7_text(data, field, &length) : "";
    part.length = length;
    part.bytes = wmem_memdup(pinfo->pool, bytes, length);
    tap_queue_packet(objects_tap, pinfo, wmem_memdup(pinfo->pool, &part, sizeof part));
}

void objects_add_frame(packet_info *pinfo, const char *device_id, const uint8_t *data, const struct s7_message *message)
{
    if (!have_tap_listener(objects_tap))
        return;
    const struct s7_field *serial = s7_find(message, S7_FIELD_SERIAL);
    const struct s7_field *picture = s7_find(message, S7_FIELD_PICTURE);
    const struct s7_field *bytes = s7_find(message, S7_FIELD_EXTRA);
    if (serial)
        queue_part(pinfo, data, serial, (struct part){.device_id = device_id});
    struct part part = {.device_id = device_id};
    /* The picture's name alone stands in an event, too. */
    if (picture && message->kind == S7_KIND_ANSWER &&
        package_offset(data, message, bytes ? bytes->length : 0, &part.offset)) {
        part.picture = text_value(pinfo->pool, data, picture);
        queue_part(pinfo, data, bytes, part);
    }
}
