/** Framing of the PostgreSQL byte stream: headers, limits, tag sets. No state beyond a cursor. */
@NullMarked
package dev.weir.pg.codec;

import org.jspecify.annotations.NullMarked;
