package dev.weir.core.pg;

import dev.weir.core.net.Worker;
import java.util.Map;

/** Somebody for whom a server connection is opened that nobody else gets. Called on {@link #worker}. */
interface Dedication {
  Worker worker();

  /** Parameters that the server is told at login, besides the pool's own. */
  Map<String, String> startupParameters();

  /** The server is logged in and waits to be attached. */
  void dedicatedReady(PgServer server);

  /** It could not be opened, or was lost before it was ready. */
  void dedicatedFailed();
}
