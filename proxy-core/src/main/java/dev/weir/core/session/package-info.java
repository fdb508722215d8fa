/** What sessions of both protocols share: ids, registry, local endpoints (the console). */
@NullMarked
package dev.weir.core.session;

import org.jspecify.annotations.NullMarked;
