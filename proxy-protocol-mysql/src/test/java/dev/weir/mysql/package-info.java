/** Test helpers: bytes written by hand, streams cut at random places. */
@NullMarked
package dev.weir.mysql;

import org.jspecify.annotations.NullMarked;
