/** Workers (event loops), listeners, links, TLS. A link is confined to its worker. */
@NullMarked
package dev.weir.core.net;

import org.jspecify.annotations.NullMarked;
