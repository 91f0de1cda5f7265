/* SPDX-License-Identifier: MIT */
/*
 * alsa.c -- a card's calls, by alsa-lib; one of three files that may call the
 * kernel.  rt alone lives here; see card.h for what each call is to do.
 *
 * What they cost, for a PCM of a kernel driver: wait is a poll; prepare,
 * start, drop and resume are one ioctl; the others read and write the mapped
 * status and control pages (one ioctl where a card has none).
 */
#include "alsa_private.h"

#include <errno.h>
#include <poll.h>

#include <alsa/asoundlib.h>

#define REASON "the PCM's own calls"

TACTUS_RT static struct alsa_pcm *
self(void *pcm)
{
	return pcm;
}

/* What poll's error on a side means. */
TACTUS_RT static int
state_error(snd_pcm_state_t state)
{
	switch (state) {
	case SND_PCM_STATE_XRUN:
		return -EPIPE;
	case SND_PCM_STATE_SUSPENDED:
		return -ESTRPIPE;
	case SND_PCM_STATE_DISCONNECTED:
		return -ENODEV;
	case SND_PCM_STATE_OPEN:
	case SND_PCM_STATE_SETUP:
	case SND_PCM_STATE_PREPARED:
	case SND_PCM_STATE_RUNNING:
	case SND_PCM_STATE_DRAINING:
	case SND_PCM_STATE_PAUSED:
	case SND_PCM_STATE_PRIVATE1:
		break;
	}
	return -EIO;
}

/* 0, or what poll's answer for a side says went wrong. */
TACTUS_RT static int
side_error(struct alsa_pcm *p, enum card_side side)
{
	unsigned short events = 0;

	TACTUS_RT_TRUST_BEGIN(REASON)
	int err = snd_pcm_poll_descriptors_revents(p->handle[side],
		p->fd + p->first_fd[side], p->fds[side], &events);
	snd_pcm_state_t state = snd_pcm_state(p->handle[side]);
	TACTUS_RT_TRUST_END
	if (err < 0) {
		return err;
	}
	return (events & (POLLERR | POLLNVAL | POLLHUP)) != 0
		       ? state_error(state)
		       : 0;
}

TACTUS_RT static int
alsa_wait(void *pcm, uint32_t sides, int timeout_ms)
{
	struct alsa_pcm *p = self(pcm);
	uint32_t first = 0;
	uint32_t count = p->fds[CARD_CAPTURE] + p->fds[CARD_PLAYBACK];

	if (sides == CARD_SIDE(CARD_CAPTURE)) {
		count = p->fds[CARD_CAPTURE];
	} else if (sides == CARD_SIDE(CARD_PLAYBACK)) {
		first = p->first_fd[CARD_PLAYBACK];
		count = p->fds[CARD_PLAYBACK];
	}
	TACTUS_RT_TRUST_BEGIN(REASON)
	int got = poll(p->fd + first, count, timeout_ms);
	got = got < 0 ? -errno : got;
	TACTUS_RT_TRUST_END
	if (got <= 0) {
		return got;
	}
	for (int i = 0; i < CARD_SIDES; i++) {
		if ((sides & CARD_SIDE(i)) == 0 || p->handle[i] == NULL) {
			continue;
		}
		int err = side_error(p, (enum card_side)i);
		if (err < 0) {
			return err;
		}
	}
	return 1;
}

TACTUS_RT static int64_t
alsa_avail(void *pcm, enum card_side side)
{
	TACTUS_RT_TRUST_BEGIN(REASON)
	int64_t avail = snd_pcm_avail_update(self(pcm)->handle[side]);
	TACTUS_RT_TRUST_END
	return avail;
}

TACTUS_RT static int64_t
alsa_begin(void *pcm, enum card_side side, struct convert_area *areas,
	uint32_t frames)
{
	struct alsa_pcm *p = self(pcm);
	const snd_pcm_channel_area_t *area;
	snd_pcm_uframes_t n = frames;

	TACTUS_RT_TRUST_BEGIN(REASON)
	int err = snd_pcm_mmap_begin(
		p->handle[side], &area, &p->offset[side], &n);
	TACTUS_RT_TRUST_END
	if (err < 0) {
		return err;
	}
	for (uint32_t i = 0; i < p->channels[side]; i++) {
		size_t bits = area[i].first + p->offset[side] * area[i].step;
		areas[i].at = (unsigned char *)area[i].addr + bits / 8;
		areas[i].step = area[i].step / 8;
	}
	return (int64_t)n;
}

TACTUS_RT static int64_t
alsa_commit(void *pcm, enum card_side side, uint32_t frames)
{
	struct alsa_pcm *p = self(pcm);

	TACTUS_RT_TRUST_BEGIN(REASON)
	int64_t done =
		snd_pcm_mmap_commit(p->handle[side], p->offset[side], frames);
	TACTUS_RT_TRUST_END
	return done;
}

/* Capture first; `once`: linked PCMs do it as one. */
TACTUS_RT static int
each(struct alsa_pcm *p, int (*call)(snd_pcm_t *), bool once)
{
	int result = 0;

	for (int i = 0; i < CARD_SIDES; i++) {
		if (p->handle[i] == NULL) {
			continue;
		}
		TACTUS_RT_TRUST_BEGIN(REASON)
		int err = call(p->handle[i]);
		TACTUS_RT_TRUST_END
		if (err < 0 && result == 0) {
			result = err;
		}
		if (once && p->linked) {
			break;
		}
	}
	return result;
}

/* Both, linked or not: alsa-lib keeps positions for each handle. */
TACTUS_RT static int
alsa_prepare(void *pcm)
{
	return each(self(pcm), snd_pcm_prepare, false);
}

TACTUS_RT static int
alsa_start(void *pcm)
{
	return each(self(pcm), snd_pcm_start, true);
}

TACTUS_RT static int
alsa_drop(void *pcm)
{
	return each(self(pcm), snd_pcm_drop, false);
}

TACTUS_RT static int
alsa_resume(void *pcm)
{
	return each(self(pcm), snd_pcm_resume, true);
}

TACTUS_RT static enum card_state
one_state(snd_pcm_t *handle)
{
	TACTUS_RT_TRUST_BEGIN(REASON)
	snd_pcm_state_t state = snd_pcm_state(handle);
	TACTUS_RT_TRUST_END
	switch (state) {
	case SND_PCM_STATE_RUNNING:
	case SND_PCM_STATE_DRAINING:
		return CARD_STATE_RUNNING;
	case SND_PCM_STATE_XRUN:
		return CARD_STATE_XRUN;
	case SND_PCM_STATE_SUSPENDED:
		return CARD_STATE_SUSPENDED;
	case SND_PCM_STATE_DISCONNECTED:
		return CARD_STATE_GONE;
	case SND_PCM_STATE_OPEN:
	case SND_PCM_STATE_SETUP:
	case SND_PCM_STATE_PREPARED:
	case SND_PCM_STATE_PAUSED:
	case SND_PCM_STATE_PRIVATE1:
		break;
	}
	return CARD_STATE_STOPPED;
}

/* The worse of the two: the states stand in that order. */
TACTUS_RT static enum card_state
alsa_state(void *pcm)
{
	struct alsa_pcm *p = self(pcm);
	enum card_state worst = CARD_STATE_RUNNING;

	for (int i = 0; i < CARD_SIDES; i++) {
		if (p->handle[i] != NULL) {
			enum card_state s = one_state(p->handle[i]);
			worst = s > worst ? s : worst;
		}
	}
	return worst;
}

TACTUS_RT static bool
alsa_stamp(void *pcm, enum card_side side, int64_t *ns, int64_t *avail)
{
	snd_pcm_uframes_t frames = 0;
	snd_htimestamp_t t = {0, 0};

	TACTUS_RT_TRUST_BEGIN(REASON)
	int err = snd_pcm_htimestamp(self(pcm)->handle[side], &frames, &t);
	TACTUS_RT_TRUST_END
	*ns = (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
	*avail = (int64_t)frames;
	return err >= 0 && *ns != 0;
}

const struct card_ops alsa_ops = {
	.wait = alsa_wait,
	.avail = alsa_avail,
	.begin = alsa_begin,
	.commit = alsa_commit,
	.prepare = alsa_prepare,
	.start = alsa_start,
	.drop = alsa_drop,
	.resume = alsa_resume,
	.state = alsa_state,
	.stamp = alsa_stamp,
};
