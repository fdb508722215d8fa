/** Golden bytes, cut and overlong bodies of every message. */
@NullMarked
package dev.weir.pg.message;

import org.jspecify.annotations.NullMarked;
