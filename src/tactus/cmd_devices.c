/* SPDX-License-Identifier: MIT */
/*
 * cmd_devices.c -- `tactus devices`: the sound cards, what each can do, and
 * the names to put into audio.devices.
 */
#include "cli.h"

#include <alsa/asoundlib.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "selector.h"
#include "devices.h"
#include "print_json.h"
#include "show.h"

/** The listing, in one of two forms. */
struct listing {
	struct cli *cli;
	json_t *json; /* NULL: text */
	int code;
};

static const struct choice choices[] = {
	{'j', "json", NULL, "print JSON"},
	{0,   NULL,   NULL, NULL        },
};

__attribute__((format(printf, 5, 6))) static void
be_silent(const char *file, int line, const char *function, int error,
	const char *format, ...)
{
	/* alsa-lib would write its own lines between ours */
	(void)file;
	(void)line;
	(void)function;
	(void)error;
	(void)format;
}

static const char *
mend(int error)
{
	switch (error) {
	case -EBUSY:
		return "another program has it: stop that (fuser -v "
		       "/dev/snd/*), or look while tactusd is stopped";
	case -EACCES:
	case -EPERM:
		return "join the group audio: adduser USER audio, then log in "
		       "again";
	case -ENOENT:
	case -ENODEV:
	case -ENXIO:
		return "there is none of that name: aplay -L lists those that "
		       "ALSA knows";
	default:
		return "see what the kernel says: dmesg";
	}
}

static void
print_rates(const struct devices_stream *s)
{
	printf("; rates");
	for (unsigned i = 0; i < s->rates; i++) {
		printf(" %u", s->rate[i]);
	}
	printf("%s", s->any_rate ? " and any between" : "");
}

static void
print_stream(const char *title, const struct devices_stream *s)
{
	if (s->error != 0) {
		printf("    %-8s cannot be opened: %s; %s\n", title,
			snd_strerror(s->error), mend(s->error));
		return;
	}
	if (!s->mmap) {
		printf("    %-8s no mmap: tactus cannot use it directly; "
		       "use plughw: or a PCM of type plug\n",
			title);
		return;
	}
	printf("    %-8s ", title);
	if (s->least_channels == s->most_channels) {
		printf("%u channels", s->most_channels);
	} else {
		printf("%u to %u channels", s->least_channels,
			s->most_channels);
	}
	printf("%s; formats", s->planar ? ", one area each" : "");
	for (unsigned i = 0; i < s->formats; i++) {
		printf(" %s", s->format[i]);
	}
	if (s->formats == 0) {
		printf(" (none that tactus writes)");
	}
	print_rates(s);
	printf("\n    %-8s smallest period %lu frames (%.3g ms at %u Hz), at "
	       "least %u of them\n",
		"", s->least_period,
		s->period_rate > 0
			? (double)s->least_period * 1e3 / s->period_rate
			: 0.0,
		s->period_rate, s->least_periods);
}

static json_t *
stream_json(const struct devices_stream *s)
{
	json_t *top = json_object();
	json_t *rates = json_array();
	json_t *formats = json_array();

	if (s->error != 0) {
		(void)json_object_set_new(
			top, "error", json_string(snd_strerror(s->error)));
	}
	for (unsigned i = 0; i < s->rates; i++) {
		(void)json_array_append_new(rates, json_integer(s->rate[i]));
	}
	for (unsigned i = 0; i < s->formats; i++) {
		(void)json_array_append_new(formats, json_string(s->format[i]));
	}
	(void)json_object_set_new(top, "mmap", json_boolean(s->mmap));
	(void)json_object_set_new(top, "planar", json_boolean(s->planar));
	(void)json_object_set_new(top, "rates", rates);
	(void)json_object_set_new(top, "any_rate", json_boolean(s->any_rate));
	(void)json_object_set_new(top, "formats", formats);
	(void)json_object_set_new(
		top, "channels_min", json_integer(s->least_channels));
	(void)json_object_set_new(
		top, "channels_max", json_integer(s->most_channels));
	(void)json_object_set_new(
		top, "period_rate", json_integer(s->period_rate));
	(void)json_object_set_new(
		top, "period_min", json_integer((json_int_t)s->least_period));
	(void)json_object_set_new(
		top, "periods_min", json_integer(s->least_periods));
	return top;
}

/* One PCM, both directions. `json` receives it when that is the form. */
static void
list_pcm(struct listing *l, const char *pcm, const char *name, bool playback,
	bool capture, json_t *list)
{
	struct devices_stream s[2] = {{.error = -ENOENT}, {.error = -ENOENT}};
	char text[2][SHOW_TEXT];

	if (playback) {
		devices_ask(pcm, false, &s[0]);
	}
	if (capture) {
		devices_ask(pcm, true, &s[1]);
	}
	if (list == NULL) {
		printf("  %s%s%s\n", show_text(text[0], pcm),
			*name != '\0' ? "  " : "", show_text(text[1], name));
		if (playback) {
			print_stream("playback", &s[0]);
		}
		if (capture) {
			print_stream("capture", &s[1]);
		}
		return;
	}
	json_t *one = json_object();
	(void)json_object_set_new(one, "pcm", print_json_text(pcm));
	(void)json_object_set_new(one, "name", print_json_text(name));
	if (playback) {
		(void)json_object_set_new(one, "playback", stream_json(&s[0]));
	}
	if (capture) {
		(void)json_object_set_new(one, "capture", stream_json(&s[1]));
	}
	(void)json_array_append_new(list, one);
	(void)l;
}

/* The PCMs of a card; what each is called, and its directions. */
static void
list_pcms(struct listing *l, snd_ctl_t *ctl, const char *id, json_t *list)
{
	snd_pcm_info_t *info = NULL;
	int device = -1;

	if (snd_pcm_info_malloc(&info) < 0) {
		l->code = cli_fail(l->cli, EX_OSERR, "out of memory");
		return;
	}
	while (snd_ctl_pcm_next_device(ctl, &device) == 0 && device >= 0) {
		char pcm[128];
		bool has[2];
		const char *name = "";

		for (int capture = 1; capture >= 0; capture--) {
			snd_pcm_info_set_device(info, (unsigned)device);
			snd_pcm_info_set_subdevice(info, 0);
			snd_pcm_info_set_stream(
				info, capture == 1 ? SND_PCM_STREAM_CAPTURE
						   : SND_PCM_STREAM_PLAYBACK);
			has[capture] = snd_ctl_pcm_info(ctl, info) == 0;
			if (has[capture]) {
				name = snd_pcm_info_get_name(info);
			}
		}
		(void)snprintf(
			pcm, sizeof pcm, "hw:CARD=%s,DEV=%d", id, device);
		list_pcm(l, pcm, name, has[0], has[1], list);
	}
	snd_pcm_info_free(info);
}

/** Room for the names of one card. */
#define NAMES_MOST 4

/** The lasting names of a card, the surest first. @return how many */
static size_t
names_of(int number, const char *id, char out[NAMES_MOST][SELECTOR_STRING])
{
	struct selector_card card[SELECTOR_CARDS];
	uint32_t count = selector_cards("", card, SELECTOR_CARDS);
	size_t n = 0;

	for (uint32_t i = 0; i < count; i++) {
		if (card[i].number != number) {
			continue;
		}
		if (card[i].usb_vendor != 0) {
			snprintf(out[n++], SELECTOR_STRING, "%s",
				card[i].selector);
		}
		if (card[i].path[0] != '\0') {
			snprintf(out[n++], SELECTOR_STRING, "%s", card[i].path);
		}
	}
	snprintf(out[n++], SELECTOR_STRING, "id:%s", id);
	snprintf(out[n++], SELECTOR_STRING, "hw:CARD=%s", id);
	return n;
}

static void
list_card(struct listing *l, int number, snd_ctl_t *ctl,
	snd_ctl_card_info_t *info)
{
	const char *id = snd_ctl_card_info_get_id(info);
	const char *name = snd_ctl_card_info_get_longname(info);
	char selector[NAMES_MOST][SELECTOR_STRING];
	char text[2][SHOW_TEXT];

	size_t n = names_of(number, id, selector);
	if (l->json == NULL) {
		printf("%s  %s\n  audio.devices:", show_text(text[0], id),
			show_text(text[1], name));
		for (size_t i = 0; i < n; i++) {
			printf("  \"%s\"", show_text(text[0], selector[i]));
		}
		(void)putchar('\n');
		list_pcms(l, ctl, id, NULL);
		return;
	}
	json_t *card = json_object();
	json_t *names = json_array();
	json_t *pcms = json_array();

	for (size_t i = 0; i < n; i++) {
		(void)json_array_append_new(
			names, print_json_text(selector[i]));
	}
	list_pcms(l, ctl, id, pcms);
	(void)json_object_set_new(card, "card", json_integer(number));
	(void)json_object_set_new(card, "id", print_json_text(id));
	(void)json_object_set_new(card, "name", print_json_text(name));
	(void)json_object_set_new(card, "selectors", names);
	(void)json_object_set_new(card, "pcms", pcms);
	(void)json_array_append_new(l->json, card);
}

static void
list_cards(struct listing *l)
{
	snd_ctl_card_info_t *info = NULL;
	int number = -1;
	bool any = false;

	if (snd_ctl_card_info_malloc(&info) < 0) {
		l->code = cli_fail(l->cli, EX_OSERR, "out of memory");
		return;
	}
	while (snd_card_next(&number) == 0 && number >= 0) {
		snd_ctl_t *ctl = NULL;
		char name[32];

		any = true;
		(void)snprintf(name, sizeof name, "hw:%d", number);
		int r = snd_ctl_open(&ctl, name, SND_CTL_NONBLOCK);
		if (r == 0) {
			r = snd_ctl_card_info(ctl, info);
		}
		if (r == 0) {
			list_card(l, number, ctl, info);
		} else {
			(void)cli_fail(l->cli, 0, "card %d: %s; %s", number,
				snd_strerror(r), mend(r));
		}
		if (ctl != NULL) {
			(void)snd_ctl_close(ctl);
		}
	}
	snd_ctl_card_info_free(info);
	if (!any && l->json == NULL) {
		(void)puts("no sound card on this machine: tactusd runs on "
			   "its clock, and audio.tap makes\nwhat would be "
			   "heard a file. A PCM of your own can be named: "
			   "tactus devices PCM…");
	}
}

/* A PCM by name: it may have one direction only, but must have one. */
static void
list_named(struct listing *l, const char *pcm)
{
	struct devices_stream s;
	int error[2];

	for (int capture = 0; capture < 2; capture++) {
		devices_ask(pcm, capture == 1, &s);
		error[capture] = s.error;
	}
	if (error[0] < 0 && error[1] < 0) {
		l->code = cli_fail(l->cli, EX_NOINPUT,
			"PCM '%s' cannot be opened: %s; %s", pcm,
			snd_strerror(error[0]), mend(error[0]));
		return;
	}
	list_pcm(l, pcm, "", error[0] == 0, error[1] == 0, l->json);
}

static int
run(struct cli *cli, int argc, char **argv)
{
	struct listing l = {.cli = cli};
	struct cli_args a;
	const char *value = NULL;
	bool json = false;
	bool named = false;
	int key;

	for (int pass = 0; pass < 2; pass++) {
		/* options may stand behind the names */
		cli_args_begin(&a, cli, argc, argv);
		while ((key = cli_args_next(&a, &value)) != CLI_END) {
			if (key == CLI_WRONG || key == CLI_SHOWN) {
				return cli_args_exit(key);
			}
			json = json || key == 'j';
			if (key == CLI_WORD && pass == 1) {
				named = true;
				list_named(&l, value);
			}
		}
		if (pass == 0) {
			(void)snd_lib_error_set_handler(be_silent);
			l.json = json ? json_array() : NULL;
		}
	}
	if (!named) {
		list_cards(&l);
	}
	(void)snd_config_update_free_global();
	if (json) {
		int r = print_json(l.json, false);

		return l.code != EX_OK ? l.code : r;
	}
	return l.code;
}

const struct verb cmd_devices = {
	.name = "devices",
	.words = "[PCM…]",
	.help = "List the sound cards, what they offer in mmap mode, and the "
		"names for audio.devices; or look at PCMs by name.",
	.choices = choices,
	.run = run,
};
