/* SPDX-License-Identifier: MIT */
/*
 * media.hpp -- sound files, resampling and the FFT of the engine, as objects.
 *
 * All of it is a worker's, and is given back with the object, which must not
 * outlive its Host.  Without exceptions an object that failed is false.
 */
#ifndef TACTUS_CPP_MEDIA_HPP
#define TACTUS_CPP_MEDIA_HPP

#include <tactus/cpp/host.hpp>

namespace tactus
{

/** A sound file that is read. */
class SoundReader
{
      public:
	/**
	 * Open a file: a name below one of media.directories, or a whole path
	 * within one of them.
	 * @side worker
	 * @errors throws Error 422 with a reason that names the file
	 */
	SoundReader(Host &host, const char *path) : host_(host)
	{
		char why[256] = "this engine opens no sound files";

		info_.size = sizeof(info_);
		if (host.has(&TactusHost::open_sound) &&
			host.has(&TactusHost::close_sound)) {
			why[0] = '\0';
			sound_ = host.c()->open_sound(
				host.c(), path, &info_, why, sizeof(why));
		}
		if (sound_ == nullptr) {
			host.fail(422, why);
		}
	}
	SoundReader(const SoundReader &) = delete;
	SoundReader &operator=(const SoundReader &) = delete;

	~SoundReader()
	{
		char why[64];

		if (sound_ != nullptr) {
			host_.c()->close_sound(
				host_.c(), sound_, false, why, sizeof(why));
		}
	}

	/** Its channels, rate and frames. @side worker */
	const TactusSoundInfo &info() const noexcept
	{
		return info_;
	}

	/** Go to a frame. @side worker @errors throws Error 422 */
	void seek(std::int64_t frame)
	{
		if (sound_ == nullptr ||
			host_.c()->seek_sound(host_.c(), sound_, frame) != 0) {
			host_.fail(422, "the file has no such frame");
		}
	}

	/**
	 * Read frames, their channels in turn.
	 * @side worker
	 * @errors throws Error 422: the file is damaged
	 * @return how many; fewer at the end
	 */
	std::int64_t read(float *frames, std::int64_t count)
	{
		std::int64_t n = sound_ == nullptr
					 ? -1
					 : host_.c()->read_sound(host_.c(),
						   sound_, frames, count);

		if (n < 0) {
			host_.fail(422, "the file is damaged");
			return 0;
		}
		return n;
	}

	/** Is it open? @side worker */
	explicit operator bool() const noexcept
	{
		return sound_ != nullptr;
	}

      private:
	Host &host_;
	TactusSound *sound_ = nullptr;
	TactusSoundInfo info_ = {};
};

/** A sound file that is written: it is there once it is kept, or never. */
class SoundWriter
{
      public:
	/**
	 * Begin a file below media.record.
	 * @side worker
	 * @param format "wav", "wav16", "wav24", "flac", "ogg", "aiff", or ""
	 *        by the name's ending
	 * @param replace a file of that name may be there
	 * @errors throws Error 422 with a reason that names the file
	 */
	SoundWriter(Host &host, const char *path, std::uint32_t channels,
		double rate, const char *format = "", bool replace = false)
	    : host_(host)
	{
		char why[256] = "this engine writes no sound files";
		TactusSoundInfo info = {};

		info.size = sizeof(info);
		info.channels = channels;
		info.rate = rate;
		tactus_text_add(info.format, sizeof(info.format), format);
		if (host.has(&TactusHost::create_sound) &&
			host.has(&TactusHost::close_sound)) {
			why[0] = '\0';
			sound_ = host.c()->create_sound(host.c(), path, &info,
				replace, why, sizeof(why));
		}
		if (sound_ == nullptr) {
			host.fail(422, why);
		}
	}
	SoundWriter(const SoundWriter &) = delete;
	SoundWriter &operator=(const SoundWriter &) = delete;

	/** What is not kept leaves nothing behind. */
	~SoundWriter()
	{
		char why[64];

		if (sound_ != nullptr) {
			host_.c()->close_sound(
				host_.c(), sound_, false, why, sizeof(why));
		}
	}

	/** Write frames. @side worker @errors throws Error 500: disk full */
	void write(const float *frames, std::int64_t count)
	{
		if (sound_ == nullptr ||
			host_.c()->write_sound(
				host_.c(), sound_, frames, count) != count) {
			host_.fail(500, "the file cannot be written");
		}
	}

	/**
	 * Close it, so that it appears under its name.
	 * @side worker
	 * @errors throws Error 500 with a reason
	 */
	void keep()
	{
		char why[256] = "the file is closed already";
		TactusSound *sound = std::exchange(sound_, nullptr);

		if (sound != nullptr) {
			why[0] = '\0';
		}
		if (sound == nullptr || host_.c()->close_sound(host_.c(), sound,
						true, why, sizeof(why)) != 0) {
			host_.fail(500, why);
		}
	}

	/** Is it open? @side worker */
	explicit operator bool() const noexcept
	{
		return sound_ != nullptr;
	}

      private:
	Host &host_;
	TactusSound *sound_ = nullptr;
};

/** A change of sample rate that is under way. */
class Resampler
{
      public:
	/**
	 * @side worker
	 * @param ratio new rate by old, 1/256 … 256
	 * @errors throws Error 422: out of range, or no memory
	 */
	Resampler(Host &host, std::uint32_t channels, double ratio)
	    : host_(host)
	{
		if (host.has(&TactusHost::open_resampler) &&
			host.has(&TactusHost::close_resampler)) {
			resampler_ = host.c()->open_resampler(
				host.c(), channels, ratio);
		}
		if (resampler_ == nullptr) {
			host.fail(422, "the rate cannot be changed so far");
		}
	}
	Resampler(const Resampler &) = delete;
	Resampler &operator=(const Resampler &) = delete;

	~Resampler()
	{
		if (resampler_ != nullptr) {
			host_.c()->close_resampler(host_.c(), resampler_);
		}
	}

	/**
	 * Change some frames, channels in turn; `end`: no more come.
	 * @side worker
	 * @errors throws Error 500
	 * @return frames written, and in `used` how many were read
	 */
	std::int64_t run(const float *in, std::int64_t in_frames,
		std::int64_t &used, float *out, std::int64_t out_frames,
		bool end)
	{
		std::int64_t n = -1;

		used = 0;
		if (resampler_ != nullptr) {
			n = host_.c()->resample(host_.c(), resampler_, in,
				in_frames, &used, out, out_frames, end);
		}
		if (n < 0) {
			host_.fail(500, "the rate could not be changed");
			return 0;
		}
		return n;
	}

	/** Is it open? @side worker */
	explicit operator bool() const noexcept
	{
		return resampler_ != nullptr;
	}

      private:
	Host &host_;
	TactusResampler *resampler_ = nullptr;
};

/** The tables of an FFT: read only, for rt too (Context.fft_forward). */
class Fft
{
      public:
	/**
	 * @side worker, loop
	 * @param points a power of two, TACTUS_MIN_FFT … TACTUS_MAX_FFT
	 * @errors throws Error 422: not such a size, or no memory
	 */
	Fft(Host &host, std::uint32_t points) : host_(host)
	{
		if (host.has(&TactusHost::open_fft) &&
			host.has(&TactusHost::close_fft)) {
			fft_ = host.c()->open_fft(host.c(), points);
		}
		if (fft_ == nullptr) {
			host.fail(422, "there is no FFT of this size");
		}
	}
	Fft(const Fft &) = delete;
	Fft &operator=(const Fft &) = delete;

	~Fft()
	{
		if (fft_ != nullptr) {
			host_.c()->close_fft(host_.c(), fft_);
		}
	}

	/** As TactusHost.fft_forward. @side worker, loop */
	void forward(const float *time, float *spectrum, float *scratch) const
	{
		host_.c()->fft_forward(fft_, time, spectrum, scratch);
	}

	/** As TactusHost.fft_inverse. @side worker, loop */
	void inverse(const float *spectrum, float *time, float *scratch) const
	{
		host_.c()->fft_inverse(fft_, spectrum, time, scratch);
	}

	/** The engine's own, for rt. @side any */
	TACTUS_RT const TactusFft *c() const noexcept
	{
		return fft_;
	}

	/** Is it there? @side any */
	TACTUS_RT explicit operator bool() const noexcept
	{
		return fft_ != nullptr;
	}

      private:
	Host &host_;
	TactusFft *fft_ = nullptr;
};

} // namespace tactus

#endif
