/** Counters and histograms of pools, declared once, merged on reading. */
@NullMarked
package dev.weir.core.metrics;

import org.jspecify.annotations.NullMarked;
