/* SPDX-License-Identifier: MIT */
/*
 * check_selector.c -- the lasting names of cards, from a sysfs made of files.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "selector.h"

static char root[64];

static void
make_folder(const char *path)
{
	char whole[512];

	(void)snprintf(whole, sizeof whole, "%s/%s", root, path);
	ck_assert_int_eq(mkdir(whole, 0700), 0);
}

static void
make_file(const char *path, const char *text)
{
	char whole[512];

	(void)snprintf(whole, sizeof whole, "%s/%s", root, path);
	FILE *f = fopen(whole, "w");
	ck_assert_ptr_nonnull(f);
	(void)fputs(text, f);
	(void)fclose(f);
}

static void
make_link(const char *path, const char *to)
{
	char whole[512];

	(void)snprintf(whole, sizeof whole, "%s/%s", root, path);
	ck_assert_int_eq(symlink(to, whole), 0);
}

static void
set_up(void)
{
	(void)snprintf(root, sizeof root, "/tmp/tactus-sysfs.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
	make_folder("class");
	make_folder("class/sound");
	make_folder("class/sound/card0");
	make_folder("class/sound/card1");
	make_folder("class/sound/card2");
	make_folder("devices");
	make_folder("devices/pci0000:00");
	make_folder("devices/pci0000:00/0000:00:1f.3");
	make_folder("devices/usb1");
	make_folder("devices/usb1/1-2");
	make_folder("devices/usb1/1-2/1-2:1.0");
	make_file("devices/usb1/1-2/idVendor", "1235\n");
	make_file("devices/usb1/1-2/idProduct", "8211\n");
	make_file("devices/usb1/1-2/serial", "Y7ABC \n");
	make_link("class/sound/card0/device",
		"../../../devices/pci0000:00/0000:00:1f.3");
	make_link("class/sound/card1/device",
		"../../../devices/usb1/1-2/1-2:1.0");
	make_link("class/sound/card2/device", "../../..");
}

static void
tear_down(void)
{
	static const char *const made[] = {"class/sound/card0/device",
		"class/sound/card1/device", "class/sound/card2/device",
		"devices/usb1/1-2/idVendor", "devices/usb1/1-2/idProduct",
		"devices/usb1/1-2/serial", "class/sound/card0",
		"class/sound/card1", "class/sound/card2", "class/sound",
		"class", "devices/pci0000:00/0000:00:1f.3",
		"devices/pci0000:00", "devices/usb1/1-2/1-2:1.0",
		"devices/usb1/1-2", "devices/usb1", "devices", "."};

	for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
		char whole[512];

		(void)snprintf(whole, sizeof whole, "%s/%s", root, made[i]);
		(void)remove(whole);
	}
	(void)rmdir(root);
}

START_TEST(selector_names_a_card_on_a_bus_by_path_and_id)
{
	char out[SELECTOR_MOST][SELECTOR_SIZE];

	ck_assert_uint_eq(selector_list(root, 0, "PCH", out), 3);
	ck_assert_str_eq(out[0], "path:pci0000:00/0000:00:1f.3");
	ck_assert_str_eq(out[1], "id:PCH");
	ck_assert_str_eq(out[2], "hw:CARD=PCH");
}
END_TEST

START_TEST(selector_names_a_usb_card_by_its_numbers_and_serial)
{
	char out[SELECTOR_MOST][SELECTOR_SIZE];

	ck_assert_uint_eq(selector_list(root, 1, "USB", out), 4);
	ck_assert_str_eq(out[0], "usb:1235:8211:Y7ABC");
	ck_assert_str_eq(out[1], "path:usb1/1-2/1-2:1.0");
}
END_TEST

START_TEST(selector_has_only_the_id_when_sysfs_tells_nothing)
{
	char out[SELECTOR_MOST][SELECTOR_SIZE];

	ck_assert_uint_eq(selector_list(root, 2, "X", out), 2);
	ck_assert_uint_eq(selector_list(root, 9, "X", out), 2);
	ck_assert_str_eq(out[0], "id:X");
	ck_assert_uint_eq(selector_list(root, 9, NULL, out), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("src/selector");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, selector_names_a_card_on_a_bus_by_path_and_id);
	tcase_add_test(t, selector_names_a_usb_card_by_its_numbers_and_serial);
	tcase_add_test(t, selector_has_only_the_id_when_sysfs_tells_nothing);
	suite_add_tcase(s, t);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
