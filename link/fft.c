/* SPDX-License-Identifier: MIT */
/*
 * fft.c -- see fft.h.  The transforms, on tables that are read only.
 *
 * `size` real numbers are taken as `size / 2` complex ones, evens as real and
 * odds as imaginary parts, and what kissfft makes of these is taken apart
 * (Numerical Recipes in C, 12.3, "FFT of Single Real Function").  kiss_fftr
 * of the library does the same, but keeps its scratch in the tables; ours is
 * the caller's, so that threads share the tables (ADR 0012).
 */
#include "fft.h"

#include "fft_private.h"
#include "mark.h"

/* kissfft writes no tables and, as `in` and `out` differ, takes no memory. */
TACTUS_RT static void
transform(kiss_fft_cfg cfg, const float *in, float *out)
{
	TACTUS_RT_TRUST_BEGIN("kissfft: butterflies of 4 and 2, nothing else")
	kiss_fft(cfg, (const kiss_fft_cpx *)in, (kiss_fft_cpx *)out);
	TACTUS_RT_TRUST_END
}

TACTUS_RT void
fft_forward(const TactusFft *fft, const float *time, float *spectrum,
	float *scratch)
{
	const uint32_t half = fft->size / 2;
	const float *z = scratch;

	transform(fft->forward, time, scratch);
	spectrum[0] = z[0] + z[1];
	spectrum[1] = 0.0F;
	spectrum[2 * half] = z[0] - z[1];
	spectrum[2 * half + 1] = 0.0F;
	for (uint32_t k = 1; k <= half / 2; k++) {
		const float *a = z + 2 * (size_t)k;
		const float *b = z + 2 * (size_t)(half - k);
		const float *w = fft->twiddle + 2 * (size_t)k;
		/* even: (a + b*) / 2; odd: (a - b*) / 2i, turned by w */
		float even_r = 0.5F * (a[0] + b[0]);
		float even_i = 0.5F * (a[1] - b[1]);
		float odd_r = 0.5F * (a[1] + b[1]);
		float odd_i = 0.5F * (b[0] - a[0]);
		float r = w[0] * odd_r - w[1] * odd_i;
		float i = w[0] * odd_i + w[1] * odd_r;

		spectrum[2 * k] = even_r + r;
		spectrum[2 * k + 1] = even_i + i;
		spectrum[2 * (half - k)] = even_r - r;
		spectrum[2 * (half - k) + 1] = i - even_i;
	}
}

TACTUS_RT void
fft_inverse(const TactusFft *fft, const float *spectrum, float *time,
	float *scratch)
{
	const uint32_t half = fft->size / 2;
	const float scale = 1.0F / (float)fft->size;
	float *z = scratch;

	z[0] = scale * (spectrum[0] + spectrum[2 * half]);
	z[1] = scale * (spectrum[0] - spectrum[2 * half]);
	for (uint32_t k = 1; k <= half / 2; k++) {
		const float *a = spectrum + 2 * (size_t)k;
		const float *b = spectrum + 2 * (size_t)(half - k);
		const float *w = fft->twiddle + 2 * (size_t)k;
		float even_r = scale * (a[0] + b[0]);
		float even_i = scale * (a[1] - b[1]);
		float r = scale * (a[0] - b[0]);
		float i = scale * (a[1] + b[1]);
		float odd_r = w[0] * r + w[1] * i;
		float odd_i = w[0] * i - w[1] * r;

		z[2 * k] = even_r - odd_i;
		z[2 * k + 1] = even_i + odd_r;
		z[2 * (half - k)] = even_r + odd_i;
		z[2 * (half - k) + 1] = odd_r - even_i;
	}
	transform(fft->inverse, scratch, time);
}
