/** Test helpers: bytes written by hand, a check for leaked buffers. Published as a test-jar. */
@NullMarked
package dev.weir.pg;

import org.jspecify.annotations.NullMarked;
