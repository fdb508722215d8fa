/** Main, wiring and lifecycle: the one place where long-lived parts are made. */
@NullMarked
package dev.weir.app;

import org.jspecify.annotations.NullMarked;
