/* SPDX-License-Identifier: GPL-2.0-or-later
 * Names of other makers' protocols by their first bytes, as docs/SHARED-PORT.md describes them, and no name for ours.
 */
#include "other.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct sample {
    const char *text;
    size_t length;
    const char *name; /* NULL: none */
};
#define SAMPLE(name, text)                                                                                             \
    {                                                                                                                  \
        text, sizeof(text) - 1, name                                                                                   \
    }

static const struct sample samples[] = {
    /* 15 digits and "#", told apart by what follows: AUTO or AUT (docs/PROTOCOL.md 10.1) */
    SAMPLE("TLT-2H", "#353327020115804#MT700#0000#AUTO#1\r\n"),
    SAMPLE("TLT-2H", "#357671030108689##1#AUTO#1\r\n#001901001$GPRMC"),
    SAMPLE("TLT-2H", "#353327020115804#user#1234#AUTO#1\r\n"),
    SAMPLE("V680", "#353327020115804#user#1#1234#AUT#1#66830FFB"),
    SAMPLE("V680", "#353327020115804#user#1#1234#AUTO"),
    SAMPLE("V680", "##353327020115804#x"),
    SAMPLE("GPS103", "##,imei:353327020115804,A;"),
    SAMPLE("GPS103", "imei:353327020115804,tracker"),
    SAMPLE("eSeal", "##S,eSeal,1000821"),
    SAMPLE("Wialon IPS", "#L#2.0;353327020115804;NA;BE94\r\n"),
    SAMPLE("Wialon IPS", "#SD#120903;160649"),
    SAMPLE("SmartSole", "#GTXRP=359372090290762,8"),
    SAMPLE("MTX", "#MTX,353815011138124,20101226"),
    SAMPLE("M2C", "[#M2C,2020,P1.B1"),
    SAMPLE("H02", "*HQ,4106012345,V1,101010,A"),
    SAMPLE("EasyTrack", "*ET,135790246811221,DW"),
    SAMPLE("GoSafe", "*GS06,353327020115804,060540"),
    SAMPLE("TRV", "TRVAP00353327020115804#"),
    SAMPLE("TRV", "IWAP00353456789012345#"),
    SAMPLE("Meitrack", "$$A138,353327020115804,AAA,35"),
    SAMPLE("Meitrack", "$$A28,353327020115804,B25,1*12"),
    SAMPLE("TechtoCruz", "$$A120,8612345678910,211005105836,A,FLEX"),
    SAMPLE("TechtoCruz", "$$A35,RESPO|G33|8612345678910|CRUZ,*E3"),
    SAMPLE("Xirgo", "$$356789012345670,4001,2017/04/21"),
    SAMPLE("Xirgo", "$$123456789,6115,1,2"),
    SAMPLE("CarTrack", "$$2222234???????&A9955&B102904.000"),
    SAMPLE("CarTrack", "$$2222234&A9955"),
    SAMPLE("Gt30", "$$005D3037811014    9955102834.000"),
    SAMPLE("Gps056", "$$25LOGN_119.0,N"),
    SAMPLE("Aquila", "$$CLIENT_1ZF,170215089"),
    SAMPLE("Aquila", "$$SRINI_1MS,1"),
    SAMPLE("Plugin", "$$STATUS,1"),
    SAMPLE("Gator", "$$\x80\x00\x26\x12"),
    SAMPLE("AVL301", "$L\x0F\x21"),
    SAMPLE("TZone", "TZ\x00\x60$$\x04"),
    SAMPLE("L100", "ATL356789012345670,$GPRMC,111719.000,A"),
    SAMPLE("L100", "\n\rATL356789012345670,$GPRMC,111719.000"),
    SAMPLE("L100", "H,ATL,356789012345670"),
    SAMPLE("Stl060", "$1,357804048043099,D001,AP29"),
    SAMPLE("Visiontek", "$1,1,AP29"),
    SAMPLE("Sanav", "imei:352024028982787rmc:$GPRMC,103048"),
    SAMPLE("Nyitech", "@@\x72\x00\x30\x31\x36\x39"),
    SAMPLE("Castel", "@@\x72\x00\x04XYZ"),
    SAMPLE("Oigo", "\x7E\x00\x42\x00\x00\x00\x01"),
    SAMPLE("Tr20", "%%TRACKPRO01,1"),
    SAMPLE("Tr20", "%%868683020235085,A,120101121800"),
    SAMPLE("TLT-2H", "#356789012345670##0000#1"),
    SAMPLE("TLT-2H", "#356789012345670#V500#"),
    SAMPLE("V680", "#356789012345670##1#0000#AUT#01#2600"),
    SAMPLE("Vnet", "$$\x00\x00\x23\x00\x01"),
    SAMPLE("Castel", "$$\x6A\x00"
                     "1A"),
    SAMPLE("Totem", "$$0112AA356789012345670|1800180014"),
    SAMPLE("Totem", "$$0494E2123456789012345|150425223945"),
    SAMPLE("Totem", "$$B3359772032399074|60$GPRMC"),
    SAMPLE("Meiligao", "$$\x00\x60\x12\x34\x56\xFF\xFF\xFF\xFF\x99\x55"),
    SAMPLE("GT06", "\x78\x78\x0D\x01\x03\x53\x32"),
    SAMPLE("TK103", "(027028258309BP05353327020115804"),
    SAMPLE("Topflytech", "(880316890094910BP00XG00b6"),
    SAMPLE("Teltonika", "\x00\x0F"
                        "353633307043241"),
    SAMPLE("JT/T 808", "\x7E\x01\x00\x00\x19\x01"),
    SAMPLE("Watch", "[3G*4700186508*000B*VK,0"),
    SAMPLE("Queclink", "+RESP:GTFRI,060100"),
    SAMPLE("HTTP", "GET /?id=123456&timestamp=1377177267"),
    /* ours, and what nobody knows */
    SAMPLE(NULL, "#353327020115804,CMD-X#"),
    SAMPLE(NULL, "&&A20,021104023195429,800DA\r\n"),
    SAMPLE(NULL, "$$:24,123456789012345,900,1,19F\r\n"),
    SAMPLE(NULL, "$$27,356789012345670,100,B03,OK*47\r\n"),
    SAMPLE(NULL, "$$123,869467049296388,B996,A01,2,19062"),
    SAMPLE(NULL, "$$1063,868345037864709,1,D06,2444BD86,0"),
    SAMPLE(NULL, "##24,356789012345670,1,D05,3*73\r\n"),
    SAMPLE(NULL, "$$0112,A356789012345670|"),
    SAMPLE(NULL, ":123456F#"),
    SAMPLE(NULL, "hello"),
    SAMPLE(NULL, ""),
};

static void test_first_bytes_tell_the_name(void **state)
{
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        size_t length = samples[i].length < S7_OTHER_REACH ? samples[i].length : S7_OTHER_REACH;
        const char *name = s7_other_protocol((const uint8_t *)samples[i].text, length);
        if (!samples[i].name != !name || (name && strcmp(name, samples[i].name) != 0))
            fail_msg("%s: %s", samples[i].text, name ? name : "none");
    }
}

/* A name needs all bytes of its pattern. */
static void test_cut_bytes_say_nothing(void **state)
{
    static const char text[] = "##,imei:";
    for (size_t length = 0; length < sizeof text - 1; length++)
        assert_null(s7_other_protocol((const uint8_t *)text, length));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_bytes_tell_the_name),
        cmocka_unit_test(test_cut_bytes_say_nothing),
    };
    return cmocka_run_group_tests_name("other", tests, NULL, NULL);
}
