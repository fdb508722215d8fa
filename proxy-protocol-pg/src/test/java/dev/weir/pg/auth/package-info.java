/** Published vectors, and peers that lie. */
@NullMarked
package dev.weir.pg.auth;

import org.jspecify.annotations.NullMarked;
