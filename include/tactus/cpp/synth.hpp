/* SPDX-License-Identifier: MIT */
/*
 * synth.hpp -- definitions of synths, made of C++ classes.
 *
 * In synth->self lies the Context, and behind it the object.  Whatever the
 * object throws ends here: while it is made that is the client's error code;
 * later the synth says that it is done, is logged once, and is silent.
 */
#ifndef TACTUS_CPP_SYNTH_HPP
#define TACTUS_CPP_SYNTH_HPP

#include <tactus/cpp/context.hpp>
#include <tactus/cpp/ports.hpp>

namespace tactus
{

/** The synths of one call of process_many. */
template <class Synth> class Many
{
      public:
	TACTUS_RT
	Many(TactusSynth *const *synths, std::uint32_t count) noexcept
	    : synths_(synths), count_(count)
	{
	}

	/** How many there are. @side rt */
	TACTUS_RT std::uint32_t count() const noexcept
	{
		return count_;
	}

	/** The context of one of them. @side rt @pre i < count() */
	TACTUS_RT Context &context(std::uint32_t i) const noexcept;

	/** One of them. @side rt @pre i < count() */
	TACTUS_RT Synth &operator[](std::uint32_t i) const noexcept;

      private:
	TactusSynth *const *synths_;
	std::uint32_t count_;
};

namespace detail
{

/* Which of the members that a synth may leave out does it have; and where
 * the name is there, is it what the border can call? */

template <class S, class = void> struct has_activate : std::false_type {
};
template <class S>
struct has_activate<S, std::void_t<decltype(std::declval<S &>().activate(
			       std::declval<Context &>()))>> : std::true_type {
};
template <class S, class = void> struct names_activate : std::false_type {
};
template <class S>
struct names_activate<S, std::void_t<decltype(&S::activate)>> : std::true_type {
};

template <class S, class = void> struct has_connect : std::false_type {
};
template <class S>
struct has_connect<S,
	std::void_t<decltype(std::declval<S &>().connect(
		std::declval<Context &>(), std::uint32_t{}, bool{}))>>
    : std::true_type {
};
template <class S, class = void> struct names_connect : std::false_type {
};
template <class S>
struct names_connect<S, std::void_t<decltype(&S::connect)>> : std::true_type {
};

template <class S, class = void> struct has_bind : std::false_type {
};
template <class S>
struct has_bind<S,
	std::void_t<decltype(std::declval<S &>().bind(std::declval<Context &>(),
		std::uint32_t{}, std::declval<Bound &>()))>> : std::true_type {
};
template <class S, class = void> struct names_bind : std::false_type {
};
template <class S>
struct names_bind<S, std::void_t<decltype(&S::bind)>> : std::true_type {
};

template <class S, class = void> struct has_many : std::false_type {
};
template <class S>
struct has_many<S, std::void_t<decltype(S::process_many(
			   std::declval<const Many<S> &>(), std::uint32_t{}))>>
    : std::true_type {
};
template <class S, class = void> struct names_many : std::false_type {
};
template <class S>
struct names_many<S, std::void_t<decltype(&S::process_many)>> : std::true_type {
};

template <class S, class = void> struct has_ports : std::false_type {
};
template <class S>
struct has_ports<S, std::void_t<decltype(S::ports)>> : std::true_type {
};

template <class S, class O, class = void>
struct has_channels : std::false_type {
};
template <class S, class O>
struct has_channels<S, O,
	std::void_t<decltype(S::channels(std::declval<const O &>()))>>
    : std::true_type {
};

template <class S, class O, class = void> struct has_extra : std::false_type {
};
template <class S, class O>
struct has_extra<S, O,
	std::void_t<decltype(S::extra_bytes(std::declval<const O &>()))>>
    : std::true_type {
};

/** Options as the engine keeps them: with what silence needs to know. */
template <class Options> struct Parsed {
	Options options;
	std::uint32_t outputs;
};

constexpr std::size_t
whole_lines(std::size_t bytes) noexcept
{
	return (bytes + 63) / 64 * 64;
}

/** Where the object lies in synth->self. */
constexpr std::size_t object_at = whole_lines(sizeof(Context));

template <class Synth>
TACTUS_RT inline Synth &
object_of(TactusSynth *synth) noexcept
{
	return *std::launder(reinterpret_cast<Synth *>(
		static_cast<char *>(synth->self) + object_at));
}

TACTUS_RT inline Context &
context_of(TactusSynth *synth) noexcept
{
	return *static_cast<Context *>(synth->self);
}

} // namespace detail

template <class Synth>
TACTUS_RT Context &
Many<Synth>::context(std::uint32_t i) const noexcept
{
	return detail::context_of(synths_[i]);
}

template <class Synth>
TACTUS_RT Synth &
Many<Synth>::operator[](std::uint32_t i) const noexcept
{
	return detail::object_of<Synth>(synths_[i]);
}

/**
 * A def of synths out of a C++ class.
 *
 *	class Player
 *	{
 *	public:
 *		static constexpr const char *uri = "urn:example:synthdef:…:1";
 *		static constexpr const char *name = "curve-player";
 *		static constexpr tactus::Port ports[] = { … };
 *		TACTUS_RT Player(Context &, const Options &);
 *		TACTUS_RT void process(Context &, std::uint32_t frames);
 *	};
 *
 * Its constructor may also take a Context & alone, or nothing.  Unless a
 * proof by the compiler is wanted TACTUS_RT may be left out of its members;
 * they all run on rt none the less.  It may also have:
 *
 *	doc     a text for the manual; flags, of TactusDefFlag
 *	void activate(Context &)
 *	void connect(Context &, uint32_t port, bool joined)
 *	void bind(Context &, uint32_t ordinal, Bound &old)
 *	static void process_many(const Many<Player> &, uint32_t frames)
 *	static size_t extra_bytes(const Options &)        on the loop
 *	static uint32_t channels(const Options &)         on the loop: how
 *		many ports each audio port of `ports` stands for
 *
 * and instead of `ports`, where they depend on the options, on the loop:
 *
 *	static uint32_t port_count(const Options &)
 *	static Port port(const Host &, const Options &, uint32_t index)
 *
 * The object has at most TACTUS_CONSTRUCT_BYTES; what is larger comes from
 * Context.alloc, RtMemory or extra_bytes (SynthDef::extra tells where it is).
 * The Context that the constructor gets lives as long as the object.
 */
template <class Synth, class Options = NoOptions> class SynthDef
{
	static constexpr bool has_options = !std::is_same_v<Options, NoOptions>;
	static constexpr bool has_ports = detail::has_ports<Synth>::value;
	static constexpr bool has_channels =
		detail::has_channels<Synth, Options>::value;
	using Parsed = detail::Parsed<Options>;

	static_assert(
		detail::object_at + sizeof(Synth) <= TACTUS_CONSTRUCT_BYTES,
		"a constructor writes TACTUS_CONSTRUCT_BYTES at the most: take "
		"the rest by Context.alloc, RtMemory or extra_bytes");
	static_assert(alignof(Synth) <= 64, "self is aligned to 64 bytes");
	static_assert(std::is_trivially_destructible_v<Options> &&
			      alignof(Options) <= alignof(std::max_align_t),
		"options are plain: the engine frees them as bytes");
	static_assert(detail::has_activate<Synth>::value ==
			      detail::names_activate<Synth>::value,
		"activate is void activate(Context &)");
	static_assert(detail::has_connect<Synth>::value ==
			      detail::names_connect<Synth>::value,
		"connect is void connect(Context &, uint32_t port, bool)");
	static_assert(detail::has_bind<Synth>::value ==
			      detail::names_bind<Synth>::value,
		"bind is void bind(Context &, uint32_t ordinal, Bound &old)");
	static_assert(detail::has_many<Synth>::value ==
			      detail::names_many<Synth>::value,
		"process_many is static void process_many(const Many<Synth> &, "
		"uint32_t frames)");

	static_assert(has_ports || !has_channels,
		"channels goes with `ports`; port_count tells of all by "
		"itself");

	/* Ports that depend on options are counted once, on the loop. */
	static constexpr bool has_parse = has_options || !has_ports;

	/* What the border keeps of a synth beside its object. */
	struct State {
		std::uint32_t outputs;
		bool is_faulty;
		bool is_done;
	};
	static constexpr std::size_t state_at =
		detail::object_at + detail::whole_lines(sizeof(Synth));
	static constexpr std::size_t extra_at =
		state_at + detail::whole_lines(sizeof(State));

	TACTUS_RT static State &state_of(TactusSynth *synth) noexcept
	{
		return *std::launder(reinterpret_cast<State *>(
			static_cast<char *>(synth->self) + state_at));
	}

	static Options options_of(const void *parsed)
	{
		return has_parse && parsed != nullptr
			       ? static_cast<const Parsed *>(parsed)->options
			       : Options{};
	}

	/* --- on the loop --- */

	/* A count by `ask`; too many where it throws: the engine refuses
	 * that aloud. */
	template <class Ask> static uint32_t count_by(Ask ask) noexcept
	{
		Failure ignored(nullptr, 0);
		uint32_t n = 0;

		detail::stop(ignored, [&]() { n = ask(); });
		return ignored.code() == 0 ? n : TACTUS_MAX_PORTS + 1;
	}

	static uint32_t port_count(const void *parsed) noexcept
	{
		return count_by([&]() {
			return Synth::port_count(options_of(parsed));
		});
	}

	static uint32_t channels(const void *parsed) noexcept
	{
		return count_by(
			[&]() { return Synth::channels(options_of(parsed)); });
	}

	static void port(const TactusHost *host, const void *parsed,
		uint32_t index, TactusPort *out) noexcept
	{
		char reason[128];
		Failure failure(reason, sizeof(reason));
		const Host own(host, &failure);

		/* without a name: the engine refuses it aloud */
		detail::stop(failure, [&]() {
			const Port p =
				Synth::port(own, options_of(parsed), index);
			tactus_port_set(out, &p);
		});
		if (failure.code() != 0) {
			own.log(TACTUS_LOG_ERROR, reason);
		}
	}

	static constexpr bool is_output(const TactusPort &p) noexcept
	{
		return p.kind == TACTUS_AUDIO && p.direction == TACTUS_OUTPUT;
	}

	static uint32_t count_outputs(
		const TactusHost *host, const void *parsed) noexcept
	{
		const uint32_t count = tactus_def_ports(&def, parsed);
		uint32_t n = 0;

		for (uint32_t i = 0; i < count; i++) {
			TactusPort p = {};

			p.size = sizeof(p);
			tactus_def_port(host, &def, parsed, i, &p);
			n += is_output(p) ? 1 : 0;
		}
		return n;
	}

	static int parse(const TactusHost *host, const TactusOption *options,
		uint32_t count, void *out, char *reason, size_t size) noexcept
	{
		Failure failure(reason, size);
		Parsed *parsed = nullptr;

		detail::stop(failure, [&]() {
			OptionReader reader(options, count, failure);

			parsed = new (out) Parsed{};
			if constexpr (has_options) {
				parsed->options.read(reader);
			}
			reader.finish();
		});
		if (failure.code() != 0) {
			return -1;
		}
		parsed->outputs = count_outputs(host, out);
		return 0;
	}

	static size_t extra_bytes(const void *parsed) noexcept
	{
		Failure ignored(nullptr, 0);
		size_t n = 0;

		detail::stop(ignored,
			[&]() { n = Synth::extra_bytes(options_of(parsed)); });
		/* too many: the engine refuses it aloud */
		return ignored.code() == 0 ? n : SIZE_MAX;
	}

	/* --- on rt --- */

	TACTUS_RT static Context &enter(const TactusWorld *world,
		TactusSynth *synth, Bound *bound = nullptr) noexcept
	{
		Context &context = detail::context_of(synth);

		context.enter(world, synth, bound);
		return context;
	}

	TACTUS_RT static void make_object(
		Context &context, void *at, const Options &options)
	{
		if constexpr (std::is_constructible_v<Synth, Context &,
				      const Options &>) {
			new (at) Synth(context, options);
		} else if constexpr (std::is_constructible_v<Synth,
					     Context &>) {
			(void)options;
			new (at) Synth(context);
		} else {
			static_assert(std::is_default_constructible_v<Synth>,
				"its constructor is Synth(Context &, const "
				"Options &), Synth(Context &) or Synth()");
			(void)context;
			(void)options;
			new (at) Synth();
		}
	}

	TACTUS_RT static int construct(const TactusWorld *world,
		const void *options, TactusSynth *synth) noexcept
	{
		char *self = static_cast<char *>(synth->self);
		Context *context = new (self) Context(world, synth);
		State *state = new (self + state_at) State{};
		int code = 0;

		if constexpr (has_parse) {
			const Parsed *parsed =
				static_cast<const Parsed *>(options);
			state->outputs = parsed->outputs;
			code = detail::stop_rt([&]() TACTUS_RT {
				make_object(*context, self + detail::object_at,
					parsed->options);
			});
		} else {
			(void)options;
			for (const TactusPort &p : Synth::ports) {
				state->outputs += is_output(p) ? 1 : 0;
			}
			code = detail::stop_rt([&]() TACTUS_RT {
				make_object(*context, self + detail::object_at,
					Options{});
			});
		}
		if (code == 0 && context->refused() != 0) {
			destroy(world, synth);
			code = context->refused();
		}
		return code;
	}

	TACTUS_RT static void destroy(
		const TactusWorld *world, TactusSynth *synth) noexcept
	{
		Synth &object = detail::object_of<Synth>(synth);

		enter(world, synth);
		(void)detail::stop_rt([&]() TACTUS_RT { object.~Synth(); });
	}

	/* From here on it is done and silent. */
	TACTUS_RT static void fail(Context &context) noexcept
	{
		state_of(context.synth()).is_faulty = true;
		context.log(TACTUS_LOG_ERROR,
			"an exception left the synth; it is done and silent "
			"from now on");
	}

	TACTUS_RT static void be_silent(
		Context &context, std::uint32_t frames) noexcept
	{
		State &state = state_of(context.synth());

		for (std::uint32_t c = 0; c < state.outputs; c++) {
			std::memset(context.out(c), 0, frames * sizeof(float));
		}
		/* connect and bind may not say it: process does */
		if (!state.is_done) {
			state.is_done = true;
			context.done();
		}
	}

	TACTUS_RT static void run(Context &context, TactusSynth *synth,
		std::uint32_t frames) noexcept
	{
		Synth &object = detail::object_of<Synth>(synth);

		if (!state_of(synth).is_faulty &&
			detail::stop_rt([&]() TACTUS_RT {
				object.process(context, frames);
			}) != 0) {
			fail(context);
		}
		if (state_of(synth).is_faulty) {
			be_silent(context, frames);
		}
	}

	TACTUS_RT static void process(const TactusWorld *world,
		TactusSynth *synth, uint32_t frames) noexcept
	{
		run(enter(world, synth), synth, frames);
	}

	TACTUS_RT static void process_many(const TactusWorld *world,
		TactusSynth *const *synths, uint32_t count,
		uint32_t frames) noexcept
	{
		bool is_faulty = false;

		for (uint32_t i = 0; i < count; i++) {
			enter(world, synths[i]);
			is_faulty |= state_of(synths[i]).is_faulty;
		}
		if (!is_faulty && detail::stop_rt([&]() TACTUS_RT {
			    Synth::process_many(
				    Many<Synth>(synths, count), frames);
		    }) != 0) {
			/* whose it was is not known: they all are at an end */
			for (uint32_t i = 0; i < count; i++) {
				fail(detail::context_of(synths[i]));
			}
			is_faulty = true;
		}
		for (uint32_t i = 0; is_faulty && i < count; i++) {
			run(detail::context_of(synths[i]), synths[i], frames);
		}
	}

	TACTUS_RT static void activate(
		const TactusWorld *world, TactusSynth *synth) noexcept
	{
		Context &context = enter(world, synth);
		Synth &object = detail::object_of<Synth>(synth);

		if (!state_of(synth).is_faulty &&
			detail::stop_rt([&]() TACTUS_RT {
				object.activate(context);
			}) != 0) {
			fail(context);
		}
	}

	TACTUS_RT static void connect(const TactusWorld *world,
		TactusSynth *synth, uint32_t port, bool joined) noexcept
	{
		Context &context = enter(world, synth);
		Synth &object = detail::object_of<Synth>(synth);

		if (!state_of(synth).is_faulty &&
			detail::stop_rt([&]() TACTUS_RT {
				object.connect(context, port, joined);
			}) != 0) {
			fail(context);
		}
	}

	TACTUS_RT static bool bind(const TactusWorld *world, TactusSynth *synth,
		uint32_t ordinal, void *old, int32_t old_id) noexcept
	{
		Context &context = detail::context_of(synth);
		Synth &object = detail::object_of<Synth>(synth);
		Bound bound(context, old, old_id);

		enter(world, synth, &bound);
		if (!state_of(synth).is_faulty &&
			detail::stop_rt([&]() TACTUS_RT {
				object.bind(context, ordinal, bound);
			}) != 0) {
			fail(context);
		}
		enter(world, synth);
		return bound.is_kept();
	}

	static constexpr TactusSynthDef make() noexcept
	{
		TactusSynthDef d{};

		if constexpr (has_ports) {
			static_assert(detail::are_in_order(Synth::ports),
				"ports stand in this order: controls, "
				"resources, audio inputs, audio outputs");
		}
		d.size = sizeof(d);
		d.flags = detail::flags_of<Synth>::value;
		d.uri = Synth::uri;
		d.name = Synth::name;
		d.doc = detail::doc_of<Synth>::value;
		d.instance_bytes = extra_at;
		if constexpr (has_parse) {
			d.options_bytes = sizeof(Parsed);
			d.parse = parse;
		}
		if constexpr (has_ports) {
			d.ports = Synth::ports;
			d.port_rows =
				sizeof(Synth::ports) / sizeof(Synth::ports[0]);
			d.port_bytes = sizeof(Synth::ports[0]);
		} else {
			d.port_count = port_count;
			d.port = port;
		}
		if constexpr (has_channels) {
			d.channels = channels;
		}
		if constexpr (detail::has_extra<Synth, Options>::value) {
			d.extra_bytes = extra_bytes;
		}
		d.construct = construct;
		if constexpr (detail::has_connect<Synth>::value) {
			d.connect = connect;
		}
		if constexpr (detail::has_activate<Synth>::value) {
			d.activate = activate;
		}
		d.process = process;
		if constexpr (detail::has_many<Synth>::value) {
			d.process_many = process_many;
		}
		d.destroy = destroy;
		if constexpr (detail::has_bind<Synth>::value) {
			d.bind = bind;
		}
		return d;
	}

      public:
	/** What the engine gets. */
	static constexpr TactusSynthDef def = make();

	/** The extra_bytes of a synth of this def, zeroed. @side rt */
	TACTUS_RT static void *extra(Context &context) noexcept
	{
		return static_cast<char *>(context.synth()->self) + extra_at;
	}

	/**
	 * The object of a synth of this def: for the `done` of a task.
	 * @side rt
	 */
	TACTUS_RT static Synth &object(Context &context) noexcept
	{
		return detail::object_of<Synth>(context.synth());
	}

	/** Does the engine know synths?  All do. @side loop */
	static bool is_known(const TactusHost *) noexcept
	{
		return true;
	}

	/** @side loop, in tactus_plugin() @return 0, or -1 */
	static int offer(const TactusHost *host) noexcept
	{
		return host->register_synthdef(host, &def);
	}
};

} // namespace tactus

#endif
