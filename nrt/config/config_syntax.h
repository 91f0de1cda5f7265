/* SPDX-License-Identifier: MIT */
/*
 * config_syntax.h -- libconfig's grammar as a pushdown machine.
 *
 * libconfig 1.5 leaks what it has read when a file does not parse, and says
 * "syntax error" whatever it was.  So each token passes here first, and only
 * what is well formed is given to it.  Pure: the caller finds the tokens.
 *
 *	NAME --name--> ASSIGN --= or :--> VALUE --value--> AFTER --;--> NAME
 *	'{' pushes a group and goes to NAME; '(' and '[' push a list and go to
 *	FIRST, which is VALUE or the end; each end pops and goes to AFTER.
 */
#ifndef TACTUS_NRT_CONFIG_SYNTAX_H
#define TACTUS_NRT_CONFIG_SYNTAX_H

#define CONFIG_SYNTAX_DEEPEST 32

enum config_token {
	CONFIG_TOKEN_NAME,
	CONFIG_TOKEN_SCALAR, /* a number, true, false */
	CONFIG_TOKEN_STRING,
	CONFIG_TOKEN_MARK, /* one of = : ; , { } ( ) [ ] */
	CONFIG_TOKEN_END   /* of the text */
};

enum config_state {
	CONFIG_STATE_NAME,
	CONFIG_STATE_ASSIGN,
	CONFIG_STATE_FIRST,
	CONFIG_STATE_VALUE,
	CONFIG_STATE_STRING, /* AFTER, but more strings may follow */
	CONFIG_STATE_AFTER
};

/** Zero it to begin. */
struct config_syntax {
	enum config_state state;
	unsigned depth;
	char open[CONFIG_SYNTAX_DEEPEST]; /* the brackets that are */
};

/**
 * Take the next token.
 * @param mark the character of a CONFIG_TOKEN_MARK
 * @return NULL, or what is wrong with it
 */
const char *config_syntax_next(
	struct config_syntax *s, enum config_token token, char mark);

#endif
