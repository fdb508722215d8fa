package dev.weir.admin.command;

import dev.weir.core.control.Access;

/** One verb of the console. Whoever adds one must say who may use it: there is no default. */
public interface Command {
  /** The verb in capitals; also the tag of its answer. */
  String name();

  /** How it is written, for HELP and the manual. */
  String syntax();

  /** Who may use it; the console checks this before anything runs. */
  Access access();

  /** A sentence or two for the manual. */
  String doc();
}
