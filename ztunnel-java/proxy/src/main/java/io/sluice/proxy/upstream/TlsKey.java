package io.sluice.proxy.upstream;

import io.sluice.mesh.service.UpstreamTls;

/**
 * What makes two TLS connections alike enough to share a context.
 *
 * @param tls as the cluster wants it
 * @param http whether HTTP/1.1 is offered by ALPN; opaque bytes offer nothing
 */
record TlsKey(UpstreamTls tls, boolean http) {}
