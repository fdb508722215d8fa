/** Every refusal the proxy sends, in the terms of both protocols. Immutable; any thread. */
@NullMarked
package dev.weir.core.error;

import org.jspecify.annotations.NullMarked;
