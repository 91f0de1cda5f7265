/* SPDX-License-Identifier: MIT */
/*
 * config_syntax.c -- see config_syntax.h.
 */
#include "config_syntax.h"

#include <stddef.h>

/* The bracket that we are in; '{' at the top. */
static char
inside(const struct config_syntax *s)
{
	return s->depth == 0 ? '{' : s->open[s->depth - 1];
}

static const char *
push(struct config_syntax *s, char mark)
{
	if (inside(s) == '[') {
		return "only numbers, strings, true and false may stand in "
		       "[ ]; take ( ) for lists of other things";
	}
	if (s->depth == CONFIG_SYNTAX_DEEPEST) {
		return "brackets are nested too deep";
	}
	s->open[s->depth++] = mark;
	s->state = mark == '{' ? CONFIG_STATE_NAME : CONFIG_STATE_FIRST;
	return NULL;
}

static const char *
pop(struct config_syntax *s, char mark)
{
	char open = mark == '}' ? '{' : mark == ')' ? '(' : '[';

	if (s->depth == 0 || s->open[s->depth - 1] != open) {
		return "a closing bracket that was not opened";
	}
	s->depth--;
	s->state = CONFIG_STATE_AFTER;
	return NULL;
}

static const char *
next_name(struct config_syntax *s, enum config_token token, char mark)
{
	if (token == CONFIG_TOKEN_NAME) {
		s->state = CONFIG_STATE_ASSIGN;
		return NULL;
	}
	if (token == CONFIG_TOKEN_MARK && mark == '}') {
		return pop(s, mark);
	}
	if (token == CONFIG_TOKEN_END) {
		return s->depth == 0 ? NULL : "a } is missing before the end";
	}
	return "the name of a setting is expected here";
}

static const char *
next_value(struct config_syntax *s, enum config_token token, char mark)
{
	if (token == CONFIG_TOKEN_SCALAR || token == CONFIG_TOKEN_STRING) {
		s->state = token == CONFIG_TOKEN_STRING ? CONFIG_STATE_STRING
							: CONFIG_STATE_AFTER;
		return NULL;
	}
	if (token == CONFIG_TOKEN_MARK) {
		if (mark == '{' || mark == '(' || mark == '[') {
			return push(s, mark);
		}
		if (s->state == CONFIG_STATE_FIRST &&
			(mark == ')' || mark == ']')) {
			return pop(s, mark);
		}
	}
	if (token == CONFIG_TOKEN_NAME) {
		return "a value is expected here; strings need quotes";
	}
	return "a value is expected here";
}

static const char *
next_in_list(struct config_syntax *s, enum config_token token, char mark)
{
	if (token == CONFIG_TOKEN_MARK && mark == ',') {
		s->state = CONFIG_STATE_VALUE;
		return NULL;
	}
	if (token == CONFIG_TOKEN_MARK && (mark == ')' || mark == ']')) {
		return pop(s, mark);
	}
	return inside(s) == '(' ? "a , or ) is missing before this"
				: "a , or ] is missing before this";
}

static const char *
next_after(struct config_syntax *s, enum config_token token, char mark)
{
	if (inside(s) != '{') {
		return next_in_list(s, token, mark);
	}
	if (token == CONFIG_TOKEN_MARK && (mark == ';' || mark == ',')) {
		s->state = CONFIG_STATE_NAME;
		return NULL;
	}
	if (token == CONFIG_TOKEN_SCALAR || token == CONFIG_TOKEN_STRING) {
		return "a ; is missing before this";
	}
	/* libconfig lets the semicolon be left out */
	return next_name(s, token, mark);
}

const char *
config_syntax_next(struct config_syntax *s, enum config_token token, char mark)
{
	switch (s->state) {
	case CONFIG_STATE_NAME:
		return next_name(s, token, mark);
	case CONFIG_STATE_ASSIGN:
		if (token != CONFIG_TOKEN_MARK ||
			(mark != '=' && mark != ':')) {
			return "a = is missing behind the setting's name";
		}
		s->state = CONFIG_STATE_VALUE;
		return NULL;
	case CONFIG_STATE_FIRST:
	case CONFIG_STATE_VALUE:
		return next_value(s, token, mark);
	case CONFIG_STATE_STRING:
		if (token == CONFIG_TOKEN_STRING) {
			return NULL;
		}
		return next_after(s, token, mark);
	case CONFIG_STATE_AFTER:
		return next_after(s, token, mark);
	}
	return NULL;
}
