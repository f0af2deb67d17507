/* SPDX-License-Identifier: GPL-2.0-or-later
 * Pictures of RS232 cameras, put together by offset from their packages. Of each picture memory holds only which bytes
 * came and in which packets; the bytes are in its file. */
#include "device/pictures.h"

#include "base/digest.h"
#include "base/file_name.h"
#include "base/text.h"
#include "picture.h"
#include "result/table.h"

#include <string.h>

/* A package is not longer than this (docs/STARTEK.md 6, docs/FIFOTRACK.md 6). */
#define PACKAGE_MAX 1024

/* Bytes [start, end) of a picture, and where they stand in its unfinished file, which has them as they came. */
struct range {
    uint64_t start, end, at;
};

struct picture {
    char device_id[DEVICE_ID_MAX + 1];
    GBytes *name;    /* as sent */
    uint64_t number; /* of the picture, as they came */
    bool fifotrack;
    uint64_t announced;         /* fifotrack: bytes that it shall have, 0 = was not said */
    struct origin announcement; /* who said so first */
    char *file;                 /* NULL: no package came */
    GArray *ranges;             /* of struct range: what came, in order, */
    uint64_t written;           /* bytes in the file */
    GArray *packets;            /* of struct origin, ascending */
    bool packets_left;          /* there were more */
    bool cut;                   /* a package was refused */
    struct origin latest;
    uint64_t end;       /* behind the last byte */
    uint64_t differing; /* fifotrack: bytes that came again with other content */
    bool doubtful;      /* it was ended, or begun, in its middle by bytes that contradict others */
    uint64_t last_size; /* bytes of the package that reaches farthest */
    uint64_t largest;   /* of all packages */
    uint64_t packages;  /* those that came again apart */
};

struct pictures {
    bool hash, csv_guard;
    struct output *output;
    GHashTable *by_name; /* the latest of each name: struct picture, its own key, not owned */
    GPtrArray *all;      /* of struct picture, as they came; sorted when all came */
    GHashTable *files;   /* names in use, in lower case, each with how many wanted it */
    uint64_t bytes;      /* in all pictures together */
    uint64_t packets;    /* listed */
    struct pictures_totals totals;
};

static guint hash_picture(gconstpointer key)
{
    const struct picture *picture = key;
    gsize length;
    const uint8_t *bytes = g_bytes_get_data(picture->name, &length);
    struct digest digest = digest_start();
    digest_bytes(&digest, bytes, (uint32_t)length);
    return digest_text(picture->device_id) ^ (guint)digest_short(&digest);
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
    pictures->by_name = g_hash_table_new(hash_picture, equal_pictures);
    pictures->files = g_hash_table_new_full(digest_text, g_str_equal, g_free, NULL);
    pictures->all = g_ptr_array_new_with_free_func(free_picture);
    return pictures;
}

void pictures_free(struct pictures *pictures)
{
    if (!pictures)
        return;
    g_hash_table_unref(pictures->by_name);
    g_ptr_array_unref(pictures->all);
    g_hash_table_unref(pictures->files);
    g_free(pictures);
}

const struct pictures_totals *pictures_totals(const struct pictures *pictures)
{
    return &pictures->totals;
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
    if (file_name_reserved(out)) {
        memmove(out + 1, out, strlen(out) + 1);
        out[0] = '_';
    }
}

/* How many wanted the name before. */
static unsigned times_wanted(struct pictures *pictures, const char *file)
{
    g_autofree char *key = g_ascii_strdown(file, -1);
    unsigned times = GPOINTER_TO_UINT(g_hash_table_lookup(pictures->files, key));
    g_hash_table_insert(pictures->files, g_steal_pointer(&key), GUINT_TO_POINTER(times + 1));
    return times;
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
    char device[FILE_NAME_DEVICE_SIZE];
    file_name_device(picture->device_id, false, device);
    char *file = g_strdup_printf("pictures/%s/%s", device, name);
    unsigned times = times_wanted(pictures, file);
    /* A numbered name may be another picture's own: each is found taken once at most, so the cost is linear. */
    while (times > 0) {
        g_free(file);
        file = g_strdup_printf("pictures/%s/%.*s-%u%s", device, stem, name, times + 1, dot ? dot : "");
        if (times_wanted(pictures, file) == 0)
            break;
        g_autofree char *plain = g_strdup_printf("pictures/%s/%s", device, name);
        times = times_wanted(pictures, plain);
    }
    return file;
}

static struct picture *new_picture(struct pictures *pictures, const struct picture *key)
{
    struct picture *picture = g_new0(struct picture, 1);
    memcpy(picture->device_id, key->device_id, sizeof picture->device_id);
    picture->name = g_bytes_ref(key->name);
    picture->fifotrack = key->fifotrack;
    picture->ranges = g_array_new(FALSE, FALSE, sizeof(struct range));
    picture->packets = g_array_new(FALSE, FALSE, sizeof(struct origin));
    picture->number = pictures->all->len;
    g_ptr_array_add(pictures->all, picture);
    g_hash_table_replace(pictures->by_name, picture, picture);
    return picture;
}

/* NULL if there are too many. */
static struct picture *add_picture(struct pictures *pictures, const struct picture *key)
{
    if (pictures->all->len < PICTURES_MAX)
        return new_picture(pictures, key);
    pictures->totals.refused++;
    return NULL;
}

static struct picture *find_picture(struct pictures *pictures, const struct report *report, const struct s7_field *name)
{
    g_autoptr(GBytes) bytes = g_bytes_new(report->data + name->offset, name->length);
    struct picture key = {.name = bytes, .fifotrack = report->message->dialect == S7_FIFOTRACK};
    g_strlcpy(key.device_id, report->device_id, sizeof key.device_id);
    struct picture *picture = g_hash_table_lookup(pictures->by_name, &key);
    return picture ? picture : add_picture(pictures, &key);
}

/* The range that byte lies in, or else the first behind it: an index, perhaps that behind the last. */
static guint range_at(const struct picture *picture, uint64_t byte)
{
    guint low = 0, high = picture->ranges->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(picture->ranges, struct range, middle).end <= byte)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* How many of the bytes differ from those that stand there in the file? */
static uint64_t compare(const struct pictures *pictures, const struct picture *picture, uint64_t at,
                        const uint8_t *data, size_t length)
{
    uint8_t there[PACKAGE_MAX];
    uint64_t differing = 0;
    while (length > 0 && !output_error(pictures->output)) {
        size_t part = MIN(length, sizeof there);
        output_read_at(pictures->output, picture->file, at, there, part);
        for (size_t i = 0; i < part; i++)
            differing += there[i] != data[i];
        at += part;
        data += part;
        length -= part;
    }
    return differing;
}

/* How many bytes of a package are there already, with other content? *known: how many are there at all. */
static uint64_t count_differing(const struct pictures *pictures, const struct picture *picture, uint64_t start,
                                const uint8_t *data, size_t length, uint64_t *known)
{
    uint64_t differing = 0, end = start + length;
    *known = 0;
    for (guint i = range_at(picture, start); i < picture->ranges->len; i++) {
        struct range there = g_array_index(picture->ranges, struct range, i);
        uint64_t from = MAX(start, there.start), to = MIN(end, there.end);
        if (from >= to)
            break;
        *known += to - from;
        differing += compare(pictures, picture, there.at + (from - there.start), data + (from - start), to - from);
    }
    return differing;
}

/* Writes bytes that are not there behind all others of the file. i: the range behind them. Returns that again. */
static guint append(const struct pictures *pictures, struct picture *picture, guint i, uint64_t start,
                    const uint8_t *data, size_t length)
{
    struct range *before = i > 0 ? &g_array_index(picture->ranges, struct range, i - 1) : NULL;
    struct range range = {start, start + length, picture->written};
    output_write_at(pictures->output, picture->file, picture->written, data, length);
    picture->written += length;
    if (before && before->end == start && before->at + (before->end - before->start) == range.at) {
        before->end = range.end;
        return i;
    }
    g_array_insert_val(picture->ranges, i, range);
    return i + 1;
}

/* Adds what of [start, start + length) is not there. */
static void fill(const struct pictures *pictures, struct picture *picture, uint64_t start, const uint8_t *data,
                 size_t length)
{
    uint64_t position = start, end = start + length;
    for (guint i = range_at(picture, start); position < end; i++) {
        uint64_t stop = end, next = end;
        if (i < picture->ranges->len) {
            stop = MIN(end, g_array_index(picture->ranges, struct range, i).start);
            next = g_array_index(picture->ranges, struct range, i).end;
        }
        if (stop > position)
            i = append(pictures, picture, i, position, data + (position - start), (size_t)(stop - position));
        position = MAX(stop, next);
    }
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

/* Is there room for so many bytes more, of a package that ends there? */
static bool has_room(struct pictures *pictures, struct picture *picture, uint64_t end, uint64_t more)
{
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

/* Two bytes of the picture; zero where they did not come. */
static void read_pair(const struct pictures *pictures, const struct picture *picture, uint64_t start, uint8_t out[2])
{
    for (unsigned n = 0; n < 2; n++) {
        guint i = range_at(picture, start + n);
        const struct range *there = i < picture->ranges->len ? &g_array_index(picture->ranges, struct range, i) : NULL;
        out[n] = 0;
        if (there && there->start <= start + n)
            output_read_at(pictures->output, picture->file, there->at + (start + n - there->start), &out[n], 1);
    }
}

/* Where nobody says how long a picture is, its end is known when it ends as a JPEG file does, as one of fifotrack must
 * and a JPEG file in one package; else when its last package is shorter than the others (or, if there is only one, than
 * a package may be). */
static bool end_is_known(const struct pictures *pictures, const struct picture *picture)
{
    uint8_t head[2] = {0}, tail[2] = {0};
    if (picture->end >= 4) {
        read_pair(pictures, picture, 0, head);
        read_pair(pictures, picture, picture->end - 2, tail);
    }
    bool jpeg = head[0] == 0xFF && head[1] == 0xD8;
    bool ended = tail[0] == 0xFF && tail[1] == 0xD9;
    if (picture->fifotrack || (jpeg && ended))
        return ended;
    if (picture->packages == 1)
        return !jpeg && picture->last_size < PACKAGE_MAX;
    return picture->last_size < picture->largest;
}

/* Is every byte there, as far as it is known how many there are? */
static bool is_whole(const struct pictures *pictures, const struct picture *picture)
{
    uint64_t position = 0;
    for (guint i = 0; i < picture->ranges->len; i++) {
        struct range range = g_array_index(picture->ranges, struct range, i);
        if (range.start > position)
            return false;
        position = range.end;
    }
    if (picture->cut || picture->packages == 0)
        return false;
    return picture->announced > 0 ? picture->announced <= position : end_is_known(pictures, picture);
}

/* Cameras use a name again, but for those of fifotrack, whose names are times: of these the first bytes stay. Does the
 * package belong to another picture than what came under its name? It does when it
 * contradicts what is there, and when it is the first one of a picture that is whole. */
static struct picture *choose_picture(struct pictures *pictures, struct picture *picture,
                                      const struct s7_picture *package, const uint8_t *data, uint64_t *known)
{
    uint64_t differing = count_differing(pictures, picture, package->offset, data, package->length, known);
    if (picture->fifotrack) {
        picture->differing += differing;
        return picture;
    }
    bool repeats = package->offset == 0 && *known == picture->end; /* all of it: nothing new either way */
    bool again = package->offset == 0 && package->length > 0 && !repeats && is_whole(pictures, picture);
    if (differing == 0 && !again)
        return picture;
    struct picture *other = add_picture(pictures, picture);
    *known = 0;
    /* Where another picture began before this package, some of its packages may stand here. */
    if (package->offset > 0) {
        picture->doubtful = true;
        if (other)
            other->doubtful = true;
    }
    return other;
}

/* known: how many of its bytes are there. */
static void add_package(struct pictures *pictures, struct picture *picture, const struct s7_picture *package,
                        const uint8_t *data, uint64_t known)
{
    uint64_t end = package->offset + package->length;
    if (!picture->file)
        picture->file = choose_file(pictures, picture);
    if (picture->packages == 0)
        output_write_at(pictures->output, picture->file, 0, data, 0); /* there is a file, if an empty one */
    fill(pictures, picture, package->offset, data, package->length);
    if (end >= picture->end)
        picture->last_size = package->length;
    picture->end = MAX(picture->end, end);
    picture->largest = MAX(picture->largest, package->length);
    if (known < package->length || package->length == 0) /* one that came again tells nothing of the end */
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
    if (!picture)
        return;
    if (package.announced > 0) {
        if (picture->announced == 0) {
            picture->announced = package.announced;
            picture->announcement = report->completed;
        }
        return;
    }
    const uint8_t *data = report->data + package.start;
    uint64_t end = package_end(&package), known = 0;
    if (end != UINT64_MAX && picture->packages > 0)
        picture = choose_picture(pictures, picture, &package, data, &known);
    if (picture && has_room(pictures, picture, end, package.length - known)) {
        add_package(pictures, picture, &package, data, known);
        list_packets(pictures, picture, report);
    }
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
    return picture->doubtful || picture->differing > 0 || (picture->announced > 0 && picture->end > picture->announced);
}

/* Copies what is there of the range to the end of the file in its making. */
static void copy_range(const struct pictures *pictures, const struct picture *picture, const struct range *range,
                       struct table *table)
{
    uint8_t bytes[PACKAGE_MAX];
    for (uint64_t done = 0, size = range->end - range->start; done < size && !output_error(pictures->output);) {
        size_t part = (size_t)MIN(size - done, sizeof bytes);
        output_read_at(pictures->output, picture->file, range->at + done, bytes, part);
        g_string_append_len(table->text, (const char *)bytes, (gssize)part);
        table_row(table);
        done += part;
    }
}

static void put_zeros(struct table *table, uint64_t count)
{
    static const char zeros[PACKAGE_MAX];
    for (; count > 0 && !output_error(table->output); count -= MIN(count, sizeof zeros)) {
        g_string_append_len(table->text, zeros, (gssize)MIN(count, sizeof zeros));
        table_row(table);
    }
}

/* Puts the bytes in order, if they did not come so. Holes are zeros as long as together they are no longer than what
 * came; else they are left out: a claimed offset makes no file that is larger than twice what was sent. */
static void arrange(const struct pictures *pictures, const struct picture *picture)
{
    uint64_t position = 0, holes = 0;
    bool arranged = true;
    for (guint i = 0; i < picture->ranges->len; i++) {
        struct range range = g_array_index(picture->ranges, struct range, i);
        holes += range.start - position;
        position = range.end;
        arranged = arranged && range.at == range.start;
    }
    if (arranged)
        return;
    g_autofree char *name = g_strconcat(picture->file, ".arranged", NULL);
    struct table table = {.name = NULL};
    table_open(&table, pictures->output, name, false);
    position = 0;
    for (guint i = 0; i < picture->ranges->len; i++) {
        const struct range *range = &g_array_index(picture->ranges, struct range, i);
        if (holes <= picture->written)
            put_zeros(&table, range->start - position);
        copy_range(pictures, picture, range, &table);
        position = range->end;
    }
    table_close(&table);
    table_clear(&table);
    output_replace(pictures->output, picture->file, name);
}

static void print_row(struct pictures *pictures, GString *out, const struct picture *picture)
{
    g_autoptr(GString) missing = g_string_new(NULL);
    uint64_t bytes = find_missing(pictures, picture, missing);
    bool came = picture->file != NULL;
    if (came)
        arrange(pictures, picture);
    g_autofree char *sha256 = came && pictures->hash ? output_sha256(pictures->output, picture->file) : NULL;
    bool complete = missing->len == 0 && !is_contradicted(picture);
    pictures->totals.complete += complete;
    g_string_append_printf(out, "%s,", picture->device_id);
    append_name(out, pictures, picture);
    uint32_t file = came ? picture->latest.file : picture->announcement.file;
    g_string_append_printf(out, ",%s,%" G_GUINT64_FORMAT ",%d,%s,%s,%" G_GUINT32_FORMAT ",", came ? picture->file : "",
                           bytes, complete, missing->str, sha256 ? sha256 : "", file);
    if (came)
        origins_print(out, (const struct origin *)(const void *)picture->packets->data, picture->packets->len, file);
    else
        origins_print(out, &picture->announcement, 1, file);
    g_string_append(out, picture->packets_left ? ";...\n" : "\n");
}

static int compare_pictures(gconstpointer left, gconstpointer right)
{
    const struct picture *a = *(struct picture *const *)left, *b = *(struct picture *const *)right;
    int order = strcmp(a->device_id, b->device_id);
    order = order ? order : g_bytes_compare(a->name, b->name);
    return order ? order : (a->number > b->number) - (a->number < b->number);
}

void pictures_finish(struct pictures *pictures)
{
    g_hash_table_remove_all(pictures->by_name);
    for (guint i = pictures->all->len; i-- > 0;) { /* refused from the first package on */
        const struct picture *picture = pictures->all->pdata[i];
        if (picture->packages == 0 && picture->announced == 0)
            g_ptr_array_remove_index_fast(pictures->all, i);
    }
    g_ptr_array_sort(pictures->all, compare_pictures);
    pictures->totals.pictures = pictures->all->len;
    struct table table = {.name = NULL};
    table_open(&table, pictures->output, "pictures.csv", pictures->hash);
    g_string_append(table.text, "device_id,name,file,bytes,complete,missing,sha256,capture_file,packets\n");
    for (guint i = 0; i < pictures->all->len; i++) {
        print_row(pictures, table.text, pictures->all->pdata[i]);
        table_row(&table);
    }
    table_close(&table);
    table_clear(&table);
}

char *pictures_finding(const struct pictures *pictures, unsigned *from, const char **device_id)
{
    while (*from < pictures->all->len) {
        const struct picture *picture = pictures->all->pdata[(*from)++];
        *device_id = picture->device_id;
        if (picture->doubtful)
            return g_strdup_printf(
                "%s: packages under its name contradict each other within a picture; it may hold bytes "
                "of another one",
                picture->file);
        if (picture->differing > 0)
            return g_strdup_printf("%s: %" G_GUINT64_FORMAT " bytes were sent again with other content, the first copy "
                                   "was kept",
                                   picture->file, picture->differing);
        if (is_contradicted(picture))
            return g_strdup_printf("%s: %" G_GUINT64_FORMAT " bytes were announced, bytes up to %" G_GUINT64_FORMAT
                                   " came",
                                   picture->file, picture->announced, picture->end);
    }
    return NULL;
}
