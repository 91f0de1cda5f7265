/* SPDX-License-Identifier: MIT */
/*
 * error.hpp -- what fails in C++, and how it stays on this side of the border.
 *
 * No exception leaves a plugin: each function that the engine calls stands
 * behind one of the two stops here.  Where a plugin is compiled without
 * exceptions nothing is thrown: the first failure is written down instead,
 * and the border looks at it when the plugin's own code has returned.
 */
#ifndef TACTUS_CPP_ERROR_HPP
#define TACTUS_CPP_ERROR_HPP

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <new>
#include <type_traits>

#include <tactus/def.h>
#include <tactus/plugin.h>

namespace tactus
{

/**
 * Does a TactusWorld or TactusHost have this member, and is it there?
 *
 * An engine that is older than the plugin has shorter structs; nothing beyond
 * their `size` may be touched.
 * @side any
 */
template <class Table, class Member>
TACTUS_RT inline bool
has_member(const Table *table, Member Table::*member) noexcept
{
	const char *from = reinterpret_cast<const char *>(table);
	const char *at = reinterpret_cast<const char *>(&(table->*member));

	if (static_cast<std::size_t>(at - from) + sizeof(Member) >
		table->size) {
		return false;
	}
	if constexpr (std::is_pointer_v<Member>) {
		return table->*member ? true : false;
	} else {
		return true;
	}
}

/**
 * What goes wrong, with the code and the words that the client gets.
 *
 * To be thrown by value from whatever of a plugin the engine calls: check,
 * constructors, perform.  Longer words than fit are cut.  On rt a throw
 * allocates, as any does: there it is the way out of a /synth/new that fails,
 * never of process.
 */
class Error : public std::exception
{
      public:
	/**
	 * @param code 400 an argument is missing or of the wrong type, 404,
	 *        409, 413 too large, 422 out of range, 503 no room; 500 stands
	 *        for anything that is no error code
	 * @param what names the thing and the mend
	 */
	Error(int code, const char *what) noexcept
	    : code_(code >= 400 && code < 600 ? code : 500)
	{
		tactus_text_add(what_, sizeof(what_), what);
	}

	/** The client's error code. @side any */
	int code() const noexcept
	{
		return code_;
	}

	/** The reason; it lives as long as the error. @side any */
	const char *what() const noexcept override
	{
		return what_;
	}

      private:
	int code_;
	char what_[256] = {};
};

/** A resource that could not be acquired: what ResourceRef throws. */
class ResourceError : public Error
{
      public:
	/** @param id of the resource that was wanted */
	ResourceError(int code, std::int32_t id, const char *what) noexcept
	    : Error(code, what), id_(id)
	{
	}

	/** The id that was wanted. @side any */
	std::int32_t id() const noexcept
	{
		return id_;
	}

      private:
	std::int32_t id_;
};

/**
 * Where the first failure of one call is written down; it belongs to the
 * border, `reason` to the engine.
 */
class Failure
{
      public:
	Failure(char *reason, std::size_t size) noexcept
	    : reason_(reason), size_(size)
	{
		if (size_ != 0) {
			reason_[0] = '\0';
		}
	}

	/** Write a failure down, if it is the first. @side any but rt */
	void note(int code, const char *what) noexcept
	{
		if (code_ != 0) {
			return;
		}
		code_ = code >= 400 && code < 600 ? code : 500;
		if (what == nullptr || what[0] == '\0') {
			what = "it failed and gave no reason";
		}
		tactus_text_add(reason_, size_, what);
	}

	/** Throw an Error; without exceptions, note it. @side any but rt */
	void fail(int code, const char *what)
	{
#if defined(__cpp_exceptions)
		throw Error(code, what);
#else
		note(code, what);
#endif
	}

	/** The error's code, 0: nothing failed. @side any but rt */
	int code() const noexcept
	{
		return code_;
	}

      private:
	char *reason_;
	std::size_t size_;
	int code_ = 0;
};

namespace detail
{

/** Call `f` and note what it throws. @side any but rt */
template <class F>
inline void
stop(Failure &failure, const F &f) noexcept
{
#if defined(__cpp_exceptions)
	try {
		f();
	} catch (const Error &e) {
		failure.note(e.code(), e.what());
	} catch (const std::bad_alloc &) {
		failure.note(503, "there is no memory for it");
	} catch (const std::exception &e) {
		failure.note(500, e.what());
	} catch (...) {
		failure.note(500, "it failed with an unknown exception");
	}
#else
	(void)failure;
	f();
#endif
}

/*
 * The one place that the compiler is asked to trust: marked code neither
 * throws nor catches, and this is where what unmarked code throws all the
 * same has to end.  What `f` calls is proved where `f` is written.
 */
#if defined(__clang__) && __clang_major__ >= 20
#  pragma clang diagnostic push
#  pragma clang diagnostic ignored "-Wfunction-effects"
#endif

/** Call `f`. @side rt @return 0, or the code of what it throws */
template <class F>
TACTUS_RT inline int
stop_rt(const F &f) noexcept
{
#if defined(__cpp_exceptions)
	try {
		f();
	} catch (const Error &e) {
		return e.code();
	} catch (const std::bad_alloc &) {
		return 503;
	} catch (...) {
		return 500;
	}
#else
	f();
#endif
	return 0;
}

#if defined(__clang__) && __clang_major__ >= 20
#  pragma clang diagnostic pop
#endif

/** Is T the class of a resource: does it have a uri? */
template <class T, class = void> struct is_resource : std::false_type {
};
template <class T>
struct is_resource<T,
	std::enable_if_t<std::is_convertible_v<decltype(T::uri), const char *>>>
    : std::true_type {
};

/** T::layout, or T itself. */
template <class T, class = void> struct layout_of {
	using type = T;
};
template <class T> struct layout_of<T, std::void_t<typename T::layout>> {
	using type = typename T::layout;
};

/** `doc` and other words that a class may leave out. */
template <class T, class = void> struct doc_of {
	static constexpr const char *value = "";
};
template <class T> struct doc_of<T, std::void_t<decltype(T::doc)>> {
	static constexpr const char *value = T::doc;
};
template <class T, class = void> struct arguments_of {
	static constexpr const char *value = "";
};
template <class T> struct arguments_of<T, std::void_t<decltype(T::arguments)>> {
	static constexpr const char *value = T::arguments;
};
template <class T, class = void> struct flags_of {
	static constexpr std::uint32_t value = 0;
};
template <class T> struct flags_of<T, std::void_t<decltype(T::flags)>> {
	static constexpr std::uint32_t value = T::flags;
};

} // namespace detail

/**
 * What stands behind the URI of resource class T.
 *
 * A class of resources is any type with `static constexpr const char *uri`
 * and, where the struct that is shared is another type, `using layout`.
 */
template <class T> using layout_t = typename detail::layout_of<T>::type;

} // namespace tactus

#endif
