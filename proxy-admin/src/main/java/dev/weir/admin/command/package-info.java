/** One record per console command: syntax, access, effect. Runs on the control thread. */
@NullMarked
package dev.weir.admin.command;

import org.jspecify.annotations.NullMarked;
