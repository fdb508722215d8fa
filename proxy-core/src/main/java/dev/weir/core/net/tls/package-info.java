/**
 * TLS towards clients and towards database servers: options as operators write them, contexts built from them, and the
 * handlers of one connection. Knows no wire protocol and no settings catalogue. Contexts are immutable and built on the
 * control thread; a handler is confined to its channel's event loop and lends its engine to a handshake thread.
 */
@NullMarked
package dev.weir.core.net.tls;

import org.jspecify.annotations.NullMarked;
