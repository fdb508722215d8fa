/** What the admin port's tables switch on beside it: the REST port and the scheduler. */
@NullMarked
package dev.weir.admin.service;

import org.jspecify.annotations.NullMarked;
