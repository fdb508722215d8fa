/** Tests with real servers and drivers, and the harness they stand on. Ships nothing. */
@NullMarked
package dev.weir.it;

import org.jspecify.annotations.NullMarked;
