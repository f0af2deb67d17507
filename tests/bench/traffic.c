/* SPDX-License-Identifier: GPL-2.0-or-later
 * Writes a capture of tracker traffic for benchmarks: see README.md for what is in it.
 * Takes a file name, a size in megabytes, a number of devices, and the dialect that all of them speak (none: gotop and
 * startek by turns); the same arguments give the same bytes. */
#include <arpa/inet.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SERVER_PORT 8888

enum dialect { GOTOP, STARTEK, FIFOTRACK, BY_TURNS };
static const char *const dialects[] = {"gotop", "startek", "fifotrack"};

struct device {
    char id[16];
    bool udp;
    enum dialect dialect;
    uint32_t address;
    uint16_t port;
    uint8_t index;
    uint16_t serial;
    uint32_t up, down;       /* next sequence number in each direction */
    int latitude, longitude; /* millionths of a degree */
    unsigned odometer;
};

static pcap_dumper_t *dumper;
static uint64_t written, random_state = 88172645463325252U;
static int64_t now = 1772928000000000; /* microseconds */

static uint32_t draw(uint32_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 11) % below;
}

static void put16(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
}

static void put32(uint8_t *p, uint32_t value)
{
    put16(p, value >> 16);
    put16(p + 2, value);
}

static void write_packet(uint8_t *packet, uint32_t length)
{
    while (length < 60) /* Ethernet padding */
        packet[length++] = 0;
    struct pcap_pkthdr header = {.caplen = length, .len = length};
    header.ts.tv_sec = now / 1000000;
    header.ts.tv_usec = now % 1000000;
    pcap_dump((u_char *)dumper, &header, packet);
    written += length + 16;
    now += 4000 + draw(10000);
}

/* Ethernet and IPv4 headers; returns where the transport header goes. */
static uint8_t *headers(uint8_t *packet, const struct device *d, bool up, uint8_t protocol, uint32_t length)
{
    static uint16_t identification;
    memset(packet, 0, 14 + 20 + 20);
    packet[0] = packet[6] = 2;
    put16(packet + 12, 0x0800);
    uint8_t *ip = packet + 14;
    ip[0] = 0x45;
    put16(ip + 2, 20 + length);
    put16(ip + 4, ++identification);
    ip[8] = 64;
    ip[9] = protocol;
    put32(ip + 12, up ? d->address : 0xC0000201);
    put32(ip + 16, up ? 0xC0000201 : d->address);
    return ip + 20;
}

static void tcp(struct device *d, bool up, uint8_t flags, uint32_t sequence, const char *data, size_t length)
{
    uint8_t packet[2048];
    uint8_t *t = headers(packet, d, up, 6, 20 + (uint32_t)length);
    put16(t, up ? d->port : SERVER_PORT);
    put16(t + 2, up ? SERVER_PORT : d->port);
    put32(t + 4, sequence);
    put32(t + 8, flags & 16 ? (up ? d->down : d->up) : 0);
    t[12] = 5 << 4;
    t[13] = flags;
    put16(t + 14, 8192);
    if (length)
        memcpy(t + 20, data, length);
    write_packet(packet, (uint32_t)(t + 20 + length - packet));
}

static void udp(struct device *d, bool up, uint16_t server_port, const char *data, size_t length)
{
    uint8_t packet[2048];
    uint8_t *u = headers(packet, d, up, 17, 8 + (uint32_t)length);
    put16(u, up ? d->port : server_port);
    put16(u + 2, up ? server_port : d->port);
    put16(u + 4, 8 + (uint32_t)length);
    memcpy(u + 8, data, length);
    write_packet(packet, (uint32_t)(u + 8 + length - packet));
}

/* "86", the number, and the check digit that an IMEI has. */
static void set_imei(char id[16], unsigned number)
{
    unsigned sum = 0;
    snprintf(id, 16, "86%012u0", number % 1000000000);
    for (unsigned i = 0; i < 14; i++) {
        unsigned digit = (unsigned)(id[i] - '0') * (1 + i % 2);
        sum += digit / 10 + digit % 10;
    }
    id[14] = (char)('0' + (10 - sum % 10) % 10);
}

static void connect_device(struct device *d)
{
    d->port = (uint16_t)(20000 + draw(40000));
    d->up = draw(UINT32_MAX);
    d->down = draw(UINT32_MAX);
    tcp(d, true, 2, d->up++, NULL, 0);
    tcp(d, false, 2 | 16, d->down++, NULL, 0);
    tcp(d, true, 16, d->up, NULL, 0);
}

static void disconnect_device(struct device *d)
{
    tcp(d, true, 1 | 16, d->up++, NULL, 0);
    tcp(d, false, 1 | 16, d->down++, NULL, 0);
    tcp(d, true, 16, d->up, NULL, 0);
}

/* A frame of the startek dialect around ",id,code,data". */
static size_t startek_frame(struct device *d, char *out, const char *head, const char *rest)
{
    int n = sprintf(out, "%s%c%zu%s", head, d->index, strlen(rest), rest);
    unsigned sum = 0;
    for (int i = 0; i < n; i++)
        sum += (uint8_t)out[i];
    d->index = d->index == 0x7E ? 0x3A : d->index + 1;
    return (size_t)(n + sprintf(out + n, "%02X\r\n", sum & 255));
}

/* A frame of the fifotrack dialect around ",id,serial,type,parameters". */
static size_t fifotrack_frame(char *out, const char *head, const char *rest)
{
    int n = sprintf(out, "%s%zu%s", head, strlen(rest), rest);
    unsigned sum = 0;
    for (int i = 2; i < n; i++)
        sum ^= (uint8_t)out[i];
    return (size_t)(n + sprintf(out + n, "*%02X\r\n", sum));
}

static size_t report(struct device *d, char *out)
{
    d->latitude += (int)draw(2001) - 1000;
    d->longitude += (int)draw(2001) - 1000;
    d->odometer += draw(400);
    unsigned speed = draw(120), course = draw(360);
    char date[16], hour[16];
    time_t second = (time_t)(now / 1000000);
    struct tm utc;
    gmtime_r(&second, &utc);
    strftime(date, sizeof date, "%y%m%d", &utc);
    strftime(hour, sizeof hour, "%H%M%S", &utc);
    bool heartbeat = draw(100) < 8;
    if (d->dialect == FIFOTRACK) {
        char rest[256];
        d->serial = d->serial == 0xFFFF ? 1 : d->serial + 1;
        if (heartbeat) /* the form of those is not public: a short frame stands for one */
            sprintf(rest, ",%s,%X,S09", d->id, d->serial);
        else
            sprintf(rest, ",%s,%X,A01,,%s%s,A,%d.%06d,%d.%06d,%u,%u,%u,%u,%u,%X,%02X,0,214|7|1A2B|1234567,19A|%X|%X,%s",
                    d->id, d->serial, date, hour, d->latitude / 1000000, d->latitude % 1000000, d->longitude / 1000000,
                    d->longitude % 1000000, speed, course, draw(900), d->odometer, 3600U,
                    (6 + draw(9)) << 28 | (10 + draw(20)) << 3, speed ? 2U : 0U, 1200 + draw(200), draw(500),
                    draw(4) ? "" : "B4A067,21.50");
        return fifotrack_frame(out, "$$", rest);
    }
    if (d->dialect == STARTEK) {
        char rest[256];
        sprintf(rest,
                ",%s,000,%u,,%s%s,A,%d.%06d,%d.%06d,%u,0.9,%u,%u,%u,%u,214|7|1A2B|01234567,%u,"
                "0000003D,%02X,00,0512|0199|%04X|0000,1,%s",
                d->id, heartbeat ? 31 : 0, date, hour, d->latitude / 1000000, d->latitude % 1000000,
                d->longitude / 1000000, d->longitude % 1000000, 6 + draw(10), speed, course, draw(900), d->odometer,
                10 + draw(20), speed ? 2U : 0U, draw(500), draw(4) ? "" : "0104B0|020258,01013D");
        return startek_frame(d, out, "&&", rest);
    }
    if (heartbeat)
        return (size_t)sprintf(out, "#%s,CMD-X#", d->id);
    return (size_t)sprintf(out,
                           "#%s,CMD-T,A,DATE:%s,TIME:%s,LAT:%02d.%07dN,LOT:%03d.%07dE,Speed:%03u.%u,"
                           "1-1-0-0-%u-%u,%03u,21407-1A2B-01234567#",
                           d->id, date, hour, d->latitude / 1000000, d->latitude % 1000000 * 10, d->longitude / 1000000,
                           d->longitude % 1000000 * 10, speed, draw(10), 40 + draw(60), 10 + draw(20), course);
}

static void command(struct device *d)
{
    char down[128], up[256], rest[64];
    size_t n, m;
    if (d->dialect == FIFOTRACK) {
        snprintf(rest, sizeof rest, ",%s,1,B03,30,50", d->id);
        n = fifotrack_frame(down, "##", rest);
        snprintf(rest, sizeof rest, ",%s,1,B03,OK", d->id);
        m = fifotrack_frame(up, "$$", rest);
    } else if (d->dialect == STARTEK) {
        uint8_t index = d->index;
        snprintf(rest, sizeof rest, ",%s,900,1,1", d->id);
        n = startek_frame(d, down, "$$", rest);
        d->index = index;
        snprintf(rest, sizeof rest, ",%s,900,OK", d->id);
        m = startek_frame(d, up, "&&", rest);
    } else {
        n = (size_t)sprintf(down, ":123456M1,030S#");
        m = (size_t)sprintf(up,
                            "#%s,CMD-M,V,DATE:260308,TIME:120000,LAT:41.1234567N,LOT:002.7654321E,Speed:0.0,"
                            "1-1-0-0-80-20,000,21407-1A2B-3C4D#",
                            d->id);
    }
    if (d->udp) {
        udp(d, false, SERVER_PORT, down, n);
        udp(d, true, SERVER_PORT, up, m);
        return;
    }
    tcp(d, false, 24, d->down, down, n);
    d->down += (uint32_t)n;
    tcp(d, true, 24, d->up, up, m);
    d->up += (uint32_t)m;
}

static void send_tcp(struct device *d)
{
    char data[1024];
    size_t n = report(d, data);
    unsigned chance = draw(100), cut = 1 + draw((uint32_t)n - 1);
    if (chance < 6) { /* two frames in one segment */
        n += report(d, data + n);
        tcp(d, true, 24, d->up, data, n);
    } else if (chance < 12) { /* one frame in two segments */
        tcp(d, true, 24, d->up, data, cut);
        tcp(d, true, 24, d->up + cut, data + cut, n - cut);
    } else if (chance < 13) { /* the same, in the wrong order */
        tcp(d, true, 24, d->up + cut, data + cut, n - cut);
        tcp(d, true, 24, d->up, data, cut);
    } else if (chance < 14) { /* sent twice */
        tcp(d, true, 24, d->up, data, n);
        tcp(d, true, 24, d->up, data, n);
    } else {
        tcp(d, true, 24, d->up, data, n);
    }
    d->up += (uint32_t)n;
    if (draw(100) < 60)
        tcp(d, false, 16, d->down, NULL, 0);
}

static void send_udp(struct device *d)
{
    char data[1024];
    size_t n = report(d, data);
    if (draw(100) < 5)
        n += report(d, data + n);
    udp(d, true, SERVER_PORT, data, n);
}

static void turn(struct device *d)
{
    static const char query[] = "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07tracker\x07"
                                "example\x00\x00\x01\x00\x01";
    unsigned chance = draw(1000);
    if (chance < 10)
        command(d);
    else if (chance < 13 && !d->udp) {
        disconnect_device(d);
        connect_device(d);
    } else if (d->udp)
        send_udp(d);
    else
        send_tcp(d);
    if (draw(100) < 8) /* noise on another port */
        udp(d, true, 53, query, sizeof query - 1);
}

int main(int argc, char **argv)
{
    unsigned dialect = argc == 5 ? GOTOP : BY_TURNS;
    while (argc == 5 && dialect < BY_TURNS && strcmp(argv[4], dialects[dialect]) != 0)
        dialect++;
    if ((argc != 4 && argc != 5) || (argc == 5 && dialect == BY_TURNS)) {
        fprintf(stderr, "usage: %s FILE MEGABYTES DEVICES [gotop|startek|fifotrack]\n", argv[0]);
        return 2;
    }
    uint64_t size = strtoull(argv[2], NULL, 10) * 1000000;
    uint32_t count = (uint32_t)strtoul(argv[3], NULL, 10);
    pcap_t *pcap = pcap_open_dead(DLT_EN10MB, 65535);
    dumper = pcap_dump_open(pcap, argv[1]);
    struct device *devices = calloc(count ? count : 1, sizeof *devices);
    if (!dumper || !devices || count == 0) {
        fprintf(stderr, "%s: cannot write %s\n", argv[0], argv[1]);
        return 1;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct device *d = &devices[i];
        set_imei(d->id, 100000 + i);
        d->udp = draw(100) < 30;
        d->dialect = dialect == BY_TURNS ? (i % 2 ? STARTEK : GOTOP) : (enum dialect)dialect;
        d->address = 0x0A000001 + i;
        d->port = (uint16_t)(20000 + draw(40000));
        d->index = 0x3A;
        d->latitude = 41000000 + (int)draw(900000);
        d->longitude = 2000000 + (int)draw(900000);
    }
    for (uint32_t i = 0; i < count; i++)
        if (!devices[i].udp)
            connect_device(&devices[i]);
    while (written < size)
        turn(&devices[draw(count)]);
    pcap_dump_close(dumper);
    pcap_close(pcap);
    free(devices);
    return 0;
}
