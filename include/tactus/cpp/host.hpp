/* SPDX-License-Identifier: MIT */
/*
 * host.hpp -- the engine outside of real time: memory, work, arguments.
 *
 * A TactusHost belongs to the thread that calls, so it is not to be kept.  A
 * tactus::Host is: the border renews what it points to with each call.
 */
#ifndef TACTUS_CPP_HOST_HPP
#define TACTUS_CPP_HOST_HPP

#include <utility>

#include <tactus/cpp/error.hpp>

namespace tactus
{

/**
 * The engine, as constructs, destructors and jobs see it.
 *
 * The one that a resource's constructor gets lives as long as the resource
 * and may be kept by reference; that of a job lives for the call.
 */
class Host
{
      public:
	explicit Host(
		const TactusHost *host, Failure *failure = nullptr) noexcept
	    : host_(host), failure_(failure)
	{
	}
	Host(const Host &) = delete;
	Host &operator=(const Host &) = delete;

	/** The engine's own struct, for this call. @side any but rt */
	const TactusHost *c() const noexcept
	{
		return host_;
	}

	/** Frames a second. @side any but rt */
	double rate() const noexcept
	{
		return host_->rate;
	}

	/** Most frames of one segment. @side any but rt */
	std::uint32_t block() const noexcept
	{
		return host_->block;
	}

	/** Does the engine have this function? @side any but rt */
	template <class Member>
	bool has(Member TactusHost::*member) const noexcept
	{
		return has_member(host_, member);
	}

	/** Write a line to the log. @side loop, worker */
	void log(TactusLevel level, const char *text) const noexcept
	{
		host_->log(host_, level, text);
	}

	/**
	 * The most bytes that one resource of class `uri` may take; what an
	 * engine without resources allows is 0. @side any but rt
	 */
	std::uint64_t limit(const char *uri) const noexcept
	{
		return has(&TactusHost::limit) ? host_->limit(host_, uri) : 0;
	}

	/** An option of resource class `uri` in the configuration, or NULL.
	 * @side any but rt */
	const char *class_option(
		const char *uri, const char *name) const noexcept
	{
		return has(&TactusHost::class_option)
			       ? host_->class_option(host_, uri, name)
			       : nullptr;
	}

	/**
	 * Fail what is being done.
	 * @side any but rt
	 * @errors throws Error; without exceptions the first is noted, and is
	 *         what the client gets once the plugin's code has returned
	 */
	void fail(int code, const char *what) const
	{
		if (failure_ != nullptr) {
			failure_->fail(code, what);
		}
	}

	/** Has it failed?  Only without exceptions. @side any but rt */
	bool has_failed() const noexcept
	{
		return failure_ != nullptr && failure_->code() != 0;
	}

	/** Renew it for a call: the border's. @side any but rt */
	void enter(const TactusHost *host, Failure *failure) noexcept
	{
		host_ = host;
		failure_ = failure;
	}

      private:
	const TactusHost *host_;
	Failure *failure_;
};

/**
 * An array of the engine's memory: zeroed, aligned to 64 bytes, ready for rt.
 * It counts against the limits of the resource whose constructor takes it.
 * It is given back with the object; it must not outlive its Host.
 */
template <class T> class HostMemory
{
	static_assert(std::is_trivially_default_constructible_v<T> &&
			      std::is_trivially_destructible_v<T>,
		"HostMemory is for plain numbers and structs");
	static_assert(alignof(T) <= 64, "the engine's memory is 64-aligned");

      public:
	HostMemory() noexcept = default;

	/**
	 * Take memory for `count` of them.
	 * @side worker
	 * @errors throws Error 413 when a limit forbids it or there is none;
	 *         without exceptions the array is empty
	 */
	HostMemory(Host &host, std::size_t count) : host_(&host)
	{
		if (count <= SIZE_MAX / sizeof(T) &&
			host.has(&TactusHost::alloc)) {
			at_ = static_cast<T *>(
				host.c()->alloc(host.c(), count * sizeof(T)));
		}
		if (at_ == nullptr) {
			host.fail(413,
				"there is not so much memory for it; see "
				"limits.max_resource_bytes");
			return;
		}
		count_ = count;
	}

	HostMemory(HostMemory &&other) noexcept
	    : host_(std::exchange(other.host_, nullptr)),
	      at_(std::exchange(other.at_, nullptr)),
	      count_(std::exchange(other.count_, 0))
	{
	}

	HostMemory &operator=(HostMemory &&other) noexcept
	{
		std::swap(host_, other.host_);
		std::swap(at_, other.at_);
		std::swap(count_, other.count_);
		return *this;
	}

	~HostMemory()
	{
		if (at_ != nullptr) {
			host_->c()->free(host_->c(), at_);
		}
	}

	/** The first of them, NULL: empty. @side any */
	TACTUS_RT T *data() const noexcept
	{
		return at_;
	}

	/** How many there are. @side any */
	TACTUS_RT std::size_t size() const noexcept
	{
		return count_;
	}

	/** One of them. @side any @pre i < size() */
	TACTUS_RT T &operator[](std::size_t i) const noexcept
	{
		return at_[i];
	}

	/** Is there any? @side any */
	TACTUS_RT explicit operator bool() const noexcept
	{
		return at_ != nullptr;
	}

      private:
	Host *host_ = nullptr;
	T *at_ = nullptr;
	std::size_t count_ = 0;
};

/** A piece of work on a worker, as its own code sees it: for one call. */
class Job
{
      public:
	Job(Host &host, TactusJob *job) noexcept : host_(host), job_(job)
	{
	}
	Job(const Job &) = delete;
	Job &operator=(const Job &) = delete;

	/** Tell how far it is, 0 … 1. @side worker */
	void progress(double fraction) const noexcept
	{
		if (host_.has(&TactusHost::progress)) {
			host_.c()->progress(host_.c(), job_, fraction);
		}
	}

	/** Is it no longer wanted? @side worker */
	bool is_cancelled() const noexcept
	{
		return host_.has(&TactusHost::is_cancelled) &&
		       host_.c()->is_cancelled(host_.c(), job_);
	}

	/**
	 * Go on only if it is wanted still.
	 * @side worker
	 * @errors throws Error 500 "cancelled"
	 * @return false: it is not (only without exceptions)
	 */
	bool go_on() const
	{
		if (!is_cancelled()) {
			return true;
		}
		host_.fail(500, "cancelled");
		return false;
	}

	/**
	 * Add to what /job/done tells.
	 * @side worker, in a job's perform
	 * @errors throws Error 413: there are more than an answer can hold
	 */
	void result(std::int32_t value) const
	{
		add({'i', value, static_cast<double>(value), nullptr});
	}

	/** A whole number of 64 bits. @side worker, as above */
	void result(std::int64_t value) const
	{
		add({'h', value, static_cast<double>(value), nullptr});
	}

	/** A number that is none of these. @side worker, as above */
	void result(double value) const
	{
		add({'f', 0, value, nullptr});
	}

	/** Words, which are copied. @side worker, as above */
	void result(const char *text) const
	{
		add({'s', 0, 0.0, text});
	}

	/** The engine's own. @side worker */
	TactusJob *c() const noexcept
	{
		return job_;
	}

      private:
	void add(const TactusValue &value) const
	{
		if (!host_.has(&TactusHost::result) ||
			!host_.c()->result(host_.c(), job_, &value)) {
			host_.fail(413,
				"it has more results than an answer holds");
		}
	}

	Host &host_;
	TactusJob *job_;
};

/**
 * The arguments of /resource/new or /job/new, by their place from 0 on.
 *
 * Each reader takes the name that the manual gives the argument: a client
 * that got it wrong reads that name and the mend.  A reader with a fallback
 * reads an argument that may be left out, from the end.
 * @errors each throws Error: 400 missing or of the wrong type, 422 out of
 *         range; without exceptions it returns the fallback or the least,
 *         and the call fails once the plugin's code has returned
 */
class Arguments
{
      public:
	Arguments(const TactusValue *values, std::uint32_t count,
		Failure &failure) noexcept
	    : values_(values), count_(count), failure_(failure)
	{
	}

	/** How many there are. @side any but rt */
	std::uint32_t count() const noexcept
	{
		return count_;
	}

	/** One of them as it came. @side any but rt @pre i < count() */
	const TactusValue &operator[](std::uint32_t i) const noexcept
	{
		return values_[i];
	}

	/** There may be so many and no more. @errors 400 @side any but rt */
	void at_most(std::uint32_t most) const
	{
		char text[96];

		if (count_ > most) {
			std::snprintf(text, sizeof(text),
				"there are %u arguments; %u are the most",
				count_, most);
			failure_.fail(400, text);
		}
	}

	/** A whole number of least…most. @side any but rt */
	std::int64_t whole(std::uint32_t i, const char *name,
		std::int64_t least, std::int64_t most) const
	{
		return is_there(i, name, "whole number")
			       ? read_whole(i, name, least, most, least)
			       : least;
	}

	/** The same, or `fallback`. @side any but rt */
	std::int64_t whole(std::uint32_t i, const char *name,
		std::int64_t least, std::int64_t most,
		std::int64_t fallback) const
	{
		return i < count_ ? read_whole(i, name, least, most, fallback)
				  : fallback;
	}

	/** A number of least…most, whole or not. @side any but rt */
	double number(std::uint32_t i, const char *name, double least,
		double most) const
	{
		return is_there(i, name, "number")
			       ? read_number(i, name, least, most, least)
			       : least;
	}

	/** The same, or `fallback`. @side any but rt */
	double number(std::uint32_t i, const char *name, double least,
		double most, double fallback) const
	{
		return i < count_ ? read_number(i, name, least, most, fallback)
				  : fallback;
	}

	/** Words, which live for the call. @side any but rt */
	const char *text(std::uint32_t i, const char *name) const
	{
		return is_there(i, name, "string") ? read_text(i, name, "")
						   : "";
	}

	/** The same, or `fallback`. @side any but rt */
	const char *text(
		std::uint32_t i, const char *name, const char *fallback) const
	{
		return i < count_ ? read_text(i, name, fallback) : fallback;
	}

      private:
	/* A long name must not push the mend out of the reason. */
	void blame(int code, std::uint32_t i, const char *name,
		const char *wrong) const
	{
		char text[256];

		std::snprintf(text, sizeof(text), "argument %u (%.64s) %.160s",
			i + 1, name, wrong);
		failure_.fail(code, text);
	}

	bool is_there(std::uint32_t i, const char *name, const char *kind) const
	{
		char text[64];

		if (i < count_) {
			return true;
		}
		std::snprintf(
			text, sizeof(text), "is missing; give a %s", kind);
		blame(400, i, name, text);
		return false;
	}

	std::int64_t read_whole(std::uint32_t i, const char *name,
		std::int64_t least, std::int64_t most,
		std::int64_t fallback) const
	{
		std::int64_t v = 0;
		char text[96];

		if (!tactus_value_whole(&values_[i], &v)) {
			blame(400, i, name, "must be a whole number");
			return fallback;
		}
		if (v < least || v > most) {
			std::snprintf(text, sizeof(text),
				"must be a whole number from %lld to %lld",
				static_cast<long long>(least),
				static_cast<long long>(most));
			blame(422, i, name, text);
			return fallback;
		}
		return v;
	}

	double read_number(std::uint32_t i, const char *name, double least,
		double most, double fallback) const
	{
		const TactusValue &v = values_[i];
		double n = v.type == 'h' ? static_cast<double>(v.integer)
					 : v.number;
		char text[96];

		if (v.type != 'i' && v.type != 'h' && v.type != 'f') {
			blame(400, i, name, "must be a number");
			return fallback;
		}
		if (!(n >= least && n <= most)) {
			std::snprintf(text, sizeof(text),
				"must be a number from %g to %g", least, most);
			blame(422, i, name, text);
			return fallback;
		}
		return n;
	}

	const char *read_text(
		std::uint32_t i, const char *name, const char *fallback) const
	{
		if (values_[i].type != 's') {
			blame(400, i, name, "must be a string");
			return fallback;
		}
		return values_[i].string;
	}

	const TactusValue *values_;
	std::uint32_t count_;
	Failure &failure_;
};

/** The resources of one job or task, for its call. */
template <class T> class Resources
{
      public:
	using layout = layout_t<T>;

	Resources(void *const *at, std::uint32_t count) noexcept
	    : at_(at), count_(count)
	{
	}

	/** How many there are. @side worker */
	std::uint32_t count() const noexcept
	{
		return count_;
	}

	/** One of them. @side worker @pre i < count() */
	layout &operator[](std::uint32_t i) const noexcept
	{
		return *static_cast<layout *>(at_[i]);
	}

      private:
	void *const *at_;
	std::uint32_t count_;
};

/** Resources of any class: what they are is not known. */
template <> class Resources<void>
{
      public:
	Resources(void *const *at, std::uint32_t count) noexcept
	    : at_(at), count_(count)
	{
	}

	/** How many there are. @side worker */
	std::uint32_t count() const noexcept
	{
		return count_;
	}

	/** One of them. @side worker @pre i < count() */
	void *operator[](std::uint32_t i) const noexcept
	{
		return at_[i];
	}

      private:
	void *const *at_;
	std::uint32_t count_;
};

} // namespace tactus

#endif
