// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * sockops: carries what the dialling side knows to the side that accepts, and keeps the ports on
 * which a pod listens.
 *
 *   sl_sockops   TCP_CONNECT      app's redirected socket, agent's inbound upstream:
 *                                 pending[pod][4-tuple] = original destination, true client
 *                                 agent's outbound upstream to a pod of this machine:
 *                                 straight[4-tuple], which only who can write own_sk causes
 *                ACTIVE_ESTABLISHED   agent's outbound upstream: was it let through? -> own_sk
 *                PASSIVE_ESTABLISHED  moved into the accepted socket's storage
 *                STATE -> CLOSE   what was never accepted is deleted
 *                TCP_LISTEN       listening[pod][address, port] + 1
 *                STATE LISTEN ->  listening[pod][address, port] - 1
 *
 * When the agent is gone: detached with its links; the maps are gone with its fds. Which ports are
 * listening is asked of the kernel again when a pod is enrolled again.
 */

#define COUNTED_V4 1
#define COUNTED_V6 2

/* A listener that was counted in `listening`, and for which families. */
SK_STORAGE(counted, __u32);

/* Only what is read, found by CO-RE. */
struct sock_common {
	unsigned char skc_ipv6only : 1;
} __attribute__((preserve_access_index));

/*
 * A v4-mapped socket is AF_INET6. While it connects only its remote address is in the IPv6 fields,
 * so both are taken from the IPv4 fields; those of a native IPv6 socket hold 127.0.0.6.
 */
static __always_inline void own_tuple(struct bpf_sock_ops *ctx, struct sl_tuple *t)
{
	/* Read before the branch: clang would read one of two fields through a pointer into ctx. */
	__u32 local4 = READ(ctx, local_ip4), remote4 = READ(ctx, remote_ip4);

	READ_ADDR6(t->remote, ctx, remote_ip6);
	if (ctx->family == AF_INET || is_mapped(&t->remote)) {
		t->local = mapped(local4);
		t->remote = mapped(remote4);
	} else {
		READ_ADDR6(t->local, ctx, local_ip6);
	}
	t->local_port = ctx->local_port;
	t->remote_port = bpf_ntohl(ctx->remote_port);
}

static __always_inline void *pending_of(struct bpf_sock_ops *ctx)
{
	__u64 cookie = bpf_get_netns_cookie(ctx);

	return bpf_map_lookup_elem(&pending, &cookie);
}

static __always_inline void watch_states(struct bpf_sock_ops *ctx)
{
	bpf_sock_ops_cb_flags_set(ctx, ctx->bpf_sock_ops_cb_flags | BPF_SOCK_OPS_STATE_CB_FLAG);
}

/* Before its SYN is sent; without room for it the SYN is steered as anybody's. */
static __always_inline void announce_straight(struct bpf_sock_ops *ctx)
{
	struct sl_straight value = {};
	struct sl_tuple key = {};

	own_tuple(ctx, &key);
	if (bpf_map_update_elem(&straight, &key, &value, BPF_ANY))
		count(SL_C_PENDING_FULL);
	else
		watch_states(ctx);
}

/*
 * The answer to the SYN is here, so sk_lookup has seen it. The entry stays until the app's side is
 * established: with SYN cookies the last packet of the handshake passes sk_lookup, too.
 */
static __always_inline void on_established(struct bpf_sock_ops *ctx, struct bpf_sock *sk)
{
	struct sl_own *own = bpf_sk_storage_get(&own_sk, sk, 0, 0);
	struct sl_straight *entry;
	struct sl_tuple key = {};

	if (!own || own->kind != SL_OWN_STRAIGHT)
		return;
	own_tuple(ctx, &key);
	entry = bpf_map_lookup_elem(&straight, &key);
	if (entry)
		own->straight = entry->passed;
}

static __always_inline void on_connect(struct bpf_sock_ops *ctx, struct bpf_sock *sk)
{
	struct sl_own *own = bpf_sk_storage_get(&own_sk, sk, 0, 0);
	struct sl_pending value = {};
	struct sl_tuple key = {};
	struct sl_dst *dst;
	void *conns;

	if (own && own->kind == SL_OWN_STRAIGHT) {
		announce_straight(ctx);
		return;
	}
	if (own) {
		if (own->kind != SL_OWN_SHOWING)
			return;
		value.kind = SL_PENDING_PEER;
		value.what = own->shown;
	} else {
		dst = bpf_sk_storage_get(&orig_dst, sk, 0, 0);
		if (!dst)
			return;
		value.kind = SL_PENDING_DST;
		value.what = *dst;
	}
	conns = pending_of(ctx);
	if (!conns)
		return;
	own_tuple(ctx, &key);
	if (bpf_map_update_elem(conns, &key, &value, BPF_ANY))
		count(SL_C_PENDING_FULL);
	else
		watch_states(ctx);
}

static __always_inline void on_accepted(struct bpf_sock_ops *ctx, struct bpf_sock *sk)
{
	void *conns = pending_of(ctx);
	struct sl_tuple own = {}, key = {};
	struct sl_pending *p;
	struct sl_dst what, *stored;
	int ours;

	if (!conns)
		return;
	own_tuple(ctx, &own);
	key.local = own.remote;
	key.remote = own.local;
	key.local_port = own.remote_port;
	key.remote_port = own.local_port;
	ours = bpf_sk_storage_get(&own_sk, sk, 0, 0) != 0;
	p = bpf_map_lookup_elem(conns, &key);
	if (!p) {
		if (!ours)
			bpf_map_delete_elem(&straight, &key);
		return;
	}
	what = p->what;
	if (p->kind == SL_PENDING_DST && ours) {
		stored = bpf_sk_storage_get(&acc_dst, sk, &what, BPF_SK_STORAGE_GET_F_CREATE);
		count(stored ? SL_C_ACCEPTED_DST : SL_C_STORAGE_FAILED);
	} else if (p->kind == SL_PENDING_PEER && !ours) {
		stored = bpf_sk_storage_get(&acc_peer, sk, &what, BPF_SK_STORAGE_GET_F_CREATE);
		count(stored ? SL_C_ACCEPTED_PEER : SL_C_STORAGE_FAILED);
	}
	/* After the storage: who finds neither looks into the storage once more and finds it. */
	bpf_map_delete_elem(conns, &key);
}

static __always_inline int is_v6only(struct bpf_sock *sk)
{
	struct sock_common *common = (void *)bpf_skc_to_tcp6_sock(sk);

	return common && BPF_CORE_READ_BITFIELD(common, skc_ipv6only);
}

static __always_inline int listen_opened(void *ports, const struct sl_port *key)
{
	struct sl_listen one = { .count = 1 };
	struct sl_listen *l = bpf_map_lookup_elem(ports, key);

	if (!l && !bpf_map_update_elem(ports, key, &one, BPF_NOEXIST))
		return 1;
	l = bpf_map_lookup_elem(ports, key);
	if (!l) {
		count(SL_C_LISTEN_FULL);
		return 0;
	}
	__sync_fetch_and_add(&l->count, 1);
	return 1;
}

/*
 * The entry goes with its last socket. Should another CPU count a socket (SO_REUSEPORT) between
 * the check and the deletion, the agent's next scan finds the port again.
 */
static __always_inline void listen_closed(void *ports, const struct sl_port *key)
{
	struct sl_listen *l = bpf_map_lookup_elem(ports, key);

	if (!l)
		return;
	__sync_fetch_and_add(&l->count, -1);
	if (l->count <= 0 && !(l->flags & SL_LISTEN_SCANNED))
		bpf_map_delete_elem(ports, key);
}

/* The port of a listener; says for which families it is to be counted. */
static __always_inline __u32 listen_key(struct bpf_sock_ops *ctx, struct bpf_sock *sk, struct sl_port *key)
{
	__u32 local4 = READ(ctx, local_ip4);

	key->port = ctx->local_port;
	if (ctx->family == AF_INET) {
		key->addr = mapped(local4);
		return COUNTED_V4;
	}
	READ_ADDR6(key->addr, ctx, local_ip6);
	if (is_mapped(&key->addr))
		return COUNTED_V4;
	return is_any6(&key->addr) && !is_v6only(sk) ? COUNTED_V4 | COUNTED_V6 : COUNTED_V6;
}

static __always_inline void *listening_of(struct bpf_sock_ops *ctx)
{
	__u64 cookie = bpf_get_netns_cookie(ctx);

	return bpf_map_lookup_elem(&listening, &cookie);
}

static __always_inline void on_listen(struct bpf_sock_ops *ctx, struct bpf_sock *sk)
{
	void *ports = listening_of(ctx);
	struct sl_port key = {};
	__u32 families, done = 0, *mark;

	/* Without a bind the port comes after this hook: the agent's next scan finds it. */
	if (!ports || !ctx->local_port || bpf_sk_storage_get(&own_sk, sk, 0, 0))
		return;
	/* Counted by a program that shares our maps and ran before us. */
	if (bpf_sk_storage_get(&counted, sk, 0, 0))
		return;
	families = listen_key(ctx, sk, &key);
	mark = bpf_sk_storage_get(&counted, sk, &done, BPF_SK_STORAGE_GET_F_CREATE);
	if (!mark) {
		count(SL_C_STORAGE_FAILED);
		return;
	}
	if (listen_opened(ports, &key))
		done |= families == COUNTED_V4 ? COUNTED_V4 : COUNTED_V6;
	if (families == (COUNTED_V4 | COUNTED_V6)) {
		key.addr = mapped(0);
		if (listen_opened(ports, &key))
			done |= COUNTED_V4;
	}
	*mark = done;
	watch_states(ctx);
	count(SL_C_LISTEN_OPENED);
}

static __always_inline void on_listen_end(struct bpf_sock_ops *ctx, struct bpf_sock *sk)
{
	void *ports = listening_of(ctx);
	__u32 *mark = bpf_sk_storage_get(&counted, sk, 0, 0);
	struct sl_port key = {};
	__u32 done;

	if (!mark)
		return;
	done = *mark;
	bpf_sk_storage_delete(&counted, sk);
	if (!ports)
		return;
	listen_key(ctx, sk, &key);
	if (done & COUNTED_V6)
		listen_closed(ports, &key);
	if (done == (COUNTED_V4 | COUNTED_V6))
		key.addr = mapped(0);
	if (done & COUNTED_V4)
		listen_closed(ports, &key);
	count(SL_C_LISTEN_CLOSED);
}

static __always_inline void on_close(struct bpf_sock_ops *ctx, struct bpf_sock *sk)
{
	struct sl_own *own = bpf_sk_storage_get(&own_sk, sk, 0, 0);
	struct sl_tuple key = {};
	void *conns;

	own_tuple(ctx, &key);
	if (own && own->kind == SL_OWN_STRAIGHT) {
		if (!bpf_map_delete_elem(&straight, &key))
			count(SL_C_PENDING_LEFTOVER);
		return;
	}
	conns = pending_of(ctx);
	if (conns && !bpf_map_delete_elem(conns, &key))
		count(SL_C_PENDING_LEFTOVER);
}

SEC("sockops")
int sl_sockops(struct bpf_sock_ops *ctx)
{
	struct bpf_sock *sk = ctx->sk;

	if (!sk)
		return ALLOW;
	switch (ctx->op) {
	case BPF_SOCK_OPS_TCP_CONNECT_CB:
		on_connect(ctx, sk);
		break;
	case BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB:
		on_established(ctx, sk);
		break;
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB:
		on_accepted(ctx, sk);
		break;
	case BPF_SOCK_OPS_TCP_LISTEN_CB:
		on_listen(ctx, sk);
		break;
	case BPF_SOCK_OPS_STATE_CB:
		if (ctx->args[0] == BPF_TCP_LISTEN)
			on_listen_end(ctx, sk);
		else if (ctx->args[1] == BPF_TCP_CLOSE)
			on_close(ctx, sk);
		break;
	}
	return ALLOW;
}
