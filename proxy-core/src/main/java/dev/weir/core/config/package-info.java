/** Settings, file readers and the immutable Config snapshot. Reading runs on the control thread; snapshots are shared. */
@NullMarked
package dev.weir.core.config;

import org.jspecify.annotations.NullMarked;
