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
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config_syntax.h"

/* A text being copied, token by token. */
struct mender {
	const char *from;
	char *to; /* room for every number to grow by one letter */
	size_t done;
	unsigned line;
	unsigned token_line; /* where the present token begins */
	struct config_syntax syntax;
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

/* @return 0: it has no end */
static size_t
string_length(const char *s)
{
	size_t n = 1;

	while (s[n] != '\0' && s[n] != '"') {
		n += s[n] == '\\' && s[n + 1] != '\0' ? 2 : 1;
	}
	return s[n] == '"' ? n + 1 : 0;
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

/* How long a number is, and whether it is an integer that needs 64 bits, or
 * more than that. */
static size_t
number_length(const char *s, bool *wide, bool *far)
{
	size_t sign = *s == '-' || *s == '+';
	bool hex = s[sign] == '0' && (s[sign + 1] == 'x' || s[sign + 1] == 'X');
	size_t n = sign + strspn(s + sign, "0123456789");

	*wide = false;
	*far = false;
	if (hex) {
		n = sign + 2 + strspn(s + sign + 2, "0123456789abcdefABCDEF");
	} else if (s[n] == '.' || s[n] == 'e' || s[n] == 'E') {
		n += s[n] == '.';
		n += strspn(s + n, "0123456789");
		if (s[n] == 'e' || s[n] == 'E') {
			n++;
			n += s[n] == '-' || s[n] == '+';
			n += strspn(s + n, "0123456789");
		}
		return n;
	}
	errno = 0;
	long long v = strtoll(s, NULL, hex ? 16 : 10);
	*far = errno == ERANGE;
	if (s[n] == 'L') {
		return n + 1 + (s[n + 1] == 'L');
	}
	*wide = v > INT32_MAX || v < INT32_MIN;
	return n;
}

static bool
is_number(const char *s)
{
	s += *s == '-' || *s == '+';
	return isdigit((unsigned char)s[0]) ||
	       (s[0] == '.' && isdigit((unsigned char)s[1]));
}

/* Copy a number; an integer that needs 64 bits gets its L. */
static const char *
mend_number(struct mender *m)
{
	bool wide;
	bool far;

	copy(m, number_length(m->from, &wide, &far));
	if (wide) {
		m->to[m->done++] = 'L';
	}
	return far ? "a number beyond 64 bits"
		   : config_syntax_next(&m->syntax, CONFIG_TOKEN_SCALAR, 0);
}

static const char *
mend_name(struct mender *m, size_t length)
{
	const char *s = m->from;
	bool truth = (length == 4 && strncasecmp(s, "true", 4) == 0) ||
		     (length == 5 && strncasecmp(s, "false", 5) == 0);

	copy(m, length);
	return config_syntax_next(
		&m->syntax, truth ? CONFIG_TOKEN_SCALAR : CONFIG_TOKEN_NAME, 0);
}

/* Copy one token, or what stands between tokens.
 * @return what is wrong there; NULL: nothing */
static const char *
mend_token(struct mender *m)
{
	char c = *m->from;
	size_t n = name_length(m->from);

	if (n > 0) {
		return mend_name(m, n);
	}
	if (is_number(m->from)) {
		return mend_number(m);
	}
	if (c == '"') {
		n = string_length(m->from);
		copy(m, n);
		return n == 0 ? "a string without its closing quote"
			      : config_syntax_next(
					&m->syntax, CONFIG_TOKEN_STRING, 0);
	}
	n = comment_length(m->from);
	if (n > 0 || strchr(" \t\r\n\f", c) != NULL) {
		copy(m, n > 0 ? n : 1);
		return NULL;
	}
	if (strchr("=:;,{}()[]", c) != NULL) {
		copy(m, 1);
		return config_syntax_next(&m->syntax, CONFIG_TOKEN_MARK, c);
	}
	return c == '@' ? "@include is not read here; put the file into conf.d"
			: "a character that has no meaning here";
}

/* What is wrong with the text; m->token_line tells where. NULL: nothing. */
static const char *
mend(struct mender *m)
{
	const char *why = NULL;

	while (why == NULL && *m->from != '\0') {
		m->token_line = m->line;
		why = mend_token(m);
	}
	if (why == NULL) {
		m->token_line = m->line;
		why = config_syntax_next(&m->syntax, CONFIG_TOKEN_END, 0);
	}
	m->to[m->done] = '\0';
	return why;
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
			config_reading_error(r, m.token_line, "%s", why);
		}
	} else if (config_read_string(to, m.to) == CONFIG_TRUE) {
		good = true;
	} else if (tell) {
		config_reading_error(r, (unsigned)config_error_line(to), "%s",
			config_error_text(to));
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
