/** The console's grammar and access check; a local endpoint for sessions. */
@NullMarked
package dev.weir.admin.console;

import org.jspecify.annotations.NullMarked;
