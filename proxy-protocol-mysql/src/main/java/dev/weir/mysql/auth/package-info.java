/**
 * What MySQL's and MariaDB's authentication plugins compute, on both sides. No I/O, no state, any
 * thread; what derives keys or does RSA takes milliseconds and does not belong on an event loop.
 */
@NullMarked
package dev.weir.mysql.auth;

import org.jspecify.annotations.NullMarked;
