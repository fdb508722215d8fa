/** What operators see and do: views, the control interface, answers of local endpoints. Knows no console grammar and no wire protocol; runs on the control thread. */
@NullMarked
package dev.weir.core.control;

import org.jspecify.annotations.NullMarked;
