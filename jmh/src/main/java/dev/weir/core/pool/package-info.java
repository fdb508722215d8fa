/** Benchmarks of what this package keeps to itself; not shipped. */
@NullMarked
package dev.weir.core.pool;

import org.jspecify.annotations.NullMarked;
