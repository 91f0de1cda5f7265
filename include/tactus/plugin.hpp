/* SPDX-License-Identifier: MIT */
/*
 * plugin.hpp -- plugins in C++17: classes instead of tables of functions.
 *
 * It stands on <tactus/plugin.h> alone and is made of headers; nothing is
 * linked.  A plugin is a few classes and one function:
 *
 *	static constexpr TactusPlugin about =
 *		tactus::about("curves", "1", "MIT");
 *
 *	const TactusPlugin *
 *	tactus_plugin(const TactusHost *host)
 *	{
 *		return tactus::plugin<tactus::ResourceDef<Curve>,
 *			tactus::SynthDef<Player>,
 *			tactus::JobDef<Reverse>>(host, about);
 *	}
 *
 * synth.hpp says what a synth's class has, resource.hpp what those of
 * resources and jobs have, context.hpp what a synth can do on an audio
 * thread (ResourceRef, try_acquire), host.hpp and media.hpp what there is
 * outside of it.  No exception leaves a plugin that is made in this way.
 */
#ifndef TACTUS_PLUGIN_HPP
#define TACTUS_PLUGIN_HPP

#include <tactus/cpp/context.hpp>
#include <tactus/cpp/error.hpp>
#include <tactus/cpp/host.hpp>
#include <tactus/cpp/media.hpp>
#include <tactus/cpp/ports.hpp>
#include <tactus/cpp/resource.hpp>
#include <tactus/cpp/synth.hpp>

namespace tactus
{

/** What a plugin says of itself; licence is an SPDX identifier. */
constexpr TactusPlugin
about(const char *name, const char *version = nullptr,
	const char *licence = nullptr) noexcept
{
	return {sizeof(TactusPlugin), TACTUS_ABI_VERSION, name, version,
		licence};
}

/**
 * Register all that a plugin defines: what tactus_plugin() returns.
 *
 * An engine that is too old for one of them gets none, and a line in its log.
 * @side loop, in tactus_plugin()
 * @param about lives as long as the plugin
 * @return `about`, or NULL: the engine cannot take the plugin
 */
template <class... Defs>
inline const TactusPlugin *
plugin(const TactusHost *host, const TactusPlugin &about) noexcept
{
	if (host->abi != TACTUS_ABI_VERSION) {
		return nullptr;
	}
	if (!(Defs::is_known(host) && ...)) {
		host->log(host, TACTUS_LOG_ERROR,
			"this engine is too old: it knows no resources and "
			"jobs");
		return nullptr;
	}
	return ((Defs::offer(host) == 0) && ...) ? &about : nullptr;
}

} // namespace tactus

#endif
