/** Tests of the package of this name. */
@NullMarked
package dev.weir.mysql.codec;

import org.jspecify.annotations.NullMarked;
