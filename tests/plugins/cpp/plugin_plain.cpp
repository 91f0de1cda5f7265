/* SPDX-License-Identifier: MIT */
/*
 * plugin_plain.cpp -- a plugin in C++ without exceptions, proved for rt.
 *
 * It is compiled with -fno-exceptions, and by clang with -Wfunction-effects:
 * all that its synth does is marked.
 */
#include <tactus/plugin.hpp>

#include "curve.h"

extern "C" {
/** Objects of this plugin that live. */
TACTUS_EXPORT int32_t test_alive = 0;
}

using namespace tactus;

namespace
{

/** count [, text: a reason to fail] */
class Curve : public curve
{
      public:
	static constexpr const char *uri = CURVE_URI;
	static constexpr const char *name = "curve";
	using layout = curve;

	static void check(const Host &, const Arguments &a)
	{
		a.whole(0, "count", 1, 1000);
		a.text(1, "reason", "");
	}

	Curve(Host &host, const Arguments &a, Job &job)
	    : curve(), memory_(host, static_cast<std::size_t>(
					     a.whole(0, "count", 1, 1000)))
	{
		test_alive++;
		if (a.text(1, "reason", "")[0] != '\0') {
			host.fail(422, a.text(1, "reason", ""));
		}
		if (host.has_failed() || !job.go_on()) {
			return;
		}
		size = sizeof(curve);
		count = static_cast<std::uint32_t>(memory_.size());
		points = memory_.data();
	}

	~Curve()
	{
		test_alive--;
	}

      private:
	HostMemory<float> memory_;
};

/** frame */
struct Peek {
	static constexpr const char *uri = "urn:test:job:peek:1";
	static constexpr const char *name = "curve-peek";
	using resource = Curve;

	static void perform(Host &, const Resources<Curve> &curves,
		const Arguments &a, Job &job)
	{
		const std::int64_t i =
			a.whole(0, "frame", 0, curves[0].count - 1);

		job.result(static_cast<double>(curves[0].points[i]));
	}
};

struct PlayerOptions {
	std::int32_t curve = 1;

	void read(OptionReader &in)
	{
		in.whole("curve", 0, 99, curve);
	}
};

/** Plays one point of a curve; fades from the one that was bound. */
class Player
{
      public:
	static constexpr const char *uri = "urn:test:synthdef:player:1";
	static constexpr const char *name = "player";
	static constexpr Port ports[] = {
		control("wanted", -1.0f, 99.0f, -1.0f),
		resource_in<Curve>("curve"),
		audio_out("out"),
	};

	TACTUS_RT
	Player(Context &context, const PlayerOptions &options) noexcept
	    : curve_(try_acquire<Curve>(context, options.curve)),
	      memory_(context, 8)
	{
		if (!curve_) {
			context.refuse(404);
		} else if (!memory_) {
			context.refuse(503);
		}
	}

	TACTUS_RT void activate(Context &context) noexcept
	{
		context.log(TACTUS_LOG_INFO, "it sounds", curve_->id());
	}

	TACTUS_RT void bind(Context &, std::uint32_t, Bound &old) noexcept
	{
		old_ = old.keep<Curve>();
	}

	TACTUS_RT void process(Context &context, std::uint32_t frames) noexcept
	{
		const auto wanted =
			static_cast<std::int32_t>(context.control(0).value);

		if (wanted >= 0 && curve_->try_replace(wanted)) {
			old_.release();
		}
		for (std::uint32_t i = 0; i < frames; i++) {
			context.out(0)[i] = (*curve_)->points[0];
		}
	}

      private:
	std::optional<ResourceRef<Curve>> curve_;
	ResourceRef<Curve> old_;
	RtMemory<float> memory_;
};

constexpr TactusPlugin description = about("plugin-plain");

} // namespace

const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return plugin<ResourceDef<Curve>, JobDef<Peek>,
		SynthDef<Player, PlayerOptions>>(host, description);
}
