/** Benchmarks of what this package keeps to itself; not shipped. */
@NullMarked
package dev.weir.core.pg;

import org.jspecify.annotations.NullMarked;
