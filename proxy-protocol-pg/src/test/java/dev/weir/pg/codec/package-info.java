/** Framing at its limits; the options grammar. */
@NullMarked
package dev.weir.pg.codec;

import org.jspecify.annotations.NullMarked;
