/* SPDX-License-Identifier: MIT */
/*
 * alsa_setup.c -- a card is opened and closed; see alsa.h.
 *
 * The device thread (or before-start) lives here: all of this allocates,
 * reads files and may block for long, which rt must not.
 */
#include <errno.h>
#include <glob.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <alsa/asoundlib.h>

#include "alsa_params_setup.h"
#include "alsa_private.h"

/*
 * Where alsa-lib's own complaints go while this thread opens a card: its
 * handler is given no pointer of ours.  Each thread has its own.
 */
static _Thread_local struct alsa_text *complaints;

static void complain(const char *file, int line, const char *function, int err,
	const char *format, ...) __attribute__((format(printf, 5, 6)));

static void
complain(const char *file, int line, const char *function, int err,
	const char *format, ...)
{
	char text[200];
	va_list args;

	(void)file;
	(void)line;
	(void)function;
	if (complaints == NULL) {
		return; /* on rt, or nobody asks: the return value says it */
	}
	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (err != 0) {
		alsa_say(complaints, "alsa-lib: %s: %s", text,
			snd_strerror(err));
	} else {
		alsa_say(complaints, "alsa-lib: %s", text);
	}
}

/* The number of the card that a PCM name speaks of; -1: it does not say. */
static int
card_of(const char *name)
{
	const char *at = strstr(name, "CARD=");
	char card[64];

	if (at != NULL) {
		at += strlen("CARD=");
	} else if ((at = strchr(name, ':')) != NULL) {
		at++;
	} else {
		return -1;
	}
	size_t length = strcspn(at, ",'\"");
	if (length == 0 || length >= sizeof card) {
		return -1;
	}
	memcpy(card, at, length);
	card[length] = '\0';
	return snd_card_get_index(card);
}

static long
owner_in(const char *path)
{
	FILE *f = fopen(path, "re");
	char line[128];
	long pid = 0;

	if (f == NULL) {
		return 0;
	}
	while (pid == 0 && fgets(line, sizeof line, f) != NULL) {
		const char *colon = strchr(line, ':');
		if (strncmp(line, "owner_pid", 9) == 0 && colon != NULL) {
			pid = strtol(colon + 1, NULL, 10);
		}
	}
	(void)fclose(f);
	return pid;
}

/* Who has the card in that direction, in words; empty: nobody says. */
static void
find_owner(const char *name, enum card_side side, char *out, size_t size)
{
	char path[96];
	char comm[32] = "";
	glob_t found;
	long pid = 0;
	int card = card_of(name);

	out[0] = '\0';
	if (card < 0) {
		return;
	}
	(void)snprintf(path, sizeof path,
		"/proc/asound/card%d/pcm*%c/sub*/status", card,
		side == CARD_PLAYBACK ? 'p' : 'c');
	if (glob(path, 0, NULL, &found) != 0) {
		return;
	}
	for (size_t i = 0; pid == 0 && i < found.gl_pathc; i++) {
		pid = owner_in(found.gl_pathv[i]);
	}
	globfree(&found);
	if (pid == 0) {
		return;
	}
	(void)snprintf(path, sizeof path, "/proc/%ld/comm", pid);
	FILE *f = fopen(path, "re");
	if (f != NULL) {
		if (fgets(comm, sizeof comm, f) != NULL) {
			comm[strcspn(comm, "\n")] = '\0';
		}
		(void)fclose(f);
	}
	(void)snprintf(out, size, " by %s (pid %ld)",
		comm[0] != '\0' ? comm : "a process", pid);
}

static void
say_refused(const char *name, enum card_side side, int err, struct alsa_text *t)
{
	const char *way = side == CARD_PLAYBACK ? "playback" : "capture";
	char owner[80];

	switch (err) {
	case -EBUSY:
	case -EAGAIN:
		find_owner(name, side, owner, sizeof owner);
		alsa_say(t,
			"PCM \"%s\" is in use%s for %s: stop that program, or "
			"name another device",
			name, owner, way);
		return;
	case -EACCES:
	case -EPERM:
		alsa_say(t,
			"PCM \"%s\" may not be opened for %s: add this user "
			"to the group audio (a unit needs "
			"DeviceAllow=char-alsa rw)",
			name, way);
		return;
	case -ENOENT:
	case -ENODEV:
	case -ENXIO:
		alsa_say(t,
			"PCM \"%s\" is not there for %s (%s): plug the card "
			"in, or choose one from `tactus devices`",
			name, way, snd_strerror(err));
		return;
	default:
		alsa_say(t, "PCM \"%s\" does not open for %s: %s", name, way,
			snd_strerror(err));
	}
}

static const snd_pcm_stream_t stream_of[CARD_SIDES] = {
	[CARD_CAPTURE] = SND_PCM_STREAM_CAPTURE,
	[CARD_PLAYBACK] = SND_PCM_STREAM_PLAYBACK,
};

static int
open_side(struct alsa_deal *d, enum card_side side, uint32_t format,
	struct alsa_text *t)
{
	/* non-blocking: a busy card is told of, not waited for */
	int err = snd_pcm_open(
		&d->handle, d->name, stream_of[side], SND_PCM_NONBLOCK);
	if (err < 0) {
		d->handle = NULL;
		say_refused(d->name, side, err, t);
		return err;
	}
	return alsa_agree(d, format, t);
}

/* Both have to run alike; playback was agreed on first and leads. */
static int
match(struct alsa_deal deal[CARD_SIDES], const struct alsa_request *ask,
	struct alsa_text *t)
{
	const struct alsa_deal *c = &deal[CARD_CAPTURE];
	const struct alsa_deal *p = &deal[CARD_PLAYBACK];

	if (c->handle != NULL && p->handle != NULL && c->rate != p->rate) {
		alsa_say(t,
			"PCM \"%s\" captures at %u Hz while \"%s\" plays at "
			"%u Hz: set an audio.rate that both have",
			c->name, c->rate, p->name, p->rate);
		return -EINVAL;
	}
	const struct alsa_deal *lead = p->handle != NULL ? p : c;
	if (ask->rate_exact && lead->rate != ask->rate) {
		alsa_say(t,
			"PCM \"%s\" runs at %u Hz, the engine at %u Hz since "
			"it started: set audio.rate and start again",
			lead->name, lead->rate, ask->rate);
		return -EINVAL;
	}
	return 0;
}

static void
say_differences(const struct alsa_deal *d, const struct alsa_request *ask,
	uint32_t channels, struct alsa_text *t)
{
	if (d->rate != ask->rate) {
		alsa_say(t, "PCM \"%s\" runs at %u Hz, not at %u", d->name,
			d->rate, ask->rate);
	}
	if (d->channels != channels) {
		alsa_say(t, "PCM \"%s\" has %u channels, not %u", d->name,
			d->channels, channels);
	}
	if (d->period != ask->period || d->periods != ask->periods) {
		alsa_say(t,
			"PCM \"%s\" takes %u periods of %u frames, not %u of "
			"%u",
			d->name, d->periods, d->period, ask->periods,
			ask->period);
	}
}

static int
take_fds(struct alsa_pcm *p, enum card_side side, struct alsa_text *t)
{
	uint32_t first = side == CARD_PLAYBACK ? p->fds[CARD_CAPTURE] : 0;
	int count = snd_pcm_poll_descriptors_count(p->handle[side]);

	if (count > 0 && first + (uint32_t)count <= ALSA_MAX_FDS) {
		count = snd_pcm_poll_descriptors(
			p->handle[side], p->fd + first, (unsigned int)count);
	} else {
		count = -EINVAL;
	}
	if (count <= 0) {
		alsa_say(t, "the PCM has no descriptors to wait on: choose "
			    "one of a card from `tactus devices`");
		return -EINVAL;
	}
	p->first_fd[side] = first;
	p->fds[side] = (uint32_t)count;
	return 0;
}

/* The deals are made: the rest that only needs their numbers. */
static int
settle(struct alsa_pcm *p, struct alsa_deal deal[CARD_SIDES],
	struct card_config *config, struct alsa_text *t)
{
	for (int i = 0; i < CARD_SIDES; i++) {
		const struct alsa_deal *d = &deal[i];
		if (d->handle == NULL) {
			continue;
		}
		config->rate = d->rate;
		config->side[i] = (struct card_stream){
			true, d->format, d->channels, d->buffer};
		if (d->period > config->period) {
			config->period = d->period;
		}
		p->channels[i] = d->channels;
	}
	for (int i = 0; i < CARD_SIDES; i++) {
		uint32_t fit = deal[i].buffer / config->period;
		if (deal[i].handle != NULL && fit < config->periods) {
			config->periods = fit;
		}
	}
	uint32_t target = config->period * config->periods;
	for (int i = 0; i < CARD_SIDES; i++) {
		if (deal[i].handle == NULL) {
			continue;
		}
		uint32_t spare =
			i == CARD_PLAYBACK ? deal[i].buffer - target : 0;
		int err =
			alsa_set_software(&deal[i], spare + config->period, t);
		if (err == 0) {
			err = take_fds(p, (enum card_side)i, t);
		}
		if (err < 0) {
			return err;
		}
	}
	if (config->periods < 2) {
		alsa_say(t, "capture and playback do not agree on a period: "
			    "set audio.period to one that both have");
		return -EINVAL;
	}
	return 0;
}

static void
close_pcm(struct alsa_pcm *p)
{
	for (int i = 0; i < CARD_SIDES; i++) {
		if (p->handle[i] != NULL) {
			(void)snd_pcm_drop(p->handle[i]);
		}
	}
	if (p->linked) {
		(void)snd_pcm_unlink(p->handle[CARD_CAPTURE]);
	}
	for (int i = 0; i < CARD_SIDES; i++) {
		if (p->handle[i] != NULL) {
			(void)snd_pcm_close(p->handle[i]);
		}
	}
	free(p->fd);
	free(p);
}

/* All sides that are asked for, playback first. */
static int
make_deals(struct alsa_pcm *p, const struct alsa_request *ask,
	struct alsa_deal deal[CARD_SIDES], struct alsa_text *t)
{
	uint32_t rate = ask->rate;
	uint32_t period = ask->period;

	for (int i = CARD_PLAYBACK; i >= CARD_CAPTURE; i--) {
		bool plays = i == CARD_PLAYBACK;
		struct alsa_deal *d = &deal[i];
		d->name = plays ? ask->playback : ask->capture;
		d->channels = plays ? ask->outputs : ask->inputs;
		if (d->name == NULL || d->channels == 0) {
			continue;
		}
		d->rate = rate;
		d->period = period;
		d->periods = ask->periods;
		int err = open_side(d, (enum card_side)i, ask->format, t);
		p->handle[i] = d->handle;
		if (err < 0) {
			return err;
		}
		rate = d->rate;
		period = d->period;
	}
	if (p->handle[CARD_CAPTURE] == NULL &&
		p->handle[CARD_PLAYBACK] == NULL) {
		alsa_say(t,
			"no PCM is asked for: audio.devices and "
			"audio.capture_devices name none that has channels");
		return -EINVAL;
	}
	return match(deal, ask, t);
}

static int
open_all(struct alsa_pcm *p, const struct alsa_request *ask, struct card **out,
	struct alsa_facts *facts, struct alsa_text *t)
{
	struct alsa_deal deal[CARD_SIDES] = {{0}, {0}};
	struct card_config config = {
		.block = ask->block,
		.inputs = ask->inputs,
		.outputs = ask->outputs,
		.periods = ask->periods,
		.dither = ask->dither,
	};

	int err = make_deals(p, ask, deal, t);
	if (err == 0) {
		err = settle(p, deal, &config, t);
	}
	if (err == 0) {
		err = card_open(&config, &alsa_ops, p, out);
		if (err != 0) {
			alsa_say(t, "no card can be made of it: %s",
				strerror(-err));
		}
	}
	if (err != 0) {
		return err;
	}
	if (p->handle[CARD_CAPTURE] != NULL &&
		p->handle[CARD_PLAYBACK] != NULL) {
		/* plugins cannot (ENOSYS); they are started one by one */
		p->linked = snd_pcm_link(p->handle[CARD_CAPTURE],
				    p->handle[CARD_PLAYBACK]) == 0;
	}
	*facts = (struct alsa_facts){.linked = p->linked, .hardware = true};
	for (int i = 0; i < CARD_SIDES; i++) {
		if (deal[i].handle == NULL) {
			continue;
		}
		facts->interleaved[i] = deal[i].interleaved;
		facts->hardware =
			facts->hardware &&
			snd_pcm_type(deal[i].handle) == SND_PCM_TYPE_HW;
		say_differences(&deal[i], ask,
			i == CARD_PLAYBACK ? ask->outputs : ask->inputs, t);
	}
	return 0;
}

int
alsa_open(const struct alsa_request *ask, struct card **out,
	struct alsa_facts *facts, char *why, size_t size)
{
	struct alsa_text text = {why, size};

	why[0] = '\0';
	/* for the whole process: rt must never print */
	(void)snd_lib_error_set_handler(complain);
	(void)snd_config_update_free_global();
	struct alsa_pcm *p = calloc(1, sizeof *p);
	struct pollfd *fd = calloc(ALSA_MAX_FDS, sizeof *fd);
	if (p == NULL || fd == NULL) {
		free(p);
		free(fd);
		alsa_say(&text, "no memory to open a card");
		return -ENOMEM;
	}
	p->fd = fd;
	complaints = &text;
	int err = open_all(p, ask, out, facts, &text);
	complaints = NULL;
	if (err != 0) {
		close_pcm(p);
	}
	return err;
}

void
alsa_close(struct card *c)
{
	if (c == NULL) {
		return;
	}
	close_pcm(card_pcm(c));
	card_close(c);
}

bool
alsa_is_hardware(const char *name)
{
	return strncmp(name, "hw:", 3) == 0;
}
