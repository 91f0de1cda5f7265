/* SPDX-License-Identifier: MIT */
/*
 * resource.hpp -- definitions of resources and jobs, made of C++ classes.
 *
 * The borders here run on workers (check: on the loop), several at once.
 * Whatever a class throws ends here and becomes the client's reason.
 */
#ifndef TACTUS_CPP_RESOURCE_HPP
#define TACTUS_CPP_RESOURCE_HPP

#include <tactus/cpp/host.hpp>
#include <tactus/resources/audio_buffer.h>

namespace tactus
{

/** Sound in memory: the class that comes with the engine. */
struct AudioBuffer {
	static constexpr const char *uri = TACTUS_AUDIO_BUFFER_URI;
	using layout = TactusAudioBuffer;
};

namespace detail
{

template <class T, class = void> struct has_check : std::false_type {
};
template <class T>
struct has_check<T, std::void_t<decltype(T::check(std::declval<const Host &>(),
			    std::declval<const Arguments &>()))>>
    : std::true_type {
};
template <class T, class = void> struct names_check : std::false_type {
};
template <class T>
struct names_check<T, std::void_t<decltype(&T::check)>> : std::true_type {
};

template <class T, class = void> struct has_bytes : std::false_type {
};
template <class T>
struct has_bytes<T, std::void_t<decltype(std::declval<const T &>().bytes())>>
    : std::true_type {
};

/** The check of resources and jobs alike. */
template <class T>
inline int
check(const TactusHost *host, const TactusValue *values, uint32_t count,
	char *reason, size_t size) noexcept
{
	Failure failure(reason, size);
	const Host own(host, &failure);
	const Arguments arguments(values, count, failure);

	stop(failure, [&]() { T::check(own, arguments); });
	return failure.code();
}

} // namespace detail

/**
 * A class of resources out of a C++ class.
 *
 *	class Curve : public example_curve      // the struct that is shared
 *	{
 *	public:
 *		static constexpr const char *uri = "urn:example:…:1";
 *		static constexpr const char *name = "curve";
 *		using layout = example_curve;       // else: Curve itself
 *		Curve(Host &, const Arguments &, Job &);        // worker
 *		~Curve();                                       // worker
 *	};
 *
 * It may also have: `doc` and `arguments`, texts for the manual; `flags`, of
 * TactusResourceFlag; `static void check(const Host &, const Arguments &)`,
 * on the loop, which opens no file; `uint64_t bytes() const`, on a worker,
 * when what it took from its Host is not all that it occupies.
 *
 * The Host that the constructor gets lives as long as the object.  The object
 * lies in the engine's memory; what it takes by `new` rt may not touch.
 */
template <class Class> class ResourceDef
{
	using Layout = layout_t<Class>;

	static_assert(detail::is_resource<Class>::value,
		"a resource class has a static uri");
	static_assert(std::is_convertible_v<Class *, Layout *>,
		"a resource class derives from its layout, in public");
	static_assert(std::is_constructible_v<Class, Host &, const Arguments &,
			      Job &>,
		"its constructor is Class(Host &, const Arguments &, Job &)");
	static_assert(alignof(Class) <= 64, "memory is aligned to 64 bytes");
	static_assert(detail::has_check<Class>::value ==
			      detail::names_check<Class>::value,
		"check is static void check(const Host &, const Arguments &)");

	/* The object stands behind its Host, so that one finds the other. */
	static constexpr std::size_t head = 64;
	static_assert(sizeof(Host) <= head, "the head has room for a Host");

	static Host *host_of(Class *object) noexcept
	{
		return std::launder(reinterpret_cast<Host *>(
			reinterpret_cast<char *>(object) - head));
	}

	static void *construct(const TactusHost *host,
		const TactusValue *values, uint32_t count, TactusJob *job,
		char *reason, size_t size) noexcept
	{
		Failure failure(reason, size);
		Class *object = nullptr;
		char *block = static_cast<char *>(
			host->alloc(host, head + sizeof(Class)));

		if (block == nullptr) {
			failure.note(413, "there is no memory for it; see "
					  "limits.max_resource_bytes");
			return nullptr;
		}
		Host *own = new (block) Host(host, &failure);
		detail::stop(failure, [&]() {
			Job work(*own, job);
			const Arguments arguments(values, count, failure);

			object =
				new (block + head) Class(*own, arguments, work);
		});
		if (failure.code() != 0) {
			end(host, object, block);
			return nullptr;
		}
		own->enter(host, nullptr);
		return static_cast<Layout *>(object);
	}

	/** Unmake what there is; without exceptions there may be an object. */
	static void end(
		const TactusHost *host, Class *object, char *block) noexcept
	{
		Failure ignored(nullptr, 0);

		if (object != nullptr) {
			host_of(object)->enter(host, nullptr);
			detail::stop(ignored, [&]() { object->~Class(); });
		}
		host->free(host, block);
	}

	static void destroy(const TactusHost *host, void *resource) noexcept
	{
		Class *object =
			static_cast<Class *>(static_cast<Layout *>(resource));

		end(host, object, reinterpret_cast<char *>(object) - head);
	}

	static uint64_t bytes(const TactusHost *, const void *resource) noexcept
	{
		const Class *object = static_cast<const Class *>(
			static_cast<const Layout *>(resource));
		Failure ignored(nullptr, 0);
		std::uint64_t n = 0;

		detail::stop(ignored, [&]() { n = object->bytes(); });
		return n;
	}

	static constexpr TactusResourceDef make() noexcept
	{
		TactusResourceDef d{};

		d.size = sizeof(d);
		d.flags = detail::flags_of<Class>::value;
		d.uri = Class::uri;
		d.name = Class::name;
		d.doc = detail::doc_of<Class>::value;
		d.arguments = detail::arguments_of<Class>::value;
		if constexpr (detail::has_check<Class>::value) {
			d.check = detail::check<Class>;
		}
		d.construct = construct;
		d.destroy = destroy;
		if constexpr (detail::has_bytes<Class>::value) {
			d.bytes = bytes;
		}
		return d;
	}

      public:
	/** What the engine gets. */
	static constexpr TactusResourceDef def = make();

	/** Does the engine know resources? @side loop */
	static bool is_known(const TactusHost *host) noexcept
	{
		return has_member(host, &TactusHost::register_resource_def) &&
		       has_member(host, &TactusHost::alloc) &&
		       has_member(host, &TactusHost::free);
	}

	/** @side loop, in tactus_plugin() @return 0, or -1 */
	static int offer(const TactusHost *host) noexcept
	{
		return host->register_resource_def(host, &def);
	}
};

namespace detail
{

template <class T, class = void> struct resource_of {
	using type = void;
	static constexpr const char *uri = nullptr;
};
template <class T> struct resource_of<T, std::void_t<typename T::resource>> {
	using type = typename T::resource;
	static constexpr const char *uri = type::uri;
};
template <class T, class = void> struct results_of {
	static constexpr const char *value = "";
};
template <class T> struct results_of<T, std::void_t<decltype(T::results)>> {
	static constexpr const char *value = T::results;
};
template <class T, class = void> struct least_of {
	static constexpr std::uint32_t value = 1;
};
template <class T> struct least_of<T, std::void_t<decltype(T::least)>> {
	static constexpr std::uint32_t value = T::least;
};
template <class T, class = void> struct most_of {
	static constexpr std::uint32_t value =
		least_of<T>::value > 1 ? least_of<T>::value : 1;
};
template <class T> struct most_of<T, std::void_t<decltype(T::most)>> {
	static constexpr std::uint32_t value = T::most;
};

} // namespace detail

/**
 * A job out of a C++ class, which is never instantiated.
 *
 *	struct Reverse {
 *		static constexpr const char *uri = "urn:example:job:…:1";
 *		static constexpr const char *name = "curve-reverse";
 *		using resource = Curve;    // left out: any resource
 *		static void perform(Host &, const Resources<Curve> &,
 *			const Arguments &, Job &);              // worker
 *	};
 *
 * It may also have: `doc`, `arguments`, `results`, texts for the manual;
 * `flags`, of TactusJobFlag; `least` and `most`, how many resources it takes
 * (1 and 1); `check`, as for ResourceDef.  With `resource` left out perform
 * takes a const Resources<void> &.
 */
template <class Class> class JobDef
{
	using Resource = typename detail::resource_of<Class>::type;

	static_assert(
		detail::most_of<Class>::value <= TACTUS_MAX_JOB_RESOURCES &&
			detail::least_of<Class>::value <=
				detail::most_of<Class>::value,
		"a job takes least … most resources, 16 at most");
	static_assert(detail::has_check<Class>::value ==
			      detail::names_check<Class>::value,
		"check is static void check(const Host &, const Arguments &)");

	static int perform(const TactusHost *host, void *const *resources,
		uint32_t resource_count, const TactusValue *values,
		uint32_t count, TactusJob *job, char *reason,
		size_t size) noexcept
	{
		Failure failure(reason, size);
		Host own(host, &failure);

		detail::stop(failure, [&]() {
			Job work(own, job);

			Class::perform(own,
				Resources<Resource>(resources, resource_count),
				Arguments(values, count, failure), work);
		});
		return failure.code();
	}

	static constexpr TactusJobDef make() noexcept
	{
		TactusJobDef d{};

		d.size = sizeof(d);
		d.flags = detail::flags_of<Class>::value;
		d.uri = Class::uri;
		d.name = Class::name;
		d.doc = detail::doc_of<Class>::value;
		d.arguments = detail::arguments_of<Class>::value;
		d.results = detail::results_of<Class>::value;
		d.resource = detail::resource_of<Class>::uri;
		d.least = detail::least_of<Class>::value;
		d.most = detail::most_of<Class>::value;
		if constexpr (detail::has_check<Class>::value) {
			d.check = detail::check<Class>;
		}
		d.perform = perform;
		return d;
	}

      public:
	/** What the engine gets. */
	static constexpr TactusJobDef def = make();

	/** Does the engine know jobs? @side loop */
	static bool is_known(const TactusHost *host) noexcept
	{
		return has_member(host, &TactusHost::register_job_def);
	}

	/** @side loop, in tactus_plugin() @return 0, or -1 */
	static int offer(const TactusHost *host) noexcept
	{
		return host->register_job_def(host, &def);
	}
};

} // namespace tactus

#endif
