/** PostgreSQL v3 messages, one record each: tag, fields, decode, encode. No state, any thread. */
@NullMarked
package dev.weir.pg.message;

import org.jspecify.annotations.NullMarked;
