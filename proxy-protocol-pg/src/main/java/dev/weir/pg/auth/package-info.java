/** Computation behind PostgreSQL logins: SCRAM-SHA-256, MD5. No I/O; any thread. */
@NullMarked
package dev.weir.pg.auth;

import org.jspecify.annotations.NullMarked;
