/* SPDX-License-Identifier: MIT */
/*
 * plugin-steps.cpp -- a plugin in C++ with a resource class, a synth, a job.
 *
 *	tactus send --wait /resource/new steps 1 [ 0 0.25 0.5 1 ]
 *	tactus send /synth/new step-player 10 0 1 [ 4 ]
 *	tactus send /synth/map/output 10 out 0 1
 *	tactus send /synth/activate 10
 *	tactus send /node/set 10 steps 1
 *	tactus send --wait /job/new steps-scale 1 0 [ 1 ] [ 0.5 ]
 *
 * It is what plugin-curve does in C, of classes.  Whatever they throw stays
 * in the plugin: the client gets the words.  TACTUS_RT marks what runs on
 * audio threads, where nothing may throw; clang 20 and later prove it with
 * -Wfunction-effects.  The manual is tactus-plugin(7).
 */
#include <tactus/plugin.hpp>

namespace
{

/* --- the resource: "steps", of the levels that /resource/new is given --- */

/** The layout that the URI names; what other plugins would include. */
struct StepsLayout {
	std::uint32_t size;
	std::uint32_t count;
	float *levels;
};

/* Its constructor and destructor run on workers.  What it takes as HostMemory
 * is zeroed, counted, fit for audio threads, and given back with it. */
class Steps : public StepsLayout
{
      public:
	static constexpr const char *uri = "urn:example:resource:steps:1";
	static constexpr const char *name = "steps";
	static constexpr const char *doc = "Levels, one after the other.";
	static constexpr const char *arguments = "f level ...";
	static constexpr std::uint32_t flags = TACTUS_MUTABLE;
	using layout = StepsLayout;

	/* On the loop, before anything is begun: the client's /error. */
	static void check(const tactus::Host &, const tactus::Arguments &given)
	{
		given.at_most(4096);
		given.number(0, "level", -8.0, 8.0);
		for (std::uint32_t i = 1; i < given.count(); i++) {
			given.number(i, "level", -8.0, 8.0);
		}
	}

	Steps(tactus::Host &host, const tactus::Arguments &given, tactus::Job &)
	    : StepsLayout(), memory_(host, given.count())
	{
		size = sizeof(StepsLayout);
		count = given.count();
		levels = memory_.data();
		for (std::uint32_t i = 0; i < count; i++) {
			levels[i] = static_cast<float>(
				given.number(i, "level", -8.0, 8.0));
		}
	}

      private:
	tactus::HostMemory<float> memory_;
};

/* --- the synth: "step-player", of a port that steps are bound to --- */

/** How long a change to other steps is faded, in seconds. */
constexpr double fade_s = 0.02;

class StepPlayer
{
      public:
	static constexpr const char *uri = "urn:example:synthdef:step-player:1";
	static constexpr const char *name = "step-player";
	static constexpr const char *doc = "Go through steps, round and round.";
	static constexpr tactus::Port ports[] = {
		tactus::control("freq", 0.0f, 1000.0f, 1.0f)
			.in("Hz")
			.about("steps a second"),
		tactus::resource_in<Steps>("steps").about(
			"what is played; silence without"),
		tactus::audio_out("out").about("the level of the step"),
	};

	TACTUS_RT
	StepPlayer(tactus::Context &context) noexcept
	    : fade_frames_(static_cast<std::uint32_t>(fade_s * context.rate()))
	{
	}

	/* What is bound is the engine's; of what was bound before the player
	 * keeps a reference of its own, until it has faded from it. */
	TACTUS_RT void bind(
		tactus::Context &, std::uint32_t, tactus::Bound &old) noexcept
	{
		old_ = old.keep<Steps>();
		fade_left_ = fade_frames_;
	}

	TACTUS_RT void process(
		tactus::Context &context, std::uint32_t frames) noexcept
	{
		const StepsLayout *steps = context.resource<Steps>(0);
		const TactusControl &freq = context.control(0);
		const double round = steps != nullptr ? steps->count : 1.0;

		for (std::uint32_t i = 0; i < frames; i++) {
			const float is = level(steps);
			const float was = level(old_.get());
			const float part = static_cast<float>(fade_left_) /
					   static_cast<float>(fade_frames_);

			context.out(0)[i] = is + part * (was - is);
			at_ += static_cast<double>(
				       tactus_control_at(&freq, i)) /
			       context.rate();
			at_ = at_ < round ? at_ : at_ - round;
			fade_left_ -= fade_left_ > 0 ? 1 : 0;
		}
		if (fade_left_ == 0) {
			old_.release();
		}
	}

      private:
	TACTUS_RT float level(const StepsLayout *steps) const noexcept
	{
		return steps != nullptr
			       ? steps->levels[static_cast<std::uint32_t>(at_) %
					       steps->count]
			       : 0.0f;
	}

	std::uint32_t fade_frames_;
	std::uint32_t fade_left_ = 0;
	double at_ = 0.0;
	tactus::ResourceRef<Steps> old_;
};

/* --- the job: "steps-scale", of one resource and a factor --- */

struct StepsScale {
	static constexpr const char *uri = "urn:example:job:steps-scale:1";
	static constexpr const char *name = "steps-scale";
	static constexpr const char *doc = "Multiply levels by a factor.";
	static constexpr const char *arguments = "f factor";
	static constexpr const char *results = "f peak";
	using resource = Steps;

	static void check(const tactus::Host &, const tactus::Arguments &given)
	{
		given.number(0, "factor", -8.0, 8.0);
		given.at_most(1);
	}

	static void perform(tactus::Host &,
		const tactus::Resources<Steps> &resources,
		const tactus::Arguments &given, tactus::Job &job)
	{
		const float factor = static_cast<float>(
			given.number(0, "factor", -8.0, 8.0));
		const StepsLayout &steps = resources[0];
		float peak = 0.0f;

		for (std::uint32_t i = 0; i < steps.count; i++) {
			const float v = steps.levels[i] * factor;
			peak = v > peak ? v : -v > peak ? -v : peak;
		}
		/* before anything is changed: it is done whole, or not */
		if (peak > 8.0f) {
			throw tactus::Error(422,
				"the levels would go beyond 8; take a smaller "
				"factor");
		}
		for (std::uint32_t i = 0; i < steps.count; i++) {
			steps.levels[i] *= factor;
		}
		job.result(static_cast<double>(peak));
	}
};

constexpr TactusPlugin description = tactus::about("plugin-steps", "1", "MIT");

} // namespace

/* The one symbol that the engine looks for. */
const TactusPlugin *
tactus_plugin(const TactusHost *host)
{
	return tactus::plugin<tactus::ResourceDef<Steps>,
		tactus::SynthDef<StepPlayer>, tactus::JobDef<StepsScale>>(
		host, description);
}
