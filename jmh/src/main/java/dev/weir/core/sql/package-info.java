/** Benchmarks of the package of the same name; not shipped. */
@NullMarked
package dev.weir.core.sql;

import org.jspecify.annotations.NullMarked;
