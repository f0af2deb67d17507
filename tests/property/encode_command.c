/* SPDX-License-Identifier: GPL-2.0-or-later
 * Random commands of gotop and startek, with arguments inside their documented ranges, and acknowledgements.
 * (docs/PROTOCOL.md 1.3 and 7, docs/STARTEK.md 6) */
#include "encode.h"

#include <string.h>

/* code and arguments as patterns; the comma between them is no argument. NULL: no argument. */
struct command {
    const char *code, *comma, *arguments;
    unsigned secret; /* number of the first secret argument, 0 = none */
    gboolean unlisted;
};

#define CORNER   "<w2 0 89><w2 0 59><w2 0 59><w2 0 99><o N|S><w3 0 179><w2 0 59><w2 0 59><w2 0 99><o E|W>"
#define ENDPOINT "<n 1 255>.<n 0 255>.<n 0 255>.<n 0 255>:<n 1 65535>"

static const struct command gotop_commands[] = {
    {"A<n 1 8>", ",", "+<d 11>", 0, FALSE},
    {"A<n 1 8>", ",", "+<d 11>,<t 1 12>", 0, FALSE},
    {"A<n 1 8>", ",", "D", 0, FALSE},
    {"B", "", NULL, 0, FALSE},
    {"B", "", "1", 0, FALSE},
    {"C", "", "apn<t 0 20>," ENDPOINT, 0, FALSE},
    {"C", "", "apn<t 0 20>,<o U|u>," ENDPOINT, 0, FALSE},
    {"C", "", "apn<t 0 20>", 0, FALSE},
    {"D", "", NULL, 0, FALSE},
    {"E", "", NULL, 0, FALSE},
    {"F", "", NULL, 0, FALSE},
    {"F1", "", NULL, 0, FALSE},
    {"G", "", NULL, 0, FALSE},
    {"H", "", "<d 6>", 1, FALSE},
    {"I", "", "<n 1 5>,1,<o 0|1>," CORNER CORNER, 0, FALSE},
    {"I", "", "<n 1 5>,0,<o 0|1>,", 0, FALSE},
    {"J", "", "<o 0|1>,<w3 30 255>", 0, FALSE},
    {"K", "", NULL, 0, FALSE},
    {"K<o H|L>", "", "<n 0 255>", 0, FALSE},
    {"L", "", "<o +|-><w2 0 23>", 0, FALSE},
    {"L", "", "<o +|-><w2 0 23>:<o 00|15|30|45>", 0, FALSE},
    {"L1", ",", "<w2 18 38><w2 1 12><w2 1 28>,<w2 0 23><w2 0 59><w2 0 59>", 0, FALSE},
    {"L2", "", NULL, 0, FALSE},
    {"L3", ",", "<n 0 360>", 0, FALSE},
    {"L4", "", NULL, 0, FALSE},
    {"L5", ",", "<w2 0 23>:<w2 0 59>", 0, FALSE},
    {"L5", ",", "", 0, FALSE},
    {"M", "", "<o 0|1>,<w3 1 90><o S|M|H>", 0, FALSE},
    {"M", "", "1,<w3 91 254><o S|M>", 0, FALSE},
    {"M2", ",", "<n 60 600>", 0, FALSE},
    {"M3", ",", "<n 1 999>", 0, FALSE},
    {"M4", ",", "<o 0|1>", 0, FALSE},
    {"N", "", "<o 0|1>,<w2 0 45>", 0, FALSE},
    {"N", "", "2,<o 0|1>", 0, FALSE},
    {"O", "", "<t 0 22>,<t 0 11>", 2, FALSE},
    {"P", "", "1,<n 1 250>", 0, FALSE},
    {"P", "", "0", 0, FALSE},
    {"Q<n 1 5>", ",", "<o 0|1>", 0, FALSE},
    {"R", "", "http://www.<o a|b|c>.example;<n 1 65534>", 0, FALSE},
    {"R", "", ";", 0, FALSE},
    {"S", "", "<t 1 9>,<t 1 9>", 0, FALSE},
    {"T<o 0|1>", "", NULL, 0, FALSE},
    {"U<n 0 9>", "", NULL, 0, FALSE},
    {"UV", "", NULL, 0, FALSE},
    {"UV", "", "<d 4>", 0, FALSE},
    {"V", "", "<n 0 29>", 0, FALSE},
    {"V", "", "<n 32 100>", 0, FALSE},
    {"V", "", "<o 30|31>,<d 8>", 0, FALSE},
    {"W", "", "W,<t 1 19>,<t 1 19>", 3, FALSE},
    {"X", "", "<t 1 9>", 0, FALSE},
    {"Z", "", "<n 0 2>,<t 1 14>", 0, FALSE},
    {"Z", "", "<d 2>", 0, FALSE},
    {"Y", "", "x<t 1 9>", 0, TRUE},
};

static const struct command startek_commands[] = {
    {"000", ",", "1", 0, FALSE},
    {"0<o 1|2>0", ",", "1", 0, FALSE},
    {"10<o 0|5>", ",", "<n 0 2>,host<t 0 20>,<n 2 65534>", 0, FALSE},
    {"101", ",", "host<t 0 20>,<n 2 65534>", 0, FALSE},
    {"10<o 2|6>", ",", "<n 0 65535>,<n 0 65535>,<n 0 65535>", 0, FALSE},
    {"10<o 2|6>", ",", "<n 0 65535>,,", 0, FALSE},
    {"10<o 3|7|4|8>", ",", "<o 0|1>", 0, FALSE},
    {"109", ",", "<t 1 9>", 0, FALSE},
    {"109", ",", "<t 1 9>,<t 0 9>,<t 0 9>", 3, FALSE},
    {"110", ",", "<x 10>", 0, FALSE},
    {"111", ",", "<n 1 255>.<n 0 255>.<n 0 255>.<n 0 255>", 0, FALSE},
    {"120", ",", "<n 0 65535>", 0, FALSE},
    {"121", ",", "<n 0 180>", 0, FALSE},
    {"1<o 22|50|32|33|47|51|53>", ",", "<n 0 9999>", 0, FALSE},
    {"1<o 23|54>", ",", "<n 0 255>", 0, FALSE},
    {"124", ",", "<n 0 2>,<n 0 999>", 0, FALSE},
    {"124", ",", "<n 0 2>", 0, FALSE},
    {"125", ",", "<n 1 8>,<n 1 3>,<n 1 9999>,<o |-><n 0 89>.<d 6>,<o |-><n 0 179>.<d 6>", 0, FALSE},
    {"125", ",", "<n 1 8>,,,,", 0, FALSE},
    {"126", ",", "<n 1 8>,<t 1 12>", 0, FALSE},
    {"127", "", NULL, 0, FALSE},
    {"127", ",", "<n 1 8>", 0, FALSE},
    {"12<o 8|9>", ",", "<n 1 2000>", 0, FALSE},
    {"130", ",", "<n 0 32>", 0, FALSE},
    {"131", ",", "<n 0 10>", 0, FALSE},
    {"134", ",", "<n 0 999>,<n 0 99>,<n 0 999>", 0, FALSE},
    {"135", "", NULL, 0, FALSE},
    {"135", ",", "<n 1 8>,<t 1 9>", 0, FALSE},
    {"136", ",", "<n 1 8>,<n -40 80>,<n -40 80>", 0, FALSE},
    {"137", "", NULL, 0, FALSE},
    {"138", ",", "<n 1 2>,<n 0 9999>,<n 0 9999>,<n 0 9999>", 0, FALSE},
    {"139", ",", "<n 1 2>,<n 0 3>,<t 1 9>", 0, FALSE},
    {"140", ",", "<n 1 2>,<n 0 99>,<n 0 99>", 0, FALSE},
    {"141", ",", "<n 1 2>,<n 0 99>", 0, FALSE},
    {"142", ",", "<n 1 2>,<n 0 3>", 0, FALSE},
    {"14<o 4|5|6>", ",", "<n 1 99999999>,#<x 8>", 0, FALSE},
    {"145", ",", "ALL", 0, FALSE},
    {"152", ",", "<o 0|1>", 0, FALSE},
    {"201", ",", "+<d 11>,+<d 11>", 0, FALSE},
    {"20<o 2|3|5|6>", ",", "<n 1 2>,<n 1 3>,<n 0 57>,<n 0 57>", 0, FALSE},
    {"204", ",", "<n 0 57>,<t 1 20>", 0, FALSE},
    {"21<o 0|1|2>", ",", "<n 1 2>,<n 1 3>,<n 0 57>,<n 0 57>", 0, FALSE},
    {"250", ",", "<n 1 6>,<n 0 2>,<n 0 999>", 0, FALSE},
    {"251", ",", "1,<n 1 3>,<n 0 99>,<n 0 999>,<n 0 999>,<n 0 99>", 0, FALSE},
    {"252", ",", "<n 1 2>,<n 0 5>", 0, FALSE},
    {"260", ",", "1,<n 1 3>", 0, FALSE},
    {"261", ",", "1,<n 0 99>", 0, FALSE},
    {"262", ",", "1,2", 0, FALSE},
    {"263", "", NULL, 0, FALSE},
    {"26<o 4|5>", ",", "p<t 1 12>.jpg", 0, FALSE},
    {"270", ",", "<x 4>", 0, FALSE},
    {"271", ",", "<x 8>", 0, FALSE},
    {"280", ",", "<n 1 32>,<t 1 12>,<t 1 12>", 3, FALSE},
    {"600", ",", "<d 4>", 1, FALSE},
    {"601", ",", "<n -720 720>", 0, FALSE},
    {"602", ",", "<d 4>", 1, FALSE},
    {"610", ",", "<n 0 999999>", 0, FALSE},
    {"61<o 1|2>", ",", "<n 1 3>", 0, FALSE},
    {"620", ",", "<o 0|1>", 0, FALSE},
    {"80<o 0|1|2|3>", "", NULL, 0, FALSE},
    {"808", ",", "<o 100|109|600>", 0, FALSE},
    {"900", ",", "<n 1 2>,<o 0|1>,<n 0 9999>,<n 0 99>", 0, FALSE},
    {"900", ",", "1,<o 0|1>", 0, FALSE},
    {"901", ",", "1,<o 0|1>", 0, FALSE},
    {"910", ",", "<n 1 3>", 0, FALSE},
    {"990", ",", "f<t 1 12>.bin", 0, FALSE},
    {"99<o 1|4|5>", "", NULL, 0, FALSE},
    {"777", ",", "<t 1 9>,,<t 1 9>", 0, TRUE},
};

void encode_arguments(struct sample *sample, const char *text, unsigned secret)
{
    char **arguments = g_strsplit(text, ",", -1);
    /* Nothing between two commas is an argument too; g_strsplit() makes none of an empty text. */
    if (!*arguments)
        sample_text_item(sample, "argument", "");
    for (unsigned i = 0; arguments[i]; i++) {
        gboolean masked = secret > 0 && i + 1 >= secret;
        if (i > 0)
            sample_put(sample, ",");
        if (masked)
            sample_secret(sample, arguments[i]);
        else
            sample_put(sample, "%s", arguments[i]);
        sample_text_item(sample, "argument", masked && *arguments[i] ? "******" : arguments[i]);
    }
    g_strfreev(arguments);
}

static void put_arguments(GRand *random, struct sample *sample, const struct command *command)
{
    if (!command->arguments)
        return;
    char *arguments = draw_pattern(random, command->arguments);
    sample_put(sample, "%s", command->comma);
    encode_arguments(sample, arguments, command->secret);
    g_free(arguments);
}

void encode_gotop_command(GRand *random, struct sample *sample)
{
    const struct command *command = &gotop_commands[draw(random, 0, (gint32)G_N_ELEMENTS(gotop_commands) - 1)];
    char *code = draw_pattern(random, command->code), *password = draw_pattern(random, "<d 6>");
    sample_put(sample, ":");
    sample_secret(sample, password);
    sample_set(sample, "details.password", "******");
    sample_put(sample, "%s", code);
    put_arguments(random, sample, command);
    sample_put(sample, "#");
    sample_set(sample, "dialect", "gotop");
    sample_set(sample, "direction", "down");
    sample_set(sample, "kind", "command");
    sample_set(sample, "code", "%s", code);
    if (command->unlisted)
        sample_flag(sample, "unknown_code");
    g_free(code);
    g_free(password);
}

void encode_gotop_reset(GRand *random, struct sample *sample)
{
    const char *text = chance(random, 50) ? "RESET!" : "RESET!1";
    sample_put(sample, "%s", text);
    sample_set(sample, "dialect", "gotop");
    sample_set(sample, "direction", "down");
    sample_set(sample, "kind", "command");
    sample_set(sample, "code", "%s", text);
}

void encode_startek_command(GRand *random, struct sample *sample)
{
    const struct command *command = &startek_commands[draw(random, 0, (gint32)G_N_ELEMENTS(startek_commands) - 1)];
    char *code = draw_pattern(random, command->code);
    encode_startek_open(random, sample, '$', code);
    put_arguments(random, sample, command);
    encode_startek_close(random, sample, '$');
    sample_set(sample, "kind", "command");
    if (command->unlisted)
        sample_flag(sample, "unknown_code");
    g_free(code);
}
