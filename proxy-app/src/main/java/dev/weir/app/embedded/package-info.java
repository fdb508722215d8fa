/**
 * Real PostgreSQL and MariaDB servers out of jars: unpack, initialise, start unprivileged, stop, delete. For the demo
 * and for tests; the proxy itself never needs them. Plain blocking code, to be called off the event loops.
 */
@NullMarked
package dev.weir.app.embedded;

import org.jspecify.annotations.NullMarked;
