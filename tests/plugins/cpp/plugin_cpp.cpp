/* SPDX-License-Identifier: MIT */
/*
 * plugin_cpp.cpp -- a plugin in C++ that fails in every way it is asked to.
 *
 * What is alive is counted in test_alive, which the test reads; it belongs to
 * the test's one thread.
 */
#include <new>
#include <stdexcept>
#include <string>

#include <tactus/plugin.hpp>

#include "curve.h"

extern "C" {
/** Objects of this plugin that live. */
TACTUS_EXPORT int32_t test_alive = 0;
}

using namespace tactus;

namespace
{

/** Counts itself. */
struct Alive {
	Alive() noexcept
	{
		test_alive++;
	}
	~Alive()
	{
		test_alive--;
	}
	Alive(const Alive &) = delete;
	Alive &operator=(const Alive &) = delete;
};

struct unknown {
};

/** Throw what `how` names; 0 throws nothing. */
void
fail(std::int64_t how)
{
	switch (how) {
	case 0:
	case 100:
		return;
	case 1:
		throw Error(404, "there is no such thing; make one");
	case 2:
		throw std::bad_alloc();
	case 3:
		throw std::runtime_error("it ran into an error");
	case 4:
		throw unknown();
	case 5:
		throw std::runtime_error("");
	case 6:
		throw Error(7, "a code that is none");
	default:
		throw std::runtime_error(std::string(5000, 'x'));
	}
}

/* --- resources --- */

/** count [, how it fails [, points before it does]] */
class Curve : public curve
{
      public:
	static constexpr const char *uri = CURVE_URI;
	static constexpr const char *name = "curve";
	static constexpr const char *doc = "Some points.";
	static constexpr const char *arguments = "i count [, i how]";
	static constexpr std::uint32_t flags = TACTUS_MUTABLE;
	using layout = curve;

	static void check(const Host &host, const Arguments &a)
	{
		a.at_most(2);
		const std::int64_t n = a.whole(0, "count", 1, 1000000);
		a.whole(1, "how", 0, 1000, 0);
		if (static_cast<std::uint64_t>(n) * sizeof(float) >
			host.limit(uri)) {
			throw Error(413, "argument 1 (count) is too large");
		}
	}

	Curve(Host &host, const Arguments &a, Job &job)
	    : curve(), memory_(host, static_cast<std::size_t>(
					     a.whole(0, "count", 1, 1000000)))
	{
		const std::int64_t how = a.whole(1, "how", 0, 1000, 0);

		if (how == 100) {
			job.go_on();
		}
		if (how == 101) {
			/* its bytes are 8, as far as size_t counts them */
			more_ = HostMemory<float>(
				host, SIZE_MAX / sizeof(float) + 3);
		}
		job.progress(0.5);
		more_ = HostMemory<float>(host, 3);
		fail(how);
		size = sizeof(curve);
		count = static_cast<std::uint32_t>(memory_.size());
		points = memory_.data();
		for (std::uint32_t i = 0; i < count; i++) {
			points[i] = static_cast<float>(i);
		}
	}

	std::uint64_t bytes() const
	{
		return count * sizeof(float) + 1000;
	}

      private:
	Alive alive_;
	HostMemory<float> memory_;
	HostMemory<float> more_;
};

/** As little as a class of resources can be. */
struct Thing {
	static constexpr const char *uri = "urn:test:resource:thing:1";
	static constexpr const char *name = "thing";

	Thing(Host &, const Arguments &, Job &)
	{
	}
	int value = 7;
};

/* --- jobs --- */

/** how it fails: [, whole, number, text] */
struct Sum {
	static constexpr const char *uri = "urn:test:job:sum:1";
	static constexpr const char *name = "curve-sum";
	static constexpr const char *doc = "Add up points.";
	static constexpr const char *arguments = "[i how]";
	static constexpr const char *results = "i count h count f sum s text";
	static constexpr std::uint32_t flags = TACTUS_JOB_EXCLUSIVE;
	static constexpr std::uint32_t least = 1;
	static constexpr std::uint32_t most = 4;
	using resource = Curve;

	static void check(const Host &, const Arguments &a)
	{
		a.whole(0, "how", 0, 10000, 0);
		a.number(1, "scale", -2.0, 2.0, 1.0);
		a.text(2, "words", "none");
		a.at_most(3);
	}

	static void perform(Host &, const Resources<Curve> &curves,
		const Arguments &a, Job &job)
	{
		const std::int64_t how = a.whole(0, "how", 0, 10000, 0);
		const Alive alive;
		std::int64_t points = 0;
		double sum = 0.0;

		for (std::uint32_t i = 0; i < curves.count(); i++) {
			for (std::uint32_t k = 0; k < curves[i].count; k++) {
				sum += static_cast<double>(curves[i].points[k]);
			}
			points += curves[i].count;
			job.progress(0.5);
			job.go_on();
		}
		if (how < 100) {
			fail(how);
		}
		for (std::int64_t i = 100; i < how; i++) {
			job.result(std::int32_t{1});
		}
		job.result(static_cast<std::int32_t>(points));
		job.result(points);
		job.result(sum * a.number(1, "scale", -2.0, 2.0, 1.0));
		job.result(a.text(2, "words", "none"));
	}
};

/** A job on anything; it needs an argument. */
struct Count {
	static constexpr const char *uri = "urn:test:job:count:1";
	static constexpr const char *name = "count";

	static void perform(Host &, const Resources<void> &any,
		const Arguments &a, Job &job)
	{
		job.result(static_cast<std::int32_t>(any.count()));
		job.result(a.text(0, "words"));
	}
};

/** path, how it fails: everything that a host has, once. */
struct Media {
	static constexpr const char *uri = "urn:test:job:media:1";
	static constexpr const char *name = "media";
	static constexpr std::uint32_t least = 0;
	static constexpr std::uint32_t most = 0;

	static void perform(Host &host, const Resources<void> &,
		const Arguments &a, Job &job)
	{
		const char *path = a.text(0, "path");
		const std::int64_t how = a.whole(1, "how", 0, 1000, 0);
		const HostMemory<float> frames(host, 64);
		const HostMemory<float> spectrum(host, 66);
		const HostMemory<float> scratch(host, 66);

		frames[3] = 0.5f;
		SoundWriter writer(host, path, 1, 48000.0, "wav");
		writer.write(frames.data(), 64);
		fail(how);
		writer.keep();

		SoundReader reader(host, path);
		reader.seek(3);
		job.result(static_cast<std::int64_t>(
			reader.read(frames.data(), 64)));
		job.result(static_cast<double>(frames[0]));

		Fft fft(host, 64);
		fft.forward(frames.data(), spectrum.data(), scratch.data());
		fft.inverse(spectrum.data(), frames.data(), scratch.data());
		job.result(static_cast<double>(frames[0]));

		Resampler resampler(host, 1, 2.0);
		std::int64_t used = 0;
		job.result(resampler.run(
			frames.data(), 64, used, spectrum.data(), 66, true));
		Fft(host, 63);
	}
};

/* --- synths --- */

/** A synth that has nothing but process. */
struct Bare {
	static constexpr const char *uri = "urn:test:synthdef:bare:1";
	static constexpr const char *name = "bare";
	static constexpr Port ports[] = {audio_out("out")};

	void process(Context &context, std::uint32_t frames)
	{
		for (std::uint32_t i = 0; i < frames; i++) {
			context.out(0)[i] = 1.0f;
		}
	}
};

/** Where a Holder fails. */
enum Where {
	NOWHERE,
	BETWEEN, /* between its two references */
	ACTIVATE,
	CONNECT,
	BIND,
	PROCESS,
	DESTRUCT,
	REFUSE
};

struct HolderOptions {
	std::int32_t first = 1;
	std::int32_t second = 2;
	std::int32_t where = NOWHERE;
	std::int32_t how = 0;
	double level = 1.0;
	char words[8] = "none";

	void read(OptionReader &in)
	{
		in.whole("first", -1, 99, first);
		in.whole("second", -1, 99, second);
		in.whole("where", 0, REFUSE, where);
		in.whole("how", 0, 10, how);
		in.number("level", 0.0, 2.0, level);
		in.text("words", words);
	}
};

/** Throws what it is asked to, when it is made. */
struct Trap {
	Trap(bool wanted, std::int32_t how)
	{
		if (wanted) {
			fail(how);
		}
	}
};

/** Two references, of which one may be replaced; a port to fade from. */
class Holder
{
      public:
	static constexpr const char *uri = "urn:test:synthdef:holder:1";
	static constexpr const char *name = "holder";
	static constexpr const char *doc = "Hold two curves.";
	static constexpr std::uint32_t flags = TACTUS_SERIAL;
	static constexpr Port ports[] = {
		control("freq", 1.0f, 100.0f, 10.0f)
			.in("Hz")
			.logarithmic()
			.about("a frequency"),
		control("wanted", -1.0f, 99.0f, -1.0f).with(TACTUS_INTEGER),
		resource_in<Curve>("curve").about("a curve"),
		resource_out<AudioBuffer>("buffer"),
		audio_in("in"),
		audio_out("out0"),
		audio_out("out1"),
	};

	Holder(Context &context, const HolderOptions &options)
	    : options_(options), first_(context, options.first),
	      trap_(options.where == BETWEEN, options.how),
	      second_(context, options.second)
	{
		if (options.where == REFUSE) {
			context.refuse(404);
		}
	}
	Holder(const Holder &) = delete;
	Holder &operator=(const Holder &) = delete;

	~Holder() noexcept(false)
	{
		if (options_.where == DESTRUCT) {
			fail(options_.how);
		}
	}

	void activate(Context &)
	{
		fail_at(ACTIVATE);
	}

	void connect(Context &context, std::uint32_t port, bool joined)
	{
		const double told = port + (joined ? 0.5 : 0.0);

		fail_at(CONNECT);
		context.notify("/connect", "f", &told);
	}

	void bind(Context &, std::uint32_t ordinal, Bound &old)
	{
		if (ordinal == 0) {
			old_ = old.keep<Curve>();
		} else {
			/* taken, and dropped at once */
			auto dropped = old.keep<AudioBuffer>();
			auto empty = old.keep<AudioBuffer>();
			if (empty) {
				throw Error(500, "it was kept twice");
			}
		}
		fail_at(BIND);
	}

	void process(Context &context, std::uint32_t frames)
	{
		const auto wanted =
			static_cast<std::int32_t>(context.control(1).value);
		fail_at(PROCESS);
		if (wanted >= 0 && first_.try_replace(wanted)) {
			context.log(TACTUS_LOG_INFO, "replaced", wanted);
			old_ = ResourceRef<Curve>();
		}
		const double told[2] = {static_cast<double>(first_.id()),
			old_ ? static_cast<double>(old_->count) : -1.0};
		context.notify("/held", "if", told);
		const curve *bound = context.resource<Curve>(0);
		for (std::uint32_t i = 0; i < frames; i++) {
			context.out(0)[i] =
				first_->points[1] + second_->points[0];
			context.out(1)[i] =
				bound != nullptr ? bound->points[1] : -1.0f;
		}
	}

      private:
	void fail_at(Where where) const
	{
		if (options_.where == where) {
			fail(options_.how);
		}
	}

	const HolderOptions options_;
	Alive alive_;
	ResourceRef<Curve> first_;
	Trap trap_;
	ResourceRef<Curve> second_;
	ResourceRef<Curve> old_;
};

struct WideOptions {
	std::int32_t channels = 1;
	std::int32_t how = 0;

	void read(OptionReader &in)
	{
		in.whole("channels", 1, 8, channels);
		in.whole("how", 0, 10, how);
	}
};

/** Ports by its options, many at once, tasks for workers. */
class Wide
{
      public:
	static constexpr const char *uri = "urn:test:synthdef:wide:1";
	static constexpr const char *name = "wide";

	static std::uint32_t port_count(const WideOptions &o)
	{
		return 1 + static_cast<std::uint32_t>(o.channels);
	}

	static Port port(
		const Host &host, const WideOptions &o, std::uint32_t i)
	{
		if (i == 0) {
			return control("freq", 0.0f,
				static_cast<float>(host.rate() / 2.0), 1.0f);
		}
		return o.channels == 1 ? audio_out("out")
				       : audio_out("out").numbered(i - 1);
	}

	static std::size_t extra_bytes(const WideOptions &o)
	{
		return static_cast<std::size_t>(o.channels) * sizeof(float);
	}

	Wide(Context &context, const WideOptions &o);
	void process(Context &context, std::uint32_t frames);
	static void process_many(const Many<Wide> &, std::uint32_t frames);

	/** What a task told. */
	std::int32_t told = 0;

      private:
	float *levels_;
	const WideOptions options_;
	Alive alive_;
	RtMemory<float> memory_;
};

struct Task {
	using resource = Curve;
	std::int32_t how;
	std::int32_t answer;

	int perform(Host &, const Resources<Curve> &curves)
	{
		fail(how);
		answer = static_cast<std::int32_t>(curves[0].count);
		return 42;
	}

	void done(Context &context, int result) const;
};

using WideDef = SynthDef<Wide, WideOptions>;

void
Task::done(Context &context, int result) const
{
	WideDef::object(context).told = result * 1000 + answer;
}

Wide::Wide(Context &context, const WideOptions &o)
    : levels_(static_cast<float *>(WideDef::extra(context))), options_(o),
      memory_(context, 16)
{
	if (!memory_) {
		context.refuse(503);
		return;
	}
	for (std::int32_t i = 0; i < o.channels; i++) {
		levels_[i] += static_cast<float>(i + 1);
	}
	memory_[15] = 0.25f;
}

void
Wide::process(Context &context, std::uint32_t frames)
{
	const std::int32_t ids[] = {5};
	const double state = told;

	if (context.control(0).value >= 2.0f) {
		const int err =
			context.perform(Task{static_cast<std::int32_t>(
						     context.control(0).value) -
							2,
						0},
				ids, 1, true);
		context.log(TACTUS_LOG_INFO, "asked", err);
	}
	context.notify("/told", "f", &state);
	for (std::int32_t c = 0; c < options_.channels; c++) {
		float *out = context.out(static_cast<std::uint32_t>(c));
		for (std::uint32_t i = 0; i < frames; i++) {
			out[i] = levels_[c] + memory_[15];
		}
	}
}

void
Wide::process_many(const Many<Wide> &synths, std::uint32_t frames)
{
	for (std::uint32_t i = 0; i < synths.count(); i++) {
		fail(synths[i].options_.how);
		synths[i].process(synths.context(i), frames);
	}
}

/** Its ports fail where its options say so. */
struct Broken {
	static constexpr const char *uri = "urn:test:synthdef:broken:1";
	static constexpr const char *name = "broken";

	static std::uint32_t port_count(const WideOptions &o)
	{
		fail(o.how == 1 ? 3 : 0);
		return 1;
	}

	static Port port(const Host &, const WideOptions &o, std::uint32_t)
	{
		fail(o.how == 2 ? 3 : 0);
		return audio_out("out");
	}

	static std::size_t extra_bytes(const WideOptions &o)
	{
		fail(o.how == 3 ? 3 : 0);
		return 0;
	}

	void process(Context &, std::uint32_t)
	{
	}
};

/** A table of ports, as often as its options say. */
struct Several {
	static constexpr const char *uri = "urn:test:synthdef:several:1";
	static constexpr const char *name = "several";
	static constexpr Port ports[] = {
		control("freq", 0.0f, 0.5f, 1.0f).with(TACTUS_OF_RATE),
		audio_in("in"),
		audio_out("out"),
	};

	static std::uint32_t channels(const WideOptions &o)
	{
		fail(o.how);
		return static_cast<std::uint32_t>(o.channels);
	}

	void process(Context &, std::uint32_t)
	{
	}
};

/** A def by hand, as C would write it, with references all the same. */
struct Hand {
	ResourceRef<Curve> ref;
	bool is_there;
};

int
hand_construct(
	const TactusWorld *world, const void *, TactusSynth *synth) noexcept
{
	Hand *h = new (synth->self) Hand{};
	auto ref = try_acquire<Curve>(world, synth, 1);

	h->is_there = ref.has_value();
	if (ref) {
		h->ref = std::move(*ref);
	}
	try {
		const ResourceRef<Curve> second(world, synth, 2);
		const ResourceRef<Curve> third(world, synth, -3);
	} catch (const ResourceError &e) {
		world->log(world, synth, TACTUS_LOG_INFO, "thrown",
			e.code() * 1000.0 + e.id());
	}
	return 0;
}

void
hand_process(const TactusWorld *world, TactusSynth *synth, uint32_t) noexcept
{
	Hand *h = static_cast<Hand *>(synth->self);

	const bool good = h->ref.try_replace(world, 2);
	const bool bad = h->ref.try_replace(world, 77);
	world->log(world, synth, TACTUS_LOG_INFO, "replaced",
		h->ref.id() * 100.0 + (good ? 10 : 0) + (bad ? 1 : 0));
}

void
hand_destroy(const TactusWorld *world, TactusSynth *synth) noexcept
{
	Hand *h = static_cast<Hand *>(synth->self);

	h->ref.release(world);
	h->~Hand();
}

constexpr TactusSynthDef
hand() noexcept
{
	TactusSynthDef d = SynthDef<Bare>::def;

	d.uri = "urn:test:synthdef:hand:1";
	d.name = "hand";
	d.instance_bytes = sizeof(Hand);
	d.construct = hand_construct;
	d.process = hand_process;
	d.destroy = hand_destroy;
	return d;
}

constexpr TactusSynthDef hand_def = hand();
constexpr TactusPlugin description = about("plugin-cpp", "1", "MIT");

} // namespace

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	const TactusPlugin *p = plugin<ResourceDef<Curve>, ResourceDef<Thing>,
		JobDef<Sum>, JobDef<Count>, JobDef<Media>, SynthDef<Bare>,
		SynthDef<Holder, HolderOptions>, WideDef,
		SynthDef<Broken, WideOptions>, SynthDef<Several, WideOptions>>(
		host, description);

	if (p != nullptr && host->register_synthdef(host, &hand_def) != 0) {
		return nullptr;
	}
	return p;
}
