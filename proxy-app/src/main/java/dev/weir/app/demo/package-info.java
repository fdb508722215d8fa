/** {@code weir demo}: a server, a proxy in front of it, and how to connect. Knows the proxy only as something to start. */
@NullMarked
package dev.weir.app.demo;

import org.jspecify.annotations.NullMarked;
