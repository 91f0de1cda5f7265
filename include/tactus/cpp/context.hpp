/* SPDX-License-Identifier: MIT */
/*
 * context.hpp -- the engine on an audio thread, and references to resources.
 *
 * A TactusWorld stands before one call, so it is not to be kept.  A Context
 * is: it lies in front of the synth's object for as long as that lives, and
 * the border renews the world in it with each call.
 */
#ifndef TACTUS_CPP_CONTEXT_HPP
#define TACTUS_CPP_CONTEXT_HPP

#include <optional>
#include <utility>

#include <tactus/cpp/host.hpp>

namespace tactus
{

class Context;

/** The reference to a resource that a bind found and may keep. */
class Bound
{
      public:
	TACTUS_RT
	Bound(Context &context, void *old, std::int32_t id) noexcept
	    : context_(context), old_(old), id_(id)
	{
	}
	Bound(const Bound &) = delete;
	Bound &operator=(const Bound &) = delete;

	/** The id of what was bound before, -1: nothing was. @side rt */
	TACTUS_RT std::int32_t id() const noexcept
	{
		return id_;
	}

	/**
	 * Keep what was bound before, to fade from it: the reference that is
	 * returned holds it from now on.  Empty: nothing was bound, or it is
	 * kept already.
	 * @side rt: bind
	 * @pre the port's URI is T's
	 */
	template <class T> TACTUS_RT auto keep() noexcept;

	/** Is it kept? @side rt */
	TACTUS_RT bool is_kept() const noexcept
	{
		return kept_;
	}

      private:
	friend class Context;

	Context &context_;
	void *old_;
	std::int32_t id_;
	bool kept_ = false;
};

/** A synth and the engine before it, in one call and from call to call. */
class Context
{
      public:
	TACTUS_RT
	Context(const TactusWorld *world, TactusSynth *synth) noexcept
	    : world_(world), synth_(synth)
	{
	}
	Context(const Context &) = delete;
	Context &operator=(const Context &) = delete;

	/** The engine's own, for this call. @side rt */
	TACTUS_RT const TactusWorld *world() const noexcept
	{
		return world_;
	}

	/** The synth as the engine sees it. @side rt */
	TACTUS_RT TactusSynth *synth() const noexcept
	{
		return synth_;
	}

	/** Does the engine have this function? @side rt */
	template <class Member>
	TACTUS_RT bool has(Member TactusWorld::*member) const noexcept
	{
		return has_member(world_, member);
	}

	/** Frames a second. @side rt */
	TACTUS_RT double rate() const noexcept
	{
		return world_->rate;
	}

	/** Most frames of one segment. @side rt */
	TACTUS_RT std::uint32_t block() const noexcept
	{
		return world_->block;
	}

	/** The sample clock at the segment's first frame. @side rt */
	TACTUS_RT std::uint64_t time() const noexcept
	{
		return world_->time(world_);
	}

	/** The node's id. @side rt */
	TACTUS_RT std::int32_t id() const noexcept
	{
		return synth_->id;
	}

	/** Control `i`, by its place among the controls. @side rt */
	TACTUS_RT const TactusControl &control(std::uint32_t i) const noexcept
	{
		return synth_->controls[i];
	}

	/** Audio input `i`, for this segment. @side rt: process */
	TACTUS_RT const float *in(std::uint32_t i) const noexcept
	{
		return synth_->in[i];
	}

	/** Audio output `i`, for this segment. @side rt: process */
	TACTUS_RT float *out(std::uint32_t i) const noexcept
	{
		return synth_->out[i];
	}

	/**
	 * What is bound to resource port `i` (among the resource ports): the
	 * engine's reference, good for this call.
	 * @side rt
	 * @pre the port's URI is T's
	 * @return NULL: nothing is bound, or the engine has no resources
	 */
	template <class T>
	TACTUS_RT layout_t<T> *resource(std::uint32_t i) const noexcept
	{
		return has(&TactusWorld::resource_acquire)
			       ? static_cast<layout_t<T> *>(
					 synth_->resources[i])
			       : nullptr;
	}

	/**
	 * Take memory from the RT pools: 64-aligned, not zeroed.
	 * @side rt: construct and destroy, process of a TACTUS_SERIAL def
	 * @return NULL: the pool is used up
	 */
	TACTUS_RT void *alloc(std::size_t bytes) const noexcept
	{
		return world_->alloc(world_, bytes);
	}

	/** Give it back; NULL is accepted. @side rt, as alloc */
	TACTUS_RT void free(void *memory) const noexcept
	{
		world_->free(world_, memory);
	}

	/** The synth is at its end. @side rt: process */
	TACTUS_RT void done() const noexcept
	{
		world_->done(world_, synth_);
	}

	/**
	 * Notify the clients that asked for it; see TactusWorld.notify.
	 * @side rt: process
	 * @return false: there was no room
	 */
	TACTUS_RT bool notify(const char *address, const char *types,
		const double *values) const noexcept
	{
		return world_->notify(world_, synth_, address, types, values);
	}

	/** Write a line to the log; `text` is a literal. @side rt */
	TACTUS_RT void log(TactusLevel level, const char *text,
		double value = 0.0) const noexcept
	{
		world_->log(world_, synth_, level, text, value);
	}

	/**
	 * Refuse to be made: the constructor's way to fail that throws
	 * nothing.  The object is unmade when its constructor has returned.
	 * @side rt: constructor
	 * @param code 400 … 599; the client gets it
	 */
	TACTUS_RT void refuse(int code) noexcept
	{
		refused_ = code >= 400 && code < 600 ? code : 500;
	}

	/** The code of refuse, 0: it was not. @side rt */
	TACTUS_RT int refused() const noexcept
	{
		return refused_;
	}

	/** As TactusWorld.fft_forward. @side rt */
	TACTUS_RT void fft_forward(const TactusFft *fft, const float *time,
		float *spectrum, float *scratch) const noexcept
	{
		world_->fft_forward(fft, time, spectrum, scratch);
	}

	/** As TactusWorld.fft_inverse. @side rt */
	TACTUS_RT void fft_inverse(const TactusFft *fft, const float *spectrum,
		float *time, float *scratch) const noexcept
	{
		world_->fft_inverse(fft, spectrum, time, scratch);
	}

	/**
	 * Acquire a resource by hand; ResourceRef does better.
	 * @side rt, as TactusWorld.resource_acquire
	 * @return NULL: it cannot be had
	 */
	TACTUS_RT void *acquire(std::int32_t id, const char *uri) const noexcept
	{
		return has(&TactusWorld::resource_acquire)
			       ? world_->resource_acquire(
					 world_, synth_, id, uri)
			       : nullptr;
	}

	/** Release it. @side rt */
	TACTUS_RT void release(std::int32_t id) noexcept
	{
		/* bind has not returned: the engine knows nothing of it yet */
		if (bound_ != nullptr && bound_->kept_ && bound_->id_ == id) {
			bound_->kept_ = false;
		} else if (has(&TactusWorld::resource_release)) {
			world_->resource_release(world_, synth_, id);
		}
	}

	/**
	 * Let a worker work on resources; see TactusPerform.
	 * @side rt: constructor, activate; process of a TACTUS_SERIAL def
	 * @return 0, or why not: 404, 409, 422, 503 (or the engine cannot)
	 */
	TACTUS_RT int perform(const TactusPerform &what) const noexcept
	{
		return has(&TactusWorld::perform_with_resources)
			       ? world_->perform_with_resources(
					 world_, synth_, &what)
			       : 503;
	}

	/**
	 * The same with a task: a plain struct of at most TACTUS_MAX_JOB_DATA
	 * bytes, which is copied.  It has
	 *	int perform(Host &, const Resources<T> &);        // worker
	 * with `using resource = T` (left out: void), and may have
	 *	void done(Context &, int result) const;           // rt
	 * What perform throws becomes the result, as a negative code.
	 */
	template <class Task>
	TACTUS_RT int perform(const Task &task, const std::int32_t *ids,
		std::uint32_t count, bool exclusive) const noexcept;

	/** Renew the world: the border's. @side rt */
	TACTUS_RT void enter(const TactusWorld *world, TactusSynth *synth,
		Bound *bound = nullptr) noexcept
	{
		world_ = world;
		synth_ = synth;
		bound_ = bound;
	}

      private:
	const TactusWorld *world_;
	TactusSynth *synth_;
	Bound *bound_ = nullptr;
	int refused_ = 0;
};

/**
 * A reference to a resource, held as long as the object is.
 *
 * T is a class of resources (see layout_t).  It may be moved, not copied.
 * Made of a Context it may live as long as the synth.  Made of a world and a
 * synth, in a def that is written without SynthDef, it holds that world: it
 * has to go in the same call, or to be let go by release(world).  What the
 * synth still has when it ends the engine takes back.
 */
template <class T> class ResourceRef
{
	static_assert(detail::is_resource<T>::value, "T has a static uri");

      public:
	using layout = layout_t<T>;

	/** An empty reference. @side rt */
	TACTUS_RT ResourceRef() noexcept
	{
	}

#if defined(__cpp_exceptions)
	/**
	 * Acquire, or throw.
	 * @side rt: constructor, activate, bind; a throw allocates, so marked
	 *       code uses try_acquire
	 * @errors throws ResourceError: 422 the id is negative, 503 the engine
	 *         has no resources, 409 the resource cannot be had (free, not
	 *         ready, exclusively used, of another class)
	 */
	ResourceRef(Context &context, std::int32_t id)
	    : ResourceRef(&context, context.world(), context.synth(), id)
	{
		must(context.world());
	}

	/** The same in a def without SynthDef. @side rt */
	ResourceRef(
		const TactusWorld *world, TactusSynth *synth, std::int32_t id)
	    : ResourceRef(nullptr, world, synth, id)
	{
		must(world);
	}
#endif

	TACTUS_RT
	ResourceRef(ResourceRef &&other) noexcept
	    : context_(other.context_), world_(other.world_),
	      synth_(other.synth_), id_(other.id_),
	      at_(std::exchange(other.at_, nullptr))
	{
	}

	/** What was held before is released. */
	TACTUS_RT ResourceRef &operator=(ResourceRef &&other) noexcept
	{
		if (this != &other) {
			release();
			context_ = other.context_;
			world_ = other.world_;
			synth_ = other.synth_;
			id_ = other.id_;
			at_ = std::exchange(other.at_, nullptr);
		}
		return *this;
	}

	TACTUS_RT ~ResourceRef()
	{
		release();
	}

	/** The resource, NULL: empty. @side rt */
	TACTUS_RT layout *get() const noexcept
	{
		return at_;
	}

	TACTUS_RT layout *operator->() const noexcept
	{
		return at_;
	}

	TACTUS_RT layout &operator*() const noexcept
	{
		return *at_;
	}

	/** Is something held? @side rt */
	TACTUS_RT explicit operator bool() const noexcept
	{
		return at_ != nullptr;
	}

	/** The id of what is held, -1: empty. @side rt */
	TACTUS_RT std::int32_t id() const noexcept
	{
		return at_ != nullptr ? id_ : -1;
	}

	/**
	 * Hold another resource instead.  Where that cannot be had, the one
	 * held stays.
	 * @side rt: activate, bind; process of a TACTUS_SERIAL def
	 * @pre it was made of a Context, or moved from one that was
	 * @return false: it cannot be had
	 */
	TACTUS_RT bool try_replace(std::int32_t id) noexcept
	{
		return context_ != nullptr
			       ? replace(context_->world(), id)
			       : synth_ != nullptr && replace(world_, id);
	}

	/** The same with the world of this call. @side rt, as above */
	TACTUS_RT bool try_replace(
		const TactusWorld *world, std::int32_t id) noexcept
	{
		return synth_ != nullptr && replace(world, id);
	}

	/** Let go of what is held; it is empty then. @side rt */
	TACTUS_RT void release() noexcept
	{
		release(context_ != nullptr ? context_->world() : world_);
	}

	/** The same with the world of this call. @side rt */
	TACTUS_RT void release(const TactusWorld *world) noexcept
	{
		if (at_ == nullptr) {
			return;
		}
		at_ = nullptr;
		if (context_ != nullptr) {
			context_->release(id_);
		} else if (has_member(world, &TactusWorld::resource_release)) {
			world->resource_release(world, synth_, id_);
		}
	}

	/** Acquire, or be empty: what try_acquire does. @side rt */
	TACTUS_RT
	ResourceRef(Context *context, const TactusWorld *world,
		TactusSynth *synth, std::int32_t id) noexcept
	    : context_(context), world_(world), synth_(synth), id_(id),
	      at_(acquire(world, synth, id))
	{
	}

	/** Take over a reference that the synth has: Bound's. @side rt */
	TACTUS_RT
	ResourceRef(Context &context, std::int32_t id, void *at) noexcept
	    : context_(&context), world_(context.world()),
	      synth_(context.synth()), id_(id), at_(static_cast<layout *>(at))
	{
	}

      private:
	TACTUS_RT static layout *acquire(const TactusWorld *world,
		TactusSynth *synth, std::int32_t id) noexcept
	{
		return has_member(world, &TactusWorld::resource_acquire)
			       ? static_cast<layout *>(world->resource_acquire(
					 world, synth, id, T::uri))
			       : nullptr;
	}

	/* The new one first: it may be the same. */
	TACTUS_RT bool replace(
		const TactusWorld *world, std::int32_t id) noexcept
	{
		layout *at = acquire(world, synth_, id);

		if (at == nullptr) {
			return false;
		}
		release(world);
		world_ = world;
		id_ = id;
		at_ = at;
		return true;
	}

#if defined(__cpp_exceptions)
	void must(const TactusWorld *world) const
	{
		if (at_ != nullptr) {
			return;
		}
		if (!has_member(world, &TactusWorld::resource_acquire)) {
			throw ResourceError(503, id_,
				"this engine is too old to have resources");
		}
		if (id_ < 0) {
			throw ResourceError(
				422, id_, "a resource's id is 0 or more");
		}
		throw ResourceError(409, id_,
			"the resource cannot be had: it is not there, not "
			"ready, exclusively used, or of another class");
	}
#endif

	Context *context_ = nullptr;
	const TactusWorld *world_ = nullptr;
	TactusSynth *synth_ = nullptr;
	std::int32_t id_ = -1;
	layout *at_ = nullptr;
};

template <class T>
TACTUS_RT auto
Bound::keep() noexcept
{
	if (old_ == nullptr || kept_) {
		return ResourceRef<T>();
	}
	kept_ = true;
	return ResourceRef<T>(context_, id_, std::exchange(old_, nullptr));
}

/**
 * Acquire a resource, or have nothing; nothing is thrown.
 * @side rt: constructor, activate, bind; process of a TACTUS_SERIAL def
 */
template <class T>
TACTUS_RT inline std::optional<ResourceRef<T>>
try_acquire(Context &context, std::int32_t id) noexcept
{
	ResourceRef<T> ref(&context, context.world(), context.synth(), id);

	if (!ref) {
		return std::nullopt;
	}
	return std::optional<ResourceRef<T>>(std::move(ref));
}

/** The same in a def without SynthDef; see ResourceRef. @side rt */
template <class T>
TACTUS_RT inline std::optional<ResourceRef<T>>
try_acquire(
	const TactusWorld *world, TactusSynth *synth, std::int32_t id) noexcept
{
	ResourceRef<T> ref(nullptr, world, synth, id);

	if (!ref) {
		return std::nullopt;
	}
	return std::optional<ResourceRef<T>>(std::move(ref));
}

namespace detail
{

template <class T, class = void> struct task_resource {
	using type = void;
	static constexpr const char *uri = nullptr;
};
template <class T> struct task_resource<T, std::void_t<typename T::resource>> {
	using type = typename T::resource;
	static constexpr const char *uri = type::uri;
};

template <class T, class = void> struct has_done : std::false_type {
};
template <class T>
struct has_done<T, std::void_t<decltype(std::declval<const T &>().done(
			   std::declval<Context &>(), 0))>> : std::true_type {
};

/** The worker's half of Context.perform. @side worker */
template <class Task>
inline int
task_perform(const TactusHost *host, void *const *resources, uint32_t count,
	void *data) noexcept
{
	char reason[256];
	Failure failure(reason, sizeof(reason));
	Host own(host, &failure);
	int result = 0;

	stop(failure, [&]() {
		result = static_cast<Task *>(data)->perform(
			own, Resources<typename task_resource<Task>::type>(
				     resources, count));
	});
	if (failure.code() != 0) {
		own.log(TACTUS_LOG_WARNING, reason);
		return -failure.code();
	}
	return result;
}

/** Its way back. @side rt */
template <class Task>
TACTUS_RT inline void
task_done(const TactusWorld *world, TactusSynth *synth, int result,
	const void *data) noexcept
{
	Context &context = *static_cast<Context *>(synth->self);

	context.enter(world, synth);
	stop_rt([&]() TACTUS_RT {
		static_cast<const Task *>(data)->done(context, result);
	});
}

} // namespace detail

template <class Task>
TACTUS_RT int
Context::perform(const Task &task, const std::int32_t *ids, std::uint32_t count,
	bool exclusive) const noexcept
{
	static_assert(std::is_trivially_copyable_v<Task> &&
			      sizeof(Task) <= TACTUS_MAX_JOB_DATA,
		"a task is plain and has at most TACTUS_MAX_JOB_DATA bytes");
	TactusPerform what = {};

	what.size = sizeof(what);
	what.count = count;
	what.ids = ids;
	what.uri = detail::task_resource<Task>::uri;
	what.exclusive = exclusive;
	what.bytes = sizeof(Task);
	what.data = &task;
	what.perform = detail::task_perform<Task>;
	if constexpr (detail::has_done<Task>::value) {
		what.done = detail::task_done<Task>;
	}
	return perform(what);
}

/**
 * Memory of the RT pools, given back with the object: for the members of a
 * synth.  Not zeroed.  It must not outlive its Context.
 */
template <class T> class RtMemory
{
	static_assert(std::is_trivially_default_constructible_v<T> &&
			      std::is_trivially_destructible_v<T>,
		"RtMemory is for plain numbers and structs");

      public:
	TACTUS_RT RtMemory() noexcept
	{
	}

	/** Take memory for `count` of them; empty: the pool is used up.
	 * @side rt: constructor; process of a TACTUS_SERIAL def */
	TACTUS_RT
	RtMemory(Context &context, std::size_t count) noexcept
	    : context_(&context)
	{
		if (count <= SIZE_MAX / sizeof(T)) {
			at_ = static_cast<T *>(
				context.alloc(count * sizeof(T)));
		}
	}

	TACTUS_RT
	RtMemory(RtMemory &&other) noexcept
	    : context_(other.context_), at_(std::exchange(other.at_, nullptr))
	{
	}

	TACTUS_RT RtMemory &operator=(RtMemory &&other) noexcept
	{
		std::swap(context_, other.context_);
		std::swap(at_, other.at_);
		return *this;
	}

	TACTUS_RT ~RtMemory()
	{
		if (at_ != nullptr) {
			context_->free(at_);
		}
	}

	/** The first of them, NULL: empty. @side rt */
	TACTUS_RT T *data() const noexcept
	{
		return at_;
	}

	/** One of them. @side rt */
	TACTUS_RT T &operator[](std::size_t i) const noexcept
	{
		return at_[i];
	}

	/** Is there any? @side rt */
	TACTUS_RT explicit operator bool() const noexcept
	{
		return at_ != nullptr;
	}

      private:
	Context *context_ = nullptr;
	T *at_ = nullptr;
};

} // namespace tactus

#endif
