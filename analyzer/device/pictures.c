/* SPDX-License-Identifier: GPL-2.0-or-later
 * Pictures of RS232 cameras, put together by offset from their packages. Of each picture memory holds only which bytes
 * came and in which packets; the bytes are in its file. */
#include "device/pictures.h"

#include "base/text.h"
#include "picture.h"
#include "result/table.h"

#include <string.h>

/* A package is not longer than this (docs/STARTEK.md 6, docs/FIFOTRACK.md 6). */
#define PACKAGE_MAX 1024

/* Bytes [start, end) of a picture. */
struct range {
    uint64_t start, end;
};

struct picture {
    char device_id[DEVICE_ID_MAX + 1];
    GBytes *name; /* as sent */
    bool fifotrack;
    uint64_t announced; /* fifotrack: bytes that it shall have, 0 = was not said */
    char *file;
    GArray *ranges;    /* of struct range: what came, in order, not touching each other */
    GArray *packets;   /* of struct origin, ascending */
    bool packets_left; /* there were more */
    bool cut;          /* a package was refused */
    struct origin latest;
    uint64_t end;       /* behind the last byte */
    uint64_t differing; /* bytes that came again with other content */
    uint64_t last_size; /* bytes of the package that reaches farthest */
    uint64_t largest;   /* of all packages */
    uint64_t packages;
};

struct pictures {
    bool hash, csv_guard;
    struct output *output;
    GHashTable *by_name; /* of struct picture, its own key */
    GHashTable *files;   /* names in use, in lower case */
    GPtrArray *sorted;   /* when all came */
    uint64_t bytes;      /* ends of all pictures together */
    uint64_t packets;    /* listed */
    struct pictures_totals totals;
};

static guint hash_picture(gconstpointer key)
{
    const struct picture *picture = key;
    return g_str_hash(picture->device_id) ^ g_bytes_hash(picture->name);
}

static gboolean equal_pictures(gconstpointer left, gconstpointer right)
{
    const struct picture *a = left, *b = right;
    return a->fifotrack == b->fifotrack && strcmp(a->device_id, b->device_id) == 0 && g_bytes_equal(a->name, b->name);
}

static void free_picture(gpointer data)
{
    struct picture *picture = data;
    g_bytes_unref(picture->name);
    g_array_unref(picture->ranges);
    g_array_unref(picture->packets);
    g_free(picture->file);
    g_free(picture);
}

struct pictures *pictures_new(struct output *output, bool hash, bool csv_guard)
{
    struct pictures *pictures = g_new0(struct pictures, 1);
    pictures->hash = hash;
    pictures->csv_guard = csv_guard;
    pictures->output = output;
    pictures->by_name = g_hash_table_new_full(hash_picture, equal_pictures, NULL, free_picture);
    pictures->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    pictures->sorted = g_ptr_array_new();
    return pictures;
}

void pictures_free(struct pictures *pictures)
{
    if (!pictures)
        return;
    g_ptr_array_unref(pictures->sorted);
    g_hash_table_unref(pictures->by_name);
    g_hash_table_unref(pictures->files);
    g_free(pictures);
}

const struct pictures_totals *pictures_totals(const struct pictures *pictures)
{
    return &pictures->totals;
}

/* Names that some systems keep for devices, with whatever extension. */
static bool is_reserved(const char *name)
{
    static const char *const reserved[] = {"con", "prn", "aux", "nul", "com", "lpt"};
    size_t length = strcspn(name, ".");
    bool numbered = length == 4 && g_ascii_isdigit(name[3]);
    for (size_t i = 0; i < G_N_ELEMENTS(reserved); i++)
        if (g_ascii_strncasecmp(name, reserved[i], 3) == 0 && (i < 4 ? length == 3 : numbered))
            return true;
    return false;
}

void pictures_safe_name(const uint8_t *name, size_t length, char out[PICTURE_NAME_SIZE])
{
    g_strlcpy(out, "_", PICTURE_NAME_SIZE);
    size_t kept = MIN(length, PICTURE_NAME_SIZE - 1 - 8); /* room for what is added */
    if (kept == 0)
        return;
    for (size_t i = 0; i < kept; i++)
        out[i] = g_ascii_isalnum(name[i]) || name[i] == '-' || name[i] == '.' ? (char)name[i] : '_';
    out[kept] = '\0';
    if (out[0] == '.')
        out[0] = '_';
    if (out[kept - 1] == '.')
        out[kept - 1] = '_';
    if (g_str_has_suffix(out, ".part")) /* what is not finished is called so */
        out[kept - 5] = '_';
    if (is_reserved(out)) {
        memmove(out + 1, out, strlen(out) + 1);
        out[0] = '_';
    }
}

/* A name that no other picture has, however it is spelt: "p1.jpg", then "p1-2.jpg". */
static char *choose_file(struct pictures *pictures, const struct picture *picture)
{
    char name[PICTURE_NAME_SIZE];
    gsize length;
    const uint8_t *bytes = g_bytes_get_data(picture->name, &length);
    pictures_safe_name(bytes, length, name);
    if (picture->fifotrack) /* has a number for a name */
        g_strlcat(name, ".jpg", sizeof name);
    const char *dot = strrchr(name, '.');
    int stem = (int)(dot ? dot - name : (ptrdiff_t)strlen(name));
    const char *device = picture->device_id[0] ? picture->device_id : "_unknown";
    for (unsigned n = 1;; n++) {
        g_autofree char *number = n > 1 ? g_strdup_printf("-%u", n) : g_strdup("");
        char *file = g_strdup_printf("pictures/%s/%.*s%s%s", device, stem, name, number, dot ? dot : "");
        char *key = g_ascii_strdown(file, -1);
        if (g_hash_table_add(pictures->files, key))
            return file;
        g_free(file);
    }
}

static struct picture *new_picture(struct pictures *pictures, const struct picture *key)
{
    struct picture *picture = g_new0(struct picture, 1);
    memcpy(picture->device_id, key->device_id, sizeof picture->device_id);
    picture->name = g_bytes_ref(key->name);
    picture->fifotrack = key->fifotrack;
    picture->ranges = g_array_new(FALSE, FALSE, sizeof(struct range));
    picture->packets = g_array_new(FALSE, FALSE, sizeof(struct origin));
    g_hash_table_add(pictures->by_name, picture);
    return picture;
}

/* The file is there from the first package on. */
static void open_file(struct pictures *pictures, struct picture *picture)
{
    picture->file = choose_file(pictures, picture);
}

static struct picture *find_picture(struct pictures *pictures, const struct report *report, const struct s7_field *name)
{
    g_autoptr(GBytes) bytes = g_bytes_new(report->data + name->offset, name->length);
    struct picture key = {.name = bytes, .fifotrack = report->message->dialect == S7_FIFOTRACK};
    g_strlcpy(key.device_id, report->device_id, sizeof key.device_id);
    struct picture *picture = g_hash_table_lookup(pictures->by_name, &key);
    if (picture)
        return picture;
    if (g_hash_table_size(pictures->by_name) >= PICTURES_MAX) {
        pictures->totals.refused++;
        return NULL;
    }
    return new_picture(pictures, &key);
}

/* Bytes that are there already: how many of them differ? */
static uint64_t compare(const struct pictures *pictures, const struct picture *picture, uint64_t start,
                        const uint8_t *data, size_t length)
{
    uint8_t there[PACKAGE_MAX];
    uint64_t differing = 0;
    while (length > 0 && !output_error(pictures->output)) {
        size_t part = MIN(length, sizeof there);
        output_read_at(pictures->output, picture->file, start, there, part);
        for (size_t i = 0; i < part; i++)
            differing += there[i] != data[i];
        start += part;
        data += part;
        length -= part;
    }
    return differing;
}

/* Writes what of [start, start + length) is new and compares the rest. */
static void fill(const struct pictures *pictures, struct picture *picture, uint64_t start, const uint8_t *data,
                 size_t length)
{
    uint64_t position = start, end = start + length;
    for (guint i = 0; i < picture->ranges->len && position < end; i++) {
        struct range there = g_array_index(picture->ranges, struct range, i);
        if (there.end <= position || there.start >= end)
            continue;
        if (there.start > position)
            output_write_at(pictures->output, picture->file, position, data + (position - start),
                            (size_t)(there.start - position));
        position = MAX(position, there.start);
        uint64_t stop = MIN(end, there.end);
        picture->differing +=
            compare(pictures, picture, position, data + (position - start), (size_t)(stop - position));
        position = stop;
    }
    if (position < end)
        output_write_at(pictures->output, picture->file, position, data + (position - start), (size_t)(end - position));
}

/* Notes that [start, end) came. */
static void mark(GArray *ranges, uint64_t start, uint64_t end)
{
    guint first = 0;
    while (first < ranges->len && g_array_index(ranges, struct range, first).end < start)
        first++;
    guint behind = first;
    for (; behind < ranges->len && g_array_index(ranges, struct range, behind).start <= end; behind++) {
        start = MIN(start, g_array_index(ranges, struct range, behind).start);
        end = MAX(end, g_array_index(ranges, struct range, behind).end);
    }
    if (behind > first)
        g_array_remove_range(ranges, first, behind - first);
    struct range range = {start, end};
    g_array_insert_val(ranges, first, range);
}

static void list_packets(struct pictures *pictures, struct picture *picture, const struct report *report)
{
    if (report->completed.time >= picture->latest.time)
        picture->latest = report->completed;
    for (unsigned i = 0; i < report->packet_count; i++) {
        if (pictures->packets >= PICTURES_PACKETS) {
            picture->packets_left = true;
            return;
        }
        guint before = picture->packets->len;
        origins_add(picture->packets, &report->packets[i]);
        pictures->packets += picture->packets->len - before;
    }
}

/* Is there room for a package that ends there? */
static bool has_room(struct pictures *pictures, struct picture *picture, uint64_t end)
{
    uint64_t more = end > picture->end ? end - picture->end : 0;
    if (end <= PICTURE_BYTES && pictures->bytes + more <= PICTURES_BYTES && picture->ranges->len < PICTURE_RANGES) {
        pictures->bytes += more;
        return true;
    }
    pictures->totals.refused_bytes++;
    picture->cut = true;
    return false;
}

bool pictures_concern(const struct report *report)
{
    struct s7_picture package;
    return s7_picture_read(report->data, report->message, &package);
}

static void add_package(struct pictures *pictures, struct picture *picture, const struct s7_picture *package,
                        const uint8_t *data)
{
    uint64_t start = package->offset, end = start + package->length;
    if (!picture->file)
        open_file(pictures, picture);
    fill(pictures, picture, start, data, package->length);
    if (package->length == 0 && picture->packages == 0)
        output_write_at(pictures->output, picture->file, 0, data, 0); /* there is a file, if an empty one */
    if (package->length > 0)
        mark(picture->ranges, start, end);
    if (end >= picture->end)
        picture->last_size = package->length;
    picture->end = MAX(picture->end, end);
    picture->largest = MAX(picture->largest, package->length);
    picture->packages++;
}

/* UINT64_MAX if it is beyond all bounds. */
static uint64_t package_end(const struct s7_picture *package)
{
    return package->offset > PICTURE_BYTES ? UINT64_MAX : package->offset + package->length;
}

void pictures_take(struct pictures *pictures, const struct report *report)
{
    struct s7_picture package;
    if (!s7_picture_read(report->data, report->message, &package))
        return;
    struct picture *picture = find_picture(pictures, report, package.name);
    if (picture && package.announced > 0) {
        if (picture->announced == 0)
            picture->announced = package.announced;
    } else if (picture && has_room(pictures, picture, package_end(&package))) {
        add_package(pictures, picture, &package, report->data + package.start);
        list_packets(pictures, picture, report);
    }
}

/* Where nobody says how long a picture is, its end is known when it ends as a JPEG file does, as one of fifotrack must
 * and a JPEG file in one package; else when its last package is shorter than the others (or, if there is only one, than
 * a package may be). */
static bool end_is_known(const struct pictures *pictures, const struct picture *picture)
{
    uint8_t head[2] = {0}, tail[2] = {0};
    if (picture->end >= 4) {
        output_read_at(pictures->output, picture->file, 0, head, sizeof head);
        output_read_at(pictures->output, picture->file, picture->end - 2, tail, sizeof tail);
    }
    bool jpeg = head[0] == 0xFF && head[1] == 0xD8;
    bool ended = tail[0] == 0xFF && tail[1] == 0xD9;
    if (picture->fifotrack || (jpeg && ended))
        return ended;
    if (picture->packages == 1)
        return !jpeg && picture->last_size < PACKAGE_MAX;
    return picture->last_size < picture->largest;
}

/* "100-199;300-" into missing. Returns the bytes that are there. */
static uint64_t find_missing(const struct pictures *pictures, const struct picture *picture, GString *missing)
{
    uint64_t position = 0, bytes = 0;
    for (guint i = 0; i < picture->ranges->len; i++) {
        struct range range = g_array_index(picture->ranges, struct range, i);
        if (range.start > position)
            g_string_append_printf(missing, "%s%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, missing->len ? ";" : "",
                                   position, range.start - 1);
        bytes += range.end - range.start;
        position = range.end;
    }
    const char *between = missing->len ? ";" : "";
    if (picture->announced > position)
        g_string_append_printf(missing, "%s%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, between, position,
                               picture->announced - 1);
    else if (picture->announced == 0 && (picture->cut || !end_is_known(pictures, picture)))
        g_string_append_printf(missing, "%s%" G_GUINT64_FORMAT "-", between, position);
    return bytes;
}

static void append_name(GString *out, const struct pictures *pictures, const struct picture *picture)
{
    g_autoptr(GString) name = g_string_new(NULL);
    gsize length;
    const uint8_t *bytes = g_bytes_get_data(picture->name, &length);
    text_escape(name, bytes, length, TEXT_UTF8);
    text_cell(out, name->str, name->len, pictures->csv_guard);
}

/* Did bytes come that can not be of this picture as it stands? */
static bool is_contradicted(const struct picture *picture)
{
    return picture->differing > 0 || (picture->announced > 0 && picture->end > picture->announced);
}

static void print_row(struct pictures *pictures, GString *out, const struct picture *picture)
{
    g_autoptr(GString) missing = g_string_new(NULL);
    uint64_t bytes = find_missing(pictures, picture, missing);
    g_autofree char *sha256 = pictures->hash ? output_sha256(pictures->output, picture->file) : NULL;
    bool complete = missing->len == 0 && !is_contradicted(picture);
    pictures->totals.complete += complete;
    g_string_append_printf(out, "%s,", picture->device_id);
    append_name(out, pictures, picture);
    g_string_append_printf(out, ",%s,%" G_GUINT64_FORMAT ",%d,%s,%s,%" G_GUINT32_FORMAT ",", picture->file, bytes,
                           complete, missing->str, sha256 ? sha256 : "", picture->latest.file);
    origins_print(out, (const struct origin *)(const void *)picture->packets->data, picture->packets->len,
                  picture->latest.file);
    g_string_append(out, picture->packets_left ? ";...\n" : "\n");
}

static int compare_pictures(gconstpointer left, gconstpointer right)
{
    const struct picture *a = *(struct picture *const *)left, *b = *(struct picture *const *)right;
    int order = strcmp(a->device_id, b->device_id);
    return order ? order : g_bytes_compare(a->name, b->name);
}

void pictures_finish(struct pictures *pictures)
{
    GHashTableIter iterator;
    gpointer key;
    g_hash_table_iter_init(&iterator, pictures->by_name);
    while (g_hash_table_iter_next(&iterator, &key, NULL))
        if (((struct picture *)key)->packages > 0)
            g_ptr_array_add(pictures->sorted, key);
    g_ptr_array_sort(pictures->sorted, compare_pictures);
    pictures->totals.pictures = pictures->sorted->len;
    struct table table = {.name = NULL};
    table_open(&table, pictures->output, "pictures.csv", pictures->hash);
    g_string_append(table.text, "device_id,name,file,bytes,complete,missing,sha256,capture_file,packets\n");
    for (guint i = 0; i < pictures->sorted->len; i++) {
        print_row(pictures, table.text, pictures->sorted->pdata[i]);
        table_row(&table);
    }
    table_close(&table);
    table_clear(&table);
}

char *pictures_finding(const struct pictures *pictures, unsigned n, const char **device_id)
{
    for (guint i = 0; i < pictures->sorted->len; i++) {
        const struct picture *picture = pictures->sorted->pdata[i];
        if (!is_contradicted(picture) || n-- > 0)
            continue;
        *device_id = picture->device_id;
        if (picture->differing == 0)
            return g_strdup_printf("%s: %" G_GUINT64_FORMAT " bytes were announced, bytes up to %" G_GUINT64_FORMAT
                                   " came",
                                   picture->file, picture->announced, picture->end);
        return g_strdup_printf("%s: %" G_GUINT64_FORMAT " bytes were sent again with other content, the first copy was "
                               "kept",
                               picture->file, picture->differing);
    }
    return NULL;
}
