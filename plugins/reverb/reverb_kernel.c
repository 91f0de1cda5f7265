/* SPDX-License-Identifier: MIT */
/*
 * reverb_kernel.c -- see reverb_kernel.h.
 *
 * Loops over frames or over lines, for the compiler to make vectors of; what
 * has a line's last frame in it goes over the lines within each frame.
 */
#include "reverb_kernel.h"

#include <tactus/math.h>

/** Coefficient of the diffusers. */
#define DIFFUSION 0.6f
/** sqrt(16), inverted. */
#define ORTHONORMAL 0.25f

TACTUS_RT static inline float
fade_at(const struct reverb_fade *f, uint32_t i)
{
	return (float)(int32_t)(f->from + i) * f->step;
}

TACTUS_RT TACTUS_CLONES void
reverb_kernel_tame(
	float *restrict out, const float *restrict in, uint32_t frames)
{
	for (uint32_t i = 0; i < frames; i++) {
		out[i] = tactus_tame(in[i]);
	}
}

TACTUS_RT TACTUS_CLONES void
reverb_kernel_blend(float *restrict out, const float *restrict dry,
	const float *restrict wet, const float *restrict mix, uint32_t frames)
{
	for (uint32_t i = 0; i < frames; i++) {
		float sum = (1.0f - mix[i]) * dry[i] + mix[i] * wet[i];

		out[i] = mix[i] == 0.0f ? dry[i] : sum;
	}
}

TACTUS_RT TACTUS_CLONES void
reverb_kernel_scale(float *x, float gain, uint32_t frames)
{
	for (uint32_t i = 0; i < frames; i++) {
		x[i] *= gain;
	}
}

TACTUS_RT TACTUS_CLONES void
reverb_kernel_fade(float *restrict x, float gain, const float *restrict y,
	float y_gain, const struct reverb_fade *fade, uint32_t frames)
{
	const struct reverb_fade f = *fade;

	for (uint32_t i = 0; i < frames; i++) {
		float w = fade_at(&f, i);

		x[i] = (1.0f - w) * (gain * x[i]) + w * (y_gain * y[i]);
	}
}

TACTUS_RT TACTUS_CLONES void
reverb_kernel_diffuse(float *restrict x, float *restrict past, uint32_t frames)
{
	for (uint32_t i = 0; i < frames; i++) {
		float in = x[i] - DIFFUSION * past[i];

		x[i] = past[i] + DIFFUSION * in;
		past[i] = in;
	}
}

TACTUS_RT void
reverb_kernel_damp(float (*x)[REVERB_CHUNK], float *state, const float *pole,
	uint32_t frames)
{
	/* eight lines at once: as many as there are registers for */
	for (uint32_t k = 0; k < REVERB_LINES; k += 8) {
		float s[8];
		float b[8];

		for (uint32_t l = 0; l < 8; l++) {
			s[l] = state[k + l];
			b[l] = pole[k + l];
		}
		for (uint32_t i = 0; i < frames; i++) {
			for (uint32_t l = 0; l < 8; l++) {
				float in = x[k + l][i];

				s[l] = (1.0f - b[l]) * in + b[l] * s[l];
				x[k + l][i] = s[l];
			}
		}
		for (uint32_t l = 0; l < 8; l++) {
			state[k + l] = s[l];
		}
	}
}

TACTUS_RT void
reverb_kernel_damp_moving(float (*x)[REVERB_CHUNK], float *state,
	const float *pole, const float *next, const struct reverb_fade *fade,
	uint32_t frames)
{
	for (uint32_t i = 0; i < frames; i++) {
		float w = fade_at(fade, i);

		for (uint32_t k = 0; k < REVERB_LINES; k++) {
			float b = pole[k] + w * (next[k] - pole[k]);

			state[k] = (1.0f - b) * x[k][i] + b * state[k];
			x[k][i] = state[k];
		}
	}
}

/** The sums and the differences of two pairs of lines, twice. */
TACTUS_RT static inline void
mix_four(float *restrict a, float *restrict b, float *restrict c,
	float *restrict d, float scale, uint32_t frames)
{
	for (uint32_t i = 0; i < frames; i++) {
		float ab = a[i] + b[i];
		float a_b = a[i] - b[i];
		float cd = c[i] + d[i];
		float c_d = c[i] - d[i];

		a[i] = scale * (ab + cd);
		b[i] = scale * (a_b + c_d);
		c[i] = scale * (ab - cd);
		d[i] = scale * (a_b - c_d);
	}
}

TACTUS_RT TACTUS_CLONES void
reverb_kernel_mix(float (*x)[REVERB_CHUNK], uint32_t frames)
{
	/* Sylvester's matrix of 16 is that of 4 over blocks of that of 4 */
	for (uint32_t k = 0; k < 16; k += 4) {
		mix_four(x[k], x[k + 1], x[k + 2], x[k + 3], ORTHONORMAL,
			frames);
	}
	for (uint32_t k = 0; k < 4; k++) {
		mix_four(x[k], x[k + 4], x[k + 8], x[k + 12], 1.0f, frames);
	}
}

TACTUS_RT TACTUS_CLONES void
reverb_kernel_feed(float *restrict x, const float *restrict in, float level,
	float next, const struct reverb_fade *fade, uint32_t frames)
{
	const struct reverb_fade f = *fade;

	for (uint32_t i = 0; i < frames; i++) {
		x[i] += (level + fade_at(&f, i) * (next - level)) * in[i];
	}
}
