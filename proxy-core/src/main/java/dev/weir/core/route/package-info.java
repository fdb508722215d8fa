/**
 * Where a statement goes: rules, fast routing and annotations, as pure functions over immutable rule sets. Knows no
 * pools, no servers and no sockets. Callable from any thread.
 */
@NullMarked
package dev.weir.core.route;

import org.jspecify.annotations.NullMarked;
