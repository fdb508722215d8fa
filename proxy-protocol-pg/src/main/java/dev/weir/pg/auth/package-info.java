/**
 * Computation behind PostgreSQL logins: SCRAM-SHA-256 (RFC 5802, 7677), MD5, kinds of stored secrets.
 * No I/O, no messages of the wire; any thread. Deriving a key from a password takes about a
 * millisecond or, with a hostile iteration count, much longer: never on an event loop.
 */
@NullMarked
package dev.weir.pg.auth;

import org.jspecify.annotations.NullMarked;
