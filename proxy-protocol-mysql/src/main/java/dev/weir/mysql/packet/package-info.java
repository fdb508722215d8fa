/**
 * MySQL and MariaDB packets, one record each: fields, decode, encode, always without the four bytes of
 * framing; and the numbers of the protocol. No state, any thread.
 */
@NullMarked
package dev.weir.mysql.packet;

import org.jspecify.annotations.NullMarked;
