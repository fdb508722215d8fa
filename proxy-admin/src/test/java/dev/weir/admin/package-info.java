/** A proxy made of fixed facts, for the tests of everything an operator sees. */
@NullMarked
package dev.weir.admin;

import org.jspecify.annotations.NullMarked;
