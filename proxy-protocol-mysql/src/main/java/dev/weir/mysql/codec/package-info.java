/**
 * Framing of the MySQL byte stream: packet headers, splits at 16 MiB, compression; and the state
 * machines that follow commands and responses without decoding them. Every instance belongs to one
 * connection and is confined to its event loop.
 */
@NullMarked
package dev.weir.mysql.codec;

import org.jspecify.annotations.NullMarked;
