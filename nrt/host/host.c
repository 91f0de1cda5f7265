/* SPDX-License-Identifier: MIT */
/*
 * host.c -- see host.h.  The host itself, its classes, its views; what a view
 * offers is in the files beside this one.
 */
#include "host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host_private.h"
#include "fft.h"
#include "log.h"
#include "media.h"

static void
close_classes(struct host *h)
{
	for (uint32_t i = 0; i < h->classes; i++) {
		struct host_class *c = &h->class[i];

		for (uint32_t k = 0; k < c->options; k++) {
			free(c->option[k].name);
			free(c->option[k].value);
		}
		free(c->option);
		free(c->uri);
	}
	free(h->class);
}

static int
copy_class(struct host_class *to, const struct config_class *from)
{
	to->max_bytes = from->max_bytes;
	to->uri = strdup(from->uri);
	to->option = calloc((size_t)from->options + 1, sizeof *to->option);
	if (to->uri == NULL || to->option == NULL) {
		return -ENOMEM;
	}
	for (uint32_t k = 0; k < from->options; k++) {
		struct host_option *o = &to->option[k];

		to->options++;
		o->name = strdup(from->option[k].name);
		o->value = strdup(from->option[k].value);
		if (o->name == NULL || o->value == NULL) {
			return -ENOMEM;
		}
	}
	return 0;
}

static int
copy_classes(struct host *h, const struct config_classes *from)
{
	int err = 0;

	h->class = calloc((size_t)from->count + 1, sizeof *h->class);
	if (h->class == NULL) {
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < from->count && err == 0; i++) {
		h->classes++;
		err = copy_class(&h->class[i], &from -> items[i]);
	}
	return err;
}

static void
configure_limits(struct host *h, const struct config *config)
{
	/* relaxed: a limit orders nothing; who reads it late reads it late */
	atomic_store_explicit(&h->most_each, config->limits.max_resource_bytes,
		memory_order_relaxed);
	atomic_store_explicit(&h->most_total,
		config->limits.max_total_resource_bytes, memory_order_relaxed);
}

int
host_open(const struct host_config *config, struct host **out)
{
	struct host *h = calloc(1, sizeof *h);

	if (h == NULL) {
		return -ENOMEM;
	}
	h->rate = config->rate;
	h->block = config->config->audio.block;
	h->lock_memory = config->lock_memory;
	int err = copy_classes(h, &config->config->resource_classes);
	if (err == 0) {
		err = media_open(config->config, &h->media);
	}
	if (err != 0) {
		host_close(h);
		return err;
	}
	configure_limits(h, config->config);
	*out = h;
	return 0;
}

void
host_configure(struct host *h, const struct config *config)
{
	configure_limits(h, config);
	if (media_configure(h->media, config) != 0) {
		log_err("host: out of memory: the settings of media stay as "
			"they were");
	}
}

void
host_close(struct host *h)
{
	if (h == NULL) {
		return;
	}
	close_classes(h);
	media_close(h->media);
	free(h);
}

uint64_t
host_bytes(const struct host *h)
{
	return atomic_load_explicit(&h->bytes, memory_order_relaxed);
}

const struct host_class *
host_class_of(const struct host *h, const char *uri)
{
	for (uint32_t i = 0; uri != NULL && i < h->classes; i++) {
		if (strcmp(h->class[i].uri, uri) == 0) {
			return &h->class[i];
		}
	}
	return NULL;
}

static const char *
host_class_option(const TactusHost *host, const char *uri, const char *name)
{
	const struct host_class *c = host_class_of(host_behind(host), uri);

	for (uint32_t k = 0; c != NULL && k < c->options; k++) {
		if (strcmp(c->option[k].name, name) == 0) {
			return c->option[k].value;
		}
	}
	return NULL;
}

static void
host_log(const TactusHost *host, enum TactusLevel level, const char *text)
{
	const char *who = host_view_of(host)->who;

	if (who == NULL) {
		who = "plugin";
	}
	switch (level) {
	case TACTUS_LOG_ERROR:
		log_err("%s: %s", who, text);
		return;
	case TACTUS_LOG_WARNING:
		log_warn("%s: %s", who, text);
		return;
	case TACTUS_LOG_INFO:
		log_info("%s: %s", who, text);
		return;
	case TACTUS_LOG_DEBUG:
		log_debug("%s: %s", who, text);
		return;
	}
	log_err("%s (of unknown level %d): %s", who, (int)level, text);
}

static int
register_none(const TactusHost *host, const TactusSynthDef *def)
{
	(void)host;
	(void)def;
	return -1;
}

static int
register_no_resource(const TactusHost *host, const TactusResourceDef *def)
{
	(void)host;
	(void)def;
	return -1;
}

static int
register_no_job(const TactusHost *host, const TactusJobDef *def)
{
	(void)host;
	(void)def;
	return -1;
}

void
host_view_init(struct host_view *v, struct host *h)
{
	*v = (struct host_view){
		.host =
			{
                               .size = sizeof v->host,
                               .abi = TACTUS_ABI_VERSION,
                               .rate = h->rate,
                               .block = h->block,
                               .register_synthdef = register_none,
                               .register_resource_def = register_no_resource,
                               .register_job_def = register_no_job,
                               .log = host_log,
                               .alloc = host_alloc,
                               .free = host_free,
                               .limit = host_limit,
                               .class_option = host_class_option,
                               .progress = host_progress,
                               .is_cancelled = host_is_cancelled,
                               .result = host_result,
                               .open_sound = host_open_sound,
                               .seek_sound = host_seek_sound,
                               .read_sound = host_read_sound,
                               .create_sound = host_create_sound,
                               .write_sound = host_write_sound,
                               .close_sound = host_close_sound,
                               .open_resampler = host_open_resampler,
                               .resample = host_resample,
                               .close_resampler = host_close_resampler,
                               .open_fft = host_open_fft,
                               .close_fft = host_close_fft,
                               .fft_forward = fft_forward,
                               .fft_inverse = fft_inverse,
			       },
		.of = h,
	};
	host_view_begin(v, NULL, NULL);
}

struct host_view *
host_view_of(const TactusHost *host)
{
	/* the view is the engine's, and never const */
	union {
		const TactusHost *host;
		struct host_view *view;
	} u = {host};

	return u.view;
}
