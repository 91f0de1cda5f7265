/* SPDX-License-Identifier: MIT */
/*
 * config_text.c -- see config_text.h.
 */
#include "config_text.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A text being copied, token by token. */
struct mender {
	const char *from;
	char *to; /* room for every number to grow by one letter */
	size_t done;
	unsigned line;
};

static void
copy(struct mender *m, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		m->line += m->from[i] == '\n';
	}
	memcpy(m->to + m->done, m->from, n);
	m->done += n;
	m->from += n;
}

static size_t
string_length(const char *s)
{
	size_t n = 1;

	while (s[n] != '\0' && s[n] != '"') {
		n += s[n] == '\\' && s[n + 1] != '\0' ? 2 : 1;
	}
	return n + (s[n] == '"');
}

static size_t
comment_length(const char *s)
{
	if (s[0] == '/' && s[1] == '*') {
		const char *end = strstr(s + 2, "*/");
		return end == NULL ? strlen(s) : (size_t)(end + 2 - s);
	}
	if (s[0] == '#' || (s[0] == '/' && s[1] == '/')) {
		return strcspn(s, "\n");
	}
	return 0;
}

static size_t
name_length(const char *s)
{
	size_t n = 0;

	while (isalnum((unsigned char)s[n]) || s[n] == '_' || s[n] == '-' ||
		s[n] == '*') {
		n++;
	}
	return isalpha((unsigned char)s[0]) || s[0] == '*' || s[0] == '_' ? n
									  : 0;
}

/* Copy a number; an integer that needs 64 bits gets its L. */
static bool
copy_number(struct mender *m)
{
	const char *s = m->from;
	size_t sign = *s == '-' || *s == '+';
	bool hex = s[sign] == '0' && (s[sign + 1] == 'x' || s[sign + 1] == 'X');
	char *end;

	errno = 0;
	long long v = strtoll(s, &end, hex ? 16 : 10);
	bool far = errno == ERANGE;
	if (!hex && (*end == '.' || *end == 'e' || *end == 'E')) {
		strtod(s, &end);
		copy(m, (size_t)(end - s));
		return true;
	}
	copy(m, (size_t)(end - s));
	if (far) {
		return false;
	}
	if (*end == 'L') {
		copy(m, strspn(end, "L"));
	} else if (v > INT32_MAX || v < INT32_MIN) {
		m->to[m->done++] = 'L';
	}
	return true;
}

static bool
is_number(const char *s)
{
	size_t sign = *s == '-' || *s == '+';

	return isdigit((unsigned char)s[sign]);
}

/* What is wrong with the text at the mender's place; NULL: nothing so far. */
static const char *
mend(struct mender *m)
{
	while (*m->from != '\0') {
		size_t n = *m->from == '"' ? string_length(m->from)
					   : comment_length(m->from);
		if (n == 0) {
			n = name_length(m->from);
		}
		if (n > 0) {
			copy(m, n);
		} else if (is_number(m->from)) {
			if (!copy_number(m)) {
				return "a number beyond 64 bits";
			}
		} else if (*m->from == '.' && is_number(m->from + 1)) {
			copy(m, 1 + strspn(m->from + 1, "0123456789"));
		} else if (*m->from == '@') {
			return "@include is not read here; put the file "
			       "into conf.d";
		} else {
			copy(m, 1);
		}
	}
	m->to[m->done] = '\0';
	return NULL;
}

bool
config_text_parse(
	struct config_reading *r, const char *text, config_t *to, bool tell)
{
	/* the shortest number that grows has ten digits */
	size_t room = strlen(text) + strlen(text) / 8 + 2;
	struct mender m = {.from = text, .to = malloc(room), .line = 1};
	bool good = false;

	if (m.to == NULL) {
		r->failed = -ENOMEM;
		return false;
	}
	const char *why = mend(&m);
	if (why != NULL) {
		if (tell) {
			config_reading_error(r, m.line, "%s", why);
		}
	} else if (config_read_string(to, m.to) == CONFIG_TRUE) {
		good = true;
	} else if (tell) {
		const char *hint =
			strcmp(config_error_text(to), "syntax error") == 0
				? "; look for a missing ; or bracket here or "
				  "above"
				: "";
		config_reading_error(r, (unsigned)config_error_line(to), "%s%s",
			config_error_text(to), hint);
	}
	free(m.to);
	return good;
}

/* All bytes of an open file, and a zero behind them. */
static int
read_all(int fd, char *text, size_t *length)
{
	*length = 0;
	while (*length <= CONFIG_TEXT_MOST) {
		ssize_t n = read(
			fd, text + *length, CONFIG_TEXT_MOST + 1 - *length);
		if (n < 0 && errno != EINTR) {
			return -errno;
		}
		if (n == 0) {
			break;
		}
		*length += n > 0 ? (size_t)n : 0;
	}
	text[*length] = '\0';
	return 0;
}

/* Is it a text of bearable length? */
static int
check(struct config_reading *r, const char *text, size_t length)
{
	if (length > CONFIG_TEXT_MOST) {
		config_reading_error(
			r, 0, "longer than %u bytes", CONFIG_TEXT_MOST);
		return -EINVAL;
	}
	if (memchr(text, '\0', length) != NULL) {
		unsigned line = 1;

		for (const char *s = text; *s != '\0'; s++) {
			line += *s == '\n';
		}
		config_reading_error(r, line, "a zero byte: this is no text");
		return -EINVAL;
	}
	return 0;
}

int
config_text_read(struct config_reading *r, const char *path, char **out)
{
	struct stat about;
	size_t length;
	int error = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0 && errno == ENOENT) {
		return -ENOENT;
	}
	if (fd < 0 || fstat(fd, &about) < 0) {
		error = -errno;
	} else if (S_ISDIR(about.st_mode)) {
		error = -EISDIR;
	}
	char *text = error == 0 ? malloc(CONFIG_TEXT_MOST + 2) : NULL;
	if (error == 0) {
		error = text == NULL ? -ENOMEM : read_all(fd, text, &length);
	}
	if (fd >= 0) {
		close(fd);
	}
	if (error == -ENOMEM) {
		r->failed = error;
	} else if (error != 0) {
		config_reading_error(
			r, 0, "cannot be read: %s", strerror(-error));
	} else {
		error = check(r, text, length);
	}
	if (error != 0) {
		free(text);
		return error;
	}
	*out = text;
	return 0;
}
