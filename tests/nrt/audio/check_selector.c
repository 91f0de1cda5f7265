/* SPDX-License-Identifier: MIT */
/*
 * check_selector.c -- selectors, on a tree that stands for / of a machine
 * with a built-in card and three USB cards, two of them alike.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "selector.h"

static char root[256];

static void
make_folders(const char *path)
{
	char full[600];

	(void)snprintf(full, sizeof full, "%s/%s", root, path);
	for (char *at = full + strlen(root) + 1; *at != '\0'; at++) {
		if (*at == '/') {
			*at = '\0';
			(void)mkdir(full, 0755);
			*at = '/';
		}
	}
	(void)mkdir(full, 0755);
}

static void
write_file(const char *folder, const char *name, const char *text)
{
	char full[700];

	make_folders(folder);
	(void)snprintf(full, sizeof full, "%s/%s/%s", root, folder, name);
	FILE *f = fopen(full, "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	(void)fclose(f);
}

static void
make_link(const char *target, const char *folder, const char *name)
{
	char full[700];

	make_folders(folder);
	(void)snprintf(full, sizeof full, "%s/%s/%s", root, folder, name);
	ck_assert_int_eq(symlink(target, full), 0);
}

/* As sysfs has it: class links into devices, the interface below the device */
static void
make_card(int n, const char *id, const char *usb, const char *vendor,
	const char *product, const char *serial, const char *pcms)
{
	char card[200];
	char text[300];
	char name[64];

	(void)snprintf(card, sizeof card, "sys/devices/%s/%s:1.0/sound/card%d",
		usb, usb, n);
	(void)snprintf(text, sizeof text, "%s\n", id);
	write_file(card, "id", text);
	make_link("../..", card, "device");
	if (vendor != NULL) {
		(void)snprintf(text, sizeof text, "sys/devices/%s", usb);
		write_file(text, "idVendor", vendor);
		write_file(text, "idProduct", product);
		if (serial != NULL) {
			write_file(text, "serial", serial);
		}
	}
	for (const char *p = pcms; *p != '\0'; p += 2) {
		(void)snprintf(text, sizeof text, "%s/pcmC%dD%.2s", card, n, p);
		make_folders(text);
	}
	(void)snprintf(text, sizeof text, "../../../%s", card);
	(void)snprintf(name, sizeof name, "card%d", n);
	make_link(text, "sys/class/sound", name);
}

static void
make_tree(void)
{
	ck_assert_ptr_nonnull(getcwd(root, sizeof root - 32));
	(void)strcat(root, "/cards-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
	make_card(0, "PCH", "pci0", NULL, NULL, NULL, "0p0c3p");
	make_card(1, "USB", "3-1", "1235\n", "8211\n", "A1\n", "0p0c");
	make_card(2, "USB_1", "3-2", "1235\n", "8211\n", "B2\n", "0p0c");
	make_card(4, "Mic", "3-3", "0d8c\n", "0014\n", NULL, "1c");
	make_link(
		"../controlC1", "dev/snd/by-path", "pci-0000:00:14.0-usb-0:1");
	make_link("../controlC1", "dev/snd/by-path",
		"pci-0000:00:14.0-usbv2-0:1");
	make_link(
		"../controlC2", "dev/snd/by-path", "pci-0000:00:14.0-usb-0:2");
	write_file("proc/asound", "cards",
		" 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n"
		"                      HDA Intel PCH at 0x1 irq 1\n"
		" 1 [USB            ]: USB-Audio - Scarlett 2i2\n"
		" 2 [USB_1          ]: USB-Audio - Scarlett 2i2\n"
		" 4 [Mic            ]: USB-Audio - A microphone\n");
}

static void
remove_tree(void)
{
	char command[300];

	(void)snprintf(command, sizeof command, "rm -rf '%s'", root);
	ck_assert_int_eq(system(command), 0);
}

static const struct {
	const char *selector;
	enum selector_side side;
	int result;
	const char *pcm;
	int card;
} cases[] = {
	{"usb:1235:8211",                   SELECTOR_PLAYBACK, 0,       "hw:CARD=USB,DEV=0",     1 },
	{"usb:1235:8211:B2",                SELECTOR_PLAYBACK, 0,       "hw:CARD=USB_1,DEV=0",   2 },
	{"usb:1235:8211:C3",                SELECTOR_PLAYBACK, -ENODEV, "",                      -1},
	{"usb:0d8c:14",                     SELECTOR_CAPTURE,  0,       "hw:CARD=Mic,DEV=1",     4 },
	{"usb:0D8C:0014",                   SELECTOR_CAPTURE,  0,       "hw:CARD=Mic,DEV=1",     4 },
	{"usb:0d8c:0014",                   SELECTOR_PLAYBACK, -ENODEV, "",                      4 },
	{"usb:ffff:0001",                   SELECTOR_PLAYBACK, -ENODEV, "",                      -1},
	{"path:pci-0000:00:14.0-usb-0:2",   SELECTOR_CAPTURE,  0,
         "hw:CARD=USB_1,DEV=0",								  2 },
	{"path:pci-0000:00:14.0-usbv2-0:1", SELECTOR_CAPTURE,  0,
         "hw:CARD=USB,DEV=0",								    1 },
	{"path:pci-0000:00:14.0-usb-0:9",   SELECTOR_CAPTURE,  -ENODEV, "",                      -1},
	{"id:PCH",			  SELECTOR_PLAYBACK, 0,       "hw:CARD=PCH,DEV=0",     0 },
	{"id:pch",			  SELECTOR_PLAYBACK, -ENODEV, "",                      -1},
	{"hw:CARD=PCH",                     SELECTOR_PLAYBACK, 0,       "hw:CARD=PCH,DEV=0",     0 },
	{"hw:CARD=PCH,DEV=3",               SELECTOR_PLAYBACK, 0,       "hw:CARD=PCH,DEV=3",     0 },
	{"plughw:CARD=Mic",                 SELECTOR_CAPTURE,  0,       "plughw:CARD=Mic,DEV=1", 4 },
	{"hw:Mic,1",			SELECTOR_CAPTURE,  0,       "hw:Mic,1",              4 },
	{"hw:CARD=Gone",                    SELECTOR_PLAYBACK, -ENODEV, "",                      -1},
	{"hw:0",			    SELECTOR_PLAYBACK, 0,       "hw:0",                  0 },
	{"hw:2,0",			  SELECTOR_PLAYBACK, 0,       "hw:2,0",                2 },
	{"hw:3",			    SELECTOR_PLAYBACK, -ENODEV, "",                      -1},
	{"default",			 SELECTOR_PLAYBACK, 0,       "default",               -1},
	{"front:CARD=PCH",                  SELECTOR_PLAYBACK, 0,       "front:CARD=PCH",        -1},
	{"usb:1235",			SELECTOR_PLAYBACK, -EINVAL, "",                      -1},
	{"usb:12345:1",                     SELECTOR_PLAYBACK, -EINVAL, "",                      -1},
	{"usb:xyz:1",		       SELECTOR_PLAYBACK, -EINVAL, "",                      -1},
	{"usb:1235:8211:",                  SELECTOR_PLAYBACK, -EINVAL, "",                      -1},
	{"usb:-235:8211",                   SELECTOR_PLAYBACK, -EINVAL, "",                      -1},
	{"path:",			   SELECTOR_PLAYBACK, -EINVAL, "",                      -1},
	{"path:../../etc",                  SELECTOR_PLAYBACK, -EINVAL, "",                      -1},
	{"id:",			     SELECTOR_PLAYBACK, -EINVAL, "",                      -1},
	{"hw:",			     SELECTOR_PLAYBACK, -EINVAL, "",                      -1},
	{"",				SELECTOR_PLAYBACK, -EINVAL, "",                      -1},
};
#define CASES ((int)(sizeof cases / sizeof cases[0]))

START_TEST(a_selector_becomes_the_pcm_of_the_card_that_is_meant)
{
	struct selector_found found;
	char why[300] = "";

	make_tree();
	ck_assert_int_eq(selector_find(root, cases[_i].selector, cases[_i].side,
				 &found, why, sizeof why),
		cases[_i].result);
	ck_assert_str_eq(found.pcm, cases[_i].pcm);
	ck_assert_int_eq(found.card, cases[_i].card);
	if (cases[_i].result != 0) {
		/* words name the very thing */
		ck_assert_ptr_nonnull(strstr(why, cases[_i].selector));
	}
	remove_tree();
}
END_TEST

START_TEST(a_card_by_its_number_is_taken_with_a_warning)
{
	struct selector_found found;
	char why[300];

	make_tree();
	ck_assert_int_eq(selector_find(root, "hw:0", SELECTOR_PLAYBACK, &found,
				 why, sizeof why),
		0);
	ck_assert(found.numbered);
	ck_assert_int_eq(selector_find(root, "hw:CARD=PCH", SELECTOR_PLAYBACK,
				 &found, why, sizeof why),
		0);
	ck_assert(!found.numbered);
	remove_tree();
}
END_TEST

START_TEST(the_first_that_is_there_wins)
{
	const char *const list[] = {
		"usb:dead:beef", "hw:CARD=Gone", "id:USB_1", "default"};
	struct selector_found found;
	char why[600];

	make_tree();
	ck_assert_int_eq(selector_first(root, list, 4, SELECTOR_PLAYBACK,
				 &found, why, sizeof why),
		2);
	ck_assert_str_eq(found.pcm, "hw:CARD=USB_1,DEV=0");
	ck_assert_str_eq(why, "");
	ck_assert_int_eq(selector_first(root, list, 2, SELECTOR_PLAYBACK,
				 &found, why, sizeof why),
		-ENODEV);
	ck_assert_ptr_nonnull(strstr(why, "usb:dead:beef"));
	ck_assert_ptr_nonnull(strstr(why, "hw:CARD=Gone"));
	remove_tree();
}
END_TEST

START_TEST(cards_are_listed_with_the_line_that_names_each_alone)
{
	struct selector_card card[SELECTOR_CARDS];

	make_tree();
	ck_assert_uint_eq(selector_cards(root, card, SELECTOR_CARDS), 4);
	ck_assert_str_eq(card[0].selector, "id:PCH");
	ck_assert_str_eq(card[0].name, "HDA Intel PCH");
	ck_assert_str_eq(card[1].selector, "usb:1235:8211:A1");
	ck_assert_str_eq(card[1].path, "path:pci-0000:00:14.0-usb-0:1");
	ck_assert_str_eq(card[2].selector, "usb:1235:8211:B2");
	ck_assert_str_eq(card[3].selector, "usb:0d8c:0014");
	ck_assert_int_eq(card[3].number, 4);
	ck_assert_int_eq(card[3].playback, -1);
	ck_assert_int_eq(card[3].capture, 1);
	/* each line leads back to its card */
	for (int i = 0; i < 4; i++) {
		struct selector_found found;
		char why[300];
		ck_assert_int_eq(
			selector_find(root, card[i].selector, SELECTOR_CAPTURE,
				&found, why, sizeof why),
			0);
		ck_assert_int_eq(found.card, card[i].number);
	}
	remove_tree();
}
END_TEST

START_TEST(a_machine_without_sound_has_no_cards)
{
	struct selector_card card[2];
	struct selector_found found;
	char why[300];

	ck_assert_uint_eq(selector_cards("/nowhere", card, 2), 0);
	ck_assert_int_eq(selector_find("/nowhere", "id:PCH", SELECTOR_PLAYBACK,
				 &found, why, sizeof why),
		-ENODEV);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nrt/audio/selector");
	TCase *tc = tcase_create("selectors");

	tcase_add_loop_test(tc,
		a_selector_becomes_the_pcm_of_the_card_that_is_meant, 0, CASES);
	tcase_add_test(tc, a_card_by_its_number_is_taken_with_a_warning);
	tcase_add_test(tc, the_first_that_is_there_wins);
	tcase_add_test(
		tc, cards_are_listed_with_the_line_that_names_each_alone);
	tcase_add_test(tc, a_machine_without_sound_has_no_cards);
	suite_add_tcase(s, tc);
	SRunner *sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	int failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
