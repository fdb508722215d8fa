/** What a PostgreSQL statement does to its session, read from its text; pure computation over bytes, no I/O. Mutable objects belong to one worker. */
@NullMarked
package dev.weir.core.sql.pg;

import org.jspecify.annotations.NullMarked;
