/** MySQL packets, one record each. Filled when the MySQL side is built. */
@NullMarked
package dev.weir.mysql.packet;

import org.jspecify.annotations.NullMarked;
