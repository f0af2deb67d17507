/* SPDX-License-Identifier: GPL-2.0-or-later
 * Export Objects: see objects.h. */
#include "objects.h"

#include <epan/export_object.h>
#include <epan/tap.h>

#include <string.h>

#include "picture.h"
#include "text.h"

/* What one picture, and all objects together, may hold; bytes. Memory follows what came, never what an offset claims.
 */
#define PICTURE_MAX ((size_t)2 << 20)
#define OBJECTS_MAX ((size_t)1 << 30)
/* Counted for each object beside its bytes. */
#define OBJECT_COST ((size_t)512)

/* What the tap hands over; lives as long as the packet. */
struct part {
    const char *device_id;
    const char *name;          /* of a picture; NULL: a payload of its own */
    struct s7_picture picture; /* but for its name */
    bool fifotrack;
    size_t length;
    const uint8_t *bytes;
};

/* Stretches that a picture may be in, and those missing that are named. */
#define PIECES_MAX 1024
#define NAMED_MAX  8

/* Bytes that were received, from start up to end - 1. */
struct piece {
    uint64_t start, end;
};

/* A picture on its way. The list of objects owns the entry, whose payload is the pieces, one behind the other. */
struct picture {
    export_object_entry_t *entry; /* NULL: no package came so far */
    GArray *pieces;               /* of struct piece, in order, with holes between */
    size_t room;                  /* bytes that the payload has room for */
    uint64_t announced;           /* bytes of the whole picture; 0: was not said */
    uint64_t differing;           /* bytes that came again with other content */
    bool cut;                     /* a package was left out */
};

static int objects_tap = -1;
static GHashTable *pictures; /* device, NUL-free separator, name -> the latest picture of that name */
static size_t held;          /* by all objects */
static bool limit_said;

static void free_picture(gpointer data)
{
    struct picture *picture = data;
    g_array_unref(picture->pieces);
    g_free(picture);
}

static void forget_pictures(void)
{
    if (pictures)
        g_hash_table_destroy(pictures);
    pictures = NULL;
    held = 0;
    limit_said = false;
}

static export_object_entry_t *new_entry(const packet_info *pinfo, const char *device_id)
{
    export_object_entry_t *entry = g_new0(export_object_entry_t, 1);
    entry->pkt_num = pinfo->num;
    entry->hostname = g_strdup(device_id);
    return entry;
}

/* Is there room for so many bytes more in all objects together? The first time that there is none is an object itself.
 */
static bool has_room(export_object_list_t *list, const packet_info *pinfo, const struct part *part, size_t bytes)
{
    if (held + bytes <= OBJECTS_MAX) {
        held += bytes;
        return true;
    }
    if (!limit_said) {
        export_object_entry_t *entry = new_entry(pinfo, part->device_id);
        entry->content_type = g_strdup("limit reached: what came later was left out");
        entry->filename = g_strdup("limit-reached");
        list->add_entry(list->gui_data, entry);
        limit_said = true;
    }
    return false;
}

static void add_payload(export_object_list_t *list, const packet_info *pinfo, const struct part *part)
{
    if (!has_room(list, pinfo, part, OBJECT_COST + part->length))
        return;
    export_object_entry_t *entry = new_entry(pinfo, part->device_id);
    entry->content_type = g_strdup("RS232 payload");
    entry->filename = g_strdup_printf("%s-packet-%u.bin", part->device_id, pinfo->num);
    entry->payload_len = part->length;
    entry->payload_data = g_malloc(part->length ? part->length : 1);
    memcpy(entry->payload_data, part->bytes, part->length);
    list->add_entry(list->gui_data, entry);
}

static struct piece *piece_at(const struct picture *picture, unsigned i)
{
    return &g_array_index(picture->pieces, struct piece, i);
}

/* How many bytes of the package are there already, with other content? */
static uint64_t count_differing(const struct picture *picture, const struct part *part)
{
    uint64_t differing = 0;
    size_t at = 0; /* of the piece in the payload */
    for (unsigned i = 0; i < picture->pieces->len; i++) {
        const struct piece *piece = piece_at(picture, i);
        uint64_t start = MAX(piece->start, part->picture.offset);
        uint64_t end = MIN(piece->end, part->picture.offset + part->length);
        for (uint64_t byte = start; byte < end; byte++)
            differing +=
                picture->entry->payload_data[at + (byte - piece->start)] != part->bytes[byte - part->picture.offset];
        at += piece->end - piece->start;
    }
    return differing;
}

/* Puts the bytes into the payload, in front of the byte number at. */
static void insert_bytes(struct picture *picture, size_t at, const uint8_t *bytes, size_t length)
{
    export_object_entry_t *entry = picture->entry;
    size_t size = entry->payload_len;
    if (size + length > picture->room) {
        picture->room = MAX(2 * picture->room, size + length);
        entry->payload_data = g_realloc(entry->payload_data, picture->room);
    }
    memmove(entry->payload_data + at + length, entry->payload_data + at, size - at);
    memcpy(entry->payload_data + at, bytes, length);
    entry->payload_len += length;
}

/* Adds what of the package is not there, in front of piece number i, at byte number at of the payload. False if there
 * are too many pieces. */
static bool insert_piece(struct picture *picture, unsigned i, size_t at, const struct part *part, struct piece new)
{
    bool joins_before = i > 0 && piece_at(picture, i - 1)->end == new.start;
    bool joins_behind = i < picture->pieces->len && piece_at(picture, i)->start == new.end;
    if (!joins_before && !joins_behind && picture->pieces->len >= PIECES_MAX)
        return false;
    insert_bytes(picture, at, part->bytes + (new.start - part->picture.offset), (size_t)(new.end - new.start));
    if (joins_before && joins_behind) {
        piece_at(picture, i - 1)->end = piece_at(picture, i)->end;
        g_array_remove_index(picture->pieces, i);
    } else if (joins_before) {
        piece_at(picture, i - 1)->end = new.end;
    } else if (joins_behind) {
        piece_at(picture, i)->start = new.start;
    } else {
        g_array_insert_val(picture->pieces, i, new);
    }
    return true;
}

/* Adds the bytes of the package that are not there, from the last to the first, so that the places of the pieces before
 * them stay. */
static void fill_picture(struct picture *picture, const struct part *part)
{
    uint64_t start = part->picture.offset, end = start + part->length;
    size_t at = picture->entry->payload_len; /* of what stands behind piece i - 1 */
    for (unsigned i = picture->pieces->len;; i--) {
        uint64_t before = i > 0 ? piece_at(picture, i - 1)->end : 0;
        uint64_t from = MAX(start, before);
        if (from < end && !insert_piece(picture, i, at, part, (struct piece){from, end}))
            picture->cut = true;
        if (i == 0 || before <= start)
            break;
        end = MIN(end, piece_at(picture, i - 1)->start);
        at -= (size_t)(before - piece_at(picture, i - 1)->start);
    }
}

/* One more stretch that is missing, as long as few are named. */
static void name_hole(GString *type, unsigned *holes, uint64_t start, uint64_t end)
{
    if ((*holes)++ < NAMED_MAX)
        g_string_append_printf(type, "%s%" PRIu64 "-%" PRIu64, *holes == 1 ? ", missing " : ", ", start, end - 1);
}

/* A picture of fifotrack of which nobody said how long it is ends as a JPEG file does. */
static bool has_end(const struct picture *picture, const struct part *part)
{
    const export_object_entry_t *entry = picture->entry;
    return !part->fifotrack || picture->announced > 0 ||
           (entry->payload_len >= 2 && memcmp(entry->payload_data + entry->payload_len - 2, "\xFF\xD9", 2) == 0);
}

/* Says what is missing, in the name and in the type: "picture, missing 1024-2047". */
static void name_picture(const struct picture *picture, const struct part *part)
{
    export_object_entry_t *entry = picture->entry;
    GString *type = g_string_new("picture");
    uint64_t known = 0;
    unsigned holes = 0;
    for (unsigned i = 0; i < picture->pieces->len; known = piece_at(picture, i++)->end)
        if (piece_at(picture, i)->start > known)
            name_hole(type, &holes, known, piece_at(picture, i)->start);
    if (picture->announced > known)
        name_hole(type, &holes, known, picture->announced);
    bool end = has_end(picture, part), over = picture->announced > 0 && known > picture->announced;
    if (holes > NAMED_MAX)
        g_string_append_printf(type, " and %u more", holes - NAMED_MAX);
    if (!end || picture->cut)
        g_string_append(type, picture->cut ? ", and what did not fit" : ", no end");
    if (picture->differing > 0)
        g_string_append_printf(type, ", %" PRIu64 " bytes came again with other content", picture->differing);
    if (over)
        g_string_append_printf(type, ", longer than the %" PRIu64 " bytes announced", picture->announced);
    bool whole = holes == 0 && end && !over && !picture->cut && picture->differing == 0;
    g_free(entry->content_type);
    g_free(entry->filename);
    entry->content_type = g_string_free(type, FALSE);
    entry->filename = g_strdup_printf("%s-%s%s%s", part->device_id, part->name, part->fifotrack ? ".jpg" : "",
                                      whole ? "" : ".incomplete");
}

/* The picture of the package, perhaps a new one; NULL if there is no room for one. */
static struct picture *find_picture(export_object_list_t *list, const packet_info *pinfo, const struct part *part,
                                    bool anew)
{
    if (pictures == NULL)
        pictures = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_picture);
    char *key = g_strdup_printf("%s\n%s%s", part->device_id, part->name, part->fifotrack ? "\n" : "");
    struct picture *picture = anew ? NULL : g_hash_table_lookup(pictures, key);
    if (picture == NULL && has_room(list, pinfo, part, OBJECT_COST)) {
        picture = g_new0(struct picture, 1);
        picture->pieces = g_array_new(FALSE, FALSE, sizeof(struct piece));
        g_hash_table_replace(pictures, g_strdup(key), picture);
    }
    g_free(key);
    return picture;
}

/* A startek package that contradicts what is there begins a new picture, as cameras use their names again; the names of
 * fifotrack are times, so the first bytes stay. */
static void add_package(export_object_list_t *list, const packet_info *pinfo, const struct part *part)
{
    struct picture *picture = find_picture(list, pinfo, part, false);
    if (picture && part->picture.announced > 0) {
        picture->announced = picture->announced ? picture->announced : part->picture.announced;
        if (picture->entry)
            name_picture(picture, part);
        return;
    }
    uint64_t differing = picture && picture->entry ? count_differing(picture, part) : 0;
    if (differing > 0 && !part->fifotrack)
        picture = find_picture(list, pinfo, part, true);
    else if (picture)
        picture->differing += differing;
    if (picture == NULL)
        return;
    bool begins = picture->entry == NULL;
    if (begins)
        picture->entry = new_entry(pinfo, part->device_id);
    if (picture->entry->payload_len + part->length <= PICTURE_MAX && has_room(list, pinfo, part, part->length))
        fill_picture(picture, part);
    else
        picture->cut = true;
    name_picture(picture, part);
    if (begins)
        list->add_entry(list->gui_data, picture->entry);
}

static tap_packet_status add_object(void *tapdata, packet_info *pinfo, epan_dissect_t *edt, const void *data,
                                    tap_flags_t flags)
{
    const struct part *part = data;
    if (part->name)
        add_package(tapdata, pinfo, part);
    else
        add_payload(tapdata, pinfo, part);
    return TAP_PACKET_REDRAW;
}

void objects_register(int proto)
{
    objects_tap = register_export_object(proto, add_object, forget_pictures);
}

static void queue_part(packet_info *pinfo, const uint8_t *bytes, size_t length, struct part part)
{
    part.length = length;
    part.bytes = wmem_memdup(pinfo->pool, bytes, length);
    tap_queue_packet(objects_tap, pinfo, wmem_memdup(pinfo->pool, &part, sizeof part));
}

void objects_add_frame(packet_info *pinfo, const char *device_id, const uint8_t *data, const struct s7_message *message)
{
    if (!have_tap_listener(objects_tap))
        return;
    const struct s7_field *serial = s7_find(message, S7_FIELD_SERIAL);
    struct part part = {.device_id = device_id, .fifotrack = message->dialect == S7_FIFOTRACK};
    if (serial) {
        size_t size;
        const char *bytes = s7_text(data, serial, &size);
        queue_part(pinfo, (const uint8_t *)bytes, size, part);
    }
    if (s7_picture_read(data, message, &part.picture) && part.picture.offset <= UINT32_MAX) {
        part.name = text_value(pinfo->pool, data, part.picture.name);
        queue_part(pinfo, data + part.picture.start, part.picture.length, part);
    }
}
