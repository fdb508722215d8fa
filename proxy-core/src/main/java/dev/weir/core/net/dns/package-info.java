/** Host names to addresses, cached and without blocking. Knows no pools; any thread. */
@NullMarked
package dev.weir.core.net.dns;

import org.jspecify.annotations.NullMarked;
