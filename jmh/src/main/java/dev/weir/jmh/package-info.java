/** Benchmarks of hot functions; not shipped. */
@NullMarked
package dev.weir.jmh;

import org.jspecify.annotations.NullMarked;
