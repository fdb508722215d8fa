/** Tests of the package of this name. */
@NullMarked
package dev.weir.mysql.packet;

import org.jspecify.annotations.NullMarked;
