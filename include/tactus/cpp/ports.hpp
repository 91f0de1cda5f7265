/* SPDX-License-Identifier: MIT */
/*
 * ports.hpp -- ports and options of a synth, described in a line each.
 *
 * Ports are made at compile time, options are read on the loop.
 */
#ifndef TACTUS_CPP_PORTS_HPP
#define TACTUS_CPP_PORTS_HPP

#include <cstring>

#include <tactus/cpp/error.hpp>

namespace tactus
{

/** A port under construction: each function gives it one thing more. */
struct Port : TactusPort {
	/** Its unit: "Hz", "s", "cycles", "dB". */
	template <std::size_t N>
	constexpr Port in(const char (&text)[N]) const noexcept
	{
		static_assert(N <= TACTUS_UNIT_SIZE, "a unit is shorter");
		Port p = *this;

		for (std::size_t i = 0; i < N; i++) {
			p.unit[i] = text[i];
		}
		return p;
	}

	/** A line for the manual. */
	constexpr Port about(const char *text) const noexcept
	{
		Port p = *this;

		p.doc = text;
		return p;
	}

	/** It has these flags, of TactusPortFlag, too. */
	constexpr Port with(std::uint32_t more) const noexcept
	{
		Port p = *this;

		p.flags |= more;
		return p;
	}

	/** User interfaces lay it out by ratios. */
	constexpr Port logarithmic() const noexcept
	{
		Port p = *this;

		p.curve = TACTUS_LOGARITHMIC;
		return p;
	}

	/** Its name with a number behind it: "in" becomes "in3". @side loop */
	Port numbered(std::uint32_t number) const noexcept
	{
		Port p = *this;

		tactus_port_number(&p, number);
		return p;
	}
};

namespace detail
{

template <std::size_t N>
constexpr Port
port(TactusPortKind kind, TactusDirection direction,
	const char (&name)[N]) noexcept
{
	static_assert(N <= TACTUS_NAME_SIZE, "a port's name is shorter");
	Port p = {};

	p.kind = kind;
	p.direction = direction;
	for (std::size_t i = 0; i < N; i++) {
		p.name[i] = name[i];
	}
	return p;
}

/** Where a port's kind stands: controls, resources, inputs, outputs. */
constexpr std::uint32_t
place(const TactusPort &p) noexcept
{
	return p.kind == TACTUS_AUDIO ? TACTUS_AUDIO + p.direction : p.kind;
}

/** Do ports stand in the contract's order? */
template <std::size_t N>
constexpr bool
are_in_order(const Port (&ports)[N]) noexcept
{
	for (std::size_t i = 1; i < N; i++) {
		if (place(ports[i - 1]) > place(ports[i])) {
			return false;
		}
	}
	return true;
}

} // namespace detail

/** A control of minimum … maximum. */
template <std::size_t N>
constexpr Port
control(const char (&name)[N], float minimum, float maximum,
	float initial) noexcept
{
	Port p = detail::port(TACTUS_CONTROL, TACTUS_INPUT, name);

	p.minimum = minimum;
	p.maximum = maximum;
	p.initial = initial;
	return p;
}

/** A resource of class T that the synth reads. */
template <class T, std::size_t N>
constexpr Port
resource_in(const char (&name)[N]) noexcept
{
	Port p = detail::port(TACTUS_RESOURCE, TACTUS_INPUT, name);

	p.resource = T::uri;
	return p;
}

/** A resource of class T that the synth writes to. */
template <class T, std::size_t N>
constexpr Port
resource_out(const char (&name)[N]) noexcept
{
	Port p = detail::port(TACTUS_RESOURCE, TACTUS_OUTPUT, name);

	p.resource = T::uri;
	return p;
}

/** A signal that comes in. */
template <std::size_t N>
constexpr Port
audio_in(const char (&name)[N]) noexcept
{
	return detail::port(TACTUS_AUDIO, TACTUS_INPUT, name);
}

/** A signal that goes out. */
template <std::size_t N>
constexpr Port
audio_out(const char (&name)[N]) noexcept
{
	return detail::port(TACTUS_AUDIO, TACTUS_OUTPUT, name);
}

/** The options of a synth that has none. */
struct NoOptions {
};

/**
 * The options of /synth/new, by their names.
 *
 * An options struct has `void read(OptionReader &)`, which reads each option
 * that it knows; what is not read is unknown and refused.  The struct is
 * plain, and its members' initialisers are the defaults.
 * @errors each throws Error 422, or notes it without exceptions
 */
class OptionReader
{
      public:
	OptionReader(const TactusOption *options, std::uint32_t count,
		Failure &failure) noexcept
	    : options_(options), count_(count), failure_(failure)
	{
	}

	/** A whole number of least…most; `out` stays when it is not given.
	 * @side loop */
	void whole(const char *name, std::int32_t least, std::int32_t most,
		std::int32_t &out)
	{
		const TactusOption *o = find(name);
		char text[96];

		if (o == nullptr) {
			return;
		}
		if ((o->type != 'i' && o->type != 'f') ||
			!(o->number >= least && o->number <= most) ||
			static_cast<double>(static_cast<std::int32_t>(
				o->number)) != o->number) {
			std::snprintf(text, sizeof(text),
				"must be a whole number from %d to %d", least,
				most);
			blame(*o, text);
			return;
		}
		out = static_cast<std::int32_t>(o->number);
	}

	/** A number of least…most. @side loop */
	void number(const char *name, double least, double most, double &out)
	{
		const TactusOption *o = find(name);
		char text[96];

		if (o == nullptr) {
			return;
		}
		if ((o->type != 'i' && o->type != 'f') ||
			!(o->number >= least && o->number <= most)) {
			std::snprintf(text, sizeof(text),
				"must be a number from %g to %g", least, most);
			blame(*o, text);
			return;
		}
		out = o->number;
	}

	/** A string, copied; one that does not fit is refused. @side loop */
	template <std::size_t N> void text(const char *name, char (&out)[N])
	{
		const TactusOption *o = find(name);
		char text[96];

		if (o == nullptr) {
			return;
		}
		if (o->type != 's' || std::strlen(o->string) >= N) {
			std::snprintf(text, sizeof(text),
				"must be a string of at most %zu bytes", N - 1);
			blame(*o, text);
			return;
		}
		out[0] = '\0';
		tactus_text_add(out, N, o->string);
	}

	/** Refuse what was given and never read: the border's. @side loop */
	void finish()
	{
		char text[192] = "is unknown; known: ";

		tactus_text_add(text, sizeof(text),
			known_[0] != '\0' ? known_ : "none");
		for (std::uint32_t i = 0; i < count_; i++) {
			if (!is_seen(i)) {
				blame(options_[i], text);
			}
		}
	}

      private:
	/* of one synth; what is beyond them is unknown */
	static constexpr std::uint32_t most_options = 256;

	const TactusOption *find(const char *name)
	{
		const TactusOption *found = nullptr;

		if (known_[0] != '\0') {
			tactus_text_add(known_, sizeof(known_), " ");
		}
		tactus_text_add(known_, sizeof(known_), name);
		for (std::uint32_t i = 0; i < count_; i++) {
			if (std::strcmp(options_[i].name, name) != 0) {
				continue;
			}
			if (found != nullptr) {
				blame(options_[i],
					"is given twice; give it once");
			}
			found = &options_[i];
			if (i < most_options) {
				seen_[i / 64] |= UINT64_C(1) << i % 64;
			}
		}
		return found;
	}

	bool is_seen(std::uint32_t i) const noexcept
	{
		return i < most_options && (seen_[i / 64] >> i % 64 & 1) != 0;
	}

	void blame(const TactusOption &option, const char *wrong)
	{
		char text[256];

		tactus_option_blame(&option, text, sizeof(text));
		tactus_text_add(text, sizeof(text), wrong);
		failure_.fail(422, text);
	}

	const TactusOption *options_;
	std::uint32_t count_;
	Failure &failure_;
	std::uint64_t seen_[most_options / 64] = {};
	char known_[128] = {}; /* for the reason alone: cut where it is full */
};

} // namespace tactus

#endif
