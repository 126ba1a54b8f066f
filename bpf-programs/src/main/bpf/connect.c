// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * cgroup/connect4, connect6: what an enrolled pod dials becomes the agent's listener on loopback.
 *
 *   sl_connect4   10.77.0.3:80           -> 127.h.h.h:out_port4
 *   sl_connect6   ::ffff:10.77.0.3:80    -> ::ffff:127.h.h.h:out_port4   (word 3 only)
 *                 fd77::3:80             -> [::1]:out_port6[h]
 *
 * When the agent is gone: both programs are detached by the kernel together with its links; apps
 * connect directly. While they are attached and a pod is not in `pods`, they do nothing.
 */

#define LINK_LOCAL4 0xa9fe /* 169.254/16 */

/* h of 127.h.h.h: the last byte is 2..254, so neither 127.0.0.1 nor x.0 or x.255. */
static __always_inline __u32 hash_dst(const struct sl_dst *dst)
{
	__u32 h = dst->port * 0x9e3779b1;

	h = (h ^ dst->addr.w[0]) * 0x85ebca6b;
	h = (h ^ h >> 15 ^ dst->addr.w[1]) * 0xc2b2ae35;
	h = (h ^ h >> 15 ^ dst->addr.w[2]) * 0x85ebca6b;
	h = (h ^ h >> 15 ^ dst->addr.w[3]) * 0xc2b2ae35;
	return h ^ h >> 16;
}

static __always_inline __u32 loopback_of(__u32 h)
{
	return bpf_htonl(127u << 24 | (h & 0xffff00) | (2 + (h & 0xff) % 253));
}

/* Why an IPv4 destination is never redirected, or SL_C_MAX. */
static __always_inline __u32 never4(__u32 ip4)
{
	__u32 ip = bpf_ntohl(ip4);

	if (ip >> 24 == 127)
		return SL_C_LETGO_LOOPBACK;
	if (ip >> 24 == 0)
		return SL_C_LETGO_UNSPECIFIED;
	if (ip >> 16 == LINK_LOCAL4)
		return SL_C_LETGO_LINK_LOCAL;
	if (ip >> 28 >= 14)
		return SL_C_LETGO_MULTICAST;
	return SL_C_MAX;
}

/* Why a native IPv6 destination is never redirected, or SL_C_MAX. */
static __always_inline __u32 never6(const struct sl_addr *a)
{
	__u32 top = bpf_ntohl(a->w[0]);

	if (is_any6(a))
		return SL_C_LETGO_UNSPECIFIED;
	if (is_loopback6(a))
		return SL_C_LETGO_LOOPBACK;
	if (top >> 22 == 0x3fa)
		return SL_C_LETGO_LINK_LOCAL;
	if (top >> 24 == 0xff)
		return SL_C_LETGO_MULTICAST;
	return SL_C_MAX;
}

/* An address that only a connect program writes: one ran before us and shares our maps. */
static __always_inline int is_own_listener4(const struct sl_pod *pod, const struct sl_dst *dst)
{
	return dst->port == pod->out_port4 && is_loopback4(dst->addr.w[3]) &&
	       dst->addr.w[3] != bpf_htonl(0x7f000001);
}

static __always_inline int is_own_listener6(const struct sl_pod *pod, const struct sl_dst *dst)
{
	return is_loopback6(&dst->addr) && dst->port &&
	       (dst->port == pod->out_port6[0] || dst->port == pod->out_port6[1] ||
		dst->port == pod->out_port6[2] || dst->port == pod->out_port6[3]);
}

/* The pod's own address with the port of the outbound listener: redirected, it would reach itself. */
static __always_inline int dials_own_port(const struct sl_pod *pod, const struct sl_dst *dst, int is6)
{
	if (!is6)
		return dst->port == pod->out_port4 && same_addr(&dst->addr, &pod->ip4);
	return same_addr(&dst->addr, &pod->ip6) &&
	       (dst->port == pod->out_port6[0] || dst->port == pod->out_port6[1] ||
		dst->port == pod->out_port6[2] || dst->port == pod->out_port6[3]);
}

/*
 * The pod if this connection is to be redirected, else NULL; the reason has been counted. The order
 * is a rule: own sockets first; then the own listener, before stored state is touched; then what the
 * socket dialled before is forgotten, whatever comes next, for sockets are reconnected.
 */
static __always_inline struct sl_pod *pod_to_redirect(struct bpf_sock_addr *ctx,
						      const struct sl_dst *dst, int is6)
{
	struct bpf_sock *sk = ctx->sk;
	struct sl_pod *pod;
	__u64 cookie;
	__u32 never;

	if (!sk)
		return 0;
	if (bpf_sk_storage_get(&own_sk, sk, 0, 0)) {
		count(SL_C_LETGO_OWN_SOCKET);
		return 0;
	}
	cookie = bpf_get_netns_cookie(ctx);
	pod = bpf_map_lookup_elem(&pods, &cookie);
	if (ctx->type != SOCK_STREAM || ctx->protocol != IPPROTO_TCP) {
		if (pod)
			count(SL_C_LETGO_NOT_TCP);
		return 0;
	}
	if (pod && (is6 ? is_own_listener6(pod, dst) : is_own_listener4(pod, dst))) {
		count(SL_C_LETGO_OWN_LISTENER);
		return 0;
	}
	bpf_sk_storage_delete(&orig_dst, sk);
	if (!pod || agent_is_dying())
		return 0;

	never = SL_C_MAX;
	if (!(pod->flags & SL_POD_ENABLED))
		never = SL_C_LETGO_NOT_ENABLED;
	else if (sk->bound_dev_if > IFINDEX_LO)
		never = SL_C_LETGO_BOUND_DEVICE;
	else
		never = is6 ? never6(&dst->addr) : never4(dst->addr.w[3]);
	if (never == SL_C_MAX && is6 && !(pod->flags & SL_POD_HAS_IP6))
		never = SL_C_LETGO_NO_IP6;
	if (never == SL_C_MAX && dials_own_port(pod, dst, is6))
		never = SL_C_LETGO_OWN_LISTENER;
	if (never != SL_C_MAX) {
		count(never);
		return 0;
	}
	return pod;
}

static __always_inline int remember(struct bpf_sock_addr *ctx, const struct sl_dst *dst)
{
	struct bpf_sock *sk = ctx->sk;

	if (sk && bpf_sk_storage_get(&orig_dst, sk, (void *)dst, BPF_SK_STORAGE_GET_F_CREATE))
		return 1;
	count(SL_C_LETGO_NO_STORAGE);
	return 0;
}

SEC("cgroup/connect4")
int sl_connect4(struct bpf_sock_addr *ctx)
{
	struct sl_dst dst = {};
	struct sl_pod *pod;

	dst.addr = mapped(ctx->user_ip4);
	dst.port = bpf_ntohs(ctx->user_port);
	pod = pod_to_redirect(ctx, &dst, 0);
	if (!pod || !remember(ctx, &dst))
		return ALLOW;
	ctx->user_ip4 = loopback_of(hash_dst(&dst));
	ctx->user_port = bpf_htons(pod->out_port4);
	count(SL_C_REDIRECTED4);
	return ALLOW;
}

SEC("cgroup/connect6")
int sl_connect6(struct bpf_sock_addr *ctx)
{
	struct sl_dst dst = {};
	struct sl_pod *pod;
	__u32 h;
	int is6;

	READ_ADDR6(dst.addr, ctx, user_ip6);
	dst.port = bpf_ntohs(ctx->user_port);
	is6 = !is_mapped(&dst.addr);
	pod = pod_to_redirect(ctx, &dst, is6);
	if (!pod || !remember(ctx, &dst))
		return ALLOW;
	h = hash_dst(&dst);
	if (!is6) {
		ctx->user_ip6[3] = loopback_of(h);
		ctx->user_port = bpf_htons(pod->out_port4);
		count(SL_C_REDIRECTED_MAPPED);
		return ALLOW;
	}
	ctx->user_ip6[0] = 0;
	ctx->user_ip6[1] = 0;
	ctx->user_ip6[2] = 0;
	ctx->user_ip6[3] = bpf_htonl(1);
	ctx->user_port = bpf_htons(pod->out_port6[h % SL_OUT_PORTS6]);
	count(SL_C_REDIRECTED6);
	return ALLOW;
}
