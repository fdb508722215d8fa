/** Benchmarks of the package of the same name; not shipped. */
@NullMarked
package dev.weir.core.route;

import org.jspecify.annotations.NullMarked;
