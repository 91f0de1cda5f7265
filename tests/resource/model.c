/* SPDX-License-Identifier: MIT */
/*
 * model.c -- see model.h.
 */
#include "model.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/** Words of one packet's answers: sent after its notifications. */
struct answers {
	int client;
	size_t size;
	char text[MODEL_TEXT];
};

void
model_init(struct model *m)
{
	memset(m, 0, sizeof *m);
	for (int i = 0; i < MODEL_RESOURCES; i++) {
		m->resource[i].busy = -1;
	}
	m->node[0].alive = true; /* the root */
	m->node[0].bind[0] = m->node[0].bind[1] = -1;
}

__attribute__((format(printf, 3, 0))) static void
add(char *text, size_t *size, const char *format, va_list list)
{
	int n = vsnprintf(text + *size, MODEL_TEXT - *size, format, list);

	ck_assert_int_gt(n, 0);
	*size += (size_t)n;
	ck_assert_uint_lt(*size, MODEL_TEXT);
}

/** All who asked for notifications hear a line. */
__attribute__((format(printf, 2, 3))) static void
notice(struct model *m, const char *format, ...)
{
	for (int c = 0; c < MODEL_CLIENTS; c++) {
		if (m->client[c].notified) {
			va_list list;
			va_start(list, format);
			add(m->client[c].text, &m->client[c].size, format,
				list);
			va_end(list);
		}
	}
}

/** The sender will hear a line. */
__attribute__((format(printf, 2, 3))) static void
answer(struct answers *a, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	add(a->text, &a->size, format, list);
	va_end(list);
}

static void
tell(struct model *m, int client, const char *text)
{
	size_t size = strlen(text);

	ck_assert_uint_lt(m->client[client].size + size, MODEL_TEXT);
	memcpy(m->client[client].text + m->client[client].size, text, size + 1);
	m->client[client].size += size;
}

uint32_t
model_references(const struct model *m, int32_t id)
{
	uint32_t count = m->resource[id].jobs;

	for (int n = 0; n < MODEL_NODES; n++) {
		for (int p = 0; p < MODEL_PORTS && m->node[n].alive; p++) {
			count += m->node[n].bind[p] == id;
		}
	}
	return count;
}

/** Works have ended for their owners: who waits for them is let go, in the
 * order in which they asked. */
static void
let_go(struct model *m, uint64_t *waits)
{
	for (;;) {
		struct model_sync *first = NULL;
		int who = 0;
		for (int c = 0; c < MODEL_CLIENTS; c++) {
			for (int s = 0; s < 64; s++) {
				struct model_sync *y = &m->client[c].sync[s];
				if ((waits[c] >> s & 1) == 0) {
					continue;
				}
				if (first == NULL || y->order < first->order) {
					first = y;
					who = c;
				}
			}
		}
		if (first == NULL) {
			return;
		}
		waits[who] &= ~(UINT64_C(1) << (first - m->client[who].sync));
		first->left--;
		if (first->left == 0) {
			char text[64];
			first->waits = false;
			(void)snprintf(text, sizeof text, "/synced %d\n",
				first->number);
			tell(m, who, text);
		}
	}
}

/** Nobody holds it any more and it was freed: its end begins. */
static void
maybe_destroy(struct model *m, int32_t id)
{
	if (m->resource[id].state == M_PENDING &&
		model_references(m, id) == 0) {
		m->resource[id].state = M_DESTROYING;
	}
}

/** What hinders a resource from being referenced; 0: nothing. */
static int
hinders(const struct model *m, int32_t id, int32_t class)
{
	if (id < 0 || id >= MODEL_RESOURCES) {
		return 422;
	}
	if (m->resource[id].state == M_FREE) {
		return 404;
	}
	if (m->resource[id].state != M_LIVE || m->resource[id].busy >= 0) {
		return 409;
	}
	return class >= 0 && m->resource[id].class != class ? 422 : 0;
}

static int
resource_new(struct model *m, int client, const struct model_op *o)
{
	if (o->id < 0 || o->id >= MODEL_RESOURCES) {
		return 422;
	}
	if (m->resource[o->id].state != M_FREE) {
		return 409;
	}
	m->resource[o->id].state = M_CONSTRUCTING;
	m->resource[o->id].class = o->class;
	m->resource[o->id].tag = o->tag;
	m->resource[o->id].doomed = false;
	m->resource[o->id].owners = 1U << client;
	return 0;
}

static int
resource_free(struct model *m, int client, const struct model_op *o)
{
	if (o->id < 0 || o->id >= MODEL_RESOURCES) {
		return 422;
	}
	switch (m->resource[o->id].state) {
	case M_FREE:
	case M_DESTROYING:
		return 409;
	case M_CONSTRUCTING:
		m->resource[o->id].doomed = true;
		break;
	case M_LIVE:
		m->resource[o->id].state = M_PENDING;
		maybe_destroy(m, o->id);
		break;
	case M_PENDING:
		break;
	}
	m->resource[o->id].owners |= 1U << client;
	return 0;
}

static void
query(struct model *m, const struct model_op *o, struct answers *a)
{
	static const char *const name[] = {
		"free", "constructing", "live", "free-pending", "destroying"};
	int32_t id = o->id;

	if (id < 0 || id >= MODEL_RESOURCES ||
		m->resource[id].state == M_FREE) {
		answer(a, "/error /resource/query %d %d\n",
			id < 0 || id >= MODEL_RESOURCES ? 422 : 404, id);
		return;
	}
	answer(a, "/resource/info %d %s %s %u", id,
		m->class_uri[m->resource[id].class],
		name[m->resource[id].state], model_references(m, id));
	for (int n = 0; n < MODEL_NODES; n++) {
		if (m->node[n].alive && (m->node[n].bind[0] == id ||
						m->node[n].bind[1] == id)) {
			answer(a, " %d", n);
		}
	}
	for (int j = 0; j < MODEL_JOBS; j++) {
		for (uint32_t k = 0; m->job[j].out && k < m->job[j].count;
			k++) {
			if (m->job[j].resources[k] == id) {
				answer(a, " %d", -1 - j);
			}
		}
	}
	answer(a, "\n");
}

static int
node_new(struct model *m, const struct model_op *o)
{
	if (o->id < 0 || o->id >= MODEL_NODES) {
		return 422;
	}
	if (m->node[o->id].alive) {
		return 409;
	}
	for (int p = 0; p < MODEL_PORTS; p++) {
		int code = o->bind[p] == -1 ? 0 : hinders(m, o->bind[p], p);
		if (code != 0) {
			return code;
		}
	}
	m->node[o->id].alive = true;
	memcpy(m->node[o->id].bind, o->bind, sizeof o->bind);
	notice(m, "/node/new %d\n", o->id);
	return 0;
}

static int
node_free(struct model *m, const struct model_op *o)
{
	if (o->id <= 0 || o->id >= MODEL_NODES) {
		return 422;
	}
	if (!m->node[o->id].alive) {
		return 404;
	}
	m->node[o->id].alive = false;
	for (int p = 0; p < MODEL_PORTS; p++) {
		if (m->node[o->id].bind[p] >= 0) {
			maybe_destroy(m, m->node[o->id].bind[p]);
		}
	}
	notice(m, "/node/ended %d\n", o->id);
	return 0;
}

static int
bind(struct model *m, const struct model_op *o)
{
	if (o->id <= 0 || o->id >= MODEL_NODES) {
		return 422;
	}
	if (!m->node[o->id].alive) {
		return 404;
	}
	int32_t old = m->node[o->id].bind[o->port];
	int code = o->resource == -1 || o->resource == old
			   ? 0
			   : hinders(m, o->resource, o->port);
	if (code != 0) {
		return code;
	}
	m->node[o->id].bind[o->port] = o->resource;
	if (old >= 0) {
		maybe_destroy(m, old);
	}
	return 0;
}

static int
job_new(struct model *m, int client, const struct model_op *o)
{
	if (m->job[o->id].out) {
		return 409;
	}
	for (uint32_t i = 0; i < o->count; i++) {
		int code = hinders(m, o->resources[i], -1);
		if (code == 0 && o->on &&
			model_references(m, o->resources[i]) > 0) {
			code = 409;
		}
		if (code != 0) {
			return code;
		}
	}
	m->job[o->id].out = true;
	m->job[o->id].exclusive = o->on;
	m->job[o->id].tag = o->tag;
	m->job[o->id].client = client;
	m->job[o->id].cancelled = false;
	m->job[o->id].count = 0;
	m->job[o->id].order = ++m->orders;
	for (uint32_t i = 0; i < o->count; i++) {
		int32_t id = o->resources[i];
		bool again = false;
		for (uint32_t k = 0; k < m->job[o->id].count; k++) {
			again |= m->job[o->id].resources[k] == id;
		}
		if (!again) {
			m->job[o->id].resources[m->job[o->id].count++] = id;
			m->resource[id].jobs++;
			m->resource[id].busy = o->on ? o->id : -1;
		}
	}
	return 0;
}

/** The sync is answered now, or waits for this client's works. */
static void
sync_at(struct model *m, int client, int32_t number, struct answers *a)
{
	int slot = 0;

	while (m->client[client].sync[slot].waits) {
		slot++;
		ck_assert_int_lt(slot, 64);
	}
	struct model_sync *y = &m->client[client].sync[slot];
	*y = (struct model_sync){.number = number, .order = ++m->orders};
	for (int i = 0; i < MODEL_RESOURCES; i++) {
		if ((m->resource[i].state == M_CONSTRUCTING ||
			    m->resource[i].state == M_DESTROYING) &&
			(m->resource[i].owners >> client & 1) != 0) {
			m->waits_resource[i][client] |= UINT64_C(1) << slot;
			y->left++;
		}
	}
	for (int j = 0; j < MODEL_JOBS; j++) {
		if (m->job[j].out && m->job[j].client == client) {
			m->waits_job[j][client] |= UINT64_C(1) << slot;
			y->left++;
		}
	}
	if (y->left == 0) {
		answer(a, "/synced %d\n", number);
	} else {
		y->waits = true;
	}
}

/** What the loop says of one message, once rt is through with the packet. */
static void
afterwards(struct model *m, int client, const struct model_op *o, int code,
	struct answers *a)
{
	static const char *const address[MODEL_KINDS] = {"/resource/new",
		"/resource/free", "/resource/query", "/synth/new", "/node/free",
		"/node/set", "/job/new", "/job/cancel"};

	if (o->kind == MODEL_CANCEL) {
		if (!m->job[o->id].out) {
			code = 404;
		} else {
			m->job[o->id].cancelled = true;
		}
	}
	if (o->kind == MODEL_SYNC) {
		sync_at(m, client, o->id, a);
	} else if (code != 0) {
		answer(a, "/error %s %d %d\n", address[o->kind], code, o->id);
	}
}

void
model_packet(
	struct model *m, int client, const struct model_op *ops, uint32_t count)
{
	struct answers now = {.client = client};
	struct answers later[MODEL_OPS];
	int code[MODEL_OPS] = {0};

	ck_assert_uint_le(count, MODEL_OPS);
	for (uint32_t i = 0; i < count; i++) {
		/* known before anything is applied */
		const struct model_op *o = &ops[i];
		if (o->kind == MODEL_NOTIFY) {
			m->client[client].notified = o->on;
			answer(&now, "/notify.reply %d\n", o->on ? 1 : 0);
		} else if (o->kind == MODEL_NEW && o->class > 1) {
			answer(&now, "/error /resource/new 404 %d\n", o->id);
		}
	}
	for (uint32_t i = 0; i < count; i++) {
		const struct model_op *o = &ops[i];
		later[i] = (struct answers){.client = client};
		switch (o->kind) {
		case MODEL_NEW:
			if (o->class <= 1) {
				code[i] = resource_new(m, client, o);
			}
			break;
		case MODEL_FREE:
			code[i] = resource_free(m, client, o);
			break;
		case MODEL_QUERY:
			query(m, o, &later[i]);
			break;
		case MODEL_NODE_NEW:
			code[i] = node_new(m, o);
			break;
		case MODEL_NODE_FREE:
			code[i] = node_free(m, o);
			break;
		case MODEL_BIND:
			code[i] = bind(m, o);
			break;
		case MODEL_JOB:
			code[i] = job_new(m, client, o);
			break;
		case MODEL_NOTIFY:
		case MODEL_CANCEL:
		case MODEL_SYNC:
		case MODEL_KINDS:
			break;
		}
	}
	/* what is known at once comes before what rt does */
	char applied[MODEL_TEXT];
	memcpy(applied, m->client[client].text, sizeof applied);
	if (now.size > 0) {
		m->client[client].size = 0;
		m->client[client].text[0] = '\0';
		tell(m, client, now.text);
		tell(m, client, applied);
	}
	for (uint32_t i = 0; i < count; i++) {
		if (ops[i].kind == MODEL_NEW && ops[i].class > 1) {
			continue;
		}
		afterwards(m, client, &ops[i], code[i], &later[i]);
		tell(m, client, later[i].text);
	}
}

void
model_gone(struct model *m, int client)
{
	memset(&m->client[client], 0, sizeof m->client[client]);
	for (int i = 0; i < MODEL_RESOURCES; i++) {
		m->resource[i].owners &= ~(1U << client);
		m->waits_resource[i][client] = 0;
	}
	for (int j = 0; j < MODEL_JOBS; j++) {
		m->waits_job[j][client] = 0;
		if (m->job[j].client == client) {
			m->job[j].client = -1;
		}
	}
}

bool
model_may_run(const struct model *m, int32_t tag)
{
	int mine = -1;

	for (int j = 0; j < MODEL_JOBS; j++) {
		if (m->job[j].out && m->job[j].tag == tag) {
			mine = j;
		}
	}
	if (mine < 0) {
		return false;
	}
	for (int j = 0; j < MODEL_JOBS; j++) {
		if (!m->job[j].out || m->job[j].order >= m->job[mine].order) {
			continue;
		}
		for (uint32_t a = 0; a < m->job[j].count; a++) {
			for (uint32_t b = 0; b < m->job[mine].count; b++) {
				if (m->job[j].resources[a] ==
					m->job[mine].resources[b]) {
					return false;
				}
			}
		}
	}
	return true;
}

static const char *
construct_back(struct model *m, int32_t id, bool ok)
{
	if (m->resource[id].state != M_CONSTRUCTING) {
		return "it was not constructing";
	}
	if (!ok) {
		m->resource[id].state = M_FREE;
		notice(m, "/resource/error %d\n", id);
	} else if (m->resource[id].doomed) {
		m->made++;
		m->resource[id].state = M_DESTROYING;
		return NULL; /* whoever waits waits on */
	} else {
		m->made++;
		m->resource[id].state = M_LIVE;
		m->resource[id].owners = 0;
		notice(m, "/resource/ready %d\n", id);
	}
	let_go(m, m->waits_resource[id]);
	return NULL;
}

static const char *
job_back(struct model *m, int32_t id, bool ok)
{
	m->job[id].out = false;
	for (uint32_t i = 0; i < m->job[id].count; i++) {
		int32_t r = m->job[id].resources[i];
		m->resource[r].jobs--;
		m->resource[r].busy = -1;
		maybe_destroy(m, r);
	}
	if (m->job[id].cancelled || !ok) {
		notice(m, "/job/failed %d\n", id);
	} else {
		notice(m, "/job/done %d %d\n", id, m->job[id].tag);
	}
	let_go(m, m->waits_job[id]);
	return NULL;
}

const char *
model_back(struct model *m, enum model_work work, int32_t tag, bool ok)
{
	if (work == M_JOB) {
		for (int j = 0; j < MODEL_JOBS; j++) {
			if (m->job[j].out && m->job[j].tag == tag) {
				return job_back(m, j, ok);
			}
		}
		return "no such job is out";
	}
	for (int32_t id = 0; id < MODEL_RESOURCES; id++) {
		if (m->resource[id].state == M_FREE ||
			m->resource[id].tag != tag) {
			continue;
		}
		if (work == M_CONSTRUCT) {
			return construct_back(m, id, ok);
		}
		if (m->resource[id].state != M_DESTROYING) {
			return "it was not to be destroyed";
		}
		m->resource[id].state = M_FREE;
		m->destroyed++;
		notice(m, "/resource/destroyed %d\n", id);
		let_go(m, m->waits_resource[id]);
		return NULL;
	}
	return "no such resource is out";
}

const char *
model_heard(struct model *m, int client)
{
	static char text[MODEL_TEXT];

	memcpy(text, m->client[client].text, sizeof text);
	if (m->client[client].size == 0) {
		text[0] = '\0';
	}
	m->client[client].size = 0;
	m->client[client].text[0] = '\0';
	return text;
}

bool
model_is_empty(const struct model *m)
{
	for (int i = 0; i < MODEL_RESOURCES; i++) {
		if (m->resource[i].state != M_FREE) {
			return false;
		}
	}
	for (int n = 1; n < MODEL_NODES; n++) {
		if (m->node[n].alive) {
			return false;
		}
	}
	for (int j = 0; j < MODEL_JOBS; j++) {
		if (m->job[j].out) {
			return false;
		}
	}
	for (int c = 0; c < MODEL_CLIENTS; c++) {
		for (int s = 0; s < 64; s++) {
			if (m->client[c].sync[s].waits) {
				return false;
			}
		}
	}
	return m->made == m->destroyed;
}
