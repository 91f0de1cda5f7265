/* SPDX-License-Identifier: MIT */
/*
 * hear.c -- what scripts cannot do by themselves: write a score that plays a
 * sine through the example's def, hear whether it did, tell a file's peak.
 *
 * usage: hear score FILE | hear check FILE.wav | hear peak FILE.wav
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sndfile.h>

#include "osc_write.h"

#define RATE   48000
#define FRAMES 4800
#define FREQ   1000.0
#define AMP    0.5
#define GAIN   0.25
#define BUS    4
#define NEAR   2e-6

static void
die(const char *what)
{
	fprintf(stderr, "hear: %s\n", what);
	exit(1);
}

static void
write_packet(FILE *to, const uint8_t *packet, size_t size)
{
	const uint8_t length[4] = {(uint8_t)(size >> 24), (uint8_t)(size >> 16),
		(uint8_t)(size >> 8), (uint8_t)size};

	if (fwrite(length, 1, 4, to) != 4 ||
		fwrite(packet, 1, size, to) != size) {
		die(strerror(errno));
	}
}

static void
end_message(FILE *to, struct osc_out *o, const uint8_t *packet)
{
	size_t size = osc_end(o);

	if (size == 0) {
		die("a message is too long");
	}
	write_packet(to, packet, size);
}

static void
write_synth(FILE *to, const char *def, int32_t id, float control, float more)
{
	uint8_t packet[256];
	struct osc_out o;

	osc_begin(&o, packet, sizeof packet, "/synth/new");
	osc_put_string(&o, def);
	osc_put_int(&o, id);
	osc_put_int(&o, 0);
	osc_put_int(&o, 1);
	osc_put_array(&o);
	osc_put_float(&o, control);
	if (more > 0.0F) {
		osc_put_float(&o, more);
	}
	osc_end_array(&o);
	end_message(to, &o, packet);
}

static void
write_map(FILE *to, const char *address, int32_t id, const char *port,
	int32_t bus, int32_t flags)
{
	uint8_t packet[256];
	struct osc_out o;

	osc_begin(&o, packet, sizeof packet, address);
	osc_put_int(&o, id);
	osc_put_string(&o, port);
	osc_put_int(&o, bus);
	osc_put_int(&o, flags);
	end_message(to, &o, packet);
}

static void
write_activate(FILE *to, int32_t id)
{
	uint8_t packet[64];
	struct osc_out o;

	osc_begin(&o, packet, sizeof packet, "/synth/activate");
	osc_put_int(&o, id);
	end_message(to, &o, packet);
}

static int
write_score(const char *path)
{
	uint8_t packet[64];
	size_t size;
	FILE *to = fopen(path, "wb");

	if (to == NULL) {
		die(strerror(errno));
	}
	write_synth(to, "sine", 10, (float)FREQ, (float)AMP);
	write_map(to, "/synth/map/output", 10, "out", BUS, 0);
	write_synth(
		to, "urn:example:synthdef:my-gain:1", 11, (float)GAIN, 0.0F);
	write_map(to, "/synth/map/input", 11, "in", BUS, 0);
	write_map(to, "/synth/map/output", 11, "out", 0, 1);
	write_activate(to, 10);
	write_activate(to, 11);
	/* the end: an empty bundle */
	uint64_t end = ((uint64_t)FRAMES << 32) / RATE;
	if (!osc_bundle_begin(packet, sizeof packet, &size, end)) {
		die("no room for a bundle");
	}
	write_packet(to, packet, size);
	if (fclose(to) != 0) {
		die(strerror(errno));
	}
	return 0;
}

/** Is the first channel the sine at its level, and all others silent? */
static int
check_sound(const char *path)
{
	SF_INFO info = {0};
	float frame[64];
	sf_count_t n = 0;
	SNDFILE *f = sf_open(path, SFM_READ, &info);

	if (f == NULL) {
		die(sf_strerror(NULL));
	}
	if (info.samplerate != RATE || info.channels > 64) {
		die("the file has another form");
	}
	while (sf_readf_float(f, frame, 1) == 1) {
		double cycles = fmod((double)n * FREQ / RATE, 1.0);
		double want = AMP * GAIN * sin(2.0 * M_PI * cycles);

		for (int c = 0; c < info.channels; c++) {
			double is = (double)frame[c];
			double off = fabs(is - (c == 0 ? want : 0.0));
			if (!(off <= NEAR)) {
				fprintf(stderr,
					"hear: frame %lld, channel %d: %g, "
					"not %g\n",
					(long long)n, c, is,
					c == 0 ? want : 0.0);
				return 1;
			}
		}
		n++;
	}
	sf_close(f);
	if (n < FRAMES) {
		fprintf(stderr, "hear: %lld frames, not %d\n", (long long)n,
			FRAMES);
		return 1;
	}
	printf("%lld frames of the sine, times %g\n", (long long)n, GAIN);
	return 0;
}

static int
tell_peak(const char *path)
{
	SF_INFO info = {0};
	double peak = 0.0;
	SNDFILE *f = sf_open(path, SFM_READ, &info);

	if (f == NULL ||
		sf_command(f, SFC_CALC_SIGNAL_MAX, &peak, sizeof peak) != 0) {
		die(sf_strerror(f));
	}
	sf_close(f);
	printf("%g\n", peak);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "score") == 0) {
		return write_score(argv[2]);
	}
	if (argc == 3 && strcmp(argv[1], "check") == 0) {
		return check_sound(argv[2]);
	}
	if (argc == 3 && strcmp(argv[1], "peak") == 0) {
		return tell_peak(argv[2]);
	}
	die("usage: hear score FILE | hear check FILE.wav | hear peak "
	    "FILE.wav");
	return 1;
}
