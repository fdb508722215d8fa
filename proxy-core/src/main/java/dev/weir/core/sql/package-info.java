/** What a statement is: digest, tokens, classification; pure computation over bytes, no I/O. Mutable objects belong to one worker. */
@NullMarked
package dev.weir.core.sql;

import org.jspecify.annotations.NullMarked;
